"""By what an import knows that the music of an album is as it was: a digest of all that is inside the files sold."""

import hashlib
import json
from collections.abc import Sequence

from storefront.models import Album, Track


def fingerprint(album: Album, tracks: Sequence[Track]) -> str:
    """SHA-256 in hex of the masters, the words that become tags, and the cover; a price or a description is no part."""
    words = [album.title, album.artist_credit, album.label, album.genre, album.copyright, album.credits, album.released]
    music = [
        [t.disc, t.position, t.title, t.artist_credit, t.isrc, t.composer, t.lyrics, t.master_digest] for t in tracks
    ]
    return hashlib.sha256(json.dumps([words, album.cover_digest, music]).encode()).hexdigest()
