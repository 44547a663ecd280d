// Samples A0 of an Arduino Uno (ATmega328P, 16 MHz) at 2000 Hz, streams it in the wire format of
// firmware-protocol, and marks a foot switch on D2 and a button on D3, both to GND.
//
// Copy c/twitchwire.h beside this file. ../compile builds it without the Arduino IDE.

#include <Arduino.h>
#include <avr/eeprom.h>

#define TW_SEND_BODY 73  // HELLO; a DATA frame has 10 + 2 * BLOCK
#include "twitchwire.h"

const uint32_t BAUD = 115200;     // 5800 bytes a second are half of it
const uint16_t RATE_HZ = 2000;
const uint8_t BLOCK = 20;         // samples a DATA frame: 10 ms
const uint8_t BLOCKS = 4;         // so long may the line stand still: 30 ms
const uint8_t MARKS = 8;          // marks that wait for their acknowledgement
const uint8_t LINES = 2;          // D2 foot switch, D3 button
const uint16_t DEBOUNCE_US = 5000;
const uint32_t HOST_GONE_MS = 5000;

// ---- sampling: the timer starts each conversion, so that no loop and no line shifts a sample ----

struct Block {
    uint32_t first, time_us;
    uint8_t digital, clipped, gap;
    uint16_t counts[BLOCK];
};

volatile Block blocks[BLOCKS];
volatile uint8_t filling, filled;         // the block that is filled, and its samples so far
volatile uint8_t ready_first, ready;      // whole blocks wait from here, and how many
volatile uint32_t taken, dropped;         // samples since START
volatile uint16_t overruns;
volatile bool streaming, ramp, gap;

// A conversion takes 13.5 clocks of 8 us, at 2 MHz of timer 1.
const uint16_t CONVERSION = 13 * 16;

uint8_t levels() { return ~(PIND >> 2) & ((1 << LINES) - 1); }  // pressed is 1

ISR(ADC_vect) {
    uint16_t count = ADC;
    TIFR1 = _BV(OCF1B);  // else the next compare starts no conversion
    if (!streaming) {
        return;
    }
    if (TCNT1 < CONVERSION) {  // so late that a conversion was not started
        overruns++;
    }
    uint32_t sample = taken++;
    if (ready == BLOCKS) {  // every block waits for the line
        dropped++;
        gap = true;
        return;
    }
    volatile Block &b = blocks[filling];
    if (filled == 0) {
        b.first = sample;
        b.time_us = micros();
        b.digital = levels();
        b.clipped = 0;
        b.gap = gap;
        gap = false;
    }
    if (ramp) {
        count = sample & 1023;
    }
    if (count == 0 || count == 1023) {
        b.clipped = 1;
    }
    b.counts[filled++] = count;
    if (filled == BLOCK) {
        filled = 0;
        filling = (filling + 1) % BLOCKS;
        ready++;
    }
}

void sampleFrom(uint32_t rate) {
    ADMUX = _BV(REFS0);                                                // A0 against AVcc
    ADCSRB = _BV(ADTS2) | _BV(ADTS0);                                  // started by timer 1, compare B
    ADCSRA = _BV(ADEN) | _BV(ADATE) | _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);  // 125 kHz
    TCCR1A = 0;
    TCCR1B = _BV(WGM12) | _BV(CS11);                                   // 2 MHz, from 0 to OCR1A
    OCR1A = OCR1B = F_CPU / 8 / rate - 1;
}

// ---- marks: stamped at the first edge, believed once the line has been quiet ----

struct Edge {
    bool seen;
    uint32_t sample, time_us;
};

volatile Edge edges[LINES];
uint8_t believed;  // levels

void edge(uint8_t line) {
    volatile Edge &e = edges[line];
    if (!e.seen) {
        e.seen = true;
        e.sample = taken;
        e.time_us = micros();
    }
}

ISR(INT0_vect) { edge(0); }
ISR(INT1_vect) { edge(1); }

struct Waiting {
    tw_mark mark;
    uint32_t sent_ms;
    uint8_t tries;  // 0 where this place is free
};

