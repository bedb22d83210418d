"""Writing tags and a cover into a music file, through mediafile (https://mediafile.readthedocs.io)."""

from pathlib import Path

import mediafile

from storefront.media.tags import FIELDS, Tags


def write_tags(path: Path, tags: Tags, cover: bytes | None) -> None:
    """Write ``tags`` and ``cover`` (a JPEG or PNG) into the file at ``path``, in place; ``tags.cover`` is not used.

    Raises mediafile's errors: the file is one that we encoded, so a failure is ours.
    """
    file = mediafile.MediaFile(str(path))
    for ours, theirs in FIELDS.items():
        setattr(file, theirs, getattr(tags, ours) or None)
    year, month, day = ([int(part) for part in tags.date.split("-") if part] + [None] * 3)[:3]
    file.year, file.month, file.day = year, month, day
    file.images = [mediafile.Image(cover, type=mediafile.ImageType.front)] if cover else []
    file.save()
