"""Whether MP3 and Ogg files are whole: what their own headers say of their ends.

FFmpeg guesses the length of an MP3 from its size where it can, junk and tags at its end included, and takes the last
page that it finds of an Ogg for its end. Sources: the Xing header as LAME writes it
(http://gabriel.mp3-tech.org/mp3infotag.html), RFC 3533 §6 (the header type flag of an Ogg page).
"""

from pathlib import Path

HEAD = 64 * 1024
#: The largest page that Ogg can have (RFC 3533 §6): 27 + 255 bytes of header, 255 segments of 255 bytes.
PAGE = 27 + 255 + 255 * 255
SAMPLES = {3: 1152, 2: 576, 0: 576}
"""MPEG version as its two bits say it (1, 2, 2.5) -> samples of a frame of layer III."""


def promised_samples(path: Path) -> int:
    """Return how many samples the Xing or Info header of an MP3 promises, the encoder's padding included; else 0."""
    with path.open("rb") as file:
        start = file.read(10)
        file.seek(0)
        if start[:3] == b"ID3":
            file.seek(10 + (start[6] << 21 | start[7] << 14 | start[8] << 7 | start[9]))
        head = file.read(HEAD)
    for mark in (b"Xing", b"Info"):
        place = head.find(mark)
        sync = head.rfind(b"\xff", 0, max(place, 0))
        if place >= 0 and sync >= 0 and place - sync < 64 and head[place + 7] & 1:
            version = head[sync + 1] >> 3 & 3
            return int.from_bytes(head[place + 8 : place + 12]) * SAMPLES.get(version, 0)
    return 0


def has_last_page(path: Path) -> bool:
    """Whether an Ogg ends with a page that says that it is the last, and is all there."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 2 * PAGE))
        tail = file.read()
    place = tail.rfind(b"OggS")
    if place < 0 or len(tail) < place + 27:
        return False
    table = tail[place + 27 : place + 27 + tail[place + 26]]
    whole = len(table) == tail[place + 26] and len(tail) >= place + 27 + len(table) + sum(table)
    return whole and bool(tail[place + 5] & 4)
