"""A progress bar for what is told as "so many of so many"."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Shows a bar inside the block (where nobody watches, only its label); call what it yields with done and total."""
    with click.progressbar(length=1, label=label, show_pos=False) as bar:

        def report(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield report
