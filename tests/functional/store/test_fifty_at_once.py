"""The same form, fifty times at once, over real sockets and two web processes: one charge and one row."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import select

from storefront.models import AlbumPurchase, PaymentAttempt, PurchaseState
from tests.factories import make_album
from tests.support.buying import Answer, open_form, post_form
from tests.support.shop import running_shop

COUNT = 50


def test_one_charge_and_one_row(database: str, tmp_path: Path) -> None:
    with running_shop(tmp_path, database_url=database, web_processes=2) as shop:
        with shop.wiring.sessions() as session:
            album = make_album(session, shop.wiring.storage)
        cookies, form = open_form(shop.urls[0], album.slug)
        fields = {**form, "email": "ana@example.com", "stripeToken": shop.sandbox.token()}
        together = Barrier(COUNT)

        def post(number: int) -> Answer:
            together.wait()
            return post_form(shop.urls[number % 2], album.slug, cookies, fields)

        with ThreadPoolExecutor(COUNT) as pool:
            answers = list(pool.map(post, range(COUNT)))

        with shop.wiring.sessions() as session:
            [purchase] = session.scalars(select(AlbumPurchase))
            assert purchase.state == PurchaseState.PAID
            assert len(session.scalars(select(PaymentAttempt)).all()) == 1
        [charge] = shop.sandbox.charges
        assert charge["id"] == purchase.stripe_charge_id
        assert len(shop.sandbox.ledger()["payment_intents"]) == 1
        assert {answer.status for answer in answers} == {303}
        assert {answer.path for answer in answers} <= {
            f"/store/{page}/{purchase.public_id}" for page in ("success", "status")
        }
