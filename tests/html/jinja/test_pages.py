"""Whatever the template and whatever happens to the state, the client shows Jinja's own page.

Each step changes the state in place, goes over the wire as a diff, and is compared with the full
render, which in turn is compared with what stock Jinja makes of the same template.
"""

from __future__ import annotations

import json
import re
from typing import Any

import jinja2
from hypothesis import HealthCheck, given, note, settings

from tests.html.client_tree import apply
from tests.html.client_tree import to_html as page
from tests.html.jinja.pages import State, as_dict, change, changes, states, tables, templates
from wirebird.html.differ import Message
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.kept_rows import KeptRows
from wirebird.html.tree import to_html
from wirebird.wire import frames

ALL_CHECKS: Any = list(HealthCheck)
EXTENSIONS = ["jinja2.ext.loopcontrols"]


def over_the_wire(payload: Any) -> Any:
    """Return a payload as the client reads it."""
    return json.loads(frames.reply("1", "1", "lv:x", "ok", {"diff": payload}))[4]["response"][
        "diff"
    ]


def stock(sources: dict[str, str]) -> jinja2.Template:
    """Return Jinja's own template, which knows nothing of keys."""
    sources = {name: re.sub(r' :key="[^"]*"', "", text) for name, text in sources.items()}
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=EXTENSIONS,
    )
    return environment.get_template("main")


def check_page(sources: dict[str, str], state: State, steps: list[tuple[str, int, int]]) -> None:
    note(str(sources))
    environment = TemplateEnvironment(extensions=EXTENSIONS)
    environment.loader = jinja2.DictLoader(sources)
    template: Any = environment.get_template("main")
    expected = stock(sources)

    kept = KeptRows()
    tree = template.tree(state, kept=kept)
    message = Message()
    client = apply(None, over_the_wire(message.finish(message.full(tree))))
    assert to_html(tree) == expected.render(as_dict(state))
    assert page(client) == to_html(tree)

    for what, at, pick in steps:
        note(f"{what} {at} {pick}: {state}")
        change(state, what, at, pick)
        new = template.tree(state, kept=kept)
        assert to_html(new) == expected.render(as_dict(state))
        message = Message()
        payload = message.diff(tree, new)
        if payload is not None:
            client = apply(client, over_the_wire(message.finish(payload)))
        assert page(client) == to_html(new)
        tree = new


@settings(suppress_health_check=ALL_CHECKS, max_examples=100)
@given(templates(), states(), changes())
def test_diffs_give_the_page_that_stock_jinja_renders(
    sources: dict[str, str], state: State, steps: list[tuple[str, int, int]]
) -> None:
    check_page(sources, state, steps)


@settings(suppress_health_check=ALL_CHECKS, max_examples=200)
@given(tables(), states((1, 2)), changes())
def test_rows_that_are_kept_show_what_they_would_if_they_were_not(
    source: str, state: State, steps: list[tuple[str, int, int]]
) -> None:
    check_page({"main": source}, state, steps)
