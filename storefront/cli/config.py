"""`storefront config`: which settings are in force, and where each comes from."""

from collections.abc import Iterator, Mapping, Sequence
from email.utils import formataddr
from pathlib import Path

import click
from sqlalchemy import make_url

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.services.shop.identity.shop import Preset, Sender, Shop, read_shop, unread
from storefront.settings import OPTIONS, Settings, Source, masked, option_of
from storefront.wiring import DatabaseNotReady, expect_ready

#: What holds when nothing counts but the desk.
_NOTHING = Preset(name="", name_fixed=False, sender=Sender("", ""), sender_fixed=False)


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@pass_configuration
def show(configuration: Configuration) -> None:
    """Print every setting that is in force, as it would stand in an ini file; secrets are masked.

    They come by where they stand: what the environment has is over the ini file, that over the owner's desk, and that
    over the defaults.
    """
    settings = configuration.settings
    _print("from files that the environment names", _lines(settings, Source.FILE))
    _print("from the environment", _lines(settings, Source.ENVIRONMENT))
    _print(f"from {configuration.path}", _lines(settings, Source.INI))
    try:
        desk = _read_desk(configuration)
    except DatabaseNotReady as error:
        desk = unread(_NOTHING)
        _print("what is set at the desk is not known", [f"# {line}" for line in str(error).splitlines()])
    said = {field: words for field, words in (("mail_sender", _address(desk)), ("shop_name", desk.name)) if words}
    _print("from the desk", [*_said(settings, said), *_besides(desk)])
    if settings.production and "mail_sender" not in {*said, *settings.fixed}:  # where a default one would sell
        said["mail_sender"] = ""
        click.echo(f"# {option_of('mail_sender').ini} is nowhere: mails wait for it\n")
    _print("by default", _lines(settings, Source.DEFAULT, but=said))


def _print(heading: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo("\n".join((f"# {heading}", *lines, "")))


def _lines(settings: Settings, source: Source, but: Mapping[str, str] | None = None) -> list[str]:
    return [
        f"{option.ini} = {masked(option, getattr(settings, option.field))}"
        for option in OPTIONS
        if settings.sources[option.field] == source and option.field not in (but or {})
    ]


def _read_desk(configuration: Configuration) -> Shop:
    """What the owner has set in the browser, and nothing else; makes no database. Raises DatabaseNotReady."""
    url = make_url(configuration.settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise DatabaseNotReady(f"There is no database yet: {url.database}")
    expect_ready(configuration.wiring)
    with configuration.wiring.reader.connect() as connection:
        return read_shop(connection, _NOTHING)


def _address(desk: Shop) -> str:
    return formataddr(desk.sender) if desk.sender.address else ""


def _said(settings: Settings, said: Mapping[str, str]) -> Iterator[str]:
    """What could stand in the ini file, too; and does not count where it does."""
    for field, words in said.items():
        fixed = settings.sources[field] != Source.DEFAULT
        yield f"{'# not in force: ' if fixed else ''}{option_of(field).ini} = {words}"


def _besides(desk: Shop) -> Iterator[str]:
    """What stands nowhere else."""
    if desk.accent:
        yield f"# colour: {desk.accent.light} on light paper, {desk.accent.dark} on dark"
    if desk.logo:
        yield f"# logo: {desk.logo.width} x {desk.logo.height} pixels, SHA-256 {desk.logo.digest}"
    if desk.currencies:
        yield f"# currencies: {' '.join(desk.currencies).upper()}"
    for link in desk.links:
        yield f"# link: {link.words}, {link.url}"
    for kind in desk.texts:
        yield f"# text: /{kind}"
