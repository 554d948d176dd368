"""`Recorder`: the last things that views did, with what their pages were sent for it.

The rule: it keeps a bounded number of entries of those views that are watched, and no secrets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from wirebird.runtime.channel import Channel
from wirebird.runtime.mailbox import Handler
from wirebird.runtime.masking import secrets_in, without, without_secrets
from wirebird.runtime.observed import Observer, leave, observe

MOST_ENTRIES = 30
"""How many entries are kept of one view."""

_LONGEST = 2000


@dataclass(slots=True, eq=False)
class Entry:
    """Something that a view did.

    Attributes:
        id: Its number among those of the view.
        at: When, as a clock shows it.
        what: What it was, as the log calls it.
        waited: How long it waited in the mailbox, in milliseconds.
        took: How long it took, in milliseconds.
        rendered: How long the rendering after it took; None when nothing was shown.
        size: How much was sent after it, in bytes.
        diff: What was sent, cut.
        error: What it raised.
    """

    id: int
    at: str
    what: str
    waited: float
    took: float
    error: str = ""
    rendered: float | None = None
    size: int = 0
    diff: str = ""


class Recorder(Observer):
    """Observes views, and keeps what they did last.

    Args:
        on_end: Is told of each that ends.
    """

    def __init__(self, on_end: Callable[[Channel], None]) -> None:
        self._on_end = on_end
        self._logs: WeakKeyDictionary[Channel, deque[Entry]] = WeakKeyDictionary()
        self._counts: WeakKeyDictionary[Channel, int] = WeakKeyDictionary()
        self._watching: WeakKeyDictionary[Channel, int] = WeakKeyDictionary()

    def entries(self, channel: Channel) -> list[Entry]:
        """Return what a view did last, the oldest first."""
        return list(self._logs.get(channel, ()))

    def watch(self, channel: Channel) -> None:
        """Keep what a view does from now on, until `leave` was called as often."""
        self._watching[channel] = self._watching.get(channel, 0) + 1
        observe(channel, self)

    def leave(self, channel: Channel) -> None:
        """Keep nothing more of a view, once nobody else watches it."""
        count = self._watching.get(channel, 0) - 1
        if count > 0:
            self._watching[channel] = count
        elif self._watching.pop(channel, None) and self not in channel.endpoint.observers:
            leave(channel, self)
            self._logs.pop(channel, None)

    def handled(
        self,
        channel: Channel,
        handler: Handler[Any],
        argument: Any,
        waited: float,
        seconds: float,
        error: BaseException | None,
    ) -> None:
        """Keep a message that was handled."""
        number = self._counts[channel] = self._counts.get(channel, 0) + 1
        log = self._logs.get(channel)
        if log is None:
            log = self._logs[channel] = deque(maxlen=MOST_ENTRIES)
        log.append(
            Entry(
                number,
                datetime.now().strftime("%H:%M:%S"),
                channel.name_of(handler, argument).removeprefix("on "),
                waited * 1000,
                seconds * 1000,
                "" if error is None else type(error).__name__,
            )
        )

    def shown(self, channel: Channel, seconds: float, size: int, text: str) -> None:
        """Keep what was sent after the last message."""
        log = self._logs.get(channel)
        if log:
            entry = log[-1]
            entry.rendered, entry.size = seconds * 1000, size
            entry.diff = _shown(text, channel)

    def ended(self, channel: Channel, reason: str) -> None:
        """Pass it on that a view ends."""
        self._on_end(channel)


def _shown(text: str, channel: Channel) -> str:
    """Return a frame as it may be shown: also what the page shows of secrets is none of ours."""
    if not text:
        return ""
    states = [channel.view.state]
    if channel.stage.is_shown:
        states += [component.state for component in channel.display.components or ()]
    for state in states:
        text = without(secrets_in(state), text)
    text = without_secrets(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
