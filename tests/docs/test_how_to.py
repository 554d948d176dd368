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
            assert "<header>Rooms</header>" in response.text
        assert "<header>Rooms</header>" in (await client.live("/rooms/lobby")).response.text


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


async def test_a_table_s_search_order_and_page_are_its_url(example: Example) -> None:
    people = example("docs/guides/tables.md", "people")
    async with LiveClient(people.app) as client:
        view = await client.live("/?sort=-age&page=2")
        assert len(view.all("tbody tr")) == 10
        await view.click("a", text="Next")
        assert view.patched == ["/?sort=-age&page=3"]
        await view.change("#search", {"q": "person 07"})
        assert view.patched[-1] == "/?sort=-age&q=person+07"
        assert [row.text for row in view.all("tbody tr")] == ["Person 0767"]
        await view.click("th a", text="Name")
        assert view.has("th[aria-sort=ascending]", text="Name")
        assert (await client.get("/?sort=password")).status == 404


async def test_a_modal_is_a_url(example: Example) -> None:
    rooms = example("docs/guides/modals.md", "rooms")
    async with LiveClient(rooms.app) as client:
        view = await client.live("/rooms/2/edit")
        assert view.element("input[name='room[name]']").value == "Attic"
        await view.submit("form", {"room[name]": "Cellar"})
        await view.assert_patch("/rooms")
        assert view.has("li", "Cellar")
        assert not view.has("form")
        assert (await client.get("/rooms/9/edit")).status == 404


async def test_what_is_dropped_stands_where_it_was_dropped(example: Example) -> None:
    tasks = example("docs/guides/drag-and-drop.md", "tasks")
    async with LiveClient(tasks.app) as client:
        view = await client.live("/")
        await view.hook_event("move", {"id": "1", "before": None}, target="#tasks")
        assert [row.attributes["data-id"] for row in view.all("li")] == ["2", "3", "1"]
        await view.click("#task-1 button")
        assert [row.attributes["data-id"] for row in view.all("li")] == ["2", "1", "3"]


async def test_a_hook_of_a_library_moves_a_card(example: Example) -> None:
    column = example("docs/guides/npm.md", "column")
    async with LiveClient(column.app) as client:
        view = await client.live("/")
        await view.hook_event("drop", {"id": "one", "place": 2})
        assert [row.text for row in view.all("li")] == ["two", "three", "one"]
        assert await view.pushed("freeze") == {"frozen": False}


async def test_charts_are_drawn_by_the_server_or_told_to_a_library(example: Example) -> None:
    load = example("docs/guides/charts.md", "load")
    async with LiveClient(load.app) as client:
        view = await client.live("/")
        await view.click("button")
        assert view.element("polyline").attributes["points"].endswith("200.0,30")
    sensor = example("docs/guides/charts.md", "sensor")
    async with LiveClient(sensor.app) as client:
        view = await client.live("/")
        await sensor.app.broadcast("sensor", sensor.Measured(1.0, 22.5))
        assert await view.pushed("measured") == {"time": 1.0, "value": 22.5}


async def test_a_click_on_the_map_is_a_place(example: Example) -> None:
    places = example("docs/guides/maps.md", "places")
    async with LiveClient(places.app) as client:
        view = await client.live("/")
        await view.hook_event("add", {"lat": 51.7, "lng": -1.2})
        assert view.text("[role=status]") == "2 places"
        await view.hook_event("choose", {"id": 2})
        assert view.text("[role=status]") == "Place 2"


async def test_a_brand_s_style_is_loaded(example: Example) -> None:
    branded = example("docs/guides/theming.md", "branded")
    async with LiveClient(branded.app) as client:
        assert "brand" in (await client.get("/")).text


async def test_each_visitor_is_spoken_to_in_their_language(example: Example) -> None:
    hello = example("docs/guides/i18n.md", "hello")

    class German(hello.translations.NullTranslations):
        def gettext(self, message: str) -> str:
            return {"Hello": "Hallo"}.get(message, message)

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return "Ein Klick" if n == 1 else "%(count)s Klicks"

    hello.CATALOGUES["de"] = German()
    async with LiveClient(hello.app) as client:
        view = await client.live("/")
        assert view.text("h1") == "Hello"
        await client.post("/language", {"language": "de"})
        view = await client.live("/")
        assert view.title.startswith("Hallo")
        assert view.text("p") == "Ein Klick"
        await view.click("[phx-click]")
        assert view.text("p") == "2 Klicks"


async def test_a_point_sends_one_number_of_a_thousand_rows(example: Example) -> None:
    scores = example("docs/guides/performance.md", "scores")
    async with LiveClient(scores.app) as client:
        view = await client.live("/")
        await view.click("li:nth-child(500) button")
        assert view.text("li:nth-child(500)").startswith("Player 499: 1")


async def test_a_count_is_heard_by_all_pages(example: Example) -> None:
    counters = example("docs/guides/many-machines.md", "counters")
    async with LiveClient(counters.app) as client:
        ada, bob = await client.live("/"), await client.live("/")
        await ada.click("button")
        await bob.until(lambda view: view.text("p") == "0 of 1")
        await ada.until(lambda view: view.text("p") == "1 of 1")


async def test_pages_of_others_are_written_so(example: Example) -> None:
    document = "docs/guides/from-others.md"
    async with LiveClient(example(document, "likes").app) as client:
        view = await client.live("/")
        await view.click("button")
        assert "Thank you!" in view.html
    async with LiveClient(example(document, "squares").app) as client:
        view = await client.live("/")
        await view.change("#number", {"number": "12"})
        assert view.text("p") == "12 squared is 144"
    async with LiveClient(example(document, "todo").app) as client:
        view = await client.live("/")
        await view.submit("form", {"text": "Sow"})
        assert view.text("li") == "Sow"


async def test_the_policy_lets_pictures_of_the_cdn_in(example: Example) -> None:
    strict = example("docs/guides/going-live.md", "strict")
    async with LiveClient(strict.app) as client:
        policy = (await client.get("/")).headers["content-security-policy"]
        assert "img-src 'self' https://images.example.com data: blob:" in policy


async def test_the_cart_of_three_tongues_counts(example: Example) -> None:
    cart = example("docs/coming-from.md", "cart")
    async with LiveClient(cart.app) as client:
        view = await client.live("/carts/1")
        await view.click("button")
        await view.until(lambda view: view.text("button") == "2")
        assert view.flash == {"info": "Added"}
