"""From the ini file and the environment to checked settings. The only reader of os.environ.

The environment beats the ini file; NAME_FILE names a file that holds NAME's value.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from storefront.settings.checked import Settings
from storefront.settings.contradictions import contradictions
from storefront.settings.options import OPTIONS, Option, Source, option_of

#: Keys of other packages that may stand in the same section of the ini file.
FOREIGN = ("pyramid.", "jinja2.", "here", "__file__", "debugtoolbar.")


class BadSettings(Exception):
    """What is wrong with the settings, all of it at once; `problems` is a list of sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The settings are not usable:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


def read_settings(
    ini: Mapping[str, str], environ: Mapping[str, str] | None = None, *, instead: Mapping[str, str] | None = None
) -> Settings:
    """Reads and checks everything; raises BadSettings with all that is wrong.

    `ini` is the [app:main] section as a flat mapping; `environ` is os.environ unless a test says otherwise. `instead`
    has values of fields whose setting does not count: for a command that makes what the setting is to hold.
    """
    environ, instead = os.environ if environ is None else environ, instead or {}
    problems = [_unknown(key) for key in ini if _is_unknown(key)]
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for option in OPTIONS:
        try:
            raw, source = (
                (instead[option.field], Source.FILE) if option.field in instead else _raw(option, ini, environ)
            )
            values[option.field] = option.parse(raw)
        except ValueError as error:
            problems.append(f"{option.ini} (or {option.env}): {error}")
        except OSError as error:
            problems.append(f"{option.env}_FILE: {error.strerror or error}")
        else:
            sources[option.field] = source
            needed = values.get("environment") == "production" and option.example and not option.desk
            if needed and source == Source.DEFAULT:
                problems.append(
                    f"{option.ini} is not set ({option.about}); set it in the ini file or as {option.env}, "
                    f"for example {option.example}"
                )
    if not problems:
        settings = Settings(**values, sources=sources)
        problems = contradictions(settings)
        if not problems:
            return settings
    raise BadSettings(problems)


def file_of(field: str) -> Path | None:
    """The file that the environment says holds a setting."""
    path = os.environ.get(f"{option_of(field).env}_FILE")
    return Path(path) if path else None


def child_environment(**values: str) -> dict[str, str]:
    """This process's environment with settings put over it, by their field's names: what a child process is given."""
    names = {option.field: option.env for option in OPTIONS}
    changed = {names[field]: value for field, value in values.items()}
    return {name: text for name, text in os.environ.items() if name.removesuffix("_FILE") not in changed} | changed


def _raw(option: Option, ini: Mapping[str, str], environ: Mapping[str, str]) -> tuple[str, Source]:
    if path := environ.get(f"{option.env}_FILE"):
        return Path(path).read_text("utf-8").strip(), Source.FILE
    if option.env in environ:
        return environ[option.env], Source.ENVIRONMENT
    if option.ini in ini:
        return ini[option.ini], Source.INI
    return option.default, Source.DEFAULT


def _is_unknown(key: str) -> bool:
    return not key.startswith(FOREIGN) and all(key != option.ini for option in OPTIONS)


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, [option.ini for option in OPTIONS], n=1)
    return f"{key} is no setting" + (f"; did you mean {near[0]}?" if near else "")
