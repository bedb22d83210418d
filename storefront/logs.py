"""What a line of the log looks like: when, how grave, which request, who says it, and the words, on one line.

An error's traceback follows, indented. What a stranger sent cannot begin a line of its own.
"""

import logging
import logging.config
import re
from contextvars import ContextVar

#: The request that this thread works on; "-" outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

FORMAT = "%(asctime)s %(levelname)-7s %(request_id)s %(name)s: %(message)s"


class LineFormatter(logging.Formatter):
    """For `[formatter_line] class = storefront.logs.LineFormatter` of an ini file, with FORMAT's names."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        record.message = record.message.encode("unicode_escape").decode() if _unsafe(record.message) else record.message
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        return _indented(super().formatException(ei))  # type: ignore[arg-type]  # as logging hands it over


def _unsafe(text: str) -> bool:
    """Whether it would begin a new line, or steer a terminal."""
    return bool(_CONTROL.search(text))


def _indented(text: str) -> str:
    return "    " + text.replace("\n", "\n    ")


def set_up() -> None:
    """Where no ini file says otherwise: warnings and errors to standard error."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": LineFormatter, "fmt": FORMAT}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": "WARNING", "handlers": ["console"]},
            "loggers": {"storefront": {"level": "INFO"}, "waitress.queue": {"level": "ERROR"}},
        }
    )
