"""`Watch`: sees that nothing blocks an event loop, and that clients read what they are sent.

The rule: it costs no event anything. A thread looks at the loop a few times within the time that a
handler may take; only when the loop has not answered does it ask what is being handled.
"""

from __future__ import annotations

import asyncio
import linecache
import logging
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import CodeType, FrameType
from typing import Any, Protocol

logger = logging.getLogger("wirebird.runtime")

BLOCKED_AFTER = 0.2
"""How long a handler may block the event loop before it is named in the log, in seconds."""

_LOOKS = 4  # within that time
_CHECK_SECONDS = 1.0
_SAY_AGAIN_AFTER = 60.0
_MOST_KNOWN = 1000

_NOT_THE_USERS = tuple(
    str(Path(path))
    for path in (
        Path(__file__).parents[1],
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        sysconfig.get_path("platlib"),
    )
)

_BLOCKED = (
    "%s has blocked the event loop%s, and nobody else is served meanwhile: %s. What takes its time"
    " without await belongs into a `def` handler, which runs in a thread, or into start_async"
)

_names: dict[CodeType, Callable[[Mapping[str, Any]], str]] = {}


def named_by(function: Any, name: Callable[[Mapping[str, Any]], str]) -> None:
    """Let what blocks the loop within a coroutine function be named.

    Args:
        function: It awaits code of the user's.
        name: Makes a name, without anything of one visitor in it, of the function's variables.
    """
    _names[function.__code__] = name


@dataclass(frozen=True, slots=True)
class Blocked:
    """What has blocked an event loop.

    Attributes:
        what: The view and the message it was at.
        seconds: How long, at the longest.
        place: Where in the code.
        times: How often it was seen at it.
    """

    what: str
    seconds: float
    place: str
    times: int


class Checked(Protocol):
    """A line that is looked at from time to time."""

    loop: asyncio.AbstractEventLoop

    def check(self, now: float) -> None:
        """Do without a client that does not read."""
        ...


class Watch:
    """Watches over one event loop, as long as lines are open in it.

    Args:
        loop: The loop.
        lines: All open lines.
        blocked_after: How long a handler may block it, in seconds; 0 for as long as it likes.
        told: Is told of each block in the watching thread, also of those that the log was told of
            lately: the variables of the function that blocks, what is said, and the line.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        lines: Iterable[Checked],
        blocked_after: float,
        told: Callable[[Mapping[str, Any], str, str], None] | None = None,
    ) -> None:
        self._loop = loop
        self._lines = lines
        self._blocked_after = blocked_after
        self._told = told
        self._pause = blocked_after / _LOOKS or _CHECK_SECONDS
        self._ident = threading.get_ident()
        self._answered = 0.0  # when the loop last did
        self._checked = 0.0
        self._ended: threading.Event | None = None  # of the thread that watches now
        self._said: dict[str, float] = {}
        self._began = 0.0  # what was seen last
        self._told_of: tuple[float, str, int] | None = None
        self.blocked: dict[str, Blocked] = {}

    def begin(self) -> None:
        """Watch from now on; nothing happens when this is so already."""
        if self._ended is not None:
            return
        self._ended = ended = threading.Event()
        self._answer(ended)
        if self._blocked_after:
            threading.Thread(
                target=self._look, args=(ended,), name="wirebird-watch", daemon=True
            ).start()

    def _answer(self, ended: threading.Event) -> None:
        """Show that the loop runs; also look at the lines, now and then."""
        now = self._answered = monotonic()
        if now - self._checked > _CHECK_SECONDS:
            self._checked = now
            lines = [line for line in self._lines if line.loop is self._loop]
            for line in lines:
                line.check(now)
            if not lines:
                ended.set()
                self._ended = None
                return
        self._loop.call_later(self._pause, self._answer, ended)

    # In the thread

    def _look(self, ended: threading.Event) -> None:
        while not ended.wait(self._pause) and not self._loop.is_closed():
            blocked = monotonic() - self._answered
            # What its thread does while the loop does not run is not for us to look into.
            if blocked > self._blocked_after and self._loop.is_running():
                self._say(blocked)

    def _say(self, seconds: float) -> None:
        frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]
        stack = _stack(frames.get(self._ident))
        for index, frame in enumerate(stack):
            name = _names.get(frame.f_code)
            if name is not None:
                what = name(frame.f_locals)
                self._keep(what, seconds, stack[index:])
                self._say_of(what, seconds, stack[index:])
                return

    def _keep(self, what: str, seconds: float, stack: list[FrameType]) -> None:
        known = self.blocked.get(what)
        if known is None and len(self.blocked) >= _MOST_KNOWN:
            return
        again = self._answered != self._began
        self._began = self._answered
        times = 0 if known is None else known.times
        longest = 0.0 if known is None else known.seconds
        self.blocked[what] = Blocked(what, max(seconds, longest), _place(stack)[0], times + again)

    def _say_of(self, what: str, seconds: float, stack: list[FrameType]) -> None:
        where, text = _place(stack)
        self._tell(what, where, text, stack[0].f_locals)
        now = monotonic()
        if now - self._said.get(what, -_SAY_AGAIN_AFTER) < _SAY_AGAIN_AFTER:
            return
        if len(self._said) >= _MOST_KNOWN:
            self._said.clear()
        self._said[what] = now
        logger.warning(_BLOCKED, what, f" for {seconds:.2f} s", f"{where} in {text}")

    def _tell(self, what: str, where: str, text: str, names: Mapping[str, Any]) -> None:
        """Tell the page, once for each time that it blocks."""
        block = (self._answered, what, id(names.get("self")))
        if self._told is not None and block != self._told_of:
            self._told_of = block
            self._told(names, _BLOCKED % (what, "", text), where)


def _stack(frame: FrameType | None) -> list[FrameType]:
    """Return a thread's frames, the outermost first."""
    frames: list[FrameType] = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames[::-1]


def place_in_code(frame: FrameType) -> str:
    """Return where a thread is in the user's code, from its innermost frame."""
    return " in ".join(_place(_stack(frame)))


def _place(stack: list[FrameType]) -> tuple[str, str]:
    """Return where the user's code is and what it does, or ours if none of theirs runs."""
    theirs = [each for each in stack if not each.f_code.co_filename.startswith(_NOT_THE_USERS)]
    frame = (theirs or stack)[-1]
    path, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(path, line).strip()
    return f"{path}:{line}", frame.f_code.co_name + (f": {text:.200}" if text else "")
