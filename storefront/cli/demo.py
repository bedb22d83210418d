"""`storefront demo`: a shop to try: a label's albums, brought in as any band's are, and two people to sign in as."""

from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.cli.database import prepare
from storefront.cli.folders import GRACE
from storefront.cli.progress import progress
from storefront.demo import STEPS, write_demo
from storefront.models import Account
from storefront.services.accounts.registration import AlreadyRegistered, make_admin, register
from storefront.services.catalogue.importing import find_albums, read_album, save
from storefront.services.catalogue.production import produce
from storefront.services.catalogue.publishing import publish
from storefront.services.catalogue.workplace import workplace
from storefront.wiring import Wiring

#: Who, address, password. Known to everybody, so there is no demo in production.
CUSTOMER = ("a customer", "customer@example.com", "listening-to-the-tide")
ADMIN = ("the admin", "admin@example.com", "behind-the-record-counter")

#: What a master weighs in the bar by the time it takes: 1 to be written, the rest for all that is made from it.
WEIGHT = 3


@click.command()
@pass_configuration
def demo(configuration: Configuration) -> None:
    """Fill the shop with the demo's albums and accounts; does nothing where they are already."""
    if configuration.settings.production:
        raise Failure("The demo's passwords are known to everybody, so there is no demo in production.")
    prepare(configuration)
    fill_shop(configuration.wiring)
    show_sign_ins()


def show_sign_ins() -> None:
    """Prints whom to sign in as."""
    click.echo("Sign in as")
    for who, email, password in (CUSTOMER, ADMIN):
        click.echo(f"  {who:<12} {email:<22} {password}")


def fill_shop(wiring: Wiring) -> None:
    """Makes the demo, with a progress bar, unless its admin is there, who comes last. What was killed goes on."""
    with wiring.sessions() as session:
        if session.scalar(select(Account.id).where(Account.email == ADMIN[1])) is not None:
            return
        now = datetime.now(wiring.settings.shop_timezone)
        with workplace() as folder:
            _bring_in(session, wiring, folder, now)
        with suppress(AlreadyRegistered):
            register(session, *CUSTOMER[1:], now)
        make_admin(session, *ADMIN[1:], now)


def _bring_in(session: Session, wiring: Wiring, folder: Path, now: datetime) -> None:
    """What a band and its label would do: write the masters, import them, make the files, publish."""
    done = count(1)
    with progress("Making the demo's music") as report:
        write_demo(folder, now.date(), lambda file: report(next(done), STEPS * WEIGHT))
        for album in find_albums(folder).albums:
            imported = save(session, wiring.storage, read_album(album), now=now, produce_at=now + GRACE)
            produce(session, wiring.storage, imported.edition.public_id)
            publish(session, imported.album, now)
            for _ in range((len(imported.edition.tracks) + 1) * (WEIGHT - 1)):  # tracks and a cover, as STEPS counts
                report(next(done), STEPS * WEIGHT)
