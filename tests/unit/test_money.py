"""Money: what Stripe takes, in every currency. https://docs.stripe.com/currencies"""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.money import (
    CURRENCIES,
    HUNDREDFOLD,
    MAXIMUM,
    MINIMUM,
    THREE_DECIMAL,
    BadMoney,
    Balance,
    Money,
    decimals,
    parse_price,
    plain,
)

currencies = st.sampled_from(sorted(CURRENCIES))


@st.composite
def chargeable(draw: st.DrawFn) -> Money:
    """Any amount that Stripe charges."""
    currency = draw(currencies)
    step = 100 if currency in HUNDREDFOLD else 10 if currency in THREE_DECIMAL else 1
    least = MINIMUM.get(currency, step)
    return Money(step * draw(st.integers(-(-least // step), MAXIMUM // step)), currency)


@given(chargeable())
def test_what_is_written_is_read_back(money: Money) -> None:
    assert parse_price(f"{money.decimal:f}", money.currency) == money


@given(chargeable(), st.sampled_from(["en", "de", "fr", "ja", "en_IN", "ar"]))
def test_every_price_can_be_shown_in_every_locale_without_losing_a_digit(money: Money, locale: str) -> None:
    shown = "".join(str(int(character)) for character in money.format(locale) if character.isdecimal())
    assert shown.lstrip("0") == str(int(money.decimal.scaleb(decimals(money.currency))))


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.99", "usd", 1299),
        ("9", "EUR", 900),
        ("9.5", "eur", 950),
        (" 9.00 ", " Eur ", 900),
        ("1200", "jpy", 1200),
        ("5", "isk", 500),
        ("500", "ugx", 50000),
        ("1.25", "kwd", 1250),
        ("0", "usd", 0),
        ("0.00", "usd", 0),
        ("0.50", "usd", 50),
        ("175", "huf", 17500),
        ("999999.99", "usd", MAXIMUM),
        ("99999999", "jpy", MAXIMUM),
    ],
)
def test_prices_become_stripes_units(text: str, currency: str, amount: int) -> None:
    assert parse_price(text, currency) == Money(amount, currency.strip().lower())


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("9,00", "eur", "write it like 9.00"),
        ("", "eur", "write it like 9.00"),
        ("-1", "eur", "write it like 9.00"),
        ("1e3", "eur", "write it like 9.00"),
        ("NaN", "eur", "write it like 9.00"),
        ("Infinity", "eur", "write it like 9.00"),
        ("١٢", "eur", "write it like 9.00"),
        ("$9", "usd", "write it like 9.00"),
        ("9.00\n9.00", "usd", "write it like 9.00"),
        ("1" * 13, "usd", "write it like 9.00"),
        ("9.999", "usd", "more decimals than USD"),
        ("1.5", "jpy", "more decimals than JPY"),
        ("5.50", "isk", "more decimals than ISK"),
        ("1.255", "kwd", "more decimals than KWD"),
        ("0.49", "usd", r"the least is \$0\.50"),
        ("49", "jpy", "the least is ¥50"),
        ("1000000", "usd", "more than Stripe charges"),
        ("100000000", "jpy", "more than Stripe charges"),
        ("9.00", "xxx", "no currency that Stripe takes"),
        ("9.00", "", "no currency that Stripe takes"),
    ],
)
def test_what_stripe_would_not_charge_is_refused_in_words(text: str, currency: str, sentence: str) -> None:
    with pytest.raises(BadMoney, match=sentence):
        parse_price(text, currency)


@given(st.text(max_size=40), currencies)
def test_any_text_is_a_price_or_a_sentence(text: str, currency: str) -> None:
    with contextlib.suppress(BadMoney):
        assert 0 <= parse_price(text, currency).amount <= MAXIMUM


@pytest.mark.parametrize("amount", [1.0, "100", Decimal(1), True, None])
def test_an_amount_is_a_whole_number(amount: object) -> None:
    with pytest.raises(TypeError, match="an int in minor units"):
        Money(amount, "usd")  # type: ignore[arg-type]


def test_an_amount_is_not_negative_and_its_currency_is_known() -> None:
    with pytest.raises(BadMoney, match="not negative"):
        Money(-1, "usd")
    with pytest.raises(BadMoney, match="unknown currency"):
        Money(1, "USD")


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(1299, "usd"), "en", "$12.99"),
        (Money(900, "eur"), "en", "€9.00"),
        (Money(900, "eur"), "de", "9,00\xa0€"),
        (Money(1200, "jpy"), "en", "¥1,200"),
        (Money(500, "isk"), "en", "ISK\xa05"),
        (Money(1250, "kwd"), "en", "KWD\xa01.250"),
        (Money(17550, "huf"), "en", "HUF\xa0175.50"),
        (Money(0, "usd"), "en", "$0.00"),
    ],
)
def test_prices_are_written_as_people_write_them(money: Money, locale: str, text: str) -> None:
    assert money.format(locale) == text


def test_a_price_in_a_log_is_plain() -> None:
    assert str(Money(1299, "usd")) == "12.99 USD"
    assert str(Money(1200, "jpy")) == "1200 JPY"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(844, "eur", "€8.44"), (-1556, "eur", "−€15.56"), (-120, "jpy", "−¥120"), (0, "usd", "$0.00")],
)
def test_what_is_left_may_be_below_nothing(amount: int, currency: str, text: str) -> None:
    assert Balance(amount, currency).format() == text


@pytest.mark.parametrize("currency", ["eur", "jpy", "isk", "kwd"])
@pytest.mark.parametrize("amount", [0, 5, 10, 56, 100, 999, 1000, 1299, 123_456_700])
def test_what_machines_read_is_the_same_number(amount: int, currency: str) -> None:
    for signed in (amount, -amount):
        assert plain(signed, currency) == f"{Balance(signed, currency).decimal:f}"
