"""`storefront staff`: who sits at the desk beside its owner."""

from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.services.accounts.addresses import BadEmail, parse_email
from storefront.services.accounts.staff import IsOwner, NotStaff, add_staff, list_staff, remove_staff
from storefront.services.shop.audit import COMMAND
from storefront.wiring import expect_ready


@click.command()
@click.argument("address", required=False)
@click.option("--remove", is_flag=True, help="Make them a customer again, signed out everywhere.")
@pass_configuration
def staff(configuration: Configuration, address: str | None, remove: bool) -> None:
    """Let ADDRESS look at the desk and answer customers. Without ADDRESS, list who may."""
    expect_ready(configuration.wiring)
    with configuration.wiring.sessions() as session:
        if address is None:
            for email in list_staff(session):
                click.echo(email)
            return
        try:
            email = parse_email(address)
            click.echo(_remove(session, email) if remove else _add(session, email))
        except BadEmail as error:
            raise Failure(f"{error}.") from error
        except IsOwner:
            raise Failure(f"{email} is the shop's owner, who may do everything.") from None
        except NotStaff:
            raise Failure(f"{email} does not sit at the desk.") from None


def _add(session: Session, email: str) -> str:
    if add_staff(session, email, datetime.now(UTC), COMMAND):
        return f"{email} is staff from now on, and gets a mail with a link to choose a password."
    return f"{email} is staff already."


def _remove(session: Session, email: str) -> str:
    remove_staff(session, email, datetime.now(UTC), COMMAND)
    return f"{email} is a customer again, and signed out everywhere."
