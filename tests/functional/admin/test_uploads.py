"""Music through the browser: chunk by chunk, interrupted and gone on with, and made into an album by a job."""

import os
import shutil
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from webtest import TestApp

from storefront.models import Album, AlbumState, Edition, Job, Track, Upload, UploadFile, UploadState, writing
from storefront.services.catalogue import editions
from storefront.services.catalogue.uploading.tidying import tidy_uploads
from tests.factories import make_album
from tests.functional.admin.conftest import CHUNK, open_upload
from tests.functional.importing.conftest import picture, tone
from tests.support.people import make_customer, sign_in

LARGE = bytes(range(256)) * 8_000  # 2 MB and a bit: three chunks


def the_upload(session):
    session.expire_all()
    session.commit()
    return session.scalars(select(Upload)).one()


def test_an_album_out_of_a_browser(desk, songs, session, worker):
    """Two songs, a cover and one file that is no music: named, and the others become a draft."""
    for name, data in songs.items():
        desk.upload(name, data)
    assert desk.finish(price="9.00", currency="eur").status_int == 303
    waiting = desk.app.get(desk.page)
    assert "0 of 4 looked at" in waiting.text
    assert waiting.html.select_one("[data-live]")

    worker.run_due()
    page = desk.app.get(desk.page)
    [wrong] = [item.text for item in page.html.select(".report .wrong")]
    assert "03 Broken.flac" in wrong
    assert [" ".join(item.text.split()) for item in page.html.select(".report li:not(.wrong) .file")] == [
        "01 Harbour.flac",
        "02 Slack Water.flac",
    ]
    album = session.scalars(select(Album)).one()
    assert (album.state, album.amount, album.currency) == (AlbumState.DRAFT, 900, "eur")
    assert album.cover_digest
    assert [track.title for track in session.scalars(select(Track).order_by(Track.position))] == [
        "Harbour",
        "Slack Water",
    ]
    assert page.click("Go on to the album").request.path == f"/admin/albums/{album.public_id}"


def test_what_was_read_takes_no_more_room(desk, songs, session, worker, wiring, tmp_path):
    for name, data in songs.items():
        desk.upload(name, data)
    assert list((tmp_path / "uploads").rglob("*"))
    desk.finish(price="9.00")
    worker.run_due()
    assert not [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]


