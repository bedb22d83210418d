// The card fields of the buy page and the one press that pays. Without it (or without Stripe.js) nothing can be paid, and
// the page says so.
//
// Stripe.js makes a one-time token of what stands in its own fields; it goes into the form field stripeToken, and the form
// is sent like any other. https://docs.stripe.com/payments/finalize-payments-on-the-server
const form = document.querySelector("[data-checkout]");
const place = form.querySelector("[data-card]");
const button = form.querySelector("[data-pay]");
const said = form.querySelector("[data-said]");
const pay = button.textContent;
const checkout = JSON.parse(document.getElementById("checkout-data").textContent);

function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

/** The page's tokens as Stripe names them: https://docs.stripe.com/elements/appearance-api */
function appearance() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    theme: "flat",
    variables: {
      colorPrimary: token("--accent"), colorBackground: token("--raised"), colorText: token("--ink"),
      colorTextSecondary: token("--quiet"), colorTextPlaceholder: token("--quiet"), colorDanger: token("--bad"),
      fontFamily: token("--text"), fontSizeBase: "16px", borderRadius: token("--corner"), spacingUnit: "4px",
    },
    rules: {
      ".Input": { border: `1px solid ${token("--quiet")}`, padding: "12px" },
      ".Input:focus": { boxShadow: "none", outline: `3px solid ${token("--accent")}` },
      ".Input--invalid": { border: `2px solid ${token("--bad")}` },
      ".Label": { color: token("--ink"), fontWeight: "600" },
    },
  };
}

function busy(is) {
  button.disabled = is;
  button.textContent = is ? form.dataset.paying : pay;
  if (is) said.textContent = form.dataset.paying;
}

function tell(sentence) {
  busy(false);
  said.textContent = sentence;
}

/** Takes the card fields' place when they cannot be had. */
function apologise() {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "alert");
  notice.textContent = form.dataset.sorry;
  place.classList.add("failed");
  place.replaceChildren(notice);
  button.disabled = true;
}

async function makeToken(stripe, elements) {
  const checked = await elements.submit();
  if (checked.error) return checked;
  const email = form.elements.email?.value.trim();
  return stripe.createConfirmationToken({
    elements,
    params: email ? { payment_method_data: { billing_details: { email } } } : {},
  });
}

async function send(stripe, elements) {
  try {
    const { error, confirmationToken } = await makeToken(stripe, elements);
    if (error) return tell(error.type === "validation_error" ? "" : error.message); // Stripe's fields say what is wrong with them
    form.elements.stripeToken.value = confirmationToken.id;
    form.submit();
  } catch (error) {
    console.error(error);
    tell(form.dataset.again);
  }
}

async function start() {
  await load(checkout.js_url);
  const stripe = window.Stripe(checkout.publishable_key, { locale: checkout.locale });
  const elements = stripe.elements({
    mode: "payment", amount: checkout.amount, currency: checkout.currency,
    allowedPaymentMethodTypes: checkout.types, appearance: appearance(),
  });
  const fields = elements.create("payment");
  fields.on("loaderror", apologise);
  place.replaceChildren();
  fields.mount(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => elements.update({ appearance: appearance() }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    busy(true);
    send(stripe, elements);
  });
}

// A page that the Back button brings out of the browser's memory: its token is spent, its button may be pressed again.
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  form.elements.stripeToken.value = "";
  tell("");
});

start().catch((error) => {
  console.error(error);
  apologise();
});
