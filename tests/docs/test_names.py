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


def words(text: str) -> list[str]:
    return text.split()


# What Phoenix LiveView 1.2 and PyView 0.9 offer by name, apart from what is Phoenix's own client.
PHOENIX = words("""
    mount handle_params handle_event handle_info handle_async render terminate assign_new connected?
    get_connect_params get_connect_info push_patch push_navigate redirect push_event put_flash
    clear_flash stream stream_configure stream_insert stream_delete stream_delete_by_dom_id
    stream_async assign_async start_async cancel_async send_update send_update_after static_changed?
    navigation_type attach_hook detach_hook on_mount put_private transport allow_upload
    disallow_upload cancel_upload uploaded_entries consume_uploaded_entries consume_uploaded_entry
    temporary_assigns layout :noreply :reply :stop update update_many @myself attr slot render_slot
    form to_form inputs_for used_input? upload_errors link live_component live_render live_title
    live_file_input live_img_preview focus_wrap portal async_result dynamic_tag dynamic_component
    intersperse embed_templates live_session container metadata root_layout concat to_encodable
    Presence PubSub UploadWriter Debug LiveViewTest open_browser file_input preflight_upload
    render_upload
""")
PYVIEW = words("""
    add_live_view LiveViewSocket ConnectedLiveViewSocket is_connected context live_title subscribe
    broadcast schedule_info schedule_info_once send_info start_stream replace_navigate @event @info
    BaseEventHandler AutoEventDispatch Params Depends Session LiveComponent live_component
    send_parent slots TemplateView stream_for filters Stream UploadConstraints auto_upload progress
    external ExternalUploadMeta consume_external_uploads live_file_input upload_preview_tag S3 js
    @requires AuthProvider change_set defaultRootTemplate InstrumentationProvider playground
    create-view
""")
COMMANDS = words("""
    show hide toggle add_class remove_class toggle_class transition set_attribute remove_attribute
    toggle_attribute ignore_attributes dispatch push focus focus_first push_focus pop_focus navigate
    patch exec concat to_encodable
""")
BINDINGS = words("""
    click click-away change submit focus blur keydown keyup key value- target debounce throttle
    disable-with update remove mounted connected disconnected hook viewport-top viewport-bottom
    trigger-action auto-recover
""")
TESTS = words("""
    live live_isolated live_redirect element has_element? put_submitter render render_click
    render_change render_submit render_keydown render_focus render_hook render_async render_patch
    render_component follow_redirect follow_trigger_action submit_form with_target find_live_child
    live_children page_title assert_patch assert_redirect assert_push_event refute_push_event
    assert_reply put_connect_params
""")


def left_columns(document: Path) -> str:
    """What stands on the left of a document's tables."""
    lines = document.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.split(" | ")[0] for line in lines if line.startswith("| "))


def has(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w@:]){re.escape(name)}(?![\w-])", text) is not None


@pytest.mark.parametrize("name", [*PHOENIX, *PYVIEW])
def test_a_name_from_elsewhere_is_found(name: str) -> None:
    assert has(left_columns(COMING_FROM), name)


@pytest.mark.parametrize("name", TESTS)
def test_a_name_of_phoenix_s_tests_is_found(name: str) -> None:
    assert has(left_columns(ROOT / "docs" / "testing.md"), name)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_named(name: str) -> None:
    assert callable(getattr(js, name))
    assert has((ROOT / "docs/guides/events.md").read_text() + left_columns(COMING_FROM), name)


@pytest.mark.parametrize("name", BINDINGS)
def test_every_binding_is_named(name: str) -> None:
    text = "".join(file.read_text() for file in (ROOT / "docs/guides").glob("*.md"))
    assert f"phx-{name}" in text


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
