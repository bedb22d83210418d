// What was playing on the page before, to go on with by one press: the player of that album at the foot of this one. Nothing
// sounds by itself, and nothing is remembered longer than the browser's tab lives. Without it the music ends with its page.
const KEPT = "listening";
const { player, style } = document.querySelector("script[data-player]").dataset;

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** What plays is kept with the rest of its album; what was paused is not. */
function keep() {
  const row = document.querySelector(".tracks [data-playing]");
  if (!row) return document.querySelector(".tracks [aria-current]") && sessionStorage.removeItem(KEPT);
  const bar = row.closest(".listening");
  const rows = [...document.querySelectorAll("[data-stream]")].filter((other) => other.closest(".listening") === bar);
  sessionStorage.setItem(KEPT, JSON.stringify({
    page: bar?.querySelector("a").getAttribute("href") ?? location.pathname,
    words: { ...row.closest("[data-tracks]").dataset },
    tracks: rows.map((other) => ({
      title: other.querySelector(".title").firstChild.textContent.trim(),
      data: { stream: other.dataset.stream, peaks: other.dataset.peaks, length: other.dataset.length },
    })),
    at: rows.indexOf(row),
    second: Number(row.querySelector(".seek").value),
    time: row.querySelector("time").textContent,
  }));
}

function offer({ page, words, tracks, at, second, time }) {
  const here = [...document.querySelectorAll("[data-stream]")].find((row) => row.dataset.stream === tracks[at].data.stream);
  if (here) {
    here.dataset.from = second;
    return;
  }
  const rows = tracks.map(({ title, data }) => {
    const row = make("li", {}, make("span", { class: "play" }), make("span", { class: "title", dir: "auto" }, title), make("time", {}));
    Object.assign(row.dataset, data);
    return row;
  });
  Object.assign(rows[at].dataset, { from: second, here: "" });
  rows[at].querySelector("time").textContent = time;
  const close = make("button", { class: "link", type: "button" }, words.close);
  const album = make("a", { href: page, dir: "auto" }, `${words.album}, ${words.artist}`);
  const list = make("ol", { class: "tracks" }, ...rows);
  Object.assign(list.dataset, words);
  const bar = make("aside", { class: "listening", "aria-label": words.resume },
    make("p", {}, make("span", {}, `${words.resume}: `, album), close), list);
  close.addEventListener("click", () => {
    bar.querySelector("[data-playing] .play button")?.click();
    bar.remove();
    sessionStorage.removeItem(KEPT);
    document.getElementById("main").focus();
  });
  document.getElementById("main").append(bar);
  if (!document.querySelector(`link[href="${style}"]`)) document.head.append(make("link", { rel: "stylesheet", href: style }));
  if (!document.querySelector(`script[src="${player}"]`)) document.head.append(make("script", { type: "module", src: player }));
}

try {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  if (kept) offer(kept);
} catch {
  // Kept by an earlier version of the shop, or not at all.
}
addEventListener("pagehide", keep);
