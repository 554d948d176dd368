"""Lines of the log that say of which view, and of whose, they are.

The rule: what a view logs, and what is logged about it, has its class and id; who uses it only
where the application has said how to tell.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast
from weakref import ref

from wirebird.live.socket import Socket
from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Stage
from wirebird.runtime.observed import Observer

UserOf: TypeAlias = Callable[[Socket], object]
"""Returns what names the user of a view, of its socket; None where nobody is known."""


@dataclass(frozen=True, slots=True)
class LoggedView:
    """The view for which something is done.

    Attributes:
        view: The name of its class.
        id: Its id in the page.
        user: Who uses it, if the application says so.
    """

    view: str
    id: str
    user: str | None


_current: ContextVar[Callable[[], LoggedView | None] | None] = ContextVar(
    "wirebird_logged_view", default=None
)


def current_view() -> LoggedView | None:
    """Return the view for which this runs, for formatters and processors of your own.

    It is known in all that a view does, its background tasks and threads included, of an
    application that was given to `Wirebird.instrument`.

    Example:
        ```python
        def add_view(logger, method, event):  # a processor of structlog's
            view = current_view()
            return event if view is None else {**event, "view": view.view, "user": view.user}
        ```
    """
    make = _current.get()
    return None if make is None else make()


class LogContext(Observer):
    """Lets what a view logs say whose it is.

    Args:
        user: Says who uses a view, if that is to be known.
    """

    follows = False

    def __init__(self, user: UserOf | None) -> None:
        self._user = user

    def begun(self, channel: Channel) -> None:
        """Let a view be known in all that it does."""
        user = self._user
        known = ref(channel)  # its context would keep it else

        def make() -> LoggedView | None:
            channel = known()
            return None if channel is None else _logged(channel, user)

        channel.remember(_current, make)


def _logged(channel: Channel, user: UserOf | None) -> LoggedView:
    return LoggedView(
        channel.view_class.__name__, channel.topic.removeprefix("lv:"), user_of(channel, user)
    )


def user_of(channel: Channel, user: UserOf | None) -> str | None:
    """Return who uses a view, if that can be told."""
    if user is None or channel.stage is Stage.WAITING:
        return None
    try:
        name = user(channel.view.socket)
        return None if name is None else str(name)
    except Exception as error:  # whoever is named: no view ends for it
        return f"unknown: {type(error).__name__}"


_KNOWN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime"}


class JSONFormatter(logging.Formatter):
    """Formats each record as one line of JSON: `time`, `level`, `logger`, `message`, `view`, ...

    What was given as `extra` is in it under its own names.

    Example:
        ```python
        handler = logging.StreamHandler()
        handler.setFormatter(JSONFormatter())
        logging.basicConfig(level=logging.INFO, handlers=[handler])
        ```
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        view = current_view() or _view_in(record)
        if view is not None:
            told |= {"view": view.view, "view_id": view.id}
            if view.user is not None:
                told["user"] = view.user
        if record.exc_info:
            error = record.exc_info[1]
            told["error"] = type(error).__name__
            told["traceback"] = record.exc_text or self.formatException(record.exc_info)
        told |= {name: value for name, value in vars(record).items() if name not in _KNOWN}
        return json.dumps(told, ensure_ascii=False, default=str)


def _view_in(record: logging.LogRecord) -> LoggedView | None:
    """Return the view that a record of ours is about, which it names first."""
    arguments: Any = record.args
    about = cast(object, arguments[0]) if isinstance(arguments, tuple) and arguments else None
    return _logged(about, None) if isinstance(about, Channel) else None
