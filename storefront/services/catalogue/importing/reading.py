"""What a folder says, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storefront.money import Money
from storefront.services.catalogue.importing.album_file import AlbumFile
from storefront.services.catalogue.importing.covers import FoundCover
from storefront.services.catalogue.importing.words import AlbumWords


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found out about an album before anything is written."""

    words: AlbumWords
    said: AlbumFile
    #: album.toml's, or whoever imports said it; None where nobody did.
    price: Money | None
    cover: FoundCover | None

    @property
    def sounds(self) -> set[str]:
        """By which the recordings are known, whatever their tags."""
        return {track.placed.master.probe.sound for track in self.words.tracks}

    def with_masters(self, known: Mapping[str, str]) -> "Reading":
        """The same, with those masters (sound -> digest) that are stored already."""
        tracks = tuple(track.with_master(known.get(track.placed.master.probe.sound)) for track in self.words.tracks)
        return replace(self, words=replace(self.words, tracks=tracks))
