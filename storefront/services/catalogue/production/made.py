"""A file that was made and stored, not yet written down."""

from dataclasses import dataclass

from storefront.media.formats import Format
from storefront.models import FileKind


@dataclass(frozen=True, slots=True)
class MadeFile:
    """`track_id` is None for an archive; `size` is in bytes, `name` what the buyer's computer is to call it."""

    track_id: int | None
    kind: FileKind
    format: Format
    digest: str
    size: int
    name: str
