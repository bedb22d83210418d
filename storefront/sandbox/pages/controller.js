// The hidden frame through which Stripe.js speaks with the sandbox's API, so that the shop's page needs no connect-src.
import { ask, connected, serve } from "/elements/channel.js";

const { port, options } = await connected();

serve(port, {
  async retrievePaymentIntent(clientSecret) {
    const id = clientSecret.split("_secret_")[0];
    const query = new URLSearchParams({ client_secret: clientSecret });
    const { body, error } = await ask(options.key, `/v1/payment_intents/${encodeURIComponent(id)}?${query}`);
    return error ? { error } : { paymentIntent: body };
  },
});
