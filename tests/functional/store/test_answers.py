"""What the shop answers to a dispute: sent once, whatever happens on the way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storefront.models import Dispute, DisputeAnswer, Wish
from storefront.services.shop.audit import Actor
from storefront.services.store.aftermath.answers import answer, save_draft
from storefront.services.store.errors import DraftChanged, NotAnswerable
from tests.functional.store.conftest import Till, WatchedProcessor
from tests.functional.store.test_disputes import dispute, go_on
from tests.support.mailbox import Mailbox
from tests.support.people import make_owner

OWNER = Actor("owner@example.com")
EVIDENCE = "/v1/disputes/du_[^/]*"
#: The sandbox's bank lets whoever says this win.
WINNING = {"uncategorized_text": "winning_evidence"}


def save(till: Till, texts: dict[str, str], seen: int = 0) -> DisputeAnswer:
    with till.wiring.sessions() as session:
        return save_draft(session, _mine(till, session), texts, seen, datetime.now(UTC), by=OWNER)


def send(till: Till, wish: Wish = Wish.CONTEST, **more: Any) -> bool:
    with till.wiring.sessions() as session:
        processor: Any = WatchedProcessor(till.wiring.processor, session)
        return answer(session, processor, _mine(till, session), wish, datetime.now(UTC), by=OWNER, **more)


def _mine(till: Till, session: Any) -> Dispute:
    return session.get_one(Dispute, till.disputes[0].id)


def sends(till: Till) -> list[dict[str, Any]]:
    """What of the shop's reached Stripe."""
    posts = [r for r in till.sandbox.ledger()["requests"] if r["method"] == "POST" and "/v1/disputes/" in r["path"]]
    return [r for r in posts if not r["replayed"] and r["status"] == 200]


def at_stripe(till: Till) -> dict[str, Any]:
    [found] = till.sandbox.ledger()["disputes"]
    return found


def the_answer(till: Till) -> DisputeAnswer:
    [row] = till._all(DisputeAnswer)
    return row


def test_evidence_is_saved_sent_and_won(till: Till) -> None:
    dispute(till)
    save(till, {"uncategorized_text": "a first thought", "customer_name": ""})
    assert save(till, {**WINNING, "service_date": "28 November 2026"}, seen=1).version == 2
    assert at_stripe(till)["evidence_details"]["submission_count"] == 0

    assert send(till, seen=2)
    there = at_stripe(till)
    assert there["evidence_details"]["submission_count"] == 1
    told = {name: text for name, text in there["evidence"].items() if isinstance(text, str)}
    assert told == {**WINNING, "service_date": "28 November 2026"}
    assert till.disputes[0].submissions == 1
    assert till.disputes[0].status in ("under_review", "won")  # the sandbox's bank needs a second
    go_on(till)
    assert till.row.dispute == "won"
    assert till.row.has_access
    acts = [(entry.act, entry.who, entry.subject, entry.detail["dispute"]) for entry in till.audit]
    name, order = till.disputes[0].stripe_dispute_id, till.row.public_id
    assert acts == [(act, OWNER.who, order, name) for act in ("dispute_saved", "dispute_saved", "dispute_contested")]


def test_pressed_again_it_is_sent_once(till: Till) -> None:
    dispute(till)
    save(till, {"uncategorized_text": "they downloaded it"})
    assert send(till)
    assert send(till)
    assert len(sends(till)) == 1
    assert at_stripe(till)["evidence_details"]["submission_count"] == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "status_500", "cut"])
@pytest.mark.parametrize("wish", Wish)
def test_unanswered_it_is_sent_once_and_found(
    till: Till, pass_time: Callable[..., None], fault: str, wish: Wish
) -> None:
    dispute(till)
    save(till, {"uncategorized_text": "they downloaded it"})
    till.sandbox.fault(fault, EVIDENCE + ("/close" if wish is Wish.ACCEPT else ""), method="POST", count=3)
    send(till, wish)
    pass_time(hours=2, step=timedelta(minutes=10))
    there = at_stripe(till)
    expected = ("under_review", 1) if wish is Wish.CONTEST else ("lost", 0)
    assert (there["status"], there["evidence_details"]["submission_count"]) == expected
    assert (till.disputes[0].status, till.disputes[0].submissions) == expected


