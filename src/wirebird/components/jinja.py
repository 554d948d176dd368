"""`ui`: the library under one name, for Jinja.

The rule: what has a body in Jinja (`{% call %}`) is a component there; the others are functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wirebird.components.buttons import button
from wirebird.components.flashes import flash, flash_group
from wirebird.components.focus import focus_wrap
from wirebird.components.form_parts import errors, inputs_for
from wirebird.components.forms import form
from wirebird.components.headers import header
from wirebird.components.icons import icon
from wirebird.components.inputs import input
from wirebird.components.lists import description_list
from wirebird.components.modals import dialog, hide_modal, modal, show_modal
from wirebird.components.pieces import dynamic_tag, intersperse
from wirebird.components.portals import portal
from wirebird.components.results import async_result
from wirebird.components.scrolling import infinite_scroll
from wirebird.components.tables import col, table
from wirebird.components.titles import live_title
from wirebird.components.uploads import live_file_input, live_img_preview, upload_errors
from wirebird.html.errors import ComponentError
from wirebird.html.jinja.components import JinjaComponent
from wirebird.names import did_you_mean

_COMPONENTS: tuple[Callable[..., Any], ...] = (
    async_result,
    button,
    description_list,
    dialog,
    dynamic_tag,
    errors,
    flash,
    flash_group,
    focus_wrap,
    form,
    header,
    icon,
    infinite_scroll,
    input,
    inputs_for,
    intersperse,
    live_file_input,
    live_img_preview,
    live_title,
    modal,
    portal,
    table,
)
_FUNCTIONS: tuple[Callable[..., Any], ...] = (col, hide_modal, show_modal, upload_errors)


class Library:
    """The components as a Jinja template sees them: `{{ ui.button("Save") }}`."""

    def __init__(self) -> None:
        for component in _COMPONENTS:
            name = component.__name__
            setattr(self, name, JinjaComponent(component, f"ui.{name}"))
        for function in _FUNCTIONS:
            setattr(self, function.__name__, function)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        known = sorted(vars(self))
        meant = did_you_mean(name, known, f"there are {', '.join(known)}")
        # Not an AttributeError, which Jinja would take for a name that is merely not there.
        raise ComponentError(f"there is no component ui.{name}: {meant}")

    def __repr__(self) -> str:
        return "<wirebird.components>"


ui = Library()
