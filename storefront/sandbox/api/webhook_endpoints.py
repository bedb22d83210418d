"""/v1/webhook_endpoints: https://docs.stripe.com/api/webhook_endpoints."""

from urllib.parse import urlsplit

import stripe
from pyramid.config import Configurator
from stripe import params

from ..call import Call
from ..errors import Json, invalid
from ..ids import random_text
from ..objects.webhook_endpoint import webhook_endpoint
from . import lists

NOUN, KIND, PATH = "webhook_endpoint", "webhook_endpoint", "/v1/webhook_endpoints"
MOST = 16


def create(call: Call) -> Json:
    """An address for events; this answer alone tells the secret that they are signed with."""
    call.allow("api_version", "description", "enabled_events", "metadata", "url")
    _check(call.params)
    if len(call.store.select(KIND)) >= MOST:
        raise invalid(f"You have reached the maximum of {MOST} test webhook endpoints.")
    secret = f"whsec_{random_text(32)}"
    made = call.store.insert(webhook_endpoint(call.params, call.now), secret=secret)
    return made | {"secret": secret}


def retrieve(call: Call) -> Json:
    """An endpoint, without its secret."""
    return call.find(KIND, call.path["id"], NOUN)


def update(call: Call) -> Json:
    """Another address, other events, or no more of them for a while."""
    found = call.find(KIND, call.path["id"], NOUN)
    given = call.params
    _check(given)
    found |= {name: given[name] for name in ("url", "enabled_events") if name in given}
    if "description" in given:
        found["description"] = given["description"] or None
    if "disabled" in given:
        found["status"] = "disabled" if given["disabled"] else "enabled"
    found["metadata"] = lists.merged(found["metadata"], given.get("metadata", {}))
    return call.store.update(found)


def delete(call: Call) -> Json:
    """No more events to that address."""
    found = call.find(KIND, call.path["id"], NOUN)
    call.store.delete(found["id"])
    return {"id": found["id"], "object": KIND, "deleted": True}


def list_(call: Call) -> Json:
    """Endpoints, newest first."""
    return lists.page(call, KIND, PATH, NOUN)


def _check(given: Json) -> None:
    if "url" in given and not (urlsplit(given["url"]).scheme in ("http", "https") and urlsplit(given["url"]).netloc):
        raise invalid("Invalid URL: An explicit scheme (such as https) must be provided.", param="url")
    if given.get("api_version") not in (None, stripe.api_version):
        raise invalid(f"The sandbox speaks {stripe.api_version} only.", param="api_version")


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("POST", PATH, create, params.WebhookEndpointCreateParams)
    config.add_endpoint("GET", PATH, list_, params.WebhookEndpointListParams)
    config.add_endpoint("GET", f"{PATH}/{{id}}", retrieve, params.WebhookEndpointRetrieveParams)
    config.add_endpoint("POST", f"{PATH}/{{id}}", update, params.WebhookEndpointUpdateParams)
    config.add_endpoint("DELETE", f"{PATH}/{{id}}", delete, params.WebhookEndpointDeleteParams)
