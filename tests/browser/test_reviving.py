"""Components on three levels that come and go, on a slow line, under clicks at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import visit
from wirebird import LiveComponent, LiveView, Stream, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


@dataclass
class Level:
    n: int = 0
    shown: bool = True


class Toggled(LiveComponent[Level]):
    html = "<i></i>"

    @event
    async def toggle(self) -> None:
        self.state.shown = not self.state.shown

    @event
    async def count(self) -> None:
        self.state.n += 1


BUTTONS = """<button class="toggle" phx-click="toggle" phx-target="{{ myself }}">Toggle</button>
<button class="count" phx-click="count" phx-target="{{ myself }}">{{ n }}</button>"""


class Leaf(Toggled):
    html = f"<b>{BUTTONS}{{% if shown %}}shown{{% endif %}}</b>"


class Branch(Toggled):
    html = f"""<div>{BUTTONS}{{% if shown %}}{{{{ live_component(Leaf, id=myself ~ "-1") }}}}
    {{{{ live_component(Leaf, id=myself ~ "-2") }}}}{{% endif %}}</div>"""


class Trunk(Toggled):
    html = f"""<section>{BUTTONS}{{% if shown %}}{{{{ live_component(Branch, id="left") }}}}
    {{{{ live_component(Branch, id="right") }}}}{{% endif %}}</section>"""


@dataclass(frozen=True)
class Item:
    id: int


@dataclass
class Rows(Level):
    row: bool = True
    items: Stream[Item] = field(default_factory=lambda: Stream([Item(1)]))


class RowsView(LiveView[Rows]):
    html = """<button class="toggle" phx-click="toggle">Toggle</button>
    <button class="toggle" phx-click="toggle_row">Toggle the row</button>
    {% if shown %}{{ live_component(Trunk, id="trunk") }}{% endif %}
    <ul id="items" phx-update="stream">{% for dom_id, item in items %}
      <li id="{{ dom_id }}">{{ live_component(Branch, id=dom_id) }}</li>{% endfor %}</ul>"""

    @event
    async def toggle(self) -> None:
        self.state.shown = not self.state.shown

    @event
    async def toggle_row(self) -> None:
        self.state.row = not self.state.row
        if self.state.row:
            self.state.items.insert(Item(1))
        else:
            self.state.items.delete({"id": 1})


CLICKS = """async ([seed, times, longest]) => {
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < times; i++) {
    const buttons = [...document.querySelectorAll("button")];
    const first = random() < 0.5 ? buttons.filter((button) => !button.dataset.phxRefLock) : buttons;
    const toggles = first.slice(0, random() < 0.6 ? 2 : first.length);
    if (toggles.length) toggles[Math.floor(random() * toggles.length)].click();
    await new Promise((done) => setTimeout(done, random() * longest));
  }
}"""


@pytest.mark.parametrize("latency", [20, 120])
async def test_no_button_is_dead_after_clicks_at_random(
    latency: int, page: Page, make_app: MakeApp, serve: Serve
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if message.type == "error" else None,
    )
    app = make_app()
    app.components(Leaf, Branch, Trunk)
    app.live("/", RowsView)
    await visit(page, serve(app))
    await page.evaluate("latency => liveSocket.enableLatencySim(latency)", latency)
    await page.evaluate(CLICKS, [latency, 40, latency])
    await expect(page.locator("[data-phx-ref-src]")).to_have_count(0)
    counts = page.locator(".count")
    for index in range(await counts.count()):
        count = counts.nth(index)
        before = int(await count.inner_text())
        await count.click()
        await expect(count).to_have_text(str(before + 1))
    assert errors == []
