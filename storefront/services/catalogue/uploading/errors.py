"""Why an upload, or a file of one, is not taken; each message is a sentence for whoever uploads.

UploadRefused
├── UploadClosed     it is being read, or was
├── NotWanted        no music, no cover, or nothing in it
├── FileTooLarge     more than the shop takes
├── TooManyFiles     more than one album has
├── Unfinished       files are still on their way, or there are none
├── DiskFull         no room is left; nothing of what came is lost
├── ChunkDamaged     it is not what the browser sent
└── WrongOffset      it is not the next one; `received` is how many bytes there are
"""


class UploadRefused(Exception):
    """Of all."""


class UploadClosed(UploadRefused):
    def __init__(self) -> None:
        super().__init__("These files are complete, and are being read or were. Begin another upload.")


class NotWanted(UploadRefused):
    pass


class FileTooLarge(UploadRefused):
    pass


class TooManyFiles(UploadRefused):
    pass


class Unfinished(UploadRefused):
    pass


class DiskFull(UploadRefused):
    def __init__(self) -> None:
        super().__init__(
            "The shop's disk is full. Nothing of what has come is lost: make room, then go on from where it stopped."
        )


class ChunkDamaged(UploadRefused):
    def __init__(self) -> None:
        super().__init__("A piece arrived damaged, and is asked for again.")


class WrongOffset(UploadRefused):
    def __init__(self, received: int) -> None:
        super().__init__(f"The next byte is number {received}.")
        self.received = received
