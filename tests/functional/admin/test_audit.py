"""The audit list: every act at the desk and at the command line, by whom, and nothing that was not done."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storefront.models import Act, AuditEntry, writing
from storefront.services.shop.audit import COMMAND, record
from tests.factories import make_album


def lines(browser):
    """(who, what, of what), newest first."""
    rows = browser.get("/admin/audit").html.select(".ledger tbody tr")
    return [tuple(" ".join(cell.text.split()) for cell in row.select("td")[1:]) for row in rows]


def press(owner, album, form, button, **fields):
    page = owner.get(f"/admin/albums/{album.public_id}").forms[form]
    for name, value in fields.items():
        page[name] = value
    return page.submit(button, index=0)


def test_an_empty_list(owner):
    assert "Nothing was done yet" in owner.get("/admin/audit").text


def test_an_album_is_saved_put_on_sale_and_taken_out(owner, draft):
    press(owner, draft, "editor", "do", price="12.50", genre="Songs")
    press(owner, draft, "editor", "do", description="New words")
    press(owner, draft, "publish", "publish")
    press(owner, draft, "withdraw", "withdraw")
    assert lines(owner) == [
        ("owner@example.com", "taken out of the shop", "Low Tide"),
        ("owner@example.com", "put on sale", "Low Tide"),
        ("owner@example.com", "saved: description", "Low Tide"),
        ("owner@example.com", "saved: genre, price (9.00 EUR, now 12.50 EUR)", "Low Tide"),
    ]


def test_what_changes_nothing_is_no_act(owner, session, wiring, draft):
    press(owner, draft, "editor", "do")
    assert lines(owner) == []
    on_sale = make_album(session, wiring.storage, slug="other", title="Other")
    page = owner.get(f"/admin/albums/{on_sale.public_id}").forms["withdraw"]
    page.submit("withdraw")
    page.submit("withdraw")
    assert [what for _, what, _ in lines(owner)] == ["taken out of the shop"]


def test_an_upload_is_its_finishers_also_in_the_job(desk, owner, songs, worker):
    desk.upload("01 Harbour.flac", songs["01 Harbour.flac"])
    desk.finish(price="9", currency="eur")
    worker.run_due()
    made, finished = lines(owner)
    assert made[:2] == ("owner@example.com", "made of an upload of 1 files")
    assert finished == ("owner@example.com", "upload of 1 files finished", "the upload")


def test_what_is_rolled_back_leaves_no_entry(session):
    def fail():
        with writing(session):
            record(session, COMMAND, Act.ALBUM_ON_SALE, "0" * 32, datetime.now(UTC))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert session.scalars(select(AuditEntry)).all() == []


def test_pages_of_a_hundred_without_gaps(owner, session):
    start = datetime.now(UTC)
    with writing(session):
        for number in range(230):
            record(session, COMMAND, Act.ALBUM_ON_SALE, f"{number:032}", start - timedelta(seconds=number // 7))
    seen, page = [], owner.get("/admin/audit")
    while page is not None:
        seen += [row.text for row in page.html.select(".ledger tbody code")]
        older = page.html.select_one("a[rel=next]")
        page = owner.get(older["href"]) if older else None
    assert sorted(seen) == [f"{number:032}" for number in range(230)]
