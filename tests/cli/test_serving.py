"""`wirebird run`: what it refuses, what it says, and how it ends."""

from __future__ import annotations

import gc
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.pages import visit
from tests.cli.running import KEY, free_port, running, wirebird
from wirebird import Limits, LocalPubSub, Wirebird
from wirebird.cli import serving
from wirebird.cli.errors import CommandError
from wirebird.cli.serving import Options, check_address, check_keys, deaf_workers
from wirebird.cli.target import AppTarget

APP = """
from dataclasses import dataclass
from pathlib import Path

from wirebird import LiveView, Wirebird, event


@dataclass
class Counter:
    count: int = 41


class CounterView(LiveView[Counter]):
    html = '<h1>Count is {{ count }}</h1><button phx-click="increment">+</button>'

    @event
    async def increment(self) -> None:
        self.state.count += 1

    async def terminate(self, reason: str) -> None:
        if self.socket.connected:
            with Path("ended.txt").open("a") as ended:
                ended.write(f"{self.state.count} {reason}\\n")


app = Wirebird()
app.live("/", CounterView)
"""

STUCK = """
import threading

from wirebird import LiveView, Wirebird, event


class StuckView(LiveView):
    html = '<button phx-click="wait">Wait</button>'

    @event
    def wait(self) -> None:
        print("stuck in a thread", flush=True)
        threading.Event().wait()


app = Wirebird(end_patience=0.1)
app.live("/", StuckView)
"""

NOTE = """
import os
from dataclasses import dataclass, field
from wirebird import LiveView, Transient, Wirebird, event

@dataclass
class Note:
    text: str = ""
    pid: Transient[int] = field(default_factory=os.getpid)

class NoteView(LiveView[Note]):
    html = '''<form id="f" phx-change="changed"><input name="text" value="{{ text }}"></form>
    <p>{{ text }}</p><output>{{ pid }}</output>'''

    @event
    async def changed(self, text: str) -> None:
        self.state.text = text

app = Wirebird()
app.live("/", NoteView)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "counter.py").write_text(APP)
    return tmp_path


async def show_42(page: Page, url: str) -> None:
    await page.goto(url)
    await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
    await page.click("button")
    await expect(page.locator("h1")).to_have_text("Count is 42")


@pytest.mark.parametrize("named", ["counter:app", "counter.py:app", "counter.py", "counter"])
async def test_an_application_is_served_by_any_of_its_names(page: Page, folder: Path, named: str):
    async with running(folder, named) as server:
        await show_42(page, server.url)
        await server.says(f"serves {named} on {server.url}")
        await server.says("a key that lasts for this run")
    assert "connection open" not in server.output
    assert "GET /" not in server.output


async def test_ctrl_c_ends_every_view_and_the_page_connects_again_to_the_next_server(
    page: Page, folder: Path
):
    async with running(folder, "counter", env={"WIREBIRD_SECRET_KEY": KEY}) as server:
        await show_42(page, server.url)
        server.interrupt()
        assert await server.ended() == 0
    assert (folder / "ended.txt").read_text() == "42 shutdown\n"
    assert "Traceback" not in server.output
    settings = {"WIREBIRD_SECRET_KEY": KEY}
    async with running(folder, "counter", port=server.port, env=settings):
        await expect(page.locator("h1")).to_have_text("Count is 41")
        await page.click("button")
        await expect(page.locator("h1")).to_have_text("Count is 42")


async def test_a_handler_that_never_returns_from_its_thread_keeps_no_server(
    page: Page, tmp_path: Path
):
    (tmp_path / "stuck.py").write_text(STUCK)
    async with running(tmp_path, "stuck", env={"WIREBIRD_SECRET_KEY": KEY}) as server:
        await page.goto(server.url)
        await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
        await page.click("button")
        await server.says("stuck in a thread")
        server.interrupt()
        assert await server.ended() == 0


async def test_a_page_and_what_is_typed_in_it_outlive_a_server_that_reloads(
    page: Page, tmp_path: Path
):
    (tmp_path / "note.py").write_text(NOTE)
    async with running(tmp_path, "note", "--reload") as server:
        await page.goto(server.url)
        await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
        await page.evaluate("window.marker = 1")
        await page.fill("input", "typed")
        await expect(page.locator("p")).to_have_text("typed")
        pid = await page.inner_text("output")
        server.interrupt()
        await server.ended()
        await server.says(str(tmp_path / "state" / "wirebird" / "development.key"))
    async with running(tmp_path, "note.py", "--reload", port=server.port):
        await expect(page.locator("output")).not_to_have_text(pid, timeout=30_000)
        await expect(page.locator("p")).to_have_text("typed")
        await expect(page.locator("input")).to_have_value("typed")
        assert await page.evaluate("window.marker") == 1


BASKET = """
from dataclasses import dataclass
from wirebird import LiveView, Wirebird, event

