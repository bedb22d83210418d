"""What a page of purchases asks of the database does not grow with what there is; and by whatever way it is found,
what is found is the same."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from storefront.models import AlbumPurchase, LedgerEntry, Mail, MailKind, PaymentAttempt, writing
from storefront.services.shop import access_paths
from storefront.services.shop.wishes import Condition, Order, Wish
from storefront.services.store.buyers import browser_key
from storefront.web.forms.finding import periods
from tests.factories import make_album
from tests.support.people import make_purchase
from tests.support.statements import counted_statements

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def remember(session, purchase, times):
    """Attempts, bookings and mails, so many of each."""
    with writing(session):
        for number in range(times):
            name, at = f"{purchase.public_id}{number}", START + timedelta(minutes=number)
            session.add(
                PaymentAttempt(
                    purchase_id=purchase.id, number=number, token_hash=name, idempotency_key=name, sent_at=at
                )
            )
            session.add(
                LedgerEntry(stripe_id=name, purchase_id=purchase.id, type="refund", source="re", amount=-1, fee=0,
                            net=-1, currency="eur", created=at)
            )  # fmt: skip
            session.add(Mail(key=name, kind=MailKind.RECEIPT, recipient="a@example.com", purchase_id=purchase.id,
                             created=at))  # fmt: skip


def test_the_page_of_a_purchase_asks_as_much_whatever_happened(owner, session, wiring):
    album = make_album(session, wiring.storage)
    quiet, busy = (make_purchase(session, album, buyer_key=browser_key(f"{n:043}")) for n in range(2))
    remember(session, busy, 40)
    asked = []
    for purchase in (quiet, busy):
        owner.get(f"/admin/purchases/{purchase.public_id}")
        with counted_statements(owner) as statements:
            page = owner.get(f"/admin/purchases/{purchase.public_id}")
        asked.append(len(statements))
        assert len(page.html.select(".time-line li")) >= (120 if purchase is busy else 2)
    assert asked[0] == asked[1] <= 18


@pytest.mark.parametrize("words", ["ana@example.com", "4242", "0" * 32, "pi_x", "low"])
def test_a_search_asks_little(owner, session, wiring, words):
    make_purchase(session, make_album(session, wiring.storage), buyer_key=browser_key("x" * 43))
    with counted_statements(owner) as statements:
        owner.get("/admin/purchases", {"q": words})
    assert len(statements) <= 6


@pytest.mark.parametrize("few", [0, 1_000], ids=["many", "few"])
@pytest.mark.parametrize(
    ("query", "who"),
    [
        ({"q": "low"}, ["cleo", "ana"]),
        ({"q": "1984"}, ["bob"]),
        ({"q": "low", "state": "disputed"}, ["ana"]),
        ({"q": "4242"}, ["cleo", "ana"]),
        ({"since": "2026-03-02"}, ["bob", "cleo"]),
        ({"until": "2026-03-02", "state": "paid"}, ["bob"]),
        ({"q": "low", "since": "2026-03-02", "until": "2026-03-09"}, ["cleo"]),
    ],
)
def test_the_way_to_the_highest_changes_nothing_of_what_is_found(owner, session, wiring, monkeypatch, few, query, who):
    monkeypatch.setattr(access_paths, "MANY", few)
    tide = make_album(session, wiring.storage)
    year = make_album(session, wiring.storage, slug="year", title="1984")
    for number, (name, album, amount) in enumerate([("ana", tide, 500), ("bob", year, 900), ("cleo", tide, 700)]):
        made = make_purchase(
            session, album, buyer_key=browser_key(f"{name:x>43}"), email=f"{name}@example.com",
            at=START + timedelta(days=number),
        )  # fmt: skip
        with writing(session):
            facts = {"amount": amount, "card_last4": "1111" if name == "bob" else "4242"}
            facts |= {"dispute": "lost"} if name == "ana" else {}
            session.execute(update(AlbumPurchase).where(AlbumPurchase.id == made.id).values(**facts))
    for sort, expected in (("most", who), ("least", who[::-1])):
        page = owner.get("/admin/purchases", {**query, "sort": sort})
        found = [row.select("td")[2].text.partition("@")[0] for row in page.html.select(".ledger tbody tr")]
        assert found == expected


ORDERED = "TEMP B-TREE FOR ORDER BY"


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("few", [False, True], ids=["many", "few"])
@pytest.mark.parametrize(
    ("wish", "among_many", "among_few"),
    [
        (Wish(), "by_time", "by_time"),
        (Wish(condition=Condition.PAID), "by_time", "by_time"),
        (Wish(condition=Condition.REFUNDED), "refunded", "refunded"),
        (Wish(condition=Condition.DISPUTED, since=START), "disputed", "disputed"),
        (Wish(condition=Condition.ELSEWHERE, order=Order.MOST), "by_amount", f"elsewhere, {ORDERED}"),
        (Wish(condition=Condition.CANCELED), "in_state", "in_state"),
        (Wish(condition=Condition.UNPAID), "by_time", f"in_state, {ORDERED}"),
        (Wish(album="0" * 32), "of_album", "of_album"),
        (Wish(album="0" * 32, order=Order.LEAST), "by_amount", f"of_album, {ORDERED}"),
        (Wish(words="low"), "by_time", f"of_album, {ORDERED}"),
        (Wish(since=START, order=Order.MOST), "by_amount", f"by_time, {ORDERED}"),
        (Wish(since=START, condition=Condition.PAID, currency="eur"), "by_time", f"by_amount, {ORDERED}"),
        (Wish(currency="usd", least=2000, order=Order.LEAST), "by_amount", "by_amount"),
    ],
)
def test_one_index_has_all_that_is_asked(session, monkeypatch, few, wish, among_many, among_few):
    """Whatever it is, no row is read that is not shown."""
    monkeypatch.setattr(access_paths, "_few", lambda *_: few)  # the table is empty
    for before in ("", "f" * 32):
        query = access_paths.wished(session, select(AlbumPurchase.id), replace(wish, before=before)).limit(51)
        compiled = query.compile(session.bind, compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
        steps = [step for step in plan if "album_purchase" in step or ORDERED in step]
        index, *rest = (among_few if few else among_many).split(", ")
        assert len(steps) == 1 + len(rest), plan
        assert re.search(rf"USING COVERING INDEX ix_album_purchase_{index}\b", steps[0]), plan


def test_few_are_put_into_order_and_many_are_walked(session, wiring, monkeypatch):
    album = make_album(session, wiring.storage)
    for number in range(3):
        make_purchase(session, album, buyer_key=browser_key(f"{number:x>43}"))
    for many, path in ((3, access_paths.Path.ALBUM), (2, access_paths.Path.AMOUNT)):
        monkeypatch.setattr(access_paths, "MANY", many)
        assert access_paths._path(session, Wish(album=album.public_id, order=Order.MOST)) is path


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ({"until": "2026-03-03"}, ["cleo", "bob", "ana"]),
        ({"since": "2026-03-03", "sort": "oldest"}, ["cleo", "dora"]),
        ({"currency": "EUR", "most": "7.00", "sort": "most"}, ["cleo", "ana"]),
        ({"currency": "EUR", "least": "7.00", "sort": "least"}, ["cleo", "dora", "bob"]),
    ],
)
def test_a_page_after_a_line_that_is_outside_begins_at_the_beginning(owner, session, wiring, asked, who):
    album = make_album(session, wiring.storage)
    names = {}
    for number, (name, amount) in enumerate([("ana", 500), ("bob", 900), ("cleo", 700), ("dora", 800)]):
        made = make_purchase(
            session, album, buyer_key=browser_key(f"{name:x>43}"), email=f"{name}@example.com",
            at=START + timedelta(days=number),
        )  # fmt: skip
        names[name] = made.public_id
        with writing(session):
            session.execute(update(AlbumPurchase).where(AlbumPurchase.id == made.id).values(amount=amount))
    outside = {"oldest": "ana", "least": "ana", "most": "bob"}.get(asked.get("sort", ""), "dora")
    page = owner.get("/admin/purchases", asked | {"before": names[outside]})
    assert [row.select("td")[2].text.strip().partition("@")[0] for row in page.html.select(".ledger tbody tr")] == who


def test_amounts_of_two_currencies_are_not_compared(owner, session, wiring):
    for slug, amount, currency in (("low", 900, "eur"), ("high", 1500, "jpy"), ("middle", 2000, "eur")):
        album = make_album(session, wiring.storage, slug=slug, title=slug, amount=amount, currency=currency)
        make_purchase(session, album, buyer_key=browser_key(f"{slug:x>43}"))
    for sort, expected in (("most", ["high", "middle", "low"]), ("least", ["low", "middle", "high"])):
        page = owner.get("/admin/purchases", {"sort": sort})
        assert [row.select("td")[1].text.strip() for row in page.html.select(".ledger tbody tr")] == expected


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 3, 31), ["2026-03-01 2026-03-31", "2026-02-01 2026-02-28", "2026-01-01 2026-12-31",
                             "2025-01-01 2025-12-31"]),
        (date(2028, 1, 1), ["2028-01-01 2028-01-31", "2027-12-01 2027-12-31", "2028-01-01 2028-12-31",
                            "2027-01-01 2027-12-31"]),
        (date(2027, 12, 31), ["2027-12-01 2027-12-31", "2027-11-01 2027-11-30", "2027-01-01 2027-12-31",
                              "2026-01-01 2026-12-31"]),
    ],
)  # fmt: skip
def test_periods_begin_and_end_with_months_and_years(today, days):
    assert [" ".join(asked.values()) for _, asked in periods(today)] == days


def test_a_period_keeps_what_else_is_asked_for(owner):
    page = owner.get("/admin/purchases", {"currency": "EUR", "since": "2020-01-01"})
    chosen = page.click("Last year")
    assert chosen.html.select_one("[aria-current=true]").text == "Last year"
    assert "currency=EUR" in chosen.request.query_string
