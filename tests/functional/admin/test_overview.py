"""The owner's first page: its figures against the ledger, to the cent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import case, func, select, update

from storefront.models import LedgerEntry, Span, Sum, Total, writing
from storefront.payments.results import Booking
from storefront.services.shop.figures.books import Books, read_books
from storefront.services.shop.figures.counting import Written, count_bookings
from storefront.services.shop.figures.periods import Period, Unit
from storefront.services.shop.figures.recounting import recount
from storefront.services.shop.figures.sales import read_sales
from storefront.services.store.aftermath.books import write_entry
from storefront.services.store.buyers import browser_key
from storefront.tasks import TASKS
from tests.factories import make_album
from tests.support.people import make_purchase
from tests.support.statements import counted_statements
from tests.support.terminal import command_over

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NUMBERS = iter(range(10_000))


@pytest.fixture
def storefront(ini, tmp_path):
    return command_over(ini, tmp_path)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True) as clock:
        yield clock


def booking(at, kind="charge", amount=900, fee=56, currency="eur"):
    """A booking of no purchase."""
    return Booking(f"txn_x{next(NUMBERS)}", kind, None, amount, fee, amount - fee, currency, at)


def book(session, *entries):
    with writing(session):
        count_bookings(session, [write_entry(session, entry, None) for entry in entries])


def buy(session, album, at, email="ana@example.com"):
    return make_purchase(session, album, buyer_key=browser_key(f"{next(NUMBERS):043}"), email=email, at=at)


def figures(page, heading=None):
    """Name -> (number, the note under it) of a currency's figures, or of those above them all."""
    part = page.html.find("h2", string=heading).parent if heading else page.html.select_one(".overview")
    found = part.select_one("dl.figures").select("div")
    return {one.dt.text: (one.dd.text, one.select_one("small").text.strip()) for one in found}


def test_a_day_beside_the_day_before(owner, session, wiring):
    album = make_album(session, wiring.storage)
    buy(session, album, NOW - timedelta(days=1))
    buy(session, album, NOW - timedelta(hours=1), "bob@example.com")
    buy(session, album, NOW)
    others = (("refund", -300, 0), ("adjustment", -900, 1500), ("payout", -5000, 0), ("stripe_fee", -20, 0))
    book(session, *(booking(NOW, *other) for other in others))

    page = owner.get("/admin", {"days": "1"})

    assert figures(page)["Purchases"] == ("2", "+100 %, before: 1")
    assert figures(page)["Buyers"] == ("2", "+100 %, before: 1")
    euros = figures(page, "EUR")
    assert euros["Gross"] == ("€18.00", "+100 %, before: €9.00")
    assert euros["Fees"] == ("€16.32", "+2,814 %, before: €0.56")
    assert euros["Refunds"] == ("€3.00", "before: €0.00")
    assert euros["Disputes and others"] == ("−€9.00", "before: €0.00")
    assert euros["Net"] == ("−€10.32", "−222 %, before: €8.44")
    assert euros["Payments"] == ("2", "+100 %, before: 1")
    assert euros["Average"] == ("€9.00", "0 %, before: €9.00")


KINDS = ("charge", "payment", "refund", "refund_failure", "adjustment", "stripe_fee", "payout", "never_heard_of")
TIMES = (("2026-10-03", "2026-11-20"), ("2026-09-01", "2026-09-30"), ("2026-01-01", "2026-12-31"))


def test_every_booking_is_in_the_net(session):
    """Whatever Stripe books, but for what it pays out: in its own currency, by every unit, and in no other time."""
    book(session, *(
        booking(NOW - timedelta(days=day, hours=number), kind, (-1) ** day * (day * 7 + number), number, currency)
        for day in range(100)
        for number, kind in enumerate(KINDS)
        for currency in [("eur", "usd", "jpy")[day % 3]]
    ))  # fmt: skip
    entry = LedgerEntry
    earned = case((entry.type == "payout", -entry.fee), else_=entry.net)
    for since, until in TIMES:
        period = Period(date.fromisoformat(since), date.fromisoformat(until))
        begin, end = period.bounds(ZoneInfo("UTC"))
        query = select(entry.currency, func.sum(earned)).group_by(entry.currency)
        query = query.where(entry.created >= begin, entry.created < end)
        ledger = {currency: int(net) for currency, net in session.execute(query)}
        for unit in Unit:
            accounts = read_books(session, period, unit)
            assert {one.currency: one.now.net for one in accounts} == ledger
            for one in accounts:
                assert Books.total(books for _, books in one.parts) == one.now
                assert sum(part.days for part, _ in one.parts) == period.days


