"""What became of the files of an upload, in sentences, as a row keeps it."""

from typing import Any

from storefront.services.catalogue.importing import Imported, ImportRefused, Outcome, ReadAlbum, by_source
from storefront.services.catalogue.importing.sources import Source

Report = list[dict[str, Any]]

#: What the page itself said, the price, is no news.
PAGE = Source.COMMAND

OUTCOMES = {
    Outcome.CREATED: "A new draft was made of them.",
    Outcome.UPDATED: "The shop knew this album: it was brought up to date.",
    Outcome.UNCHANGED: "The shop has exactly this album already, so nothing changed.",
}


def line(file: str, what: str, *, good: bool) -> dict[str, Any]:
    return {"file": file, "what": what, "good": good}


def report_of(read: ReadAlbum, imported: Imported) -> Report:
    """What was left out first, then what was taken from where, then what each track was made of."""
    tracks = sorted(imported.edition.tracks, key=lambda track: (track.disc, track.position))
    sources = by_source(read.taken).items()
    several = len({track.disc for track in tracks}) > 1
    return [
        *(line(problem.file, f"left out: {problem.reason}", good=False) for problem in imported.problems),
        line("", OUTCOMES[imported.outcome], good=True),
        *([line("", f"Kept as it is here: {', '.join(imported.kept)}.", good=True)] if imported.kept else []),
        *(line("", f"From {source}: {', '.join(what)}.", good=True) for source, what in sources if source != PAGE),
        *(line(twin, "not needed: the same is there in a lossless form", good=True) for twin in read.twins),
        *(
            line(track.master_name, f"{f'{track.disc}-' if several else ''}{track.position}. {track.title}", good=True)
            for track in tracks
        ),
    ]


def refusal(refused: ImportRefused) -> Report:
    """Why nothing was made of them."""
    return [line("", problem, good=False) for problem in refused.problems]
