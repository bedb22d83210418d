"""`storefront refund`: money back to a buyer."""

import secrets
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.models import AlbumPurchase, Refund
from storefront.money import BadMoney, Money, parse_amount
from storefront.services.shop.audit import COMMAND
from storefront.services.store.aftermath.refunds import REASONS, refund, rest_of
from storefront.services.store.errors import AmountNotRefundable, NotRefundable
from storefront.services.store.nets.matching import find
from storefront.wiring import expect_ready

_REFERENCE = "0123456789abcdef"


@click.command("refund")
@click.argument("public_id", metavar="PURCHASE")
@click.option("--amount", help='A part, like "4.50"; by default all that is left.')
@click.option("--reason", type=click.Choice(REASONS), help="What Stripe, and the buyer's bank, are told.")
@click.option("--reference", help="The name that an earlier run printed: the same refund, not another one.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_configuration
def refund_(
    configuration: Configuration,
    public_id: str,
    amount: str | None,
    reason: str | None,
    reference: str | None,
    yes: bool,
) -> None:
    """Give the money for PURCHASE back, all of it or a part. With all of it the music goes too."""
    if reference is not None and (len(reference) != 32 or set(reference) - set(_REFERENCE)):
        raise Failure(
            f"{reference[:40]!r} is no reference: it has 32 letters and digits, as an earlier run printed it."
        )
    expect_ready(configuration.wiring)
    with configuration.wiring.sessions() as session:
        purchase = find(session, public_id)
        if purchase is None:
            raise Failure(f"There is no purchase {public_id[:40]}.")
        part = _parse(amount, purchase) if amount is not None else None
        if reference is None or not _is_known(session, reference):
            _announce(session, purchase, part)
            if not yes:
                click.confirm("Give it back?", abort=True)
        reference = reference or secrets.token_hex(16)
        click.echo(f"Should this be cut off: the same refund again is --reference {reference}")
        _refund(configuration, session, purchase, part, reason, reference)


def _parse(amount: str, purchase: AlbumPurchase) -> Money:
    try:
        part = parse_amount(amount, purchase.currency)
    except BadMoney as error:
        raise Failure(f"{error}.") from error
    if part.amount == 0:
        raise Failure("0 is nothing to give back.")
    return part


def _is_known(session: Session, reference: str) -> bool:
    return session.scalar(select(Refund.id).where(Refund.public_id == reference)) is not None


def _announce(session: Session, purchase: AlbumPurchase, part: Money | None) -> None:
    """What is about to happen."""
    rest = rest_of(session, purchase)
    wanted = part or rest
    click.echo(
        f"{purchase.album.title}, {purchase.price}, bought on {purchase.created:%Y-%m-%d} by {masked(purchase.email)}"
    )
    if 0 < wanted.amount <= rest.amount:
        left = Money(rest.amount - wanted.amount, rest.currency)
        stays = wanted.amount + purchase.refund_requested < purchase.amount
        music = "the buyer keeps the music" if stays else "the music goes too"
        click.echo(f"{wanted} of {rest} go back; {left} are left, and {music}.")


def _refund(
    configuration: Configuration,
    session: Session,
    purchase: AlbumPurchase,
    part: Money | None,
    reason: str | None,
    reference: str,
) -> None:
    processor, now = configuration.wiring.processor, datetime.now(UTC)
    try:
        row = refund(session, processor, purchase, part, now, by=COMMAND, reason=reason or "", reference=reference)
    except NotRefundable as error:
        raise Failure(error.sentence) from error
    except AmountNotRefundable as error:
        raise Failure(f"{part} is more than is left to give back: {error.rest}.") from error
    given = Money(row.amount, row.currency)
    if row.status == "requested":
        click.echo(f"{given}: Stripe has not answered yet. The shop goes on asking; it is given back once.")
    else:
        click.echo(f"{given}: {row.status} ({row.stripe_refund_id})")
    if row.status in ("failed", "canceled", "refused"):
        raise Failure("It did not reach the buyer; Stripe's dashboard says why.")


def masked(email: str) -> str:
    """Enough of an address to know it again."""
    name, at, domain = email.partition("@")
    return f"{name[:2]}…{at}{domain}" if at else "somebody without an address"
