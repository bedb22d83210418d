"""Search by the words of artists, titles and tracks: SQLite's FTS5 and PostgreSQL's full text behind one interface.

The table album_search is one row an album: rowid = the album's id, words = its folded words. On PostgreSQL a column
`document` is computed from them. https://sqlite.org/fts5.html, https://www.postgresql.org/docs/current/textsearch.html
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, column, delete, func, insert, literal_column, select, table
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumArtist, Artist, Track
from storefront.services.catalogue.cards import PUBLIC, newest_cards
from storefront.services.catalogue.words import asked, indexed

_SEARCH = table("album_search", column("rowid"), column("words"), column("document"))


def index_album(session: Session, album_id: int) -> None:
    """Makes an album findable, in the caller's transaction; called whenever its words or its edition change."""
    session.flush()  # what the caller has just changed is read below
    titles = session.execute(select(Album.title, Album.artist_credit).where(Album.id == album_id)).one()
    artists = session.scalars(select(Artist.name).join(AlbumArtist).where(AlbumArtist.album_id == album_id))
    tracks = session.execute(
        select(Track.title, Track.artist_credit)
        .join(Album, Album.edition_id == Track.edition_id)
        .where(Album.id == album_id)
    )
    words = " ".join(indexed(*titles, *artists, *(text for track in tracks for text in track if text)))
    session.execute(delete(_SEARCH).where(_SEARCH.c.rowid == album_id))
    session.execute(insert(_SEARCH).values(rowid=album_id, words=words))


class SearchStatements(NamedTuple):
    """One database's way to search. `query` makes text that somebody typed into the statements' parameter."""

    query: Callable[[str], str]
    #: How many public albums there are; takes `query`.
    total: Select[Any]
    #: The newest of them, as cards; takes `query`, `limit` and `offset`.
    cards: Select[*tuple[Any, ...]]


@cache
def search_statements(dialect: str) -> SearchStatements:
    """Those of "sqlite" or "postgresql". Each word that is asked for has to begin a word of the album."""
    query: BindParameter[str] = bindparam("query")
    if dialect == "sqlite":
        matches = literal_column("album_search").op("MATCH")(query)
    else:
        matches = _SEARCH.c.document.op("@@")(func.to_tsquery(literal_column("'simple'::regconfig"), query))
    found = Album.id.in_(select(_SEARCH.c.rowid).where(matches))
    return SearchStatements(
        query=_fts5 if dialect == "sqlite" else _tsquery,
        total=select(func.count()).select_from(Album).where(PUBLIC, found),
        cards=newest_cards().where(found).limit(bindparam("limit")).offset(bindparam("offset")),
    )


def _fts5(text: str) -> str:
    return " AND ".join(f'"{word}" *' for word in asked(text))


def _tsquery(text: str) -> str:
    return " & ".join(f"'{word}':*" for word in asked(text))
