"""The manifest of a backup: what belongs to it, and how to know that it is still that.

{"sha256": "<of the canonical JSON of `backup`>",
 "backup": {"format": 1, "made": "2026-11-24T13:58:27.120000+00:00", "storefront": "0.1.0", "schema": "0002",
            "database": {"kind": "sqlite", "sha256": "...", "size": 1234},
            "files": {"<key>": {"sha256": "...", "size": 1234}}}}
"""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storefront.services.shop.backups.errors import Damaged, WrongVersion
from storefront.services.shop.backups.files import FileRecord, flush, write_file
from storefront.storage import BadKey
from storefront.storage.interface import checked

NAME = "manifest.json"
FORMAT = 1
#: Kind of database -> the name of its file.
DUMPS = {"sqlite": "database.sqlite", "postgresql": "database.dump"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made` is when the database was read: all that was committed before is in it, and nothing from after."""

    made: datetime
    #: The version of Storefront that made it, and the revision of the database's schema.
    storefront: str
    schema: str
    #: "sqlite" or "postgresql".
    kind: str
    dump: FileRecord
    files: dict[str, FileRecord]

    @property
    def dump_name(self) -> str:
        return DUMPS[self.kind]

    @property
    def size(self) -> int:
        """Of everything, in bytes."""
        return self.dump.size + sum(record.size for record in self.files.values())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """From here on there is a backup in `folder`. Whole or not at all, and on the disk when this returns."""
    backup = {
        "format": FORMAT,
        "made": manifest.made.isoformat(),
        "storefront": manifest.storefront,
        "schema": manifest.schema,
        "database": {"kind": manifest.kind, **_record(manifest.dump)},
        "files": {key: _record(record) for key, record in sorted(manifest.files.items())},
    }
    text = json.dumps({"sha256": _digest(backup), "backup": backup}, indent=1)
    part = folder / f".{NAME}"
    write_file(part, [text.encode()])
    os.replace(part, folder / NAME)
    flush(folder)
    flush(folder.parent)


def read_manifest(folder: Path) -> Manifest:
    """Raises Damaged, WrongVersion, and FileNotFoundError when there is no backup."""
    text = (folder / NAME).read_bytes()
    try:
        document = json.loads(text)
        backup = document["backup"]
        if document["sha256"] != _digest(backup):
            raise ValueError("its digest differs")
        if backup["format"] != FORMAT:
            raise WrongVersion(
                f"{folder} has the format {backup['format']}, which Storefront {backup['storefront']} wrote and this "
                "one does not know; install that version or a newer one."
            )
        return _parsed(backup)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadKey) as error:
        raise Damaged(f"{folder / NAME} is damaged: {error}.") from error


def _parsed(backup: Any) -> Manifest:
    database = backup["database"]
    if database["kind"] not in DUMPS:
        raise ValueError(f"there is no kind of database {database['kind']!r}")
    return Manifest(
        made=datetime.fromisoformat(backup["made"]).astimezone(UTC),
        storefront=backup["storefront"],
        schema=backup["schema"],
        kind=database["kind"],
        dump=FileRecord(database["sha256"], database["size"]),
        # A key becomes a path: one that leads out of the folder is none.
        files={checked(key): FileRecord(record["sha256"], record["size"]) for key, record in backup["files"].items()},
    )


def _record(record: FileRecord) -> dict[str, Any]:
    return {"sha256": record.sha256, "size": record.size}


def _digest(backup: Any) -> str:
    canonical = json.dumps(backup, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
