"""The owner's browser, and what its script does: files announced, and sent piece by piece."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp, TestResponse

from storefront.models import Album, AlbumState, writing
from storefront.wiring import Wiring
from tests.factories import make_album
from tests.functional.importing.conftest import picture, tone
from tests.support.people import make_owner, sign_in

CHUNK = 1_000_000


@dataclass
class Desk:
    """An admin's browser with an upload page open; `page` is its address."""

    app: TestApp
    page: str
    token: str

    def announce(self, name: str, size: int, modified: int = 1_700_000_000_000, **more: Any) -> TestResponse:
        fields = {"name": name, "size": str(size), "modified": str(modified)}
        return self.app.post(f"{self.page}/files", fields, headers=self._headers(), **more)

    def send(self, url: str, offset: int, data: bytes, digest: bytes | None = None, **more: Any) -> TestResponse:
        encoded = base64.b64encode(digest or hashlib.sha256(data).digest()).decode()
        headers = {
            **self._headers(),
            "Content-Type": "application/octet-stream",
            "Content-Digest": f"sha-256=:{encoded}:",
        }
        return self.app.post(f"{url}?offset={offset}", data, headers=headers, **more)

    def upload(self, name: str, data: bytes) -> str:
        """A whole file; its address."""
        answer = self.announce(name, len(data)).json
        for offset in range(answer["received"], len(data), CHUNK):
            answer |= self.send(answer["url"], offset, data[offset : offset + CHUNK]).json
        assert answer["received"] == len(data)
        return str(answer["url"])

    def finish(self, **fields: str) -> TestResponse:
        form = self.app.get(self.page).forms["finish"]
        for name, value in fields.items():
            form[name] = value
        return form.submit("finish", expect_errors=True)

    def _headers(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.token, "Accept": "application/json"}


@pytest.fixture
def owner(app: TestApp, session: Session) -> TestApp:
    """The admin's browser."""
    make_owner(session)
    sign_in(app, "owner@example.com")
    return app


@pytest.fixture
def draft(session: Session, wiring: Wiring) -> Album:
    """An album with all its files, not on sale."""
    made = make_album(session, wiring.storage, state=AlbumState.DRAFT)
    assert made.edition is not None
    with writing(session):
        made.formats = ("flac", "mp3-v0")
        for track in made.edition.tracks:
            track.loudness_lufs, track.peak = -14.0, 0.5
        made.edition.loudness_lufs = -14.0
    return made


@pytest.fixture
def desk(owner: TestApp) -> Desk:
    """With the page of a new album's upload."""
    return open_upload(owner, owner.get("/admin/albums").forms["new"].submit())


def open_upload(owner: TestApp, redirect: TestResponse) -> Desk:
    page = redirect.follow()
    return Desk(owner, page.request.path, page.html.select_one("[data-upload]")["data-token"])


@pytest.fixture
def songs(tmp_path: Path) -> dict[str, bytes]:
    """Files as a band has them: two masters, a cover, and what is no music but is called so."""
    folder = tmp_path / "band"
    folder.mkdir()
    for number, title in enumerate(("Harbour", "Slack Water"), 1):
        tone(folder / f"{number:02} {title}.flac", "flac", 0.5, 110 * number)
    (folder / "cover.png").write_bytes(picture())
    (folder / "03 Broken.flac").write_bytes(b"this is no music at all" * 100)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
