// A page that waits ([data-waiting] holds seconds): it asks for itself until it has become another one, and goes there.
// Without it the page reloads itself (<meta http-equiv=refresh> in a noscript) and has a link to look again.
const SLOWEST = 10; // seconds
const waiting = document.querySelector("[data-waiting]");
const said = document.querySelector("[data-said]");
const calm = said.textContent;
let pause = Number(waiting.dataset.waiting);

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (said.textContent !== calm) said.textContent = calm;
    if (answer.redirected && answer.url !== location.href) return location.replace(answer.url);
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("[data-waiting]")) return location.reload();
    } else if (answer.status === 404 || answer.status === 410) {
      return location.reload();
    }
  } catch {
    said.textContent = said.dataset.offline;
  }
  pause = Math.min(pause * 1.3, SLOWEST);
  setTimeout(look, pause * 1000);
}

setTimeout(look, pause * 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) pause = Number(waiting.dataset.waiting); });
