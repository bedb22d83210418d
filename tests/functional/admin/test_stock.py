"""The list of albums: found, sorted, paged, and put on sale from where they stand."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select

from storefront.models import Album, AlbumState, AlbumTotal, AuditEntry, LedgerEntry, writing
from storefront.services.catalogue.publishing import withdraw
from tests.factories import make_album
from tests.support.people import make_purchase
from tests.support.statements import counted_statements


def titles(page):
    return [line.h2.text for line in page.html.select(".stock > li")]


def many(session, album, count):
    """Albums like this one."""
    row = session.execute(select(Album.__table__).where(Album.id == album.id)).mappings().one()
    copies = [
        {**row, "id": 1000 + n, "public_id": f"{n:032}", "slug": f"no-{n}", "title": f"No. {n:03}"}
        for n in range(count)
    ]
    session.execute(insert(Album), copies)
    session.commit()


@pytest.fixture
def shelf(session, wiring):
    """An album of each standing; the last made first in the list."""
    make_album(session, wiring.storage, slug="b", title="Blue 100%", artists=("Ida Ferro",), released="2020")
    make_album(session, wiring.storage, slug="c", title="Coda", released="2126")
    make_album(session, wiring.storage, slug="d", title="a draft", released="2021", state=AlbumState.DRAFT)
    gone = make_album(session, wiring.storage, slug="g", title="Gone", released="2019")
    withdraw(session, gone, datetime.now(UTC))


@pytest.mark.usefixtures("shelf")
def test_the_list_is_what_its_address_asks_for(owner):
    def listed(**asked):
        return titles(owner.get("/admin/albums", asked))

    assert listed() == ["Gone", "a draft", "Coda", "Blue 100%"]
    assert listed(sort="title") == ["a draft", "Blue 100%", "Coda", "Gone"]
    assert listed(sort="release") == ["Coda", "a draft", "Blue 100%", "Gone"]
    assert listed(q="ferro blue") == listed(q="0%") == ["Blue 100%"]
    assert listed(q="%_") == []
    states = ("draft", "scheduled", "on sale", "withdrawn")
    assert [listed(state=state) for state in states] == [["a draft"], ["Coda"], ["Blue 100%"], ["Gone"]]
    assert listed(q="o", state="scheduled") == ["Coda"]
    assert len(listed(sort="nonsense", state="nowhere")) == 4


@pytest.mark.usefixtures("shelf")
def test_what_is_not_there_says_so(owner):
    assert "No album is like that" in owner.get("/admin/albums?q=zzz").text
    assert "The list ends before" in owner.get("/admin/albums?page=7").text
    owner.get("/admin/albums?page=0", status=404)


def test_pages_keep_what_was_asked_and_cost_the_same(owner, session, wiring):
    many(session, make_album(session, wiring.storage), 120)
    first = owner.get("/admin/albums?sort=title&q=no.")
    assert "Page 1 of 3" in first.text
    with counted_statements(owner) as statements:
        second = first.click("The next ones")
    assert titles(second) == [f"No. {number:03}" for number in range(50, 100)]
    assert titles(second.click("The ones before")) == titles(first)
    # Who asks; how many there are, the page, its artists, what is being made, open uploads.
    assert len(statements) <= 9, statements


def test_an_album_goes_into_the_shop_and_out_of_it_from_the_list(owner, session, draft):
    def sell(page, act):
        return next(form for form in page.forms.values() if form.action.endswith("/sale")).submit(act)

    def standing(page):
        return page.html.select_one(f"#album-{draft.public_id} .state").text

    page = owner.get("/admin/albums?sort=title")
    answer = sell(page, "publish")
    assert answer.location.endswith(f"/admin/albums?sort=title&page=1#album-{draft.public_id}")
    assert standing(on_sale := answer.follow()) == "on sale"
    sell(page, "publish")  # pressed twice
    assert standing(out := sell(on_sale, "withdraw").follow()) == "withdrawn"
    assert standing(sell(out, "publish").follow()) == "on sale"
    session.commit()
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["album_on_sale", "album_off_sale", "album_on_sale"]


def test_nobody_is_led_away_by_the_way_back(owner, session, wiring):
    album = make_album(session, wiring.storage)
    page = owner.get("/admin/albums")
    form = next(form for form in page.forms.values() if form.action.endswith("/sale"))
    form["back"] = "https://evil.test/"
    assert form.submit("withdraw").location == f"http://localhost/admin/albums/{album.public_id}"


def test_what_lacks_something_has_no_button_to_sell_it(owner, session, wiring):
    make_album(session, wiring.storage, cover=None, state=AlbumState.DRAFT)
    page = owner.get("/admin/albums")
    assert not page.html.select('.stock button[name="publish"]')
    assert page.html.select(".missing li")


def test_sales_and_what_they_left_in_every_currency(owner, session, wiring):
    loved = make_album(session, wiring.storage, slug="loved", title="Loved")
    make_album(session, wiring.storage, slug="new", title="New")
    for n in range(3):
        make_purchase(session, loved, buyer_key=f"account:{n}", email=f"{n}@example.com")
    with writing(session):
        session.add(AlbumTotal(album_id=loved.id, currency="usd", sold=0, income=-250))
    assert titles(owner.get("/admin/albums")) == ["New", "Loved"]
    page = owner.get("/admin/albums?sort=sold")
    assert titles(page) == ["Loved", "New"]
    net = session.scalar(select(func.sum(LedgerEntry.net)))
    said = " ".join(page.html.select_one(f"#album-{loved.public_id} .words p.number").text.split())
    assert said == f"3 sold · €{net / 100:.2f} · \u2212$2.50"
    bought = page.click("3 sold")
    assert len(bought.html.select(".ledger tbody tr")) == 3
    assert said in " ".join(owner.get(f"/admin/albums/{loved.public_id}").html.select_one("main").text.split())
