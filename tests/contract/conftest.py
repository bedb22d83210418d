"""A sandbox that records what it is asked and answers, and the oracle that judges it."""

import importlib.util
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from webob import Request

from storefront.sandbox import Server, main

VALIDATE = Path(__file__).with_name("validate.py")


class Asked(Request):
    """WebOb would put what is longer than 10 kB into a file."""

    request_body_tempfile_limit = 2 * 1024 * 1024


class Recorder:
    """WSGI: an application in front of the sandbox's; `exchanges` are as validate.py's own proxy writes them."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.registry = app.registry
        self.url = ""
        self.exchanges: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Asked(environ)
        body = request.body.decode()
        answer = request.get_response(self.app)
        if request.path.startswith("/v1/"):
            self.exchanges.append(
                {
                    "method": request.method,
                    "path": request.path,
                    "query": request.query_string,
                    "request_body": body,
                    "status": answer.status_code,
                    "response_headers": dict(answer.headers),
                    "response": json.loads(answer.body),
                }
            )
        found: Iterable[bytes] = answer(environ, start_response)
        return found


@pytest.fixture(scope="session")
def validate() -> ModuleType:
    """The contract check, which is a script, as a module."""
    spec = importlib.util.spec_from_file_location("validate", VALIDATE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def oracle(validate: ModuleType) -> Any:
    """Stripe's contract as the installed package has it."""
    return validate.SdkOracle()


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    database = tmp_path_factory.mktemp("contract") / "sandbox.sqlite"
    recording = Recorder(main(**{"sandbox.database": str(database), "sandbox.settlement_delay": "0"}))
    with Server(recording, 0) as server:
        recording.url = server.address
        yield recording
