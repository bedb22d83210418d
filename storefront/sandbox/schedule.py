"""What happens at Stripe by itself, some time after a request: on the sandbox's clock, in the order in which it is due.

A module says what it does with `@task("name")`, and orders it with `later(call, "name", object_id, seconds)`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from .call import Call

Task = Callable[[Call, str], None]
_Task = TypeVar("_Task", bound=Task)

_DUE = "SELECT * FROM scheduled WHERE due <= ? ORDER BY due, seq LIMIT 1"
_tasks: dict[str, Task] = {}


def task(name: str) -> Callable[[_Task], _Task]:
    """The function does what is scheduled under that name; it is given the id of the object that it is about."""

    def register(function: _Task) -> _Task:
        _tasks[name] = function
        return function

    return register


def later(call: Call, name: str, object_id: str, seconds: float) -> None:
    """Have the task done so many seconds from now."""
    call.store.connection.execute(
        "INSERT INTO scheduled (due, task, object) VALUES (?, ?, ?)", (call.now + seconds, name, object_id)
    )


def do_due(call: Call) -> None:
    """Do everything whose time has come, in a transaction of its own."""
    connection = call.store.connection
    if connection.execute(_DUE, (call.now,)).fetchone() is None:
        return  # without waiting for whoever is writing
    call = replace(call, request_id=None, idempotency_key=None)  # no request causes it
    with call.store.transaction():
        while row := connection.execute(_DUE, (call.now,)).fetchone():
            connection.execute("DELETE FROM scheduled WHERE seq = ?", (row["seq"],))
            _tasks[row["task"]](call, row["object"])