def test_late_bookings_count_on_their_day_and_once(session):
    entry = booking(NOW - timedelta(days=3))
    book(session, entry)
    book(session, entry)
    [total] = session.scalars(select(Total)).all()
    assert (total.begins, total.name) == (date(2026, 11, 17), "charge")
    assert (total.count, total.amount, total.fee) == (1, 900, 56)


def test_what_is_rolled_back_was_never_counted(session):
    entry = booking(NOW)
    with writing(session):
        count_bookings(session, [Written(entry, new=True, purchase=None)])
        session.rollback()
    assert session.scalars(select(Total)).all() == []


def test_buyers_are_counted_once_in_any_days(owner, session, wiring):
    """Ana buys on four days, Bob on two, Cleo once: whichever days are asked for, and whatever month they begin in."""
    albums = [make_album(session, wiring.storage, slug=f"album-{n}") for n in range(4)]
    days = {"ana": ((8, 30), (10, 2), (10, 25), (11, 18)), "bob": ((10, 20), (11, 19)), "cleo": ((11, 20),)}
    bought = sorted(((month, day), name) for name, dates in days.items() for month, day in dates)
    for number, ((month, day), name) in enumerate(bought):
        buy(session, albums[number % 4], datetime(2026, month, day, 9, tzinfo=UTC), f"{name}@example.com")
    for since in ((8, 1), (8, 31), (10, 1), (10, 3), (10, 21), (10, 26), (11, 1), (11, 19), (11, 20)):
        for until in ((10, 24), (11, 18), (11, 20)):
            wanted = {name for day, name in bought if since <= day <= until}
            new = {name for day, name in bought if since <= day <= until and day == days[name][0]}
            sales = read_sales(
                session, Period(date(2026, *since), date(2026, *until)), ZoneInfo("UTC"), date(2026, 11, 20)
            )
            assert (sales.buyers, sales.new) == (len(wanted), len(new)), (since, until)
    page = owner.get("/admin", {"since": "2026-10-03", "until": "2026-11-20"})
    buyers = page.html.find("dt", string="Buyers").parent
    assert (buyers.dd.text, buyers.select("small")[1].text) == ("3", "2 for the first time")


def test_what_sold_best(owner, session, wiring):
    tide = make_album(session, wiring.storage)
    hills = make_album(session, wiring.storage, slug="hills", title="Hills <b>", amount=1500, currency="usd")
    for day in (0, 20, 50, 80):
        buy(session, tide, NOW - timedelta(days=day), f"{day}@example.com")
    buy(session, hills, NOW)
    page = owner.get("/admin", {"days": "365"})
    lines = [line.text.split("\n") for line in page.html.select(".best section:first-child li")]
    assert [" ".join(line) for line in lines] == ["Low Tide 4 · €36.00", "Hills <b> 1 · $15.00"]
    page = owner.get("/admin", {"since": "2026-09-02", "until": "2026-11-01"})
    assert [line.text for line in page.html.select(".best section:first-child li")] == ["Low Tide 2 · €18.00"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "soon"}, "Enter the first day like"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "not before the first"),
        ({"until": "2026-11-01"}, "Enter the first day too"),
        ({"since": "2011-01-01", "until": "2026-11-01"}, "at most ten years"),
        ({"since": "9999-12-31"}, "Enter the first day like"),
        ({"since": "0001-01-01"}, "Enter the first day like"),
    ],
)
def test_days_that_are_none(owner, query, words):
    page = owner.get("/admin", query, status=422)
    assert words in page.html.select_one(".problems").text
    for name, value in query.items():
        assert page.html.select_one(f"[name={name}]")["value"] == value


