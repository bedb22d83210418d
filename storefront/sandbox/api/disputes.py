"""/v1/disputes: https://docs.stripe.com/api/disputes."""

from pyramid.config import Configurator
from stripe import params

from .. import disputes
from ..call import Call
from ..errors import Json, invalid
from ..objects.dispute import EVIDENCE_TEXTS
from . import lists

NOUN = "dispute"
LONGEST_TEXT, LONGEST_EVIDENCE = 20_000, 150_000


def retrieve(call: Call) -> Json:
    """A dispute."""
    return call.find("dispute", call.path["id"], NOUN, "dispute")


def update(call: Call) -> Json:
    """Evidence, sent to the bank at once unless `submit` is false; and metadata."""
    call.allow("evidence", "metadata", "submit")
    dispute = _open(call)
    given = call.params.get("evidence", {})
    for name in given:
        if name not in EVIDENCE_TEXTS:
            raise invalid(f"The sandbox takes no evidence but texts, so not `{name}`.", param=f"evidence[{name}]")
    dispute["evidence"] |= given
    _check_lengths(dispute["evidence"])
    dispute["evidence_details"]["has_evidence"] |= bool(given)
    dispute["metadata"] = lists.merged(dispute["metadata"], call.params.get("metadata", {}))
    if dispute["evidence_details"]["has_evidence"] and call.params.get("submit", bool(given)):
        disputes.submit(call, dispute)
    else:
        call.store.update(dispute)
        call.emit("charge.dispute.updated", dispute)
    return dispute


def _check_lengths(evidence: Json) -> None:
    """https://docs.stripe.com/api/disputes/update: of each text, and of all that is there then."""
    texts = {name: evidence[name] or "" for name in EVIDENCE_TEXTS}
    for name, text in texts.items():
        if len(text) > LONGEST_TEXT:
            raise invalid(f"Evidence can have at most {LONGEST_TEXT} characters.", param=f"evidence[{name}]")
    if sum(map(len, texts.values())) > LONGEST_EVIDENCE:
        raise invalid(f"All evidence together can have at most {LONGEST_EVIDENCE} characters.", param="evidence")


def close(call: Call) -> Json:
    """The shop does not contest it."""
    dispute = _open(call)
    disputes.give_up(call, dispute)
    return dispute


def list_(call: Call) -> Json:
    """Disputes, newest first."""
    where, values = lists.equals(charge=call.params.get("charge"), payment_intent=call.params.get("payment_intent"))
    return lists.page(call, "dispute", "/v1/disputes", NOUN, where=where, values=values)


def _open(call: Call) -> Json:
    dispute = call.find("dispute", call.path["id"], NOUN, "dispute")
    if dispute["status"] in disputes.ENDS:
        raise invalid("This dispute is already closed")
    return dispute


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("GET", "/v1/disputes", list_, params.DisputeListParams)
    config.add_endpoint("GET", "/v1/disputes/{id}", retrieve, params.DisputeRetrieveParams)
    config.add_endpoint("POST", "/v1/disputes/{id}", update, params.DisputeUpdateParams)
    config.add_endpoint("POST", "/v1/disputes/{id}/close", close, params.DisputeCloseParams)
