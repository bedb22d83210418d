// Forms with [data-fields]: says what is wrong with a field when it is left, and takes it back the moment it is right.
// Without it the server says the same after the form was sent.

document.querySelector("[data-problems]")?.focus();

function error(field) {
  return document.getElementById(`${field.id}-error`);
}

/** Shows `sentence` beside the field, or takes away what stands there. */
function mark(field, sentence) {
  const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  described[sentence ? "add" : "delete"](error(field).id);
  field.setAttribute("aria-describedby", [...described].join(" "));
  if (sentence) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  field.closest(".field").classList.toggle("wrong", Boolean(sentence));
  error(field).textContent = sentence;
  error(field).hidden = !sentence;
}

for (const form of document.querySelectorAll("[data-fields]")) {
  form.addEventListener("focusout", ({ target }) => {
    if (target.dataset.invalid && target.value && !target.validity.valid) mark(target, target.dataset.invalid);
  });
  form.addEventListener("input", ({ target }) => {
    if (target.dataset.invalid && target.hasAttribute("aria-invalid") && target.value && target.validity.valid) mark(target, "");
  });
  // First of all listeners: whatever else would send the form sees that it was prevented.
  form.addEventListener("submit", (event) => {
    const wrong = [...form.querySelectorAll("[data-invalid]")].filter((field) => !field.value || !field.validity.valid);
    for (const field of wrong) mark(field, field.dataset.invalid);
    if (!wrong.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wrong[0].focus();
  });
}
