"""`storefront reconcile`: what Stripe has, against what the shop has."""

import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.payments.errors import PaymentError
from storefront.services.store.closure import is_closed
from storefront.services.store.nets.reconciliation import ALL_TIME, reconcile
from storefront.wiring import expect_ready


@click.command("reconcile")
@click.option("--since", default="30d", show_default=True, help='How far back: "30d", "2026-01-31", or "all".')
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when there is a difference.")
@click.pass_context
@pass_configuration
def reconcile_(configuration: Configuration, context: click.Context, since: str, check: bool) -> None:
    """Go through Stripe's lists, and mend what the shop has missed. Any number of times, also while it sells."""
    wiring, now = configuration.wiring, datetime.now(UTC)
    begin = parse_since(since, now, wiring.settings.shop_timezone)
    expect_ready(wiring)
    counts = {"mended": 0, "left": 0}
    with wiring.sessions() as session:
        was_closed, progress = is_closed(session), Progress()
        try:
            for difference in reconcile(session, wiring.processor, begin, now, check=check, report=progress.tell):
                progress.end_line()
                counts["mended" if difference.mended else "left"] += 1
                click.echo(f"{'mended: ' if difference.mended else ''}{difference.kind}: {difference.sentence}")
        except PaymentError as error:
            progress.end_line()
            raise Failure(f"Stripe does not answer: {error}. What was found is written down; run it again.") from error
        progress.end_line()
        if was_closed and not check:
            text = "stays closed: go back further, or wait for Stripe" if is_closed(session) else "is open again"
            click.echo(f"The checkout, which a restore had closed, {text}.")
    if check:
        click.echo(f"{counts['left']} differences" if counts["left"] else "Stripe and the shop agree.")
    else:
        click.echo(f"{counts['mended']} mended, {counts['left']} to look at")
    context.exit(1 if counts["left"] else 0)


def parse_since(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """ "30d" -> so many days ago; "2026-01-31" -> when that day began in the shop; "all" -> before everything."""
    word = text.strip().lower()
    if word == "all":
        return ALL_TIME
    try:
        if word.endswith("d") and word[:-1].isascii() and word[:-1].isdigit():
            return max(ALL_TIME, now - timedelta(days=int(word[:-1])))
        begin = datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=zone)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text[:40]!r}: write 30d, 2026-01-31 or all", param_hint="--since") from None
    if begin > now:
        raise click.BadParameter(f"{text} is yet to come", param_hint="--since")
    return max(ALL_TIME, begin.astimezone(UTC))


class Progress:
    """A line for each list; one that grows where somebody watches."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._line = ""

    def tell(self, name: str, count: int) -> None:
        if not count:  # the next list begins
            self.end_line()
        self._line = f"{name}: {count:,}"
        if self._watched:
            click.echo(f"\r{self._line}", nl=False, err=True)

    def end_line(self) -> None:
        """What is printed next begins a line."""
        if self._line:
            click.echo("" if self._watched else self._line, err=True)
        self._line = ""
