"""Sends the shop's mails, and makes the one secret link that each may hold."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from storefront.jobs import Lane, Task
from storefront.links import Links
from storefront.models import Mail, MailKind
from storefront.services.accounts.email_links import make_email_link
from storefront.services.library.receipt_links import make_receipt_link
from storefront.services.shop.composing import Composer
from storefront.services.shop.mailer import MailNotSent
from storefront.services.shop.posting import post
from storefront.wiring import Wiring


class NoSender(MailNotSent):
    """A shop that sells, and nobody said who its mails are from."""

    def __str__(self) -> str:
        return "no sender is set: give one on the desk's page of settings, or as mail.sender"


def send_mail(wiring: Wiring, mail: str) -> None:
    """Sends the mail of this key, once."""
    now = datetime.now(UTC)
    with wiring.reader.connect() as connection:
        composer = Composer(wiring.templates, wiring.links, wiring.shop.read(connection))
    if not composer.shop.sender.address:
        raise NoSender
    with wiring.sessions() as session:
        link = partial(make_link, session, wiring.links, now)
        post(session, wiring.mailer, mail, lambda row: composer.compose(row, link(row)), now)


def make_link(session: Session, links: Links, now: datetime, mail: Mail) -> str:
    """The link in a mail. A secret one is made when the mail is sent, so that none ever lies in a row."""
    match mail:
        case Mail(kind=MailKind.RECEIPT | MailKind.PAST_SALES, purchase=purchase) if purchase is not None:
            return links.receipt(make_receipt_link(session, purchase, now))
        case Mail(kind=MailKind.REFUNDED, purchase=purchase) if purchase is not None:
            return links.album(purchase.album.slug)
        case Mail(kind=MailKind.ATTENTION, dispute=dispute) if dispute is not None:
            return links.admin_dispute(dispute.stripe_dispute_id)
        case Mail(kind=MailKind.ATTENTION):
            return links.admin_purchases()
        case Mail(kind=MailKind.NOT_CHARGED, purchase=purchase) if purchase is not None:
            return links.buy(purchase.album.slug)
        case Mail(kind=MailKind.ADDRESS_CHANGED):
            return links.help()
        case Mail(kind=MailKind.CHOOSE_PASSWORD):
            return links.proof(make_email_link(session, mail.recipient, now))
        case _:
            return links.password()


#: The waits between tries double up to an hour, so that a mail server may be away for three days.
TASKS = {"send_mail": Task(send_mail, Lane.MAIL, lease=timedelta(minutes=3), tries=84)}
