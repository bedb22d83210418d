"""The files of an album that is sold as the artist delivered it: the sound untouched, the tags ours."""

import shutil
from pathlib import Path

import av

from storefront.media.encoding import encode
from storefront.media.formats import Format
from storefront.media.reading import CONTAINERS, open_audio
from storefront.media.recipes import M4A
from storefront.media.replacing import replacing
from storefront.media.tagging import clear_tags

TAGGABLE = {"wav", "aiff", "flac", "m4a", "mp3"}
OGG = {"vorbis": "ogg", "opus": "opus", "libopus": "opus"}


def copy_original(master: Path, folder: Path) -> Path:
    """Copy ``master`` into ``folder`` without its tags and return where it is, under the extension of what it is.

    What no tags can be written to is put into another container of the same sound: bare AAC into M4A, Wave64 and FLAC
    in Ogg into FLAC. Raises :class:`~storefront.media.errors.UnreadableAudio`.
    """
    with open_audio(master) as (container, stream):
        format, codec = container.format.name, stream.codec_context.name
    kind = CONTAINERS[format]
    if kind == "aac":
        return _in_m4a(master, folder / "original.m4a")
    extension = kind if kind in TAGGABLE else OGG.get(codec, "")
    if format == "w64" or not extension:
        target = folder / "original.flac"
        encode(master, target, Format.FLAC)
        return target
    target = folder / f"original.{extension}"
    shutil.copyfile(master, target)
    clear_tags(target)
    return target


def _in_m4a(master: Path, target: Path) -> Path:
    """Write the packets of ``master`` as they are."""
    with (
        open_audio(master) as (source, stream),
        replacing(target) as draft,
        av.open(str(draft), "w", format="ipod", options=dict(M4A)) as sink,
    ):
        output = sink.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = output
                sink.mux(packet)
    return target
