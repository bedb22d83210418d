"""Writing the demo's folders: masters with their tags, a cover, and the ``album.toml`` that a band may add."""

import datetime
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from storefront.demo.albums import ALBUMS, LABEL, DemoAlbum
from storefront.demo.synthesis import render
from storefront.media import child
from storefront.media.names import safe_name
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags

STEPS = sum(len(album.titles) + 1 for album in ALBUMS)
"""How often :func:`write_demo` reports progress: once for every track and every cover."""

PROCESSES = 2


def write_demo(folder: Path, today: datetime.date, progress: Callable[[str], None] | None = None) -> None:
    """Write a band's folders, one per album, below ``folder``; about twenty seconds of computing.

    ``progress`` is called, in this thread, with the name of each file that is ready. What is there already is written
    anew.
    """
    with ThreadPoolExecutor(PROCESSES) as pool:
        works = [pool.submit(_in_child, work) for work in _works(folder, today)]
        try:
            for work in as_completed(works):
                done = work.result()
                if progress:
                    progress(done)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    for album in ALBUMS:
        (_folder(folder, album) / "album.toml").write_text(album_toml(album, today), encoding="utf-8")


Work = tuple[str, Callable[..., None], tuple[object, ...]]


def _works(folder: Path, today: datetime.date) -> Iterator[Work]:
    """Make the folders and yield what has to be made in them."""
    for number, album in enumerate(ALBUMS):
        home = _folder(folder, album)
        home.mkdir(parents=True, exist_ok=True)
        yield f"{album.title}: cover", write_cover, (number, home / "cover.png")
        extension = album.master.rstrip("0123456789")
        for track, title in enumerate(album.titles, start=1):
            path = home / safe_name(f"{track:02} {title}", extension)
            yield f"{album.title}: {title}", write_master, (number, track, path, today)


def _in_child(work: Work) -> str:
    name, function, arguments = work
    child.run(function, *arguments)
    return name


def _folder(folder: Path, album: DemoAlbum) -> Path:
    return folder / safe_name(f"{album.artist} - {album.title}")


def write_cover(number: int, path: Path) -> None:
    """Draw the cover of the album ``number`` of ALBUMS."""
    # The grain of the paper does not shrink, so hardly any time is spent on trying.
    ALBUMS[number].draw().save(path, "PNG", compress_level=1)


def write_master(number: int, track: int, path: Path, today: datetime.date) -> None:
    """Play one track (counted from 1) of the album ``number`` of ALBUMS, and tag it."""
    album = ALBUMS[number]
    render(album.pieces[track - 1], path, album.master)
    write_tags(path, master_tags(number, track, today), None)


def master_tags(number: int, track: int, today: datetime.date) -> Tags:
    """Return the tags of one track."""
    album = ALBUMS[number]
    release = album.release(today)
    return Tags(
        title=album.titles[track - 1],
        artist=album.artist,
        album=album.title,
        album_artist=album.artist,
        track=track,
        track_total=len(album.titles),
        disc=1,
        disc_total=1,
        date=release.isoformat(),
        # ISO 3901: country, registrant, year, designation.
        isrc=f"NOHLR{release:%y}{number + 1:03}{track:02}",
        composer=album.composer,
        genre=album.genre,
        label=LABEL,
        copyright=f"© {release.year} {LABEL}",
        comment="\n".join(album.credits),
    )


def album_toml(album: DemoAlbum, today: datetime.date) -> str:
    """Return what the band says about its album, as TOML (https://toml.io): a JSON string is a TOML string."""
    texts = {
        "title": album.title,
        "artist": album.artist,
        "description": album.description,
        "price": album.price,
        "currency": album.currency,
        "cover_alt": album.cover_alt,
    }
    lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in texts.items()]
    lines += [f"released = {album.release(today).isoformat()}", "credits = ["]
    lines += [f"    {json.dumps(line, ensure_ascii=False)}," for line in album.credits]
    return "\n".join([*lines, "]", ""])
