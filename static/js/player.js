// The player of an album's tracks. Without it each track has the browser's own <audio controls>.
//
// A row of [data-tracks] with data-stream gets a button; playing it opens a line to seek in, drawn
// from data-peaks (a hexadecimal digit a bar). Nothing is fetched before the first Play. Words come from the list's data-.
const SEEK = 5; // seconds that an arrow key moves
const BARS = 16; // heights that a bar can have: one hexadecimal digit

// What the next page goes on with is listening.js's: needed when something plays, or played on the page before.
const { listening } = document.querySelector("script[data-listening]")?.dataset ?? {};
if (listening && isKept()) await import(listening);

const lists = [...document.querySelectorAll("[data-tracks]")];
const rows = lists.flatMap((list) => [...list.querySelectorAll("li[data-stream]")]);
const audio = new Audio();
audio.preload = "none";
let current = null;
const status = make("p", { class: "unseen", role: "status" });
lists[0]?.before(status);

/** "Play {title}" and {title: "Harbour"} -> "Play Harbour" */
const say = (template, words) => template.replace(/\{(\w+)\}/g, (_, name) => words[name]);

function isKept() {
  try {
    return sessionStorage.getItem("listening") !== null;
  } catch {
    return false; // this browser keeps nothing
  }
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function draw(viewBox, path, attributes = {}) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  shape.setAttribute("vector-effect", "non-scaling-stroke");
  shape.setAttribute("stroke-linecap", "round");
  for (const [key, value] of Object.entries({ viewBox, "aria-hidden": "true", ...attributes })) svg.setAttribute(key, value);
  svg.append(shape);
  return svg;
}

class Track {
  constructor(row) {
    const { dataset: words } = row.closest("[data-tracks]");
    row.querySelector("noscript")?.remove();
    this.row = row;
    this.words = words;
    this.title = row.querySelector(".title").firstChild.textContent.trim();
    this.length = row.dataset.length / 1000;
    this.time = row.querySelector("time");
    this.button = make("button", { type: "button" }, draw("0 0 10 10", "M1.5 0L10 5L1.5 10Z", { class: "go" }),
      draw("0 0 10 10", "M1 0h3v10h-3zM6 0h3v10h-3z", { class: "hold" }));
    row.querySelector(".play").append(this.button);
    this.button.addEventListener("click", () => this.toggle());
    this.name();
  }

  get playing() {
    return current === this && !audio.paused && !audio.error; // an error leaves it "not paused"
  }

  /** Says on the button what it will do. */
  name() {
    this.button.setAttribute("aria-label", say(this.playing ? this.words.pause : this.words.play, { title: this.title }));
    this.row.toggleAttribute("data-playing", this.playing);
  }

  toggle() {
    if (this.playing) audio.pause();
    else this.play();
  }

  play() {
    if (current !== this) {
      current?.close();
      current = this;
      this.open();
      audio.src = this.row.dataset.stream;
      this.goOn();
      announce(this);
    } else if (audio.error) {
      audio.load();
    }
    status.textContent = say(this.words.begun, { title: this.title });
    audio.play().catch((error) => {
      if (error.name !== "AbortError" && current === this) this.fail(); // aborted: another track was begun
    });
    if (listening) import(listening);
  }

  /** Begins where the page before left it. */
  goOn() {
    const { from } = this.row.dataset;
    delete this.row.dataset.from;
    if (from) audio.addEventListener("loadedmetadata", () => current === this && this.to(Number(from)), { once: true });
  }

  open() {
    const bars = [...this.row.dataset.peaks].map((digit) => Math.max(parseInt(digit, 16), 0.5));
    const box = `0 0 ${bars.length} ${2 * BARS}`;
    const path = bars.map((height, i) => `M${i + 0.5} ${BARS - height}v${2 * height}`).join("");
    const stretched = { preserveAspectRatio: "none" };
    this.seek = make("input", { class: "seek", type: "range", min: 0, max: this.length, step: "any", value: 0,
      "aria-label": say(this.words.seek, { title: this.title }) });
    this.volume = make("input", { class: "volume", type: "range", min: 0, max: 1, step: 0.05, "aria-label": this.words.volume });
    this.volume.value = audio.volume;
    this.line = make("div", { class: "line" }, draw(box, path, stretched), draw(box, path, stretched), this.seek);
    this.wave = make("div", { class: "wave" }, this.line, this.to_another(-1), this.to_another(1), this.volume);
    this.seek.addEventListener("input", () => this.to(Number(this.seek.value)));
    this.seek.addEventListener("keydown", (event) => this.key(event));
    this.volume.addEventListener("input", () => { audio.volume = this.volume.value; });
    this.row.append(this.wave);
    this.row.setAttribute("aria-current", "true");
    this.show();
  }

