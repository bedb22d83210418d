// The upload page ([data-upload]): files go to the shop in pieces, two at once, each piece with its place and its digest.
// The shop knows a file by name, size and time, so after a pause or a reload it goes on where it was.
// Without it files cannot be sent here, and the page says what else can be done.
const page = document.querySelector("[data-upload]");
const words = JSON.parse(document.getElementById("upload-words").textContent);
const list = page.querySelector("[data-files]");
const said = page.querySelector("[data-said]");
const finish = page.querySelector("[data-finish] [name=finish]");
const ENDINGS = new Set(page.dataset.endings.split(" "));
const CHUNK = Number(page.dataset.chunk);
const AT_ONCE = 2;
const LONGEST_WAIT = 30; // seconds
const MB = 1_000_000;

const say = (sentence) => { said.textContent = sentence; };
const put = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const key = (name, size, modified) => `${name}\n${size}\n${modified}`;
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** A file of the list: what the shop has of it, and the file itself while this page knows it. */
class Row {
  constructor(element) {
    const { name, size, modified, received, url } = element.dataset;
    Object.assign(this, { element, name, url, size: Number(size), modified, received: Number(received) });
    this.file = null;
    this.state = this.whole ? "here" : "absent";
    this.button = element.querySelector("[data-pause]");
    this.button.addEventListener("click", () => (this.state === "paused" || this.state === "failed" ? this.resume() : this.pause()));
    element.querySelector("[data-without]").addEventListener("submit", (event) => this.leaveOut(event));
  }

  get whole() { return this.size > 0 && this.received === this.size; }
  get wrong() { return this.state === "wrong"; }

  show(state, sentence = words[state]) {
    this.state = state;
    this.element.classList.toggle("wrong", state === "wrong" || state === "failed");
    this.element.querySelector("[data-state]").textContent = sentence ?? "";
    const bar = this.element.querySelector("progress");
    bar.value = this.received;
    bar.hidden = state === "wrong";
    this.button.hidden = !["waiting", "sending", "paused", "failed"].includes(state);
    this.button.firstChild.textContent = state === "paused" || state === "failed" ? words.resume : words.pause;
    sum();
  }

  /** Asks the shop what it has, and lets the file wait for its turn; a wrong one is named. */
  async take(file) {
    this.file = file;
    const problem = !ENDINGS.has(this.name.split(".").at(-1).toLowerCase()) ? words.notWanted : !this.size && words.empty;
    if (problem) return this.refuse(problem);
    this.show("waiting");
    const answer = await ask(page.dataset.announce, new URLSearchParams({ name: this.name, size: this.size, modified: this.modified }));
    if (!answer.ok) {
      if (answer.status === 0 || answer.status === 403 || answer.status >= 500) return this.fail(answer);
      return this.refuse(answer.problem);
    }
    Object.assign(this, { url: answer.url, received: answer.received });
    this.element.querySelector("[data-without]").action = answer.leave_out;
    this.whole ? this.show("here") : this.show("waiting");
  }

  refuse(problem) {
    this.show("wrong", problem);
    say(put(words.wrong, { name: this.name, problem }));
  }

