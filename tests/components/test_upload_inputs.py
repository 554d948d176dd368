"""`live_file_input`, and what no attribute of one's own may take the place of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.components.markup import attributes, html_of
from wirebird.components import (
    button,
    flash,
    focus_wrap,
    form,
    infinite_scroll,
    input,
    live_file_input,
    live_img_preview,
    modal,
    table,
)
from wirebird.html.errors import ComponentError
from wirebird.uploads.accept import Accept
from wirebird.uploads.entry import UploadEntry
from wirebird.uploads.upload import Upload


def upload() -> Upload:
    return Upload(name="photos", accept=Accept([".png"]), max_entries=2)


def test_a_file_input_has_no_class_but_those_it_is_given() -> None:
    assert "class" not in attributes(live_file_input(upload()), "input")
    assert attributes(live_file_input(upload(), class_="mine"), "input")["class"] == "mine"


def entry(of: Upload) -> UploadEntry:
    (found,) = of.choose([{"ref": "0", "name": "a.png", "size": 1}])
    return found


@pytest.mark.parametrize(
    ("component", "said"),
    [
        (lambda: live_file_input(upload(), id="pics"), r"live_file_input\(\) says id itself"),
        (lambda: live_file_input(upload(), data_phx_upload_ref="x"), "data-phx-upload-ref"),
        (lambda: live_file_input(upload(), data_phx_hook="Mine"), "says data-phx-hook itself"),
        (lambda: live_img_preview(entry(upload()), phx_update="stream"), "phx-update"),
        (lambda: focus_wrap("x", id="a", phx_hook="Mine"), "phx-hook"),
        (lambda: infinite_scroll("x", id="a", phx_update="append"), "phx-update"),
        (lambda: form("x", id="a", on_submit="save", phx_submit="other"), "phx-submit"),
        (lambda: form("x", id="a", id_="b"), r"say id=\.\.\."),
        (lambda: table([1], id="a", col=[], id_="b"), "columns"),
        (lambda: button("x", type="button", type_="submit"), "type"),
        (lambda: input("a", label="A", id="i", id_="j"), r"say id=\.\.\."),
        (lambda: modal("x", id="a", id_="b"), "id"),
    ],
)
def test_what_the_browsers_script_needs_is_not_overridden(
    component: Callable[[], Any], said: str
) -> None:
    with pytest.raises(ComponentError, match=said):
        component()


def test_what_it_does_not_need_is() -> None:
    assert 'role="log"' in html_of(flash("x", role="log"))
    assert 'phx-hook="Mine"' in html_of(form("x", id="a", phx_hook="Mine"))
    assert 'phx-submit="save"' in html_of(form("x", id="a", phx_submit="save"))
