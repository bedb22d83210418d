"""The owner's artists: listed, renamed, moved, made one of two, deleted; and no album is touched by any of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from webtest import TestApp

from storefront.models import Album, AlbumArtist, AlbumPurchase, Artist, AuditEntry, writing
from tests.factories import make_album
from tests.support.people import make_purchase
from tests.support.statements import counted_statements


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


@pytest.fixture
def artist(album):
    return album.artists[0].artist


def page_of(owner, artist):
    return owner.get(f"/admin/artists/{artist.public_id}")


def save(owner, artist, **fields):
    form = page_of(owner, artist).forms["artist"]
    for name, value in fields.items():
        form[name] = value
    return form.submit("do", index=0, expect_errors=True)


def fresh(session, artist):
    public_id = artist.public_id
    session.commit()
    found = select(Artist).where(Artist.public_id == public_id).execution_options(populate_existing=True)
    return session.scalars(found).one_or_none()


def acts(session):
    session.commit()
    return [(entry.act, entry.subject, entry.detail) for entry in session.scalars(select(AuditEntry))]


def lonely(session, name="Nobody Anymore"):
    made = Artist(public_id="b" * 32, slug="nobody-anymore", name=name, biography="", created=datetime.now(UTC))
    with writing(session):
        session.add(made)
    return made


def test_a_shop_without_artists_says_where_they_come_from(owner):
    assert "There are no artists yet" in owner.get("/admin/artists").text


def test_everybody_is_listed_by_name_and_found_by_a_part_of_it(owner, session, wiring, album):
    make_album(session, wiring.storage, slug="two", title="Two", artists=("Mara Quist", "Élan & Co"))
    lonely(session)
    page = owner.get("/admin/artists")
    lines = [" ".join(line.text.split()) for line in page.html.select(".people li")]
    assert lines == [
        "Élan & Co one album",
        "Mara Quist 2 albums",
        "Nobody Anymore no album · no words about them yet",
    ]
    found = owner.get("/admin/artists", {"q": "elan"})
    assert [link.text for link in found.html.select(".people a")] == ["Élan & Co"]
    assert "No artist has that" in owner.get("/admin/artists", {"q": "zzz"}).text
    owner.get("/admin/artists?page=x", status=404)


def test_the_list_asks_once_however_long_it_is(owner, session):
    with writing(session):
        session.add_all(
            Artist(public_id=f"{number:032}", slug=f"a-{number}", name=f"A {number}", created=datetime.now(UTC))
            for number in range(150)
        )
    owner.get("/admin/artists")
    with counted_statements(owner) as statements:
        page = owner.get("/admin/artists?page=2")
    assert len(page.html.select(".people li")) == 50
    assert len([statement for statement in statements if " artist" in statement]) == 1


def test_a_new_name_and_address_and_the_old_ones_lead_there(owner, session, album, artist):
    answer = save(owner, artist, name="Mara Quist Trio", slug="mara-quist-trio", biography="They *play*.")
    assert answer.status_int == 303
    assert "Saved." in answer.follow().text
    visitor = TestApp(owner.app)
    moved = visitor.get("/artists/mara-quist", status=301)
    assert moved.location.endswith("/artists/mara-quist-trio")
    page = visitor.get("/artists/mara-quist-trio")
    assert "Mara Quist Trio" in page.text
    assert "<em>play</em>" in page.text
    assert "Low Tide" in visitor.get("/search", {"q": "trio"}).text
    assert "Mara Quist Trio" in visitor.get("/artists").text
    # What stands on the sleeve stays.
    assert session.scalar(select(Album.artist_credit)) == "Mara Quist"
    assert acts(session) == [
        ("artist_saved", artist.public_id, {"name": "Mara Quist Trio", "fields": ["name", "slug", "biography"]})
    ]
    assert "saved: name, address, biography" in owner.get("/admin/audit").text


def test_back_to_an_address_that_was_theirs(owner, session, album, artist):
    save(owner, artist, slug="mara")
    save(owner, artist, slug="mara-quist")
    visitor = TestApp(owner.app)
    visitor.get("/artists/mara-quist", status=200)
    assert visitor.get("/artists/mara", status=301).location.endswith("/artists/mara-quist")


def test_an_old_address_is_nobody_elses(owner, session, wiring, album, artist):
    save(owner, artist, name="Trio", slug="trio")
    other = make_album(session, wiring.storage, slug="two", title="Two", artists=("Ida",)).artists[0].artist
    answer = save(owner, other, slug="mara-quist")
    assert answer.status_int == 422
    assert "had it" in answer.html.select_one("#slug-error").text
    assert answer.forms["artist"]["slug"].value == "mara-quist"


def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(owner, session, wiring, album, artist):
    make_album(session, wiring.storage, slug="two", title="Two", artists=("Ida",))
    for field, value, sentence in (
        ("name", " \x07 ", "Enter a name"),
        ("name", "x" * 501, "at most 500 characters"),
        ("name", "Ida", "Another artist has this name"),
        ("slug", "Mara Quist", "small letters, digits and hyphens"),
        ("slug", "", "small letters, digits and hyphens"),
        ("slug", "../x", "small letters, digits and hyphens"),
        ("slug", "ida", "Another artist has this address"),
    ):
        answer = save(owner, artist, **{field: value})
        assert answer.status_int == 422, (field, value)
        assert sentence in answer.html.select_one(f"#{field}-error").text
        assert answer.forms["artist"][field].value == value
        assert answer.html.title.text.startswith("Error: ")
    now = fresh(session, artist)
    assert (now.name, now.slug) == ("Mara Quist", "mara-quist")
    assert acts(session) == []


def test_words_are_escaped_and_previewed_without_being_saved(owner, session, album, artist):
    form = page_of(owner, artist).forms["artist"]
    form["biography"] = "<script>alert(1)</script> *soft*"
    page = form.submit("do", index=1)
    shown = page.html.select_one("#preview")
    assert shown.em.text == "soft"
    assert shown.script is None
    assert fresh(session, artist).biography == "Mara Quist sings and plays."


def test_nobody_saves_over_what_another_saved(owner, session, album, artist):
    form = page_of(owner, artist).forms["artist"]
    save(owner, artist, biography="Theirs.")
    form["biography"] = "Mine."
    answer = form.submit("do", index=0, expect_errors=True)
    assert answer.status_int == 409
    assert "Somebody else saved" in answer.text
    assert fresh(session, artist).biography == "Theirs."
    again = answer.forms["artist"].submit("do", index=0)
    assert again.status_int == 303
    assert fresh(session, artist).biography == "Mine."


def test_saving_what_is_there_changes_nothing(owner, session, album, artist):
    assert save(owner, artist).status_int == 303
    assert acts(session) == []


def test_two_that_are_one(owner, session, wiring, album, artist):
    both = make_album(session, wiring.storage, slug="two", title="Two", artists=("Mara Quist", "M. Quist"))
    twin = both.artists[1].artist
    make_album(session, wiring.storage, slug="three", title="Three", artists=("M. Quist",))
    make_purchase(session, both, buyer_key="account:x")
    save(owner, twin, slug="mq")
    form = page_of(owner, twin).forms["merge"]
    form["merge-into"].select(text="Mara Quist")
    wrong = form.submit(expect_errors=True)
    assert wrong.status_int == 422
    assert "Type their name" in wrong.html.select_one("#merge-sure-error").text
    assert wrong.html.select_one('.problems a[href="#merge-sure"]')
    form = wrong.forms["merge"]
    form["merge-sure"] = "m. quist"
    assert form.submit().location.endswith(f"/admin/artists/{artist.public_id}?saved")
    assert fresh(session, twin) is None
    credits = session.execute(select(Album.slug, AlbumArtist.artist_id).join(AlbumArtist).order_by(Album.slug)).all()
    assert credits == [(slug, artist.id) for slug in ("low-tide", "three", "two")]
    visitor = TestApp(owner.app)
    for old in ("m.-quist", "mq"):
        assert visitor.get(f"/artists/{old}", status=301).location.endswith("/artists/mara-quist")
    assert "3 albums" in visitor.get("/artists/mara-quist").text
    assert session.scalars(select(AlbumPurchase)).one().has_access
    assert acts(session)[-1] == ("artists_merged", artist.public_id, {"name": "Mara Quist", "other": "M. Quist"})
    assert "made one with M. Quist" in owner.get("/admin/audit").text
    # A second press of the button finds nobody.
    form.submit(status=404)


def test_who_has_an_album_is_not_deleted_whatever_its_state(owner, session, album, artist):
    page = page_of(owner, artist)
    assert "delete" not in page.forms
    token = page.forms["artist"]["csrf_token"].value
    fields = {"csrf_token": token, "delete-sure": artist.name}
    answer = owner.post(f"/admin/artists/{artist.public_id}/delete", fields, expect_errors=True)
    assert answer.status_int == 422
    assert fresh(session, artist) is not None


def test_who_has_none_is(owner, session, album):
    alone = lonely(session)
    save(owner, alone, slug="nobody")
    form = page_of(owner, alone).forms["delete"]
    form.submit(status=422)
    form["delete-sure"] = "Nobody Anymore"
    listed = form.submit().follow()
    assert "Nobody Anymore is deleted" in listed.text
    assert fresh(session, alone) is None
    assert acts(session)[-1] == ("artist_deleted", "b" * 32, {"name": "Nobody Anymore"})
    assert "Nobody Anymore" in owner.get("/admin/audit").text
    # Its address is free again.
    assert save(owner, album.artists[0].artist, slug="nobody").status_int == 303
