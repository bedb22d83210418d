// A part of a page that tells how something goes ([data-live] holds seconds): it is fetched again and again, with the page
// or from an address of its own ([data-live-from]), until it holds none. When it is gone the page is loaded anew, or, where
// somebody may be typing, the part says so ([data-live-done]).
// Without it the page reloads itself (<meta http-equiv=refresh> in a noscript), or stays as it is.
const SLOWEST = 10; // seconds
let part = document.querySelector("[data-live]");
let pause = Number(part.dataset.live);

async function look() {
  try {
    const answer = await fetch(part.dataset.liveFrom ?? location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) return part.dataset.liveDone ? undefined : location.replace(answer.url); // signed out
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page && page.querySelector("[data-live]");
    if (page && !fresh) return part.dataset.liveDone ? part.replaceChildren(part.dataset.liveDone) : location.reload();
    if (fresh && !fresh.dataset.live) return part.replaceWith(fresh);
    if (fresh) take(fresh);
  } catch {
    pause = Math.min(pause * 2, SLOWEST);
  }
  setTimeout(look, pause * 1000);
}

/** Words and bars change in place, so that a screen reader hears them and the eye sees no jump. */
function take(fresh) {
  const now = part.querySelectorAll("p, progress, li");
  const then = fresh.querySelectorAll("p, progress, li");
  if (now.length !== then.length) {
    part.replaceWith(fresh);
    part = fresh;
    return;
  }
  now.forEach((element, index) => {
    if (element.tagName === "PROGRESS") Object.assign(element, { max: then[index].max, value: then[index].value });
    else if (element.textContent !== then[index].textContent) element.textContent = then[index].textContent;
  });
}

setTimeout(look, pause * 1000);
