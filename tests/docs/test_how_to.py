"""The whole examples of the pages by task do what the pages say."""

from __future__ import annotations

import sys

import pytest

from tests.docs.conftest import Example
from wirebird.testing import LiveClient, LiveTestError, Redirected


async def test_notes_are_kept_in_the_database_and_seen_by_all(example: Example) -> None:
    notes = example("docs/guides/databases.md", "notes")
    async with LiveClient(notes.app) as client:
        ada, bob = await client.live("/"), await client.live("/")
        await ada.submit("form", {"text": "Milk"})
        await bob.until(lambda view: view.has("p", "Milk"))
        await bob.click("p button")
        await ada.until(lambda view: not view.has("p"))


async def test_a_hero_is_what_the_form_says(example: Example) -> None:
    heroes = example("docs/guides/databases.md", "heroes")
    async with LiveClient(heroes.app) as client:
        view = await client.live("/")
        await view.submit("form", {"hero_form[title]": "Ada", "hero_form[age]": "-1"})
        assert not view.has("li")
        await view.submit("form", {"hero_form[age]": "36"})
        assert view.text("li") == "Ada, 36"


async def test_what_a_worker_says_reaches_the_page(example: Example) -> None:
    reports = example("docs/guides/jobs.md", "reports")
    async with LiveClient(reports.app) as client:
        view = await client.live("/customers/7")
        await view.click("button")
        assert "being made" in view.html
        await reports.app.broadcast("reports:7", reports.ReportReady(7, "/r/7"))
        await view.until(lambda view: view.has("li a[href='/r/7']"))
        assert "being made" not in view.html


async def test_a_task_of_the_lifespan_reaches_pages(example: Example) -> None:
    clock = example("docs/guides/jobs.md", "clock")
    async with LiveClient(clock.app) as client:
        view = await client.live("/")
        await clock.app.local_broadcast("clock", clock.datetime(2026, 1, 1, tzinfo=clock.UTC))
        await view.until(lambda view: view.text("time").startswith("2026-01-01"))


async def test_a_letter_and_a_route_s_answer_are_rendered_from_one_file(example: Example) -> None:
    letters = example("docs/guides/html-elsewhere.md", "letters")
    html = letters.welcome("<Ada>", "ada@example.com").get_body(("html",)).get_content()
    assert "<h1>Welcome, &lt;Ada&gt;</h1>" in html
    async with LiveClient(letters.api) as client:
        response = await client.get("/greeting?name=Bob")
        assert "Welcome, Bob" in response.text


@pytest.mark.skipif(sys.version_info < (3, 14), reason="t-strings")
def test_a_t_string_becomes_html(example: Example) -> None:
    receipts = example("docs/guides/html-elsewhere.md", "receipts_tstring")
    assert receipts.html == "<ul><li>Tea &amp; milk: 3 €</li></ul>"


async def test_pages_for_errors_are_the_application_s_own(example: Example) -> None:
    errors = example("docs/guides/error-pages.md", "errors")
    async with LiveClient(errors.app) as client:
        for path in ("/rooms/cellar", "/elsewhere"):
            response = await client.get(path)
            assert response.status == 404
            assert f"Nothing is at {path}." in response.text


async def test_members_are_let_in_and_only_admins_wipe(example: Example) -> None:
    members = example("docs/guides/users.md", "members")
    async with LiveClient(members.api) as client:
        with pytest.raises(Redirected) as caught:
            await client.live("/")
        assert caught.value.to == "/log-in"
        assert (await client.post("/session", {"name": "bob"})).status == 303
        view = await client.live("/")
        assert view.text("h1") == "bob"
        await view.click("button")
        assert "you may not" in view.html
        await client.post("/log-out")
        with pytest.raises(LiveTestError, match="closed the socket"):
            await view.until(lambda view: False)
    async with LiveClient(members.api, session={"user": "ada"}) as client:
        view = await client.live("/")
        await view.click("button")
        assert "done" in view.html