  /** The button that goes on (by 1) or back (by -1); whoever pressed it finds it again in the row it led to. */
  to_another(by) {
    const [name, shape] = by < 0 ? ["previous", "M8.5 0L2.5 5L8.5 10ZM1 0h1.5v10H1z"] : ["next", "M1.5 0L7.5 5L1.5 10ZM7.5 0H9v10H7.5z"];
    const button = make("button", { type: "button", class: name, "aria-label": this.words[name] }, draw("0 0 10 10", shape));
    button.addEventListener("click", () => {
      step(by);
      (current.row.querySelector(`.${name}:enabled`) ?? current.button).focus();
    });
    button.disabled = !beside(this, by);
    return button;
  }

  close() {
    audio.pause();
    this.wave.remove();
    this.apology?.remove();
    this.row.removeAttribute("aria-current");
    this.row.removeAttribute("data-waiting");
    this.time.textContent = clock(Math.round(this.length));
    this.name();
  }

  key(event) {
    const steps = { ArrowLeft: -SEEK, ArrowDown: -SEEK, ArrowRight: SEEK, ArrowUp: SEEK };
    if (event.key === " ") this.toggle();
    else if (event.key in steps) this.to(audio.currentTime + steps[event.key]);
    else return;
    event.preventDefault();
  }

  to(seconds) {
    audio.currentTime = Math.min(Math.max(seconds, 0), this.length);
    this.show();
  }

  /** Where it stands: on the wave, in words, and for the system's own controls. */
  show() {
    const now = Math.min(audio.currentTime, this.length);
    const words = { now: clock(now), all: clock(Math.round(this.length)) };
    this.seek.value = now;
    this.seek.setAttribute("aria-valuetext", say(this.words.time, words));
    this.line.style.setProperty("--played", `${(100 * now) / this.length}%`);
    this.time.textContent = `${words.now} / ${words.all}`;
    navigator.mediaSession?.setPositionState?.({ duration: this.length, position: now });
  }

  fail() {
    this.apology ??= make("p", { class: "sorry", role: "alert" });
    this.row.append(this.apology);
    this.apology.textContent = say(this.words.sorry, { title: this.title });
    this.row.removeAttribute("data-waiting");
    this.name();
  }
}

const tracks = rows.map((row) => new Track(row));

/** The next track (by 1) or the one before (by -1); what is gone on with at a page's foot stays apart from the page's own. */
function beside(track, by) {
  const other = tracks[tracks.indexOf(track) + by];
  return other?.row.closest("aside") === track.row.closest("aside") ? other : undefined;
}

function step(by) {
  beside(current, by)?.play();
}

/** Tells the system's own controls (lock screen, headphones) what plays. */
function announce({ title, words }) {
  if (!("mediaSession" in navigator)) return;
  const artwork = words.cover ? [{ src: words.cover, sizes: "640x640", type: "image/jpeg" }] : [];
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist: words.artist, album: words.album, artwork });
}

if ("mediaSession" in navigator) {
  const actions = {
    play: () => current?.play(),
    pause: () => audio.pause(),
    nexttrack: () => step(1),
    previoustrack: () => step(-1),
    seekto: ({ seekTime }) => current?.to(seekTime),
    seekbackward: ({ seekOffset }) => current?.to(audio.currentTime - (seekOffset ?? SEEK)),
    seekforward: ({ seekOffset }) => current?.to(audio.currentTime + (seekOffset ?? SEEK)),
  };
  for (const [action, handler] of Object.entries(actions)) navigator.mediaSession.setActionHandler(action, handler);
}

/** Nothing comes for the moment: the row breathes. */
const wait = (waiting) => current?.row.toggleAttribute("data-waiting", waiting);

for (const event of ["play", "pause", "emptied"]) audio.addEventListener(event, () => current?.name());
audio.addEventListener("waiting", () => wait(true));
audio.addEventListener("playing", () => {
  wait(false);
  current?.apology?.remove();
});
audio.addEventListener("timeupdate", () => current?.show());
audio.addEventListener("error", () => current?.fail());
audio.addEventListener("ended", () => step(1));
