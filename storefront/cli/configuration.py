"""The ini file that a command was given, and what is made of it."""

import logging.config
from collections.abc import Mapping
from configparser import Error as IniError
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click
import plaster

from storefront import logs
from storefront.settings import BadSettings, Settings, read_settings
from storefront.wiring import DatabaseNotReady, Wiring, wire

DEFAULT = Path("development.ini")


class Failure(click.ClickException):
    """One sentence for who typed the command, without a traceback."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click declares it for the class

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class ShopGroup(click.Group):
    """The root command: settings that are not usable end any command with all that is wrong, and exit code 2.

    A database that is not ready ends it with a sentence.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadSettings as error:
            raise Failure(str(error), exit_code=2) from error
        except DatabaseNotReady as error:
            raise Failure(str(error)) from error


@dataclass(frozen=True)
class Configuration:
    """Read when it is first asked for, so that `--help` works whatever stands in the file."""

    #: None: the built-in defaults, with a data folder ./var.
    path: Path | None

    @classmethod
    def of(cls, ini: str | None) -> "Configuration":
        return cls(Path(ini) if ini else DEFAULT if DEFAULT.exists() else None)

    def section(self, name: str) -> Mapping[str, str]:
        """A section of the file, without what plaster itself adds to it; raises BadSettings."""
        if self.path is None:
            return {}
        try:
            found: dict[str, str] = plaster.get_loader(str(self.path), protocols=["wsgi"]).get_settings(name)
        except (OSError, ValueError, LookupError, IniError) as error:
            raise BadSettings([f"{self.path} cannot be read: {error}"]) from error
        return {key: value for key, value in found.items() if key != "use"}

    @cached_property
    def settings(self) -> Settings:
        """Raises BadSettings."""
        return read_settings(self.section("app:main"))

    def settings_without(self, field: str, placeholder: str) -> Settings:
        """For a command that makes what one setting is to hold. Raises BadSettings."""
        return read_settings(self.section("app:main"), instead={field: placeholder})

    @cached_property
    def wiring(self) -> Wiring:
        """Raises BadSettings."""
        return wire(self.settings)

    @property
    def arguments(self) -> list[str]:
        """What gives another `storefront` process the same configuration."""
        return ["--ini", str(self.path)] if self.path else []

    def close(self) -> None:
        """Ends the connections that a command opened."""
        if "wiring" in self.__dict__:
            self.wiring.engine.dispose()

    def set_up_logging(self) -> None:
        if self.path is None or not self.section("loggers"):
            logs.set_up()
        else:
            logging.config.fileConfig(self.path, disable_existing_loggers=False)


pass_configuration = click.make_pass_decorator(Configuration)
