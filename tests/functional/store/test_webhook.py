"""Stripe's messages: kept when they are Stripe's, refused in every other form, and never believed."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from webtest import TestApp, TestResponse

from storefront.models import Mail, PurchaseState, StripeEvent
from storefront.payments.webhooks import API_VERSION
from storefront.wiring import Wiring
from tests.functional.store.conftest import Counter
from tests.support.databases import out_of_reach
from tests.support.people import make_owner

SECRET = "whsec_sandbox_shop"
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "status": "succeeded"}},
}


def sign(body: bytes, at: float | None = None, secret: str = SECRET) -> str:
    stamp = str(int(time.time() if at is None else at))
    return f"t={stamp},v1={hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def deliver(app: TestApp, body: bytes, signature: str | None, status: int) -> TestResponse:
    headers = {"Content-Type": "application/json"}
    if signature is not None:
        headers["Stripe-Signature"] = signature
    return app.post("/stripe/webhook", body, headers=headers, status=status)


def kept(wiring: Wiring) -> list[StripeEvent]:
    with wiring.sessions() as session:
        return list(session.scalars(select(StripeEvent)))


def body_of(**changes: object) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


def test_a_message_is_kept_once_however_often_it_comes(app: TestApp, wiring: Wiring) -> None:
    body = body_of()
    for _ in range(3):
        deliver(app, body, sign(body), 200)

    [row] = kept(wiring)
    assert (row.id, row.type, row.object_id) == ("evt_1", "payment_intent.succeeded", "pi_1")
    assert row.body == body
    assert row.done is None


def test_a_type_that_nobody_knows_is_kept(app: TestApp, wiring: Wiring) -> None:
    body = body_of(type="something.new")
    deliver(app, body, sign(body), 200)
    assert len(kept(wiring)) == 1


def test_each_of_several_secrets_is_good(ini: dict[str, str], make_app, wiring: Wiring) -> None:
    app = make_app({**ini, "stripe.webhook_secrets": "whsec_new whsec_old"})
    body = body_of()
    deliver(app, body, sign(body, secret="whsec_old"), 200)
    deliver(app, body, sign(body, secret="whsec_new"), 200)
    deliver(app, body, sign(body, secret=SECRET), 400)


#: Made when the test runs, since a signature is good for five minutes only.
FORGED: dict[str, Callable[[], str | None]] = {
    "none": lambda: None,
    "empty": lambda: "",
    "no number": lambda: "t=abc",
    "no time": lambda: "v1=00",
    "time alone": lambda: f"t={int(time.time())}",
    "old scheme": lambda: f"t={int(time.time())},v0=00",
    "wrong": lambda: f"t={int(time.time())},v1=00",
    "no hex": lambda: f"t={int(time.time())},v1=\xff",
    "a time without end": lambda: "t=" + "9" * 400 + ",v1=00",
    "other digits": lambda: "t=١٢,v1=00".encode().decode("latin-1"),
    "another secret": lambda: sign(body_of(), secret="whsec_another"),
    "old": lambda: sign(body_of(), at=time.time() - 900),
    "to come": lambda: sign(body_of(), at=time.time() + 900),
    "another body": lambda: sign(body_of() + b" "),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_message_that_is_not_stripes(app: TestApp, wiring: Wiring, kind: str) -> None:
    deliver(app, body_of(), FORGED[kind](), 400)
    assert kept(wiring) == []


@pytest.mark.parametrize(("seconds", "status"), [(-299, 200), (-302, 400), (299, 200), (302, 400)])
def test_five_minutes_either_way(app: TestApp, seconds: int, status: int) -> None:
    body = body_of()
    deliver(app, body, sign(body, at=time.time() + seconds), status)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"1",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b'{"id": "evt_1"}',
        body_of(id=None),
        body_of(id="x" * 500),
        body_of(data=None),
        body_of(data={"object": []}),
        body_of(type=7),
        body_of(object="v2.core.event"),
        body_of(livemode=True),
        body_of(livemode=None),
        body_of(id="evt_\x00"),
        body_of(id="evt_\ud800"),
        body_of(type="payment_intent.succeeded\n"),
        body_of(data={"object": {"id": "pi_" + "x" * 500}}),
        body_of(data={"object": {"id": 7}}),
        body_of(account=["acct_1"]),
        body_of(api_version=20261028),
        b'{"id": ' + b"1" * 10_000 + b"}",
        json.dumps(EVENT).encode("utf-16"),
    ],
)
def test_a_signed_message_that_is_no_event_of_ours(app: TestApp, wiring: Wiring, body: bytes) -> None:
    deliver(app, body, sign(body), 400)
    assert kept(wiring) == []


def test_a_message_that_is_too_large(app: TestApp, wiring: Wiring) -> None:
    body = body_of(padding="x" * 300_000)
    deliver(app, body, sign(body), 413)
    assert kept(wiring) == []


def test_what_is_too_large_is_not_even_read(app: TestApp) -> None:
    class Unread:
        def read(self, *size: int) -> bytes:
            raise AssertionError("the body was read")

    request = app.RequestClass.blank("/stripe/webhook", method="POST", environ={"wsgi.input": Unread()})
    request.content_length = 256 * 1024 + 1
    assert request.send(app.app).status_int == 413


def test_a_message_about_another_account(app: TestApp, session: Session, wiring: Wiring) -> None:
    make_owner(session)
    body = body_of(account="acct_other")

    deliver(app, body, sign(body), 200)

    [row] = kept(wiring)
    assert row.done is not None, "nobody acts on it"
    assert "acct_other" in row.error
    assert alarms(wiring) == ["attention"]


def test_messages_in_another_version(app: TestApp, session: Session, wiring: Wiring) -> None:
    """Handled all the same, since the truth is fetched; told to the admins once."""
    make_owner(session)
    for number in range(3):
        body = body_of(id=f"evt_{number}", api_version="2019-01-01")
        deliver(app, body, sign(body), 200)
    body = body_of(id="evt_ours", api_version=API_VERSION)
    deliver(app, body, sign(body), 200)

    assert [row.done for row in kept(wiring)] == [None] * 4
    assert alarms(wiring) == ["attention"]


def alarms(wiring: Wiring) -> list[str]:
    with wiring.sessions() as session:
        return list(session.scalars(select(Mail.kind)))


def test_the_database_is_away_while_a_message_comes(app: TestApp) -> None:
    """Then Stripe keeps it, and comes again."""
    wiring = app.app.registry.wiring
    body = body_of()
    with out_of_reach(wiring.engine):
        assert deliver(app, body, sign(body), 503).headers["Retry-After"]
    deliver(app, body, sign(body), 200)
    assert [row.id for row in kept(wiring)] == ["evt_1"]


def test_it_is_no_page(app: TestApp) -> None:
    assert "POST" in app.get("/stripe/webhook", status=405).headers["Allow"]


def test_what_a_message_says_is_not_believed(counter: Counter, wiring: Wiring) -> None:
    counter.buy("pm_card_threeDSecure2Required")
    payment = counter.purchase.stripe_payment_id
    body = body_of(data={"object": {"id": payment, "object": "payment_intent", "status": "succeeded"}})

    deliver(counter.app, body, sign(body), 200)

    assert counter.purchase.state == PurchaseState.ACTION_REQUIRED
