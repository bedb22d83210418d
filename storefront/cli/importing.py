"""`storefront import`: a band's folders become albums."""

from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.orm import Session

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.cli.database import prepare
from storefront.cli.progress import progress
from storefront.money import BadMoney, Money, parse_price
from storefront.services.catalogue.importing import Imported, ImportRefused, album_folders, import_folder
from storefront.services.catalogue.production import ProductionFailed, produce
from storefront.services.catalogue.publishing import NotReadyForSale, publish
from storefront.wiring import Wiring

#: A command that makes the files itself still leaves the job, later, in case it does not come to its end.
GRACE = timedelta(minutes=10)

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("import")
@click.argument("folders", nargs=-1, required=True, type=FOLDER, metavar="FOLDER...")
@click.option("--publish", "publishing", is_flag=True, help="Make the files at once, and put the albums on sale.")
@click.option("--price", help='For albums whose album.toml says none: "9.00", or "0" for free.')
@click.option("--currency", help="Of that price: EUR, JPY, ...")
@click.pass_context
@pass_configuration
def import_(
    configuration: Configuration,
    context: click.Context,
    folders: tuple[Path, ...],
    publishing: bool,
    price: str | None,
    currency: str | None,
) -> None:
    """Bring in albums as drafts: masters, tags, cover.jpg, album.toml. The same folder again is an update."""
    desk = _Desk(configuration, publishing, _price(price, currency))
    prepare(configuration)
    for folder in folders:
        desk.take(folder)
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


class _Desk:
    """Takes folder after folder, says what became of each album, and counts what was wrong."""

    def __init__(self, configuration: Configuration, publishing: bool, price: Money | None) -> None:
        self._wiring: Wiring = configuration.wiring
        self._publishing = publishing
        self._price = price
        self.complaints = 0

    def take(self, folder: Path) -> None:
        """Imports every album in `folder`."""
        try:
            albums = album_folders(folder)
        except ImportRefused as refused:
            self._complain(*refused.problems)
            return
        for album in albums:
            with self._wiring.sessions() as session:
                self._take_album(session, album)

    def _take_album(self, session: Session, folder: Path) -> None:
        now = datetime.now(self._wiring.settings.shop_timezone)
        produce_at = now + GRACE if self._publishing else now
        try:
            imported = import_folder(
                session, self._wiring.storage, folder, now=now, price=self._price, produce_at=produce_at
            )
        except ImportRefused as refused:
            self._complain(*refused.problems)
            return
        tracks = len(imported.edition.tracks)
        click.echo(f"{_name(imported)}: {imported.outcome}, {tracks} track{'' if tracks == 1 else 's'}")
        self._complain(*(f"{_name(imported)}: {problem}" for problem in imported.problems))
        if self._publishing and imported.problems:
            self._complain(f"{_name(imported)} is not published, because files were left out.")
        elif self._publishing:
            self._publish(session, imported, now)

    def _publish(self, session: Session, imported: Imported, now: datetime) -> None:
        try:
            with progress("  making its files") as report:
                produce(session, self._wiring.storage, imported.edition.public_id, report)
            publish(session, imported.album, now)
        except ProductionFailed as error:
            self._complain(f"{_name(imported)} is not published: {error}.")
        except NotReadyForSale as error:
            self._complain(f"{_name(imported)} is not published. {error}")
        else:
            click.echo(f"  on sale at {self._wiring.links.album(imported.album.slug)}")

    def _complain(self, *sentences: str) -> None:
        self.complaints += len(sentences)
        for sentence in sentences:
            click.echo(sentence, err=True)


def _name(imported: Imported) -> str:
    return f"{imported.album.artist_credit or 'Nobody'}, {imported.album.title}"
