/* The frames of firmware-protocol 1.0 for a board: C99 and C++, one header, no allocation, small
 * enough for an 8-bit AVR. The specification is README.md of firmware-protocol.
 *
 * To send:   tw_frame f;  tw_begin_data(&f, ...); tw_put16(&f, sample); ... n = tw_end(&f);
 *            then write n bytes from f.bytes; n is 0 where the frame had no room.
 * To hear:   tw_ear e = {0};  for each byte: if (tw_hear(&e, byte, &command) == TW_COMMAND) ...
 *
 * Made smaller with these, before the header is included:
 *   TW_SEND_BODY  the longest body that is sent (HELLO has 73 bytes, DATA 10 and its samples)
 *   TW_HEAR_BODY  the longest body that is heard (the longest command has 9)
 */
#ifndef TWITCHWIRE_H
#define TWITCHWIRE_H

#include <stdint.h>
#include <string.h>

#define TW_BODY_MAX 247
#ifndef TW_SEND_BODY
#define TW_SEND_BODY TW_BODY_MAX
#endif
#ifndef TW_HEAR_BODY
#define TW_HEAR_BODY 32
#endif
#if TW_SEND_BODY > TW_BODY_MAX || TW_HEAR_BODY > TW_BODY_MAX
#error "a body has at most 247 bytes"
#endif
#if TW_SEND_BODY < 73
#error "HELLO needs 73 bytes"
#endif

#ifdef __AVR__
#include <avr/pgmspace.h>
#define TW_FLASH PROGMEM
#define TW_READ32(at) pgm_read_dword(at)
#else
#define TW_FLASH
#define TW_READ32(at) (*(at))
#endif

enum { TW_MAJOR = 1, TW_MINOR = 0 };

/* Types of frames. */
enum {
    TW_HELLO = 0x01, TW_CHANNEL = 0x02, TW_DATA = 0x10, TW_MARK = 0x20, TW_STATUS = 0x30, TW_LOG = 0x3F,
    TW_RESPONSE = 0x40, TW_PONG = 0x41,
    TW_HELLO_REQUEST = 0x80, TW_START = 0x81, TW_STOP = 0x82, TW_SET_RATE = 0x83, TW_SET_GAIN = 0x84,
    TW_PING = 0x86, TW_MARK_ACK = 0x87, TW_TEST = 0x88, TW_LEAD_OFF = 0x89, TW_INJECT_MARK = 0x8A,
    TW_RESET = 0x8F
};

/* Formats of samples, kinds of channels, flags of DATA, codes of marks, outcomes, abilities. */
enum { TW_I16 = 0, TW_I24 = 1, TW_U16 = 2 };
enum { TW_RAW = 0, TW_RECTIFIED = 1, TW_ENVELOPE = 2, TW_OTHER = 3 };
enum { TW_GAP = 1, TW_CLIPPED = 2, TW_LEADS = 4, TW_MARKED = 8 };
enum { TW_NEEDLE_IN = 1, TW_NEEDLE_OUT = 2, TW_FOOT_DOWN = 3, TW_FOOT_UP = 4, TW_BUTTON = 5, TW_TRIGGER = 6 };
enum { TW_DONE = 0, TW_NOT_KNOWN = 1, TW_ARGUMENT = 2, TW_NOT_NOW = 3, TW_FAILED = 4 };
enum { TW_CAN_SET_RATE = 1, TW_CAN_SET_GAIN = 2, TW_CAN_TEST = 4, TW_CAN_LEAD_OFF = 8,
       TW_CAN_INJECT_MARK = 16, TW_CAN_RESET = 32 };

#define TW_SCALE_UNKNOWN 0xFFFFFFFFUL
#define TW_TEMPERATURE_UNKNOWN (-32767 - 1)

/* ---- check and frame ---- */

/* CRC-32/ISO-HDLC, four bits a step. */
static const uint32_t tw_remainders[16] TW_FLASH = {
    0x00000000UL, 0x1DB71064UL, 0x3B6E20C8UL, 0x26D930ACUL, 0x76DC4190UL, 0x6B6B51F4UL, 0x4DB26158UL, 0x5005713CUL,
    0xEDB88320UL, 0xF00F9344UL, 0xD6D6A3E8UL, 0xCB61B38CUL, 0x9B64C2B0UL, 0x86D3D2D4UL, 0xA00AE278UL, 0xBDBDF21CUL
};

