"""What an accountant takes away: the list of purchases as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update

from storefront.models import AlbumPurchase, LedgerEntry, PurchaseState, writing
from storefront.services.shop import purchases_csv
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import make_purchase
from tests.support.statements import counted_statements

PAID = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


def sell(session, album, who, at=PAID):
    made = make_purchase(session, album, buyer_key=browser_key(f"{who:x>43}"), email=f"{who}@example.com", at=at)
    with writing(session):
        session.execute(update(AlbumPurchase).where(AlbumPurchase.id == made.id).values(paid_at=at))
    return made


def book(session, purchase, **values):
    usual = {"purchase_id": purchase.id, "source": "x", "currency": "eur", "created": PAID}
    with writing(session):
        session.add(LedgerEntry(**usual, **values))


def table(owner, **query):
    answer = owner.get("/admin/purchases.csv", query)
    assert answer.content_type == "text/csv"
    assert "purchases.csv" in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def test_a_line_has_what_an_accountant_asks_for(owner, session, wiring):
    bought = sell(session, make_album(session, wiring.storage, title="Été, “deux”", artist_credit="A\nB"), "ana")
    book(session, bought, stripe_id="txn_2", type="refund", amount=-900, fee=0, net=-900)
    with writing(session):
        session.execute(update(AlbumPurchase).values(refunded=900, card_country="FR"))

    [line] = table(owner)

    assert list(line) == list(purchases_csv.COLUMNS)
    assert line["order"] == bought.public_id
    assert (line["album"], line["artist"], line["email"]) == ("Été, “deux”", "A\nB", "ana@example.com")
    assert (line["currency"], line["gross"], line["tax"], line["refunded"]) == ("EUR", "9.00", "0.00", "9.00")
    assert (line["booked_currency"], line["fee"], line["net"]) == ("EUR", "0.56", "-0.56")
    assert (line["paid_utc"], line["country"]) == ("2026-07-01 22:30:00", "FR")
    assert (line["stripe_payment"], line["stripe_charge"]) == (bought.stripe_payment_id, bought.stripe_charge_id)


def test_local_days_are_the_shops(owner, session, wiring, settings):
    sell(session, make_album(session, wiring.storage), "ana")
    zone = settings.shop_timezone
    [line] = table(owner)
    assert line["paid_local"] == PAID.astimezone(zone).isoformat(" ", "seconds")


def test_what_is_unpaid_has_no_day_and_no_bookings(owner, session, wiring):
    bought = sell(session, make_album(session, wiring.storage), "ana")
    with writing(session):
        session.execute(delete(LedgerEntry).where(LedgerEntry.purchase_id == bought.id))
        session.execute(update(AlbumPurchase).values(state=PurchaseState.CANCELED, paid_at=None))
    [line] = table(owner)
    assert line["state"] == "canceled"
    assert [line[name] for name in ("paid_utc", "paid_local", "booked_currency", "fee", "net")] == [""] * 5


def test_no_cell_is_a_formula(owner, session, wiring):
    for number, title in enumerate(('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\tx", "\rx")):
        album = make_album(session, wiring.storage, slug=f"a{number}", title=title)
        sell(session, album, f"b{number}")
    titles = [line["album"] for line in table(owner)]
    assert len(titles) == 6
    assert all(title.startswith("'") for title in titles)


def test_it_is_what_the_page_lists_all_pages_of_it(owner, session, wiring):
    tide, hills = make_album(session, wiring.storage), make_album(session, wiring.storage, slug="hills", title="Hills")
    for number in range(120):
        sell(session, tide, f"t{number}", PAID + timedelta(minutes=number))
    sell(session, hills, "hal")

    assert len(table(owner)) == 121
    assert [line["email"] for line in table(owner, q="hills")] == ["hal@example.com"]
    oldest = [line["email"] for line in table(owner, q="low tide", sort="oldest")]
    assert oldest == [f"t{number}@example.com" for number in range(120)]
    link = owner.get("/admin/purchases", {"q": "hills"}).html.select_one("a[download]")["href"]
    assert link.endswith("/admin/purchases.csv?q=hills")


def test_a_wrong_question_leads_to_the_page_that_says_so(owner):
    answer = owner.get("/admin/purchases.csv", {"since": "yesterday"}, status=303)
    assert answer.location.endswith("/admin/purchases?since=yesterday")


def test_it_is_read_in_batches(owner, app, session, wiring, monkeypatch):
    monkeypatch.setattr(purchases_csv, "BATCH", 10)
    tide = make_album(session, wiring.storage)
    for number in range(30):
        sell(session, tide, f"t{number}")
    with counted_statements(app) as statements:
        assert len(table(owner)) == 30
    assert len([statement for statement in statements if "FROM ledger_entry" in statement]) == 3


def test_others_see_nothing(app):
    assert app.get("/admin/purchases.csv", status=303).location.startswith("http://localhost/sign-in")
