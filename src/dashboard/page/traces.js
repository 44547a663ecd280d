// The two pictures: the dwell curve, and the traces with what was found.

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const COLOURS = Object.fromEntries(
  ["plain", "faint", "line", "twitch", "waits", "aside", "needle", "alarm"].map((name) => [name, colour(name)]),
);
const FONT = "13px system-ui, sans-serif";

// A canvas in pixels of the page, as sharp as the screen is.
class Canvas {
  constructor(element) {
    this.element = element;
  }

  begin() {
    const { width, height } = this.element.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.element.width !== w || this.element.height !== h) Object.assign(this.element, { width: w, height: h });
    const pen = this.element.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = FONT;
    pen.lineWidth = 1;
    pen.textBaseline = "alphabetic";
    pen.textAlign = "left";
    return { pen, width, height };
  }
}

// The next of 1, 2, 3, 5 and 10 times a power of ten that holds x.
function above(x) {
  const step = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 3, 5, 10].map((n) => n * step).find((end) => x <= end * 1.000001) ?? 10 * step;
}

// Twitches of each needle against the time it was in.
export class Curve extends Canvas {
  draw({ needles, current }) {
    const { pen, width, height } = this.begin();
    const others = needles.filter((n) => n.number !== current).slice(-5);
    const own = needles.filter((n) => n.number === current);
    const shown = [...others, ...own];
    const seconds = above(Math.max(30, ...shown.map((n) => n.dwell)));
    const count = above(Math.max(5, ...shown.map((n) => n.twitches.length)));
    const [left, right, top, bottom] = [34, width - 12, 26, height - 26];
    const x = (s) => left + (s / seconds) * (right - left);
    const y = (n) => bottom - (n / count) * (bottom - top);
    pen.fillStyle = COLOURS.faint;
    pen.fillText("twitches by needle time", left, 14);
    pen.strokeStyle = COLOURS.line;
    pen.strokeRect(left, top, right - left, bottom - top);
    pen.textAlign = "right";
    pen.fillText(String(count), left - 6, top + 5);
    pen.fillText("0", left - 6, bottom + 5);
    pen.fillText(`${seconds} s`, right, bottom + 18);
    pen.textAlign = "left";
    pen.fillText("0", left, bottom + 18);
    for (const needle of shown) this.steps(pen, needle, needle.number === current, x, y);
  }

  steps(pen, needle, own, x, y) {
    pen.strokeStyle = pen.fillStyle = own ? COLOURS.twitch : COLOURS.aside;
    pen.lineWidth = own ? 3 : 1.2;
    pen.beginPath();
    pen.moveTo(x(0), y(0));
    const onsets = [...needle.twitches].sort((a, b) => a - b);
    onsets.forEach((s, n) => {
      pen.lineTo(x(s), y(n));
      pen.lineTo(x(s), y(n + 1));
    });
    pen.lineTo(x(needle.dwell), y(onsets.length));
    pen.stroke();
  }
}

const LABEL = 128;
const MARKS = 22;
const TIMES = 20;
// So many seconds to a hundred pixels, and no more than are kept.
const SECONDS_PER_PIXEL = 1 / 45;
const KEPT_S = 60;
// Noise fills this share of the height at most, so that quiet does not look like activity.
const LEAST_SIGMAS = 8;
// The strip of levels reaches so far below and above the threshold, dB.
const STRIP_DB = 12;

// How high the strip of levels is, on a channel of this height.
function stripOf(height) {
  return height >= 40 ? Math.min(26, height / 4) : 0;
}

// The newest seconds of each channel.
export class Traces extends Canvas {
  start = 0;
  kept = [];

