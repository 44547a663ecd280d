// What the page shows and what its keys mean. It holds no count of its own: each event says how it
// stands, and a mark is only asked for.

import { Curve, Traces } from "./traces.js";

const at = (id) => document.getElementById(id);
const curve = new Curve(at("curve"));
const traces = new Traces(at("traces"));
let news = null;
let twitches = null;
let sound = null;
let audio = null;
let woke = false;

// Minutes and seconds; from 100 minutes on hours and minutes.
function clock(s) {
  const whole = Math.max(0, Math.floor(s));
  const minutes = Math.floor(whole / 60);
  const two = (n) => String(n % 60).padStart(2, "0");
  return minutes < 100 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}h${two(minutes)}`;
}

// With a tenth while that is read.
function number(x, tenths) {
  return x === null || x === undefined ? "-" : x.toFixed(x < tenths ? 1 : 0);
}

function short(path) {
  return path.startsWith("/dev/") ? path : path.split(/[/\\]/).pop();
}

function put(id, text, className) {
  const element = at(id);
  if (element.textContent !== text) element.textContent = text;
  if (className !== undefined && element.className !== className) element.className = className;
}

function head() {
  put("time", clock(news.time));
  put("place", `${news.board} on ${short(news.place)}`);
  put("site", news.site === null ? "" : `site: ${news.site}`);
  const recording = news.recording;
  if (news.ended !== null) put("recording", `ended: ${news.ended}`, "");
  else if (news.gone) put("recording", "NO BOARD: plug it in again", "alarm");
  else if (recording?.works) put("recording", `RECORDING ${short(recording.path)}`, "works");
  else if (recording) put("recording", `NOT RECORDED ${short(recording.path)}`, "alarm");
  else if (news.replay) put("recording", "a recording is played", "");
  else put("recording", "nothing is recorded: --record DIR", "");
}

function numbers() {
  const needle = news.needles.find((n) => n.number === news.current);
  at("numbers").classList.toggle("inside", needle?.inside ?? false);
  const label = needle?.label === null ? "" : ` ${needle?.label}`;
  put("which", needle ? `TWITCHES #${needle.number}${label}` : "TWITCHES");
  put("count", needle ? String(needle.twitches.length) : "-");
  const none = needle ? "NEEDLE OUT, it was in" : "NO NEEDLE YET";
  put("needle", news.inside === 0 ? none : news.inside === 1 ? "NEEDLE IN" : `${news.inside} NEEDLES IN, the last`);
  put("dwell", needle ? clock(needle.dwell) : "-");
  put("since", number(needle?.since_last, 9.95));
  put("rate", number(needle?.per_min, 99.95));
  for (const value of document.querySelectorAll("#numbers p")) {
    value.classList.toggle("none", value.textContent === "-");
  }
  put("toggle", news.inside > 0 ? "Needle out" : "Needle in");
  document.title = needle ? `${needle.twitches.length} in ${clock(needle.dwell)} – twitchscope` : "twitchscope";
}

function state() {
  const all = Math.max(1, news.frames + news.lost);
  const lost = news.lost === 0
    ? "no sample lost"
    : `samples lost: ${news.lost} (${(100 * news.lost / all).toFixed(2)} %)`;
  const doubts = news.traces.map((t) => t.doubt).filter((doubt) => doubt !== null);
  const rate = news.true_rate === null
    ? []
    : [`true rate ${news.true_rate[0].toFixed(1)} ± ${news.true_rate[1].toFixed(1)} Hz`];
  const parts = [...doubts, lost, `twitches without a needle: ${news.stray}`, ...rate];
  put("state", parts.join(" · "), doubts.length > 0 ? "doubts" : "");
  const said = news.messages.slice(-3).reverse().map((message) => {
    const item = document.createElement("li");
    const when = document.createElement("time");
    when.textContent = clock(message.at);
    item.append(when, message.text);
    item.classList.toggle("warns", message.warns);
    return item;
  });
  const texts = said.map((item) => item.textContent).join("\n");
  if (at("messages").dataset.shown !== texts) {
    at("messages").dataset.shown = texts;
    at("messages").replaceChildren(...said);
  }
}