def test_two_wrong_days_are_two_sentences(owner):
    page = owner.get("/admin", {"since": "soon", "until": "later"}, status=422)
    said = [one.text for one in page.html.select(".problems li")]
    assert said == ["Enter the first day like 2026-11-24", "Enter the last day like 2026-11-24"]


def test_an_empty_shop(owner):
    page = owner.get("/admin", {"days": "nonsense"})
    assert "Nothing was sold in these days" in page.text


def test_counted_again_and_mended(session, wiring):
    zone = ZoneInfo("UTC")
    album = make_album(session, wiring.storage)
    for day in range(84, -1, -7):
        buy(session, album, NOW - timedelta(days=day), f"{day % 3}@example.com")
    assert list(recount(session, zone)) == []
    before = _rows(session)
    with writing(session):
        session.execute(
            update(Total).where(Total.kind == Sum.BOOKED, Total.begins == date(2026, 11, 13)).values(amount=1)
        )
        session.execute(update(Total).where(Total.span == Span.MONTH, Total.kind == Sum.ALBUM).values(count=99))
    assert len(list(recount(session, zone, check=True))) == 5
    assert _rows(session) != before
    assert len(list(recount(session, zone, date(2026, 11, 1)))) == 2
    assert len(list(recount(session, zone))) == 3
    assert _rows(session) == before
    assert list(recount(session, zone, check=True)) == []


def test_counting_all_knows_a_purchase_that_was_written_down_late(session, wiring):
    album = make_album(session, wiring.storage)
    for day in (10, 1, 5):
        buy(session, album, NOW - timedelta(days=day))
    days = Period(date(2026, 11, 12), date(2026, 11, 20))
    assert read_sales(session, days, ZoneInfo("UTC"), days.until).buyers == 2  # the one that came late was not known
    list(recount(session, ZoneInfo("UTC")))
    assert read_sales(session, days, ZoneInfo("UTC"), days.until).buyers == 1


def test_another_time_zone(owner, session, wiring):
    """23:30 in London is the next day in Berlin: after the sums were counted for it."""
    album = make_album(session, wiring.storage)
    buy(session, album, datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    assert list(recount(session, ZoneInfo("Europe/Berlin"))) == []
    rows = session.execute(select(Total.begins, Total.span).where(Total.kind != Sum.FORMAT)).all()
    assert set(rows) == {(date(2026, 11, 1), Span.DAY), (date(2026, 11, 1), Span.MONTH)}
    assert list(recount(session, ZoneInfo("Europe/Berlin"), check=True)) == []
    buy(session, album, datetime(2026, 10, 31, 23, 45, tzinfo=UTC), "bob@example.com")
    assert set(session.scalars(select(Total.begins))) == {date(2026, 11, 1)}
    assert "Europe/Berlin" in owner.get("/admin").text


def _rows(session):
    return sorted(tuple(row) for row in session.execute(select(*Total.__table__.columns)))


def test_statements_of_the_page_do_not_grow(owner, session, wiring):
    begin = NOW.replace(day=1) - timedelta(days=363)  # no first of a month, of which there is less to ask

    def asked():
        with counted_statements(owner) as statements:
            owner.get("/admin", {"since": f"{begin:%Y-%m-02}", "until": f"{NOW:%Y-%m-%d}"})
        return len([one for one in statements if one != "BEGIN"])

    few = asked()
    for n in range(3):
        album = make_album(session, wiring.storage, slug=f"album-{n}", currency=("eur", "usd", "gbp")[n])
        buy(session, album, NOW - timedelta(days=n * 40), f"{n}@example.com")
    assert (few, asked()) == (19, 20)


def test_the_command_counts_again_and_so_does_the_clock(session, wiring, storefront):
    buy(session, make_album(session, wiring.storage), NOW)
    for mend in (lambda: storefront("figures"), lambda: TASKS["recount_figures"](wiring, {})):
        with writing(session):
            session.execute(update(Total).values(count=7))
        assert storefront("figures", "--check").exit_code == 1
        mend()
        result = storefront("figures", "--check")
        assert (result.exit_code, result.stdout) == (0, "The sums are what the ledger and the purchases come to.\n")
