/* Holds twitchwire.h against the golden vectors: `cargo test` compiles it with the system's cc.
 *
 *   check encode   reads what board frames mean, a line each, and prints their bytes in hex
 *   check decode   reads bytes in hex, all lines one stream, and prints what a board hears
 *
 * vectors/README.md tells how a line is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twitchwire.h"

#define LINE 4096

/* The text behind " key=" in a line: to the next space, or to the end for `text`. */
static const char *field(const char *line, const char *key)
{
    static char value[LINE];
    char name[32];
    const char *at;
    snprintf(name, sizeof name, " %s=", key);
    at = strstr(line, name);
    if (!at) {
        fprintf(stderr, "no %s in: %s\n", key, line);
        exit(2);
    }
    strcpy(value, at + strlen(name));
    if (strcmp(key, "text") != 0) {
        value[strcspn(value, " ")] = 0;
    }
    return value;
}

static uint32_t number(const char *line, const char *key)
{
    return (uint32_t)strtoll(field(line, key), NULL, 10);
}

static void unhex(const char *hex, uint8_t *bytes, int length)
{
    int at;
    for (at = 0; at < length; at++) {
        unsigned value = 0;
        sscanf(hex + 2 * at, "%2x", &value);
        bytes[at] = (uint8_t)value;
    }
}

static uint8_t format_of(const char *name)
{
    return strcmp(name, "i24") == 0 ? TW_I24 : strcmp(name, "u16") == 0 ? TW_U16 : TW_I16;
}

static uint16_t hello(tw_frame *f, const char *line)
{
    char name[LINE];
    tw_hello h;
    unhex(field(line, "uid"), h.uid, 8);
    strcpy(name, field(line, "text"));
    h.name = name;
    h.firmware = number(line, "firmware");
    h.abilities = number(line, "abilities");
    h.stream = (uint16_t)number(line, "stream");
    h.rate_num = number(line, "rate_num");
    h.rate_den = number(line, "rate_den");
    h.clock_tolerance_ppm = (uint16_t)number(line, "clock_tolerance_ppm");
    h.channels = (uint8_t)number(line, "channels");
    h.format = format_of(field(line, "format"));
    h.adc_bits = (uint8_t)number(line, "adc_bits");
    h.max_block = (uint8_t)number(line, "max_block");
    return tw_write_hello(f, &h, (uint8_t)number(line, "streaming"), number(line, "next_sample"),
                          number(line, "time_us"));
}

static uint16_t channel(tw_frame *f, const char *line)
{
    char label[LINE];
    tw_channel c;
    strcpy(label, field(line, "text"));
    c.label = label;
    c.channel = (uint8_t)number(line, "channel");
    c.kind = (uint8_t)number(line, "kind");
    c.lsb_pv = number(line, "lsb_pv");
    c.zero = (int32_t)number(line, "zero");
    c.clip_low = (int32_t)number(line, "clip_low");
    c.clip_high = (int32_t)number(line, "clip_high");
    c.gain_x1000 = number(line, "gain_x1000");
    c.high_pass_chz = (uint16_t)number(line, "high_pass_chz");
    c.low_pass_dhz = (uint16_t)number(line, "low_pass_dhz");
    return tw_write_channel(f, &c, (uint16_t)number(line, "stream"));
}

static uint16_t data(tw_frame *f, const char *line)
{
    uint8_t format = format_of(field(line, "format"));
    const char *at;
    tw_begin_data(f, (uint16_t)number(line, "stream"), (uint8_t)number(line, "flags"),
                  number(line, "first_sample"), number(line, "time_us"), (uint8_t)number(line, "count"),
                  (uint8_t)number(line, "digital"));
    for (at = field(line, "counts"); *at;) {
        char *end;
        long count = strtol(at, &end, 10);
        if (format == TW_I24) {
            tw_put24(f, (int32_t)count);
        } else {
            tw_put16(f, (uint16_t)count);
        }
        at = *end == ',' ? end + 1 : end;
    }
    return tw_end(f);
}

static uint16_t mark(tw_frame *f, const char *line)
{
    tw_mark m;
    m.number = (uint16_t)number(line, "number");
    m.code = (uint8_t)number(line, "code");
    m.line = (uint8_t)number(line, "line");
    m.level = (uint8_t)number(line, "level");
    m.sample = number(line, "sample");
    m.time_us = number(line, "time_us");
    m.debounce_us = (uint16_t)number(line, "debounce_us");
    return tw_write_mark(f, &m, (uint16_t)number(line, "stream"));
}

