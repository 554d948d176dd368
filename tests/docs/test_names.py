"""Names in the documents are names of ours, and every name that newcomers look for is there."""

from __future__ import annotations

import dataclasses
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import wirebird
from tests.docs.documents import DOCUMENTS, MARKDOWN, ROOT
from wirebird import LiveComponent, LiveView, Socket, Wirebird, js
from wirebird.components import ui

URLS: list[str] = [
    *tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"].values()
]
PROJECT = URLS[0]
COMING_FROM = ROOT / "docs" / "coming-from.md"


def names_of(other: str) -> dict[str, list[str]]:
    """Read a list of the names that others offer: what they belong to, and the names."""
    lines = (Path(__file__).parent / f"names_of_{other}.txt").read_text().splitlines()
    groups = (line.split(": ", 1) for line in lines if not line.startswith("#"))
    return {owner: names.split() for owner, names in groups}


PHOENIX = names_of("phoenix")
PYVIEW = names_of("pyview")


def words(text: str) -> set[str]:
    return set(text.split())


# What PyView leaves public of its own works, and no application calls.
WORKS = words("""
    ComponentMeta ComponentsManager diff pending_events prev_rendered render_with_components
    upload_manager manager add_entries close constraints entries_by_ref entry_complete_callback
    errors external_callback is_external progress_callback update_progress uploads upload_config
    cls add commands argtest
""")
# Filters and tags that Jinja has under the same name, with the same meaning.
SAME_IN_JINJA = words("""
    e escape first join last lower pprint random striptags title upper
    block elif else extends for if with
""")
# Filters that are Python's own methods in Jinja, which needs no table.
PLAIN_PYTHON = words("endswith startswith reversed titlecase esc")


def left_columns(document: Path) -> str:
    """What stands on the left of a document's tables."""
    lines = document.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.split(" | ")[0] for line in lines if line.startswith("| "))


def has(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w@:]){re.escape(name)}(?![\w-])", text) is not None


def missing(text: str, names: list[str]) -> list[str]:
    assert names
    return [name for name in names if not has(text, name)]


def test_names_of_phoenix_are_found() -> None:
    groups = ("view", "component", "router", "other")
    names = [name for group in groups for name in PHOENIX[group]]
    assert missing(left_columns(COMING_FROM), names) == []


def test_names_of_phoenix_s_tests_are_found() -> None:
    assert missing(left_columns(ROOT / "docs" / "testing.md"), PHOENIX["test"]) == []


def test_names_of_pyview_are_found() -> None:
    text = left_columns(COMING_FROM) + pyview_s_commands()
    names = {name for group in PYVIEW.values() for name in group}
    text = text.replace("@", "")
    assert missing(text, sorted(names - WORKS - SAME_IN_JINJA - PLAIN_PYTHON)) == []
    assert (WORKS | SAME_IN_JINJA | PLAIN_PYTHON) - names == set()


def pyview_s_commands() -> str:
    """What is said of those that are called here as there."""
    text = COMING_FROM.read_text()
    return text[text.index("### Commands for the browser") :]


@pytest.mark.parametrize(
    "call",
    [
        'js.show("#menu")', 'js.hide("#menu")', 'js.toggle("#menu")', 'js.focus("#name")',
        'js.focus_first("#menu")', 'js.push_focus("#menu")', "js.pop_focus()",
        'js.dispatch("open", "#menu")', 'js.add_class(["a", "b"], to="#x")',
        'js.remove_class("a", to="#x")', 'js.toggle_class(["a"], to="#x")',
        'js.push("save", value={"id": 1})', 'js.exec("data-x", to="#x")',
        'js.navigate("/a", replace=True)', 'js.patch("/a")', 'js.remove_attribute("open", to="#x")',
        'js.transition("shake", to="#x")', 'js.show("#a", transition="fade-in", time=300)',
    ],
)  # fmt: skip
def test_pyview_s_calls_of_commands_are_calls_here(call: str) -> None:
    assert eval(call, {"js": js})


def test_every_command_is_there_and_named() -> None:
    text = (ROOT / "docs/guides/events.md").read_text() + left_columns(COMING_FROM)
    assert missing(text, PHOENIX["js"]) == []
    assert all(callable(getattr(js, name)) for name in PHOENIX["js"])


def in_text(pattern: str) -> set[str]:
    """What a pattern finds in the documents, as `name (document)`."""
    return {
        f"{name} ({document.relative_to(ROOT)})"
        for document in DOCUMENTS
        for name in re.findall(pattern, document.read_text(encoding="utf-8"))
    }


def unknown(found: set[str], known: set[str]) -> list[str]:
    assert found
    return sorted(entry for entry in found if entry.partition(" ")[0] not in known)


def test_what_sockets_are_said_to_have_they_have() -> None:
    assert unknown(in_text(r"self\.socket\.(\w+)"), set(dir(Socket))) == []


def test_options_of_applications_are_options() -> None:
    known = set(inspect.signature(Wirebird).parameters) | {"exception_handlers", "lifespan"}
    assert unknown(in_text(r"Wirebird\((\w+)="), known) == []


def test_options_of_limits_are_options() -> None:
    known = {field.name for field in dataclasses.fields(wirebird.Limits)}
    assert unknown(in_text(r"Limits[.(](\w+)"), known) == []


def test_parts_of_an_application_are_parts() -> None:
    text = r"\bapp\.(live\w*|path_for|components|macros|templates|disconnect|pubsub)\b"
    assert unknown(in_text(text), {*dir(Wirebird), "templates", "pubsub"}) == []
    known = {*dir(Wirebird), "templates", "presence"}
    assert {*re.findall(r"`app\.(\w+)", COMING_FROM.read_text())} <= known


def test_commands_are_commands() -> None:
    assert unknown(in_text(r"\bjs\.(\w+)\("), set(dir(js))) == []


def test_components_are_components() -> None:
    assert unknown(in_text(r"\bui\.(\w+)\("), set(vars(ui))) == []
    promised = "async_result focus_wrap portal intersperse dynamic_tag form input live_title"
    assert set(promised.split()) <= set(vars(ui))


def test_callbacks_are_callbacks() -> None:
    assert LiveView.__doc__ is not None
    assert LiveComponent.__doc__ is not None
    for name in ("mount", "handle_params", "handle_event", "handle_info", "handle_async", "render"):
        assert f"{name}(self" in LiveView.__doc__
    for name in ("mount", "update", "update_many"):
        assert name in LiveComponent.__doc__
    assert hasattr(LiveComponent, "myself") or "myself" in LiveComponent.__doc__


def anchors(document: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


def links(document: Path) -> list[str]:
    """Where a document's links lead: into the repository, or (with `://`) elsewhere."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    found: list[str] = re.findall(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", text, re.MULTILINE)
    return [inline or defined for inline, defined in found]


@pytest.mark.parametrize("document", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    broken: list[str] = []
    for link in links(document):
        # What the package's page shows too is linked as a whole address.
        ours = re.fullmatch(rf"{PROJECT}/(?:blob|tree)/main/(.+)", link)
        if "://" in link and ours is None:
            continue
        path, _, anchor = (ours[1] if ours else link).partition("#")
        folder = ROOT if ours else document.parent
        target = (folder / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_the_package_s_page_has_whole_addresses_only() -> None:
    assert [link for link in links(ROOT / "README.md") if "://" not in link] == []
    assert {address.split("/blob/")[0].removesuffix("/issues") for address in URLS} == {PROJECT}
