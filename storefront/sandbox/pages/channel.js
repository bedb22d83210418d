// The private line between a frame of the sandbox and the page that mounted it: a MessagePort, which the page hands over
// in its first message. Only the window that holds the frame is listened to, and only once.

/** @returns {Promise<{port: MessagePort, options: object}>} */
export function connected() {
  return new Promise((resolve) => {
    window.addEventListener("message", function first(event) {
      if (event.source !== window.parent || event.data?.sandbox !== "connect" || !event.ports[0]) return;
      window.removeEventListener("message", first);
      resolve({ port: event.ports[0], options: event.data.options });
    });
    // Nobody knows the page's origin yet; this says nothing but that the frame listens.
    window.parent.postMessage({ sandbox: "listening" }, "*");
  });
}

/** Answers each request {id, method, argument} with {id, result}; `methods` are asynchronous functions by name. */
export function serve(port, methods) {
  port.onmessage = async ({ data: { id, method, argument } }) => {
    port.postMessage({ id, result: await methods[method](argument) });
  };
}

/** A request to the sandbox with the publishable key; resolves {body} or {error} in Stripe's shape. */
export async function ask(key, address, init = {}) {
  try {
    const answer = await fetch(address, { ...init, headers: { ...init.headers, Authorization: `Bearer ${key}` } });
    const body = await answer.json();
    return body.error ? { error: body.error } : { body };
  } catch {
    return { error: { type: "api_connection_error", message: "We could not reach Stripe. Check your connection and try again." } };
  }
}
