"""Which album of the shop a line of another platform's list means."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from storefront.models import Album, AlbumArtist, AlbumSlug
from storefront.services.catalogue.slugs import slugify
from storefront.services.library.past_sales.reading import Sale


class Unmatched(Exception):
    """No album, or more than one; the message says which."""


class Albums:
    """The shop's albums, by title and artist, however these are written ("Café del Mar", "CAFE DEL MAR")."""

    def __init__(self, session: Session, said: Mapping[str, str]) -> None:
        """`said` is title -> address, where the owner says which album a title is. Raises Unmatched for an address."""
        albums = session.scalars(
            select(Album).options(selectinload(Album.artists).joinedload(AlbumArtist.artist))
        ).all()
        self._by_id = {album.id: album for album in albums}
        self._by_title: dict[str, set[int]] = {}
        for album in albums:
            self._by_title.setdefault(slugify(album.title), set()).add(album.id)
        addresses = dict(session.execute(select(AlbumSlug.slug, AlbumSlug.album_id)).all())
        for slug, album_id in addresses.items():  # those that it once had are titles that it once had
            self._by_title.setdefault(slug, set()).add(album_id)
        self._said: dict[str, Album] = {}
        for title, slug in said.items():
            if slug not in addresses:
                raise Unmatched(f"there is no album at the address {slug}")
            self._said[slugify(title)] = self._by_id[addresses[slug]]

    def find(self, sale: Sale) -> Album:
        """Raises Unmatched."""
        key = slugify(sale.title)
        if key in self._said:
            return self._said[key]
        found = [self._by_id[number] for number in sorted(self._by_title.get(key, ()))]
        if not found:
            raise Unmatched("no album is called so")
        if sale.artist:
            found = [album for album in found if slugify(sale.artist) in _artists(album)]
            if not found:
                raise Unmatched("the album that is called so is by somebody else")
        if len(found) > 1:
            raise Unmatched("more than one album is called so")
        return found[0]


def _artists(album: Album) -> set[str]:
    return {slugify(album.artist_credit), *(slugify(credited.artist.name) for credited in album.artists)}
