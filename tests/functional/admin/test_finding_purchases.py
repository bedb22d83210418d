"""The list of purchases, as its address asks for it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from storefront.models import AlbumPurchase, Dispute, Refund, writing
from storefront.services.shop import choosing
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.people import make_purchase
from tests.support.statements import counted_statements

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def bought(session, wiring):
    """Three purchases of two albums, each with something of its own."""
    tide = make_album(session, wiring.storage)
    hills = make_album(session, wiring.storage, slug="hills", title="Hills 100%", artist_credit="Jo & Co", amount=1500,
                       currency="usd")  # fmt: skip
    albums = {"ana": tide, "bob": hills, "cleo": tide}
    made = {
        name: make_purchase(
            session, album, buyer_key=browser_key(f"{name:x>43}"), email=f"{name}@example.com",
            at=START + timedelta(days=number),
        )
        for number, (name, album) in enumerate(albums.items())
    }  # fmt: skip
    bob = made["bob"]
    now = {"created": START, "currency": "usd"}
    with writing(session):
        session.execute(update(AlbumPurchase).where(AlbumPurchase.id == bob.id).values(card_last4="0341"))
        session.add(Refund(public_id="r" * 32, stripe_refund_id="re_1", purchase_id=bob.id, amount=100, **now))
        session.add(Dispute(stripe_dispute_id="dp_1", purchase_id=bob.id, amount=100, status="won", **now))
    return made


def found(owner, status=200, **query):
    """Whose purchases are listed, in their order."""
    return buyers(owner.get("/admin/purchases", query, status=status))


def buyers(page):
    return [row.select("td")[2].text.partition("@")[0] for row in page.html.select(".ledger tbody tr")]


def test_one_field_finds_by_whatever_a_customer_writes(owner, bought):
    bob = bought["bob"]
    for words in (
        "bob@example.com", "Bob@Example.com", bob.public_id, bob.stripe_payment_id, bob.stripe_charge_id, "re_1",
        "dp_1", "0341", "hills", "100%", "jo & c", f" {bob.public_id} ",
    ):  # fmt: skip
        assert found(owner, q=words) == ["bob"], words
    for words in ("bob", "%", "re_2", "dp_2", "pi_x", "ch_x", "4241", "0" * 32, "x@example.com", "_", "'; --"):
        assert found(owner, q=words) == (["bob"] if words == "%" else []), words


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ({}, ["cleo", "bob", "ana"]),
        ({"sort": "oldest"}, ["ana", "bob", "cleo"]),
        ({"sort": "most"}, ["bob", "cleo", "ana"]),
        ({"sort": "least"}, ["ana", "cleo", "bob"]),
        ({"currency": "EUR"}, ["cleo", "ana"]),
        ({"since": "2026-03-02"}, ["cleo", "bob"]),
        ({"until": "2026-03-02"}, ["bob", "ana"]),
        ({"since": "2026-03-02", "until": "2026-03-02"}, ["bob"]),
        ({"currency": "usd", "least": "15", "most": "15.00"}, ["bob"]),
        ({"currency": "usd", "least": "15.01"}, []),
        ({"currency": "eur", "most": "9", "sort": "oldest"}, ["ana", "cleo"]),
        ({"album": "0" * 32}, []),
        ({"q": "low", "since": "2026-03-02"}, ["cleo"]),
    ],
)
def test_filters_and_orders(owner, bought, query, who):
    assert found(owner, **query) == who


def test_an_albums_own(owner, bought):
    album = bought["ana"].album.public_id
    page = owner.get("/admin/purchases")
    finder = page.forms[1]
    assert [words for _, _, words in finder["album"].options] == [
        "Any album", "Hills 100%, Jo & Co", "Low Tide, Mara Quist",
    ]  # fmt: skip
    finder["album"], finder["sort"] = album, "oldest"
    narrowed = finder.submit()
    assert buyers(narrowed) == ["ana", "cleo"]
    assert "Only those of Low Tide by Mara Quist." in " ".join(narrowed.html.select_one(".narrowed").text.split())
    assert narrowed.forms[1]["album"].value == album
    assert buyers(narrowed.click("Those of every album")) == ["ana", "bob", "cleo"]


def test_an_album_among_too_many_is_named_and_not_offered(owner, bought, monkeypatch):
    """With one statement, however many there are."""
    asked = []
    for most in (2, 1):
        monkeypatch.setattr(choosing, "MOST", most)
        with counted_statements(owner) as statements:
            page = owner.get("/admin/purchases", {"album": bought["bob"].album.public_id})
        asked.append(len(statements))
        assert "Only those of Hills 100% by Jo & Co." in " ".join(page.html.select_one(".narrowed").text.split())
    assert asked[0] == asked[1] <= 6
    assert page.html.select("select[name=album]") == []
    assert buyers(page.forms[1].submit()) == ["bob"], "what was chosen is kept"


def test_an_album_that_is_none(owner, bought):
    page = owner.get("/admin/purchases", {"album": "<b>"})
    assert "an album that is not in this shop" in page.text
    assert buyers(page) == []
    assert buyers(page.click("Those of every album")) == ["cleo", "bob", "ana"]


def test_a_buyer_leads_to_the_customer(owner, bought):
    page = owner.get("/admin/purchases").click("bob@example.com")
    assert page.request.path == "/admin/customers/bob@example.com"
    assert "Hills 100%" in page.text


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"since": "soon"}, "since", "Enter the first day"),
        ({"until": "9999-12-31"}, "until", "Enter the last day"),
        ({"currency": "xxx"}, "currency", "Enter a currency"),
        ({"currency": "xxx", "least": "5", "most": "x"}, "currency", "Enter a currency"),
        ({"least": "5", "most": "much"}, "currency", "in which currency"),
        ({"currency": "eur", "most": "much"}, "most", "At most: write the amount"),
    ],
)
def test_what_is_none_is_said_once_at_its_field(owner, bought, asked, field, words):
    page = owner.get("/admin/purchases", asked, status=422)
    assert words in page.html.select_one(f"#{field}-error").text
    assert len(page.html.select(".problems li")) == 1
    assert page.html.select(".ledger") == []


@pytest.mark.parametrize(("field", "value"), [("state", "x"), ("sort", "x")])
def test_choices_that_are_none(owner, bought, field, value):
    assert found(owner, status=422, **{field: value}) == []


@pytest.mark.parametrize("sort", ["newest", "oldest", "most", "least"])
def test_pages_keep_what_is_asked_for_and_leave_nothing_out(owner, session, wiring, sort):
    album = make_album(session, wiring.storage)
    made = [
        make_purchase(
            session, album, buyer_key=browser_key(f"{n:043}"), at=START + timedelta(seconds=n // 7), state="canceled"
        ).public_id
        for n in range(120)
    ]
    with writing(session):
        session.execute(update(AlbumPurchase).values(amount=100 + AlbumPurchase.id % 3))
    page = owner.get("/admin/purchases", {"sort": sort, "q": "low", "currency": "eur"})
    seen = []
    while page is not None:
        seen += [row.select("td")[10].text for row in page.html.select(".ledger tbody tr")]
        older = page.html.select_one("a[rel=next]")
        page = owner.get(older["href"]) if older else None
    assert len(seen) == 120
    assert sorted(seen) == sorted(made)


def test_nothing_is_like_that(owner, bought):
    assert "No purchase is like that" in owner.get("/admin/purchases", {"q": "nowhere"}).text