static inline uint32_t tw_check(const uint8_t *bytes, uint16_t length)
{
    uint32_t rest = 0xFFFFFFFFUL;
    while (length--) {
        rest ^= *bytes++;
        rest = (rest >> 4) ^ TW_READ32(&tw_remainders[rest & 15]);
        rest = (rest >> 4) ^ TW_READ32(&tw_remainders[rest & 15]);
    }
    return ~rest;
}

/* 00, code byte, type, flags, body, check, 00. */
typedef struct {
    uint8_t bytes[TW_SEND_BODY + 9];
    uint16_t length;
    uint8_t full;
} tw_frame;

static inline void tw_put8(tw_frame *f, uint8_t value)
{
    if (f->length < TW_SEND_BODY + 4) {
        f->bytes[f->length++] = value;
    } else {
        f->full = 1;
    }
}

static inline void tw_put16(tw_frame *f, uint16_t value)
{
    tw_put8(f, (uint8_t)value);
    tw_put8(f, (uint8_t)(value >> 8));
}

static inline void tw_put32(tw_frame *f, uint32_t value)
{
    tw_put16(f, (uint16_t)value);
    tw_put16(f, (uint16_t)(value >> 16));
}

static inline void tw_put_bytes(tw_frame *f, const void *bytes, uint8_t length)
{
    const uint8_t *at = (const uint8_t *)bytes;
    while (length--) {
        tw_put8(f, *at++);
    }
}

/* A text of a fixed length, filled up with zeros. */
static inline void tw_put_text(tw_frame *f, const char *text, uint8_t length)
{
    while (length--) {
        tw_put8(f, (uint8_t)(*text ? *text++ : 0));
    }
}

static inline void tw_begin(tw_frame *f, uint8_t type, uint8_t flags)
{
    f->length = 2;
    f->full = 0;
    tw_put8(f, type);
    tw_put8(f, flags);
}

/* Check, stuffing and delimiters. Gives the bytes to send, 0 where the body had no room. */
static inline uint16_t tw_end(tw_frame *f)
{
    uint16_t code = 1, at;
    uint32_t check;
    if (f->full) {
        return 0;
    }
    check = tw_check(f->bytes + 2, (uint16_t)(f->length - 2));
    for (at = 0; at < 4; at++, check >>= 8) {
        f->bytes[f->length++] = (uint8_t)check;
    }
    for (at = 2; at < f->length; at++) {
        if (f->bytes[at] == 0) {
            f->bytes[code] = (uint8_t)(at - code);
            code = at;
        }
    }
    f->bytes[code] = (uint8_t)(f->length - code);
    f->bytes[0] = 0;
    f->bytes[f->length++] = 0;
    return f->length;
}

/* ---- from board to host ---- */

typedef struct {
    uint8_t uid[8];
    uint32_t firmware, abilities;
    uint16_t stream;
    uint32_t rate_num, rate_den;
    uint16_t clock_tolerance_ppm;
    uint8_t channels, format, adc_bits, max_block;
    const char *name; /* at most 24 bytes are sent */
} tw_hello;

static inline uint16_t tw_write_hello(tw_frame *f, const tw_hello *h, uint8_t streaming, uint32_t next_sample,
                                      uint32_t time_us)
{
    tw_begin(f, TW_HELLO, streaming ? 1 : 0);
    tw_put_bytes(f, "TWCH", 4);
    tw_put8(f, TW_MAJOR);
    tw_put8(f, TW_MINOR);
    tw_put_bytes(f, h->uid, 8);
    tw_put32(f, h->firmware);
    tw_put32(f, h->abilities);
    tw_put16(f, h->stream);
    tw_put32(f, h->rate_num);
    tw_put32(f, h->rate_den);
    tw_put32(f, next_sample);
    tw_put32(f, time_us);
    tw_put16(f, h->clock_tolerance_ppm);
    tw_put8(f, h->channels);
    tw_put8(f, h->format);
    tw_put8(f, h->adc_bits);
    tw_put8(f, h->max_block);
    tw_put_text(f, "", 3);
    tw_put_text(f, h->name, 24);
    return tw_end(f);
}

typedef struct {
    uint8_t channel, kind;
    uint32_t lsb_pv;
    int32_t zero, clip_low, clip_high;
    uint32_t gain_x1000;
    uint16_t high_pass_chz, low_pass_dhz;
    const char *label; /* at most 8 bytes are sent */
} tw_channel;