  // Takes the ticks that are new; they are numbered, so that none is drawn at another's place.
  hear({ first, traces, tick }) {
    if (this.kept.length !== traces.length || first < this.start) {
      this.start = first;
      this.kept = traces.map(() => ({ low: [], high: [], level: [] }));
    }
    const most = Math.round(KEPT_S / tick);
    for (const [place, trace] of traces.entries()) {
      for (const name of ["low", "high", "level"]) {
        const values = this.kept[place][name];
        const offset = first - this.start;
        values.length = Math.min(values.length, offset);
        while (values.length < offset) values.push(null);
        values.push(...trace[name]);
      }
    }
    const over = (this.kept[0]?.level.length ?? 0) - most;
    if (over > 0) {
      this.start += over;
      for (const trace of this.kept) for (const name of ["low", "high", "level"]) trace[name].splice(0, over);
    }
  }

  draw(news) {
    const { pen, width, height } = this.begin();
    const shown = news.traces.length;
    if (shown === 0) return;
    const end = (this.start + this.kept[0].level.length) * news.tick;
    const seconds = Math.min(KEPT_S, (width - LABEL) * SECONDS_PER_PIXEL);
    // Whole pixels: what lies between two is drawn pale.
    const x = (s) => Math.round(width - (end - s) * (width - LABEL) / seconds);
    const view = { from: end - seconds, end, x };
    this.times(pen, view, height);
    this.marks(pen, view, news, height);
    const each = (height - MARKS - TIMES) / shown;
    const reach = this.reach(news, view);
    for (const [place, trace] of news.traces.entries()) {
      const box = { top: MARKS + place * each, height: each };
      this.label(pen, trace, news.unit, box);
      this.channel(pen, news, place, view, box, reach);
    }
  }

  // The half height of every trace, in the unit.
  reach(news, view) {
    const first = Math.max(0, Math.floor(view.from / news.tick) - this.start);
    let most = 0;
    for (const trace of this.kept) {
      for (let i = first; i < trace.low.length; i += 1) {
        if (trace.low[i] !== null) most = Math.max(most, -trace.low[i], trace.high[i]);
      }
    }
    const noise = Math.max(0, ...news.traces.map((trace) => trace.noise ?? 0));
    return Math.max(most, LEAST_SIGMAS * noise) || 1;
  }

  times(pen, view, height) {
    pen.fillStyle = COLOURS.faint;
    pen.strokeStyle = COLOURS.line;
    pen.textAlign = "center";
    for (let s = Math.max(0, Math.ceil(view.from / 5) * 5); s <= view.end; s += 5) {
      const x = view.x(s) + 0.5;
      if (x < LABEL) continue;
      pen.beginPath();
      pen.moveTo(x, MARKS);
      pen.lineTo(x, height - TIMES);
      pen.globalAlpha = 0.4;
      pen.stroke();
      pen.globalAlpha = 1;
      pen.fillText(`${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`, Math.min(x, view.x(view.end) - 16), height - 5);
    }
    pen.textAlign = "left";
  }

  // The line of marks: what was found, on whatever channel, and what was marked.
  marks(pen, view, news, height) {
    const signs = {
      twitch: ["▼", COLOURS.twitch], set_aside: ["×", COLOURS.aside], needle_in: ["↓", COLOURS.needle],
      needle_out: ["↑", COLOURS.needle], note: ["*", COLOURS.plain],
    };
    pen.textAlign = "center";
    for (const flag of news.flags) {
      const x = view.x(flag.from);
      if (view.x(flag.to) < LABEL) continue;
      if (flag.what === "gap") {
        pen.fillStyle = COLOURS.alarm;
        pen.globalAlpha = 0.35;
        pen.fillRect(Math.max(LABEL, x), MARKS, Math.max(2, view.x(flag.to) - Math.max(LABEL, x)), height - MARKS - TIMES);
        pen.globalAlpha = 1;
      } else if (x >= LABEL) {
        [, pen.fillStyle] = signs[flag.what];
        pen.fillText(signs[flag.what][0], x, 15);
        if (flag.what.startsWith("needle")) pen.fillRect(x, MARKS, 1, height - MARKS - TIMES);
      }
    }
    pen.fillStyle = COLOURS.waits;
    for (const s of this.waiting(news)) pen.fillText("▽", view.x(s), 15);
    pen.textAlign = "left";
  }

