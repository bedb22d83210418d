"""Answering a dispute: the wish first, then Stripe, as with a refund.

    saved      the evidence as a draft, as often as somebody likes
    commit 1   the wish (contest, or accept), and the job that looks after it; the draft is frozen
               Stripe: update with the evidence, or close; under a random key
    commit 2   what came of it (books.py)

Whether Stripe has it is read off the dispute itself, before each send and after it: evidence is sent once, whoever
presses what how often, and whatever became of the answer.
https://docs.stripe.com/disputes/api
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from storefront.jobs import enqueue
from storefront.models import (
    DECIDED,
    Act,
    Dispute,
    DisputeAnswer,
    Wish,
    end_reading,
    insert_once,
    writing,
)
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.services.shop.audit import Actor, record
from storefront.services.store.aftermath.books import settle_aftermath
from storefront.services.store.errors import AnswerError, DraftChanged, NotAnswerable
from storefront.services.store.flagging import Attention, flag

log = logging.getLogger(__name__)

#: When the job looks for the first time, and how often at least: deadlines are near.
FIRST_LOOK = timedelta(seconds=10)
LOOK_AT_LEAST_EVERY = timedelta(minutes=15)
#: Stripe gives the same answer to the same key for a day, a mishap of its own too. What it certainly does not have is
#: sent under another one after so long.
KEY_LASTS = timedelta(hours=1)
_ACTS = {Wish.CONTEST: Act.DISPUTE_CONTESTED, Wish.ACCEPT: Act.DISPUTE_ACCEPTED}


def why_not(dispute: Dispute, wish: Wish, now: datetime) -> str | None:
    """A word of NO_ANSWER if the shop can do nothing of the kind now."""
    if dispute.waits and dispute.answer and dispute.answer.wish and not dispute.answer.is_there:
        return "asked"
    return _closed(dispute, wish, now)


def save_draft(
    session: Session, dispute: Dispute, texts: Mapping[str, str], seen: int, now: datetime, *, by: Actor
) -> DisputeAnswer:
    """Keeps the evidence, by Stripe's names of its fields; empty ones are left out.

    `seen` is the version that was shown, 0 before the first save. Raises DraftChanged or NotAnswerable.
    """
    texts = {name: text for name, text in texts.items() if text}
    with writing(session):  # step: what was typed is kept
        row = _find_or_insert(session, dispute)
        if reason := why_not(dispute, Wish.CONTEST, now):
            raise NotAnswerable(reason)
        if row.version != seen:
            raise DraftChanged(row.version)
        fields = sorted(name for name in {*texts, *row.texts} if texts.get(name) != row.texts.get(name))
        row.texts, row.version, row.saved_at, row.saved_by = texts, seen + 1, now, by.who
        row.wish, row.refusal = None, ""
        _note(session, dispute, Act.DISPUTE_SAVED, now, by, fields=fields)
    return row


def answer(
    session: Session,
    processor: CreditCardProcessor,
    dispute: Dispute,
    wish: Wish,
    now: datetime,
    *,
    by: Actor,
    seen: int | None = None,
) -> bool:
    """Sends the saved evidence, or gives the dispute up -> whether Stripe has it; if not yet, a job goes on.

    `seen` is the version of the draft that was shown. The same wish again is the same answer. Raises AnswerError:
    nothing was sent.
    """
    try:
        settle_aftermath(session, processor, dispute.purchase, now)  # it may have been answered in Stripe's dashboard
    except PaymentError as error:
        log.warning("dispute %s: Stripe does not say how it stands: %s", dispute.stripe_dispute_id, error)
    row = _write_down(session, dispute, wish, now, by=by, seen=seen)
    try:
        if not row.is_there:
            _send(session, processor, row, now)
    except PaymentError as error:
        log.warning("dispute %s: Stripe does not say whether it has the answer: %s", dispute.stripe_dispute_id, error)
    return row.is_there


def settle_answer(session: Session, processor: CreditCardProcessor, key: str, now: datetime) -> timedelta | None:
    """Looks after an answer until Stripe has it: after how long to call it again, None when nothing is left."""
    wanted = select(DisputeAnswer).where(DisputeAnswer.key == key, DisputeAnswer.wish.is_not(None))
    row = session.scalar(wanted.options(joinedload(DisputeAnswer.dispute).joinedload(Dispute.purchase)))
    if row is None or row.asked_at is None or row.is_there:
        return None
    try:
        settle_aftermath(session, processor, row.dispute.purchase, now)
        session.refresh(row.dispute)
        if not row.is_there:
            _send(session, processor, row, now)
    except AnswerError as error:
        name = row.dispute.stripe_dispute_id
        log.error("ATTENTION the answer to dispute %s was refused: %s", name, error)
        with writing(session):  # step: who sent it heard that it is on its way
            flag(session, row.dispute.purchase, [Attention("answer_refused", f"{name}:{key}", row.dispute)], now)
        return None
    except PaymentError as error:
        log.warning("dispute %s: Stripe does not say how it stands: %s", row.dispute.stripe_dispute_id, error)
    if row.is_there:
        return None
    return min(LOOK_AT_LEAST_EVERY, max(FIRST_LOOK, (now - row.asked_at) / 4))


def _closed(dispute: Dispute, wish: Wish, now: datetime) -> str | None:
    if dispute.status in DECIDED:
        return "decided"
    if not dispute.waits:
        if dispute.status.endswith("needs_response"):
            return "elsewhere"
        return "sent" if dispute.submissions else "reads"
    if wish is Wish.ACCEPT:
        return "inquiry" if dispute.inquiry else None
    if dispute.evidence_due is None:
        return "no_evidence"
    return "past_due" if now > dispute.evidence_due else None


def _find_or_insert(session: Session, dispute: Dispute) -> DisputeAnswer:
    """Its row, alone with it until the step ends."""
    blank = {
        "texts": {},
        "version": 0,
        "saved_by": "",
        "submissions_before": 0,
        "key": "",
        "asked_by": "",
        "refusal": "",
    }
    insert_once(session, DisputeAnswer, dispute_id=dispute.id, **blank)
    mine = select(DisputeAnswer).where(DisputeAnswer.dispute_id == dispute.id).with_for_update()
    row = session.scalars(mine.execution_options(populate_existing=True)).one()
    session.refresh(dispute)
    return row


def _write_down(
    session: Session, dispute: Dispute, wish: Wish, now: datetime, *, by: Actor, seen: int | None
) -> DisputeAnswer:
    """Commit 1. Whoever presses twice finds the wish that is there; an inquiry that became a dispute has another."""
    with writing(session):  # step: the wish is on disk before it is sent
        row = _find_or_insert(session, dispute)
        if row.wish is wish and not (dispute.waits and row.is_there):
            return row
        if seen is not None and row.version != seen:
            raise DraftChanged(row.version)
        if reason := why_not(dispute, wish, now):
            raise NotAnswerable(reason)
        if wish is Wish.CONTEST and not row.texts:
            raise NotAnswerable("empty")
        row.wish, row.key, row.submissions_before = wish, secrets.token_hex(16), dispute.submissions
        row.asked_at, row.asked_by, row.refusal = now, by.who, ""
        _note(session, dispute, _ACTS[wish], now, by)
        enqueue(session, "settle_answer", key=f"answer:{row.key}", due=now + FIRST_LOOK, answer=row.key)
    return row


def _send(session: Session, processor: CreditCardProcessor, row: DisputeAnswer, now: datetime) -> None:
    """Sends an answer that Stripe did not have a moment ago, and asks whether it has it now.

    Raises PaymentError without an answer, or NotAnswerable when it can come true no more.
    """
    dispute, wish = row.dispute, row.wish
    assert wish is not None
    assert row.asked_at is not None
    if reason := _closed(dispute, wish, now):
        _give_up(session, row, NotAnswerable(reason))
    end_reading(session)
    key = f"{row.key}-{(now - row.asked_at) // KEY_LASTS}"
    refusal = None
    try:
        if wish is Wish.CONTEST:
            processor.send_evidence(dispute.stripe_dispute_id, row.texts, key=key)
        else:
            processor.accept_dispute(dispute.stripe_dispute_id, key=key)
    except PaymentRefused as error:
        refusal = error  # it may have been taken when it was sent before
    settle_aftermath(session, processor, dispute.purchase, now)
    session.refresh(dispute)
    if refusal is not None and not row.is_there:
        reason = _closed(dispute, wish, now)
        _give_up(session, row, NotAnswerable(reason) if reason else NotAnswerable(refusal.code or "", str(refusal)))


def _give_up(session: Session, row: DisputeAnswer, error: NotAnswerable) -> None:
    """It was not taken, and will not be: the draft can be changed again. Raises the error."""
    with writing(session):  # step: refused
        session.execute(
            update(DisputeAnswer)
            .where(DisputeAnswer.id == row.id, DisputeAnswer.key == row.key)
            .values(wish=None, refusal=error.sentence)
            .execution_options(synchronize_session=False)
        )
        session.refresh(row)
    raise error


def _note(session: Session, dispute: Dispute, act: Act, now: datetime, by: Actor, **detail: object) -> None:
    record(session, by, act, dispute.purchase.public_id, now, dispute=dispute.stripe_dispute_id, **detail)
