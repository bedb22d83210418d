"""One connection of the web server: waitress's, which sends files from far away, and hears out who sends too much."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, Task, WSGITask
from waitress.utilities import RequestEntityTooLarge

#: How much of a file is read to be sent; waitress reads all that the buffer could hold, each time that a third is free.
READ_AT_ONCE = 64 * 1024
#: Seconds that a body which is too large may go on coming, to be thrown away, once its answer is sent.
HEARD_OUT = 60.0


class Body(ReadOnlyFileBasedBuffer):  # type: ignore[misc]
    """A file on its way out. Where it comes from far away, nobody waits for it: the channel sleeps until it is here."""

    #: Until something came of what is far away.
    waiting = False
    #: Wakes the server's loop.
    pull: Callable[[], None]

    def get(self, numbytes: int = -1, skip: bool = False) -> bytes:
        """As waitress asks; nothing while it is not here, if it is a file that can say so (storage.SeekableReader)."""
        ready = getattr(self.file, "ready", None)
        if ready is None:
            return bytes(super().get(numbytes, skip))
        self.waiting = True  # before anybody can say that it came
        if not ready(self._wake):
            return b""
        self.waiting = False
        place = self.file.tell()
        data: bytes = self.file.read1(self.remain if numbytes == -1 else min(numbytes, self.remain))
        if skip:
            self.remain -= len(data)
        else:
            self.file.seek(place)
        return data

    def _wake(self) -> None:
        self.waiting = False
        self.pull()


class _Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    """A request, which knows how many threads share the work."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = Body
        environ["storefront.threads"] = self.channel.server.adj.threads  # web/slots.py gives them out
        return environ

    def set_close_on_finish(self) -> None:
        """waitress ends the connection after every answer without a Content-Length; a 304 has none, and needs none.

        It ends with its headers (https://www.rfc-editor.org/rfc/rfc9112#section-6.3), so the connection goes on: a
        browser that asks whether its pages are still true would otherwise connect anew for each.
        """
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version != "1.1" or asked == "close":
            super().set_close_on_finish()


class _TooLarge(_Task):
    """A request with a larger body than any form's: the shop says so in its own words, by the length, unread."""

    def __init__(self, channel: Any, request: Any) -> None:
        super().__init__(channel, request)
        if request.chunked:  # it has not said how long it is; so much has come
            request.headers["CONTENT_LENGTH"] = str(request.body_bytes_received)
        channel.overfull = True
        Task.set_close_on_finish(self)  # what comes behind it is its body, and no other request


def _task_of_an_error(channel: Any, request: Any) -> Any:
    kind = _TooLarge if isinstance(request.error, RequestEntityTooLarge) else ErrorTask
    return kind(channel, request)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    task_class = _Task
    error_task_class = staticmethod(_task_of_an_error)
    #: waitress's.
    close_when_flushed: bool
    #: Whether a body was refused that may still be coming.
    overfull = False
    #: By when that has to be over: its answer is sent, and what comes is thrown away.
    _hears_out_until: float | None = None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.sendbuf_len = READ_AT_ONCE

    def write_soon(self, data: Any) -> int:
        if isinstance(data, Body):
            data.pull = self._pull
        return int(super().write_soon(data))

    def send_continue(self) -> None:
        """A browser that asks before it sends what is too large is not told to go on."""
        self.request.expect_continue = False
        if not self.request.error:
            super().send_continue()

    def readable(self) -> Any:
        return self._hears_out_until is not None or super().readable()

    def handle_read(self) -> None:
        if self._hears_out_until is None:
            super().handle_read()
        elif time.monotonic() > self._hears_out_until:
            self.handle_close()
        else:
            with suppress(OSError):
                self.recv(self.adj.recv_bytes)  # closes this at the end
            self.last_activity = time.time()

    def writable(self) -> Any:
        """Not while what is to be sent next is not here: the loop would ask without end."""
        next_out = self.outbufs[0]
        if isinstance(next_out, Body) and next_out.waiting:
            return self.will_close
        return super().writable()

    def handle_write(self) -> None:
        """A connection that is closed on what it has not read takes its answer back: the client hears a reset.

        So the answer to a body that is too large is followed by an end of sending alone, and what still comes is
        thrown away. https://www.rfc-editor.org/rfc/rfc9112#section-9.6
        """
        if self.overfull and self.close_when_flushed and not self.will_close:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and self.connected:
                self.close_when_flushed = False
                self._hears_out_until = time.monotonic() + HEARD_OUT
                with suppress(OSError):  # the client is gone
                    self.socket.shutdown(socket.SHUT_WR)
            return
        super().handle_write()

    def _pull(self) -> None:
        """From a reader's thread."""
        if self.connected:
            with suppress(OSError):  # the server was stopped just now
                self.server.pull_trigger()
