"""Any tree of components, changed in any order: the page shows what a fresh render would."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SECRET_KEY
from wirebird import LiveComponent, LiveView, Wirebird
from wirebird.html.differ import Message
from wirebird.html.tree import to_html
from wirebird.live.socket import Socket
from wirebird.runtime.display import Display
from wirebird.testing.rendered import Rendered

MOST_NODES = 12


@dataclass(eq=False)
class Spec:
    """What the view wants to show at one place; changed in place."""

    id: int
    kind: str
    label: str = "a"
    wide: bool = False
    kids: list[Spec] = field(default_factory=list["Spec"])

    def all(self) -> Iterator[Spec]:
        yield self
        for kid in self.kids:
            yield from kid.all()


@dataclass
class Boxed:
    spec: Spec = field(default_factory=lambda: Spec(0, "Leaf"))
    n: int = 0


@dataclass
class Plain:
    label: str = ""
    wide: bool = False
    kids: list[Spec] = field(default_factory=list[Spec])
    n: int = 0


PLACE = """
{%- macro place(kid) -%}
{%- if kid.kind == "Leaf" -%}{{ live_component(Leaf, id=kid.id, label=kid.label) }}
{%- elif kid.kind == "Box" -%}{{ live_component(Box, id=kid.id, spec=kid) }}
{%- elif kid.kind == "Card" -%}
{{ live_component(Card, id=kid.id, label=kid.label, wide=kid.wide, kids=kid.kids) }}
{%- else -%}{% call live_component(Wrap, id=kid.id, label=kid.label, wide=kid.wide) -%}
<u>{{ kid.label }}</u>{% for each in kid.kids %}{{ place(each) }}{% endfor %}
{%- endcall %}{% endif -%}
{%- endmacro -%}
"""


class Leaf(LiveComponent[Plain]):
    html = "<b>{{ label }}{{ n }}</b>"


class Box(LiveComponent[Boxed]):
    """Its rows are keyed and have more than the component in them."""

    html = PLACE + (
        "<div>{{ spec.label }}{{ n }}{% if spec.wide %}<em>{{ spec.label }}</em>{% endif %}"
        '{% for kid in spec.kids %}<p :key="{{ kid.id }}">{{ kid.label }}{{ place(kid) }}'
        "{% if kid.wide %}<i>{{ n }}</i>{% endif %}</p>{% endfor %}</div>"
    )


class Card(LiveComponent[Plain]):
    """Its root is another element when it is wide."""

    html = PLACE + (
        "{% if wide %}<section>{{ label }}{% for kid in kids %}{{ place(kid) }}{% endfor %}"
        "</section>{% else %}<article>{{ n }}{% for kid in kids %}<s>{{ place(kid) }}</s>"
        "{% endfor %}</article>{% endif %}"
    )


class Wrap(LiveComponent[Plain]):
    """It shows its content only when it is wide."""

    html = "<q>{{ label }}{{ n }}{% if wide %}{{ inner_block }}{% endif %}</q>"


@dataclass
class Page:
    root: Spec = field(default_factory=lambda: Spec(1, "Box"))
    shown: bool = True


class PageView(LiveView[Page]):
    html = PLACE + "<h1>{{ root.label }}</h1>{% if shown %}{{ place(root) }}{% endif %}"

    layout = None


APP = Wirebird(secret_key=SECRET_KEY)
APP.components(Leaf, Box, Card, Wrap)


def expected(spec: Spec, counts: dict[int, int]) -> str:
    label, n = spec.label, counts.get(spec.id, 0)
    kids = [(kid, expected(kid, counts)) for kid in spec.kids]
    match spec.kind:
        case "Leaf":
            return f"<b>{label}{n}</b>"
        case "Box":
            rows = [
                f"<p>{kid.label}{html}{f'<i>{n}</i>' if kid.wide else ''}</p>" for kid, html in kids
            ]
            wide = f"<em>{label}</em>" if spec.wide else ""
            return f"<div>{label}{n}{wide}{''.join(rows)}</div>"
        case "Card" if spec.wide:
            return f"<section>{label}{''.join(html for _, html in kids)}</section>"
        case "Card":
            return f"<article>{n}{''.join(f'<s>{html}</s>' for _, html in kids)}</article>"
        case _:
            content = f"<u>{label}</u>{''.join(html for _, html in kids)}" if spec.wide else ""
            return f"<q>{label}{n}{content}</q>"


class Browser:
    """A page and the server's side of it, with nothing between them but JSON."""

    def __init__(self, root: Spec) -> None:
        host: Any = None
        self.view = PageView(Socket("phx-1", host, connected=True))
        self.view.state = Page(root)
        self.display = Display(APP.endpoint, self.view, None)
        self.page: Rendered | None = None
        self.counts: dict[int, int] = {}
        self.ids: dict[int, int] = {}
        self.leaving: set[int] = set()
        self.cids: set[int] = set()
        self.html = ""

    async def show(self) -> None:
        message = Message()
        if self.page is None:
            tree = message.finish(await self.display.full(message))
            self.page = Rendered(json.loads(json.dumps(tree)))
        else:
            tree = message.finish(await self.display.diff(message))
            if tree:
                self.page.merge(json.loads(json.dumps(tree)))
        if tree:
            printed = self.page.print()
            gone = self.cids - printed.cids
            self.cids, self.html = printed.cids, printed.html
            self.leaving = (self.leaving | gone) - self.cids
            assert self.display.components is not None
            self.display.components.will_leave(gone)
        for component in self.display.components or ():
            self.ids[component.myself.cid] = int(component.id)

    def destroy(self) -> None:
        """Let the page ask for the end of what has left it."""
        assert self.display.components is not None
        gone = self.display.components.left(self.leaving, self.display.tree)
        assert set(gone) == self.leaving
        assert self.page is not None
        self.page.prune(gone)
        for cid in gone:
            self.counts.pop(self.ids.pop(cid), None)
        self.leaving = set()

    def check(self) -> None:
        state = self.view.state
        fresh = f"<h1>{state.root.label}</h1>"
        if state.shown:
            fresh += expected(state.root, self.counts)
        assert _plain(self.html) == fresh
        assert _plain(to_html(self.display.tree or ())) == fresh


