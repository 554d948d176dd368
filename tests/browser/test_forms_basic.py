"""Forms: what change and submit send, as one nested payload or as a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, expect
from pydantic import BaseModel, Field

from tests.browser.pages import expect_heard, recorder, visit
from wirebird import LiveView, Wirebird, event

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

FORM = """
<form id="form" phx-change="change" phx-submit="submit">
  <input id="name" name="user[name]" phx-no-unused-field>
  <select id="tags" name="user[tags][]" multiple phx-no-unused-field>
    <option value="a">A</option><option value="b">B</option>
  </select>
  <select id="size" name="size" phx-no-unused-field>
    <option value="s">S</option><option value="l">L</option>
  </select>
  <button id="save" name="action" value="save">save</button>
</form>
"""


async def test_a_change_sends_the_whole_form_and_what_changed(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", recorder(FORM))
    await visit(page, serve(app))
    await page.fill("#name", "Ada & <Co>")
    user: dict[str, Any] = {"name": "Ada & <Co>"}
    await expect_heard(
        page, "change", {"_target": ["user", "name"], "size": "s", "user": user}, count=1
    )
    await page.select_option("#tags", ["a", "b"])
    user["tags"] = ["a", "b"]
    await expect_heard(page, "change", {"_target": ["user", "tags"], "size": "s", "user": user})
    del user["tags"]  # the server rendered none selected, so its answer took them back
    await page.select_option("#size", "l")
    await expect_heard(page, "change", {"_target": ["size"], "size": "l", "user": user})
    await page.click("#save")
    await expect_heard(page, "submit", {"action": "save", "size": "s", "user": user})


async def test_an_input_may_have_a_change_of_its_own(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live(
        "/",
        recorder(
            '<form phx-change="form">'
            '<input id="zip" name="zip" phx-change="zip" phx-no-unused-field></form>'
        ),
    )
    await visit(page, serve(app))
    await page.fill("#zip", "12")
    await expect_heard(page, "zip", {"_target": ["zip"], "zip": "12"}, count=1)


class Signup(BaseModel):
    email: str
    age: int = Field(ge=18)
    topics: list[str] = []


@dataclass
class Account:
    email: str = ""
    shout: str = ""
    topics: list[str] = field(default_factory=list)


class SignupView(LiveView[Account]):
    html = """
    <form phx-change="typed" phx-submit="sign_up">
      <input name="signup[email]" value="{{ email }}">
      <input name="signup[age]" value="30">
      <input type="checkbox" name="signup[topics][]" value="tea">
      <button>sign up</button>
    </form>
    <p id="shout">{{ shout }}</p>
    <p id="topics">{{ topics | join(",") }}</p>
    """

    @event
    async def typed(self, signup: dict[str, Any]) -> None:
        self.state.shout = signup["email"].upper()

    @event
    async def sign_up(self, signup: Signup) -> None:
        self.state.email, self.state.topics = f"{signup.email}:{signup.age}", signup.topics


async def test_a_model_takes_the_form_s_data(page: Page, make_app: MakeApp, serve: Serve) -> None:
    app = make_app()
    app.live("/", SignupView)
    await visit(page, serve(app))
    await page.fill("input[name='signup[email]']", "ada@example.com")
    await expect(page.locator("#shout")).to_have_text("ADA@EXAMPLE.COM")
    await page.check("input[type=checkbox]")
    await page.click("button")
    await expect(page.locator("#topics")).to_have_text("tea")
    await expect(page.locator("input[name='signup[email]']")).to_have_value("ada@example.com:30")


async def test_an_update_leaves_the_field_alone_that_one_types_in(
    page: Page, make_app: MakeApp, serve: Serve
) -> None:
    app = make_app()
    app.live("/", SignupView)
    await visit(page, serve(app))
    email = page.locator("input[name='signup[email]']")
    await email.press_sequentially("abc")
    await expect(page.locator("#shout")).to_have_text("ABC")
    await expect(email).to_have_value("abc")
    await expect(email).to_be_focused()
