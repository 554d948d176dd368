"""Mistakes that people make, and what they are told where they look: in the open page.

Where each mistake is made on purpose, and its message read; without a file, it is here:

- a field misspelt in a template: `test_reload.py`, first load and a broken template in an open page
- `state.typo = 1`, an event without a handler (or `@event`), a payload that does not fit or
  lacks a parameter, a broadcast that nobody takes, `time.sleep`: `test_what_a_handler_does_wrong`
- `state.typo += 1`, a missing `await`, `push_event` or a reply that JSON cannot say, a patch to
  no route: `test_what_ends_a_view`
- a script with a syntax error, a layout without `page.head`, a parameter that the URL lacks: below
- ids, forms, hooks unknown or without id, rows of streams, nesting, tables, tags left open, links
  out of a mounted application: `test_mistakes_in_html.py`
- a script or style that is not there: `test_missing_files.py`, `web/test_assets.py`
- a link with a method and no CSRF token sends the page's own: `browser/test_bindings.py`
- a relation loaded too late, `{% call %}` around `{{ caller() }}`: `runtime/test_error_page.py`
- `class={{...}}` in a t-string: `html/tstring/test_parser_py314.py`
- a port that is taken: `cli/test_serving.py`; a wrong application name: `cli/test_target.py`
- no secret: `web/test_trust.py`; no template: `web/test_layouts.py`, `html/jinja/test_errors.py`
- a component without id, an unknown prop, a state without defaults: `live/test_component.py`
- two methods for one event, a reserved name: `live/test_handlers.py`
- an upload misspelt: below; `ui.buton`: `components/test_library.py`

`wirebird check` is tested in `tests/check`; `scripts/mistake_pictures.py` makes pictures.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup
from playwright.async_api import Locator, Page, expect

from tests.conftest import SECRET_KEY, serving
from wirebird import LiveView, Wirebird, event


@dataclass
class Item:
    id: int


@dataclass
class Shelf:
    count: int = 0


class MistakenView(LiveView[Shelf]):
    html = """
    <h1>{{ count }}</h1>
    <button id="unknown" phx-click="incremnt">unknown</button>
    <button id="forgotten" phx-click="forgotten">forgotten</button>
    <button id="unfit" phx-click="increment" phx-value-by="many">unfit</button>
    <button id="lacking" phx-click="rename">lacking</button>
    <button id="stray" phx-click="stray">stray</button>
    <button id="block" phx-click="block">block</button>
    <button id="tell" phx-click="tell">tell</button>
    <button id="more" phx-click="more">more</button>
    <button id="unsendable" phx-click="unsendable">unsendable</button>
    <button id="unanswerable" phx-click="unanswerable">unanswerable</button>
    <button id="typo" phx-click="typo">typo</button>
    <button id="unawaited" phx-click="unawaited">unawaited</button>
    <button id="astray" phx-click="astray">astray</button>
    """

    async def mount(self) -> None:
        await self.socket.subscribe("shelves")

    @event
    async def increment(self, by: int = 1) -> None:
        self.state.count += by

    @event
    async def rename(self, name: str) -> None: ...

    async def forgotten(self) -> None: ...

    @event
    async def stray(self) -> None:
        self.state.cuont = 7  # type: ignore[attr-defined]

    @event
    async def block(self) -> None:
        time.sleep(2.0)  # noqa: ASYNC251

    @event
    async def tell(self) -> None:
        await self.socket.broadcast("shelves", Item(1))

    @event
    async def unsendable(self) -> None:
        self.socket.push_event("points", {"of": object()})

    @event
    async def unanswerable(self) -> dict[str, object]:
        return {"of": object()}

    @event
    async def typo(self) -> None:
        self.state.cuont += 1  # type: ignore[attr-defined]

    async def found(self) -> list[int]:
        return [1]

    @event
    async def unawaited(self) -> None:
        self.state.count = len(self.found())  # type: ignore[arg-type]

    @event
    async def astray(self) -> None:
        self.socket.push_patch("/nowhere")


class BrokenView(LiveView[Shelf]):
    html = "<h1>Shelf</h1>\n<p>{{ cuont }}</p>"


class UploadingView(LiveView[Shelf]):
    html = "<p>{{ uploads.avtar.entries }}</p>"

    async def mount(self) -> None:
        self.socket.allow_upload("avatar", accept=[".png"])


class WantingView(LiveView[Shelf]):
    html = "<p>{{ count }}</p>"

    async def mount(self, count: int) -> None:
        self.state.count = count


class ListingView(LiveView[Shelf]):
    html = "<p>{{ count }}</p>"

    async def handle_params(self, count: int) -> None:
        self.state.count = count


def headless(page: Any) -> Markup:
    return Markup("<!DOCTYPE html><html><body>{}</body></html>").format(page.content)


def build(*, debug: bool = True, scripts: Sequence[Path] = ()) -> Wirebird:
    app = Wirebird(secret_key=SECRET_KEY, debug=debug, blocked_after=1.0, scripts=scripts)
    app.live("/", MistakenView)
    app.live("/broken", BrokenView)
    app.live("/uploading", UploadingView)
    app.live("/wanting", WantingView)
    app.live("/listing", ListingView)
    with app.live_session("headless", root_layout=headless) as session:
        session.live("/headless", MistakenView)
    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(build()) as url:
        yield url


async def visit(page: Page, url: str) -> Locator:
    """Open a page; return the warnings in it."""
    await page.goto(url)
    await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(1)
    return page.locator("#wirebird-warnings li")


@pytest.mark.parametrize(
    ("button", "message", "where"),
    [
        ("unknown", "no @event 'incremnt' and no handle_event", "test_mistakes.py:"),
        ("unknown", "did you mean 'increment'?", "test_mistakes.py:"),
        ("forgotten", "write @event above its method of that name", "test_mistakes.py:"),
        ("lacking", "'name' is missing", "test_mistakes.py:"),
        ("unfit", "'by' should be a valid integer", "test_mistakes.py:"),
        (
            "stray",
            "the state Shelf has no field 'cuont': did you mean 'count'?",
            "test_mistakes.py:",
        ),
        ("block", "has blocked the event loop, and nobody else is served", "test_mistakes.py:"),
        ("tell", "nothing handles a Item: write an @info method", "test_mistakes.py:"),
    ],
)
async def test_what_a_handler_does_wrong_is_told_in_the_page(
    page: Page, url: str, button: str, message: str, where: str
):
    warnings = await visit(page, url)
    await page.click(f"#{button}")
    warning = warnings.filter(has_text=message)
    await expect(warning).to_have_count(1)
    await expect(warning.locator("a.where")).to_contain_text(where)


async def test_warnings_are_counted_and_dismissed_and_others_hear_of_them(page: Page, url: str):
    warnings = await visit(page, url)
    await page.evaluate(
        "window.heard = []; addEventListener('wirebird:warning', (e) => heard.push(e.detail))"
    )
    badge = page.locator("#wirebird-warnings .badge")
    await page.click("#unknown")
    await page.click("#unknown")
    await expect(warnings.locator(".count")).to_have_text("×2")
    await page.click("#stray")
    await expect(badge).to_have_text("⚠ 2 warnings")
    await badge.click()
    await expect(warnings.first).to_be_hidden()
    await badge.click()
    await warnings.first.locator(".dismiss").click()
    await expect(badge).to_have_text("⚠ 1 warning")
    await page.click("#unknown")
    await page.click("#unfit")
    await expect(badge).to_have_text("⚠ 2 warnings")
    await expect(warnings.filter(has_text="cuont").locator(".count")).to_have_text("")
    codes = await page.evaluate("heard.map(({ code }) => code)")
    assert codes == ["WB201", "field", "payload"]


async def test_a_script_with_a_syntax_error_is_told_in_the_page(page: Page, tmp_path: Path):
    script = tmp_path / "broken.js"
    script.write_text("export const hooks = {")
    with serving(build(scripts=[script])) as url:
        warnings = await visit(page, url)
        await expect(warnings.locator(".message")).to_contain_text("a script could not be loaded")
        await expect(warnings.locator(".message")).to_contain_text("SyntaxError")
        await expect(warnings.locator(".where")).to_contain_text("broken-")


@pytest.mark.parametrize(
    ("path", "callback"),
    [("/wanting", WantingView.mount), ("/listing?count=many", ListingView.handle_params)],
)
async def test_a_url_that_does_not_fit_is_told_with_the_line_that_asks(
    page: Page, url: str, path: str, callback: Any
):
    await page.goto(f"{url}{path}")
    await expect(page.locator("body")).to_contain_text("does not take this URL")
    line = callback.__code__.co_firstlineno
    await expect(page.locator("body")).to_contain_text(f"{__file__}:{line}")


async def test_a_parameter_that_the_url_lacks_says_how_to_give_it(page: Page, url: str):
    await page.goto(f"{url}/wanting")
    await expect(page.locator("body")).to_contain_text("'count' is missing")
    await expect(page.locator("body")).to_contain_text("route /wanting/{count}")


async def test_an_upload_that_is_misspelt_is_told_in_the_place_of_the_page(page: Page, url: str):
    await page.goto(f"{url}/uploading")
    await expect(page.locator(".report .message")).to_contain_text("avtar")
    await expect(page.locator(".report")).to_contain_text("(its uploads: avatar)")
    await expect(page.locator(".marked").first).to_contain_text("uploads.avtar")
    link = page.locator(".frame a").first
    await expect(link).to_have_attribute(
        "href", re.compile(r"^vscode://file/.+/test_mistakes.py:\d+$")
    )


async def test_a_layout_without_the_head_says_why_the_page_is_dead(page: Page, url: str):
    await page.goto(f"{url}/headless")
    warnings = page.locator("#wirebird-warnings li")
    badge = page.locator("#wirebird-warnings .badge")
    await expect(warnings).to_contain_text("headless does not write {{ page.head }}")
    await expect(warnings.locator("a.where")).to_contain_text("test_mistakes.py:")
    await expect(badge).to_have_text("⚠ 1 warning")
    await expect(page.locator("[data-phx-main].phx-connected")).to_have_count(0)
    await warnings.locator(".dismiss").click()
    await expect(badge).to_be_hidden()


@pytest.mark.parametrize(
    ("button", "message", "line"),
    [
        ("unsendable", "push_event('points')", 'self.socket.push_event("points"'),
        ("unanswerable", "to the event 'unanswerable'", "async def unanswerable"),
        ("astray", "push_patch('/nowhere'): no view is routed there", 'push_patch("/nowhere")'),
        ("unawaited", "object of type 'coroutine' has no len()", "len(self.found())"),
        ("typo", "'Shelf' object has no attribute 'cuont'", "self.state.cuont += 1"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_what_ends_a_view_is_shown_over_the_page(
    page: Page, url: str, button: str, message: str, line: str
):
    await visit(page, url)
    await page.click(f"#{button}")
    panel = page.locator("#wirebird-error")
    await expect(panel.locator(".message")).to_contain_text(message)
    says_all = button in ("unsendable", "unanswerable")
    await expect(panel.locator(".note")).to_have_count(0 if says_all else 1)
    await expect(panel.locator(".frame").first).to_contain_text(line)
    link = panel.locator(".frame a").first
    await expect(link).to_have_attribute("href", re.compile(r"^vscode://file/.+\.py:\d+$"))


async def test_production_tells_pages_nothing(page: Page):
    with serving(build(debug=False)) as url:
        warnings = await visit(page, url)
        await page.click("#unknown")
        await page.click("#stray")
        await page.click("#tell")
        await page.click("#unfit")
        await expect(warnings).to_have_count(0)
        assert "development" not in await page.content()
