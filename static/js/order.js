// The order of an album's tracks ([data-order]): buttons and dragging move a row at once; it is saved with the form, whose
// fields go in the order of the page. Without it the buttons send the form, and the page comes back in the new order.
const EDGE = 60; // pixels of the window's edges over which a dragged row makes it scroll
const list = document.querySelector("[data-order]");
const said = document.querySelector("[data-order-said]");

function number() {
  const rows = [...list.children];
  rows.forEach((row, index) => {
    row.querySelector("[data-place]").textContent = index + 1;
    row.querySelector("[data-move='-1']").disabled = index === 0;
    row.querySelector("[data-move='1']").disabled = index === rows.length - 1;
  });
}

function tell(row) {
  const values = { title: row.querySelector("input").value, place: [...list.children].indexOf(row) + 1, count: list.children.length };
  said.textContent = said.dataset.moved.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function settle(row) {
  number();
  tell(row);
}

function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

function drag(handle, event) {
  const row = handle.closest("[data-track]");
  row.classList.add("dragged");
  handle.setPointerCapture(event.pointerId);
  const follow = ({ clientY }) => {
    if (clientY < EDGE) scrollBy(0, -EDGE / 3);
    else if (clientY > innerHeight - EDGE) scrollBy(0, EDGE / 3);
    // The others move around it: a row that is moved itself would lose the pointer.
    for (let next; (next = row.nextElementSibling) && clientY > middle(next);) row.before(next);
    for (let before; (before = row.previousElementSibling) && clientY < middle(before);) row.after(before);
  };
  const end = () => {
    row.classList.remove("dragged");
    handle.removeEventListener("pointermove", follow);
    settle(row);
  };
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("lostpointercapture", end, { once: true });
  event.preventDefault();
}

if (list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-track]");
    if (button.dataset.move === "-1") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    settle(row);
    (button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button)?.focus();
  });
  for (const handle of list.querySelectorAll("[data-handle]")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => { if (event.button === 0) drag(handle, event); });
  }
}
