"""What stands in two places and must agree: templates, addresses, settings and commands with their documentation."""

import inspect
import re
from pathlib import Path

import click
import pytest
from jinja2 import Environment
from pyramid.config import Configurator
from pyramid.request import Request

from storefront.cli import main
from storefront.links import Links
from storefront.logs import FORMAT
from storefront.rendering import TEMPLATES, make_environment
from storefront.settings import OPTIONS, read_settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

#: Method of Links -> the route that it must agree with.
ROUTES = {
    "home": "home",
    "help": "help",
    "album": "album",
    "buy": "buy",
    "payment_return": "return",
    "webhook": "webhook",
    "admin_purchases": "admin_purchases",
    "admin_dispute": "admin_dispute",
    "receipt": "receipt",
    "proof": "prove",
    "password": "password",
    "library": "library",
    "cover": "cover",
}
VALUES = {
    "digest": "0" * 64,
    "width": 640,
    "extension": "webp",
    "slug": "low-tide",
    "public_id": "1" * 32,
    "token": "t" * 43,
    "dispute": "du_1",
}


@pytest.fixture(scope="module")
def environment() -> Environment:
    return make_environment(read_settings({}, {}))


def all_templates() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", all_templates())
def test_every_template_compiles(environment: Environment, name: str) -> None:
    environment.get_template(name)


@pytest.mark.parametrize("name", all_templates())
def test_no_template_has_script_or_style_inside(name: str) -> None:
    """The pages' policy forbids both; mails have no style sheets to point to, so theirs are inside."""
    text = (TEMPLATES / name).read_text("utf-8")
    if not name.startswith("emails/"):
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\b(?:src=|type=\"application/(?:ld\+)?json\"))", text)


@pytest.mark.parametrize("name", [name for name, _ in inspect.getmembers(Links, inspect.isfunction) if name[0] != "_"])
def test_absolute_links_are_the_addresses_of_their_routes(name: str) -> None:
    config = Configurator()
    config.include("storefront.web.routes")
    config.commit()
    request = Request.blank("/", base_url="https://music.example.com")
    request.registry = config.registry
    given = {key: VALUES[key] for key in inspect.signature(getattr(Links, name)).parameters if key != "self"}
    link = getattr(Links("https://music.example.com"), name)(**given)
    assert link == request.route_url(ROUTES[name], **given)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.ini)
def test_every_setting_is_in_the_documentation(option) -> None:
    [row] = [line for line in (DOCS / "settings.md").read_text("utf-8").splitlines() if f"`{option.ini}`" in line[:60]]
    assert f"`{option.env}`" in row
    assert option.about.partition(":")[0][:30] in row


def commands(group: click.Group, path: tuple[str, ...] = ("storefront",)) -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        here = (*path, name)
        found += commands(command, here) if isinstance(command, click.Group) else [(" ".join(here), command)]
    return found


@pytest.mark.parametrize(("name", "command"), commands(main), ids=[name for name, _ in commands(main)])
def test_every_command_and_option_is_in_the_documentation(name: str, command: click.Command) -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    _, heading, rest = text.partition(f"\n## {name}\n")
    assert heading, f"docs/commands.md has no heading {name}"
    section = rest.partition("\n## ")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[-1]}" in section, parameter.opts
    assert command.help


def test_the_documentation_names_no_command_that_does_not_exist() -> None:
    known = {name for name, _ in commands(main)}
    told = set(re.findall(r"^## (storefront .+)$", (DOCS / "commands.md").read_text("utf-8"), re.MULTILINE))
    assert told == known


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_the_ini_files_write_their_log_as_everybody_else(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert f"format = {FORMAT}\n" in text
    assert "class = storefront.logs.LineFormatter" in text
