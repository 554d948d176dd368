"""A component that is hidden and shown again comes back whole, however slow the line is.

The rule: nothing here waits for a clock. A line is two queues, and what is taken from which of them
is drawn at random, which is every latency there is.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import SECRET_KEY
from wirebird import LiveComponent, LiveView, Wirebird
from wirebird.html.differ import Message
from wirebird.html.tree import to_html
from wirebird.live.socket import Socket
from wirebird.runtime.display import Display
from wirebird.testing.rendered import Rendered


@dataclass
class Level:
    n: int = 0
    shown: bool = True
    label: str = ""
    notes: list[str] = field(default_factory=lambda: ["a"])


class Leaf(LiveComponent[Level]):
    html = "<b>{{ n }}</b>"


class Branch(LiveComponent[Level]):
    html = """<div>{{ label }}{{ n }}{% if shown %}{{ live_component(Leaf, id=myself ~ "-1") }}
    {{ live_component(Leaf, id=myself ~ "-2", label=label) }}{% endif %}</div>"""


class Passing(LiveComponent[Level]):
    """Its list is let go after it was shown, and what is in it stays."""

    html = """<i>{{ n }}{% for note in notes %}{{ live_component(Leaf, id=note) }}
    {% endfor %}</i>"""
    temporary = ("notes",)


class Trunk(LiveComponent[Level]):
    html = """<section>{{ n }}{% if shown %}{{ live_component(Branch, id="left", label=label) }}
    {{ live_component(Passing, id="passing") }}{% endif %}
    {% call live_component(Wrap, id="wrap") %}{{ live_component(Branch, id="right") }}{% endcall %}
    </section>"""


class Wrap(LiveComponent[Level]):
    html = "<p>{{ n }}{% if shown %}{{ inner_block }}{% endif %}</p>"


class PageView(LiveView[Level]):
    html = (
        "<h1>{{ n }}</h1>"
        "{% if shown %}{{ live_component(Trunk, id='trunk', label=label) }}{% endif %}"
    )
    layout = None


APP = Wirebird(secret_key=SECRET_KEY)
APP.components(Leaf, Branch, Passing, Trunk, Wrap)


class Line:
    """A browser, its server, and what is on its way between them."""

    def __init__(self) -> None:
        host: Any = None
        self.view = PageView(Socket("phx-1", host, connected=True))
        self.view.state = Level()
        self.display = Display(APP.endpoint, self.view, None)
        self.to_server: deque[tuple[str, Any]] = deque()
        self.to_client: deque[tuple[str, Any]] = deque()
        self.html = ""
        self.cids: set[int] = set()

    async def join(self) -> None:
        message = Message()
        tree = message.finish(await self.display.full(message))
        self.page = Rendered(json.loads(json.dumps(tree)))
        self._print()

    # The server

    async def serve(self) -> None:
        """Take the next message that the browser has sent."""
        kind, value = self.to_server.popleft()
        components = self.display.components
        assert components is not None
        if kind == "will":
            components.will_leave(value)
            self.to_client.append(("will", value))
        elif kind == "destroyed":
            gone = components.left(value, self.display.tree)
            # A transition in the browser holds diffs up, and not what is removed.
            copied = {
                cid for kind, diff in self.to_client if kind == "diff" for cid in copies(diff)
            }
            assert copied.isdisjoint(gone), "what a diff on its way copies from is removed"
            self.to_client.append(("destroyed", gone))
        else:
            self._change(kind, value)
            message = Message()
            diff = message.finish(await self.display.diff(message))
            self.to_client.append(("diff", json.loads(json.dumps(diff))))

    def _change(self, kind: str, cid: int | None) -> None:
        assert self.display.components is not None
        owner: Any = self.view if cid is None else self.display.components.find(cid)
        if owner is None:
            return  # it left the page while the click was on its way
        if kind == "toggle":
            owner.state.shown = not owner.state.shown
        elif kind == "label":
            owner.state.label += "x"
        owner.state.n += 1
        self.display.touch(owner)

    # The browser

    def click(self, kind: str, number: int) -> None:
        """Click something on the page as it is shown, or something of the view itself."""
        targets = [None, *sorted(self.cids)]
        self.to_server.append((kind, targets[number % len(targets)]))

    def take(self) -> None:
        """Take the next message that the server has sent."""
        kind, value = self.to_client.popleft()
        if kind == "diff":
            if value:
                self.page.merge(value)
                self._print()
        elif kind == "will":
            gone = [cid for cid in value if cid not in self.cids]
            if gone:
                self.to_server.append(("destroyed", gone))
        else:
            self.page.prune(value)

    def _print(self) -> None:
        printed = self.page.print()
        gone = self.cids - printed.cids
        self.cids, self.html = printed.cids, printed.html
        if gone:
            self.to_server.append(("will", sorted(gone)))

    async def settle(self) -> None:
        while self.to_server or self.to_client:
            while self.to_server:
                await self.serve()
            while self.to_client:
                self.take()

    def check(self) -> None:
        components = self.display.components
        assert components is not None
        assert plain(self.html) == plain(to_html(self.display.tree or ()))
        dead = {cid for cid in self.cids if components.find(cid) is None}
        assert not dead, "what stands on the page takes no events"
        kept = {component.myself.cid for component in components}
        assert kept <= self.cids, "what left the page is kept"


def copies(diff: dict[str, Any]) -> set[int]:
    """Return the components before a diff that those in it have their statics from."""
    shared = [part["s"] for part in diff.get("c", {}).values() if type(part.get("s")) is int]
    return {-cid for cid in shared if cid < 0}


def plain(html: str) -> str:
    """Return HTML without numbers, and without what the server itself does not know any more."""
    html = re.sub(r' data-phx-component="\d+"', "", html)
    return re.sub(r"<i>.*?</i>", "", html, flags=re.DOTALL)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["toggle", "toggle", "count", "label", "serve", "serve", "take", "take"]),
        st.integers(0, 50),
    ),
    max_size=60,
)


async def play(steps: list[tuple[str, int]]) -> None:
    line = Line()
    await line.join()
    for step, number in steps:
        if step == "serve":
            if line.to_server:
                await line.serve()
        elif step == "take":
            if line.to_client:
                line.take()
        else:
            line.click(step, number)
    await line.settle()
    line.check()


# What the page tells follows from its first question, and what it shows from the second.
OVERTAKEN = [
    ("toggle", 0),
    ("toggle", 0),
    ("toggle", 0),
    ("serve", 0),
    ("take", 0),
    ("toggle", 0),
]

# The trunk places its branches again when the page does not show it any more.
UNSEEN = [
    ("toggle", 1),
    *[("serve", 0), ("take", 0)] * 3,
    ("toggle", 0),
    ("toggle", 1),
]

# A branch is hidden while it takes its leaves back, which the page has let go before.
HELD = [
    *[("toggle", 4), ("serve", 0)],
    *[("toggle", 0), ("serve", 0), ("take", 0)],
    *[("toggle", 0), ("toggle", 0), ("toggle", 4), ("serve", 0), ("take", 0), ("take", 0)],
    ("toggle", 0),
]


@settings(max_examples=400, deadline=None)
@example(OVERTAKEN)
@example(UNSEEN)
@example(HELD)
@given(STEPS)
def test_no_page_breaks_whatever_is_on_its_way(steps: list[tuple[str, int]]):
    asyncio.run(play(steps))


async def test_all_three_levels_come_back_with_their_state():
    line = Line()
    await line.join()
    for cid in sorted(line.cids):
        line.click("count", cid)
        await line.settle()
    before, cids = line.html, line.cids
    line.click("toggle", 0)
    await line.serve()
    line.take()  # hidden: the page asks whether it may remove them,
    await line.serve()
    line.click("toggle", 0)  # they are shown again,
    line.take()  # and the answer comes.
    await line.serve()
    await line.serve()
    await line.settle()
    assert line.cids == cids
    assert re.sub("<h1>.*?</h1>", "", line.html) == re.sub("<h1>.*?</h1>", "", before)
    line.check()


async def test_nothing_is_copied_from_what_the_page_is_about_to_remove():
    line = Line()
    await line.join()
    assert line.display.components is not None
    left, right = (
        component.myself.cid
        for component in line.display.components
        if isinstance(component, Branch)
    )
    for cid in (
        right,
        left,
        left,
        right,
    ):  # The leaves on the left are new, and those on the right.
        line.to_server.append(("toggle", cid))
        await line.settle()
    line.to_server.append(("toggle", left))
    await line.settle()
    line.to_server.append(("toggle", right))
    await line.serve()
    line.take()
    await line.serve()  # The page asks whether it may remove the leaves on the right,
    line.to_server.append(("toggle", left))
    await line.serve()  # there are new ones on the left,
    line.take()  # and the page tells that it does not show the others.
    await line.serve()
    await line.settle()
    line.check()
