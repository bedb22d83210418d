"""`storefront init`: a new shop's database and its first admin."""

import sys
from datetime import UTC, datetime

import click

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.cli.database import prepare
from storefront.services.accounts.addresses import BadEmail, parse_email
from storefront.services.accounts.passwords import BadPassword
from storefront.services.accounts.registration import AlreadyRegistered, make_admin


def _address(text: str) -> str:
    try:
        return parse_email(text)
    except BadEmail as error:
        raise click.BadParameter(f"{error}.") from error


@click.command()
@click.option("--email", help="The admin's address; asked for without it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@pass_configuration
def init(configuration: Configuration, email: str | None, password_stdin: bool) -> None:
    """Make the database and an admin, who signs in at /sign-in."""
    prepare(configuration)
    address = _address(email) if email else click.prompt("The admin's e-mail address", value_proc=_address)
    while True:
        password = _read_password(password_stdin)
        try:
            with configuration.wiring.sessions() as session:
                make_admin(session, address, password, datetime.now(UTC))
        except AlreadyRegistered:
            raise Failure(f"{address} has an account already.") from None
        except BadPassword as error:
            if password_stdin:
                raise Failure(f"{error}.") from error
            click.echo(f"{error}.", err=True)
        else:
            click.echo(f"{address} can sign in at {configuration.settings.base_url}/sign-in")
            return


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("A password, of 15 characters at least", hide_input=True, confirmation_prompt=True)
    return answer