Waiting waiting[MARKS];
uint16_t next_mark, marks_dropped;

// ---- the line ----

tw_frame frame;
tw_ear ear;
tw_hello hello;
tw_channel channel;
uint32_t frames, heard_ms, hello_ms, status_ms;
uint16_t high_water;

void send(uint16_t length) {
    uint16_t waits = SERIAL_TX_BUFFER_SIZE - 1 - Serial.availableForWrite() + length;
    high_water = max(high_water, waits);
    Serial.write(frame.bytes, length);
}

// The first sample of the next DATA frame behind what is sent now.
uint32_t nextSample() {
    noInterrupts();
    uint32_t next = ready ? blocks[ready_first].first : filled ? blocks[filling].first : taken;
    interrupts();
    return next;
}

void describe() {
    send(tw_write_hello(&frame, &hello, streaming, nextSample(), micros()));
    send(tw_write_channel(&frame, &channel, hello.stream));
    hello_ms = millis();
}

void newStream() {
    hello.stream = eeprom_read_word(0) + 1;  // lasts through a reset, so that no number comes again
    eeprom_update_word(0, hello.stream);
}

void start() {
    streaming = false;
    newStream();
    noInterrupts();
    filling = filled = ready_first = ready = 0;
    taken = dropped = 0;
    gap = false;
    interrupts();
    frames = 0;
    next_mark = marks_dropped = 0;
    memset(waiting, 0, sizeof waiting);
    streaming = true;
    describe();
}

void sendBlock() {
    volatile Block &b = blocks[ready_first];
    uint8_t flags = (b.gap ? TW_GAP : 0) | (b.clipped ? TW_CLIPPED : 0);
    for (uint8_t at = 0; at < MARKS; at++) {
        if (waiting[at].tries && waiting[at].mark.sample - b.first < BLOCK) {
            flags |= TW_MARKED;
        }
    }
    tw_begin_data(&frame, hello.stream, flags, b.first, b.time_us, BLOCK, b.digital);
    for (uint8_t at = 0; at < BLOCK; at++) {
        tw_put16(&frame, b.counts[at]);
    }
    noInterrupts();
    ready_first = (ready_first + 1) % BLOCKS;
    ready--;
    interrupts();
    frames++;
    send(tw_end(&frame));
}

void sendStatus() {
    static tw_status s;
    s.stream = hello.stream;
    s.streaming = streaming;
    s.uptime_ms = millis();
    s.next_sample = nextSample();
    s.time_us = micros();
    s.frames = frames;
    noInterrupts();
    s.dropped_samples = dropped;
    s.adc_overruns = overruns;
    interrupts();
    s.tx_high_water = high_water;
    s.rx_damaged = ear.damaged;
    s.next_mark = next_mark;
    s.marks_dropped = marks_dropped;
    s.temperature_dc = TW_TEMPERATURE_UNKNOWN;
    send(tw_write_status(&frame, &s));
    status_ms = s.uptime_ms;
}

void mark(uint8_t code, uint8_t line, uint8_t level, uint32_t sample, uint32_t time_us, uint16_t debounce_us) {
    for (uint8_t at = 0; at < MARKS; at++) {
        if (!waiting[at].tries) {
            tw_mark m = {next_mark++, code, line, level, sample, time_us, debounce_us};
            waiting[at] = {m, millis() - 1000, 1};
            return;
        }
    }
    marks_dropped++;
}

void watchLines() {
    for (uint8_t line = 0; line < LINES; line++) {
        noInterrupts();
        bool seen = edges[line].seen;
        uint32_t sample = edges[line].sample, time_us = edges[line].time_us;
        interrupts();
        if (!seen || micros() - time_us < DEBOUNCE_US) {
            continue;
        }
        uint8_t level = levels() >> line & 1;
        edges[line].seen = false;
        if (level == (believed >> line & 1)) {
            continue;  // it bounced and came back
        }
        believed ^= 1 << line;
        uint8_t code = line == 0 ? (level ? TW_FOOT_DOWN : TW_FOOT_UP) : TW_BUTTON;
        if (streaming && (line == 0 || level)) {
            mark(code, line, level, sample, time_us, DEBOUNCE_US);
        }
    }
}