  async send() {
    this.show("sending");
    const turn = (this.turn = {}); // a pause and a resume begin another
    let wait = 1;
    while (!this.whole && this.state === "sending") {
      const answer = await this.piece();
      if (this.state !== "sending" || this.turn !== turn) return;
      if (answer.received !== undefined) {
        this.received = answer.received;
        wait = 1;
        this.show("sending");
      } else if (answer.gone) {
        this.file = null;
        return this.show("absent", words.gone);
      } else if (answer.status === 0 || answer.status === 400 || answer.status === 503) {
        if (answer.status === 0) this.show("sending", words.broken);
        await sleep(wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      } else {
        return this.fail(answer);
      }
    }
    if (this.whole) this.show("here");
  }

  /** Sends the next bytes. */
  async piece() {
    let bytes;
    try {
      bytes = await this.file.slice(this.received, this.received + CHUNK).arrayBuffer();
    } catch {
      return { gone: true };
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    this.stop = new AbortController();
    return ask(`${this.url}?offset=${this.received}`, bytes, {
      "Content-Type": "application/octet-stream",
      "Content-Digest": `sha-256=:${btoa(String.fromCharCode(...digest))}:`,
    }, this.stop.signal);
  }

  fail(answer) {
    const sentence = answer.problem ?? (answer.status === 403 ? words.signedOut : words.failed);
    this.show("failed", sentence);
    say(put(words.wrong, { name: this.name, problem: sentence }));
  }

  pause() {
    this.show("paused");
    this.stop?.abort();
    go();
  }

  async resume() {
    await this.take(this.file);
    go();
  }

  async leaveOut(event) {
    event.preventDefault();
    const before = this.state;
    this.state = "out";
    this.stop?.abort();
    const { action } = event.target;
    if (this.url) {
      const answer = await ask(action, new URLSearchParams());
      if (!answer.ok) return before === "here" ? this.show("here") : this.fail(answer);
    }
    const next = (this.element.nextElementSibling ?? this.element.previousElementSibling)?.querySelector("summary");
    this.element.remove();
    rows.splice(rows.indexOf(this), 1);
    (next ?? page.querySelector("[data-choose]")).focus();
    sum();
    go();
  }
}

/** Sends something to the shop; status 0 is no connection. A page instead of JSON has no sentence for a script. */
async function ask(url, body, headers = {}, signal = undefined) {
  try {
    const answer = await fetch(url, { method: "POST", body, signal, headers: { Accept: "application/json", "X-CSRF-Token": page.dataset.token, ...headers } });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return { ok: answer.ok, status: answer.status, ...(isJson ? await answer.json() : {}) };
  } catch {
    return { ok: false, status: 0 };
  }
}

const rows = [...list.querySelectorAll("[data-file]")].map((element) => new Row(element));

function newRow(name, file) {
  const element = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  Object.assign(element.dataset, { name, size: file.size, modified: file.lastModified, received: 0 });
  element.querySelector("[data-label]").textContent = name;
  element.querySelector("[data-called]").textContent = name;
  element.querySelectorAll(".unseen").forEach((label) => { label.textContent = ` ${name}`; });
  const bar = element.querySelector("progress");
  bar.max = file.size || 1;
  bar.setAttribute("aria-label", name);
  list.append(element);
  const row = new Row(element);
  rows.push(row);
  return row;
}

/** Files with their paths: those that are known go on, the others begin. */
async function choose(chosen) {
  const known = new Map(rows.map((row) => [key(row.name, row.size, row.modified), row]));
  for (const [name, file] of chosen) {
    const row = known.get(key(name, file.size, file.lastModified)) ?? newRow(name, file);
    if (["absent", "wrong", "failed", "paused"].includes(row.state)) await row.take(file);
    go();
  }
}

/** Begins what may begin now. */
function go() {
  const sending = rows.filter((row) => row.state === "sending");
  const waiting = rows.filter((row) => row.state === "waiting" && row.file && row.url);
  for (const row of waiting.slice(0, AT_ONCE - sending.length)) row.send().then(go);
  sum();
}

let quarter = 0;

/** The bar over all, what is said of it, and whether the files are complete. */
function sum() {
  const wanted = rows.filter((row) => !row.wrong);
  const all = wanted.reduce((bytes, row) => bytes + row.size, 0);
  const done = wanted.reduce((bytes, row) => bytes + row.received, 0);
  const bar = page.querySelector("[data-sum]");
  bar.hidden = !wanted.length;
  Object.assign(bar.querySelector("progress"), { max: all || 1, value: done });
  bar.querySelector("[data-sum-words]").textContent = put(words.left, { done: Math.floor(done / MB), all: Math.ceil(all / MB) });
  const complete = wanted.length > 0 && wanted.every((row) => row.whole);
  finish.disabled = !complete;
  const reached = complete ? 4 : all ? Math.floor((4 * done) / all) : 0;
  if (reached > quarter && (complete || wanted.some((row) => row.state === "sending"))) {
    say(complete ? put(words.allHere, { count: wanted.length }) : put(words.progress, { percent: 25 * reached }));
  }
  quarter = reached;
}

for (const input of page.querySelectorAll("[data-choose]")) {
  input.addEventListener("change", () => {
    const chosen = [...input.files].map((file) => [file.webkitRelativePath || file.name, file]);
    input.value = "";
    choose(chosen.filter(([name]) => !name.split("/").at(-1).startsWith(".")));
  });
}

/** All files of what was dropped, folders included. */
async function* dropped(entry, path = "") {
  if (entry.isFile) {
    yield [path + entry.name, await new Promise((done, failed) => entry.file(done, failed))];
    return;
  }
  const reader = entry.createReader();
  for (let some; (some = await new Promise((done, failed) => reader.readEntries(done, failed))).length;) {
    for (const one of some) yield* dropped(one, `${path}${entry.name}/`);
  }
}

const drop = page.querySelector("[data-drop]");
drop.hidden = false;
addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
addEventListener("drop", async (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const chosen = [];
  for (const entry of entries) for await (const one of dropped(entry)) chosen.push(one);
  choose(chosen.filter(([name]) => !name.split("/").at(-1).startsWith(".")));
});

addEventListener("beforeunload", (event) => { if (rows.some((row) => row.state === "sending")) event.preventDefault(); });
sum();
