"""How mail leaves the shop: into a spool folder, or by SMTP.

MailError
  MailNotSent   certainly nobody got it: no connection, no sign-in, refused before its text was taken
  MailInDoubt   its text was on the way when the server fell silent: it may arrive
"""

import contextlib
import os
import smtplib
import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from storefront.services.shop.message_ids import spool_name

SECONDS = 20


class MailError(Exception):
    """The message did not leave as it should."""


class MailNotSent(MailError):
    """Nobody got it; it can be sent again without harm."""


class MailInDoubt(MailError):
    """It may have been delivered."""


class Mailer(Protocol):
    """Sends a complete message or raises MailError. It takes its time, so never inside a transaction."""

    def send(self, message: EmailMessage) -> None: ...


class SpoolMailer:
    """Writes each message as an .eml file, named by its Message-ID, so that a second send is the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        path = self.folder / spool_name(message["Message-ID"])
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(message.as_bytes(policy=policy.SMTP))
            part.replace(path)
        except OSError as error:
            raise MailNotSent(f"{self.folder}: {error.strerror or error}") from error

    def find(self, message_id: str) -> EmailMessage | None:
        """The message that was sent under this id; None when it never was, or was cleaned away."""
        try:
            return message_from_bytes((self.folder / spool_name(message_id)).read_bytes(), policy=policy.default)
        except FileNotFoundError:
            return None


class SmtpMailer:
    """Hands each message to an SMTP server, over TLS wherever the server offers it."""

    def __init__(self, host: str, port: int, *, user: str = "", password: str = "", tls: bool = False) -> None:
        """`tls`: from the first byte (port 465); else by STARTTLS when it is offered, and always before a password."""
        self._host = host
        self._port = port
        self._user = user
        self._password = password
        self._tls = tls

    def send(self, message: EmailMessage) -> None:
        sender, recipient = parseaddr(str(message["From"]))[1], parseaddr(str(message["To"]))[1]
        with self._connection() as server:
            _deliver(server, sender, recipient, message.as_bytes(policy=policy.SMTP))

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A server that is ready for a message."""
        context = ssl.create_default_context()
        try:
            if self._tls:
                server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(f"{self._host}:{self._port}: {error}") from error
        try:
            self._introduce(server, context)
            yield server
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _introduce(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        try:
            server.ehlo_or_helo_if_needed()
            if not self._tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif not self._tls and self._user:
                raise MailNotSent(f"{self._host} offers no TLS, so it gets no password; try smtps://")
            if self._user:
                server.login(self._user, self._password)
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(f"{self._host}:{self._port}: {error}") from error


def _deliver(server: smtplib.SMTP, sender: str, recipient: str, data: bytes) -> None:
    """MAIL, RCPT and DATA, step by step, to know at which of them it failed (RFC 5321, 4.1.1)."""
    try:
        for code, answer in (server.mail(sender), server.rcpt(recipient)):
            if code not in (250, 251):
                raise MailNotSent(f"{code} {answer.decode(errors='replace')}")
    except (OSError, smtplib.SMTPException) as error:
        raise MailNotSent(str(error)) from error
    try:
        code, answer = server.data(data)
    except smtplib.SMTPDataError as error:
        raise MailNotSent(str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailInDoubt(str(error)) from error
    if code != 250:
        raise MailNotSent(f"{code} {answer.decode(errors='replace')}")


def make_mailer(url: str) -> Mailer:
    """spool://folder (spool:///folder from the root), or smtp(s)://user:password@host:port."""
    parts = urlsplit(url)
    if parts.scheme == "spool":
        return SpoolMailer(Path(unquote(parts.netloc + parts.path)))
    tls = parts.scheme == "smtps"
    return SmtpMailer(
        parts.hostname or "localhost",
        parts.port or (465 if tls else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )
