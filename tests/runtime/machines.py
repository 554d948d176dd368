"""A page that moves among machines that serve one application from one store.

    async with Moving(first_machine, "/") as page:
        await page.event("increment")
        await page.move(second_machine)

The rule: a page knows what a browser's would, joins as that does, and shows what it was sent.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, cast

from markupsafe import Markup

from tests.runtime.line import PATIENCE, Line, Page, Visitor
from wirebird import MemoryStore, Wirebird
from wirebird.live.store import Claim, StoreUnavailable, Write

KEY = "a secret key that two machines share, at least"


class Moving:
    """A browser's page, whose line breaks and comes back, here or elsewhere.

    With the mark "" at first, its views are parked when its line breaks.
    """

    def __init__(self, app: Wirebird, path: str = "/", load: str = "load-1") -> None:
        self.app = app
        self.path = path
        self.load = load
        self.visitor = Visitor(app)
        self.page: Page
        self.line: Line
        self.mounts = 0
        self.attempts = 0
        self.mark: str | None = None
        self.url = ""
        self.answer: Any = None
        self.tree: dict[str, Any] = {}

    async def __aenter__(self) -> Moving:
        self.page = await self.visitor.page(self.path)
        self.url = self.page.url
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.line.close()

    async def open(self, app: Wirebird | None = None, **payload: Any) -> Any:
        """Open a line and join; return the answer."""
        self.app = app or self.app
        self.visitor.app = self.app
        self.line = await self.visitor.line(self.page).open()
        params = {
            "_csrf_token": self.page.csrf,
            "_mounts": self.mounts,
            "_mount_attempts": self.attempts,
            "_load": self.load,
        }
        if self.mark is not None:
            params["_mark"] = self.mark
        self.answer = await self.line.join(self.page, url=self.url, params=params, **payload)
        if self.answer["status"] == "ok":
            self.mounts += 1
            self.tree = self.answer["response"]["rendered"]
            for name, detail, *_ in self.tree.get("e", ()):
                self.mark = detail["mark"] if name == "wirebird:mark" else self.mark
        return self.answer

    async def move(self, app: Wirebird | None = None, **payload: Any) -> Any:
        """Lose the line, and join over another; return the answer."""
        await self.line.close()
        if self.app.endpoint.saving is not None:
            await saved(self.app)
        return await self.open(app, **payload)

    async def event(self, name: str, value: Any = None, *, cid: int | None = None) -> Any:
        """Send an event, to the view or to a component; return the response."""
        payload: dict[str, Any] = {"type": "click", "event": name, "value": value or {}}
        if cid is not None:
            payload["cid"] = cid
        reply = await self.line.reply(self.line.push(self.page.topic, "event", payload))
        assert reply["status"] == "ok", reply
        response = reply["response"]
        merge(self.tree, response.get("diff", {}))
        return response

    @property
    def shown(self) -> str:
        """All values that the page shows, in order, as text."""
        return " ".join(Markup(" ".join(values(self.tree))).unescape().split())


async def saved(app: Wirebird) -> None:
    """Wait until a machine has nothing left to save."""
    saving = app.endpoint.saving
    assert saving is not None
    await saving.settled()


class WatchedStore(MemoryStore):
    """A store in memory that tells when it has saved, and can be away."""

    def __init__(self) -> None:
        self.clock = time.monotonic
        super().__init__(clock=lambda: self.clock())
        self.saves = 0
        self.away = False
        self.refused = asyncio.Event()
        self.held: asyncio.Event | None = None
        self._saved = asyncio.Condition()

    async def claim(self, key: str, keep: float) -> Claim:
        self._check()
        return await super().claim(key, keep)

    async def save(self, writes: Sequence[Write]) -> Sequence[bool]:
        self._check()
        if self.held is not None:
            await self.held.wait()
        kept = await super().save(writes)
        self.saves += 1
        async with self._saved:
            self._saved.notify_all()
        return kept

    def _check(self) -> None:
        if self.away:
            self.refused.set()
            raise StoreUnavailable("nobody is there")

    @asynccontextmanager
    async def saving(self) -> AsyncGenerator[None]:
        """Wait, at the end of the block, until something was saved that came in it."""
        before = self.saves
        yield
        async with self._saved:
            await asyncio.wait_for(self._saved.wait_for(lambda: self.saves > before), PATIENCE)

    def records(self) -> dict[str, Any]:
        return self._records


def merge(tree: dict[str, Any], diff: dict[str, Any]) -> None:
    """Put a diff into a tree, as far as plain values and nested trees go."""
    for key, value in diff.items():
        before = tree.get(key)
        if type(value) is dict and type(before) is dict and "s" not in value:
            merge(cast("dict[str, Any]", before), cast("dict[str, Any]", value))
        else:
            tree[key] = value


def values(tree: Any) -> list[str]:
    """Return the dynamic values of a tree, in order; components stand last."""
    if isinstance(tree, str):
        return [tree]
    if not isinstance(tree, dict):
        return []
    tree = cast("dict[Any, Any]", tree)
    keys = sorted((key for key in tree if re.fullmatch(r"\d+", key)), key=int)
    found = [text for key in keys for text in values(tree[key])]
    parts: list[Any] = [*tree.get("k", {}).values(), *tree.get("c", {}).values()]
    return found + [text for part in parts for text in values(part)]
