"""Forms in a test: filled in by a person, sent as a browser sends them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wirebird import LiveView, Wirebird, event
from wirebird.testing import ElementError, LiveClient, View


@dataclass
class Seen:
    last: dict[str, Any] = field(default_factory=dict)
    name: str = "Ada"
    go: bool = False


class FormView(LiveView[Seen]):
    html = """
      <p>{{ last | tojson }}</p>
      <form id="f" phx-change="changed" phx-submit="saved" phx-value-from="page"
            action="/done" method="post" {% if go %}phx-trigger-action{% endif %}>
        <input type="hidden" name="user[id]" value="7">
        <input name="user[name]" value="{{ name }}">
        <input type="date" name="user[born]">
        <textarea name="user[about]">me &amp; you</textarea>
        <select name="user[color]"><option>red</option><option value="b">blue</option></select>
        <select name="user[langs][]" multiple>
          <option selected>py</option><option>js</option>
        </select>
        <input type="hidden" name="user[ok]" value="false">
        <input type="checkbox" name="user[ok]" value="true">
        <input type="checkbox" name="user[tags][]" value="x">
        <input type="checkbox" name="user[tags][]" value="y" checked>
        <input type="radio" name="user[size]" value="s">
        <input type="radio" name="user[size]" value="l">
        <fieldset disabled><input name="user[locked]" value="no"></fieldset>
        <input name="user[fixed]" value="f" readonly>
        <button name="action" value="save">Save</button>
        <button name="action" value="draft" id="draft">Draft</button>
      </form>
      <input form="f" name="user[outside]" value="out">
      <form id="own">
        <input id="q" name="q" phx-change="changed"><input name="rest" value="r">
      </form>
      <form id="bare" action="/done"><input name="a" value="1"></form>
    """

    @event
    async def changed(self, payload: dict[str, Any]) -> None:
        self.state.last = payload

    @event
    async def saved(self, payload: dict[str, Any]) -> None:
        self.state.last = payload
        self.state.go = payload["user"]["name"] == "go"


async def done(request: Request) -> PlainTextResponse:
    body = (await request.body()).decode()
    return PlainTextResponse(f"{request.method} {request.url.query}{body}")


@pytest.fixture
async def view(make_app: Callable[..., Wirebird]) -> AsyncIterator[View]:
    app = make_app(routes=[Route("/done", done, methods=["GET", "POST"])])
    app.live("/", FormView)
    async with LiveClient(app) as client:
        yield await client.live("/")


def sent(view: View) -> dict[str, Any]:
    import json

    return json.loads(view.text("p"))


async def test_a_form_is_sent_with_what_the_page_has_and_the_fields_marked_that_nobody_used(
    view: View,
):
    await view.change("#f", {"user[name]": "Grace & co"})
    assert sent(view) == {
        "_target": ["user", "name"],
        "from": "page",
        "user": {
            "id": "7",
            "name": "Grace & co",
            "_unused_born": "",
            "born": "",
            "_unused_about": "",
            "about": "me & you",
            "_unused_color": "",
            "color": "red",
            "_unused_langs": [""],
            "langs": ["py"],
            "_unused_ok": "",
            "ok": "false",
            "_unused_tags": [""],
            "tags": ["y"],
            "_unused_fixed": "",
            "fixed": "f",
            "_unused_outside": "",
            "outside": "out",
        },
    }


async def test_every_kind_of_field_can_be_filled_in(view: View):
    values = {
        "name": "G",
        "born": date(1906, 12, 9),
        "about": "a\nb",
        "color": "b",
        "langs": ["py", "js"],
        "ok": True,
        "tags": ["x"],
        "size": "l",
    }
    await view.submit("#f", {"user": values})
    user = sent(view)["user"]
    assert user == {
        "id": "7",
        **values,
        "born": "1906-12-09",
        "ok": "true",
        "fixed": "f",
        "outside": "out",
    }


async def test_the_first_button_submits_unless_another_is_named_or_clicked(view: View):
    await view.submit("#f")
    assert sent(view)["action"] == "save"
    await view.submit("#f", submitter="#draft")
    assert sent(view)["action"] == "draft"
    await view.click("button", text="Draft")
    assert sent(view)["action"] == "draft"


async def test_fields_stay_used(view: View):
    await view.change("#f", {"user[born]": "2000-01-01"})
    await view.change("#f", {"user[about]": "x"})
    assert "_unused_born" not in sent(view)["user"]
    assert "_unused_name" in sent(view)["user"]
    await view.submit("#f")
    assert not any(key.startswith("_unused") for key in sent(view)["user"])


async def test_one_input_is_changed_by_itself(view: View):
    await view.change("[name='user[name]']", "Lin")
    assert sent(view)["_target"] == ["user", "name"]
    assert sent(view)["user"]["name"] == "Lin"
    await view.click("[name='user[tags][]'][value=x]")
    assert sent(view)["user"]["tags"] == ["x", "y"]
    await view.click("[name='user[size]'][value=s]")
    assert sent(view)["user"]["size"] == "s"
    await view.change("#q", "find")
    assert sent(view) == {"_target": ["q"], "q": "find"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"user[nmae]": "x"}, r"has no field 'user\[nmae\]'; its fields: user\[id\], user\[name\]"),
        ({"user[color]": "green"}, r"cannot be 'green'; its options: \['red', 'b'\]"),
        ({"user[tags]": ["z"]}, r"it can be one of \['x', 'y'\], True or False"),
        ({"user[size]": None}, r"it can be one of \['s', 'l'\]"),
        ({"user[locked]": "yes"}, "is disabled"),
        ({"user[fixed]": "yes"}, "is read-only"),
        ({"user[name]": ["a", "b"]}, r"takes 1 value\(s\)"),
        ({"action": "x"}, "is a button: click it"),
        ({"user[born]": "yesterday"}, "a browser would send an empty value"),
        ({"user[name]": "two\nlines"}, "has one line"),
    ],
)
async def test_what_a_person_could_not_enter_is_an_error(
    view: View, values: dict[str, Any], message: str
):
    with pytest.raises(ElementError, match=message):
        await view.change("#f", values)
    assert sent(view) == {}


async def test_forms_that_are_not_bound_say_so(view: View):
    with pytest.raises(ElementError, match=r'<form id="bare" .* has no phx-change'):
        await view.change("#bare")
    with pytest.raises(ElementError, match="send it to its action with submit_action"):
        await view.submit("#bare")
    with pytest.raises(ElementError, match="2 submit buttons"):
        await view.submit("#f", submitter="button")
    with pytest.raises(ElementError, match="is no form"):
        await view.submit("p")


async def test_forms_go_to_their_action_over_http(view: View):
    response = await view.submit_action("#bare", {"a": "2 3"})
    assert response.text == "GET a=2+3"


async def test_a_view_triggers_the_action_of_its_form(view: View):
    with pytest.raises(ElementError, match="has no phx-trigger-action"):
        await view.follow_trigger_action("#f")
    await view.submit("#f", {"user[name]": "go"})
    response = await view.follow_trigger_action("#f")
    assert response.text.startswith("POST user%5Bid%5D=7&user%5Bname%5D=go&")


async def test_what_was_typed_is_recovered_when_the_page_reconnects(view: View):
    await view.change("#f", {"user[name]": "Grace"})
    await view.disconnect()
    await view.reconnect()
    assert sent(view)["user"]["name"] == "Grace"


class TypingView(LiveView[Seen]):
    """Shows no value but one, and counts what it was told."""

    html = """
    <p>{{ last | tojson }}</p>
    <form id="f" phx-change="changed" phx-submit="saved" action="/done" method="post"
          {{ "phx-trigger-action" if go }}>
      <input id="shown" name="shown" value="{{ last.get('shown', '').upper() }}">
      <input id="lost" name="lost"><input id="kept" name="kept" phx-update="ignore">
      <input type="number" id="number" name="number"><input type="checkbox" name="box">
      <button name="how" value="one" {{ "disabled" if name == "off" }}>One</button>
      <button name="how" value="two" id="two">Two</button>
      <button type="reset" name="reset" id="reset">Reset</button>
    </form>
    <button id="off" phx-click="off">off</button><button id="none" phx-click="none">none</button>
    """

    async def handle_event(self, event: str, payload: Any) -> None:
        match event:
            case "off":
                self.state.name = "off"
            case "changed" | "saved" | "recover":
                self.state.last = {"event": event, **payload}
                self.state.go = payload.get("how") == "two"
            case _:
                pass


@pytest.fixture
async def typing(make_app: Callable[..., Wirebird]) -> AsyncIterator[View]:
    app = make_app(routes=[Route("/done", done, methods=["GET", "POST"])])
    app.live("/", TypingView)
    async with LiveClient(app) as client:
        yield await client.live("/")


async def test_the_field_that_has_the_focus_keeps_what_was_typed(typing: View):
    await typing.change("#shown", "ada")
    assert typing.element("#shown").value == "ADA"
    await typing.change("#f", field="lost")
    assert sent(typing)["shown"] == "ada"


async def test_a_change_of_the_page_puts_back_what_the_view_shows_elsewhere(typing: View):
    await typing.change("#lost", "1")
    await typing.change("#kept", "2")
    assert (sent(typing)["lost"], sent(typing)["kept"]) == ("1", "2")
    await typing.change("#shown", "3")
    assert (sent(typing)["lost"], sent(typing)["kept"]) == ("", "2")


async def test_nothing_is_forgotten_where_the_page_does_not_change(typing: View):
    await typing.change("#lost", "1")
    await typing.click("#none")
    await typing.submit("#f")
    assert sent(typing)["lost"] == "1"


async def test_a_click_elsewhere_takes_the_focus(typing: View):
    await typing.change("#lost", "1")
    await typing.click("#off")
    await typing.submit("#f", submitter="#two")
    assert sent(typing)["lost"] == ""


async def test_the_enter_key_does_nothing_where_the_first_button_is_disabled(typing: View):
    await typing.click("#off")
    with pytest.raises(ElementError, match="is disabled: the Enter key does nothing"):
        await typing.submit("#f")


async def test_a_reset_is_a_change_of_the_button(typing: View):
    await typing.change("#lost", "1")
    await typing.click("#reset")
    assert sent(typing)["_target"] == ["reset"]
    assert (sent(typing)["_unused_lost"], sent(typing)["lost"]) == ("", "")


@pytest.mark.parametrize(("value", "taken"), [(5, "5"), ("-1.5e3", "-1.5e3"), ("", ""), (None, "")])
async def test_a_number_is_a_number_or_nothing(value: Any, taken: str, typing: View):
    await typing.change("#f", {"number": value})
    assert sent(typing)["number"] == taken
    with pytest.raises(ElementError, match="cannot be 'five'"):
        await typing.change("#number", "five")


async def test_a_triggered_form_is_posted_as_it_was_sent_with_its_button(typing: View):
    await typing.change("#kept", "2")
    await typing.submit("#f", {"lost": "secret"}, submitter="#two")
    response = await typing.follow_trigger_action("#f")
    assert response.text == "POST shown=&lost=secret&kept=2&number=&how=two"


async def test_lines_end_on_the_wire_as_browsers_end_them(view: View):
    response = await view.submit_action("#f", {"user[about]": "a\nb"}, submitter="#draft")
    assert "user%5Babout%5D=a%0D%0Ab" in response.text
    assert "action=draft" in response.text


class Recovered(TypingView):
    html = """
    <p>{{ last | tojson }}</p>
    <form id="own" phx-change="changed" phx-auto-recover="recover">
      <input type="hidden" name="h" value="1"><input name="a"><input name="b"></form>
    """


async def test_a_form_is_recovered_whole_by_the_event_that_it_names(
    make_app: Callable[..., Wirebird],
):
    app = make_app()
    app.live("/", Recovered)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.change("#own", {"b": "typed"})
        await view.disconnect()
        await view.reconnect()
        assert sent(view) == {
            "event": "recover",
            "_target": ["a"],
            "_unused_a": "",
            "a": "",
            "b": "typed",
            "h": "1",
        }


class AroundView(LiveView):
    html = '{{ live_render(Recovered, id="kid") }}'


async def test_a_form_in_a_nested_view_is_recovered_there(make_app: Callable[..., Wirebird]):
    app = make_app()
    app.components(Recovered)
    app.live("/", AroundView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.child("kid").change("#own", {"b": "typed"})
        await view.disconnect()
        await view.reconnect()
        recovered = sent(view.child("kid"))
        assert recovered["event"] == "recover"
        assert (recovered["_unused_a"], recovered["b"]) == ("", "typed")
        assert "_unused_b" not in recovered
