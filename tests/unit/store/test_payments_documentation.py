"""docs/payments.md says what the code does: states, flags, differences, kinds of events."""

import re
from pathlib import Path

from storefront.models import PurchaseState
from storefront.services.store.flagging import MEANINGS
from storefront.services.store.nets.inbox import EVENT_TYPES
from storefront.services.store.nets.reconciliation import KINDS
from storefront.settings import OPTIONS
from tests.support.states import diagram

TEXT = (Path(__file__).parents[3] / "docs" / "payments.md").read_text("utf-8")


def section(title: str) -> str:
    _, heading, rest = TEXT.partition(f"\n## {title}\n")
    assert heading, f"docs/payments.md has no heading {title}"
    return rest.partition("\n## ")[0]


def rows(title: str) -> dict[str, list[str]]:
    """The tables of a section: the word in backquotes that begins a row -> its other cells."""
    found = {}
    for line in section(title).splitlines():
        if match := re.match(r"\| `([a-z_]+)` \|(.*)\|$", line):
            found[match[1]] = [cell.strip() for cell in match[2].split(" | ")]
    return found


def test_the_picture_is_the_table_of_transitions() -> None:
    assert f"\n{diagram()}\n" in section("States")


def test_every_state_says_what_a_customer_sees() -> None:
    assert rows("States").keys() == {str(state) for state in PurchaseState}
    assert all(all(cells) for cells in rows("States").values())


def test_every_flag_says_what_to_do() -> None:
    told = rows("Flags")
    assert told.keys() == MEANINGS.keys()
    for flag, [meaning, advice] in told.items():
        assert meaning == MEANINGS[flag]
        assert len(advice) > 20


def test_every_difference_says_what_it_is() -> None:
    told = rows("Differences")
    assert {kind: cells[0] for kind, cells in told.items()} == KINDS
    assert all(len(cells) == 2 and cells[1] for cells in told.values())


def test_every_kind_of_event_is_named() -> None:
    assert set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", section("The nets"))) >= set(EVENT_TYPES)


def test_every_setting_that_is_named_is_one() -> None:
    named = set(re.findall(r"\b((?:STRIPE|STOREFRONT)_[A-Z_]+)\b", TEXT))
    assert named
    assert {name.removesuffix("_FILE") for name in named} <= {option.env for option in OPTIONS}


def test_what_was_not_checked_has_its_check() -> None:
    """Every row of the list has a way to find out."""
    table = [line for line in section("Not checked against Stripe itself").splitlines() if line.startswith("| ")][2:]
    assert len(table) >= 10
    for line in table:
        assert re.search(r"`[^`]+`|dashboard|card", line.strip("| ").split(" | ")[-1]), line
