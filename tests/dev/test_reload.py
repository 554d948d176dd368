"""Open pages follow the files that they are made of."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from watchfiles import Change

from tests.cli.running import running
from wirebird import LiveView, Wirebird
from wirebird.dev.reload import PageFiles, Reloader, follow, template_files
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.testing import LiveClient

VIEW = """
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Mount

from wirebird import LiveView, Wirebird, event


@dataclass
class Counter:
    count: int = 0


class CounterView(LiveView[Counter]):
    @event
    async def increment(self) -> None:
        self.state.count += 1


app = Wirebird(root_layout="root.html", secret_key="k" * 40)
app.live("/", CounterView)

mounted = Starlette(routes=[Mount("/at", app)])
attached = Starlette(middleware=[Middleware(SessionMiddleware, secret_key="outside")])
app.attach(attached)
"""

TEMPLATE = '<h1>Count is {{ count }}</h1><button phx-click="increment">+</button>\n'
STYLE = "h1 { color: rgb(1, 2, 3) }\n"
ROOT = """<!DOCTYPE html>
<html><head>{{ page.title }}{{ page.head }}</head>
<body><header>Old header</header>{% include "footer.html" %}{{ inner_content }}</body></html>
"""

RESTARTED = 30_000  # milliseconds until a busy machine has started the server anew

MOUNT = """class CounterView(LiveView[Counter]):
    async def mount(self) -> None:
        if {}:
            raise RuntimeError("not yet")

"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "root.html").write_text(ROOT)
    (tmp_path / "templates" / "footer.html").write_text("<footer>Old footer</footer>")
    (tmp_path / "counter.py").write_text(VIEW)
    (tmp_path / "counter.html").write_text(TEMPLATE)
    (tmp_path / "counter.css").write_text(STYLE)
    return tmp_path


async def count_to_two(page: Page, url: str) -> None:
    await page.goto(url)
    await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
    for count in (1, 2):
        await page.click("button")
        await expect(page.locator("h1")).to_have_text(f"Count is {count}")


async def test_a_changed_template_shows_at_once_and_the_state_is_kept(page: Page, folder: Path):
    async with running(folder, "counter:app", "--reload") as server:
        await count_to_two(page, server.url)
        (folder / "counter.html").write_text(TEMPLATE.replace("Count is", "You have"))
        await expect(page.locator("h1")).to_have_text("You have 2")
        await page.click("button")
        await expect(page.locator("h1")).to_have_text("You have 3")


@pytest.mark.parametrize(
    ("target", "path"),
    [("counter:app", "/"), ("counter:mounted", "/at/"), ("counter:attached", "/")],
)
async def test_in_debug_mode_pages_follow_their_files_under_any_server(
    page: Page, folder: Path, target: str, path: str
):
    debug = {"WIREBIRD_DEBUG": "1"}
    async with running(folder, target, command=["uvicorn"], env=debug) as server:
        await count_to_two(page, server.url + path)
        (folder / "counter.html").write_text(TEMPLATE.replace("Count is", "You have"))
        await expect(page.locator("h1")).to_have_text("You have 2")
        (folder / "counter.css").write_text(STYLE.replace("1, 2, 3", "4, 5, 6"))
        await expect(page.locator("h1")).to_have_css("color", "rgb(4, 5, 6)")
        await expect(page.locator("h1")).to_have_text("You have 2")


async def test_a_broken_template_shows_its_error_until_it_is_mended(page: Page, folder: Path):
    async with running(folder, "counter:app", "--reload") as server:
        await count_to_two(page, server.url)
        (folder / "counter.html").write_text(TEMPLATE + "{% if %}\n")
        panel = page.locator("#wirebird-error")
        await expect(panel).to_contain_text("counter.html")
        await expect(panel.locator(".marked")).to_contain_text("{% if %}")
        await expect(panel).to_be_visible()
        await page.emulate_media(color_scheme="light")
        await expect(panel.locator(".message")).to_have_css("color", "rgb(185, 28, 28)")
        await expect(panel.locator(".report")).to_have_css("background-color", "rgb(250, 250, 249)")
        await page.emulate_media(color_scheme="dark")
        await expect(panel.locator(".report")).to_have_css("background-color", "rgb(28, 25, 23)")
        (folder / "counter.html").write_text(TEMPLATE + "<p>mended</p>")
        await expect(page.locator("p")).to_have_text("mended")
        await expect(panel).to_have_count(0)
        await expect(page.locator("h1")).to_have_text("Count is 2")


