"""E-mail addresses, as forms give them."""

import time

import pytest

from storefront.services.accounts.addresses import BadEmail, parse_email


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ana@example.com", "ana@example.com"),
        ("  Ana.Lima+shop@Example.COM\n", "ana.lima+shop@example.com"),
        ("ana@bücher.example.org", "ana@xn--bcher-kva.example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_an_address_is_kept_in_one_form(typed, kept):
    assert parse_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "ana", "@example.com", "ana@", "ana@example", "ana@@example.com", "ana@example..com",
        "ana lima@example.com", "ana@example.com, bob@example.com", "Ana <ana@example.com>", "ana@[127.0.0.1]",
        "ana@localhost", "ana@example.com\r\nBcc: bob@example.com", "ana\0@example.com", "jörg@example.com",
        f"{'a' * 65}@example.com", f"ana@{'a' * 250}.com", "=cmd|' /C calc'!A0@example.com ", "\u202eana@example.com",
    ],
)  # fmt: skip
def test_what_is_none(typed):
    with pytest.raises(BadEmail):
        parse_email(typed)


@pytest.mark.parametrize("typed", ["a" * 10_000, "@" * 10_000, "a@" + "a." * 5_000 + "com", "\u0301" * 10_000])
def test_hostile_ones_cost_nothing(typed):
    start = time.thread_time()
    with pytest.raises(BadEmail):
        parse_email(typed)
    assert time.thread_time() - start < 0.05
