"""`storefront config`: which settings are in force."""

import re
from typing import Any

import click

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.settings import OPTIONS, Option

#: user:password@ in an address.
_PASSWORD = re.compile(r"(://[^:/@]*:)[^/]*@")


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@pass_configuration
def show(configuration: Configuration) -> None:
    """Print every setting that is in force, as it would stand in an ini file; secrets are masked."""
    settings = configuration.settings
    for option in OPTIONS:
        click.echo(f"{option.ini} = {_shown(option, getattr(settings, option.field))}")


def _shown(option: Option, value: Any) -> str:
    text = " ".join(value) if isinstance(value, tuple) else str(value)
    if isinstance(value, bool):
        text = text.lower()
    if not option.secret or not text:
        return text
    return _PASSWORD.sub(r"\1***@", text) if "://" in text else "***"
