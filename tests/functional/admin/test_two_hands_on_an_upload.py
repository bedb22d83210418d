"""An upload in two windows, or under the clock's hand: whoever decides late decides by what is true then."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storefront.models import Upload, UploadFile, UploadState, end_reading
from storefront.money import Money
from storefront.services.catalogue.uploading import receiving, tidying
from storefront.services.catalogue.uploading.errors import Unfinished, UploadClosed

PRICE = Money(900, "eur")


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def open_upload(session, wiring, now):
    """Makes one with a whole file of this name; (the upload, its file)."""

    def make(name="01 Harbour.flac"):
        upload = receiving.begin_upload(session, now)
        file = receiving.announce_file(session, wiring.uploads, upload, name, 4, 1, now)
        wiring.uploads.append(upload.public_id, file.public_id, 0, b"fLaC")
        session.expire(upload, ["files"])
        end_reading(session)
        return upload, file

    return make


@pytest.fixture
def other(wiring):
    """Another window's session."""
    with wiring.sessions() as session:
        yield session


def in_the_other(other, upload):
    return other.scalars(select(Upload).where(Upload.id == upload.id)).one()


def test_what_was_finished_meanwhile_loses_no_file(open_upload, session, other, wiring, now):
    upload, file = open_upload()
    assert upload.state == UploadState.OPEN  # as this window saw it
    receiving.finish_upload(other, wiring.uploads, in_the_other(other, upload), PRICE, now)
    with pytest.raises(UploadClosed):
        receiving.leave_out(session, wiring.uploads, upload, file, now)
    assert session.scalars(select(UploadFile.id)).all() == [file.id]
    assert wiring.uploads.received(upload.public_id, file.public_id) == 4


def test_what_was_finished_meanwhile_takes_no_file(open_upload, session, other, wiring, now):
    """Its job would look for bytes that never came."""
    upload, file = open_upload()
    assert upload.files == [file]
    receiving.finish_upload(other, wiring.uploads, in_the_other(other, upload), PRICE, now)
    with pytest.raises(UploadClosed):
        receiving.announce_file(session, wiring.uploads, upload, "02 Slack Water.flac", 4, 1, now)
    assert session.scalars(select(UploadFile.name)).all() == ["01 Harbour.flac"]


def test_what_was_left_out_meanwhile_is_not_finished(open_upload, session, other, wiring, now):
    upload, file = open_upload()
    assert upload.files == [file]
    same = other.get(UploadFile, file.id)
    receiving.leave_out(other, wiring.uploads, in_the_other(other, upload), same, now)
    with pytest.raises(Unfinished, match="no music"):
        receiving.finish_upload(session, wiring.uploads, upload, PRICE, now)


@pytest.mark.parametrize("hand", ["finished", "gone on with", "grown"])
def test_the_clock_forgets_nothing_that_somebody_took_up_again(
    open_upload, session, other, wiring, now, monkeypatch, hand
):
    """Between its look at the list and its step."""
    upload, file = open_upload()
    late = now + timedelta(days=8)
    forget = tidying._forget

    def first_the_other(session, parts, stale, before):
        theirs = in_the_other(other, stale)
        if hand == "finished":
            receiving.finish_upload(other, parts, theirs, PRICE, late)
        elif hand == "gone on with":
            receiving.announce_file(other, parts, theirs, "02 Slack Water.flac", 4, 1, late)
        return forget(session, parts, stale, before)

    monkeypatch.setattr(tidying, "_forget", first_the_other)
    if hand == "grown":  # a chunk changes the part alone
        monkeypatch.setattr(wiring.uploads, "touched", lambda name: late)
    assert tidying.tidy_uploads(session, wiring.uploads, late) == 0
    assert wiring.uploads.received(upload.public_id, file.public_id) == 4
    assert session.scalars(select(Upload.public_id)).all() == [upload.public_id]
