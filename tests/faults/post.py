"""The mail server, which may be away, or fall silent when it has the message."""

from dataclasses import dataclass, field
from email.message import EmailMessage

from storefront.services.shop.mailer import MailInDoubt, MailNotSent
from tests.faults.kinds import Kind
from tests.faults.scheduler import Scheduler

CRASHES = (Kind.CRASH, Kind.PROCESS_CRASH, Kind.POWER_LOSS)


@dataclass(frozen=True)
class Delivered:
    """A message in somebody's mailbox."""

    at: float
    message_id: str
    to: str
    subject: str
    text: str


@dataclass
class PostOffice:
    """A Mailer of the shop's, and everybody's mailbox."""

    scheduler: Scheduler | None = None
    delivered: list[Delivered] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        scheduler = self.scheduler
        if scheduler and scheduler.place("mail: sending", Kind.SMTP_DOWN, *CRASHES) is Kind.SMTP_DOWN:
            raise MailNotSent("nobody listens there")
        body = message.get_body(("plain",))
        assert body is not None
        self.delivered.append(
            Delivered(
                scheduler.clock.true if scheduler else 0.0,
                str(message["Message-ID"]),
                str(message["To"]),
                str(message["Subject"]),
                str(body.get_content()),
            )
        )
        if scheduler:
            scheduler.effects += 1
        if scheduler and scheduler.place("mail: sent", Kind.REPLY_LOST, *CRASHES) is Kind.REPLY_LOST:
            raise MailInDoubt("the server fell silent")
