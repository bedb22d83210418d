"""The mails that a shop wrote to its spool folder."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


class Mailbox:
    """Reads .eml files, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def messages(self) -> list[EmailMessage]:
        paths = sorted(self.folder.rglob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]

    @property
    def only(self) -> EmailMessage:
        """The one mail that there is; fails when there are none or more."""
        [message] = self.messages
        return message

    @staticmethod
    def text(message: EmailMessage) -> str:
        """Its plain text."""
        body = message.get_body(("plain",))
        assert body is not None, "the mail has no plain text"
        return str(body.get_content())
