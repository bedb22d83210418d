"""A band's folder, written by the test: real audio of a second or so, real tags, a drawn cover."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageDraw

from storefront.media.tagging import write_tags
from storefront.media.tags import Tags
from storefront.services.catalogue.importing import Imported, import_folder
from storefront.services.catalogue.production import produce

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

PRICE = 'price = "9.00"\ncurrency = "EUR"\n'


CODECS = {".flac": "flac", ".wav": "pcm_s24le", ".aiff": "pcm_s16be", ".m4a": "alac", ".mp3": "mp3"}


class Band:
    """Writes masters, covers and album.toml into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def song(self, name: str, *, seconds: float = 0.5, pitch: int = 220, **tags: Any) -> Path:
        """A tone in a file of this name; `tags` are those of media.tags.Tags, none by default."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        tone(path, CODECS[path.suffix], seconds, pitch)
        if tags:
            write_tags(path, Tags(**{**tags, "cover": None}), tags.get("cover"))
        return path

    def album(self, *titles: str, artist: str = "Mara Quist", album: str = "Low Tide", **tags: Any) -> None:
        """A finished album: tagged FLACs, a cover, an album.toml with a price."""
        for number, title in enumerate(titles, 1):
            self.song(
                f"{number:02} {title}.flac",
                pitch=110 * number,
                title=title,
                artist=artist,
                album=album,
                track=number,
                date="2026-11-01",
                **tags,
            )
        self.write("cover.png", picture())
        self.write("album.toml", PRICE)


def tone(path: Path, codec: str, seconds: float, pitch: int, rate: int = 44_100) -> None:
    """Writes a stereo sine; the same arguments give the same bytes."""
    graph = av.filter.Graph()
    wave = f"0.4*sin(2*PI*{pitch}*t)"
    formats = {"pcm_s24le": "s32", "alac": "s16p", "mp3": "fltp"}
    graph.link_nodes(
        graph.add("aevalsrc", exprs=f"{wave}|{wave}", s=str(rate), d=str(seconds), c="stereo"),
        graph.add("aformat", sample_fmts=formats.get(codec, "s16")),
        graph.add("abuffersink"),
    ).configure()
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.codec_context.layout = "stereo"
        stream.codec_context.format = formats.get(codec, "s16")
        while True:
            try:
                frame = graph.pull()
            except EOFError:
                break
            frame.pts = None
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def picture(colour: str = "#2f5d73", side: int = 400, format: str = "PNG") -> bytes:
    image = Image.new("RGB", (side, side), colour)
    ImageDraw.Draw(image).ellipse((80, 80, 320, 320), fill="#f6f2ea")
    target = io.BytesIO()
    image.save(target, format)
    return target.getvalue()


@pytest.fixture
def band(tmp_path: Path) -> Band:
    return Band(tmp_path / "Low Tide")


@pytest.fixture
def bring_in(wiring: Any, session: Any) -> Callable[..., Imported]:
    """Imports a band's folder."""

    def bring(band: Band, **arguments: Any) -> Imported:
        return import_folder(session, wiring.storage, band.folder, now=NOW, **arguments)

    return bring


@pytest.fixture
def make_files(wiring: Any, session: Any) -> Callable[[Imported], None]:
    """Does the job that an import left."""
    return lambda imported: produce(session, wiring.storage, imported.edition.public_id)
