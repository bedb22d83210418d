"""The same form, fifty times at once, over real sockets and two web processes: one charge and one row."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select

from storefront.models import AlbumPurchase, PaymentAttempt, PurchaseState
from tests.factories import make_album
from tests.support.shop import running_shop

COUNT = 50
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_one_charge_and_one_row(database: str, tmp_path: Path) -> None:
    with running_shop(tmp_path, database_url=database, web_processes=2) as shop:
        with shop.wiring.sessions() as session:
            album = make_album(session, shop.wiring.storage)
        cookies, form = open_form(shop.urls[0], album.slug)
        body = urlencode({**form, "email": "ana@example.com", "stripeToken": shop.sandbox.token()})
        together = Barrier(COUNT)

        def post(number: int) -> tuple[int, str]:
            with closing(HTTPConnection(urlsplit(shop.urls[number % 2]).netloc, timeout=60)) as connection:
                together.wait()
                connection.request("POST", f"/store/complete/{album.slug}", body, {**FORM, "Cookie": cookies})
                answer = connection.getresponse()
                answer.read()
                return answer.status, answer.headers.get("Location", "")

        with ThreadPoolExecutor(COUNT) as pool:
            answers = list(pool.map(post, range(COUNT)))

        with shop.wiring.sessions() as session:
            [purchase] = session.scalars(select(AlbumPurchase))
            assert purchase.state == PurchaseState.PAID
            assert len(session.scalars(select(PaymentAttempt)).all()) == 1
        [charge] = shop.sandbox.charges
        assert charge["id"] == purchase.stripe_charge_id
        assert len(shop.sandbox.ledger()["payment_intents"]) == 1
        assert {status for status, _ in answers} == {303}
        pages = {re.sub(r"https?://[^/]+", "", location) for _, location in answers}
        assert pages <= {f"/store/{page}/{purchase.public_id}" for page in ("success", "status")}


def open_form(url: str, slug: str) -> tuple[str, dict[str, str]]:
    """The cookies and the hidden fields that a fresh browser gets."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        connection.request("GET", f"/store/buy/{slug}")
        answer = connection.getresponse()
        page = answer.read().decode()
    cookies = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie"))
    fields = {}
    for name in ("csrf_token", "amount", "currency"):
        [tag] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
        fields[name] = re.search(r'value="([^"]*)"', tag)[1]
    return cookies, fields
