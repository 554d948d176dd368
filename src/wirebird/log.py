"""What keeps our log honest: each message is one line, whatever strangers put into it.

The rule: what a browser sent is only shown, so it can neither begin a line of the log nor speak to
the terminal that shows it. Every logger of this package
is named here, but that of the commands, which hear nobody but their own user.
"""

from __future__ import annotations

import logging
import re
from typing import Any

LOGGERS = (
    "wirebird",
    "wirebird.cluster",
    "wirebird.dev",
    "wirebird.html",
    "wirebird.live",
    "wirebird.runtime",
    "wirebird.s3",
    "wirebird.testing",
    "wirebird.web",
)

LONGEST = 4_000
"""How much of a message is kept, in characters."""

# Control characters, line separators, and marks that turn the direction of writing.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_UNSEEN_IN_LINES = re.compile(_UNSEEN.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f"))
_FORMATTER = logging.Formatter()


def one_line_each() -> None:
    """See that messages of all our loggers are one line each, and that tracebacks are indented."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_ONE_LINE)


class OneLine(logging.Filter):
    """Escapes what would break a record into several, and cuts what is too long."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if len(message) > LONGEST or _UNSEEN.search(message):
            record.msg, record.args = _UNSEEN.sub(_escaped, message[:LONGEST]), None
            if len(message) > LONGEST:
                record.msg += f"... ({len(message)} characters)"
        if record.exc_info and not record.exc_text:
            record.exc_text = _traceback(record.exc_info)
        return True


def _traceback(exc_info: Any) -> str:
    # An exception's text may hold what was sent; indented, no line of it looks like a record.
    text = _UNSEEN_IN_LINES.sub(_escaped, _FORMATTER.formatException(exc_info))
    return "\n".join([f"  {line}" for line in text.split("\n")])


def _escaped(found: re.Match[str]) -> str:
    return repr(found.group())[1:-1]


_ONE_LINE = OneLine()