def test_names_on_disk_are_not_those_that_were_sent(desk, songs, tmp_path):
    desk.upload("../../01 Harbour.flac", songs["01 Harbour.flac"])
    [path] = [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
    assert len(path.name) == 32
    assert int(path.name, 16)


def test_a_file_that_was_cut_off_goes_on_where_it_was(desk):
    """As after a reload: the browser has only the file's name, size and time, and asks."""
    first = desk.announce("01 Harbour.wav", len(LARGE)).json
    assert first["received"] == 0
    assert desk.send(first["url"], 0, LARGE[:CHUNK]).json == {"received": CHUNK}
    assert "48 % is here" in desk.app.get(desk.page).text
    again = desk.announce("01 Harbour.wav", len(LARGE)).json
    assert again == {**first, "received": CHUNK}
    assert desk.upload("01 Harbour.wav", LARGE) == first["url"]
    other = desk.announce("01 Harbour.wav", len(LARGE), modified=5).json
    assert (other["received"], other["url"] == first["url"]) == (0, False)


def test_a_chunk_comes_once_in_its_place_and_whole(desk, tmp_path):
    url = desk.announce("01 Harbour.wav", len(LARGE)).json["url"]
    desk.send(url, 0, LARGE[:1000])
    twice = desk.send(url, 0, LARGE[:1000], status=409)
    assert twice.json["received"] == 1000
    assert desk.send(url, 2000, LARGE[2000:3000], status=409).json["received"] == 1000
    damaged = desk.send(url, 1000, LARGE[1000:2000], digest=b"x" * 32, status=400)
    assert "damaged" in damaged.json["problem"]
    desk.send(url, 1000, LARGE[1000:] + b"too much", status=413 if len(LARGE) > CHUNK else 409)
    assert desk.send(url, 1000, LARGE[1000:2000]).json == {"received": 2000}
    [path] = [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
    assert path.read_bytes() == LARGE[:2000]


def test_bytes_beyond_the_announced_size_are_refused(desk):
    url = desk.announce("01 Harbour.wav", 10).json["url"]
    assert desk.send(url, 0, b"elevenbytes", status=409).json["received"] == 0


@pytest.mark.parametrize(
    ("name", "size", "status", "words"),
    [
        ("booklet.pdf", 1000, 422, "neither music nor a cover"),
        ("._01 Harbour.flac", 1000, 422, "neither music nor a cover"),
        ("", 1000, 422, "neither music nor a cover"),
        ("01 Harbour.flac", 0, 422, "empty"),
        ("01 Harbour.flac", 5_000_000_000, 413, "4,000 MB"),
    ],
)
def test_a_wrong_file_is_told_at_once_and_why(desk, session, name, size, status, words):
    assert words in desk.announce(name, size, status=status).json["problem"]
    assert session.scalars(select(UploadFile)).all() == []


def test_a_full_disk_says_so_and_loses_nothing(make_app, ini, session, owner, tmp_path):
    desk = open_upload(owner, owner.get("/admin/albums").forms["new"].submit())
    url = desk.announce("01 Harbour.wav", len(LARGE)).json["url"]
    desk.send(url, 0, LARGE[:CHUNK])
    free = shutil.disk_usage(tmp_path).free
    full = make_app({**ini, "uploads.keep_free": str(free // 1_000_000 + 1_000)})
    same = TestApp(full.app, cookiejar=owner.cookiejar)
    desk.app = same
    assert "disk is full" in desk.send(url, CHUNK, LARGE[CHUNK : 2 * CHUNK], status=507).json["problem"]
    assert "disk is full" in desk.announce("02.wav", 10, status=507).json["problem"]
    desk.app = owner
    assert desk.send(url, CHUNK, LARGE[CHUNK : 2 * CHUNK]).json == {"received": 2 * CHUNK}


def test_not_before_everything_is_here(desk, session):
    nothing = desk.finish(price="9.00")
    assert (nothing.status_int, "There is no music yet" in nothing.text) == (409, True)
    url = desk.announce("01 Harbour.wav", len(LARGE)).json["url"]
    desk.send(url, 0, LARGE[:CHUNK])
    early = desk.finish(price="9.00")
    assert early.status_int == 409
    assert "Not all of 01 Harbour.wav is here yet" in early.text
    assert the_upload(session).state == UploadState.OPEN
    assert session.scalars(select(Job).where(Job.kind == "read_upload")).all() == []


@pytest.mark.parametrize("price", ["nine", "9.001", "0.01"])
def test_a_price_that_cannot_be_charged_is_said_beside_it(desk, songs, price):
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    again = desk.finish(price=price)
    assert again.status_int == 422
    assert again.html.select_one("#price-error").text
    assert again.forms["finish"]["price"].value == price


def test_the_price_may_be_said_later(desk, songs, session, worker):
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    assert desk.finish(price="").status_int == 303
    worker.run_due()
    page = desk.app.get(desk.page).click("Go on to the album")
    assert session.scalars(select(Album)).one().price_so_far is None
    assert "It has no price" in page.text


def test_what_is_being_read_takes_nothing_more(desk, songs):
    url = desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    desk.finish(price="9.00")
    assert "complete" in desk.announce("02.flac", 10, status=409).json["problem"]
    assert "complete" in desk.send(url, 0, b"x", status=409).json["problem"]


def test_a_refused_upload_is_mended_and_read_again(desk, songs, session, worker):
    """Nothing that can be used: the reason is told, the files stay, and what is missing is added."""
    desk.upload("03 Broken.flac", songs["03 Broken.flac"])
    desk.finish(price="9.00")
    worker.run_due()
    page = desk.app.get(desk.page)
    assert "Nothing was made of these files" in page.text
    assert "03 Broken.flac" in page.html.select_one(".report .wrong").text
    row = page.html.select_one("[data-file] form")["action"]
    form = next(form for form in page.forms.values() if form.action == row)
    assert "03 Broken.flac" not in form.submit().follow().html.select_one("[data-files]").text
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    desk.finish(price="9.00")
    worker.run_due()
    assert session.scalars(select(Album)).one().title


def test_a_folder_of_discs_keeps_them(desk, songs, session, worker):
    desk.upload("Low Tide/CD 1/01 Harbour.flac", songs["01 Harbour.flac"])
    desk.upload("Low Tide/CD 2/02 Slack Water.flac", songs["02 Slack Water.flac"])
    desk.upload("Low Tide/front page.png", songs["cover.png"])
    desk.finish(price="9.00")
    worker.run_due()
    album = session.scalars(select(Album)).one()
    assert album.title == "Low Tide"
    assert album.cover_digest
    tracks = session.execute(select(Track.disc, Track.position, Track.title).order_by(Track.disc)).all()
    assert [tuple(row) for row in tracks] == [(1, 1, "Harbour"), (2, 2, "Slack Water")]


def test_a_job_that_was_given_up_is_told_and_taken_back(desk, songs, session, worker):
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    desk.finish(price="9.00")
    with writing(session):
        failed = {"failed": datetime.now(UTC), "error": "Traceback ...\nOSError: the moon is full"}
        session.execute(update(Job).where(Job.kind == "read_upload").values(**failed))
    page = desk.app.get(desk.page)
    assert "OSError: the moon is full" in page.text
    next(form for form in page.forms.values() if "reopen" in form.fields).submit("reopen")
    assert the_upload(session).state == UploadState.OPEN
    desk.finish(price="9.00")
    worker.run_due()
    assert the_upload(session).state == UploadState.DONE


@pytest.fixture
def given_up(desk, songs, session):
    """An upload whose job failed for good."""
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    desk.finish(price="9.00")
    with writing(session):
        failed = {"failed": datetime.now(UTC), "error": "Traceback ...\nOSError: the moon is full"}
        session.execute(update(Job).where(Job.kind == "read_upload").values(**failed))
    return desk


def test_a_job_that_was_given_up_is_named_in_the_list_and_done_again(given_up, session, worker):
    """With the price that was typed; and two presses are one."""
    listed = given_up.app.get("/admin/albums")
    assert "could not be read" in listed.text
    form = next(form for form in listed.click("A new album").forms.values() if "again" in form.fields)
    form.submit("again")
    form.submit("again")
    assert "0 of 1 looked at" in given_up.app.get(given_up.page).text
    assert len(session.scalars(select(Job).where(Job.kind == "read_upload", Job.failed.is_(None))).all()) == 1
    worker.run_due()
    assert the_upload(session).state == UploadState.DONE
    assert session.scalars(select(Album)).one().amount == 900


def test_what_was_given_up_is_tidied_like_the_rest(given_up, session, wiring, tmp_path):
    now = datetime.now(UTC)
    assert tidy_uploads(session, wiring.uploads, now + timedelta(days=6)) == 0
    assert tidy_uploads(session, wiring.uploads, now + timedelta(days=8)) == 1
    assert list((tmp_path / "uploads").iterdir()) == []
    assert session.scalars(select(Upload)).all() == []


def test_what_waits_to_be_read_is_never_tidied(desk, songs, session, wiring):
    """However long the worker was away."""
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    desk.finish(price="9.00")
    assert tidy_uploads(session, wiring.uploads, datetime.now(UTC) + timedelta(days=80)) == 0


def test_reading_again_after_a_crash_makes_no_second_album(desk, songs, session, worker):
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    desk.finish(price="9.00")
    with writing(session):
        job = session.scalars(select(Job).where(Job.kind == "read_upload")).one()
        key = job.key
    worker.run_due()
    with writing(session):  # as if the worker had been killed before the upload's last step
        session.execute(update(Upload).values(state=UploadState.READING))
        session.execute(update(Job).where(Job.key == key).values(done=None))
    desk_files = the_upload(session).files
    assert len(desk_files) == 1
    worker.run_due()
    assert len(session.scalars(select(Album)).all()) == 1


def test_a_customer_and_a_stranger_send_nothing(desk, songs, session):
    url = desk.announce("01 Harbour.flac", 10).json["url"]
    make_customer(session)
    for other in (TestApp(desk.app.app), TestApp(desk.app.app)):
        sign_in(other, "ana@example.com")
        desk.app, owner = other, desk.app
        desk.token = other.get("/library").forms[0]["csrf_token"].value
        desk.announce("02.flac", 10, status=403)
        desk.send(url, 0, b"x", status=403)
        desk.app = owner


def test_without_the_token_nothing_is_taken(desk):
    url = desk.announce("01 Harbour.flac", 10).json["url"]
    desk.token = "0" * 64
    desk.send(url, 0, b"x", status=403)
    desk.token = ""
    desk.send(url, 0, b"x", status=403)


def test_what_was_left_is_tidied_after_a_week(desk, session, wiring, tmp_path):
    desk.send(desk.announce("01 Harbour.wav", len(LARGE)).json["url"], 0, LARGE[:CHUNK])
    stray = tmp_path / "uploads" / "nobody"
    stray.mkdir()
    now = datetime.now(UTC)
    assert tidy_uploads(session, wiring.uploads, now) == 0
    assert tidy_uploads(session, wiring.uploads, now + timedelta(days=6)) == 0
    [path] = [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
    recent = time.time() + 5 * 24 * 3600
    os.utime(path, (recent, recent))  # somebody goes on after five days
    assert tidy_uploads(session, wiring.uploads, now + timedelta(days=8)) == 0
    assert not stray.exists()
    assert path.exists()
    assert tidy_uploads(session, wiring.uploads, now + timedelta(days=13)) == 1
    assert list((tmp_path / "uploads").iterdir()) == []
    assert session.scalars(select(Upload)).all() == []


def test_the_list_leads_back_to_what_was_begun(desk):
    desk.announce("01 Harbour.wav", len(LARGE))
    assert desk.app.get("/admin/albums").click("A new album").request.path == desk.page


def test_an_album_leads_to_an_upload_of_its_own(owner, session, wiring):
    album = make_album(session, wiring.storage)
    page = owner.get(f"/admin/albums/{album.public_id}").forms["begin"].submit().follow()
    assert page.html.h1.text == "Music for Low Tide"
    assert "price" not in page.forms["finish"].fields


@pytest.fixture
def low_tide(desk, songs, session, worker):
    """An album whose two masters are those of `songs`."""
    for name in ("01 Harbour.flac", "02 Slack Water.flac", "cover.png"):
        desk.upload(name, songs[name])
    desk.finish(price="9.00")
    worker.run_due()
    return session.scalars(select(Album)).one()


def newest_tracks(session):
    session.expire_all()
    session.commit()
    edition = session.scalars(select(Edition).order_by(Edition.number.desc())).first()
    return edition.tracks


def test_more_music_finds_its_place_and_words_stay(desk, low_tide, songs, session, worker, tmp_path):
    """A new master of a track, another song, one that is there already, and one that is broken."""
    form = desk.app.get(f"/admin/albums/{low_tide.public_id}").forms["editor"]
    title = next(name for name in form.fields if name and name.endswith("-title"))
    form[title], form[title.replace("title", "lyrics")] = "Harbour at Night", "The words stay"
    form["artist_credit"] = "Mara Quist"
    assert form.submit("do", index=0).status_int == 303
    tone(tmp_path / "new.flac", "flac", 0.5, 333)
    tone(tmp_path / "more.flac", "flac", 0.5, 444)

    more = open_upload(desk.app, desk.app.get(f"/admin/albums/{low_tide.public_id}").forms["begin"].submit())
    more.upload("01 Harbour (2026 Master).flac", (tmp_path / "new.flac").read_bytes())
    more.upload("07 Evening.flac", (tmp_path / "more.flac").read_bytes())
    more.upload("02 Slack Water.flac", songs["02 Slack Water.flac"])
    more.upload("08 Broken.flac", songs["03 Broken.flac"])
    more.finish()
    worker.run_due()

    report = [" ".join(item.text.split()) for item in more.app.get(more.page).html.select(".report li")]
    assert report[0].startswith("08 Broken.flac left out:")
    assert report[1:] == [
        "01 Harbour (2026 Master).flac is the music of 1. Harbour at Night now",
        "02 Slack Water.flac is there already, as 2. Slack Water",
        "07 Evening.flac comes after the last, as 3. Evening",
    ]
    tracks = newest_tracks(session)
    assert [(track.position, track.title) for track in tracks] == [
        (1, "Harbour at Night"),
        (2, "Slack Water"),
        (3, "Evening"),
    ]
    assert tracks[0].lyrics == "The words stay"
    assert tracks[0].master_name == "01 Harbour (2026 Master).flac"
    assert len(session.scalars(select(Album)).all()) == 1


def test_a_picture_alone_becomes_the_cover(desk, low_tide, session, worker):
    before = low_tide.cover_digest
    more = open_upload(desk.app, desk.app.get(f"/admin/albums/{low_tide.public_id}").forms["begin"].submit())
    more.upload("any name.png", picture("#732f5d"))
    more.finish()
    worker.run_due()
    assert "became the cover" in more.app.get(more.page).text
    session.commit()
    assert session.scalars(select(Album.cover_digest)).one() != before
    assert len(newest_tracks(session)) == 2


def test_a_picture_that_is_none_changes_nothing(desk, low_tide, session, worker):
    before = low_tide.cover_digest
    more = open_upload(desk.app, desk.app.get(f"/admin/albums/{low_tide.public_id}").forms["begin"].submit())
    more.upload("cover.jpg", b"not a picture")
    more.finish()
    worker.run_due()
    assert "Nothing was made of these files" in more.app.get(more.page).text
    session.commit()
    assert session.scalars(select(Album.cover_digest)).one() == before


def test_music_that_would_be_too_much_for_one_album_is_refused_in_words(
    desk, low_tide, tmp_path, session, worker, monkeypatch
):
    monkeypatch.setattr(editions, "MOST_TRACKS", 2)
    tone(tmp_path / "more.flac", "flac", 0.5, 444)
    more = open_upload(desk.app, desk.app.get(f"/admin/albums/{low_tide.public_id}").forms["begin"].submit())
    more.upload("07 Evening.flac", (tmp_path / "more.flac").read_bytes())
    more.finish()
    worker.run_due()
    page = more.app.get(more.page)
    assert "Nothing was made of these files" in page.text
    assert "at most 2 tracks, and this one would have 3" in page.html.select_one(".report .wrong").text
    assert [track.title for track in newest_tracks(session)] == ["Harbour", "Slack Water"]


def test_two_files_that_came_under_one_name_are_both_there(desk, tmp_path, session, worker):
    """Chosen from two folders, a browser says the same name of both."""
    for folder, pitch in (("one", 110), ("two", 220)):
        (tmp_path / folder).mkdir()
        tone(tmp_path / folder / "Song.flac", "flac", 0.5 + pitch / 1000, pitch)
        desk.upload("Song.flac", (tmp_path / folder / "Song.flac").read_bytes())
    desk.finish(price="9.00")
    worker.run_due()
    assert the_upload(session).state == UploadState.DONE
    assert {track.title for track in session.scalars(select(Track))} == {"Song", "Song 2"}


def test_the_name_of_a_folder_may_be_longer_than_this_disk_takes(desk, songs, session, worker):
    """Elsewhere it is counted in letters, here in bytes."""
    title = "\u9577" * 120
    for name in ("01 Harbour.flac", "cover.png"):
        desk.upload(f"{title}/{name}", songs[name])
    desk.finish(price="9.00")
    worker.run_due()
    assert the_upload(session).state == UploadState.DONE
    assert title.startswith(session.scalars(select(Album)).one().title)
