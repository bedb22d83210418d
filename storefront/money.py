"""Money in minor units, as Stripe counts it.

An amount is an int in the units that Stripe takes for its currency: 1299 of "usd" is $12.99, 1200 of "jpy" is ¥1,200.
Zero-decimal, three-decimal and special currencies: https://docs.stripe.com/currencies
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
#: Have no cents, but Stripe takes them times 100, and the last two digits must be 00.
HUNDREDFOLD = frozenset("isk ugx".split())
TWO_DECIMAL = frozenset(
    "aed ars aud bdt bgn bob brl cad chf cny cop crc czk dkk dop egp eur gbp gel hkd huf idr ils inr kes lkr mad mdl "
    "mkd mxn myr ngn nok nzd pen php pkr pln qar ron rsd sar sek sgd thb try twd tzs uah usd uyu uzs zar".split()
)
CURRENCIES = TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL | HUNDREDFOLD

#: ISO 4217's code where no currency is involved: of a draft whose price nobody has said yet.
NO_CURRENCY = "xxx"

#: The least that Stripe charges, in its units; https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
#: The most: eight digits in the currency's minor unit.
MAXIMUM = 99_999_999

#: Where a currency's letters touch its digits ("KWD1.250", as Babel writes it) Unicode wants a space:
#: https://www.unicode.org/reports/tr35/tr35-numbers.html#Currencies
_TOUCHING = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")

_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?", re.ASCII)


class BadMoney(ValueError):
    """An amount or a currency that Stripe would not take; the message is for whoever typed it."""


class NoAmount(BadMoney):
    """What was typed is no number, or not written as one."""


def decimals(currency: str) -> int:
    """How many decimals people write in this currency: 2 for "eur", 0 for "jpy" and "isk", 3 for "kwd"."""
    if currency in THREE_DECIMAL:
        return 3
    return 0 if currency in ZERO_DECIMAL or currency in HUNDREDFOLD else 2


def _scale(currency: str) -> int:
    """Stripe's units in one of the currency's main unit."""
    return 100 if currency in HUNDREDFOLD else 10 ** decimals(currency)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`amount` in the units that Stripe takes, of `currency` (ISO 4217, lower case)."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"an amount is an int in minor units, not {type(self.amount).__name__}")
        if self.currency not in CURRENCIES:
            raise BadMoney(f"unknown currency {self.currency!r}")
        if self.amount < 0:
            raise BadMoney("an amount is not negative")

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency.upper()}"

    @property
    def decimal(self) -> Decimal:
        """In the main unit, with the decimals that people write: Money(1299, "usd") is Decimal("12.99")."""
        exponent = Decimal(1).scaleb(-decimals(self.currency))
        return (Decimal(self.amount) / _scale(self.currency)).quantize(exponent)

    def format(self, locale: str = "en") -> str:
        """For people: "€9.00", "¥1,200"."""
        code = self.currency.upper()
        # Babel writes ISO's digits; where Stripe's differ (HUF, TWD are given with two) its pattern still is right.
        digits = get_currency_precision(code) == decimals(self.currency)
        text = str(format_currency(self.decimal, code, locale=locale, currency_digits=digits))
        return _TOUCHING.sub("\N{NO-BREAK SPACE}", text)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of sums that were added and taken: in Stripe's units, and it may be below nothing."""

    amount: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        """In the main unit: Balance(-1556, "eur") is Decimal("-15.56")."""
        size = Money(abs(self.amount), self.currency).decimal
        return -size if self.amount < 0 else size

    def format(self, locale: str = "en") -> str:
        """For people: "€8.44", "−€15.56"."""
        return ("\N{MINUS SIGN}" if self.amount < 0 else "") + Money(abs(self.amount), self.currency).format(locale)


def plain(amount: int, currency: str) -> str:
    """For machines, in the main unit: plain(-56, "eur") is "-0.56", plain(1200, "jpy") "1200".

    The same as Balance(amount, currency).decimal, at a tenth of the cost.
    """
    digits = decimals(currency)
    if not digits:
        return str(Balance(amount, currency).decimal)
    figures = f"{amount:0{digits + 1 + (amount < 0)}}"
    return f"{figures[:-digits]}.{figures[-digits:]}"


def parse_amount(text: str, currency: str) -> Money:
    """An amount as people write it ("4.50") -> Money, of any size that can be written.

    Raises NoAmount for what is no number, BadMoney for more decimals than the currency has; each with a sentence.
    """
    code = currency.strip().lower()
    if code not in CURRENCIES:
        raise BadMoney(f"{currency!r} is no currency that Stripe takes")
    if not _DECIMAL.fullmatch(text.strip()):
        raise NoAmount(f"{text[:40]!r} is no price; write it like 9.00")
    units = Decimal(text.strip()) * _scale(code)
    step = 100 if code in HUNDREDFOLD else 10 if code in THREE_DECIMAL else 1
    if units % step:
        raise BadMoney(f"{text} has more decimals than {code.upper()} is charged with")
    return Money(int(units), code)


def parse_price(text: str, currency: str) -> Money:
    """A price as an owner types it ("9.00") -> Money that can be charged, or 0 for free.

    Raises BadMoney, with a sentence for the owner, for what is no amount, or is less than Stripe's least or more than
    its most.
    """
    money = parse_amount(text, currency)
    if money.amount > MAXIMUM:
        raise BadMoney(f"{text} is more than Stripe charges at once")
    if 0 < money.amount < MINIMUM.get(money.currency, 1):
        least = Money(MINIMUM[money.currency], money.currency)
        raise BadMoney(f"{money.format()} is less than Stripe charges; the least is {least.format()}, or 0 for free")
    return money
