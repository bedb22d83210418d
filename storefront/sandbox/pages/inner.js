// The card fields, in a frame of the sandbox's own origin. What is typed stays here and goes from here to the sandbox;
// the page around hears only whether the fields are complete, and gets the token.
import { brandOf, cvcProblem, digits, expiryOf, expiryProblem, formatExpiry, formatNumber, numberProblem } from "/elements/card.js";
import { ask, connected, serve } from "/elements/channel.js";

const BRAND_NAMES = { visa: "Visa", mastercard: "Mastercard", amex: "Amex", discover: "Discover", diners: "Diners", jcb: "JCB" };
const form = document.forms[0];
const { number, expiry, cvc } = form.elements;
const problems = {
  number: () => numberProblem(number.value),
  expiry: () => expiryProblem(expiry.value),
  cvc: () => cvcProblem(cvc.value, number.value),
};

const { port, options } = await connected();
dress(options.appearance);
serve(port, { update, validate, createToken, focus: async () => number.focus() });
form.addEventListener("input", onInput);
form.addEventListener("focusout", onLeave);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("keydown", ({ key }) => key === "Enter" && tell("enter"));
new ResizeObserver(() => tell("height", document.documentElement.offsetHeight)).observe(document.documentElement);
tell("ready");

function tell(event, detail) {
  port.postMessage({ event, detail });
}

/** The page's colours and corners, as Stripe's appearance.variables name them. */
function dress({ variables = {} } = {}) {
  const style = document.documentElement.style;
  for (const [name, value] of Object.entries(variables)) {
    style.setProperty(`--${name}`, value);
  }
}

async function update({ appearance, element }) {
  if (appearance) dress(appearance);
  Object.assign(options.element, element);
}

function onInput({ target, inputType = "" }) {
  const deleting = inputType.startsWith("delete");
  if (target === number) retype(number, formatNumber);
  if (target === expiry) retype(expiry, (text) => formatExpiry(text, deleting));
  if (target === cvc) retype(cvc, (text) => digits(text).slice(0, brandOf(digits(number.value)).cvcLength));
  document.querySelector(".brand").textContent = BRAND_NAMES[brandOf(digits(number.value)).name] ?? "";
  if (target.getAttribute("aria-invalid")) show(target);
  tell("change", state());
}

/** Words appear when focus goes to another field, not when it leaves the frame: the frame would grow under the pointer,
 * and a button of the page around be gone from it before the finger is lifted. Submitting says what is left to say. */
function onLeave({ target, relatedTarget }) {
  if (relatedTarget && target.value) show(target);
}

/** Formats what is typed, and keeps the cursor behind the digit that it was behind. */
function retype(input, format) {
  const behind = digits(input.value.slice(0, input.selectionStart)).length;
  const atEnd = input.selectionStart === input.value.length;
  const text = format(input.value);
  if (text === input.value) return;
  input.value = text;
  if (atEnd) return;
  let place = 0;
  for (let seen = 0; seen < behind && place < text.length; place += 1) {
    if (/\d/.test(text[place])) seen += 1;
  }
  input.setSelectionRange(place, place);
}

function state() {
  const inputs = [number, expiry, cvc];
  return {
    complete: inputs.every(({ name }) => !problems[name]()),
    empty: inputs.every(({ value }) => !value),
  };
}

/** Says under a field what is wrong with it. */
function show(input) {
  const wrong = problems[input.name]();
  const place = document.getElementById(`${input.name}-error`);
  place.hidden = !wrong;
  place.textContent = wrong?.message ?? "";
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  return wrong;
}

async function validate() {
  const wrong = [number, expiry, cvc].map((input) => [input, show(input)]).filter(([, problem]) => problem);
  if (!wrong.length) return { selectedPaymentMethod: "card" };
  wrong[0][0].focus();
  return { error: wrong[0][1] };
}

async function createToken(params) {
  const { month, year } = expiryOf(expiry.value);
  const card = { number: digits(number.value), exp_month: month, exp_year: year, cvc: cvc.value };
  const { body, error } = await ask(options.key, "/elements/confirmation_tokens", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ card, params, element: options.element }),
  });
  return error ? { error } : { confirmationToken: body };
}
