/* The smallest board: says what it is, sends 60 ms of a ramp and one mark, all to the standard
 * output. docs/protocol.md begins with it.
 *
 *   cc -o first firmware-protocol/c/first.c && ./first | cargo run -q -p firmware-protocol --example read
 */
#include <stdio.h>

#include "twitchwire.h"

static tw_frame frame;
static tw_hello hello;
static tw_channel channel;
static tw_mark mark;

/* A real board writes to its serial port here. */
static void send(uint16_t length)
{
    fwrite(frame.bytes, 1, length, stdout);
}

int main(void)
{
    const uint16_t stream = 1;
    uint32_t sample = 0;

    hello.firmware = 1;
    hello.stream = stream;
    hello.rate_num = 1000; /* 1000/1 samples a second */
    hello.rate_den = 1;
    hello.clock_tolerance_ppm = 50;
    hello.channels = 1;
    hello.format = TW_U16;
    hello.adc_bits = 10;
    hello.max_block = 20;
    hello.name = "first board";
    send(tw_write_hello(&frame, &hello, 1, sample, 0));

    channel.lsb_pv = 4883000; /* 5 V / 1024 / gain 1000 = 4.883 uV */
    channel.zero = 512;
    channel.clip_high = 1023;
    channel.label = "biceps";
    send(tw_write_channel(&frame, &channel, stream));

    while (sample < 60) {
        uint8_t at;
        tw_begin_data(&frame, stream, 0, sample, sample * 1000, 20, 0);
        for (at = 0; at < 20; at++, sample++) {
            tw_put16(&frame, (uint16_t)(500 + sample));
        }
        send(tw_end(&frame));
    }

    mark.code = TW_FOOT_DOWN;
    mark.level = 1;
    mark.sample = 42;
    mark.time_us = 41700;
    mark.debounce_us = 5000;
    send(tw_write_mark(&frame, &mark, stream));
    return 0;
}
