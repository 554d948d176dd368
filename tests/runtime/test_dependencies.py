"""A dependency stands for the same thing wherever a page asks for it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from wirebird import Depends, LiveComponent, LiveView, Socket, Wirebird, event, info
from wirebird.testing import LiveClient

FORGED = {"tenant": "other", "page": "7", "params": {"tenant": "other"}, "socket": "x"}


def current_tenant(tenant: str, page: int = 1) -> str:
    return f"{tenant}/{page}"


Tenant = Annotated[str, Depends(current_tenant)]


class Refund:
    pass


class Row(LiveComponent[Any]):
    html = '<li id="row" phx-click="pay" phx-target="{{ myself }}">{{ shown }}</li>'

    async def mount(self, tenant: Tenant) -> None:
        self.state.shown = f"row of {tenant}"

    @event
    async def pay(self, tenant: Tenant) -> None:
        self.state.shown = f"row paid by {tenant}"


class Note(LiveView[Any]):
    html = "<p>{{ shown }}</p>"

    async def mount(self, tenant: Tenant) -> None:
        self.state.shown = f"note of {tenant}"

    @event
    async def write(self, tenant: Tenant) -> None:
        self.state.shown = f"note by {tenant}"


class Bills(LiveView[Any]):
    html = """<h1 id="bills">{{ shown }}</h1>
    <ul>{{ live_component(Row, id="row") }}</ul>
    {{ live_render(Note, id="note", session={"tenant": "given", "page": 3}) }}"""

    async def mount(self, tenant: Tenant) -> None:
        self.state.shown = f"mounted for {tenant}"

    async def handle_params(self, tenant: Tenant) -> None:
        self.state.shown += f", shown to {tenant}"

    @event
    async def delete(self, tenant: Tenant) -> None:
        self.state.shown = f"deleted for {tenant}"

    @event
    async def turn(self, page: int) -> None:
        self.socket.push_patch(f"?page={page}")

    @event
    async def refund(self) -> None:
        self.socket.send(Refund())

    @info
    async def on_refund(self, message: Refund, tenant: Tenant) -> None:
        self.state.shown = f"refunded to {tenant}"


async def guard(socket: Socket, tenant: Tenant) -> None:
    if tenant.startswith("closed"):
        socket.redirect("/elsewhere")


@pytest.fixture
def app() -> Wirebird:
    app = Wirebird(secret_key="k" * 40)
    app.components(Row, Note)
    with app.live_session("bills", on_mount=[guard]) as session:
        session.live("/t/{tenant}", Bills)
    return app


async def test_a_dependency_means_the_page_in_mount_events_messages_and_patches(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/t/acme?page=2")
        assert view.text("#bills") == "mounted for acme/2, shown to acme/2"

        for payload in ({}, FORGED):
            await view.hook_event("delete", payload)
            assert view.text("#bills") == "deleted for acme/2"

        await view.hook_event("turn", {"page": 5})
        await view.hook_event("delete", FORGED)
        assert view.text("#bills") == "deleted for acme/5"

        await view.hook_event("refund", FORGED)
        await view.until(lambda view: view.text("#bills") == "refunded to acme/5")


async def test_a_component_asks_for_the_page_that_it_stands_in(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/t/acme?page=2")
        assert view.text("#row") == "row of acme/2"

        await view.hook_event("pay", FORGED, target="#row")

        assert view.text("#row") == "row paid by acme/2"


async def test_a_nested_view_asks_for_what_its_parent_has_given_it(app: Wirebird):
    async with LiveClient(app) as client:
        view = await client.live("/t/acme?page=2")
        note = view.child("note")
        assert note.text("p") == "note of given/3"

        await note.hook_event("write", FORGED)

        assert note.text("p") == "note by given/3"