def _plain(html: str) -> str:
    return re.sub(r' data-phx-component="\d+"', "", html)


KINDS = st.sampled_from(["Leaf", "Leaf", "Box", "Card", "Wrap"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["count", "count", "label", "wide", "add", "add", "remove", "reverse", "move", "send",
             "hide", "destroy", "several"]
        ),
        st.integers(0, 10_000),
        KINDS,
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=150)
@given(STEPS, KINDS.filter(lambda kind: kind != "Leaf"))
def test_a_page_always_shows_what_a_fresh_render_would(
    steps: list[tuple[str, int, str]], kind: str
):
    asyncio.run(_play(steps, kind))


async def _play(steps: list[tuple[str, int, str]], kind: str) -> None:
    browser = Browser(Spec(1, kind, wide=True))
    await browser.show()
    browser.check()
    following = 2
    for step, number, kind in steps:
        state = browser.view.state
        nodes = list(state.root.all())
        node = nodes[number % len(nodes)]
        parents = [each for each in nodes if each.kind != "Leaf"]
        parent = parents[number % len(parents)]
        changes = True
        match step:
            case "count":
                changes = False
                for component in browser.display.components or ():
                    if component.id == str(node.id) and component.myself.cid in browser.cids:
                        component.state.n += 1
                        browser.counts[node.id] = component.state.n
                        browser.display.touch(component)
            case "label":
                node.label = "abcd"[number % 4]
            case "wide":
                node.wide = not node.wide
            case "add" if len(nodes) < MOST_NODES:
                parent.kids.insert(number % (len(parent.kids) + 1), Spec(following, kind))
                following += 1
            case "remove" if parent.kids:
                del parent.kids[number % len(parent.kids)]
            case "reverse":
                parent.kids.reverse()
            case "move" if parent.kids:
                # Into another parent: the same id, the same class, so the same component.
                moved = parent.kids.pop(number % len(parent.kids))
                inside = set(map(id, moved.all()))
                others = [each for each in parents if id(each) not in inside]
                others[number % len(others)].kids.append(moved)
            case "send" if node.kind == "Leaf":
                changes = False
                assert browser.display.components is not None
                if browser.display.components.update(Leaf, str(node.id), {"n": 50}):
                    browser.counts[node.id] = 50
            case "hide":
                state.shown = not state.shown
            case "destroy":
                changes = False
                browser.destroy()
            case "several":
                state.root.label = "e"
                for each in nodes:
                    each.label = "fgh"[each.id % 3]
                    each.kids.reverse()
            case _:
                continue
        if changes:
            browser.display.changed = True
        await browser.show()
        browser.check()
