"""The whole examples of the guides do what the guides say."""

from __future__ import annotations

import importlib
import sys

import pytest

from tests.docs.conftest import Example
from wirebird import STRICT_POLICY, LiveView, Resubscribed, Wirebird, event
from wirebird.testing import EventRefused, LiveClient, LiveTestError, Redirected


async def test_the_readme_s_counter_counts(example: Example) -> None:
    counter = example("README.md", "counter")
    async with LiveClient(counter.app) as client:
        view = await client.live("/?count=5")
        await view.click("button")
        assert view.text("h1") == "Count is 6"


async def test_the_stopwatch_runs_stops_and_notes_laps(example: Example) -> None:
    stopwatch = example("docs/guides/views.md", "stopwatch")
    async with LiveClient(stopwatch.app) as client:
        view = await client.live("/?start=60")
        assert "60 s" in view.dead_html
        await view.click("button", text="Start")
        assert view.has("button", text="Stop")
        await view.until(lambda view: view.text("h1") == "61 s", timeout=5)
        await view.click("button", text="Lap")
        await view.click("button", text="Stop")
        assert view.text("li") == "61 s"


async def test_the_hook_halts_what_only_admins_may_do(example: Example) -> None:
    auditing = example("docs/guides/views.md", "auditing")

    class FilesView(LiveView):
        html = '<button phx-click="delete_all">Delete</button>{{ deleted }}'

        async def mount(self) -> None:
            self.state.deleted = "nothing"

        @event
        async def delete_all(self) -> None:
            self.state.deleted = "everything"

    app = Wirebird()
    with app.live_session("files", on_mount=[auditing.audit]) as files:
        files.live("/", FilesView)
    for session, left in (({}, "nothing"), ({"admin": True}, "everything")):
        async with LiveClient(app, session=session) as client:
            view = await client.live("/")
            await view.click("button")
            assert left in view.html
            assert ("error" in view.flash) == (left == "nothing")


async def test_the_chat_of_a_room_is_heard_in_the_room(example: Example) -> None:
    chat = example("docs/guides/messages.md", "chat")
    async with (
        LiveClient(chat.app, session={"user": "ada"}) as ada,
        LiveClient(chat.app) as bob,
    ):
        here = await ada.live("/rooms/1")
        there, elsewhere = await bob.live("/rooms/1"), await bob.live("/rooms/2")
        await here.submit("form", {"text": "hello"})
        await there.until(lambda view: view.text("li") == "ada hello")
        assert not elsewhere.has("li")
        await chat.app.local_broadcast("room:1", Resubscribed("room:1"))
        await there.until(lambda view: "missed something" in view.flash.get("info", ""))


async def test_the_shelf_follows_books_that_are_changed_in_place(example: Example) -> None:
    shelf = example("docs/guides/templates.md", "shelf")
    async with LiveClient(shelf.app) as client:
        view = await client.live("/")
        await view.click("li:first-child button", text="Read")
        assert view.has("b.done", text="Momo")
        await view.click("button", text="Reverse")
        assert [book.text for book in view.all("b")] == ["Emma", "Momo"]


@pytest.mark.skipif(sys.version_info < (3, 14), reason="t-strings")
async def test_the_t_string_marks_a_row(example: Example) -> None:
    books = example("docs/guides/templates.md", "books_tstring")
    async with LiveClient(books.app) as client:
        view = await client.live("/")
        await view.click("button", text="Emma")
        assert view.text("li.chosen") == "Emma"
        assert view.has("section.card#books h2", text="Books")


async def test_the_guestbook_takes_whole_entries_only(example: Example) -> None:
    guestbook = example("docs/guides/events.md", "guestbook")
    async with LiveClient(guestbook.app) as client:
        view = await client.live("/")
        await view.change("#sign", {"text": "Hello"})
        assert view.text("output") == "5 of 500"
        await view.submit("#sign", {"name": "Ada", "text": "Hello"})
        assert "Ada Hello" in view.text("article")
        with pytest.raises(EventRefused, match="name"):
            await view.submit("#sign", {"name": "", "text": "Hello"})
        await view.click("article button")
        assert not view.has("article")


async def test_the_store_is_patched_navigated_and_not_found(example: Example) -> None:
    store = example("docs/guides/navigation.md", "store")
    async with LiveClient(store.app) as client:
        view = await client.live("/?page=2")
        assert "Item 11" in view.dead_html
        assert view.title == "Page 2 · Store"
        await view.click("a", text="Next")
        assert view.patched == ["?page=3"] or view.patched == ["/?page=3"]
        assert len(view.all("li")) == 5
        item = await view.click("a", text="Item 21")
        await item.click("a", text="Photos")
        assert item.text("h1") == "Item 21: photos"
        await item.click("button", text="Buy")
        bought = await item.follow_redirect()
        assert bought.flash == {"info": "Item 21 is yours."}
        await bought.click("button", text="Last")
        await bought.assert_patch("/?page=3")
        for path in ("/items/99", "/?page=x", "/items/x"):
            assert (await client.get(path)).status == 404


async def test_the_guard_lets_in_who_signed_in_and_signing_out_closes_open_pages(
    example: Example,
) -> None:
    signing = example("docs/guides/security.md", "signing")
    async with LiveClient(signing.app) as client:
        with pytest.raises(Redirected) as caught:
            await client.live("/account")
        assert caught.value.to == "/"
        assert (await client.live("/")).flash == {"error": "Sign in first."}
        assert (await client.post("/sign-in", {"user": "Ada"})).status == 303
        view = await client.live("/account")
        assert view.text("h1") == "Ada"
        await client.post("/sign-out")
        assert (await client.get("/account")).status == 302
        with pytest.raises(LiveTestError, match="closed the socket"):
            await view.until(lambda view: False)


