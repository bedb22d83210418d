"""The terminal's door: the `storefront` command. One module per command group, imported when it is asked for."""

from importlib import import_module

import click

from storefront.cli.configuration import Configuration, ShopGroup

#: Name -> module and attribute.
COMMANDS = {
    "backup": "storefront.cli.backup:backup",
    "config": "storefront.cli.config:config",
    "demo": "storefront.cli.demo:demo",
    "figures": "storefront.cli.figures:figures",
    "import": "storefront.cli.importing:import_",
    "init": "storefront.cli.init:init",
    "migrate": "storefront.cli.migrate:migrate",
    "reconcile": "storefront.cli.reconcile:reconcile_",
    "refund": "storefront.cli.refund:refund_",
    "restore": "storefront.cli.restore:restore",
    "run": "storefront.cli.run:run",
    "sandbox": "storefront.cli.sandbox:sandbox",
    "serve": "storefront.cli.serve:serve",
    "staff": "storefront.cli.staff:staff",
    "storage": "storefront.cli.storage:storage",
    "stripe": "storefront.cli.stripe:stripe",
    "worker": "storefront.cli.worker:worker",
}


class StorefrontGroup(ShopGroup):
    """Finds commands in COMMANDS; a command that needs little starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=StorefrontGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--ini",
    type=click.Path(dir_okay=False),
    help="The settings file; by default development.ini of this folder, or the built-in defaults with a folder ./var.",
)
@click.version_option(package_name="storefront")
@click.pass_context
def main(context: click.Context, ini: str | None) -> None:
    """A record shop that a band or label owns."""
    context.obj = Configuration.of(ini)
    context.call_on_close(context.obj.close)
