"""Why what is asked for by its address cannot be shown.

CatalogueError
├── NoSuchAlbum     never was public: unknown, or a draft
├── AlbumWithdrawn  was public and no longer is
├── AlbumMoved      is at another address now
└── ArtistMoved     the same of an artist
"""


class CatalogueError(Exception):
    """Of all."""


class NoSuchAlbum(CatalogueError):
    """Unknown, or a draft; from outside the two look the same."""


class AlbumWithdrawn(CatalogueError):
    """It left the shop; whoever bought it still has it."""


class AlbumMoved(CatalogueError):
    """`slug` is today's address of the album."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class ArtistMoved(CatalogueError):
    """`slug` is today's address of the artist."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug
