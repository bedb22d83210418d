"""A dispute at the owner's desk: what the bank says, the evidence, and how it is sent; with the sandbox behind it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from webtest import TestApp, TestResponse

from storefront.models import Dispute, DisputeAnswer, TextKind, writing
from storefront.services.library.log import note_download
from storefront.services.shop.audit import Actor
from storefront.services.shop.disputes.fields import FIELDS, LONGEST_OF_ALL, LONGEST_TEXT
from storefront.services.shop.identity.saving import fingerprint
from storefront.services.shop.identity.texts import save_texts, texts_now
from storefront.tasks.upkeep import tidy
from tests.functional.store.conftest import Counter, Till
from tests.functional.store.test_answers import at_stripe, sends
from tests.functional.store.test_disputes import go_on
from tests.support.people import make_owner, make_staff, sign_in
from tests.support.statements import counted_statements

WINNING = "winning_evidence"
TEXTS = {field.name for field in FIELDS if field.lines > 1}


@pytest.fixture
def owner(app: TestApp, session) -> TestApp:
    """The admin's browser."""
    make_owner(session)
    sign_in(app, "owner@example.com")
    return app


@pytest.fixture
def disputed(till: Till) -> Dispute:
    """Bought, mailed, fetched, and then the buyer went to the bank."""
    return begin(till)


def begin(till: Till, card: str = "pm_card_createDispute") -> Dispute:
    purchase = till.buy(card)
    till.worker.run_due()
    with till.wiring.sessions() as session:
        note_download(session, [purchase], "flac", "198.51.100.7", datetime.now(UTC))
        note_download(session, [purchase], "mp3-v0.3", "2001:db8::", datetime.now(UTC))
    go_on(till)
    return till.disputes[0]


def page_of(owner: TestApp, dispute: Dispute, **query: str) -> TestResponse:
    return owner.get(f"/admin/disputes/{dispute.stripe_dispute_id}", query)


def form_of(page: TestResponse):
    return next(form for form in page.forms.values() if "uncategorized_text" in form.fields)


def problems(page: TestResponse) -> str:
    return " ".join(page.html.select_one("[role=alert]").text.split())


def confirm(page: TestResponse) -> TestResponse:
    """The one button of the page that asks."""
    return page.forms[max(page.forms, key=str)].submit(expect_errors=True)


def test_the_shop_puts_together_what_it_knows(owner: TestApp, till: Till, disputed: Dispute) -> None:
    listed = owner.get("/admin/disputes")
    row = " ".join(listed.html.select_one(".ledger tbody tr").text.split())
    assert "Low Tide ana@example.com €9.00 needs an answer" in row
    assert re.search(r"([89]|10) days left", row)
    page = listed.click("Low Tide", href="/admin/disputes/")
    assert "did not make this payment" in page.text
    form = form_of(page)
    assert form["customer_email_address"].value == "ana@example.com"
    assert form["service_date"].value == f"{datetime.now(UTC):%d %B %Y}"
    assert "“Low Tide” by Mara Quist, as a download (MP3, FLAC" in form["product_description"].value
    log = form["access_activity_log"].value
    assert "Paid: 9.00 EUR" in log
    assert "Mail to ana@example.com: receipt with the link to the music" in log
    assert "UTC  Downloaded the album as flac from the IP address 198.51.100.7" in log
    assert "Downloaded track 3 as mp3-v0 from the network 2001:db8::/64" in log
    rest = form["uncategorized_text"].value
    assert f"Order {till.row.public_id}" in rest
    assert "The receipt, as it was mailed to ana@example.com" in rest
    assert "(the buyer's own link)" in rest
    assert "/library/receipt/" not in rest
    assert sends(till) == []


@pytest.mark.parametrize(
    ("remote", "kept", "proposed"),
    [
        ("2a00:1450:4001:82f::200e", "2a00:1450:4001:82f::200e", "2a00:1450:4001:82f::200e"),
        ("::ffff:193.99.144.80", "193.99.144.80", "193.99.144.80"),
        ("172.17.0.1", "172.17.0.1", ""),
    ],
)
def test_from_where_it_was_paid(
    owner: TestApp, till: Till, stranger: Counter, remote: str, kept: str, proposed: str
) -> None:
    """As the server says, whatever the browser says; an address of no one on the internet is no evidence."""
    stranger.app.extra_environ = {"REMOTE_ADDR": "192.0.2.1"}
    stranger.buy("pm_card_chargeDeclined")
    stranger.app.extra_environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": "8.8.8.8"}
    stranger.buy("pm_card_createDispute")
    assert [attempt.address for attempt in till.attempts] == ["192.0.2.1", kept]
    go_on(till)
    page = page_of(owner, till.disputes[0])
    form = form_of(page)
    assert form["customer_purchase_ip"].value == proposed
    assert (f"Paid: 9.00 EUR, from the IP address {proposed}" in form["access_activity_log"].value) == bool(proposed)
    assert f", from {kept}" in " ".join(owner.get(f"/admin/purchases/{till.row.public_id}").text.split())
    shown = [dd.text for dd in form.submit("on").follow().html.select(".evidence dd")]
    assert (proposed in shown) == bool(proposed)


def test_from_where_it_was_paid_is_forgotten_in_the_end(till: Till, stranger: Counter) -> None:
    stranger.app.extra_environ = {"REMOTE_ADDR": "193.99.144.80"}
    stranger.buy()
    now = datetime.now(UTC)
    for days, left in ((539, "193.99.144.80"), (541, None)):
        with time_machine.travel(now + timedelta(days=days)):
            tidy(till.wiring)
        assert [attempt.address for attempt in till.attempts] == [left]


def test_the_terms_are_those_that_the_buyer_saw(owner: TestApp, till: Till) -> None:
    say(till, "No refunds of what was downloaded.")
    disputed = begin(till)
    say(till, "Other words, later.")
    told = form_of(page_of(owner, disputed))["refund_policy_disclosure"].value
    assert told.startswith("The page with the fields for the card said “You buy under our terms”")
    assert told.endswith("No refunds of what was downloaded.")


def say(till: Till, words: str) -> None:
    with till.wiring.sessions() as session:
        texts = {**texts_now(session), TextKind.TERMS: words}
        seen = fingerprint(texts_now(session))
        save_texts(session, texts, seen, datetime.now(UTC), Actor("owner@example.com"))


def test_saved_looked_at_sent_and_won(owner: TestApp, till: Till, disputed: Dispute) -> None:
    form = form_of(page_of(owner, disputed))
    form["uncategorized_text"] = WINNING
    form["access_activity_log"] = "ana fetched it"
    assert "The bank has not seen it" in form.submit().follow().text
    asked = form_of(page_of(owner, disputed)).submit("on").follow()
    assert "Evidence can be sent once." in asked.text
    assert [dd.text for dd in asked.html.select(".evidence dd")][-2:] == ["ana fetched it", WINNING]
    done = [confirm(asked) for _ in range(2)][1].follow()
    assert "Stripe has the evidence" in done.text
    assert len(sends(till)) == 1
    there = at_stripe(till)
    assert there["status"] in ("under_review", "won")
    assert there["evidence"]["access_activity_log"] == "ana fetched it"
    assert there["evidence"]["customer_email_address"] == "ana@example.com"
    assert "Sent by owner@example.com" in page_of(owner, disputed).text
    go_on(till)
    assert "won" in page_of(owner, disputed).html.select_one(".state").text
    assert till.row.has_access
    history = owner.get(f"/admin/purchases/{till.row.public_id}")
    assert "owner@example.com: evidence to be sent to the bank" in " ".join(history.text.split())
    assert history.click("The dispute of €9.00").request.path == f"/admin/disputes/{disputed.stripe_dispute_id}"
    assert history.click("Dispute of €9.00").request.path == f"/admin/disputes/{disputed.stripe_dispute_id}"
    assert owner.get("/admin/audit").html.select(f'a[href="/admin/disputes/{disputed.stripe_dispute_id}"]')
    listed = owner.get("/admin/disputes").text
    assert "No bank asks for anything" in listed
    assert "won" in listed


def test_staff_look_on(app: TestApp, till: Till, disputed: Dispute) -> None:
    """They see all of it, and can neither change, send nor give up."""
    make_staff(till.session)
    sign_in(app, "staff@example.com")
    page = page_of(app, disputed)
    assert "Downloaded the album as flac" in page.text
    assert "The owner of the shop sends it" in page.text
    assert form_of_is_gone(page)
    assert not page.html.select('a[href$="/accept"]')
    token = page.forms[0]["csrf_token"].value
    for path in ("", "/send", "/accept"):
        app.post(f"{page.request.path}{path}", {"csrf_token": token, "version": "0"}, status=403)
    for path in ("/send", "/accept"):
        app.get(f"{page.request.path}{path}", status=403)
    assert sends(till) == []


def test_given_up(owner: TestApp, till: Till, disputed: Dispute) -> None:
    asked = page_of(owner, disputed).click("Give the dispute up")
    assert "€9.00" in asked.text
    assert at_stripe(till)["status"] == "needs_response"
    done = [confirm(asked) for _ in range(2)][1].follow()
    assert "Given up" in done.text
    assert at_stripe(till)["status"] == "lost"
    assert "takes nothing more" in done.text
    assert "None of it was sent from here" in done.text
    assert "days left" not in done.text
    assert [entry.act for entry in till.audit] == ["dispute_accepted"]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("product_description", "x" * (LONGEST_TEXT + 1), "What was sold: use at most 20,000 characters"),
        ("customer_email_address", "x" * 501, "use at most 500 characters"),
        ("access_activity_log", "a\x08b", "characters that are no text"),
        ("customer_purchase_ip", "ana's house", "Enter an address like 198.51.100.7"),
    ],
)
def test_what_cannot_be_evidence(
    owner: TestApp, till: Till, disputed: Dispute, field: str, text: str, words: str
) -> None:
    form = form_of(page_of(owner, disputed))
    form[field] = text
    form["refund_policy_disclosure"] = "typed & kept"
    wrong = form.submit("on", status=422)
    assert words in problems(wrong)
    assert wrong.html.select_one(f"#{field}-error").text.endswith(words) or words in wrong.text
    assert form_of(wrong)["refund_policy_disclosure"].value == "typed & kept"
    assert till._all(DisputeAnswer) == []


def test_as_much_as_a_bank_takes(owner: TestApp, till: Till, disputed: Dispute) -> None:
    """In a script that takes nine bytes for each character on its way; all fields together cannot be too long."""
    form = form_of(page_of(owner, disputed))
    fields = {name: form[name].value for name in form.fields if name and name != "on"}
    names = [name for name in fields if name in TEXTS]
    long = dict.fromkeys(
        (*names, "refund_refusal_explanation", "duplicate_charge_explanation"), "\u91ce" * LONGEST_TEXT
    )
    assert sum(map(len, long.values())) < LONGEST_OF_ALL
    owner.post(form.action, {**fields, **long}, status=303)
    assert "more than a bank takes" in owner.post(form.action, {"a": "b" * 1_500_001}, status=413).text


def test_nothing_at_all_is_no_evidence(owner: TestApp, disputed: Dispute) -> None:
    form = form_of(page_of(owner, disputed))
    for field in FIELDS:
        if field.name in form.fields:
            form[field.name] = " "
    assert "Write something" in problems(form.submit("on", status=422))