async def test_the_sign_up_form_asks_until_all_is_right(example: Example) -> None:
    signups = example("docs/guides/forms.md", "signups")
    async with LiveClient(signups.app) as client:
        view = await client.live("/")
        assert not view.has(".wb-error")
        await view.submit("#signup", {"signup[name]": "grace", "signup[password]": "1234567"})
        assert view.text("#signup_password-error") == "Please use 8 or more characters."
        assert view.text("#signup_password_again-error") == "Please fill this in."
        await view.change("#signup", {"signup[password]": "12345678"})
        await view.submit("#signup", {"signup[password_again]": "123456789"})
        assert view.text(".wb-error") == "The passwords differ."
        await view.submit("#signup", {"signup[password_again]": "12345678"})
        assert view.text("h1") == "Welcome, grace"


async def test_the_order_s_lines_come_and_move_and_are_summed_up(example: Example) -> None:
    orders = example("docs/guides/forms.md", "orders")
    async with LiveClient(orders.app) as client:
        view = await client.live("/")
        await view.click("button", text="Add a sample")
        await view.click("button", text="Add a sample")
        address = {"order[ship_to][street]": "High St", "order[ship_to][city]": "Oxford"}
        await view.change("#order", {**address, "order[lines][1][price]": "2.50"})
        await view.change("#order", {"order[lines][1][quantity]": "3"})
        assert view.text("output") == "7.50"
        await view.click("#order_lines_1 button", text="Up")
        assert [each.text for each in view.all("legend")] == ["Line 1", "Line 2"]
        assert view.has("fieldset:has(+ input + fieldset)#order_lines_1")
        await view.change("#order", {"order[lines][0][price]": "0.001"})
        assert view.text(".wb-error") == "Please use no more than 2 decimal places."
        assert view.text("output") == "7.50"


async def test_a_policy_of_ones_own_replaces_ours(example: Example) -> None:
    policy = example("docs/guides/security.md", "policy")
    signing = example("docs/guides/security.md", "signing")
    async with LiveClient(signing.app) as client:
        ours = (await client.get("/")).headers["content-security-policy"]
        assert ours == "base-uri 'self'; frame-ancestors 'self';"
    policy.app.live("/", signing.SignInView)
    async with LiveClient(policy.app) as client:
        sent = (await client.get("/")).headers["content-security-policy"]
        start, _, end = STRICT_POLICY.partition("{nonce}")
        assert sent.startswith(start)
        assert sent.endswith(end.rpartition("{nonce}")[2])


async def test_the_album_keeps_photos_and_refuses_what_is_none(example: Example) -> None:
    album = example("docs/guides/uploads.md", "album")
    async with LiveClient(album.app) as client:
        view = await client.live("/")
        photos = await view.file_input("#album", "photos", [("a.jpg", b"a" * 100), ("b.gif", b"b")])
        assert view.text("figure:last-child p, figure p") == "This kind of file is not accepted."
        await view.click("figure:has(p) button", text="Cancel")
        await photos.render_upload("a.jpg", 40)
        assert view.has('progress[value="40"]')
        await view.submit("#album")
        assert "1 photos" in view.html
        (kept,) = album.PHOTOS.iterdir()
        assert kept.read_bytes() == b"a" * 100


async def test_films_may_be_chosen(example: Example) -> None:
    films = example("docs/guides/s3.md", "films")
    async with LiveClient(films.app, session={"user": "ada"}) as client:
        view = await client.live("/")
        assert view.has('input[type=file][accept="video/*"]')
        assert "0 films" in view.html


async def test_an_application_s_user_is_in_the_page_until_signing_out(example: Example) -> None:
    signed = example("docs/guides/hosts.md", "signed")
    async with LiveClient(signed.api) as client:
        assert (await client.get("/account")).status == 401
        await client.post("/sign-in?user=ada", {})
        view = await client.live("/account")
        assert view.text("h1") == "ada"
        await view.click("button")
        assert view.text("p") == "Hello, ada"

        await view.tab.close()
        signed.revoked.add(client.cookies["access_token"])
        with pytest.raises(LiveTestError):
            await view.reconnect()
        assert (await client.get("/account")).status == 401


async def test_people_in_a_room_see_each_other_come_type_and_go(example: Example) -> None:
    room = example("docs/guides/presence.md", "room")
    async with LiveClient(room.app) as client:
        ada = await client.live("/rooms/1/ada")
        bob = await client.live("/rooms/1/bob")
        await ada.until(lambda view: view.text("h2") == "2 here")
        await bob.focus("input")
        await ada.until(lambda view: view.has("li", "bob is typing"))
        await bob.close()
        await ada.until(lambda view: view.text("[role=status]") == "bob has left.")
        assert ada.text("h2") == "1 here"


async def test_the_shop_is_measured_and_its_provider_measures_more(example: Example) -> None:
    shop = example("docs/guides/observability.md", "shop_app")
    async with LiveClient(shop.app) as client:
        page = await client.get("/metrics")
        assert page.status == 200
    orders = importlib.import_module("orders")
    await orders.pay(7, "card")
    read = orders.metrics.registry.get_sample_value
    assert read("shop_orders_paid_total", {"method": "card"}) == 1
    assert read("shop_payment_duration_seconds_count") == 1