static inline uint16_t tw_write_channel(tw_frame *f, const tw_channel *c, uint16_t stream)
{
    tw_begin(f, TW_CHANNEL, 0);
    tw_put16(f, stream);
    tw_put8(f, c->channel);
    tw_put8(f, c->kind);
    tw_put32(f, c->lsb_pv);
    tw_put32(f, (uint32_t)c->zero);
    tw_put32(f, (uint32_t)c->clip_low);
    tw_put32(f, (uint32_t)c->clip_high);
    tw_put32(f, c->gain_x1000);
    tw_put16(f, c->high_pass_chz);
    tw_put16(f, c->low_pass_dhz);
    tw_put_text(f, c->label, 8);
    return tw_end(f);
}

/* The head of DATA. Behind it come count x channels samples, then tw_end. */
static inline void tw_begin_data(tw_frame *f, uint16_t stream, uint8_t flags, uint32_t first_sample,
                                 uint32_t time_us, uint8_t count, uint8_t digital)
{
    tw_begin(f, TW_DATA, (uint8_t)((flags & 15) | ((stream & 15) << 4)));
    tw_put32(f, first_sample);
    tw_put32(f, time_us);
    tw_put8(f, count);
    tw_put8(f, digital);
}

/* A sample as TW_I16 or TW_U16 is tw_put16; this is one as TW_I24. */
static inline void tw_put24(tw_frame *f, int32_t value)
{
    tw_put16(f, (uint16_t)value);
    tw_put8(f, (uint8_t)((uint32_t)value >> 16));
}

typedef struct {
    uint16_t number;
    uint8_t code, line, level;
    uint32_t sample, time_us;
    uint16_t debounce_us;
} tw_mark;

static inline uint16_t tw_write_mark(tw_frame *f, const tw_mark *m, uint16_t stream)
{
    tw_begin(f, TW_MARK, (uint8_t)((stream & 15) << 4));
    tw_put16(f, m->number);
    tw_put8(f, m->code);
    tw_put8(f, m->line);
    tw_put8(f, m->level);
    tw_put32(f, m->sample);
    tw_put32(f, m->time_us);
    tw_put16(f, m->debounce_us);
    return tw_end(f);
}

typedef struct {
    uint16_t stream;
    uint8_t streaming, reset_cause;
    uint32_t uptime_ms, next_sample, time_us, frames, dropped_samples;
    uint16_t tx_high_water, adc_overruns, rx_damaged, next_mark, marks_dropped;
    uint32_t lead_off_p, lead_off_n, clipped;
    uint16_t supply_mv;
    int16_t temperature_dc;
} tw_status;

static inline uint16_t tw_write_status(tw_frame *f, const tw_status *s)
{
    tw_begin(f, TW_STATUS, s->streaming ? 1 : 0);
    tw_put16(f, s->stream);
    tw_put8(f, s->reset_cause);
    tw_put32(f, s->uptime_ms);
    tw_put32(f, s->next_sample);
    tw_put32(f, s->time_us);
    tw_put32(f, s->frames);
    tw_put32(f, s->dropped_samples);
    tw_put16(f, s->tx_high_water);
    tw_put16(f, s->adc_overruns);
    tw_put16(f, s->rx_damaged);
    tw_put16(f, s->next_mark);
    tw_put16(f, s->marks_dropped);
    tw_put32(f, s->lead_off_p);
    tw_put32(f, s->lead_off_n);
    tw_put32(f, s->clipped);
    tw_put16(f, s->supply_mv);
    tw_put16(f, (uint16_t)s->temperature_dc);
    return tw_end(f);
}

static inline uint16_t tw_write_log(tw_frame *f, const char *text)
{
    tw_begin(f, TW_LOG, 0);
    while (*text) {
        tw_put8(f, (uint8_t)*text++);
    }
    return tw_end(f);
}

static inline uint16_t tw_write_response(tw_frame *f, uint8_t request, uint8_t command, uint8_t outcome)
{
    tw_begin(f, TW_RESPONSE, 0);
    tw_put8(f, request);
    tw_put8(f, command);
    tw_put8(f, outcome);
    return tw_end(f);
}

static inline uint16_t tw_write_pong(tw_frame *f, uint8_t request, const uint8_t *token, uint32_t received_us,
                                     uint32_t sent_us)
{
    tw_begin(f, TW_PONG, 0);
    tw_put8(f, request);
    tw_put_bytes(f, token, 8);
    tw_put32(f, received_us);
    tw_put32(f, sent_us);
    return tw_end(f);
}

