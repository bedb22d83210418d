"""The albums that a list of the desk can be narrowed to."""

from dataclasses import dataclass

from sqlalchemy import func, not_, select, union_all
from sqlalchemy.orm import Session

from storefront.models import Album

#: Nobody looks through more of them in a list; then the search by words is quicker, for everybody.
MOST = 200


@dataclass(frozen=True, slots=True)
class AlbumChoice:
    """An album, by the name of its address at the desk."""

    public_id: str
    title: str
    artists: str


def albums_to_choose(session: Session, chosen: str) -> list[AlbumChoice]:
    """Every album in the order of its title; of a shop that has more than MOST, the `chosen` one alone."""
    albums = select(Album.public_id, Album.title, Album.artist_credit)
    few = select(func.count()).select_from(Album).scalar_subquery() <= MOST
    # Two halves, so that of many albums none is read but the one.
    offered = union_all(albums.where(few), albums.where(not_(few), Album.public_id == chosen))
    choices = [AlbumChoice(*row) for row in session.execute(offered)]
    return sorted(choices, key=lambda album: (album.title.casefold(), album.artists.casefold(), album.public_id))
