"""The components together: what they show, what changes, and `ui` in Jinja."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.components.markup import attributes, element, html_of
from tests.html import client_tree
from wirebird import AsyncResult, js
from wirebird import components as library
from wirebird.components import (
    async_result,
    button,
    col,
    description_list,
    dialog,
    dynamic_tag,
    flash,
    flash_group,
    focus_wrap,
    form,
    header,
    hide_modal,
    infinite_scroll,
    intersperse,
    live_title,
    modal,
    portal,
    show_modal,
    table,
    ui,
)
from wirebird.components.library import by_id
from wirebird.html.differ import Message
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.tree import to_html


@dataclass
class Book:
    id: int
    title: str


@pytest.fixture
def environment() -> TemplateEnvironment:
    environment = TemplateEnvironment()
    environment.globals.update(ui=ui, js=js)
    return environment


# Windows


def test_a_modal_is_a_dialog_that_is_known_by_its_title() -> None:
    shown = modal("x", id="m", title="Rename", footer=button("OK"), class_="mine")
    window = attributes(shown, "[role=dialog]")
    assert (window["aria-modal"], window["aria-labelledby"]) == ("true", "m-title")
    assert window["class"] == "wb-modal-window mine"
    assert element(shown, "#m-title").text() == "Rename"
    assert "phx-mounted" not in attributes(shown, "#m")


def test_a_modal_without_a_name_is_an_error() -> None:
    with pytest.raises(ComponentError, match=r"modal\(id='m'\) lacks a name"):
        modal("x", id="m")
    assert attributes(modal("x", id="m", aria_label="M"), "[role=dialog]")["aria-label"] == "M"


def test_commands_open_and_close_a_modal_by_its_id() -> None:
    assert show_modal("m", js.push("x")) == js.push("x").push_focus().exec("data-show", to="#m")
    assert hide_modal("m") == js.exec("data-hide", to="#m.wb-open")


def test_an_id_that_is_no_plain_name_is_quoted() -> None:
    assert by_id("a-1") == "#a-1"
    assert by_id('1"a\\') == '[id="1\\"a\\\\"]'


def test_a_dialog_is_described_by_its_text() -> None:
    shown = dialog("For good.", id="d", title="Sure?", on_confirm="go", danger=True)
    assert attributes(shown, "[role=alertdialog]")["aria-describedby"] == "d-text"
    assert element(shown, "#d-text").text() == "For good."
    assert '"event":"go"' in str(attributes(shown, ".wb-button-danger")["phx-click"])


def test_a_focus_wrap_has_an_end_on_either_side() -> None:
    shown = focus_wrap("x", id="f")
    assert attributes(shown, "#f")["phx-hook"] == "Phoenix.FocusWrap"
    for guard in ("#f > :first-child", "#f > :last-child"):
        assert attributes(shown, guard)["tabindex"] == "0"


def test_a_portal_has_one_element_with_an_id_of_its_own() -> None:
    shown = portal("x", id="p", target="#bar", class_="c")
    assert html_of(shown) == (
        '<template id="p" data-phx-portal="#bar">'
        '<div id="_lv_portal_wrap_p" class="c">x</div></template>'
    )


# Toasts


def test_toasts_are_escaped_and_clear_their_own_kind() -> None:
    shown = flash_group({"info": "<b>"})
    assert element(shown, "#flash-info p").text() == "<b>"
    assert '"key":"info"' in str(attributes(shown, "#flash-info button")["phx-click"])


def test_a_toast_without_a_way_to_close_it_has_no_button() -> None:
    shown = flash("Back at nine", kind="error", title="Closed")
    assert attributes(shown, "#flash-error")["role"] == "alert"
    assert "<button" not in html_of(shown)


# Tables, lists, headings


def test_a_table_shows_fields_by_name_and_by_function() -> None:
    books: list[Any] = [Book(1, "<One>"), {"id": 2, "title": "Two"}]
    shown = table(
        books,
        id="books",
        col=[col("Title", "title"), col("Link", lambda book: button("Go", href="/"), align="end")],
        caption="All",
    )
    assert element(shown, "#books-1 td:first-child").text() == "<One>"
    assert element(shown, "#books-2 td:first-child").text() == "Two"
    assert attributes(shown, "#books-2 td:last-child")["class"] == "wb-align-end"
    assert element(shown, "caption").text() == "All"


def test_a_table_without_rows_says_so() -> None:
    assert element(table([], id="t", col=[col("A", "a")], empty="None"), ".wb-empty").text()


def test_a_table_without_columns_and_a_column_without_content_are_errors() -> None:
    with pytest.raises(ComponentError, match="has no columns"):
        table([], id="t", col=[])
    with pytest.raises(ComponentError, match="does not say what to show"):
        col("Title")


def test_a_list_takes_a_dict_or_pairs() -> None:
    expected = html_of(description_list({"a": 1, "b": "<2>"}))
    assert html_of(description_list([("a", 1), ("b", "<2>")])) == expected
    assert "<dt>a</dt><dd>1</dd>" in expected
    assert "&lt;2&gt;" in expected


def test_a_header_has_a_heading_of_its_level() -> None:
    shown = header("Rooms", level=2, subtitle="s", actions=[button("a"), button("b")])
    assert element(shown, "header h2").text() == "Rooms"
    assert html_of(shown).count("<button") == 2
    with pytest.raises(ComponentError, match="level 1 to 6"):
        header("x", level=7)


# Forms


def test_a_form_sends_what_browsers_cannot_as_a_post() -> None:
    shown = form("x", id="f", on_submit="save", method="delete", csrf_token="t")
    found = attributes(shown, "form")
    assert (found["method"], found["phx-submit"]) == ("post", "save")
    assert attributes(shown, "input[name=_method]")["value"] == "delete"
    assert attributes(shown, "input[name=_csrf_token]")["value"] == "t"


def test_a_form_is_posted_by_the_browser_only_once_it_is_said_so() -> None:
    for triggered in (False, None):
        shown = form("x", id="f", action="/log-in", method="post", phx_trigger_action=triggered)
        assert "phx-trigger-action" not in attributes(shown, "form")
    shown = form("x", id="f", action="/log-in", method="post", phx_trigger_action=True)
    assert "phx-trigger-action" in attributes(shown, "form")


# Small pieces


def test_values_with_something_between_them() -> None:
    assert html_of(intersperse([])) == ""
    assert html_of(intersperse(["a", "<b>"])) == "a, &lt;b&gt;"
    shown = intersperse([1, 2], lambda n: dynamic_tag("b", n), separator=" · ")
    assert html_of(shown) == "<b>1</b> · <b>2</b>"


def test_an_element_of_any_name() -> None:
    assert html_of(dynamic_tag("h2", "<x>", id="a", phx_click="b", class_=["c"])) == (
        '<h2 class="c" id="a" phx-click="b">&lt;x&gt;</h2>'
    )
    assert html_of(dynamic_tag("br")) == "<br>"
    assert html_of(dynamic_tag("my-tag")) == "<my-tag></my-tag>"


@pytest.mark.parametrize("name", ["script", "a b", "", "a>", "1a", "SCRIPT"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ComponentError, match="dynamic_tag"):
        dynamic_tag(name, "x")


def test_an_element_without_an_end_has_no_content() -> None:
    with pytest.raises(ComponentError, match="cannot have content"):
        dynamic_tag("br", "x")


def test_a_title_tells_the_client_what_stands_around_it() -> None:
    assert live_title("<A>", default="D", suffix=" · S") == (
        '<title data-default="D" data-suffix=" · S">&lt;A&gt; · S</title>'
    )
    assert live_title(None) == "<title></title>"


def test_an_infinite_list_asks_at_the_ends_that_have_more() -> None:
    found = attributes(infinite_scroll("x", id="i", on_bottom="more", tag="ul"), "ul")
    assert found == {
        "class": "wb-scroll", "id": "i", "phx-update": "stream", "phx-viewport-bottom": "more",
    }  # fmt: skip


def test_an_async_result_is_shown_by_what_is_known() -> None:
    def shown(result: AsyncResult[str]) -> str:
        return html_of(
            async_result(
                result,
                lambda value: dynamic_tag("b", value),
                loading="…",
                failed=lambda reason: f"no: {reason}",
            )
        )

    ok = AsyncResult.ok("<x>")
    assert shown(AsyncResult.loading()) == "…"
    assert shown(ok) == shown(AsyncResult.loading(ok)) == "<b>&lt;x&gt;</b>"
    assert shown(AsyncResult.failed("why")) == "no: why"
    assert shown(AsyncResult.failed("why", ok)) == "<b>&lt;x&gt;</b>"
    assert shown(AsyncResult()) == "…"


def test_attributes_that_run_code_are_refused() -> None:
    for component in (button, header):
        with pytest.raises(ComponentError, match="onclick"):
            component("x", onclick="alert(1)")


# In Jinja


def test_everything_is_in_jinja_under_one_name() -> None:
    public = {name for name in vars(library) if name in vars(ui)}
    exported = {
        name
        for name, value in vars(library).items()
        if callable(value) and not name.startswith("_") and not isinstance(value, type)
    }
    assert public == exported - {"ui"}


def test_a_call_block_s_body_is_the_content(environment: TemplateEnvironment) -> None:
    html = environment.inline(
        "{% call ui.header(subtitle='s') %}<b>{{ name }}</b>{% endcall %}"
    ).render(name="<x>")
    assert "<h1><b>&lt;x&gt;</b></h1>" in html


def test_a_table_in_jinja_takes_macros_as_columns(environment: TemplateEnvironment) -> None:
    html = environment.inline(
        "{% macro cell(book) %}<i>{{ book.title }}</i>{% endmacro %}"
        "{{ ui.table(books, id='t', col=[ui.col('Title', cell)], action=cell) }}"
    ).render(books=[Book(1, "<One>")])
    assert html.count("<i>&lt;One&gt;</i>") == 2


def test_a_body_with_a_parameter_is_given_the_result(environment: TemplateEnvironment) -> None:
    template = environment.inline(
        "{% call(n) ui.async_result(r) %}{{ n + 1 }}{% endcall %}"
        "{% call ui.async_result(r) %}!{% endcall %}"
    )
    assert template.render(r=AsyncResult.ok(1)) == "2!"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ ui.buton('x') }}", r"no component ui\.buton: did you mean 'button'"),
        ("{{ ui.modal('x', title='T') }}", r"ui\.modal\(\) lacks id"),
        ("{{ ui.icon() }}", r"ui\.icon\(\) lacks name"),
        ("{{ ui.icon('check', 'x') }}", r"ui\.icon\(\) takes 1 arguments without a name"),
        ("{% call ui.icon('check') %}x{% endcall %}", r"ui\.icon\(\) takes no children"),
        ("{{ ui.async_result(r, fail='x') }}", r"does not take fail: did you mean 'failed'"),
    ],
)
def test_mistakes_in_jinja_name_the_component(
    environment: TemplateEnvironment, source: str, problem: str
) -> None:
    with pytest.raises(ComponentError, match=problem):
        environment.inline(source).render(r=AsyncResult.loading())


# Diffs


@dataclass
class Page:
    title: str = "Rooms"
    busy: bool = False
    books: list[Book] = field(default_factory=lambda: [Book(1, "One"), Book(2, "Two")])
    errors: list[str] = field(default_factory=list[str])


PAGE = """
<main>
{{ ui.header(title, actions=ui.button("New", disabled=busy)) }}
{{ ui.input("name", label="Name", value=title, errors=errors) }}
{{ ui.table(books, id="books", col=[ui.col("Title", "title")]) }}
{% call ui.modal(id="m", title=title) %}<p>{{ title }}</p>{% endcall %}
</main>
"""


def diff_of(environment: TemplateEnvironment, change: Any) -> Any:
    template = environment.inline(PAGE)
    page = Page()
    before = template.tree(page)
    first = Message()
    client = client_tree.apply(None, first.finish(first.full(before)))
    client_tree.to_html(client)
    change(page)
    after = template.tree(page)
    message = Message()
    diff = message.finish(message.diff(before, after) or {})
    assert client_tree.to_html(client_tree.apply(client, diff)) == to_html(after)
    return diff


def leaves(diff: Any) -> list[Any]:
    if isinstance(diff, dict):
        return [leaf for value in diff.values() for leaf in leaves(value)]
    return [diff]


def test_what_did_not_change_is_not_sent(environment: TemplateEnvironment) -> None:
    assert diff_of(environment, lambda page: None) == {}


def test_a_changed_row_sends_its_cell_alone(environment: TemplateEnvironment) -> None:
    def change(page: Page) -> None:
        page.books[1].title = "Three"

    assert "Three" in leaves(diff := diff_of(environment, change))
    assert len(str(diff)) < 100


def test_a_changed_text_sends_no_statics(environment: TemplateEnvironment) -> None:
    def change(page: Page) -> None:
        page.title = "Halls"

    diff = diff_of(environment, change)
    assert "p" not in diff
    assert [leaf for leaf in leaves(diff) if "Halls" in str(leaf)]
    assert len(str(diff)) < 400
