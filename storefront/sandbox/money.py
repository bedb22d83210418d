"""The currencies and amounts that a payment may have: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts."""

from .errors import invalid

CURRENCIES = frozenset(
    """
    usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn
    bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf
    gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr
    lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen
    pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd
    top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
    """.split()
)
MINIMUMS = {
    "aed": 200,
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
MINIMUM, MAXIMUM = 50, 99_999_999
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
THREE_DECIMALS = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
ZERO_DECIMALS = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
HUNDREDS_ONLY = frozenset(("isk", "ugx"))  # no smaller unit, but sent with two zeros


def check(amount: int, currency: str) -> None:
    """Raises StripeError on an amount or a currency that cannot be charged."""
    if currency.lower() not in CURRENCIES:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: "
            f"{', '.join(sorted(CURRENCIES))}",
            param="currency",
        )
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    minimum = MINIMUMS.get(currency.lower(), MINIMUM)
    if amount < minimum:
        raise invalid(
            f"Amount must be at least {display(minimum, currency)} {currency.lower()}",
            code="amount_too_small",
            param="amount",
        )
    if amount > MAXIMUM:
        raise invalid(
            f"Amount must be no more than {display(MAXIMUM, currency)} {currency.lower()}",
            code="amount_too_large",
            param="amount",
        )
    if currency.lower() in HUNDREDS_ONLY and amount % 100:
        raise invalid(f"Invalid amount: {currency.lower()} amounts must be divisible by 100.", param="amount")
    if currency.lower() in THREE_DECIMALS and amount % 10:
        raise invalid(f"Invalid amount: {currency.lower()} amounts must be divisible by 10.", param="amount")


def display(amount: int, currency: str) -> str:
    """`$12.99`, for people."""
    currency = currency.lower()
    decimals = 0 if currency in ZERO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    whole, rest = divmod(amount, 10**decimals)
    number = f"{whole:,}" + (f".{rest:0{decimals}d}" if decimals else "")
    return f"{SYMBOLS[currency]}{number}" if currency in SYMBOLS else f"{number} {currency.upper()}"
