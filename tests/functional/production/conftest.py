"""Production begins where an import ends: the same band, brought in the same way. And what was made, to look at."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import File, FileKind
from storefront.wiring import Wiring
from tests.functional.importing.conftest import band, bring_in, make_files

__all__ = ["band", "bring_in", "make_files"]


def files(session: Session, kind: FileKind, format: str) -> list[File]:
    """Those of the shop, by their names."""
    found = session.scalars(select(File).where(File.kind == kind, File.format == format).order_by(File.name, File.id))
    return list(found)


def content(wiring: Wiring, file: File) -> bytes:
    with wiring.storage.open(file.digest) as stored:
        return stored.read()


def saved(folder: Path, wiring: Wiring, file: File) -> Path:
    """The file on disk, under the name that a buyer sees."""
    path = folder / file.name
    path.write_bytes(content(wiring, file))
    return path


def digests(session: Session) -> dict[tuple[str, str, str], str]:
    rows = session.execute(select(File.name, File.kind, File.format, File.digest))
    return {(name, kind, format): digest for name, kind, format, digest in rows}
