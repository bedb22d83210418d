// A stand-in for Stripe.js (https://docs.stripe.com/js), endive: as much of it as a page needs that mounts the Payment
// Element, makes a ConfirmationToken and handles 3-D Secure. A classic script, as Stripe's is: it defines window.Stripe.
//
// Styles are set through the CSSOM only, so that a strict Content-Security-Policy holds; the page needs script-src and
// frame-src of this origin, nothing else. Frames and page speak over a MessagePort that each frame is handed once.
(() => {
  "use strict";

  const ORIGIN = new URL(document.currentScript.src).origin;
  const LOADING_LIMIT = 15_000;

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = "IntegrationError";
    }
  }

  function demand(condition, message) {
    if (!condition) throw new IntegrationError(message);
  }

  /** A frame of this origin, in `parent`; requests to it resolve with its answers, its events go to `onEvent`. */
  class Frame {
    constructor(path, title, options, onEvent = () => {}) {
      this.element = document.createElement("iframe");
      this.element.src = `${ORIGIN}${path}`;
      this.element.title = title;
      this.waiting = new Map();
      this.count = 0;
      const { port1, port2 } = new MessageChannel();
      this.port = port1;
      this.port.onmessage = ({ data }) => {
        if (data.event) return onEvent(data.event, data.detail);
        this.waiting.get(data.id)(data.result);
        this.waiting.delete(data.id);
      };
      this.onListening = ({ source, origin, data }) => {
        if (origin !== ORIGIN || source !== this.element.contentWindow || data?.sandbox !== "listening") return;
        window.removeEventListener("message", this.onListening);
        source.postMessage({ sandbox: "connect", options }, ORIGIN, [port2]);
      };
      window.addEventListener("message", this.onListening);
    }

    request(method, argument) {
      this.count += 1;
      return new Promise((resolve) => {
        this.waiting.set(this.count, resolve);
        this.port.postMessage({ id: this.count, method, argument });
      });
    }

    remove() {
      window.removeEventListener("message", this.onListening);
      this.element.remove();
      this.port.close();
    }
  }

  class PaymentElement {
    constructor(elements) {
      this.elements = elements;
      this.listeners = {};
      this.frame = null;
    }

    on(event, listener) {
      (this.listeners[event] ??= []).push(listener);
      return this;
    }

    off(event, listener) {
      this.listeners[event] = (this.listeners[event] ?? []).filter((each) => each !== listener);
      return this;
    }

    once(event, listener) {
      const first = (detail) => {
        this.off(event, first);
        listener(detail);
      };
      return this.on(event, first);
    }

    mount(target) {
      const place = typeof target === "string" ? document.querySelector(target) : target;
      demand(place, `The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
      demand(!this.frame, "This Element is already mounted. Use `unmount()` first.");
      const { key, appearance, element } = this.elements;
      this.frame = new Frame("/elements/inner", "Secure card payment input", { key, appearance, element },
        (event, detail) => this.hear(event, detail));
      const { style } = this.frame.element;
      Object.assign(style, { border: "0", display: "block", width: "calc(100% + 10px)", margin: "-5px", height: "14rem" });
      style.colorScheme = "light dark"; // as the frame's own document, or the browser puts a white ground under it
      place.replaceChildren(this.frame.element);
      this.timer = setTimeout(() => this.tell("loaderror", {
        error: { type: "api_connection_error", message: "The card fields could not be loaded." } }), LOADING_LIMIT);
    }

    unmount() {
      clearTimeout(this.timer);
      this.frame?.remove();
      this.frame = null;
    }

    destroy() {
      this.unmount();
      this.listeners = {};
    }

    focus() {
      this.frame?.element.focus();
      return this.frame?.request("focus");
    }

    hear(event, detail) {
      if (event === "height") this.frame.element.style.height = `${Math.ceil(detail)}px`;
      if (event === "enter") this.frame.element.closest("form")?.requestSubmit();
      if (event === "ready") {
        clearTimeout(this.timer);
        this.tell("ready", {});
      }
      if (event === "change") this.tell("change", { ...detail, collapsed: false, value: { type: "card" } });
    }

    tell(event, detail) {
      for (const listener of this.listeners[event] ?? []) listener({ elementType: "payment", ...detail });
    }
  }

  class Elements {
    constructor(key, options = {}) {
      const { mode, amount, currency, allowedPaymentMethodTypes, appearance } = options;
      demand(!("paymentMethodTypes" in options), "elements(): `paymentMethodTypes` is no longer supported. Use `allowedPaymentMethodTypes` instead.");
      demand(mode === "payment", "elements(): the sandbox has `mode: 'payment'` only.");
      demand(Number.isInteger(amount) && amount > 0, "Invalid value for elements(): amount must be greater than 0, in the currency's smallest unit.");
      demand(/^[a-z]{3}$/.test(currency), "Invalid value for elements(): currency should be one of the lower case ISO 4217 codes.");
      this.key = key;
      this.appearance = appearance;
      this.element = { amount, currency, allowed_payment_method_types: allowedPaymentMethodTypes };
      this.submitted = false;
    }

    create(type) {
      demand(type === "payment", `The sandbox has no Element of the type ${type}.`);
      demand(!this.payment, "Can only create one Element of type payment.");
      this.payment = new PaymentElement(this);
      return this.payment;
    }

    getElement(type) {
      return type === "payment" ? this.payment ?? null : null;
    }

    update({ appearance, amount, currency }) {
      this.appearance = appearance ?? this.appearance;
      const given = Object.entries({ amount, currency }).filter(([, value]) => value !== undefined);
      Object.assign(this.element, Object.fromEntries(given));
      this.payment?.frame?.request("update", { appearance, element: Object.fromEntries(given) });
    }

    async submit() {
      demand(this.payment?.frame, "elements should have a mounted Payment Element.");
      const answer = await this.payment.frame.request("validate");
      this.submitted = !answer.error;
      return answer;
    }
  }

  /** The bank's page over the shop's: a dialog that only its answer ends. Resolves when there is one. */
  function challenge(clientSecret) {
    const [id] = clientSecret.split("_secret_");
    const query = new URLSearchParams({ client_secret: clientSecret, parent: location.origin });
    const dialog = document.createElement("dialog");
    const frame = document.createElement("iframe");
    const before = document.activeElement;
    dialog.setAttribute("aria-label", "Your bank asks you to confirm the payment");
    dialog.setAttribute("closedby", "none");
    Object.assign(dialog.style, { position: "fixed", inset: "0", width: "100%", height: "100%", maxWidth: "none", maxHeight: "none",
      margin: "0", padding: "0", border: "0", background: "rgb(0 0 0 / .55)", display: "grid", placeItems: "center" });
    Object.assign(frame.style, { border: "0", width: "min(100%, 28rem)", height: "min(100%, 30rem)", borderRadius: "6px", colorScheme: "light dark" });
    frame.title = "3-D Secure authentication";
    frame.src = `${ORIGIN}/3ds/${encodeURIComponent(id)}?${query}`;
    dialog.append(frame);
    document.body.append(dialog);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => dialog.isConnected && dialog.showModal()); // Escape twice closes it all the same
    dialog.showModal();
    return new Promise((resolve) => {
      window.addEventListener("message", function heard({ origin, source, data }) {
        if (origin !== ORIGIN || source !== frame.contentWindow) return;
        if (data?.sandbox === "challenge-ready") {
          frame.style.height = `min(100%, ${data.height}px)`;
          frame.focus();
        }
        if (data?.sandbox !== "challenge-done") return;
        window.removeEventListener("message", heard);
        dialog.remove();
        before?.focus?.();
        resolve();
      });
    });
  }

  class StripeClient {
    constructor(key) {
      this.key = key;
      this.controller = null;
    }

    elements(options) {
      return new Elements(this.key, options);
    }

    async createConfirmationToken({ elements, params = {} }) {
      demand(elements instanceof Elements && elements.payment?.frame, "createConfirmationToken() needs `elements` with a mounted Payment Element.");
      demand(elements.submitted, "elements.submit() must be called before stripe.createConfirmationToken().");
      return elements.payment.frame.request("createToken", params);
    }

    async retrievePaymentIntent(clientSecret) {
      demand(/^pi_\w+_secret_\w+$/.test(clientSecret), "Invalid value for stripe.retrievePaymentIntent: value should be a client secret of the form ${id}_secret_${secret}.");
      if (!this.controller) {
        this.controller = new Frame("/elements/controller", "Stripe", { key: this.key });
        Object.assign(this.controller.element.style, { display: "none" });
        this.controller.element.setAttribute("aria-hidden", "true");
        this.controller.element.tabIndex = -1;
        document.body.append(this.controller.element);
      }
      return this.controller.request("retrievePaymentIntent", clientSecret);
    }

    async handleNextAction({ clientSecret }) {
      const before = await this.retrievePaymentIntent(clientSecret);
      if (before.error || before.paymentIntent.status !== "requires_action") return before;
      const { type, redirect_to_url: redirect } = before.paymentIntent.next_action;
      if (type === "redirect_to_url") {
        location.assign(redirect.url);
        return new Promise(() => {}); // the page is about to end
      }
      await challenge(clientSecret);
      const after = await this.retrievePaymentIntent(clientSecret);
      const failure = after.paymentIntent?.last_payment_error;
      return failure ? { error: { ...failure, payment_intent: after.paymentIntent } } : after;
    }
  }

  window.Stripe = (key) => {
    demand(typeof key === "string" && key.startsWith("pk_"), "Please call Stripe() with your publishable key. You used a secret key or none.");
    return new StripeClient(key);
  };
  window.Stripe.version = "endive";
})();
