"""`storefront config`: which settings are in force."""

import click

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.settings import OPTIONS, masked


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@pass_configuration
def show(configuration: Configuration) -> None:
    """Print every setting that is in force, as it would stand in an ini file; secrets are masked."""
    settings = configuration.settings
    for option in OPTIONS:
        click.echo(f"{option.ini} = {masked(option, getattr(settings, option.field))}")
