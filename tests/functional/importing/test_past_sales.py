"""`storefront import --csv`: who bought at another platform has the album here."""

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.cli import main
from storefront.models import (
    AccessOverride,
    Account,
    AlbumPurchase,
    AlbumState,
    Channel,
    LedgerEntry,
    Mail,
    PastSale,
    writing,
)
from storefront.services.accounts.registration import register
from storefront.services.library.ownership import owned_by
from storefront.services.library.past_sales.columns import UnknownColumns, find_columns
from storefront.services.library.past_sales.reading import BadSalesFile, read_date, read_sales
from storefront.services.shop.purchases import list_purchases
from storefront.services.shop.wishes import Wish
from storefront.services.store.buyers import Visitor
from storefront.tasks.mail import TASKS
from tests.factories import make_album

BANDCAMP = (
    "date,paid to,item type,item name,artist,currency,item price,quantity,discount code,sub total,"
    "additional fan contribution,seller tax,marketplace tax,shipping,ship from country name,transaction fee,fee type,"
    "item total,amount you received,bandcamp transaction id,paypal transaction id,net amount,package,option,item url,"
    "catalog number,upc,isrc,buyer name,buyer email,buyer phone,buyer note"
).split(",")

Import = Callable[..., Result]


def bandcamp(*rows: dict[str, str], separator: str = ",", encoding: str = "utf-16") -> bytes:
    """The sales report as Bandcamp gives it to download."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, BANDCAMP, restval="", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def sold(email: str, transaction: str, name: str = "Low Tide", kind: str = "album", **more: str) -> dict[str, str]:
    return {
        "date": "5/13/21 11:28pm",
        "item type": kind,
        "item name": name,
        "artist": "Mara Quist",
        "currency": "USD",
        "item total": "9.00",
        "bandcamp transaction id": transaction,
        "package": "digital download",
        "buyer email": email,
        **more,
    }


@pytest.fixture
def bring(ini: dict[str, str], tmp_path: Path, session: Session) -> Iterator[Import]:
    """Runs the command over a file of this content."""
    section = "[app:main]\nuse = egg:storefront\n" + "".join(f"{key} = {value}\n" for key, value in ini.items())
    (tmp_path / "shop.ini").write_text(section.replace("%", "%%"))

    def run(content: bytes, *options: str) -> Result:
        (tmp_path / "sales.csv").write_bytes(content)
        session.rollback()
        command = ["--ini", str(tmp_path / "shop.ini"), "import", "--csv", str(tmp_path / "sales.csv"), *options]
        return CliRunner().invoke(main, command)

    return run


@pytest.fixture
def album(session: Session, wiring: Any) -> Any:
    return make_album(session, wiring.storage)


def count(session: Session, *tables: type) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-16"), ("\t", "utf-16-le"), (";", "utf-8-sig")])
def test_bandcamps_report_gives_buyers_their_albums(
    bring: Import, session: Session, album: Any, separator: str, encoding: str
) -> None:
    report = bandcamp(
        sold("Ana@Example.com", "4027003576"),
        sold("ben@example.com", "4027003577", kind="package", package="Limited Edition Vinyl LP"),
        sold("cleo@example.com", "4027003578", name="Harbour", kind="track"),
        {"date": "6/1/21 10:00am", "item type": "payout", "item name": "payout"},
        separator=separator,
        encoding=encoding,
    )
    result = bring(report)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "2 were given to their buyers, 0 were theirs already." in result.stdout
    assert "Rows that sold no album: 1 × track, 1 × payout." in result.stdout
    session.rollback()
    purchases = session.scalars(select(AlbumPurchase).order_by(AlbumPurchase.email)).all()
    assert [purchase.email for purchase in purchases] == ["ana@example.com", "ben@example.com"]
    first = purchases[0]
    assert (first.channel, first.amount, first.album_id, first.has_access) == (Channel.IMPORT, 0, album.id, True)
    assert (first.stripe_payment_id, first.stripe_charge_id, first.fee) == (None, None, None)
    assert first.paid_at == datetime(2021, 5, 13, 23, 28, tzinfo=UTC)
    assert [sale.transaction for sale in session.scalars(select(PastSale))] == ["4027003576", "4027003577"]
    assert count(session, Mail, LedgerEntry) == [0, 0]
    assert {line.condition for line in list_purchases(session, Wish()).lines} == {"elsewhere"}


def test_the_same_list_again_changes_nothing(bring: Import, session: Session, album: Any) -> None:
    report = bandcamp(sold("ana@example.com", "1"), sold("ben@example.com", "2"))
    bring(report)
    again = bring(report + bandcamp(sold("cleo@example.com", "3"), encoding="utf-16-le").split(b"\n\0", 1)[1])
    assert "1 were given to their buyers, 2 were theirs already." in again.stdout
    assert count(session, PastSale, AlbumPurchase) == [3, 3]


def test_a_draft_without_a_price_has_no_currency_to_give_it_in(bring: Import, session: Session, wiring: Any) -> None:
    make_album(session, wiring.storage, state=AlbumState.DRAFT, amount=0, currency="xxx")
    result = bring(bandcamp(sold("ana@example.com", "1")))
    assert "it has no price yet, and so no currency" in result.output
    assert session.scalar(select(func.count(AlbumPurchase.id))) == 0


def test_what_an_admin_withdrew_stays_withdrawn(bring: Import, session: Session, album: Any) -> None:
    bring(bandcamp(sold("ana@example.com", "1")))
    session.rollback()
    purchase = session.scalars(select(AlbumPurchase)).one()
    with writing(session):
        purchase.access_override = AccessOverride.WITHDRAWN
    bring(bandcamp(sold("ana@example.com", "1"), sold("ana@example.com", "2")))
    session.expire_all()
    assert [purchase.has_access for purchase in session.scalars(select(AlbumPurchase))] == [False]


def test_an_account_sees_it_at_once_and_a_guest_when_the_address_is_proven(
    bring: Import, session: Session, album: Any, wiring: Any
) -> None:
    now = datetime.now(UTC)
    register(session, "ana@example.com", "listening-to-the-tide", now)
    bring(bandcamp(sold("ana@example.com", "1"), sold("ben@example.com", "2")))
    register(session, "ben@example.com", "listening-to-the-tide", now)
    for email in ("ana@example.com", "ben@example.com"):
        account = session.scalars(select(Account).where(Account.email == email)).one()
        assert account.email_proven_at
        assert [purchase.album_id for purchase in owned_by(session, Visitor(account, None))] == [album.id], email


def test_buyers_are_told_once_if_they_are_to_be(bring: Import, session: Session, album: Any, wiring: Any) -> None:
    make_album(session, wiring.storage, slug="orbit", title="Orbit", cover=None)
    report = bandcamp(
        sold("ana@example.com", "1"), sold("ana@example.com", "2", name="Orbit"), sold("b@example.com", "3")
    )
    bring(report)
    assert count(session, Mail) == [0]
    told = bring(report, "--mail")
    assert "2 buyers are mailed." in told.stdout
    assert "mailed" not in bring(report, "--mail").stdout
    mails = session.scalars(select(Mail).order_by(Mail.recipient)).all()
    assert [mail.recipient for mail in mails] == ["ana@example.com", "b@example.com"]
    assert {mails[0].purchase.album.title, (mails[0].detail or "").split(",")[0]} == {"Low Tide", "Orbit"}
    TASKS["send_mail"].run(wiring, mails[0].key)
    session.rollback()
    session.expire_all()
    assert mails[0].sent_at is not None


def test_what_fits_no_album_is_listed_and_can_be_said(bring: Import, session: Session, album: Any) -> None:
    report = bandcamp(
        sold("ana@example.com", "1", name="Low Tide LP"),
        sold("ben@example.com", "2", name="Low Tide LP"),
        sold("cleo@example.com", "3", artist="Somebody Else"),
        sold("dan@example.com", "4", name="LOW  TIDE!"),
    )
    result = bring(report)
    assert result.exit_code == 1
    assert "1 were given" in result.stdout
    assert '2 × "Low Tide LP" by Mara Quist was given to nobody: no album is called so.' in result.stderr
    assert '1 × "Low Tide" by Somebody Else was given to nobody: the album that is called so is' in result.stderr
    said = bring(report, "--album", "Low Tide LP=low-tide")
    assert "2 were given to their buyers, 1 were theirs already." in said.stdout
    assert "no album at the address nowhere" in bring(report, "--album", "Low Tide LP=nowhere").stderr


def test_bad_rows_and_sales_that_were_taken_back(bring: Import, session: Session, album: Any) -> None:
    report = bandcamp(
        sold("", "1"),
        sold("not an address", "2"),
        sold("ana@example.com", "3"),
        sold("ana@example.com", "4", kind="refund", **{"item total": "-9.00"}),
        sold("ben@example.com", "5"),
    )
    result = bring(report)
    assert (result.exit_code, result.stderr) == (
        1,
        "row 2: it has no e-mail address.\nrow 3: 'not an address' is no e-mail address.\n",
    )
    assert list(session.scalars(select(AlbumPurchase.email))) == ["ben@example.com"]


def test_a_dry_run_writes_nothing(bring: Import, session: Session, album: Any) -> None:
    report = bandcamp(sold("ana@example.com", "1"), sold("ana@example.com", "2"))
    result = bring(report, "--dry-run")
    assert result.stdout == ("1 would be given to their buyers, 1 were theirs already.\nNothing was written.\n")
    assert count(session, AlbumPurchase, PastSale) == [0, 0]


def test_an_album_that_is_not_made_yet_is_given_to_nobody(bring: Import, session: Session, album: Any) -> None:
    with writing(session):
        album.state = "draft"
        album.edition_id = None
    assert "its files are not made yet" in bring(bandcamp(sold("ana@example.com", "1"))).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "It is empty."),
        (b"a,b\n1,2\n", "No column seems to be the buyer's email and the album"),
        (b"email,album\n" + b'"' + b"x" * 200_000, "It is not CSV: field larger than"),
    ],
)
def test_a_file_that_is_no_list_of_sales(bring: Import, content: bytes, said: str) -> None:
    result = bring(content)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Buyer E-Mail;Album;Date", {"email": 0, "album": 1, "date": 2}),
        ("Item Name,Purchase Email,Email,Refunded?", {"album": 0, "email": 1, "refunded": 3}),
        ("Name,Email,Financial Status,Paid at,Total,Lineitem name,Id",
         {"email": 1, "status": 2, "date": 3, "amount": 4, "album": 5, "transaction": 6}),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names(header: str, expected: dict[str, int]) -> None:
    assert find_columns(header.replace(";", ",").split(",")) == expected


def test_columns_that_are_needed() -> None:
    with pytest.raises(UnknownColumns, match="email, album"):
        find_columns(["Name", "Total"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5/13/26 11:28pm", (2026, 5, 13, 23, 28)),
        ("12/31/2025 23:59", (2025, 12, 31, 23, 59)),
        ("13 May 2026 23:28:01 GMT", (2026, 5, 13, 23, 28)),
        ("2026-02-01 08:00:00 UTC", (2026, 2, 1, 8, 0)),
        ("2026-02-01T08:00:00+01:00", (2026, 2, 1, 7, 0)),
        ("31.12.2025", (2025, 12, 31, 0, 0)),
        ("yesterday", None),
        ("0001-01-01", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: Sequence[int] | None) -> None:
    found = read_date(text)
    assert (found and (found.year, found.month, found.day, found.hour, found.minute)) == expected


@pytest.mark.parametrize("seed", range(20))
def test_bytes_that_are_no_csv_never_raise_anything_else(seed: int) -> None:
    chance = random.Random(seed)
    whole = bytearray(bandcamp(*(sold(f"a{number}@example.com", str(number)) for number in range(20))))
    for _ in range(chance.randrange(1, 200)):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    with suppress(BadSalesFile):
        assert read_sales(bytes(whole)).sales is not None
