"""Backups: everything that a shop cannot make again, in a folder, while the shop goes on; and the way back.

A folder of backups is

    files/KEY                            every file of the storage that a backup needs, once for all of them
    20261124T135827Z/database.sqlite     or database.dump, of PostgreSQL
    20261124T135827Z/manifest.json       what belongs to it, with digests; written last

A backup is there when its manifest is: what a killed or failed one left is no backup, and the next one clears it away.
The database is read first, at one moment, and then the files that its rows name: they are never changed, so they are
still what they were. Settings and secrets are not in it.
"""

from storefront.services.shop.backups.databases import Database, database_of
from storefront.services.shop.backups.errors import BackupError
from storefront.services.shop.backups.making import MadeBackup, make_backup
from storefront.services.shop.backups.restoring import Restored, restore_backup
from storefront.services.shop.backups.rotation import Keep, rotate
from storefront.services.shop.backups.schema import Schema
from storefront.services.shop.backups.verification import Verdict, verify_backups

__all__ = [
    "BackupError",
    "Database",
    "Keep",
    "MadeBackup",
    "Restored",
    "Schema",
    "Verdict",
    "database_of",
    "make_backup",
    "restore_backup",
    "rotate",
    "verify_backups",
]
