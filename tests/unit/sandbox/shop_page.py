"""A shop's page of another origin, under a strict Content-Security-Policy, that mounts the sandbox's Stripe.js."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="stylesheet" href="/shop.css">
<script src="{stripe}/endive/stripe.js"></script><script src="/shop.js" defer></script></head>
<body><main><h1>Buy</h1><form><label>E-mail <input id="email"></label><div id="card"></div><button>Pay</button></form>
<p id="out" role="status"></p></main></body></html>"""
SCRIPT = """
const stripe = Stripe("pk_test_sandbox_shop");
const elements = stripe.elements({
  mode: "payment", amount: 1299, currency: "usd", allowedPaymentMethodTypes: ["card", "link"],
  appearance: { variables: { colorBackground: "rgb(1, 2, 3)", colorText: "rgb(250, 250, 250)" } },
});
const payment = elements.create("payment");
const say = (text) => { out.textContent = text; };
payment.on("ready", () => say("ready")).on("change", ({ complete }) => complete && say("complete"));
payment.mount("#card");
document.forms[0].addEventListener("submit", async (event) => {
  event.preventDefault();
  const { error } = await elements.submit();
  if (error) return say(`error: ${error.message}`);
  const made = await stripe.createConfirmationToken({ elements, params: { return_url: "https://shop.example/return",
    payment_method_data: { billing_details: { email: email.value } } } });
  say(made.error ? `error: ${made.error.message}` : made.confirmationToken.id);
});
window.next = async (clientSecret) => {
  const { paymentIntent, error } = await stripe.handleNextAction({ clientSecret });
  say(error ? `error: ${error.code} ${error.payment_intent.status}` : `paid: ${paymentIntent.status}`);
};
"""
STYLE = "body { margin: 1rem } #card { background: rgb(1, 2, 3); padding: 1rem; max-width: 24rem }"


@dataclass
class ShopPage:
    """`url` is the page; `bodies` is all that the shop's server was ever sent."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def serving(stripe_url: str) -> Iterator[ShopPage]:
    """The page, until the end of the block."""
    shop = ShopPage()
    policy = f"default-src 'none'; script-src 'self' {stripe_url}; frame-src {stripe_url}; style-src 'self'"
    files = {
        "/": ("text/html", PAGE.format(stripe=stripe_url)),
        "/shop.js": ("text/javascript", SCRIPT),
        "/shop.css": ("text/css", STYLE),
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop.bodies.append(self.requestline.encode() + bytes(self.headers))
            kind, text = files.get(self.path, ("text/plain", "back at the shop"))
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
