"""`storefront run`: the whole shop on this machine, to try it: demo, sandbox, web server, worker."""

import os
import socket
from pathlib import Path

import click
from sqlalchemy import make_url

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.cli.database import make_folder, prepare
from storefront.cli.demo import fill_shop, show_sign_ins
from storefront.cli.processes import Processes, Stopped, stopped_by_signals
from storefront.sandbox import DEFAULT_PORT
from storefront.serving import HOST, PORT
from storefront.settings import SANDBOX_MARK, STRIPE_JS, Settings, child_environment

PORT_NUMBER = click.IntRange(1, 65535)

TEST_CARDS = (
    ("4242 4242 4242 4242", "pays"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0027 6000 3184", "asks for 3-D Secure"),
)


@click.command()
@click.option("--port", type=PORT_NUMBER, default=PORT, show_default=True, help="Of the shop.")
@click.option(
    "--sandbox-port", type=PORT_NUMBER, default=DEFAULT_PORT, show_default=True, help="Of the stand-in for Stripe."
)
@pass_configuration
def run(configuration: Configuration, port: int, sandbox_port: int) -> None:
    """Run a whole demo shop: database, albums, Stripe sandbox, web server, worker. Ctrl-C ends it."""
    settings = configuration.settings
    if settings.production:
        raise Failure(
            "`storefront run` is for trying the shop; in production run `storefront serve` and `storefront worker`."
        )
    sandboxed = SANDBOX_MARK in settings.stripe_secret_key
    _expect_free(port, "--port", "PORT")
    if sandboxed:
        _expect_free(sandbox_port, "--sandbox-port", "SANDBOX_PORT")
    try:
        with stopped_by_signals():
            _prepare(configuration)
            fill_shop(configuration.wiring)
            _run(configuration, port, sandbox_port if sandboxed else None)
    except Stopped:
        click.echo("The shop is closed.")


def _expect_free(port: int, option: str, variable: str) -> None:
    """Raises Failure with the way out when somebody listens there already."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        raise Failure(
            f"Port {port} cannot be used: {os.strerror(error.errno or 0).lower()}. Choose another: "
            f"storefront run {option} {port + 10}, or make run {variable}={port + 10}."
        ) from error


def _prepare(configuration: Configuration) -> None:
    settings = configuration.settings
    for url in (settings.storage_url, settings.mail_url):
        scheme, _, path = url.rpartition("://")
        if scheme in ("", "file", "spool"):
            make_folder(Path(path))
    prepare(configuration)


def _run(configuration: Configuration, port: int, sandbox_port: int | None) -> None:
    address = f"http://{HOST}:{port}"
    processes = Processes(_environment(address, sandbox_port))
    common = configuration.arguments
    try:
        if sandbox_port:
            database = str(_folder(configuration.settings) / "sandbox.sqlite")
            processes.start(
                "The Stripe sandbox", *common, "sandbox", "--port", str(sandbox_port), "--database", database
            )
        processes.start("The job worker", *common, "worker")
        processes.start("The web server", *common, "serve", "--listen", f"{HOST}:{port}")
        processes.wait_until_answers("The web server", address)
        if sandbox_port:
            processes.wait_until_answers("The Stripe sandbox", f"http://{HOST}:{sandbox_port}/_sandbox/health")
        _welcome(address, bool(sandbox_port))
        processes.watch()
    finally:
        processes.stop()


def _environment(address: str, sandbox_port: int | None) -> dict[str, str]:
    """The children's: what the ini file says, but for the ports that this run was given."""
    sandbox = f"http://{HOST}:{sandbox_port}" if sandbox_port else ""
    return child_environment(
        base_url=address,
        jobs_inline="false",
        stripe_api_base=sandbox,
        stripe_js_url=f"{sandbox}/endive/stripe.js" if sandbox else STRIPE_JS,
    )


def _folder(settings: Settings) -> Path:
    """Where the SQLite database is, or the folder ./var."""
    url = make_url(settings.database_url)
    return Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else Path("var")


def _welcome(address: str, sandboxed: bool) -> None:
    click.echo(f"\nThe shop is open at {address}\n")
    show_sign_ins()
    click.echo()
    if sandboxed:
        click.echo("Test cards, with any date to come and any CVC:")
        for number, what in TEST_CARDS:
            click.echo(f"  {number}  {what}")
    else:
        click.echo("It uses your own Stripe test keys; https://docs.stripe.com/testing has cards to try.")
    click.echo("\nCtrl-C closes it.")