async def test_a_broken_first_render_shows_its_error_until_it_is_mended(page: Page, folder: Path):
    (folder / "counter.html").write_text(TEMPLATE + "{{ coutn }}\n")
    arguments = ("--reload", "--log-level", "debug")
    async with running(folder, "counter:app", *arguments) as server:
        await page.goto(server.url)
        await expect(page.locator(".message")).to_have_text("UndefinedError: 'coutn' is undefined")
        await expect(page.locator(".note").last).to_contain_text("did you mean 'count'?")
        await expect(page.locator(".marked").first).to_contain_text("{{ coutn }}")
        link = page.locator(".place a").first
        await expect(link).to_have_attribute("href", f"vscode://file{folder}/counter.html:2")
        await server.says("open pages follow")
        (folder / "counter.html").write_text(TEMPLATE)
        await expect(page.locator("h1")).to_have_text("Count is 0")
        await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
        broken = VIEW.replace("class CounterView(LiveView[Counter]):\n", MOUNT.format("True"))
        (folder / "counter.py").write_text(broken)
        panel = page.locator("#wirebird-error")
        await expect(panel).to_contain_text("RuntimeError: not yet", timeout=RESTARTED)
        await page.reload()
        await expect(page.locator(".message")).to_have_text("RuntimeError: not yet")
        (folder / "counter.py").write_text(VIEW)
        await expect(page.locator("h1")).to_have_text("Count is 0", timeout=RESTARTED)


async def test_a_changed_style_is_taken_anew_and_the_state_is_kept(page: Page, folder: Path):
    async with running(folder, "counter:app", "--reload") as server:
        await count_to_two(page, server.url)
        await expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
        (folder / "counter.css").write_text("h1 { color: rgb(4, 5, 6) }\n")
        await expect(page.locator("h1")).to_have_css("color", "rgb(4, 5, 6)")
        (folder / "counter.css").write_text("h1 { color: rgb(7, 8, 9) }\n")
        await expect(page.locator("h1")).to_have_css("color", "rgb(7, 8, 9)")
        await expect(page.locator("h1")).to_have_text("Count is 2")


async def test_a_page_is_loaded_again_for_its_root_layout_and_for_new_scripts(
    page: Page, folder: Path
):
    async with running(folder, "counter:app", "--reload") as server:
        await count_to_two(page, server.url)
        (folder / "templates" / "root.html").write_text(ROOT.replace("Old", "New"))
        await expect(page.locator("header")).to_have_text("New header")
        await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
        (folder / "templates" / "footer.html").write_text("<footer>New footer</footer>")
        await expect(page.locator("footer")).to_have_text("New footer")
        await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
        (folder / "counter.js").write_text("document.title = 'scripted';\n")
        await expect(page).to_have_title("scripted")


async def test_broken_python_shows_in_the_open_page_until_it_is_mended(page: Page, folder: Path):
    async with running(folder, "counter:app", "--reload") as server:
        await count_to_two(page, server.url)
        (folder / "counter.py").write_text(VIEW + "\ndef broken(:\n")
        panel = page.locator("#wirebird-error")
        await expect(panel).to_contain_text("def broken(:")
        await server.says("SyntaxError")
        (folder / "counter.py").write_text(VIEW)
        await expect(panel).to_have_count(0)
        await expect(page.locator("h1")).to_have_text("Count is 2")


