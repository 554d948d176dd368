"""Forms as a browser fills in, reads and sends them.

The rule: a form starts with what its HTML says, takes only what a person could enter, and is sent
field by field in the order of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast
from urllib.parse import quote_plus

from wirebird.testing.errors import ElementError
from wirebird.testing.html import (
    LexborHTMLParser,
    LexborNode,
    ancestors,
    attribute,
    opening_tag,
    text_of,
)

Values: TypeAlias = "Mapping[str, Any]"
"""Values by field name, flat (`{"user[name]": "x"}`) or nested (`{"user": {"name": "x"}}`)."""

Place: TypeAlias = tuple[str, int]
"""A control of a form: its name, and how many of that name stand before it."""

Entries: TypeAlias = Mapping[Place, list[str]]
"""What the controls of one form would send, where that is not what their HTML says."""

BUTTONS = frozenset({"button", "image", "reset", "submit"})
CHECKABLE = frozenset({"checkbox", "radio"})
CONTROLS = frozenset({"button", "input", "select", "textarea"})

_NAME = re.compile(r"([^\[\]]+)(\]?$)")
_LINE = re.compile(r"\r\n|\r|\n")

_DATE, _TIME = r"\d{4,}-\d\d-\d\d", r"\d\d:\d\d(:\d\d(\.\d{1,3})?)?"
_FORMATS = {
    "color": "#[0-9a-fA-F]{6}",
    "date": _DATE,
    "datetime-local": f"{_DATE}[T ]{_TIME}",
    "month": r"\d{4,}-\d\d",
    "number": r"-?(\d+|\d*\.\d+)([eE][-+]?\d+)?",
    "range": r"-?(\d+|\d*\.\d+)([eE][-+]?\d+)?",
    "time": _TIME,
    "week": r"\d{4,}-W\d\d",
}
"""What inputs of a type can have as a value: a browser sends nothing else, but an empty text."""

_LINES = frozenset({"email", "password", "search", "tel", "text", "url"})
"""Inputs of one line."""


@dataclass(slots=True)
class Control:
    """One input, select, textarea or button of a form.

    Attributes:
        node: The element.
        name: Its name.
        kind: The type of an input or button, else the tag.
        values: What it would send.
        options: The values that a select, checkbox or radio can have.
        multiple: Whether it can have several.
        disabled: Whether nobody can use it.
    """

    node: LexborNode
    name: str
    kind: str
    values: list[str]
    options: list[str] = field(default_factory=list[str])
    multiple: bool = False
    disabled: bool = False


class Form:
    """A form with the values that it has or was given.

    Args:
        node: The form's element.
        document: The page, where a form's inputs may be anywhere.
        entries: What a person has entered before.

    Attributes:
        key: What tells it from the other forms of its view.
    """

    def __init__(
        self, node: LexborNode, document: LexborHTMLParser, entries: Entries | None = None
    ) -> None:
        self.node = node
        self.id = attribute(node, "id") or ""
        self.key = self.id or opening_tag(node)
        self.controls = [
            _control(each)
            for each in document.css("button,input,select,textarea")
            if form_of(each, document) == node
        ]
        self._shown = [each.values for each in self.controls]
        for place, control in self._places():
            if entries and place in entries:
                control.values = [
                    value
                    for value in entries[place]
                    if control.kind != "select" or value in control.options
                ]

    def entered(self) -> Entries:
        """Return what its controls hold that their HTML does not say."""
        return {
            place: control.values
            for (place, control), shown in zip(self._places(), self._shown, strict=True)
            if control.values != shown
        }

    def ignored(self) -> set[Place]:
        """Return its controls that changes of the page leave alone."""
        return {
            place
            for place, control in self._places()
            if any(attribute(each, "phx-update") == "ignore" for each in ancestors(control.node))
        }

    def _places(self) -> Iterator[tuple[Place, Control]]:
        counts: dict[str, int] = {}
        for control in self.controls:
            count = counts[control.name] = counts.get(control.name, -1) + 1
            yield (control.name, count), control

    def fill(self, values: Values) -> list[str]:
        """Enter values, and return the names of their fields.

        Raises:
            ElementError: There is no such field, or it does not take such a value.
        """
        filled: list[str] = []
        for name, value in _flat(values):
            controls = [each for each in self.controls if each.name in (name, f"{name}[]")]
            buttons = [each for each in controls if each.kind in BUTTONS]
            controls = [each for each in controls if each.kind not in BUTTONS]
            if not controls:
                if buttons:
                    raise ElementError(f"{opening_tag(buttons[0].node)} is a button: click it")
                fields = (each for each in self.controls if each.kind not in BUTTONS)
                names = ", ".join(dict.fromkeys(each.name for each in fields if each.name))
                raise ElementError(
                    f"{opening_tag(self.node)} has no field {name!r}; its fields: {names or 'none'}"
                )
            shown = [each for each in controls if each.kind != "hidden"]
            self.enter(shown or controls, value)
            filled.append(controls[0].name)
        return filled

    @property
    def first_name(self) -> str:
        """The name of the first field that a person sees."""
        shown = (each.name for each in self.controls if each.name and each.kind != "hidden")
        return next(shown, "")

    def control(self, node: LexborNode | None) -> Control | None:
        """Return the control of an element, if it is one of this form."""
        return next((each for each in self.controls if each.node == node), None)

    def submitter(self, selector: str | None) -> Control | None:
        """Return the button that submits: the one that matches, else the form's first.

        Raises:
            ElementError: No submit button of the form matches, or it is disabled.
        """
        buttons = [each for each in self.controls if each.kind in ("submit", "image")]
        if selector is None:
            first = next(iter(buttons), None)
            if first is not None and first.disabled:
                raise ElementError(
                    f"{opening_tag(first.node)} is disabled: the Enter key does nothing"
                )
            return first
        matching = [each for each in buttons if each.node.css_matches(selector)]
        if len(matching) != 1:
            known = ", ".join(opening_tag(each.node) for each in buttons) or "none"
            raise ElementError(
                f"{len(matching)} submit buttons of {opening_tag(self.node)} match {selector!r};"
                f" its submit buttons: {known}"
            )
        if matching[0].disabled:
            raise ElementError(f"{opening_tag(matching[0].node)} is disabled")
        return matching[0]

    def posted(self, submitter: Control | None = None) -> list[tuple[str, str]]:
        """Return what the form sends over HTTP: lines end as they do on the wire."""
        pairs: list[tuple[str, str]] = []
        for each in self.controls:
            if each.disabled or not (each.name or each is submitter):
                continue
            if each is submitter and each.kind == "image":
                prefix = f"{each.name}." if each.name else ""
                pairs += [(f"{prefix}x", "0"), (f"{prefix}y", "0")]
            elif each.kind == "file":
                pairs.append((each.name, ""))
            elif each.name and (each.kind not in BUTTONS or each is submitter):
                pairs += [(each.name, _LINE.sub("\r\n", value)) for value in each.values]
        return pairs

    def entries(self, submitter: Control | None = None) -> list[tuple[str, str]]:
        """Return what the form sends over the socket, in order."""
        return [
            (each.name, value)
            for each in self.controls
            if each.name and not each.disabled
            if each.kind not in BUTTONS or each is submitter
            for value in each.values
        ]

    def encode(
        self, used: Iterable[str], submitter: Control | None = None, only: str | None = None
    ) -> str:
        """Return the form as the client sends it: URL-encoded, with its unused fields marked.

        Args:
            used: Names of fields that the person has been in.
            submitter: The button that was used.
            only: The one name to send.
        """
        used = set(used)
        plain = attribute(self.node, "phx-no-unused-field") is not None
        for each in self.controls:
            if attribute(each.node, "phx-no-unused-field") is not None:
                used.add(each.name)
        shown = {each.name for each in self.controls if each.kind != "hidden"}
        pairs: list[tuple[str, str]] = []
        for name, value in self.entries(submitter):
            if only is not None and name != only:
                continue
            by_button = submitter is not None and submitter.name == name
            if not plain and name not in used and not by_button and name in shown:
                pairs.append((_unused(name), ""))
            pairs.append((name, value))
        return urlencode(pairs)

    def enter(self, controls: Sequence[Control], value: Any) -> None:
        """Enter a value in the controls of one name.

        Raises:
            ElementError: They do not take it.
        """
        first = controls[0]
        if any(each.disabled for each in controls):
            raise ElementError(f"{opening_tag(first.node)} is disabled")
        if first.kind == "file":
            raise ElementError(f"{opening_tag(first.node)} takes files, not values")
        given = _texts(value)
        if first.kind in CHECKABLE:
            _check(controls, value, given)
        elif first.kind == "select":
            unknown = [each for each in given if each not in first.options]
            if unknown or (len(given) != 1 and not first.multiple):
                raise ElementError(
                    f"{opening_tag(first.node)} cannot be {value!r}; its options: {first.options}"
                )
            first.values = given
        elif len(given) == len(controls):
            for each, text in zip(controls, given, strict=True):
                if attribute(each.node, "readonly") is not None:
                    raise ElementError(f"{opening_tag(each.node)} is read-only")
                _check_text(each, text)
                each.values = [text]
        else:
            raise ElementError(
                f"{opening_tag(first.node)} takes {len(controls)} value(s), got {value!r}"
            )


def form_of(node: LexborNode, document: LexborHTMLParser) -> LexborNode | None:
    """Return the form that a control belongs to."""
    named = attribute(node, "form")
    if named is not None:
        return next((each for each in document.css("form") if attribute(each, "id") == named), None)
    return next((each for each in ancestors(node) if each.tag == "form"), None)


def is_disabled(node: LexborNode) -> bool:
    """Tell whether an element, or the fieldset that it is in, is disabled."""
    inside: LexborNode | None = None
    for each in ancestors(node):
        if "disabled" in each.attributes:
            if each == node and each.tag in (*CONTROLS, "option"):
                return True
            if each.tag == "optgroup" and node.tag == "option":
                return True
            if each.tag == "fieldset" and not _is_legend(inside, each):
                return True
        inside = each
    return False


def _is_legend(node: LexborNode | None, fieldset: LexborNode) -> bool:
    """Tell whether a child is the fieldset's legend, which is used even when that is disabled."""
    legends = (each for each in fieldset.iter() if each.tag == "legend")
    return node is not None and node == next(legends, None)