function hear(event) {
  news = JSON.parse(event.data);
  sound ??= news.sound;
  if (twitches !== null && news.twitches > twitches) ring();
  twitches = news.twitches;
  traces.hear(news);
  head();
  numbers();
  state();
  keys();
  draw();
}

function keys() {
  const goesOn = news.ended === null;
  for (const button of document.querySelectorAll("#keys button")) {
    button.hidden = !goesOn || (news.replay && button.id !== "sound");
  }
  const blocked = sound && audio?.state !== "running";
  put("sounds", !sound ? "Sound: off" : blocked ? "Sound: click here once" : "Sound: on");
}

function draw() {
  if (news === null) return;
  curve.draw(news);
  traces.draw(news);
}

// A tone a twitch: 80 ms of 880 Hz.
function ring() {
  if (!sound || audio?.state !== "running") return;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 880;
  volume.gain.setValueAtTime(0.25, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.08);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.08);
}

// A browser lets a page sound once a person has touched it: each press wakes what sleeps.
async function wake() {
  woke = audio?.state !== "running";
  audio ??= new AudioContext();
  if (audio.state !== "running") await audio.resume();
}

// The press that woke it is no wish to switch it off.
function switchSound() {
  if (!sound || !woke) sound = !sound;
}

function tell(text) {
  put("told", text);
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => put("told", ""), 3000);
}

async function mark(body) {
  try {
    const answer = await fetch("mark", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) tell(await answer.text());
  } catch {
    tell("NOT MARKED: twitchscope does not answer");
  }
}

// The next name in a circle; where none was given, numbers.
function nextSite() {
  const place = news.sites.indexOf(news.site);
  const last = Number(/^site (\d+)$/.exec(news.site ?? "")?.[1] ?? 0);
  const text = news.sites.length > 0 ? news.sites[(place + 1) % news.sites.length] : `site ${last + 1}`;
  mark({ mark: "site", text });
}

function type(what) {
  at("typing").hidden = false;
  at("typing").dataset.mark = what;
  put("typed-what", what === "note" ? "Note:" : "Site:");
  at("typed").value = "";
  at("typed").focus();
}

function closeTyping() {
  at("typing").hidden = true;
  at("typed").blur();
}

const commands = {
  " ": () => mark({ mark: "needle" }),
  i: () => mark({ mark: "needle_in" }),
  o: () => mark({ mark: "needle_out" }),
  u: () => mark({ mark: "undo" }),
  s: nextSite,
  l: () => type("site"),
  n: () => type("note"),
  b: switchSound,
};

document.addEventListener("keydown", (event) => {
  wake();
  if (event.key === "Escape") return closeTyping();
  const elsewhere = document.activeElement?.matches("input, button:focus-visible");
  if (elsewhere || event.ctrlKey || event.metaKey || event.altKey || news === null) return;
  const key = event.key.toLowerCase();
  const command = commands[key];
  if (command === undefined) return;
  event.preventDefault();
  if (key !== "b" && (news.replay || news.ended !== null)) return;
  // A key that is held counts once.
  if (!event.repeat) command();
});
document.addEventListener("pointerdown", wake);

at("keys").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button === null) return;
  // The space bar is needle in and out, and not this button once more.
  if (event.detail > 0) button.blur();
  if (button.id === "sound") switchSound();
  else if (button.id === "next-site") nextSite();
  else if (button.dataset.type) type(button.dataset.type);
  else mark({ mark: button.dataset.mark });
});

at("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("typed").value.trim();
  if (text !== "") mark({ mark: at("typing").dataset.mark, text });
  closeTyping();
});

const stream = new EventSource("events");
stream.addEventListener("message", (event) => {
  hear(event);
  if (news.ended !== null) stream.close();
});
stream.addEventListener("error", () => {
  if (news?.ended === null) put("recording", "NO CONNECTION: is twitchscope still running?", "alarm");
});
new ResizeObserver(draw).observe(at("traces"));
