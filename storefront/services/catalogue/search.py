"""Search by the words of artists, titles and tracks: SQLite's FTS5 and PostgreSQL's full text behind one function.

The table album_search is one row an album: rowid = the album's id, words = its folded words. On PostgreSQL a column
`document` is computed from them. https://sqlite.org/fts5.html, https://www.postgresql.org/docs/current/textsearch.html
"""

from sqlalchemy import ColumnElement, column, delete, false, func, insert, literal_column, select, table
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumArtist, Artist, Track
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


def forget_album(session: Session, album_id: int) -> None:
    """Takes an album out of the search, in the caller's transaction."""
    session.execute(delete(_SEARCH).where(_SEARCH.c.rowid == album_id))


def matches(session: Session, words: str) -> ColumnElement[bool]:
    """A condition on Album: each of the words begins a word of it. Text without a letter or digit matches nothing."""
    folded = asked(words)
    if not folded:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        query = " AND ".join(f'"{word}" *' for word in folded)
        found = literal_column("album_search").op("MATCH")(query)
    else:
        query = " & ".join(f"'{word}':*" for word in folded)
        found = _SEARCH.c.document.op("@@")(func.to_tsquery(literal_column("'simple'::regconfig"), query))
    return Album.id.in_(select(_SEARCH.c.rowid).where(found))
