"""The server is killed, and the page moved, while somebody types and clicks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import is_same_document, mark, visit
from tests.cli.running import KEY, Running, free_port, running
from tests.cluster.conftest import redis_server as redis_server
from tests.cluster.conftest import redis_url as redis_url

APP = """
import os
from dataclasses import dataclass, field

from wirebird import LiveComponent, LiveView, Stream, Transient, Wirebird, event


@dataclass(frozen=True)
class Item:
    id: int


@dataclass
class Shop:
    count: int = 0
    note: str = ""
    items: Stream[Item] = field(default_factory=lambda: Stream([Item(0)]))
    pid: Transient[int] = field(default_factory=os.getpid)


@dataclass
class Likes:
    count: int = 0


class Like(LiveComponent[Likes]):
    html = '<button id="like" phx-click="like" phx-target="{{ myself }}">{{ count }}</button>'

    @event
    async def like(self) -> None:
        self.state.count += 1


class ShopView(LiveView[Shop]):
    durable = "always"
    html = '''<output id="pid">{{ pid }}</output>
    <button id="buy" phx-click="buy">{{ count }}</button>
    <button id="drop" phx-click="drop">Drop</button>
    {{ live_component(Like, id="like") }}
    <form id="form" phx-change="noted"><input name="note" value="{{ note }}"></form>
    <p>{{ note }}</p>
    <ul id="items" phx-update="stream">{% for dom_id, item in items %}
      <li id="{{ dom_id }}">{{ item.id }}</li>{% endfor %}</ul>'''

    @event
    async def buy(self) -> None:
        self.state.count += 1
        self.state.items.insert(Item(self.state.count))

    @event
    async def drop(self) -> None:
        self.state.items.delete({"id": 0})

    @event
    async def noted(self, note: str) -> None:
        self.state.note = note


app = Wirebird()
app.components(Like)
app.live("/", ShopView)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(APP)
    return tmp_path


def serve(folder: Path, store: str, port: int) -> AbstractAsyncContextManager[Running]:
    return running(
        folder, "shop:app", port=port, env={"WIREBIRD_SECRET_KEY": KEY, "WIREBIRD_STORE": store}
    )


async def kill(server: Running) -> None:
    """End a server as a power cut does."""
    server.process.kill()
    await server.ended()


async def use(page: Page) -> None:
    """Do something of everything."""
    await page.click("#buy")
    await page.click("#buy")
    await page.click("#drop")
    await page.click("#like")
    await page.focus("input")
    await page.keyboard.type("half a w", delay=10)
    await expect(page.locator("p")).to_have_text("half a w")
    await shows_everything(page)


async def shows_everything(page: Page) -> None:
    await expect(page.locator("#buy")).to_have_text("2")
    await expect(page.locator("#like")).to_have_text("1")
    await expect(page.locator("li")).to_have_text(["1", "2"])


async def goes_on(page: Page) -> None:
    """See that the page, whose server is another one, has all it had and goes on."""
    await shows_everything(page)
    await page.keyboard.type("ord", delay=10)
    await expect(page.locator("p")).to_have_text("half a word")
    await expect(page.locator("input")).to_have_value("half a word")
    await page.click("#buy")
    await expect(page.locator("#buy")).to_have_text("3")
    await expect(page.locator("li")).to_have_text(["1", "2", "3"])
    assert await is_same_document(page)


async def test_a_server_that_is_killed_and_started_again_loses_nothing(
    page: Page, folder: Path
) -> None:
    port = free_port()
    store = f"sqlite:///{folder / 'states.db'}"
    async with serve(folder, store, port) as first:
        await visit(page, first.url)
        await mark(page)
        await use(page)
        await kill(first)
        await page.keyboard.press("ArrowRight")
    async with serve(folder, store, port) as second:
        pid = str(second.process.pid)
        await expect(page.locator("#pid")).to_have_text(pid, timeout=30_000)
        await goes_on(page)


async def test_a_page_moves_to_another_process_when_its_own_is_killed(
    page: Page, folder: Path, redis_url: str
) -> None:
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(serve(folder, redis_url, free_port())) for _ in range(2)
        ]
        async with balancing(servers) as url:
            await visit(page, url)
            await mark(page)
            await use(page)
            pid = await page.inner_text("#pid")
            (own,) = [each for each in servers if str(each.process.pid) == pid]
            await kill(own)
            (other,) = [each for each in servers if each is not own]
            other_pid = str(other.process.pid)
            await expect(page.locator("#pid")).to_have_text(other_pid, timeout=30_000)
            await goes_on(page)


@asynccontextmanager
async def balancing(servers: list[Running]) -> AsyncGenerator[str]:
    """Pass each connection on to a server that is up, without regard to whose it is."""
    lines: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(writer)
        for server in servers:
            with suppress(OSError):
                there, back = await asyncio.open_connection("127.0.0.1", server.port)
                lines.append(back)
                await asyncio.gather(pump(reader, back), pump(there, writer))
                return
        writer.close()

    balancer = await asyncio.start_server(connect, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{balancer.sockets[0].getsockname()[1]}"
    balancer.close()
    for line in lines:
        line.close()