@dataclass
class Basket:
    items: int = 0

class BasketView(LiveView[Basket]):
    html = '<h1>{{ items }} apples</h1><button phx-click="add">Add</button>'

    @event
    async def add(self) -> None:
        self.state.items += 1

app = Wirebird()
app.live("/", BasketView)
"""


async def test_a_change_of_python_keeps_the_state_of_a_page_that_is_open(
    page: Page, tmp_path: Path
):
    file = tmp_path / "basket.py"
    file.write_text(BASKET)
    async with running(tmp_path, "basket", "--reload") as server:
        await visit(page, server.url)
        await page.click("button")
        await page.click("button")
        await expect(page.locator("h1")).to_have_text("2 apples")
        await page.evaluate("window.marker = 1")
        file.write_text(BASKET.replace("apples", "plums").replace("+= 1", "+= 10"))
        await expect(page.locator("h1")).to_have_text("2 plums", timeout=30_000)
        await page.click("button")
        await expect(page.locator("h1")).to_have_text("12 plums")
        # Another state: what still fits is kept.
        grown = BASKET.replace("items: int = 0", "items: int = 0\n    more: str = 'figs'", 1)
        file.write_text(grown.replace("apples", "{{ more }}"))
        await expect(page.locator("h1")).to_have_text("12 figs", timeout=30_000)
        assert await page.evaluate("window.marker") == 1
        assert "not restored" not in server.output
        assert "durable" not in server.output


async def test_several_workers_serve_and_say_that_they_do_not_hear_each_other(
    page: Page, folder: Path
):
    settings = {"WIREBIRD_SECRET_KEY": KEY}
    async with running(folder, "counter", "--workers", "2", env=settings) as server:
        await server.says("WARNING: 2 workers do not hear each other")
        await show_42(page, server.url)
        # Or else it joins, anew, the worker that ends last.
        await page.evaluate("liveSocket.getSocket().reconnectTimer.scheduleTimeout = () => {}")
    assert (folder / "ended.txt").read_text() == "42 shutdown\n"


@pytest.mark.parametrize("arguments", [("--workers", "2"), ("--host", "0.0.0.0")])
async def test_whoever_needs_a_secret_key_is_told_how_to_make_one(
    folder: Path, arguments: tuple[str, str]
):
    done = await wirebird(folder, "run", "counter:app", *arguments)
    assert done.status == 1
    assert "export WIREBIRD_SECRET_KEY=$(wirebird secret)" in done.err
    assert "Traceback" not in done.err


async def test_a_port_in_use_is_named(folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = await wirebird(folder, "run", "counter:app", "--port", str(port))
    assert done.status == 1
    assert f"port {port} of 127.0.0.1 is in use" in done.err
    assert f"--port {port + 1}" in done.err
    assert "Traceback" not in done.err


def test_a_free_port_can_be_listened_on():
    port = serving.free_port("127.0.0.1")
    assert port
    check_address(Options(port=port))


async def test_a_socket_that_a_killed_server_left_is_taken_over(folder: Path):
    path = folder / "app.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    check_address(Options(uds=path))
    assert not path.exists()
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind(str(path))
        taken.listen()
        with pytest.raises(CommandError, match="in use"):
            check_address(Options(uds=path))


def test_what_a_server_process_has_loaded_is_no_matter_of_the_garbage_collector():
    app = Wirebird(secret_key=KEY)
    threshold = gc.get_threshold()
    try:
        serving.served(app)
        assert all(each is not app for each in gc.get_objects())
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [(700, serving.OBJECTS_BETWEEN_COLLECTIONS), (1_000_000, 1_000_000), (0, 0)],
)
def test_garbage_is_looked_for_more_seldom_unless_the_application_says_otherwise(
    chosen: int, kept: int
):
    threshold = gc.get_threshold()
    try:
        gc.set_threshold(chosen)
        serving.served(Wirebird(secret_key=KEY))
        assert gc.get_threshold() == (kept, *threshold[1:])
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (Options(port=70_000), "no port 70000"),
        (Options(host="no.such.host.invalid"), "no host 'no.such.host.invalid'"),
        (Options(host="192.0.2.1", port=free_port()), "no address of this machine"),
        (Options(uds=Path("/no/such/folder/a.sock")), "no folder /no/such/folder"),
    ],
)
def test_an_address_that_cannot_be_used_is_explained(options: Options, problem: str):
    with pytest.raises(CommandError, match=re.escape(problem)):
        check_address(options)


@pytest.mark.parametrize(
    ("options", "websockets"),
    [
        (Options(), "wirebird.server:WebSocket"),
        (Options(compress=True), "wirebird.server.compressed:CompressedWebSocket"),
        (Options(ws="wsproto"), "wsproto"),
    ],
)
def test_websockets_are_served_by_ours_unless_they_are_compressed(
    options: Options, websockets: str
):
    assert options.websockets == websockets


def test_sockets_take_what_the_applications_take_and_no_more():
    small, large = (
        Wirebird(secret_key=KEY, limits=Limits(frame_size=size)) for size in (5000, 9000)
    )
    small.mount("/large", large)
    assert serving.largest_frame(small) == 9000
    assert serving.largest_frame(None) == 16 * 1024 * 1024


@pytest.mark.parametrize("options", [[], ["--workers", "2"]])
async def test_pages_are_compressed(folder: Path, options: list[str]):
    headers = {"accept-encoding": "gzip"}
    settings = {"WIREBIRD_SECRET_KEY": KEY}
    async with (
        running(folder, "counter:app", *options, env=settings) as server,
        httpx.AsyncClient() as http,
    ):
        response = await http.get(server.url, headers=headers)
    assert response.headers["content-encoding"] == "gzip"
    assert "Count" in response.text


async def test_ours_does_not_compress(folder: Path):
    ended = await wirebird(
        folder, "run", "counter:app", "--compress", "--ws", "wirebird.server:WebSocket"
    )
    assert ended.status == 1
    assert "--compress is for --ws websockets-sansio" in ended.err


@pytest.mark.parametrize(
    ("options", "development"),
    [
        (Options(), True),
        (Options(host="localhost"), True),
        (Options(host="::1"), True),
        (Options(host="127.0.0.2"), True),
        (Options(uds=Path("a.sock")), True),
        (Options(host="0.0.0.0"), False),
        (Options(host="::"), False),
        (Options(host="example.com"), False),
        (Options(workers=2), False),
        (Options(host="0.0.0.0", reload=True), True),
    ],
)
def test_a_key_for_one_run_will_do_where_nobody_else_comes(options: Options, development: bool):
    assert options.is_development is development


@pytest.fixture
def no_settings(tmp_path: Path) -> Iterator[None]:
    """Begin with no setting and an empty home; what is set from here on is gone after the test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WIREBIRD_")}
    kept["XDG_STATE_HOME"] = str(tmp_path)
    with patch.dict(os.environ, kept, clear=True):
        yield