// At once, then after 50, 100 and 200 ms, then every 200 ms.
void sendMarks() {
    for (uint8_t at = 0; at < MARKS; at++) {
        Waiting &w = waiting[at];
        uint16_t pause = w.tries <= 1 ? 0 : w.tries == 2 ? 50 : w.tries == 3 ? 100 : 200;
        if (w.tries && millis() - w.sent_ms >= pause) {
            send(tw_write_mark(&frame, &w.mark, hello.stream));
            w.sent_ms = millis();
            w.tries = min(w.tries + 1, 4);
        }
    }
}

void respond(const tw_command &c, uint8_t outcome) {
    send(tw_write_response(&frame, c.request, c.type, outcome));
}

void obey(const tw_command &c, uint32_t received_us) {
    switch (c.type) {
    case TW_HELLO_REQUEST:
        describe();
        respond(c, TW_DONE);
        break;
    case TW_START:
        respond(c, TW_DONE);
        start();
        break;
    case TW_STOP:
        streaming = false;
        respond(c, TW_DONE);
        break;
    case TW_PING:
        send(tw_write_pong(&frame, c.request, c.token, received_us, micros()));
        break;
    case TW_MARK_ACK:
        for (uint8_t at = 0; at < MARKS; at++) {
            if (waiting[at].mark.number == c.number) {
                waiting[at].tries = 0;
            }
        }
        break;
    case TW_TEST:
        if (c.value == 0 || c.value == 3) {
            ramp = c.value == 3;
            respond(c, TW_DONE);
        } else {
            respond(c, TW_ARGUMENT);
        }
        break;
    case TW_INJECT_MARK: {
        noInterrupts();
        uint32_t sample = taken;
        interrupts();
        if (streaming) {
            mark(c.value, 255, 0, sample, micros(), 0);
        }
        respond(c, streaming ? TW_DONE : TW_NOT_NOW);
        break;
    }
    default:
        respond(c, TW_NOT_KNOWN);
    }
}

void listen() {
    tw_command command;
    while (Serial.available()) {
        uint8_t what = tw_hear(&ear, Serial.read(), &command);
        if (what == TW_COMMAND || what == TW_UNKNOWN) {
            heard_ms = millis();
            if (what == TW_COMMAND) {
                obey(command, micros());
            } else {
                respond(command, TW_NOT_KNOWN);
            }
        }
    }
}

void setup() {
    hello.firmware = 1;
    hello.abilities = TW_CAN_TEST | TW_CAN_INJECT_MARK;
    hello.rate_num = RATE_HZ;
    hello.rate_den = 1;
    hello.clock_tolerance_ppm = 5000;  // a ceramic resonator
    hello.channels = 1;
    hello.format = TW_U16;
    hello.adc_bits = 10;
    hello.max_block = BLOCK;
    hello.name = "Uno A0";
    channel.lsb_pv = TW_SCALE_UNKNOWN;  // 4.883e9 pV at the pin, divided by your amplifier's gain
    channel.zero = 512;
    channel.clip_high = 1023;
    channel.label = "A0";
    newStream();

    pinMode(2, INPUT_PULLUP);
    pinMode(3, INPUT_PULLUP);
    EICRA = _BV(ISC00) | _BV(ISC10);  // both edges
    EIMSK = _BV(INT0) | _BV(INT1);
    believed = levels();

    Serial.begin(BAUD);
    sampleFrom(RATE_HZ);
    describe();
}

void loop() {
    listen();
    if (streaming && ready) {
        sendBlock();
    }
    watchLines();
    if (streaming) {
        sendMarks();
        if (millis() - heard_ms > HOST_GONE_MS) {
            streaming = false;  // nobody listens
        } else if (millis() - hello_ms >= 5000) {
            describe();
        } else if (millis() - status_ms >= 1000) {
            sendStatus();
        }
    }
}
