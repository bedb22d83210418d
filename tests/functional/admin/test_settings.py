"""An artist changes the shop's name, links and texts: seen at once on every page, and what holds them back is said."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from webtest import TestApp

from storefront.models import AuditEntry, ShopText, TextKind
from storefront.services.shop.identity.shop import read_shop
from storefront.services.shop.identity.texts import text_at
from tests.factories import make_album
from tests.support.people import make_customer, sign_in
from tests.support.statements import counted_statements

SETTINGS = "/admin/settings"
TEXTS = "/admin/settings/texts"
HOSTILE = "<script>alert(1)</script> \u05d4\u05d7\u05e0\u05d5\u05ea 🎷"


def save(owner, path=SETTINGS, **fields):
    form = owner.get(path).forms["settings"]
    for name, value in fields.items():
        form[name] = value
    return form.submit("do", index=0, expect_errors=True) if path == TEXTS else form.submit(expect_errors=True)


def acts(session):
    session.expire_all()
    return [(entry.act, entry.subject, entry.detail) for entry in session.scalars(select(AuditEntry))]


def test_a_name_is_on_every_page_at_once_and_in_another_process_too(ini, make_app, owner, session, wiring):
    album = make_album(session, wiring.storage)
    other = make_app(ini)
    before = other.get("/help")
    save(owner, name="Low Sun Tapes").follow()
    after = other.get("/help", headers={"If-None-Match": before.headers["ETag"]}, status=200)
    assert after.html.title.text == "Help · Low Sun Tapes"
    for page in (owner.get("/"), owner.get(SETTINGS), other.get(f"/store/buy/{album.slug}")):
        assert page.html.select_one(".masthead .name").text == "Low Sun Tapes"
    assert acts(session) == [("settings_saved", "shop", {"fields": ["name"], "was": {"name": None}})]
    assert "saved: name" in owner.get("/admin/audit").text


def test_a_private_page_of_another_process_follows_within_seconds(ini, make_app, owner, monkeypatch):
    other = make_app(ini)
    assert other.get("/sign-in").html.title.text.endswith("Harbour Lights Records")
    save(owner, name="Low Sun Tapes")
    monkeypatch.setattr("storefront.services.shop.identity.holding.SECONDS", -1.0)
    assert other.get("/sign-in").html.title.text.endswith("Low Sun Tapes")


def test_an_emptied_name_is_the_default_again(owner):
    save(owner, name="Low Sun Tapes")
    save(owner, name="  ")
    assert owner.get("/").html.title.text == "Harbour Lights Records"


def test_any_alphabet_and_nothing_of_it_is_markup(owner):
    save(owner, name=HOSTILE, links=f"{HOSTILE[:30]} https://example.com/%22%3E?a=1&b=2")
    page = owner.get("/")
    assert page.html.select_one(".masthead .name").text == HOSTILE
    assert not page.html.select(".masthead script, .colophon script")
    assert page.html.select(".colophon a")[0]["href"] == "https://example.com/%22%3E?a=1&b=2"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "x" * 90, "at most 80 characters"),
        ("name", "Low\nSun", "on one line"),
        ("name", "Low\x07Sun", "on one line"),
        ("name", "Low \u202etxt.exe", "on one line"),
        ("links", "Us javascript:alert(1)", "Line 1: the address must be like https://"),
        ("links", "\nUs https://example.com\nThem http://example.com", "Line 3: the address must be like https://"),
        ("links", "Us https://user@example.com/", "the address must be like https://"),
        ("links", "Us https://example.com\\@evil.example", "the address must be like https://"),
        ("links", "Us https://[::1", "the address must be like https://"),
        ("links", "Us https://localhost/", "the address must be like https://"),
        ("links", "Us https://example.com:99999/", "the address must be like https://"),
        ("links", "https://example.com", "Line 1: write the words, a space, and the address"),
        ("links", f"Us https://example.com/{'x' * 500}", "at most 500 characters"),
        ("links", f"{'x' * 41} https://example.com/", "at most 40 characters"),
        ("links", "Us https://example.com\n" * 11, "at most 10 links"),
        ("currencies", "EUR, XXQ", "XXQ is no currency that Stripe takes"),
        ("currencies", "€", "€ is no currency that Stripe takes"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_what_was_typed_is_kept(owner, session, field, value, told):
    page = save(owner, **{field: value})
    assert page.status_int == 422
    assert told in page.html.select_one(f"#{field}-error").text
    assert page.html.select_one(f".problems a[href='#{field}']")
    assert page.forms["settings"][field].value.strip() == value.strip()
    assert acts(session) == []
    assert owner.get("/").html.title.text == "Harbour Lights Records"


def test_what_the_ini_file_says_holds_and_is_only_shown(ini, make_app, owner):
    save(owner, name="Low Sun Tapes", links="Us https://example.com/")
    fixed = make_app({**ini, "shop.name": "The Slow Hours"})
    sign_in(fixed, "owner@example.com")
    page = fixed.get(SETTINGS)
    assert page.html.title.text.endswith("The Slow Hours")
    assert "This stands in the ini file, as shop.name, and holds" in page.text
    assert "name" not in page.forms["settings"].fields
    page.forms["settings"].submit()
    fixed.post(SETTINGS, {**dict(page.forms["settings"].submit_fields()), "name": "Mine"})
    assert fixed.get("/").html.title.text == "The Slow Hours"
    assert [link.text for link in fixed.get("/").html.select(".colophon a")] == ["Us", "Help"]


def test_the_second_of_two_editors_is_told_what_the_first_saved(owner, session):
    mine, theirs = owner.get(SETTINGS).forms["settings"], owner.get(SETTINGS).forms["settings"]
    theirs["name"] = "Theirs"
    theirs.submit().follow()
    mine["name"] = "Mine"
    refused = mine.submit(expect_errors=True)
    assert refused.status_int == 409
    assert "Theirs" in refused.html.select_one(".theirs").text
    assert refused.forms["settings"]["name"].value == "Mine"
    assert owner.get("/").html.title.text == "Theirs"
    refused.forms["settings"].submit().follow()
    assert owner.get("/").html.title.text == "Mine"
    assert acts(session)[-1][2] == {"fields": ["name"], "was": {"name": "Theirs"}}


def test_a_button_pressed_twice_saves_once(owner, session):
    form = owner.get(SETTINGS).forms["settings"]
    form["name"] = "Low Sun Tapes"
    assert [form.submit().status_int for _ in range(2)] == [303, 303]
    assert len(acts(session)) == 1


@pytest.mark.parametrize("path", [SETTINGS, TEXTS])
def test_they_are_the_owners_alone(app, session, path):
    assert "/sign-in" in app.get(path).location
    make_customer(session)
    sign_in(app, "ana@example.com")
    app.get(path, status=403)
    app.post(path, {"name": "Mine"}, status=403)
    assert acts(session) == []


@pytest.mark.parametrize("path", [SETTINGS, TEXTS])
def test_a_form_without_its_token_changes_nothing(owner, session, path):
    owner.post(path, {"name": "Mine", "terms": "Mine"}, status=403)
    assert acts(session) == []


def test_a_text_is_a_page_with_a_link_to_it_as_soon_as_it_has_words(owner, session, wiring):
    album = make_album(session, wiring.storage)
    visitor = TestApp(owner.app)
    for kind in TextKind:
        visitor.get(f"/{kind}", status=404)
    assert "/terms" not in visitor.get(f"/store/buy/{album.slug}").text
    save(owner, TEXTS, terms="# Sales\n\nAll *yours*.\n\n<b onclick=x>no</b> [x](javascript:alert(1))")
    page = visitor.get("/terms")
    words = page.html.select_one(".prose")
    assert (words.h2.text, words.em.text) == ("Sales", "yours")
    assert not words.select("b, script, [onclick], a[href^=javascript]")
    assert visitor.get("/terms", headers={"If-None-Match": page.headers["ETag"]}, status=304)
    assert "Set-Cookie" not in page.headers
    assert [link["href"] for link in visitor.get("/").html.select(".colophon a")] == ["/terms", "/help"]
    assert visitor.get(f"/store/buy/{album.slug}").html.select_one("form a[href='/terms']")
    assert "/terms</loc>" in visitor.get("/sitemap.xml").text
    visitor.get("/imprint", status=404)
    save(owner, TEXTS, terms="")
    visitor.get("/terms", status=404)
    assert [link["href"] for link in visitor.get("/").html.select(".colophon a")] == ["/help"]


def test_what_a_buyer_was_shown_stays_known(owner, session):
    start = datetime.now(UTC)
    save(owner, TEXTS, terms="The first")
    between = datetime.now(UTC)
    save(owner, TEXTS, terms="The second", imprint="Us")
    assert text_at(session, TextKind.TERMS, start - timedelta(seconds=1)) is None
    assert text_at(session, TextKind.TERMS, between).words == "The first"
    assert text_at(session, TextKind.TERMS, datetime.now(UTC)).words == "The second"
    assert sorted(session.scalars(select(ShopText.words))) == ["The first", "The second", "Us"]
    assert acts(session)[-1] == ("settings_saved", "texts", {"fields": ["terms", "imprint"]})


def test_a_preview_saves_nothing(owner, session):
    form = owner.get(TEXTS).forms["settings"]
    form["terms"] = "All *yours*"
    page = form.submit("do", value="preview")
    assert page.html.select_one(".preview em").text == "yours"
    assert page.forms["settings"]["terms"].value == "All *yours*"
    assert acts(session) == []


def test_a_text_that_is_too_long_is_told(owner, session):
    page = save(owner, TEXTS, privacy="ä" * 60_001)
    assert page.status_int == 422
    assert "at most 60,000 characters" in page.html.select_one("#privacy-error").text
    assert len(page.forms["settings"]["privacy"].value) == 60_001
    assert save(owner, TEXTS, privacy="字" * 60_000, terms="字" * 60_000, imprint="字" * 60_000).status_int == 303
    page = save(owner, TEXTS, privacy="x" * 2_000_000)
    assert page.status_int == 413
    assert "shorten it" in page.text


def test_a_public_page_asks_no_more_than_before(owner, session, wiring):
    make_album(session, wiring.storage)
    save(owner, TEXTS, terms="Words")
    owner.get("/help")
    with counted_statements(owner) as statements:
        owner.get("/help")
    assert len(statements) == 1
    with counted_statements(owner) as statements:
        owner.get("/terms")
    assert len(statements) == 2


def test_an_error_page_asks_nothing(owner):
    save(owner, name="Low Sun Tapes")
    owner.get("/help")
    with counted_statements(owner) as statements:
        page = owner.get("/nothing", status=404)
    assert statements == []
    assert page.html.title.text.endswith("Low Sun Tapes")


def test_what_was_read_is_what_is_kept(owner, wiring):
    save(owner, name="Low Sun Tapes", links="Us  at home https://example.com/\n\nThem https://example.org/")
    with wiring.reader.connect() as connection:
        shop = read_shop(connection, wiring.shop.preset)
    assert shop.name == "Low Sun Tapes"
    assert shop.links == (("Us at home", "https://example.com/"), ("Them", "https://example.org/"))


def choices(page, form):
    return [value for value, *_ in page.forms[form]["currency"].options]


def test_currencies_are_those_that_a_price_may_be_in(owner, session, wiring, draft):
    edit = f"/admin/albums/{draft.public_id}"
    assert len(choices(owner.get(edit), "editor")) > 50
    save(owner, currencies="usd gbp, USD").follow()
    assert owner.get(SETTINGS).forms["settings"]["currencies"].value == "USD, GBP"
    assert choices(owner.get(edit), "editor") == ["eur", "gbp", "usd"], "and the one that it has"
    upload = owner.get("/admin/albums").forms["new"].submit().follow()
    assert choices(upload, "finish") == ["gbp", "usd"]
    form = owner.get(edit).forms["editor"]
    form["currency"].force_value("jpy")
    assert form.submit("do", index=0, expect_errors=True).status_int == 422
    save(owner, currencies="")
    assert len(choices(owner.get(edit), "editor")) > 50
