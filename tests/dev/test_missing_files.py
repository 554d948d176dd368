"""Scripts and styles that an application names and that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.cli.running import running

APP = """
from wirebird import LiveView, Wirebird


class HomeView(LiveView):
    html = "<h1>Home</h1>"


app = Wirebird(secret_key="k" * 40, {kind}=["site.{suffix}"])
app.live("/", HomeView)
"""

RESTARTED = 30_000


@pytest.mark.parametrize(("kind", "suffix"), [("scripts", "js"), ("styles", "css")])
async def test_a_file_that_is_not_there_is_told_in_the_page_until_it_is(
    page: Page, tmp_path: Path, kind: str, suffix: str
):
    code = APP.format(kind=kind, suffix=suffix)
    (tmp_path / "home.py").write_text(code)
    async with running(tmp_path, "home:app", "--reload") as server:
        await page.goto(server.url)
        await expect(page.locator("pre")).to_contain_text(f"there is no file 'site.{suffix}' in")
        await expect(page.locator("pre")).to_contain_text("beside the module that names them")
        await expect(page.locator("pre")).to_contain_text("home.py")
        (tmp_path / f"site.{suffix}").write_text("")
        (tmp_path / "home.py").write_text(f"{code}\n")
        await expect(page.locator("h1")).to_have_text("Home", timeout=RESTARTED)
        await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
        (tmp_path / f"site.{suffix}").unlink()
        await expect(page.locator("body")).to_contain_text(f"site.{suffix}")
        (tmp_path / f"site.{suffix}").write_text("")
        await expect(page.locator("h1")).to_have_text("Home", timeout=RESTARTED)
