"""Forms that no page of ours sends: refused in words, while the view and its line live on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from tests.runtime.line import Visitor
from wirebird import LiveView, Wirebird, event

REFUSED = {"diff": {"r": {"error": "the event was refused", "refused": True}}}

FIELDS = "&".join(f"field{number}=1" for number in range(10_000))
BRACKETS = "a" + "[b]" * 20
LIST_BRACKETS = "a" + "[]" * 20


@dataclass
class Heard:
    count: int = 0
    last: dict[str, Any] = field(default_factory=dict)


class FormView(LiveView[Heard]):
    html = "<p>{{ count }}</p><p>{{ last.keys() | sort | join(' ') }}</p>"

    @event
    async def changed(self, payload: dict[str, Any]) -> None:
        self.state.count += 1
        self.state.last = payload


@pytest.fixture
async def here(make_app: Callable[..., Wirebird]) -> AsyncIterator[SimpleNamespace]:
    app = make_app()
    app.live("/", FormView)
    visitor = Visitor(app)
    page = await visitor.page("/")
    async with visitor.line(page) as line:
        assert (await line.join(page))["status"] == "ok"
        yield SimpleNamespace(page=page, line=line)


async def send(here: SimpleNamespace, **payload: Any) -> Any:
    """Send a form as it is told, and return the answer."""
    payload = {"type": "form", "event": "changed", **payload}
    return await here.line.reply(here.line.push(here.page.topic, "event", payload))


async def still_well(here: SimpleNamespace) -> None:
    """The next form is the first that the view hears of."""
    answer = await send(here, value="name=Ada", meta={"_target": "name"})
    assert answer == {"status": "ok", "response": {"diff": {"1": {"0": "1", "1": "_target name"}}}}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        pytest.param(FIELDS, "fields", id="10,000 fields"),
        pytest.param(FIELDS.replace("field", "rows[]"), "fields", id="10,000 items"),
        pytest.param(f"{BRACKETS}=1", "names", id="20 levels"),
        pytest.param(f"{LIST_BRACKETS}=1", "names", id="20 lists in lists"),
        pytest.param(f"ok=1&{BRACKETS}=1", "names", id="20 levels behind a good field"),
        pytest.param(BRACKETS.replace("[", "%5B").replace("]", "%5D"), "names", id="20, encoded"),
        pytest.param("name=%FF", "UTF-8", id="a byte that is not UTF-8"),
        pytest.param("%C3=name", "UTF-8", id="half a character as a name"),
        pytest.param("name=%ED%A0%80", "UTF-8", id="a surrogate"),
        pytest.param("name=%zz", "percent", id="a percent sign without digits"),
        pytest.param("name=%", "percent", id="a percent sign at the end"),
    ],
)
async def test_fields_that_cannot_be_decoded_are_refused(
    value: str, why: str, here: SimpleNamespace, caplog: pytest.LogCaptureFixture
):
    answer = await send(here, value=value, meta={"_target": "name"})
    assert answer == {"status": "ok", "response": REFUSED}
    assert "event 'changed': its form is malformed" in caplog.text
    assert why in caplog.text
    assert len(caplog.text) < 1000
    await still_well(here)


@pytest.mark.parametrize(
    "value",
    [5, 0, True, 1.5, None, {"name": "Ada"}, {}, ["name=Ada"], [], ["&"] * 3],
    ids=repr,
)
async def test_fields_that_are_no_text_are_refused(
    value: Any, here: SimpleNamespace, caplog: pytest.LogCaptureFixture
):
    answer = await send(here, value=value, meta={"_target": "name"})
    assert answer == {"status": "ok", "response": REFUSED}
    assert "its form is malformed: its fields are no text" in caplog.text
    await still_well(here)


@pytest.mark.parametrize(
    "meta", ["name", 5, True, ["_target"], [["_target", "name"]], [[]]], ids=repr
)
async def test_a_meta_that_is_no_object_is_refused(
    meta: Any, here: SimpleNamespace, caplog: pytest.LogCaptureFixture
):
    answer = await send(here, value="name=Ada", meta=meta)
    assert answer == {"status": "ok", "response": REFUSED}
    assert "its form is malformed: its meta is no object" in caplog.text
    await still_well(here)


@pytest.mark.parametrize(
    "target",
    [5, True, {"user": "name"}, ["user", 1], [["user"]], BRACKETS, "a" + "[b]" * 50_000],
    ids=lambda target: repr(target)[:30],
)
async def test_a_target_that_is_no_field_is_refused(
    target: Any, here: SimpleNamespace, caplog: pytest.LogCaptureFixture
):
    answer = await send(here, value="name=Ada", meta={"_target": target})
    assert answer == {"status": "ok", "response": REFUSED}
    assert "its form is malformed" in caplog.text
    await still_well(here)


async def test_a_form_without_meta_has_no_target(here: SimpleNamespace):
    answer = await send(here, value="name=Ada")
    assert answer["response"] == {"diff": {"1": {"0": "1", "1": "name"}}}
    answer = await send(here, value="name=Ada", meta=None)
    assert answer["response"] == {"diff": {"1": {"0": "2"}}}


@pytest.mark.parametrize("event", [None, 5, ["changed"], {"changed": 1}], ids=repr)
async def test_a_form_whose_event_has_no_name_is_refused(
    event: Any, here: SimpleNamespace, caplog: pytest.LogCaptureFixture
):
    answer = await send(here, event=event, value="name=Ada", meta={})
    assert answer == {"status": "ok", "response": REFUSED}
    assert "an event without a name" in caplog.text
    await still_well(here)


@pytest.mark.parametrize("cid", ["1", -1, 7, 1.5, True, {}], ids=repr)
async def test_a_form_for_a_component_that_is_not_there_is_answered(
    cid: Any, here: SimpleNamespace
):
    answer = await send(here, value="name=Ada", meta={}, cid=cid)
    assert answer["status"] == "ok"
    assert "1" not in answer["response"].get("diff", {})
    await still_well(here)
