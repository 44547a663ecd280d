/* An Arduino Uno in simavr, with a host that plays a script. ../arduino/simulate compiles it.
 *
 *   uno SKETCH.hex BOARD.bin < SCRIPT
 *
 * A line of the script is a time in seconds and what happens then:
 *   0.5 send 00 00 00 00    bytes come from the host, in hex
 *   1.0 low 2               pin D2 is pulled to GND
 *   2.0 high 2              and let go
 *   9.0 end
 */
#include <stdio.h>
#include <string.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_hex.h>

#define CLOCK_HZ 16000000
#define BYTE_CYCLES (CLOCK_HZ / 11520) /* at 115200 Bd */
#define SAMPLE_CYCLES (CLOCK_HZ / 2000)

static avr_t *avr;

static void sent(struct avr_irq_t *irq, uint32_t byte, void *out)
{
    (void)irq;
    fputc((int)byte, out);
}

static void pin(int number, int level)
{
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), number), (uint32_t)level);
}

/* Runs until `until`. simavr does not start conversions from timer 1, so that is done here; the
 * voltage at A0 is a ramp about 2.5 V. */
static int run(uint64_t until)
{
    static uint64_t next;
    avr_irq_t *adc = avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, 0);
    while (avr->cycle < until) {
        int state;
        if (avr->cycle >= next) {
            next += SAMPLE_CYCLES;
            avr_raise_irq(adc + ADC_IRQ_ADC0, 2000 + 5 * (uint32_t)(next / SAMPLE_CYCLES % 200));
            avr_raise_irq(adc + ADC_IRQ_IN_TRIGGER, 1);
            avr_raise_irq(adc + ADC_IRQ_IN_TRIGGER, 0);
        }
        state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed) {
            fprintf(stderr, "the sketch crashed\n");
            return 1;
        }
    }
    return 0;
}

static void start(const char *hex, FILE *out)
{
    uint32_t length, at, flags = 0;
    uint8_t *code = read_ihex_file(hex, &length, &at);
    avr = avr_make_mcu_by_name("atmega328p");
    avr_init(avr);
    avr->frequency = CLOCK_HZ;
    avr->vcc = avr->avcc = avr->aref = 5000;
    memcpy(avr->flash + at, code, length);
    avr->codeend = avr->flashend;
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~(uint32_t)AVR_UART_FLAG_STDIO;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), sent, out);
    pin(2, 1);
    pin(3, 1);
}

int main(int argc, char **argv)
{
    char line[512], what[16];
    double at;
    int used;
    FILE *out = argc == 3 ? fopen(argv[2], "wb") : NULL;
    if (!out) {
        fprintf(stderr, "usage: uno SKETCH.hex BOARD.bin < SCRIPT\n");
        return 2;
    }
    start(argv[1], out);
    while (fgets(line, sizeof line, stdin)) {
        const char *rest = line;
        unsigned value;
        if (sscanf(line, "%lf %15s%n", &at, what, &used) != 2) {
            continue;
        }
        if (run((uint64_t)(at * CLOCK_HZ))) {
            return 1;
        }
        rest += used;
        if (strcmp(what, "send") == 0) {
            while (sscanf(rest, "%2x%n", &value, &used) == 1) {
                rest += used;
                avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), value);
                if (run(avr->cycle + BYTE_CYCLES)) {
                    return 1;
                }
            }
        } else if (strcmp(what, "end") != 0 && sscanf(rest, "%u", &value) == 1) {
            pin((int)value, strcmp(what, "high") == 0);
        }
    }
    return fclose(out) != 0;
}
