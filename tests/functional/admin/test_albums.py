"""The owner's albums: listed, edited, put in order, published, and never saved over somebody else's words."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from webtest import TestApp

from storefront.models import Album, AlbumState, Artist, Edition, EditionState, Job, writing
from storefront.services.catalogue.editions import MOST_TRACKS
from storefront.services.catalogue.production import request_files
from storefront.services.catalogue.publishing import withdraw
from storefront.serving import DEFAULTS
from storefront.web.limits import largest_form
from tests.factories import make_album
from tests.support.people import sign_in

LARGEST_ALBUM = largest_form(f"/admin/albums/{'0' * 32}")


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


def editor(browser, album, **query):
    return browser.get(f"/admin/albums/{album.public_id}", query).forms["editor"]


def save(form, **fields):
    for name, value in fields.items():
        form[name] = value
    return form.submit("do", index=0, expect_errors=True)


def fresh(session, album):
    session.expire_all()
    session.commit()
    return session.scalars(select(Album).where(Album.id == album.id)).one()


def editions(session, album):
    session.expire_all()
    session.commit()
    return session.scalars(select(Edition).where(Edition.album_id == album.id).order_by(Edition.number)).all()


def titles(page):
    return [field["value"] for field in page.html.select(".edit-tracks input[name$=-title]")]


def test_an_empty_shop_says_how_it_begins(owner):
    page = owner.get("/admin/albums")
    assert "There are no albums yet" in page.text
    assert "new" in page.forms


def test_every_album_is_listed_with_its_state_and_what_it_lacks(owner, session, wiring):
    make_album(session, wiring.storage)
    make_album(session, wiring.storage, slug="soon", title="Not Yet", released="2126-01-01")
    make_album(session, wiring.storage, slug="bare", title="Bare", cover=None, state=AlbumState.DRAFT)
    gone = make_album(session, wiring.storage, slug="gone", title="Gone")
    withdraw(session, gone, datetime.now(UTC))
    page = owner.get("/admin/albums")
    states = {
        " ".join(item.h2.text.split()): " ".join(item.select_one(".state").text.split())
        for item in page.html.select(".stock > li")
    }
    assert states == {
        "Low Tide": "on sale",
        "Not Yet": "scheduled for January 1, 2126",
        "Bare": "draft",
        "Gone": "withdrawn",
    }
    missing = {
        item.h2.text: [line.text for line in item.select(".missing li")] for item in page.html.select(".stock > li")
    }
    assert any("It has no cover" in sentence for sentence in missing["Bare"])
    assert missing["Low Tide"] == missing["Not Yet"] == []


def test_all_words_of_an_album_are_changed_and_nothing_else(owner, session, draft):
    before = editions(session, draft)[0].public_id
    answer = save(editor(owner, draft), description="New *words*", price="12.50", currency="usd", pricing="minimum",
                  cover_alt="A lighthouse")  # fmt: skip
    assert answer.status_int == 303
    assert "Saved." in answer.follow().text
    now = fresh(session, draft)
    assert (now.description, now.amount, now.currency, now.pricing) == ("New *words*", 1250, "usd", "minimum")
    assert now.cover_alt == "A lighthouse"
    assert [edition.public_id for edition in editions(session, draft)] == [before]
    assert (now.title, now.credits, now.released) == (draft.title, draft.credits, draft.released)


def test_new_tags_make_a_new_edition_and_the_old_one_sells_meanwhile(owner, session, album):
    sold = album.edition_id
    save(editor(owner, album), title="High Tide", genre="Songs")
    old, new = editions(session, album)
    now = fresh(session, album)
    assert (now.edition_id, old.id, new.state) == (sold, sold, EditionState.BUILDING)
    assert session.scalars(select(Job.key).where(Job.kind == "produce")).all() == [f"produce:{new.public_id}"]
    assert [track.master_digest for track in new.tracks] == [track.master_digest for track in old.tracks]
    assert now.slug == "high-tide"
    visitor = TestApp(owner.app)
    assert visitor.get("/albums/low-tide").location.endswith("/albums/high-tide")
    assert "Songs" in visitor.get("/albums/high-tide").text


def test_saving_what_is_there_changes_nothing(owner, session, album):
    save(editor(owner, album), credits="Recorded at sea")
    before = [edition.public_id for edition in editions(session, album)]
    save(editor(owner, album))
    assert [edition.public_id for edition in editions(session, album)] == before


def test_the_words_of_tracks(owner, session, draft):
    form = editor(owner, draft)
    first = re.match("track-(.*)-title", next(name for name in form.fields if name and name.endswith("-title")))[1]
    save(form, **{
        f"track-{first}-title": "Harbour (Demo)",
        f"track-{first}-artist_credit": "Somebody Else",
        f"track-{first}-composer": "M. Quist",
        f"track-{first}-isrc": "gb-aye-69-00123",
        f"track-{first}-lyrics": "One line\r\nand another",
    })  # fmt: skip
    track = editions(session, draft)[-1].tracks[0]
    assert (track.title, track.artist_credit, track.composer) == ("Harbour (Demo)", "Somebody Else", "M. Quist")
    assert (track.isrc, track.lyrics) == ("GBAYE6900123", "One line\nand another")
    assert track.peaks  # of the same master, and need not be made again


def test_previews_are_set_without_a_new_edition(owner, session, draft):
    form = editor(owner, draft)
    names = [name for name in form.fields if name and name.endswith("-preview")]
    save(form, **dict(zip(names, ("30", "none", "all"), strict=True)))
    [edition] = editions(session, draft)
    assert [track.preview_seconds for track in edition.tracks] == [30, 0, None]
    save(editor(owner, draft), preview_all="90")
    [edition] = editions(session, draft)
    assert [track.preview_seconds for track in edition.tracks] == [90, 90, 90]
    assert session.scalars(select(Job).where(Job.kind == "produce")).all()


def test_formats_on_offer(owner, session, draft):
    form = editor(owner, draft)
    for name in ("format-flac", "format-mp3-v0"):
        form[name] = name == "format-flac"
    save(form)
    assert fresh(session, draft).formats[0] == "flac"
    assert "mp3-v0" not in fresh(session, draft).formats
    owner.get(f"/admin/albums/{draft.public_id}").forms["publish"].submit("publish")
    formats = TestApp(owner.app).get("/albums/low-tide").html.select_one(".formats")
    assert ("FLAC" in formats.text, "MP3" in formats.text) == (True, False)
    form = editor(owner, draft)
    for name in [name for name in form.fields if name and name.startswith("format-")]:
        form[name] = False
    assert "Tick one format at least" in save(form).text


def test_the_order_by_buttons_without_javascript(owner, session, draft):
    """A button moves a track on the page and keeps what was typed; the order is saved with the rest."""
    page = owner.get(f"/admin/albums/{draft.public_id}")
    assert titles(page) == ["Harbour", "What the Rain Said", "Slack Water"]
    form = page.forms["editor"]
    form["title"] = "Typed and not lost"
    down = page.html.select_one(".edit-tracks button[data-move='1']")["value"]
    moved = form.submit("do", value=down)
    assert titles(moved) == ["What the Rain Said", "Harbour", "Slack Water"]
    assert "not saved yet" in moved.text
    assert moved.forms["editor"]["title"].value == "Typed and not lost"
    assert editions(session, draft)[-1].tracks[0].title == "Harbour"
    up = moved.html.select(".edit-tracks button[data-move='-1']")[2]["value"]
    again = moved.forms["editor"].submit("do", value=up)
    assert titles(again) == ["What the Rain Said", "Slack Water", "Harbour"]
    save(again.forms["editor"])
    tracks = editions(session, draft)[-1].tracks
    assert [(track.position, track.title) for track in tracks] == [
        (1, "What the Rain Said"),
        (2, "Slack Water"),
        (3, "Harbour"),
    ]


def test_a_track_goes_only_by_its_tick(owner, session, draft):
    form = editor(owner, draft)
    ticks = [name for name in form.fields if name and name.endswith("-remove")]
    save(form, **{ticks[1]: True})
    assert [(track.position, track.title) for track in editions(session, draft)[-1].tracks] == [
        (1, "Harbour"),
        (2, "Slack Water"),
    ]
    form = editor(owner, draft)
    gone = save(form, **{name: True for name in form.fields if name and name.endswith("-remove")})
    assert (gone.status_int, "one track at least" in gone.text) == (422, True)
    form = editor(owner, draft)
    fields = [(name, value) for name, value in form.submit_fields() if not name.startswith("track-")]
    owner.post(f"/admin/albums/{draft.public_id}", fields)
    assert len(editions(session, draft)[-1].tracks) == 2


def test_discs_count_by_themselves(owner, session, draft):
    form = editor(owner, draft)
    discs = [name for name in form.fields if name and name.endswith("-disc")]
    save(form, **dict(zip(discs, "212", strict=True)))
    assert [(track.disc, track.position, track.title) for track in editions(session, draft)[-1].tracks] == [
        (1, 1, "What the Rain Said"),
        (2, 1, "Harbour"),
        (2, 2, "Slack Water"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "  ", "Enter a title"),
        ("title", "x" * 501, "at most 500"),
        ("artist_credit", "", "Enter an artist"),
        ("price", "cheap", "is no price"),
        ("price", "0.10", "less than Stripe charges"),
        ("released", "soon", "Enter a date like"),
        ("released", "2026-02-30", "Enter a date like"),
        ("description", "x" * 20_001, "at most 20,000"),
    ],
)
def test_an_error_is_said_by_its_field_and_all_is_kept(owner, session, draft, field, value, words):
    again = save(editor(owner, draft), **{"genre": "Kept", field: value})
    assert again.status_int == 422
    assert words in again.html.select_one(f"#{field}-error").text
    assert words in again.html.select_one(".problems").text
    assert again.html.title.text.startswith("Error: ")
    assert again.html.select_one(f"#{field}")["aria-describedby"].split()[-1] == f"{field}-error"
    assert again.forms["editor"]["genre"].value == "Kept"
    assert again.forms["editor"][field].value == value
    assert fresh(session, draft).genre == "Folk"


def test_an_error_in_a_track_names_it(owner, draft):
    form = editor(owner, draft)
    isrc = next(name for name in form.fields if name and name.endswith("-isrc"))
    again = save(form, **{isrc: "nonsense"})
    assert "Harbour: An ISRC has" in again.html.select_one(".problems").text
    assert again.html.select_one(f"[id='{isrc}']").find_parent("details").has_attr("open")


def test_the_second_of_two_editors_is_refused_and_loses_nothing(owner, session, draft):
    other = TestApp(owner.app)
    sign_in(other, "owner@example.com")
    mine, theirs = editor(owner, draft), editor(other, draft)
    assert save(theirs, title="Theirs", genre="Ambient").status_int == 303
    refused = save(mine, title="Mine")
    assert refused.status_int == 409
    assert "Somebody else saved this album" in refused.text
    told = [item.text for item in refused.html.select(".theirs dt, .theirs dd")]
    assert told == ["Title", "Theirs", "Genre", "Ambient"]
    assert refused.forms["editor"]["title"].value == "Mine"
    assert fresh(session, draft).title == "Theirs"
    assert save(refused.forms["editor"]).status_int == 303  # knowingly, over theirs
    assert (fresh(session, draft).title, fresh(session, draft).genre) == ("Mine", "Folk")


def test_the_description_is_previewed_and_safe(owner, draft):
    form = editor(owner, draft)
    form["description"] = "So *soft* <script>alert(1)</script> [x](javascript:alert(1))"
    shown = form.submit("do", value="preview").html.select_one("#preview")
    assert shown.em.text == "soft"
    assert not shown.select("script, a[href^=javascript]")


def test_published_when_nothing_is_missing_and_taken_out_again(owner, session, draft):
    visitor = TestApp(owner.app)
    visitor.get("/albums/low-tide", status=404)
    owner.get(f"/admin/albums/{draft.public_id}").forms["publish"].submit("publish")
    assert "Low Tide" in visitor.get("/albums/low-tide").text
    after = owner.get(f"/admin/albums/{draft.public_id}").forms["withdraw"].submit("withdraw").follow()
    visitor.get("/albums/low-tide", status=410)
    assert fresh(session, draft).state == AlbumState.WITHDRAWN

    assert "Low Tide is out of the shop" in after.html.select_one("[role=status]").text
    assert after.forms["publish"].submit("publish").status_int == 303
    assert "Low Tide" in visitor.get("/albums/low-tide").text
    assert "is out of the shop" not in owner.get(after.request.path_qs).html.select_one("main").text


def test_a_format_that_is_new_is_made_before_the_album_is_sold(owner, session, draft):
    form = editor(owner, draft)
    form["format-aac-256"] = True
    page = save(form).follow()
    assert [item.text for item in page.html.select(".missing li")] == [
        "Its files are not made yet: the shop's worker does that by itself."
    ]
    assert "publish" not in page.forms
    assert len(editions(session, draft)) == 1
    [job] = session.scalars(select(Job).where(Job.kind == "produce"))
    assert job.args == {"edition": editions(session, draft)[0].public_id}


def test_what_is_missing_is_listed_and_keeps_it_out(owner, session, wiring):
    bare = make_album(session, wiring.storage, cover=None, state=AlbumState.DRAFT, edition_state=EditionState.BUILDING)
    page = owner.get(f"/admin/albums/{bare.public_id}")
    missing = [item.text for item in page.html.select(".missing li")]
    assert any("no cover" in sentence for sentence in missing)
    assert any("files are not made" in sentence for sentence in missing)
    assert "publish" not in page.forms
    token = page.forms["editor"]["csrf_token"].value
    fields = {"csrf_token": token, "publish": "yes"}
    refused = owner.post(f"/admin/albums/{bare.public_id}/sale", fields, status=409)
    assert "It has no cover" in refused.text
    assert fresh(session, bare).state == AlbumState.DRAFT


def test_how_far_the_files_are_is_asked_for_alone(owner, session, wiring, draft):
    bare = make_album(session, wiring.storage, slug="bare", title="Bare", edition_state=EditionState.BUILDING,
                      state=AlbumState.DRAFT)  # fmt: skip
    part = owner.get(f"/admin/albums/{bare.public_id}?making")
    assert "Its files are being made" in part.html.select_one("[data-live]").text
    assert not part.html.select("form, h1")
    assert not owner.get(f"/admin/albums/{draft.public_id}?making").html.select("[data-live]")


def test_a_failed_production_says_why(owner, session, wiring, worker):
    bare = make_album(session, wiring.storage, state=AlbumState.DRAFT, edition_state=EditionState.BUILDING)
    masters = {}
    for track in bare.edition.tracks:
        with wiring.storage.open(track.master_digest) as file:
            masters[track.master_digest] = file.read()
        wiring.storage.delete(track.master_digest)
    with writing(session):
        request_files(session, bare.edition)
    worker.run_due()
    page = owner.get(f"/admin/albums/{bare.public_id}")
    assert "Its files cannot be made" in page.text
    assert "it is not in the storage" in page.text
    for digest, data in masters.items():
        wiring.storage.put_bytes(digest, data)
    page.forms["again"].submit("again")
    worker.run_due()
    assert "Its files cannot be made" not in owner.get(f"/admin/albums/{bare.public_id}").text
    assert fresh(session, bare).edition.state == EditionState.READY


def test_artists_get_pages_and_the_only_one_follows_the_credit(owner, session, draft):
    save(editor(owner, draft), artist_credit="Mara Quist Trio")
    names = [credited.artist.name for credited in fresh(session, draft).artists]
    assert names == ["Mara Quist Trio"]
    save(editor(owner, draft), artists="Mara Quist\nThe Slow Hours")
    assert [credited.artist.name for credited in fresh(session, draft).artists] == ["Mara Quist", "The Slow Hours"]
    assert set(session.scalars(select(Artist.name))) == {"Mara Quist", "Mara Quist Trio", "The Slow Hours"}


def test_fields_of_nobody_change_nothing(owner, session, draft):
    form = editor(owner, draft)
    sneaky = {"state": "published", "slug": "mine", "edition_id": "1", "amount": "1", "public_id": "0" * 32}
    owner.post(f"/admin/albums/{draft.public_id}", [*form.submit_fields(), *sneaky.items()])
    now = fresh(session, draft)
    assert (now.state, now.slug, now.amount) == (AlbumState.DRAFT, "low-tide", 900)


@pytest.mark.parametrize(
    "version", ["", "yesterday", "2026-01-01", "9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+23:59"]
)
def test_a_version_that_is_none_is_refused(owner, draft, version):
    form = editor(owner, draft)
    form["version"].force_value(version)
    assert save(form).status_int == 400


def test_a_draft_shows_its_cover_to_its_owner_alone(owner, draft):
    path = f"{draft.cover_digest}-320.jpg"
    assert owner.get(f"/admin/covers/{path}").content_type == "image/jpeg"
    TestApp(owner.app).get(f"/covers/{path}", status=404)
    owner.get(f"/admin/covers/{'0' * 64}-320.jpg", status=404)


def test_an_album_of_a_hundred_tracks_with_lyrics_is_one_form(owner, session, wiring):
    long = make_album(session, wiring.storage, slug="long", title="Long", state=AlbumState.DRAFT,
                      tracks=[f"Part {number}" for number in range(1, 101)])  # fmt: skip
    form = editor(owner, long)
    for name in [name for name in form.fields if name and name.endswith("-lyrics")]:
        form[name] = "la la la\n" * 400
    assert save(form).status_int == 303
    assert all(track.lyrics for track in editions(session, long)[-1].tracks)


def test_an_album_of_the_most_tracks_is_one_form(owner, session, wiring):
    """With every field that a browser sends when all is ticked."""
    tracks = [f"Song {number}" for number in range(MOST_TRACKS)]
    album = make_album(session, wiring.storage, state=AlbumState.DRAFT, tracks=tracks)
    form = editor(owner, album)
    ticks = [name for name in form.fields if name and name.endswith("-remove")]
    for name in ticks[1:]:
        form[name] = True
    assert save(form).status_int == 303
    assert [track.title for track in editions(session, album)[-1].tracks] == ["Song 0"]


def test_words_that_are_too_many_are_told_in_the_shops_look(owner, session, draft):
    form = editor(owner, draft)
    answer = save(form, description="x" * LARGEST_ALBUM)
    assert answer.status_int == 413
    assert "more than one page can save" in answer.html.main.text
    assert "go back" in answer.html.main.text
    assert fresh(session, draft).description != "x" * LARGEST_ALBUM
    assert DEFAULTS["max_request_body_size"] > LARGEST_ALBUM, "else the server answers before the shop"


def test_a_title_of_what_cannot_be_seen_is_none(owner, session, draft):
    form = editor(owner, draft)
    track = next(name for name in form.fields if name and name.endswith("-title"))
    answer = save(form, **{"title": "\u202e", "artist_credit": "\ufeff", track: "\u2066 \u2069"})
    assert answer.status_int == 422
    assert "Enter an artist" in answer.text
    assert answer.text.count("Enter a title") >= 2
    assert fresh(session, draft).title == draft.title


def test_a_shorter_preview_holds_at_once_whatever_else_is_saved(owner, session, album):
    """The edition that is sold meanwhile is heard no longer than its owner wants, too."""
    visitor = TestApp(owner.app)
    stream = visitor.get("/albums/low-tide").html.select_one("[data-stream], a[href^='/stream/']")
    assert stream is not None
    save(editor(owner, album), genre="Songs", preview_all="none")
    old, new = editions(session, album)
    assert fresh(session, album).edition_id == old.id
    assert [track.preview_seconds for track in (*old.tracks, *new.tracks)] == [0] * 6
    assert "/stream/" not in visitor.get("/albums/low-tide").text
    save(editor(owner, album), preview_all="30")  # nothing but that, while the newer one is being made
    assert [track.preview_seconds for track in editions(session, album)[0].tracks] == [30] * 3