@pytest.mark.usefixtures("no_settings")
class TestTheEnvironmentOfServerProcesses:
    target = AppTarget("counter:app", "counter", "app", Path.cwd(), file=Path("counter.py"))

    def test_a_key_that_is_there_is_kept(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("WIREBIRD_SECRET_KEY", KEY)
        assert serving.prepare(self.target, Options(port=0)) == []
        assert os.environ["WIREBIRD_SECRET_KEY"] == KEY

    def test_each_run_in_development_has_a_key_of_its_own(self):
        serving.prepare(self.target, Options(port=0))
        first = os.environ.pop("WIREBIRD_SECRET_KEY")
        serving.prepare(self.target, Options(port=0))
        assert os.environ["WIREBIRD_SECRET_KEY"] != first

    def test_only_reload_turns_debugging_on(self):
        serving.prepare(self.target, Options(port=0))
        assert "WIREBIRD_DEBUG" not in os.environ
        serving.prepare(self.target, Options(port=0, reload=True))
        assert os.environ["WIREBIRD_DEBUG"] == "1"

    def test_reload_where_others_come_warns_of_tracebacks(self):
        notes = serving.prepare(self.target, Options(host="0.0.0.0", port=0, reload=True))
        assert any("tracebacks" in note for note in notes)

    def test_reload_and_workers_exclude_each_other(self):
        with pytest.raises(CommandError, match="leave --workers out"):
            serving.prepare(self.target, Options(port=0, reload=True, workers=2))

    def test_an_application_with_a_key_of_its_own_needs_no_other(self):
        check_keys([Wirebird(secret_key=KEY)])
        with pytest.raises(CommandError, match="secret key"):
            check_keys([Wirebird()])


class Shared(LocalPubSub):
    shared_between_workers = True


class Unknown(LocalPubSub):
    """Says nothing of workers, as a PubSub that somebody wrote may."""

    shared_between_workers = None


def test_workers_are_deaf_without_a_pubsub_that_they_share():
    def warning(pubsub: LocalPubSub, workers: int) -> str | None:
        return deaf_workers([Wirebird(secret_key=KEY, broker=pubsub)], workers)

    assert warning(LocalPubSub(), 1) is None
    assert warning(Shared(), 2) is None
    assert "2 workers do not hear each other" in (warning(LocalPubSub(), 2) or "")
    assert "Pages that poll" in (warning(LocalPubSub(), 2) or "")
    assert "Unknown carries" in (warning(Unknown(), 3) or "")
