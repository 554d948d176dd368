"""The commands as people type them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

import wirebird as package
from tests.cli.running import run_python, running, wirebird
from wirebird.cli import scaffold
from wirebird.cli.routes import route_table
from wirebird.new import ProjectError


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def test_the_version_is_shown(tmp_path: Path):
    assert (await wirebird(tmp_path, "--version")).out == f"wirebird {package.__version__}\n"


async def test_the_help_names_every_command(tmp_path: Path):
    described = await wirebird(tmp_path, "--help")
    for command in ("run", "routes", "new", "secret"):
        assert re.search(rf"^  {command} +[A-Z]", described.out, re.MULTILINE)


@pytest.mark.parametrize("command", ["run", "routes", "new", "secret"])
async def test_help_describes_a_command_even_without_docstrings(tmp_path: Path, command: str):
    shown = await run_python(tmp_path, "-OO", "-m", "wirebird", command, "--help")
    assert shown.status == 0, shown.err
    assert re.search(r"^  [A-Z]\w+ .*", shown.out, re.MULTILINE)


async def test_secrets_are_long_and_never_the_same(tmp_path: Path):
    first, second = [(await wirebird(tmp_path, "secret")).out.strip() for _ in range(2)]
    assert len(first) >= 64
    assert first != second


async def test_a_new_application_in_one_file_runs_at_once(page: Page, tmp_path: Path):
    made = await wirebird(tmp_path, "new", "--single", "todo-list.py")
    assert made.status == 0, made.err
    assert names_in(tmp_path) == {"todo_list.py"}
    async with running(tmp_path, "todo_list.py", "--reload") as server:
        await page.goto(server.url)
        await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
        await page.fill("input", "Ada")
        await page.click("button")
        await expect(page.locator("h1")).to_have_text("Hello, Ada!")
        await expect(page.locator("p")).to_have_text("Greeted 1 time.")


def test_an_application_in_one_file_is_not_written_over_another(tmp_path: Path):
    (tmp_path / "hello.py").write_text("mine")
    with pytest.raises(ProjectError, match=r"hello\.py is there already"):
        scaffold.write(tmp_path / "hello")
    assert (tmp_path / "hello.py").read_text() == "mine"


async def test_routes_are_listed_in_the_order_in_which_they_match(tmp_path: Path):
    (tmp_path / "shop.py").write_text(
        "from wirebird import LiveView, Wirebird\n"
        "class ShopView(LiveView):\n    html = 'shop'\n"
        "app = Wirebird()\n"
        "app.live('/', ShopView, name='home')\n"
        "with app.live_session('admin') as admin:\n"
        "    admin.live('/admin/{id:int}', ShopView, action='edit')\n"
    )
    done = await wirebird(tmp_path, "routes", "shop")
    assert [line.split() for line in done.out.splitlines()] == [
        ["PATH", "VIEW", "ACTION", "LIVE", "SESSION", "NAME"],
        ["/", "shop.ShopView", "default", "home"],
        ["/admin/{id:int}", "shop.ShopView", "edit", "admin"],
    ]


def test_an_application_without_routes_is_told_how_to_add_one():
    assert 'app.live("/", HomeView)' in route_table(package.Wirebird(secret_key="k" * 40))
