"""An album goes on sale when nothing is missing."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import Album, AlbumState, File, FileKind
from storefront.money import Money
from storefront.services.catalogue.importing import Imported
from storefront.services.catalogue.publishing import NotReadyForSale, publish, what_is_missing
from storefront.wiring import Wiring
from tests.functional.importing.conftest import NOW, Band

BringIn = Callable[..., Imported]
MakeFiles = Callable[[Imported], None]


def test_an_album_is_found_heard_and_bought_once_it_is_published(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, app: TestApp
) -> None:
    band.album("Harbour", "Slack Water")
    imported = bring_in(band)
    make_files(imported)
    digest = session.scalar(select(File.digest).where(File.kind == FileKind.STREAM))
    stream = f"/stream/{digest}.mp3"
    app.get("/albums/low-tide", status=404)
    app.get(stream, status=404)
    assert "Low Tide" not in app.get("/albums").text
    publish(session, imported.album, NOW)
    page = app.get("/albums/low-tide")
    page.mustcontain("Low Tide", "Mara Quist", "Slack Water", "€9.00")
    assert "Low Tide" in app.get("/albums").text
    assert "Low Tide" in app.get("/search?q=slack").text
    assert app.get(stream).content_length


def test_a_title_of_any_alphabet_has_an_address_that_mails_can_carry(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, app: TestApp, wiring: Wiring
) -> None:
    band.album("Harbour", artist="野帳", album="Альбом 2")
    imported = bring_in(band)
    make_files(imported)
    publish(session, imported.album, NOW)
    address = wiring.links.album(imported.album.slug)
    assert address == "http://localhost/albums/%D0%B0%D0%BB%D1%8C%D0%B1%D0%BE%D0%BC-2"
    assert "Альбом 2" in app.get(address).text
    assert "/albums/альбом-2" in unquote(app.get("/artists/%E9%87%8E%E5%B8%B3").text)


def test_what_is_missing_is_listed_and_nothing_changes(band: Band, bring_in: BringIn, session: Session) -> None:
    band.song("1.wav")
    album = bring_in(band, price=Money(900, "eur")).album
    with pytest.raises(NotReadyForSale) as refused:
        publish(session, album, NOW)
    assert refused.value.missing == [
        "Its files are not made yet: the shop's worker does that by itself.",
        "It has no artist: name one in the editor, in album.toml or in its tags.",
        "It has no cover: add a cover.jpg or cover.png to its files.",
    ]
    session.expire_all()
    assert session.get_one(Album, album.id).state == AlbumState.DRAFT


def test_a_price_that_stripe_would_not_take_is_refused_here_too(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session
) -> None:
    band.album("Harbour")
    imported = bring_in(band)
    make_files(imported)
    session.execute(update(Album).values(amount=49, currency="usd"))
    session.commit()
    [sentence] = what_is_missing(session, imported.album)
    assert sentence.startswith("Its price cannot be charged: $0.49 is less than Stripe charges")


def test_publishing_twice_is_publishing(band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session) -> None:
    band.album("Harbour")
    imported = bring_in(band)
    make_files(imported)
    publish(session, imported.album, NOW)
    publish(session, imported.album, NOW)
    assert imported.album.state == AlbumState.PUBLISHED
