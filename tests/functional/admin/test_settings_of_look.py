"""The shop's own colours and logo: legible whatever is chosen, drawn anew whatever is sent."""

import io

import pytest
from PIL import Image
from sqlalchemy import select
from webtest import TestApp, Upload

from storefront.media.accents import CONTRAST, DARK_PAPER, LIGHT_PAPER, contrast
from storefront.models import AuditEntry
from storefront.services.shop.backups.contents import needed_keys
from storefront.services.shop.identity.look import LARGEST_LOGO
from storefront.services.shop.stored_files import check_files
from tests.factories import make_album
from tests.support.statements import counted_statements

LOOK = "/admin/settings/look"


def colour(owner, do="save", **fields):
    form = owner.get(LOOK).forms["settings"]
    for name, value in fields.items():
        form[name] = value
    button = {"index": 0} if do == "save" else {"value": do}  # Save is there twice: Enter presses the first
    return form.submit("do", **button, expect_errors=True)


def send(owner, data, name="logo.png", form=None):
    form = form or owner.get(LOOK).forms["logo-form"]
    form["logo"] = Upload(name, data)
    return form.submit("do", value="upload", expect_errors=True)


def drawing(size=(800, 400), kind="PNG", mode="RGBA", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, (200, 30, 60, 90)[: len(mode)]).save(buffer, kind, **options)
    return buffer.getvalue()


def acts(session):
    session.expire_all()
    return [(entry.act, entry.subject, entry.detail["fields"]) for entry in session.scalars(select(AuditEntry))]


def stylesheet(page):
    [link] = page.html.select("link[href^='/shop/accent']")
    return link["href"]


def test_a_colour_is_worn_by_every_page_and_can_be_read(owner, session, wiring):
    make_album(session, wiring.storage)
    assert not owner.get("/").html.select("link[href^='/shop/accent']")
    before = owner.get("/help").headers["ETag"]
    colour(owner, light="#ffee00", dark="#000044").follow()
    visitor = TestApp(owner.app)
    page = visitor.get("/help", headers={"If-None-Match": before}, status=200)
    styles = visitor.get(stylesheet(page))
    assert (styles.content_type, styles.headers["Cache-Control"]) == ("text/css", "public, max-age=31536000, immutable")
    light, dark = (bytes.fromhex(part[1:7]) for part in styles.text.split("--accent: ")[1:])
    assert contrast(tuple(light), LIGHT_PAPER) >= CONTRAST
    assert contrast(tuple(dark), DARK_PAPER) >= CONTRAST
    links = [link["href"] for link in visitor.get("/albums/low-tide").html.select("link[rel=stylesheet]")]
    own = links.index(stylesheet(page))
    assert own < next(n for n, link in enumerate(links) if link.startswith("/covers/")), "the album's own wins"
    assert acts(session) == [("settings_saved", "look", ["accent"])]
    with counted_statements(owner) as statements:
        owner.get("/help")
    assert len(statements) == 1


def test_colours_of_yesterday_and_of_nobody_are_not_found(owner):
    colour(owner, light="#9c3a22", dark="#88ccff")
    old = stylesheet(owner.get("/"))
    owner.get(old)
    colour(owner, light="#006644", dark="#88ccff")
    for path in (old, "/shop/accent-000000-ffffff.css"):
        owner.get(path, status=404)


def test_a_preview_is_worn_by_one_page_and_saved_by_none(owner, session):
    page = colour(owner, do="preview", light="#006644", dark="#88ccff")
    [link] = page.html.select("link[href^='/admin/settings/look.css']")
    assert "#006644" in owner.get(link["href"]).text
    assert (page.forms["settings"]["light"].value, page.forms["settings"]["dark"].value) == ("#006644", "#88ccff")
    assert acts(session) == []
    assert not owner.get("/").html.select("link[href^='/shop/accent']")


def test_the_usual_colours_are_no_setting(owner, session):
    colour(owner)
    assert acts(session) == []
    colour(owner, light="#006644")
    colour(owner, do="usual")
    assert not owner.get("/").html.select("link[href^='/shop/accent']")


@pytest.mark.parametrize("value", ["red", "#fff", "#12345g", "", "#000000; } body { display: none", "#００００００"])
def test_what_is_no_colour_is_told(owner, session, value):
    page = colour(owner, light=value)
    assert page.status_int == 422
    assert "Enter a colour" in page.html.select_one("#light-error").text
    owner.get(f"{LOOK}.css", {"light": value, "dark": "#000000"}, status=400)
    assert acts(session) == []


def test_a_logo_stands_where_the_name_stood(owner, session, wiring):
    send(owner, drawing()).follow()
    logo = TestApp(owner.app).get("/help").html.select_one(".masthead .name img")
    assert (logo["alt"], logo["width"], logo["height"]) == ("Harbour Lights Records", "384", "192")
    sent = TestApp(owner.app).get(logo["src"])
    assert (sent.content_type, sent.headers["Cache-Control"]) == ("image/png", "public, max-age=31536000, immutable")
    shown = Image.open(io.BytesIO(sent.body))
    assert (shown.size, shown.getpixel((0, 0))[3]) == ((384, 192), 90)
    with wiring.engine.connect() as connection:
        assert needed_keys(connection) == list(wiring.storage.all_keys())
    with wiring.sessions() as other:
        checked = check_files(other, wiring.storage, lambda *_: None)
    assert (checked.missing, checked.spoilt) == ([], [])
    owner.get(LOOK).forms["logo-form"].submit("do", value="remove").follow()
    assert owner.get("/").html.select_one(".masthead .name").text == "Harbour Lights Records"
    TestApp(owner.app).get(logo["src"], status=404)
    assert [what for _, what, _ in acts(session)] == ["look", "look"]


def test_nothing_of_the_file_is_left_but_its_picture(owner, wiring):
    comment = b"<script>alert(1)</script>"
    send(owner, drawing((40, 20), "JPEG", "RGB", comment=comment) + comment, "x.jpg").follow()
    [key] = wiring.storage.all_keys()
    with wiring.storage.open(key) as file:
        assert b"script" not in file.read()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Choose a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "it is not a JPEG, PNG or WebP"),
        (drawing((40, 20), "GIF", "P"), "it is not a JPEG, PNG or WebP"),
        (drawing()[:-60], "it is damaged or cut off"),
        (b"\x89PNG" + b"\0" * 100, "it is damaged or cut off"),
        (drawing((20_000, 10), mode="L"), "12,000 a side is the most"),
        (drawing((40, 20)) + b"\0" * LARGEST_LOGO, "It is larger than 1 MB"),
    ],
)
def test_what_is_no_logo_is_told(owner, session, wiring, data, told):
    page = send(owner, data)
    assert page.status_int == 422
    assert told in page.html.select_one("#logo-error").text
    assert acts(session) == []
    assert list(wiring.storage.all_keys()) == []


def test_a_much_larger_file_is_refused_before_it_is_read(owner, session):
    page = send(owner, b"\0" * 1_200_000)
    assert page.status_int == 413
    assert "one megabyte" in page.text


def test_a_logo_without_its_forms_token_is_not_taken(owner, session):
    form = owner.get(LOOK).forms["logo-form"]
    form["csrf_token"] = "0" * 64
    assert send(owner, drawing(), form=form).status_int == 403
    assert acts(session) == []


def test_of_two_logos_at_once_the_second_is_told(owner, session):
    late = owner.get(LOOK).forms["logo-form"]
    send(owner, drawing((40, 20)))
    assert send(owner, drawing((20, 20)), form=late).status_int == 409
    assert len(acts(session)) == 1
