"""How much an application asks of its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from webtest import TestApp


@contextmanager
def counted_statements(app: TestApp) -> Iterator[list[str]]:
    """What the shop asks meanwhile."""
    statements: list[str] = []
    engine = app.app.registry.wiring.engine

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
