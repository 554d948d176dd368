"""`Control`: what an `input` is to be, and one function for each kind of control that writes it.

The rule: whoever fills in a control decides what it is; the writers only put it into markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from wirebird.components.icons import icon
from wirebird.components.library import ClassNames, Content, Markups
from wirebird.components.options import Choice, Options, choices, grouped, text_of
from wirebird.forms.values import is_true
from wirebird.html.attributes import attributes as written
from wirebird.html.attributes import class_names
from wirebird.html.content import content
from wirebird.html.errors import ComponentError
from wirebird.html.fragment import Fragment

_html = Markups("inputs.html")
_NO_ID = re.compile(r"[^\w-]+")
_NAMES = ("aria-label", "aria-labelledby")


@dataclass(slots=True)
class Control:
    """What an input is to be: what its caller says, to which its field adds the rest.

    The attributes are those of `input`, except:

    Attributes:
        attributes: More attributes of the control, by their names in HTML.
        says_nothing: Whether a hidden field says that nothing was chosen, where a browser would
            send nothing at all.
        begun: What the form began with, as values and labels: as long as it is chosen it can be
            chosen, whatever the options are.
    """

    name: str | None
    type: str | None
    label: Content
    value: Any
    id: str | None
    help: Content
    errors: Iterable[Any] | None
    used: bool | None
    options: Options
    prompt: str | None
    multiple: bool | None
    checked: bool | None
    class_: ClassNames
    attributes: Mapping[str, Any]
    says_nothing: bool = False
    begun: Iterable[tuple[str, str]] = ()

    @property
    def is_named(self) -> bool:
        """Whether it has a name for people besides its label."""
        return not self.attributes.keys().isdisjoint(_NAMES)

    def settle(self) -> None:
        """Fill in what neither the caller nor the field has said."""
        self.name = self.name or ""
        if self.multiple is None:
            self.multiple = self.type == "checkbox" and self.options != ()
        if self.multiple and self.type in ("select", "checkbox") and not self.name.endswith("[]"):
            self.name += "[]"
        self.id = self.id or _NO_ID.sub("-", self.name).strip("-")
        self.value = None if self.value is ... else self.value

    @property
    def chosen(self) -> list[Any]:
        """The values of a control that offers some."""
        return list(cast("Iterable[Any]", self.value or ())) if self.multiple else [self.value]

    @property
    def text(self) -> str | None:
        """Its value as it stands in the page."""
        return text_of(self.name or "", self.value, self.type or "text")

    def begun_besides(self, offered: Iterable[Choice]) -> list[Choice]:
        """Return what is chosen since the form began with it, and is not among the options."""
        known = {choice.value for choice in offered}
        on = {text_of(self.name or "", value, "") for value in self.chosen}
        return [
            Choice(value, label, True)
            for value, label in self.begun
            if value in on and value not in known
        ]

    def off(self, value: str) -> Any:
        """Return the attributes of the hidden field that is sent when nothing is chosen."""
        shared = {
            key: self.attributes[key] for key in ("disabled", "form") if key in self.attributes
        }
        return written({"type": "hidden", "name": self.name, "value": value}, shared)

    def written(self, own: Mapping[str, Any]) -> Any:
        """Return the attributes of its tag, `own` first."""
        return written(own, self.attributes)


class _Surroundings:
    """What stands around a control: its label, its help and its errors, tied to it."""

    __slots__ = ("about", "state")

    def __init__(self, it: Control) -> None:
        caption = content(it.label)
        if caption is None and not it.is_named:
            raise ComponentError(
                f"input({it.name!r}) lacks a label: give one, or an aria_label when none is shown"
            )
        hint = content(it.help)
        wrong = [str(error) for error in it.errors or ()] if it.used is not False else []
        described = [
            *([f"{it.id}-help"] if hint is not None else []),
            *([f"{it.id}-error"] if wrong else []),
        ]
        self.state = {
            "aria-invalid": "true" if wrong else None,
            "aria-describedby": " ".join(described) or None,
        }
        errors = _html.errors(it.id, icon("alert"), wrong) if wrong else None
        self.about = (it.id, caption, hint, errors)


def hidden(it: Control) -> Fragment:
    """An input that nobody sees, and that needs no label."""
    own = {"type": it.type, "name": it.name, "id": it.id, "value": it.text}
    return _html.hidden(it.written(own))


def checkbox(it: Control) -> Fragment:
    """One box, or a group of them."""
    if it.multiple:
        return choice_group(it)
    around = _Surroundings(it)
    ticked = is_true(it.value) if it.checked is None else it.checked
    own = {"type": it.type, "id": it.id, "name": it.name, "value": "true", "checked": ticked}
    look = {"class": class_names("wb-checkbox", it.class_)}
    box = written(own | around.state, look, it.attributes)
    return _html.checkbox(it.off("false"), box, *around.about)


def choice_group(it: Control) -> Fragment:
    """A group of radios or of boxes."""
    around = _Surroundings(it)
    shared = {"type": it.type, "name": it.name, **around.state}
    found = choices(it.name or "", it.options, it.chosen)
    offered = [
        (
            written(
                shared,
                {"id": f"{it.id}-{place}", "value": choice.value, "checked": choice.chosen},
                it.attributes,
            ),
            choice.label,
        )
        for place, choice in enumerate(found + it.begun_besides(found))
    ]
    group: dict[str, Any] = {
        "role": "radiogroup" if it.type == "radio" else "group",
        "class": class_names("wb-choices", it.class_),
        "aria-label": it.attributes.get("aria-label"),
    }
    nothing = it.off("") if it.says_nothing else None
    return _html.choices(it.type, nothing, written(group), offered, *around.about)


def select(it: Control) -> Fragment:
    """A select of one value or of several."""
    around = _Surroundings(it)
    own = _own(it, around) | {"multiple": it.multiple}
    groups = grouped(it.name or "", it.options, it.chosen)
    nothing = it.off("") if it.says_nothing else None
    every = [choice for _, offered in groups for choice in offered]
    if besides := it.begun_besides(every):
        groups.append((None, besides))
    is_chosen = any(choice.chosen for choice in (*every, *besides))
    prompt = it.prompt
    if any(choice.value == "" for choice in every):
        prompt = None
    elif not is_chosen and not it.multiple and it.value not in (None, ""):
        prompt = prompt or ""  # a browser would choose the first option
    shown = _html.select(nothing, it.written(own), prompt, groups, not is_chosen)
    return _html.field(it.type, shown, *around.about)


def textarea(it: Control) -> Fragment:
    """A text of several lines."""
    around = _Surroundings(it)
    shown = _html.textarea(it.written(_own(it, around)), it.text or "")
    return _html.field(it.type, shown, *around.about)


def control(it: Control) -> Fragment:
    """Any other `<input>`."""
    around = _Surroundings(it)
    own = _own(it, around) | {"type": it.type, "multiple": it.multiple}
    if it.type != "file":
        own["value"] = it.text
    return _html.field(it.type, _html.control(it.written(own)), *around.about)


def _own(it: Control, around: _Surroundings) -> dict[str, Any]:
    look = class_names("wb-input", it.class_)
    return {"id": it.id, "name": it.name, **around.state, "class": look}


WRITERS: Mapping[str, Callable[[Control], Fragment]] = {
    "hidden": hidden,
    "checkbox": checkbox,
    "radio": choice_group,
    "select": select,
    "textarea": textarea,
}
"""What writes an input, by its type; `control` writes those of all other types."""
