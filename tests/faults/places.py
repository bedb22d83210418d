"""The register of fault points: every place where the shop's money code touches the outside, with its number.

Commits are found in the source, so a step that somebody adds is in the register from then on, and a run set that never
passes it fails.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import storefront

PACKAGE = Path(storefront.__file__).parent
#: Where the code is that money depends on.
MONEY = ("services/store", "services/shop", "services/library", "jobs", "tasks")
#: Steps that no money depends on; one of a thread of the worker's; the answers to disputes, which are words; and three
#: that would tell of a lie of Stripe's own or of a refund that has had no answer for an hour: tests of their own reach
#: them.
APART = {
    "services.shop.receipts.send_receipt_again",
    "services.store.by_hand.override_access",
    "services.store.by_hand.write_note",
    "services.store.attempts.forget_addresses",
    "services.shop.backups.reopening.expect_lost_days",
    "services.library.receipt_links.keep",
    "services.library.log._write",
    "services.library.log.forget_downloads",
    "services.library.past_sales.giving.give_past_sales",
    "jobs.queue.renew",
    "jobs.queue.forget_done",
    "services.store.nets.reconciliation.orphans._look_for",
    "services.store.aftermath.refunds.settle_refund",
    "services.store.aftermath.answers.save_draft",
    "services.store.aftermath.answers._write_down",
    "services.store.aftermath.answers._give_up",
    "services.store.aftermath.answers.settle_answer",
    "services.store.aftermath.reminding.remind_of_disputes",
    "services.shop.attention.note_backup",
    "services.shop.figures.of_albums.recount_albums",
    "services.shop.figures.recounting._link_purchases",
    "services.shop.figures.recounting.recount",
    "services.shop.identity.checks.note_check",
    "services.shop.identity.checks.send_test_mail",
    "services.shop.identity.saving.save_settings",
    "services.shop.identity.texts.save_texts",
    "services.shop.job_lists.forget_job",
    "services.shop.job_lists.run_job_again",
    "services.shop.outbox.send_again",
}
#: What the shop asks of Stripe. "{id}" stands for an id.
CALLS = (
    "POST /v1/payment_intents",
    "POST /v1/payment_intents/{id}/confirm",
    "POST /v1/payment_intents/{id}/cancel",
    "GET /v1/payment_intents/{id}",
    "GET /v1/payment_intents",
    "GET /v1/confirmation_tokens/{id}",
    "GET /v1/charges/{id}",
    "GET /v1/charges",
    "POST /v1/refunds",
    "GET /v1/refunds/{id}",
    "GET /v1/refunds",
    "GET /v1/disputes/{id}",
    "GET /v1/disputes",
    "GET /v1/radar/early_fraud_warnings/{id}",
    "GET /v1/radar/early_fraud_warnings",
    "GET /v1/balance_transactions",
)
MOMENTS = ("sending", "executed")
MAIL = ("mail: sending", "mail: sent")
FILES = ("file: opening", "file: read")
#: The harness's own steps: the owner's, who changes a price.
ELSEWHERE = "elsewhere"


@cache
def commits() -> dict[tuple[str, int], str]:
    """(file, line of the `with writing(...)`) -> the step's name: "services.store.settlement.settle"."""
    found: dict[tuple[str, int], str] = {}
    for folder in MONEY:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
            for function, lines in _writers(ast.parse(path.read_text("utf-8"))):
                for number, line in enumerate(lines, 1):
                    name = f"{module}.{function}"
                    found[str(path), line] = name if len(lines) == 1 else f"{name} ({number})"
    return found


def _writers(tree: ast.Module) -> Iterator[tuple[str, list[int]]]:
    """Each function's name, and the lines in it that begin a writing step."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            lines = [
                inner.lineno
                for inner in ast.walk(node)
                if isinstance(inner, ast.With)
                and any(ast.unparse(item.context_expr).startswith("writing(") for item in inner.items)
            ]
            if lines:
                yield node.name, lines


@cache
def register() -> dict[str, int]:
    """Every place that a run set must pass, numbered from 1."""
    steps = [name for name in commits().values() if name.partition(" ")[0] not in APART]
    places = [f"{step}: {moment}" for step in steps for moment in ("begin", "commit", "committed")]
    places += [f"Stripe {call}: {moment}" for call in CALLS for moment in MOMENTS]
    return {place: number for number, place in enumerate([*places, *MAIL, *FILES], 1)}
