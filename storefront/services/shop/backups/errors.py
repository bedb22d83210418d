"""Why there is no backup, or no restored shop.

BackupError            sentences for who gave the command
 ├─ NotABackup         the folder, or what lies in it, is none
 ├─ BackupBusy         another command works in the folder
 ├─ Incomplete         the shop lacks files that its rows name
 ├─ Damaged            something is not what was written
 ├─ WrongVersion       made by a newer Storefront, or of another kind of database
 ├─ NotEmpty           a restore would overwrite something
 ├─ DatabaseInUse      the shop is running
 ├─ ToolFailed         PostgreSQL's own programs: missing, too old, or without success
 └─ DatabaseFailed     the database itself says no
"""

from collections.abc import Sequence


class BackupError(Exception):
    """A sentence, and under it a line for each thing that is wrong."""

    def __init__(self, sentence: str, problems: Sequence[str] = ()) -> None:
        super().__init__("\n".join([sentence, *(f"  - {problem}" for problem in problems)]))
        self.problems = tuple(problems)


class NotABackup(BackupError):
    pass


class BackupBusy(BackupError):
    pass


class Incomplete(BackupError):
    pass


class Damaged(BackupError):
    pass


class WrongVersion(BackupError):
    pass


class NotEmpty(BackupError):
    pass


class DatabaseInUse(BackupError):
    pass


class ToolFailed(BackupError):
    pass


class DatabaseFailed(BackupError):
    pass
