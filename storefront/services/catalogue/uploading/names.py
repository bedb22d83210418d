"""What a browser calls the files of an upload -> whether they are wanted, and where they go in an album's folder."""

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from storefront.media.names import safe_name
from storefront.media.probing import AUDIO_EXTENSIONS
from storefront.media.tags import clean_text
from storefront.services.catalogue.importing.folders import OTHER_AUDIO
from storefront.services.catalogue.uploading.errors import NotWanted

MUSIC = AUDIO_EXTENSIONS | OTHER_AUDIO
PICTURES = frozenset({"jpg", "jpeg", "png", "webp"})
WORDS = frozenset({"toml", "txt", "lrc"})
#: Of every file that is taken.
ENDINGS = MUSIC | PICTURES | WORDS
#: A disc's folder and the file; whatever is above says nothing about the music.
DEEPEST = 3


def checked_name(name: str) -> str:
    """The path of a file as it is kept: cleaned, and without what leads elsewhere. Raises NotWanted."""
    parts = [clean_text(part) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part.strip(" .")][-DEEPEST:]
    ending = extension(kept[-1]) if kept else ""
    if ending not in ENDINGS or kept[-1].startswith((".", "__")):
        raise NotWanted("It is neither music nor a cover.")
    return "/".join(part[-150:] for part in kept)


def extension(name: str) -> str:
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def places(names: Iterable[str]) -> tuple[str, dict[str, PurePosixPath]]:
    """The name of the folder that all were chosen from ("" if there is none), and each one's place within it.

    The places are safe on every system and differ from each other. The only picture is the cover, whatever its name.
    """
    paths = {name: PurePosixPath(name) for name in sorted(names)}
    folder = ""
    while shared := _shared_folder(paths.values()):
        folder = shared
        paths = {name: PurePosixPath(*path.parts[1:]) for name, path in paths.items()}
    pictures = [name for name in paths if extension(name) in PICTURES]
    if len(pictures) == 1:
        paths[pictures[0]] = PurePosixPath(f"cover.{extension(pictures[0])}")
    taken: set[str] = set()
    return folder, {name: _free(path, taken) for name, path in paths.items()}


def _shared_folder(paths: Collection[PurePosixPath]) -> str:
    """The first folder of all of them; "" where there is none."""
    firsts = {path.parts[0] if len(path.parts) > 1 else "" for path in paths}
    return firsts.pop() if len(firsts) == 1 else ""


def _free(path: PurePosixPath, taken: set[str]) -> PurePosixPath:
    """A safe form of the path that nothing else has, whatever the case of its letters."""
    safe = PurePosixPath(*(safe_name(part) for part in path.parts[:-1]), safe_name(path.stem, path.suffix[1:].lower()))
    number = 2
    while str(safe).casefold() in taken:
        safe = safe.with_name(safe_name(f"{path.stem} {number}", path.suffix[1:].lower()))
        number += 1
    taken.add(str(safe).casefold())
    return safe
