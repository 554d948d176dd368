"""What the frame's buttons do on the server: crash the view around them, or kill its process."""

import os
import signal
from dataclasses import dataclass, field
from time import monotonic

from wirebird import LiveComponent, Transient, event
from wirebird.errors import CrashRequested

EVERY = os.environ.get("GALLERY_KILL_EVERY", "")
"""How old a server must be before a visitor may kill it, in seconds; without it, nobody may.

`python -m examples` starts another one at once. Where nobody does, this stays away.
"""

STARTED = monotonic()


@dataclass
class Breaking:
    process: Transient[int] = field(default_factory=os.getpid)
    may_kill: Transient[bool] = field(default_factory=lambda: bool(EVERY))
    refused: Transient[str] = ""


class BreakIt(LiveComponent[Breaking]):
    """Is part of the view around it, so what it raises is that view's crash."""

    @event
    async def crash(self) -> None:
        raise CrashRequested("somebody pressed “Kill this view”")

    @event
    async def kill(self) -> None:
        age = monotonic() - STARTED
        if not EVERY:
            self.state.refused = "This server may not be killed."
        elif age < float(EVERY):
            wait = float(EVERY) - age
            self.state.refused = f"This server is new. It may be killed in {wait:.0f} seconds."
        else:
            os.kill(os.getpid(), signal.SIGKILL)
            os._exit(137)  # the first process of a container cannot kill itself
