"""What can be wrong with a file that a band brings.

    MediaError
    ├── UnreadableAudio
    └── UnreadablePicture

``reason`` is in plain words, fit to stand after "cannot be used: " on a page or in a terminal.
"""


class MediaError(Exception):
    """A file cannot be used; ``reason`` says why in plain words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableAudio(MediaError):
    """The file is not audio, or not whole, or not of a kind that is sold here."""


class UnreadablePicture(MediaError):
    """The bytes are not a picture, or not whole, or too large."""
