"""What a card's issuer tells of fraud before there is a dispute: https://docs.stripe.com/disputes/measuring."""

from . import schedule
from .call import Call
from .errors import Json
from .objects.early_fraud_warning import early_fraud_warning

KIND = "radar.early_fraud_warning"
WARN = "the issuer warns of fraud"


def warn(call: Call, charge: Json) -> Json:
    """The issuer's word on a charge."""
    made = call.store.insert(early_fraud_warning(charge, call.now, actionable=_is_actionable(charge)))
    call.emit(f"{KIND}.created", made)
    return made


def review(call: Call, charge: Json) -> None:
    """After a refund or a dispute of the charge: there is nothing left to do about a warning."""
    if _is_actionable(charge):
        return
    for warning in call.store.of_charge(KIND, charge["id"]):
        if warning["actionable"]:
            warning["actionable"] = False
            call.store.update(warning)
            call.emit(f"{KIND}.updated", warning, previous={"actionable": True})


@schedule.task(WARN)
def _warn(call: Call, charge_id: str) -> None:
    warn(call, call.find("charge", charge_id, "charge"))


def _is_actionable(charge: Json) -> bool:
    return not (charge["refunded"] or charge["disputed"])