def test_what_was_shown_is_what_is_sent(till: Till) -> None:
    dispute(till)
    save(till, {"uncategorized_text": "mine"})
    with pytest.raises(DraftChanged):
        save(till, {"uncategorized_text": "somebody else's"}, seen=0)
    save(till, {"uncategorized_text": "somebody else's"}, seen=1)
    with pytest.raises(DraftChanged):
        send(till, seen=1)
    assert sends(till) == []


def test_nothing_is_sent_without_a_word(till: Till) -> None:
    dispute(till)
    with pytest.raises(NotAnswerable) as refusal:
        send(till)
    assert refusal.value.reason == "empty"


def test_accepted_it_is_lost(till: Till) -> None:
    dispute(till)
    assert send(till, Wish.ACCEPT)
    assert till.row.dispute == "lost"
    assert [entry.act for entry in till.audit] == ["dispute_accepted"]
    with pytest.raises(NotAnswerable) as refusal:
        save(till, WINNING)
    assert refusal.value.reason == "decided"


def test_closed_at_stripe_meanwhile(till: Till) -> None:
    """The shop has not heard of it: the draft stays, and nothing is promised."""
    dispute(till)
    save(till, WINNING)
    till.sandbox.give_up(at_stripe(till)["id"])
    with pytest.raises(NotAnswerable) as refusal:
        send(till)
    assert refusal.value.reason == "decided"
    row = the_answer(till)
    assert (row.wish, row.texts, row.refusal) == (None, WINNING, "")
    assert till.row.dispute == "lost"


def test_evidence_that_was_sent_in_the_dashboard(till: Till) -> None:
    dispute(till)
    save(till, {"uncategorized_text": "ours"})
    till.sandbox.send_evidence(at_stripe(till)["id"], "theirs")
    with pytest.raises(NotAnswerable) as refusal:
        send(till)
    assert refusal.value.reason == "sent"
    assert at_stripe(till)["evidence"]["uncategorized_text"] == "theirs"


def test_past_the_deadline(till: Till, pass_time: Callable[..., None]) -> None:
    """Of an inquiry: a dispute that nobody answers is lost the moment that its time ends."""
    dispute(till, "pm_card_createDisputeInquiry")
    save(till, WINNING)
    pass_time(days=11, step=timedelta(days=11))
    with pytest.raises(NotAnswerable) as refusal:
        send(till)
    assert refusal.value.reason == "past_due"
    assert sends(till) == []


def test_an_inquiry_is_answered_and_again_when_it_becomes_a_dispute(till: Till) -> None:
    dispute(till, "pm_card_createDisputeInquiry")
    with pytest.raises(NotAnswerable) as refusal:
        send(till, Wish.ACCEPT)
    assert refusal.value.reason == "inquiry"
    save(till, {"uncategorized_text": "escalate_inquiry_evidence"})
    assert send(till)
    go_on(till)
    assert till.row.dispute == "needs_response"
    save(till, WINNING, seen=1)
    assert send(till)
    go_on(till)
    assert till.row.dispute == "won"


def test_refused_when_the_shop_had_promised_it(till: Till, pass_time: Callable[..., None], mailbox: Mailbox) -> None:
    owner = make_owner(till.session)
    dispute(till)
    save(till, WINNING)
    till.sandbox.fault("drop_before", ".*", count=10)
    assert not send(till)
    assert the_answer(till).wish is Wish.CONTEST
    till.sandbox.forget_faults()
    till.sandbox.give_up(at_stripe(till)["id"])
    pass_time(minutes=1)
    assert "answer_refused" in till.row.flags
    assert "Stripe did not take an answer" in mailbox.text(mailbox.to(owner.email)[-1])
    row = the_answer(till)
    assert (row.wish, row.texts) == (None, WINNING)
    assert "has decided" in row.refusal
