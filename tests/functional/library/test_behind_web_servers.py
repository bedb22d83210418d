"""nginx, Apache and Caddy, set up as docs/operating.md says, send files whole and in parts, where installed."""

import hashlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from webtest import TestApp

from storefront.models import File, FileKind
from storefront.serving import Server
from storefront.wiring import Wiring
from tests.factories import make_album
from tests.support.shop import free_ports

OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"
#: Debian keeps servers where only root looks for programs.
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
XSENDFILE = "mod_xsendfile.so"
MODULES = Path("/usr/lib/apache2/modules")


@dataclass(frozen=True)
class Answer:
    """What a web server said."""

    status: int
    headers: Message
    body: bytes


Get = Callable[..., Answer]


def block(name: str, folder: Path, port: int) -> str:
    """The lines of the documentation, for a shop in this folder and on this port."""
    found = re.search(rf"^{name}, with .*?:\n\n((?:    .*\n)+)", OPERATING.read_text(), re.MULTILINE)
    assert found
    return found[1].replace("/srv/shop/files", str(folder / "files")).replace(":6543", f":{port}")


def nginx(program: str, folder: Path, port: int, shop: int) -> list[str]:
    kept = " ".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{ }}\n"
        f"http {{ access_log off; {kept} server {{ listen 127.0.0.1:{port};\n{block('nginx', folder, shop)} }} }}"
    )
    return [program, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/nginx.log"]


def apache(program: str, folder: Path, port: int, shop: int) -> list[str]:
    names = {"mpm_event": "mpm_event", "authz_core": "authz_core", "proxy": "proxy", "proxy_http": "proxy_http"}
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{file}.so" for name, file in names.items())
    (folder / "apache.conf").write_text(
        f"{modules}\nLoadModule xsendfile_module {MODULES}/{XSENDFILE}\nServerName localhost\nServerRoot {folder}\n"
        f"DefaultRuntimeDir {folder}\nPidFile {folder}/apache.pid\nErrorLog {folder}/apache.log\n"
        f"Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\n{block('Apache', folder, shop)}</VirtualHost>\n"
    )
    return [program, "-DFOREGROUND", "-f", f"{folder}/apache.conf"]


def caddy(program: str, folder: Path, port: int, shop: int) -> list[str]:
    (folder / "Caddyfile").write_text(
        f"{{\nadmin off\nauto_https off\n}}\n"
        f"http://127.0.0.1:{port} {{\nbind 127.0.0.1\n{block('Caddy', folder, shop)}}}\n"
    )
    return [program, "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


#: The program, what starts it, and what the shop is told.
SERVERS = {
    "nginx": (nginx, "x-accel-redirect"),
    "apache2": (apache, "x-sendfile"),
    "caddy": (caddy, "x-accel-redirect"),
}


@pytest.fixture(params=SERVERS)
def name(request: pytest.FixtureRequest) -> str:
    if not shutil.which(request.param, path=PATH):
        pytest.skip(f"{request.param} is not installed")
    if request.param == "apache2" and not (MODULES / XSENDFILE).exists():
        pytest.skip("Apache has no mod_xsendfile")
    return str(request.param)


@pytest.fixture
def get(name: str, ini: dict[str, str], tmp_path: Path, make_app: Callable[[dict[str, str]], TestApp]) -> Iterator[Get]:
    """Asks the web server in front of the shop."""
    [port] = free_ports(1)
    configure, sendfile = SERVERS[name]
    app = make_app({**ini, "storage.sendfile": sendfile, "base_url": f"http://127.0.0.1:{port}"})
    shop = Server(app.app, port=0, threads=2)
    thread = threading.Thread(target=shop.run)
    thread.start()
    program = shutil.which(name, path=PATH)
    assert program
    command = configure(program, tmp_path, port, shop.port)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:

        def get(path: str, method: str = "GET", **headers: str) -> Answer:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                named = {key.replace("_", "-"): text for key, text in headers.items()}
                connection.request(method, path, headers={**named, "Connection": "close"})
                with connection.getresponse() as answer:
                    return Answer(answer.status, answer.headers, answer.read())

        try:
            wait_until_it_listens(port, process)
            yield get
        finally:
            process.terminate()
    shop.stop()
    thread.join()


def wait_until_it_listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "it does not start"
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(0.05)
    pytest.fail("nothing listens")


@pytest.fixture
def stream(session: Session, wiring: Wiring) -> File:
    """Something that anybody may hear."""
    album = make_album(session, wiring.storage)
    assert album.edition
    return next(file for file in album.edition.files if file.kind == FileKind.STREAM)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_file_is_sent_whole_and_in_parts(name: str, get: Get, stream: File, wiring: Wiring) -> None:
    path = f"/stream/{stream.digest}.mp3"
    with wiring.storage.open(stream.digest) as file:
        data = file.read()

    whole = get(path)
    assert (whole.status, hashlib.sha256(whole.body).hexdigest()) == (200, stream.digest)
    assert whole.headers["Content-Type"] == "audio/mpeg"
    etag = str(whole.headers["ETag"])
    assert etag == f'"{stream.digest}"' or name == "caddy"  # which has one of its own, of the file's time
    assert "immutable" in whole.headers["Cache-Control"]
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Accel-Redirect" not in whole.headers
    assert "X-Sendfile" not in whole.headers

    for asked in ({"Range": "bytes=100-"}, {"Range": "bytes=100-", "If_Range": etag}):
        part = get(path, **asked)
        assert (part.status, part.body) == (206, data[100:])
        assert part.headers["Content-Range"] == f"bytes 100-{stream.size - 1}/{stream.size}"
    assert get(path, Range="bytes=100-", If_Range='"older"').body == data
    assert get(path, Range=f"bytes={stream.size}-").status == 416
    assert get(path, If_None_Match=etag).status == 304
    told = get(path, "HEAD")
    assert told.status == 200
    assert told.headers["Content-Length"] in (str(stream.size), None)  # Apache does not say


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_nobody_reaches_the_files_but_through_the_shop(get: Get, stream: File) -> None:
    for path in (f"/stored/{stream.digest}", f"/{stream.digest}", f"/stream/{'0' * 64}.mp3"):
        assert get(path).status == 404
        assert get(path, X_Accel_Redirect=f"/stored/{stream.digest}").status == 404
    assert get("/albums/low-tide").status == 200