async def test_broken_python_shows_to_whoever_loads_the_page_until_it_is_mended(
    page: Page, folder: Path
):
    (folder / "counter.py").write_text(VIEW + "\ndef broken(:\n")
    async with running(folder, "counter:app", "--reload") as server:
        await page.goto(server.url)
        await expect(page.locator("pre")).to_contain_text("counter.py")
        (folder / "counter.py").write_text(VIEW)
        await expect(page.locator("h1")).to_have_text("Count is 0")


async def test_a_mount_that_crashes_shows_why_until_it_is_mended(page: Page, folder: Path):
    crash = MOUNT.format("self.socket.connected")
    async with running(folder, "counter:app", "--reload") as server:
        await count_to_two(page, server.url)
        broken = VIEW.replace("class CounterView(LiveView[Counter]):\n", crash)
        (folder / "counter.py").write_text(broken)
        panel = page.locator("#wirebird-error")
        await expect(panel).to_contain_text("RuntimeError: not yet")
        (folder / "counter.py").write_text(VIEW)
        await expect(panel).to_have_count(0)
        await expect(page.locator("h1")).to_have_text("Count is 0")


async def test_a_page_joins_while_the_files_are_still_being_found(
    monkeypatch: pytest.MonkeyPatch,
):
    joined = threading.Event()

    def watch(*folders: Path, **options: Any) -> Iterator[set[tuple[Change, str]]]:
        assert joined.wait(10)
        yield {(Change.modified, str(folders[0] / "page.html"))}

    class ShownView(LiveView):
        html = "<p>shown</p>"

    monkeypatch.setattr("wirebird.dev.reload.watch", watch)
    followed = asyncio.Queue[dict[Path, Change]]()
    monkeypatch.setattr(Reloader, "follow", lambda _, changes: followed.put_nowait(changes))
    app = Wirebird(secret_key="k" * 40, debug=True)
    app.live("/", ShownView)
    following = follow(app)
    async with LiveClient(app) as client:
        await client.live("/")
        assert followed.empty()
        joined.set()
        changes = await followed.get()
    following.cancel()
    assert [path.name for path in changes] == ["page.html"]


async def test_a_page_hears_of_what_is_broken_until_it_is_mended(tmp_path: Path):
    template = tmp_path / "shown.html"
    template.write_text("<p>shown</p>")

    class ShownView(LiveView):
        template = "shown.html"

    app = Wirebird(secret_key="k" * 40, templates=[tmp_path], debug=True)
    app.live("/", ShownView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        template.write_text("<p>{{ unknown_name }}</p>")
        Reloader(app).follow({template: Change.modified})
        await view.until(lambda view: "wirebird:error" in [name for name, _ in view.events])
        template.write_text("<p>mended</p>")
        Reloader(app).follow({template: Change.modified})
        await view.until(lambda view: "wirebird:mended" in [name for name, _ in view.events])
        names = [name for name, _ in view.events if name != "wirebird:warnings"]
        assert names == ["wirebird:error", "wirebird:mended"]
        assert view.text("p") == "mended"


def test_the_files_of_a_template_are_those_that_it_names(tmp_path: Path):
    (tmp_path / "base.html").write_text("{% block a %}{% endblock %}")
    (tmp_path / "part.html").write_text("{% include 'gone.html' %}")
    (tmp_path / "page.html").write_text(
        "{% extends 'base.html' %}{% block a %}{% include 'part.html' %}{% endblock %}"
    )
    files = template_files(TemplateEnvironment([tmp_path]), "page.html")
    assert {file.name for file in files} == {"base.html", "page.html", "part.html"}


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/site/counter.html", True),
        ("/site/static/site.css", True),
        ("/site/counter.js", True),
        ("/site/counter.py", False),
        ("/site/node_modules/x/index.js", False),
        ("/site/.venv/lib/page.html", False),
        ("/site/counter.html~", False),
    ],
)
def test_only_files_that_pages_are_made_of_are_followed(path: str, seen: bool):
    assert PageFiles()(Change.modified, path) is seen
