"""What the server logs about the views of a test: why they crashed, why it refused an event.

The rule: the wire tells a browser little about errors, on purpose; a test may read the log.
"""

from __future__ import annotations

import logging

LOGGER = "wirebird.runtime"


class ServerLog(logging.Handler):
    """Listens to the server's log while a client is open."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._errors: dict[str, BaseException] = {}
        self._warnings: dict[str, str] = {}

    def start(self) -> None:
        """Begin to listen."""
        logging.getLogger(LOGGER).addHandler(self)

    def stop(self) -> None:
        """Stop listening."""
        logging.getLogger(LOGGER).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record that is about a view."""
        about = record.args[0] if isinstance(record.args, tuple) and record.args else None
        topic = getattr(about, "topic", None)
        if not isinstance(topic, str):
            return
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._errors[topic] = error
        else:
            self._warnings[topic] = record.getMessage().partition(": ")[2]

    def take_error(self, topic: str) -> BaseException | None:
        """Return why a view crashed, once."""
        return self._errors.pop(topic, None)

    def take_warning(self, topic: str) -> str | None:
        """Return the last warning about a view, once."""
        return self._warnings.pop(topic, None)
