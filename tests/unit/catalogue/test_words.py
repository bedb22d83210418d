"""How words are folded for search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.services.catalogue.words import MOST_WORDS, asked, fold, indexed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mára's 2nd", ["mara", "s", "2nd"]),
        ("ÅNGSTRÖM", ["angstrom"]),
        ("Straße", ["strasse"]),
        ("ﬁn", ["fin"]),
        ("snake_case", ["snake", "case"]),
        ("İstanbul", ["istanbul"]),
        ("東京の夜", ["東", "京", "の", "夜"]),
        ("Ночь", ["ночь"]),
        ("🎵 — !", []),
    ],
)
def test_folding(text: str, words: list[str]) -> None:
    assert fold(text) == words


def test_an_index_has_both_ways_to_write_a_word() -> None:
    assert indexed("What's Lo-Fi", "what") == ["what", "s", "lo", "fi", "whats", "lofi"]


@given(st.text())
def test_what_is_asked_is_a_few_words_of_letters_and_digits_that_fold_to_themselves(text: str) -> None:
    words = asked(text)
    assert len(words) <= MOST_WORDS
    assert all(word.isalnum() for word in words)
    assert asked(" ".join(words)) == words


@given(st.text(max_size=100))
def test_whatever_is_indexed_is_found_when_it_is_typed_again(text: str) -> None:
    assert set(asked(text)) <= set(indexed(text))
