// 3-D Secure: opens the bank's window, once by itself: who comes back finds a button for it beside "Another card". Then goes
// to where the payment's state is read. Without it the page has a link to the same place.
// https://docs.stripe.com/js/payment_intents/handle_next_action
const checkout = JSON.parse(document.getElementById("checkout-data").textContent);
const said = document.querySelector("[data-said]");
const again = document.querySelector("[data-open]");
const opened = `opened ${checkout.client_secret.split("_secret_")[0]}`;

function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

async function start() {
  again.hidden = true;
  sessionStorage.setItem(opened, "yes");
  await load(checkout.js_url);
  const stripe = window.Stripe(checkout.publishable_key);
  const { error } = await stripe.handleNextAction({ clientSecret: checkout.client_secret });
  // A card that the bank refused is an answer like any other: the next page says what became of the payment.
  if (error && !error.payment_intent) throw error;
  location.assign(checkout.return_url);
}

function open() {
  start().catch((error) => {
    console.error(error);
    said.textContent = said.dataset.sorry;
    again.hidden = false;
  });
}

again.addEventListener("click", open);
if (sessionStorage.getItem(opened)) again.hidden = false;
else open();