/* ---- from host to board ---- */

/* Which fields mean something depends on the type: START value (max_block), SET_RATE num and den,
 * SET_GAIN channel and value, PING token, MARK_ACK number, TEST and LEAD_OFF and INJECT_MARK value. */
typedef struct {
    uint8_t type, request, channel, value;
    uint16_t number;
    uint32_t num, den;
    uint8_t token[8];
} tw_command;

/* All zero at first. */
typedef struct {
    uint8_t bytes[TW_HEAR_BODY + 7];
    uint16_t length;  /* bytes since the last delimiter, 65535 for more */
    uint16_t damaged; /* runs of bytes that were no frame; stays at 65535 */
    uint8_t zeros;
} tw_ear;

/* What a byte completed. TW_UNKNOWN is a whole frame that is no command of this version, or too
 * short for its type: answer it with TW_NOT_KNOWN. */
enum { TW_NOTHING = 0, TW_COMMAND = 1, TW_UNKNOWN = 2, TW_DAMAGED = 3 };

static inline uint32_t tw_get32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Unstuffs and checks; the frame is at bytes + 1 then. Gives its length without the check, or 0. */
static inline uint16_t tw_open(uint8_t *bytes, uint16_t length)
{
    uint16_t at = 0;
    if (length < 7 || length > TW_HEAR_BODY + 7) {
        return 0;
    }
    while (at < length) {
        uint8_t step = bytes[at];
        bytes[at] = 0;
        at = (uint16_t)(at + step);
    }
    if (at != length || tw_get32(bytes + length - 4) != tw_check(bytes + 1, (uint16_t)(length - 5))) {
        return 0;
    }
    return (uint16_t)(length - 5);
}

/* How many bytes a command has behind its number; 255 for what is no command. */
static inline uint8_t tw_arguments(uint8_t type)
{
    switch (type) {
    case TW_HELLO_REQUEST: case TW_STOP: case TW_RESET: return 0;
    case TW_START: case TW_TEST: case TW_LEAD_OFF: case TW_INJECT_MARK: return 1;
    case TW_SET_GAIN: case TW_MARK_ACK: return 2;
    case TW_SET_RATE: case TW_PING: return 8;
    default: return 255;
    }
}

static inline uint8_t tw_read_command(const uint8_t *frame, uint16_t length, tw_command *c)
{
    const uint8_t *body = frame + 3;
    memset(c, 0, sizeof *c);
    c->type = frame[0];
    if (length < 3) {
        return TW_UNKNOWN;
    }
    c->request = frame[2];
    if (length - 3 < tw_arguments(c->type)) {
        return TW_UNKNOWN;
    }
    switch (c->type) {
    case TW_START: case TW_TEST: case TW_LEAD_OFF: case TW_INJECT_MARK:
        c->value = body[0];
        break;
    case TW_SET_GAIN:
        c->channel = body[0];
        c->value = body[1];
        break;
    case TW_MARK_ACK:
        c->number = (uint16_t)(body[0] | (uint16_t)body[1] << 8);
        break;
    case TW_SET_RATE:
        c->num = tw_get32(body);
        c->den = tw_get32(body + 4);
        break;
    case TW_PING:
        memcpy(c->token, body, 8);
        break;
    default:
        break;
    }
    return TW_COMMAND;
}

/* Takes one byte from the host. */
static inline uint8_t tw_hear(tw_ear *e, uint8_t byte, tw_command *c)
{
    uint16_t length = e->length, packed;
    if (byte) {
        e->zeros = 0;
        if (length < sizeof e->bytes) {
            e->bytes[length] = byte;
        }
        if (length < 65535u) {
            e->length++;
        }
        return TW_NOTHING;
    }
    e->length = 0;
    if (length == 0) {
        if (++e->zeros < 4) {
            return TW_NOTHING;
        }
        e->zeros = 0;
        memset(c, 0, sizeof *c);
        c->type = TW_HELLO_REQUEST;
        return TW_COMMAND;
    }
    e->zeros = 1;
    packed = tw_open(e->bytes, length);
    if (packed) {
        return tw_read_command(e->bytes + 1, packed, c);
    }
    if (e->damaged < 65535u) {
        e->damaged++;
    }
    return TW_DAMAGED;
}

#endif
