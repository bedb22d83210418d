"""A whole album in one format as one zip."""

from collections.abc import Mapping
from contextlib import ExitStack

from storefront.media.archives import ArchiveEntry, write_archive
from storefront.media.names import unique_names
from storefront.models import Edition, File
from storefront.services.catalogue.production.errors import naming
from storefront.services.catalogue.production.made import MadeFile
from storefront.services.catalogue.production.names import archive_name, folder_name
from storefront.services.catalogue.production.plan import Step
from storefront.services.catalogue.workplace import workplace
from storefront.storage import Storage

COVER_NAME = "cover.jpg"


def make_archive(
    storage: Storage, edition: Edition, step: Step, files: Mapping[int, File], cover: bytes | None
) -> MadeFile:
    """Stores the zip of the edition's tracks (`files` by the track's number) in their order, and of its cover."""
    name = archive_name(edition, step.format)
    with naming(name), workplace() as folder, ExitStack() as lent:
        in_order = [files[track.id] for track in edition.tracks]
        names = unique_names(file.name for file in in_order)
        paths = [lent.enter_context(storage.local_path(file.digest)) for file in in_order]
        entries = list(map(ArchiveEntry, names, paths))
        if cover:
            picture = folder / COVER_NAME
            picture.write_bytes(cover)
            entries.append(ArchiveEntry(COVER_NAME, picture))
        target = folder / "album.zip"
        archive = write_archive(target, folder_name(edition), entries)
        storage.put(archive.sha256, target)
    return MadeFile(step, archive.sha256, archive.size, name)