def value_of(node: LexborNode) -> str | int | None:
    """Return an element's value, as a click sends it; None if it has none."""
    if node.tag in CONTROLS:
        control = _control(node)
        if control.kind in CHECKABLE:
            return control.values[0] if control.values else None
        return control.values[0] if control.values else ""
    if node.tag == "option":
        return _option_value(node)
    if node.tag == "li":
        number = attribute(node, "value") or ""
        return int(number) if number.lstrip("-").isdigit() else 0
    return None


def kind_of(node: LexborNode) -> str:
    """Return the type of an input or button, else the tag."""
    tag = node.tag or ""
    if tag == "input":
        return (attribute(node, "type") or "text").lower()
    if tag == "button":
        return (attribute(node, "type") or "submit").lower()
    return tag


def urlencode(pairs: Iterable[tuple[str, str]]) -> str:
    """Encode as browsers do."""
    return "&".join(
        f"{quote_plus(name, safe='*-._')}={quote_plus(value, safe='*-._')}" for name, value in pairs
    )


def _control(node: LexborNode) -> Control:
    kind = kind_of(node)
    control = Control(node, attribute(node, "name") or "", kind, [], disabled=is_disabled(node))
    if kind == "select":
        options = [each for each in node.css("option") if not is_disabled(each)]
        control.options = [_option_value(each) for each in options]
        control.multiple = attribute(node, "multiple") is not None
        control.values = [
            _option_value(each) for each in options if attribute(each, "selected") is not None
        ]
        if not control.multiple:
            control.values = control.values[-1:] or control.options[:1]
    elif kind == "textarea":
        control.values = [node.text(deep=True)]
    elif kind in CHECKABLE:
        value = attribute(node, "value")
        control.options = ["on" if value is None else value]
        if attribute(node, "checked") is not None:
            control.values = list(control.options)
    elif kind != "file":
        control.values = [attribute(node, "value") or ""]
    return control


