"""What a real browser makes of a form's values: sent back untouched, they are what they were."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect
from pydantic import AwareDatetime, BaseModel, Field, Json, SecretStr

from tests.browser.pages import visit
from wirebird import Form, LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]


async def opened(view: type[LiveView[Any]], page: Page, make_app: MakeApp, serve: Serve) -> None:
    app = make_app()
    app.live("/", view)
    await visit(page, serve(app))


class Access(enum.Flag):
    READ = 1
    WRITE = 2
    ADMIN = 4


class Everything(BaseModel):
    lines: str = "one\r\ntwo\rthree\n"
    spaces: str = "  a  "
    quotes: str = "\"'<&amp;>"
    nothing: str | None = ""
    none: str | None = None
    raw: bytes = b" a\n"
    number: float = 1e22
    small: Decimal = Decimal("1E-7")
    level: int = 30
    colour: str = "#00ff7f"
    access: Access = Access.READ | Access.ADMIN
    ticked: Literal[True, False] = False
    unsure: bool | None = False
    day: dt.date = dt.date(999, 1, 2)
    clock: dt.time = dt.time(9, 30, 5, 123_456)
    zoned: dt.time = dt.time(9, 30, tzinfo=dt.UTC)
    moment: dt.datetime = dt.datetime(2026, 1, 2, 9, 30, 5, 123_456)
    meeting: AwareDatetime = dt.datetime(2026, 7, 1, 12, 0, 7, tzinfo=dt.UTC)
    twice: AwareDatetime = dt.datetime(
        2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")
    )
    either: int | str = 5
    data: Json[Any] = {"a": ["\n", 1.5]}
    secret: SecretStr = SecretStr("s")
    days: list[Literal["mon", "tue"]] | None = None


@dataclass
class State:
    form: Form[Everything] = field(default_factory=lambda: Form(Everything, Everything()))
    same: str = ""


class EverythingView(LiveView[State]):
    html = """
    {% call ui.form(for=form, on_change="check", on_submit="save", actions=ui.button("Save")) %}
      {% for field in form %}
        {{ ui.input(field, type={"level": "range", "colour": "color", "none": "search",
                                 "access": "checkbox"}.get(field.plain_name)) }}
      {% endfor %}
    {% endcall %}
    <p id="same">{{ same }}</p>
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        data = self.state.form.submit(payload)
        first = Everything()
        self.state.same = "yes" if data == first else repr(self.state.form.params)


async def test_what_nobody_touched_is_what_it_was(
    page: Page, serve: Serve, make_app: MakeApp
) -> None:
    await opened(EverythingView, page, make_app, serve)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#same")).to_have_text("yes")


async def test_what_was_changed_is_kept_beside_it_and_all_of_it_is_the_same_when_changed_back(
    page: Page, serve: Serve, make_app: MakeApp
) -> None:
    await opened(EverythingView, page, make_app, serve)
    spaces = page.get_by_label("Spaces")
    await spaces.fill("b")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#same")).to_contain_text("'spaces': 'b'")
    await spaces.fill("  a  ")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#same")).to_have_text("yes")


class Meeting(BaseModel):
    starts: AwareDatetime


@dataclass
class MeetingState:
    form: Form[Meeting] = field(
        default_factory=lambda: Form(Meeting, timezone=ZoneInfo("America/New_York"))
    )
    saved: str = ""


class MeetingView(LiveView[MeetingState]):
    html = """
    {% call ui.form(for=form, on_change="check", on_submit="save", actions=ui.button("Save")) %}
      {{ ui.input(form.starts) }}
    {% endcall %}
    <p id="saved">{{ saved }}</p>
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        if meeting := self.state.form.submit(payload):
            self.state.saved = meeting.starts.astimezone(dt.UTC).isoformat()


async def test_a_time_is_entered_in_the_zone_of_the_form(
    page: Page, serve: Serve, make_app: MakeApp
) -> None:
    await opened(MeetingView, page, make_app, serve)
    await page.get_by_label("Starts").fill("2026-07-01T08:00")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#saved")).to_have_text("2026-07-01T12:00:00+00:00")
    await expect(page.get_by_label("Starts")).to_have_value("2026-07-01T08:00")


class Person(BaseModel):
    name: str = Field(min_length=3)
    town: str = Field(min_length=3)


@dataclass
class PersonState:
    form: Form[Person]


class PersonView(LiveView[PersonState]):
    html = """
    {% call ui.form(for=form, novalidate=true, on_change="check", on_submit="save") %}
      {{ ui.input(form["name"]) }} {{ ui.input(form.town) }}
      {{ ui.button("Save") }} {{ ui.button("Begin anew", type="reset") }}
    {% endcall %}
    """

    @event
    async def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    async def save(self, payload: dict[str, Any]) -> None:
        self.state.form.submit(payload)


async def test_a_reset_hides_the_errors_of_a_form_that_was_sent(
    page: Page, serve: Serve, make_app: MakeApp
) -> None:
    await opened(PersonView, page, make_app, serve)
    wrong = page.locator(".wb-error")
    await page.get_by_role("button", name="Save").click()
    await expect(wrong).to_have_count(2)
    await page.get_by_label("Name").fill("a")
    await expect(wrong.first).to_have_text("Please use 3 or more characters.")
    await expect(wrong).to_have_count(2)
    await page.get_by_role("button", name="Begin anew").click()
    await expect(wrong).to_have_count(0)
    await page.get_by_label("Name").fill("b")
    await expect(wrong).to_have_count(1)
    await page.get_by_role("button", name="Save").click()
    await expect(wrong).to_have_count(2)