static uint16_t status(tw_frame *f, const char *line)
{
    tw_status s;
    s.stream = (uint16_t)number(line, "stream");
    s.streaming = (uint8_t)number(line, "streaming");
    s.reset_cause = (uint8_t)number(line, "reset_cause");
    s.uptime_ms = number(line, "uptime_ms");
    s.next_sample = number(line, "next_sample");
    s.time_us = number(line, "time_us");
    s.frames = number(line, "frames");
    s.dropped_samples = number(line, "dropped_samples");
    s.tx_high_water = (uint16_t)number(line, "tx_high_water");
    s.adc_overruns = (uint16_t)number(line, "adc_overruns");
    s.rx_damaged = (uint16_t)number(line, "rx_damaged");
    s.next_mark = (uint16_t)number(line, "next_mark");
    s.marks_dropped = (uint16_t)number(line, "marks_dropped");
    s.lead_off_p = number(line, "lead_off_p");
    s.lead_off_n = number(line, "lead_off_n");
    s.clipped = number(line, "clipped");
    s.supply_mv = (uint16_t)number(line, "supply_mv");
    s.temperature_dc = (int16_t)number(line, "temperature_dc");
    return tw_write_status(f, &s);
}

static uint16_t pong(tw_frame *f, const char *line)
{
    uint8_t token[8];
    unhex(field(line, "token"), token, 8);
    return tw_write_pong(f, (uint8_t)number(line, "request"), token, number(line, "received_us"),
                         number(line, "sent_us"));
}

static uint16_t encode(tw_frame *f, const char *line)
{
    size_t length = strcspn(line, " ");
    if (strncmp(line, "hello", length) == 0) return hello(f, line);
    if (strncmp(line, "channel", length) == 0) return channel(f, line);
    if (strncmp(line, "data", length) == 0) return data(f, line);
    if (strncmp(line, "mark", length) == 0) return mark(f, line);
    if (strncmp(line, "status", length) == 0) return status(f, line);
    if (strncmp(line, "log", length) == 0) return tw_write_log(f, field(line, "text"));
    if (strncmp(line, "pong", length) == 0) return pong(f, line);
    if (strncmp(line, "response", length) == 0) {
        return tw_write_response(f, (uint8_t)number(line, "request"), (uint8_t)number(line, "command"),
                                 (uint8_t)number(line, "outcome"));
    }
    fprintf(stderr, "unknown: %s\n", line);
    exit(2);
}

static void show(const tw_command *c)
{
    unsigned at, request = c->request, value = c->value;
    switch (c->type) {
    case TW_HELLO_REQUEST: printf("hello_request request=%u\n", request); break;
    case TW_START: printf("start request=%u max_block=%u\n", request, value); break;
    case TW_STOP: printf("stop request=%u\n", request); break;
    case TW_SET_RATE:
        printf("set_rate request=%u num=%lu den=%lu\n", request, (unsigned long)c->num, (unsigned long)c->den);
        break;
    case TW_SET_GAIN: printf("set_gain request=%u channel=%u gain=%u\n", request, c->channel, value); break;
    case TW_PING:
        printf("ping request=%u token=", request);
        for (at = 0; at < 8; at++) {
            printf("%02x", c->token[at]);
        }
        printf("\n");
        break;
    case TW_MARK_ACK: printf("mark_ack request=%u number=%u\n", request, c->number); break;
    case TW_TEST: printf("test request=%u signal=%u\n", request, value); break;
    case TW_LEAD_OFF: printf("lead_off request=%u on=%u\n", request, value != 0); break;
    case TW_INJECT_MARK: printf("inject_mark request=%u code=%u\n", request, value); break;
    case TW_RESET: printf("reset request=%u\n", request); break;
    default: break;
    }
}

static void decode(tw_ear *ear, const char *line)
{
    const char *at = line;
    unsigned byte;
    int used;
    tw_command command;
    while (sscanf(at, "%2x%n", &byte, &used) == 1) {
        at += used;
        switch (tw_hear(ear, (uint8_t)byte, &command)) {
        case TW_COMMAND: show(&command); break;
        case TW_UNKNOWN: printf("unknown request=%u type=%u\n", command.request, command.type); break;
        case TW_DAMAGED: printf("damaged\n"); break;
        default: break;
        }
    }
}

int main(int argc, char **argv)
{
    static char line[LINE];
    static tw_ear ear;
    int encoding = argc == 2 && strcmp(argv[1], "encode") == 0;
    if (!encoding && !(argc == 2 && strcmp(argv[1], "decode") == 0)) {
        fprintf(stderr, "usage: check encode|decode\n");
        return 2;
    }
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (encoding) {
            tw_frame frame;
            uint16_t at, length = encode(&frame, line);
            for (at = 0; at < length; at++) {
                printf("%s%02x", at ? " " : "", frame.bytes[at]);
            }
            printf("\n");
        } else {
            decode(&ear, line);
        }
    }
    return 0;
}