def _option_value(node: LexborNode) -> str:
    value = attribute(node, "value")
    return text_of(node) if value is None else value


def _check_text(control: Control, text: str) -> None:
    """Refuse what a browser would not let anybody enter in an input."""
    wanted = _FORMATS.get(control.kind)
    if wanted is not None and text and not re.fullmatch(wanted, text):
        raise ElementError(
            f"{opening_tag(control.node)} cannot be {text!r}: a browser would send an empty value"
        )
    if control.kind in _LINES and _LINE.search(text):
        raise ElementError(f"{opening_tag(control.node)} has one line, got {text!r}")


def _check(controls: Sequence[Control], value: Any, given: list[str]) -> None:
    options = [each.options[0] for each in controls]
    if value is True and len(controls) == 1:
        given = options
    elif value is False or value is None:
        given = []
    unknown = [each for each in given if each not in options]
    if unknown or (controls[0].kind == "radio" and len(given) != 1):
        raise ElementError(
            f"{opening_tag(controls[0].node)} cannot be {value!r}; it can be one of {options}"
            + (", True or False" if controls[0].kind == "checkbox" else "")
        )
    for each in controls:
        each.values = list(each.options) if each.options[0] in given else []


def _texts(value: Any) -> list[str]:
    if isinstance(value, list | tuple | set | frozenset):
        return [_text(each) for each in cast("Iterable[Any]", value)]
    return [_text(value)]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _flat(values: Values, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, Mapping):
            yield from _flat(cast(Values, value), name)
        else:
            yield name, value


def _unused(name: str) -> str:
    many = name.endswith("[]")
    base = name[:-2] if many else name
    return _NAME.sub(r"_unused_\1\2", base, count=1) + ("[]" if many else "")
