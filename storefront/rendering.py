"""Jinja's filters and globals, shared by the pages' environment and the mails'."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import (
    format_date,
    format_timedelta,
    get_date_format,
    get_datetime_format,
    get_time_format,
    parse_pattern,
)
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.nodes import EvalContext
from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from nh3 import clean

from storefront.money import Balance, Money
from storefront.settings import Settings

PACKAGE = Path(__file__).parent
#: In a wheel templates/ is inside the package, in a checkout beside it.
TEMPLATES = next(path for path in (PACKAGE / "templates", PACKAGE.parent / "templates") if path.is_dir())
STATIC = TEMPLATES.with_name("static")

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False})
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br", "code", "h2", "h3", "h4"}
MINUS = "\N{MINUS SIGN}"


def markdown(text: str) -> Markup:
    """Words from an owner -> HTML that is safe whoever wrote them; links of strangers carry no trust.

    The page's own title is its h1: a first heading among the words is an h2, like the second.
    """
    html = clean(
        _MARKDOWN.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>"),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="ugc nofollow noopener",
    )
    return Markup(html)


def clock(milliseconds: int) -> str:
    """A length as people read it: 221000 is "3:41", 3723000 is "1:02:03"."""
    seconds = round(milliseconds / 1000)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def spoken(milliseconds: int) -> str:
    """A length for a machine, as HTML's <time datetime> wants it: "PT3M41S"."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"PT{minutes}M{seconds}S"


def minutes(milliseconds: int) -> int:
    """A length in whole minutes, at least one."""
    return max(1, round(timedelta(milliseconds=milliseconds) / timedelta(minutes=1)))


@pass_eval_context
def gettext(context: EvalContext, words: str, /, **values: object) -> str:
    """Every visible text goes through here, untranslated so far.

    A page asks two dozen times; Jinja's own looks itself up by its name and formats each text, with or without values.
    """
    text = Markup(words) if context.autoescape else words
    return text % values if values or "%" in words else text


class _Filters:
    """Those that know the shop's locale and time zone."""

    def __init__(self, settings: Settings) -> None:
        self._locale = settings.shop_locale
        self._zone = settings.shop_timezone
        self._moment = _moments(settings.shop_locale)

    def money(self, value: Money | Balance) -> str:
        return value.format(self._locale)

    def day(self, value: date) -> str:
        return str(format_date(value, "long", locale=self._locale))

    def moment(self, value: datetime) -> str:
        """In the shop's zone, which it names: "Nov 28, 2026, 12:40:16 PM CET"."""
        here = value.astimezone(self._zone)
        return f"{self._moment.apply(here, self._locale)} {here.tzname()}"

    def when(self, value: datetime) -> Markup:
        """The same for the desk, where js/times.js says it in the zone of whoever looks; in UTC on hover."""
        utc = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        iso = utc.replace(" ", "T")
        return Markup(f'<time datetime="{iso}Z" title="{utc} UTC">{escape(self.moment(value))}</time>')

    def number(self, value: int) -> str:
        return str(format_decimal(value, locale=self._locale))

    def signed(self, value: int) -> str:
        """With a plus or a minus: "+18", "−3"."""
        return f"{'+' if value > 0 else MINUS if value < 0 else ''}{self.number(abs(value))}"

    def country(self, code: str) -> str:
        """ISO 3166's two letters as people say it; the letters where nobody knows them."""
        return str(Locale.parse(self._locale.replace("-", "_")).territories.get(code, code))

    def ago(self, moment: datetime) -> str:
        """ "3 minutes ago", "in 2 days"."""
        return str(format_timedelta(moment - datetime.now(UTC), add_direction=True, locale=self._locale))

    def gigabytes(self, size: int) -> str:
        return f"{format_decimal(round(size / 1e9, 1), locale=self._locale)} GB"

    def megabytes(self, size: int) -> str:
        return f"{format_decimal(max(0.1, round(size / 1e6, 1 if size < 10e6 else 0)), locale=self._locale)} MB"


def _moments(locale: str) -> Any:
    """How the locale writes a day and a time: parsed once, where format_datetime() would for each."""
    day, time = (get(locale=locale).pattern for get in (get_date_format, get_time_format))
    return parse_pattern(
        str(get_datetime_format(locale=locale)).replace("'", "").replace("{0}", time).replace("{1}", day)
    )


def equip(environment: Environment, settings: Settings) -> None:
    """Gives a Jinja environment the shop's filters and globals."""
    own = _Filters(settings)
    # The same prices, days and texts come again on page after page, and writing one costs more than all around it.
    environment.filters.update(
        money=lru_cache(4096)(own.money),
        day=lru_cache(4096)(own.day),
        moment=own.moment,
        number=lru_cache(4096)(own.number),
        signed=own.signed,
        ago=own.ago,
        gigabytes=own.gigabytes,
        country=lru_cache(300)(own.country),
        when=own.when,
        megabytes=lru_cache(4096)(own.megabytes),
        markdown=lru_cache(256)(markdown),
        clock=clock,
        spoken=spoken,
        minutes=minutes,
    )
    environment.globals.update(
        shop_zone=str(settings.shop_timezone),
        shop_language=settings.shop_locale.replace("_", "-"),
        base_url=settings.base_url,
    )
    environment.undefined = StrictUndefined
    installed: Any = environment
    installed.install_null_translations(newstyle=True)
    environment.globals.update(gettext=gettext, _=gettext)


def make_environment(settings: Settings) -> Environment:
    """For what is rendered without a request: mails."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(["html", "jinja2"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    equip(environment, settings)
    return environment
