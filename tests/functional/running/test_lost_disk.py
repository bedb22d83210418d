"""The disk is lost: a shop of last night's backup, with what was sold since, through the real processes."""

import shutil
import time
from pathlib import Path

from sqlalchemy import select
from webtest import TestApp

from storefront import main
from storefront.models import AlbumPurchase, CheckoutClosure, PaymentAttempt, PurchaseState
from tests.factories import make_album
from tests.support.buying import open_form, post_form
from tests.support.forked import ForkedProcesses
from tests.support.machines import Machine
from tests.support.shop import Shop, running_shop

SECONDS = 60


def buy(shop: Shop, slug: str, email: str) -> None:
    """With a card that carries its owner's address, as the buy page gives it to Stripe."""
    card = {"type": "card", "card[token]": "tok_visa", "billing_details[email]": email}
    token = shop.sandbox.token(shop.sandbox._stripe("POST", "/v1/payment_methods", **card)["id"])
    cookies, form = open_form(shop.url, slug)
    answer = post_form(shop.url, slug, cookies, {**form, "email": email, "stripeToken": token})
    assert answer.path.startswith("/store/success/"), answer


def sold(shop: Shop) -> dict[str, str]:
    """Charge -> the buyer of its purchase."""
    with shop.wiring.sessions() as session:
        paid = session.scalars(select(AlbumPurchase).where(AlbumPurchase.state == PurchaseState.PAID))
        return {purchase.stripe_charge_id or "": purchase.email for purchase in paid}


def wait_until_it_sells(shop: Shop) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with shop.wiring.sessions() as session:
            if session.scalar(select(CheckoutClosure.id)) is None:
                return
        time.sleep(0.1)
    raise AssertionError("the checkout stayed closed")


def test_what_was_sold_after_the_backup_comes_back(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    lost, machine = (Machine(tmp_path / name, f"sqlite:///{tmp_path / name}/shop.sqlite") for name in ("old", "new"))
    with running_shop(lost.folder, kind=ForkedProcesses) as shop:
        with shop.wiring.sessions() as session:
            make_album(session, shop.wiring.storage)
            make_album(session, shop.wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"])
        buy(shop, "low-tide", "before@example.com")
        lost.run("backup", backups)
        buy(shop, "orbit", "after@example.com")
        before = sold(shop)
    shutil.copyfile(lost.folder / "sandbox.sqlite", machine.folder / "sandbox.sqlite")  # Stripe's disk is not lost
    shutil.rmtree(lost.folder)

    machine.run("restore", backups)
    app = main({}, **machine.ini)
    page = TestApp(app).get("/store/buy/low-tide", status=503)
    assert page.headers["Retry-After"]
    assert TestApp(app).get("/albums/low-tide").status_code == 200
    app.registry.wiring.engine.dispose()

    with running_shop(machine.folder, kind=ForkedProcesses) as shop:
        assert [charge["id"] for charge in shop.sandbox.charges] != []
        wait_until_it_sells(shop)
        assert sold(shop) == before
        assert set(before.values()) == {"before@example.com", "after@example.com"}
        buy(shop, "orbit", "later@example.com")
        assert sold(shop).keys() == {charge["id"] for charge in shop.sandbox.charges}
        assert len(sold(shop)) == 3
        with shop.wiring.sessions() as session:
            keys = session.scalars(select(PaymentAttempt.idempotency_key)).all()
            assert len(set(keys)) == len(keys)
