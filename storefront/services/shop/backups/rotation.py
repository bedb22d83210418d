"""Which backups stay, and that the files go which no other one names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path

from storefront.services.shop.backups.folder import Backup, Backups
from storefront.services.shop.backups.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Keep:
    """How many stay: the newest ones, the newest of each day, and the newest of each week (UTC, ISO 8601)."""

    newest: int = 1
    days: int = 0
    weeks: int = 0

    def chosen(self, finished: Iterable[tuple[Backup, Manifest]]) -> set[str]:
        """The names of those that stay; `finished` has the oldest first."""
        newest_first = list(finished)[::-1]
        stay = {backup.name for backup, _ in newest_first[: max(1, self.newest)]}
        stay.update(_newest_of_each(newest_first, self.days, lambda made: made.date()))
        stay.update(_newest_of_each(newest_first, self.weeks, lambda made: made.isocalendar()[:2]))
        return stay


def _newest_of_each(
    newest_first: list[tuple[Backup, Manifest]], count: int, period: Callable[[datetime], object]
) -> Iterable[str]:
    """The names of the newest backups of the last `count` periods that have any."""
    groups = groupby(newest_first, lambda pair: period(pair[1].made))
    return islice((next(group)[0].name for _, group in groups), count)


def rotate(folder: Path, keep: Keep) -> list[str]:
    """Deletes the backups of a folder that `keep` does not want; their names. Raises BackupError before it does.

    A manifest that cannot be read hides which files its backup needs: then all stay.
    """
    backups = Backups(folder)
    with backups.locked(alone=True):
        finished = [(backup, backup.read()) for backup in backups.finished()]
        stay = keep.chosen(finished)
        gone = [backup for backup, _ in finished if backup.name not in stay]
        for backup in gone:
            backup.delete()
        needed = {key for backup, manifest in finished if backup.name in stay for key in manifest.files}
        for path in backups.files.iterdir():
            if path.name not in needed:
                path.unlink()
    return [backup.name for backup in gone]