def test_two_who_write_at_once(owner: TestApp, till: Till, disputed: Dispute) -> None:
    mine, theirs = form_of(page_of(owner, disputed)), form_of(page_of(owner, disputed))
    theirs["uncategorized_text"] = "theirs"
    asked = theirs.submit("on").follow()
    mine["uncategorized_text"] = "mine"
    refused = mine.submit(status=409)
    assert "Somebody else saved this evidence" in problems(refused)
    again = form_of(refused)
    assert again["uncategorized_text"].value == "mine"
    again.submit(status=303)
    stale = confirm(asked)
    assert (stale.status_int, "nothing was sent" in problems(stale)) == (409, True)
    assert "mine" in stale.text
    assert sends(till) == []


def test_closed_meanwhile(owner: TestApp, till: Till, disputed: Dispute) -> None:
    form = form_of(page_of(owner, disputed))
    asked = form.submit("on").follow()
    till.sandbox.give_up(disputed.stripe_dispute_id)
    refused = confirm(asked)
    assert (refused.status_int, "takes nothing more" in problems(refused)) == (409, True)
    assert "takes nothing more" in problems(form.submit(status=409))
    assert form_of_is_gone(page_of(owner, disputed))


def form_of_is_gone(page: TestResponse) -> bool:
    return not [form for form in page.forms.values() if "uncategorized_text" in form.fields]


def test_past_the_deadline_the_words_are_kept(owner: TestApp, till: Till, pass_time: Callable[..., None]) -> None:
    disputed = begin(till, "pm_card_createDisputeInquiry")
    form = form_of(page_of(owner, disputed))
    form["uncategorized_text"] = "typed & kept"
    with writing(till.session):
        till.session.get_one(Dispute, disputed.id).evidence_due = datetime.now(UTC) - timedelta(minutes=1)
    late = form.submit(status=409)
    assert "The deadline is over" in problems(late)
    assert "typed &amp; kept" in late.text
    assert "Give money back" in late.text


def test_stripe_is_away(owner: TestApp, till: Till, disputed: Dispute, pass_time: Callable[..., None]) -> None:
    asked = form_of(page_of(owner, disputed)).submit("on").follow()
    till.sandbox.fault("drop_before", ".*", count=20)
    done = confirm(asked).follow()
    assert "The shop goes on sending it" in done.text
    assert form_of_is_gone(done)
    assert "answer on its way" in owner.get("/admin/disputes").text
    till.sandbox.forget_faults()
    pass_time(minutes=1)
    assert at_stripe(till)["evidence_details"]["submission_count"] == 1
    assert "Sent by owner@example.com" in page_of(owner, disputed).text


def test_a_hostile_buyer_is_only_words(owner: TestApp, till: Till, disputed: Dispute) -> None:
    with writing(till.session):
        album = till.session.merge(till.album)
        album.title = "<script>alert(1)</script>"
    assert "<script>alert" not in page_of(owner, disputed).text
    form = form_of(page_of(owner, disputed))
    form["uncategorized_text"] = "</textarea><script>alert(2)</script>"
    assert "<script>alert" not in form.submit("on").follow().text


def test_no_form_is_sent_from_elsewhere(owner: TestApp, disputed: Dispute) -> None:
    for path in ("", "/send", "/accept"):
        owner.post(f"/admin/disputes/{disputed.stripe_dispute_id}{path}", {"version": "0"}, status=403)


def test_what_there_is_not(owner: TestApp) -> None:
    assert "No bank asks for anything" in owner.get("/admin/disputes").text
    for path in ("", "/send", "/accept"):
        owner.get(f"/admin/disputes/du_none{path}", status=404)


def test_a_page_asks_little_of_the_database(owner: TestApp, disputed: Dispute) -> None:
    for path, most in (("", 6), (f"/{disputed.stripe_dispute_id}", 16)):
        with counted_statements(owner) as statements:
            owner.get(f"/admin/disputes{path}")
        assert 0 < len(statements) <= most, statements