  // When what is not judged yet began to stand over the threshold, on any channel.
  waiting({ flags, judged, tick }) {
    const found = flags.filter((f) => f.what === "twitch" || f.what === "set_aside");
    const first = Math.max(0, Math.floor(judged / tick) - this.start);
    const length = this.kept[0].level.length;
    const waits = (i) => {
      const s = (this.start + i) * tick;
      return this.kept.some((trace) => trace.level[i] >= 1) && !found.some((f) => f.from < s + tick && f.to > s);
    };
    const begun = [];
    for (let i = first, before = false; i < length; i += 1) {
      const now = waits(i);
      if (now && !before) begun.push((this.start + i) * tick);
      before = now;
    }
    return begun;
  }

  label(pen, trace, unit, { top, height }) {
    pen.fillStyle = COLOURS.plain;
    pen.fillText(trace.name.slice(0, 18), 0, top + height / 2 - 2, LABEL - 8);
    pen.fillStyle = COLOURS.faint;
    if (height < 34) return;
    const noise = trace.noise === null ? "noise is learnt" : `noise ${trace.noise.toPrecision(2)} ${unit}`;
    pen.fillText(noise, 0, top + height / 2 + 14, LABEL - 8);
    const mains = trace.mains.length === 0 ? "" : `mains ${trace.mains[0].toFixed(0)} Hz`;
    if (height >= 70) pen.fillText(mains, 0, top + height / 2 + 30, LABEL - 8);
    if (height >= 90) pen.fillText("threshold", 0, top + height - stripOf(height) / 2 + 4, LABEL - 8);
  }

  channel(pen, news, place, view, { top, height }, reach) {
    const kept = this.kept[place];
    const found = news.flags.filter((f) => f.channel === place && (f.what === "twitch" || f.what === "set_aside"));
    const strip = stripOf(height);
    const middle = top + (height - strip) / 2;
    const scale = (0.92 * (height - strip)) / 2 / reach;
    const first = Math.max(0, Math.ceil(view.from / news.tick) - this.start);
    const threshold = Math.round(top + height - strip / 2);
    for (let i = first; i < kept.level.length; i += 1) {
      const s = (this.start + i) * news.tick;
      const x = view.x(s);
      if (x < LABEL || kept.low[i] === null) continue;
      const wide = Math.max(1, view.x(s + news.tick) - x);
      pen.fillStyle = paint(found, s, news.tick, news.judged, kept.level[i]);
      const [high, low] = [middle - kept.high[i] * scale, middle - kept.low[i] * scale];
      pen.fillRect(x, high, wide, Math.max(1, low - high));
      if (strip > 0 && kept.level[i] > 0) {
        const db = Math.max(-STRIP_DB, Math.min(STRIP_DB, 10 * Math.log10(kept.level[i])));
        const up = ((db + STRIP_DB) / (2 * STRIP_DB)) * strip;
        pen.globalAlpha = 0.6;
        pen.fillRect(x, top + height - up, wide, up);
        pen.globalAlpha = 1;
      }
    }
    if (strip === 0) return;
    pen.fillStyle = COLOURS.alarm;
    pen.fillRect(LABEL, threshold, view.x(view.end) - LABEL, 1);
  }
}

// The colour of a tick: what it was found to be, or that it waits for the verdict.
function paint(found, s, tick, judged, level) {
  const within = (flag) => flag.from < s + tick && flag.to > s;
  const flag = found.find((f) => f.what === "twitch" && within(f)) ?? found.find(within);
  if (flag) return flag.what === "twitch" ? COLOURS.twitch : COLOURS.aside;
  return level >= 1 && s > judged ? COLOURS.waits : COLOURS.plain;
}
