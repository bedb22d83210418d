"""What was fetched is written down, once a day for each file and network; the last choice comes first again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, text
from webtest import TestApp

from storefront.models import Download, writing
from storefront.services.store.buyers import browser_key
from storefront.tasks import upkeep
from tests.factories import make_album
from tests.support.people import buyer_token, make_purchase


@pytest.fixture
def album(session, wiring):
    return make_album(session, wiring.storage)


@pytest.fixture
def owned(app, session, album):
    """A guest's purchase; `app` is the browser that made it."""
    return make_purchase(session, album, buyer_key=browser_key(buyer_token(app, album)))


def log(session):
    session.rollback()
    return session.scalars(select(Download).order_by(Download.began).execution_options(populate_existing=True)).all()


def test_a_download_is_written_down_with_its_place_and_time(app, session, owned):
    start = datetime.now(UTC)
    app.get(f"/library/{owned.public_id}/flac", extra_environ={"REMOTE_ADDR": "2001:db8:1:2:3::4"})
    [row] = log(session)
    assert (row.purchase_id, row.name, row.network, row.day) == (owned.id, "flac", "2001:db8:1:2::", start.date())
    assert start <= row.began <= datetime.now(UTC)


def test_many_parts_are_one_line(app, session, owned):
    start = datetime(2026, 11, 24, 8, tzinfo=UTC)
    for minutes in (0, 5, 14, 16, 600):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            app.get(f"/library/{owned.public_id}/flac", headers={"Range": f"bytes={minutes}-"}, status=206)
    [row] = log(session)
    assert (row.began, row.last_asked) == (start, start + timedelta(minutes=600))
    with time_machine.travel(start + timedelta(days=1)):
        app.get(f"/library/{owned.public_id}/flac")
    assert len(log(session)) == 2


def test_each_file_and_each_network_has_its_line(app, session, owned):
    for name, network in (
        ("flac", "192.0.2.1"),
        ("flac.2", "192.0.2.1"),
        ("mp3-v0", "192.0.2.1"),
        ("flac", "192.0.2.9"),
    ):
        app.get(f"/library/{owned.public_id}/{name}", extra_environ={"REMOTE_ADDR": network})
    assert [(row.name, row.network) for row in log(session)] == [
        ("flac", "192.0.2.1"),
        ("flac.2", "192.0.2.1"),
        ("mp3-v0", "192.0.2.1"),
        ("flac", "192.0.2.9"),
    ]


def test_listening_to_all_tracks_is_one_line(app, session, owned):
    for number in (1, 2, 3):
        app.get(f"/library/{owned.public_id}/stream.{number}")
    assert [row.name for row in log(session)] == ["stream"]


def test_everything_is_a_line_for_each_album(app, session, wiring, owned):
    other = make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"])
    make_purchase(session, other, buyer_key=owned.buyer_key)
    app.get("/library/everything/flac")
    assert [row.name for row in log(session)] == ["flac", "flac"]


def test_what_was_refused_or_only_asked_about_is_not(app, session, owned):
    app.head(f"/library/{owned.public_id}/flac")
    TestApp(app.app).get(f"/library/{owned.public_id}/flac", status=404)
    app.get(f"/library/{owned.public_id}/wav", status=404)
    app.get("/library")
    assert log(session) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_log_that_cannot_be_written_keeps_nothing_from_its_owner(app, session, owned):
    with writing(session):
        session.execute(text("CREATE TRIGGER full BEFORE INSERT ON download BEGIN SELECT RAISE(FAIL, 'full'); END"))
    assert app.get(f"/library/{owned.public_id}/flac").content_type == "application/zip"


def test_the_format_that_was_taken_last_comes_first(app, session, owned):
    def formats(path, selector):
        return [link["href"].rpartition("/")[2].partition("?")[0] for link in app.get(path).html.select(selector)]

    page = f"/library/{owned.public_id}"
    assert formats(page, ".choices a") == ["flac", "mp3-v0"]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)):
        app.get(f"{page}/mp3-v0.2")
        assert formats(page, ".choices a") == ["mp3-v0", "flac"]
        assert formats("/library", ".owned a[download]") == ["mp3-v0", "flac"]
        assert "as last time" in app.get(page).html.select_one(".choices li").text
        app.get(f"{page}/stream.1")
        assert formats(page, ".choices a") == ["mp3-v0", "flac"], "listening is no choice"


def test_what_no_bank_will_ask_about_is_forgotten(app, session, wiring, owned):
    now = datetime.now(UTC)
    for days in (600, 539):
        with time_machine.travel(now - timedelta(days=days)):
            app.get(f"/library/{owned.public_id}/flac")
    upkeep.tidy(wiring)
    assert [row.began.date() for row in log(session)] == [(now - timedelta(days=539)).date()]
