"""`storefront import`: a band's folders become albums."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, make_url

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.cli.database import prepare
from storefront.cli.folders import FolderDesk
from storefront.cli.past_sales import import_sales
from storefront.migrations import upgrade
from storefront.models import make_engine
from storefront.money import BadMoney, Money, parse_price
from storefront.services.catalogue.workplace import workplace
from storefront.wiring import expect_ready

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("import")
@click.argument("folders", nargs=-1, type=FOLDER, metavar="FOLDER...")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--publish", "publishing", is_flag=True, help="Make the files at once, and put the albums on sale.")
@click.option("--overwrite", is_flag=True, help="The folder's words, order and cover, in the place of the shop's own.")
@click.option("--price", help='For albums whose album.toml says none: "9.00", or "0" for free.')
@click.option("--currency", help="Of that price: EUR, JPY, ...")
@click.option(
    "--csv", "sales", type=FILE, help="Instead of folders: sales of another platform, whose buyers get them here."
)
@click.option("--mail", is_flag=True, help="With --csv: tell the buyers. Nobody is mailed otherwise.")
@click.option("--album", "said", multiple=True, help='With --csv: "Title there=address-here", where names differ.')
@click.pass_context
@pass_configuration
def import_(
    configuration: Configuration,
    context: click.Context,
    folders: tuple[Path, ...],
    dry_run: bool,
    publishing: bool,
    overwrite: bool,
    price: str | None,
    currency: str | None,
    sales: Path | None,
    mail: bool,
    said: tuple[str, ...],
) -> None:
    """Bring in albums as drafts: music, tags, covers, lyrics, album.toml. The same folder again brings new music."""
    if bool(folders) == bool(sales):
        raise click.UsageError("Name the folders of albums, or a list of sales with --csv.")
    if sales:
        if publishing or overwrite or price or currency:
            raise click.UsageError("--publish, --overwrite, --price and --currency are for folders.")
        if not import_sales(configuration, sales, said, mail=mail, dry_run=dry_run):
            context.exit(1)
        return
    if mail or said:
        raise click.UsageError("--mail and --album are for --csv.")
    if dry_run and publishing:
        raise click.UsageError("--dry-run and --publish do not go together.")
    asked = _price(price, currency)
    with _planning(configuration) if dry_run else _working(configuration) as engine:
        desk = FolderDesk(configuration, engine, asked, dry_run, publishing, overwrite)
        desk.take_all(folders)
    if dry_run:
        click.echo("Nothing was written.")
    if desk.complaints:
        context.exit(1)


def _price(price: str | None, currency: str | None) -> Money | None:
    if price is None and currency is None:
        return None
    if price is None or currency is None:
        raise click.UsageError("--price and --currency go together.")
    try:
        return parse_price(price, currency)
    except BadMoney as error:
        raise click.UsageError(f"--price: {error}.") from error


@contextmanager
def _working(configuration: Configuration) -> Iterator[Engine]:
    prepare(configuration)
    yield configuration.wiring.engine


@contextmanager
def _planning(configuration: Configuration) -> Iterator[Engine]:
    """The shop's database as it is; where there is none yet, an empty one that is gone afterwards."""
    url = make_url(configuration.settings.database_url)
    if url.get_backend_name() != "sqlite" or (url.database and Path(url.database).exists()):
        expect_ready(configuration.wiring)
        yield configuration.wiring.engine
        return
    with workplace() as folder:
        engine = make_engine(f"sqlite:///{folder}/plan.db")
        upgrade(engine)
        yield engine
        engine.dispose()
