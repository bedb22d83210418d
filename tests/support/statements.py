"""How much an application asks of its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from webtest import TestApp


@contextmanager
def counted_statements(app: TestApp) -> Iterator[list[str]]:
    """What the shop asks meanwhile, but for what any page asks once in a few seconds: whether its settings changed."""
    statements: list[str] = []
    engine = app.app.registry.wiring.engine
    app.app.registry.wiring.shop.recent()

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
