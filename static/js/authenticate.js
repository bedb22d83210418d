// 3-D Secure: opens the bank's window once, then goes to where the payment's state is read. Without it the page has a
// link to the same place. https://docs.stripe.com/js/payment_intents/handle_next_action
const checkout = JSON.parse(document.getElementById("checkout-data").textContent);
const said = document.querySelector("[data-said]");

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
  await load(checkout.js_url);
  const stripe = window.Stripe(checkout.publishable_key);
  const { error } = await stripe.handleNextAction({ clientSecret: checkout.client_secret });
  // A card that the bank refused is an answer like any other: the next page says what became of the payment.
  if (error && !error.payment_intent) throw error;
  location.assign(checkout.return_url);
}

start().catch((error) => {
  console.error(error);
  said.textContent = said.dataset.sorry;
});
