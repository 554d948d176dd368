"""A form that was sent before the page's script was there: its page again, with what was typed.

The rule: nothing is done with what came but to show it, and only to a page of our own; secrets are
never shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from markupsafe import escape
from python_multipart.exceptions import FormParserError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from wirebird.web.application import Application
from wirebird.web.csrf import csrf_valid

TYPED = "data-wirebird-typed"
"""On the fields that were filled in: by it the client knows that the view must hear of them."""

_OWN = ("_csrf_token", "_method")
_NOT_TYPED = frozenset({"hidden", "submit", "button", "image", "reset", "file", "password"})
_SECRET = frozenset({"current-password", "new-password", "one-time-code", "cc-number", "cc-csc"})


async def sent_fields(app: Application, request: Request) -> dict[str, list[str]]:
    """Return the fields of a form that was posted to a live page, without its files.

    Raises:
        HTTPException: 403 when a page of somebody else sent it, 413 when it is larger than a frame
            may be, 400 when it is no form.
    """
    left = app.limits.frame_size

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    fields: dict[str, list[str]] = {}
    try:
        async with Request(request.scope, receive).form(max_fields=10_000) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    fields.setdefault(name, []).append(value)
    except FormParserError as error:  # which older versions of Starlette let through
        raise HTTPException(400) from error
    tokens = fields.get("_csrf_token", [None])
    if not _is_own(app, request) and not csrf_valid(request, tokens[0]):
        raise HTTPException(403)
    return {name: values for name, values in fields.items() if name not in _OWN}


def _is_own(app: Application, request: Request) -> bool:
    headers = request.headers
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    origin = headers.get("origin")
    return origin is not None and app.origin_allowed(origin, headers.get("host", ""))


def filled(html: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Return a page with its form filled in: of those that are posted, the one most like it.

    Passwords, hidden and disabled fields stay as they are.

    Args:
        html: The page.
        fields: What was sent, by name.
    """
    page = _Page()
    page.feed(html)
    page.close()
    posted = [form for form in page.forms if form.posts and not form.names.isdisjoint(fields)]
    if not posted:
        return html
    form = max(posted, key=lambda form: len(form.names & fields.keys()))
    left = {name: list(values) for name, values in fields.items()}
    parts: list[str] = []
    at = 0
    for each in sorted(page.fields_of(form), key=lambda each: each.start):
        for start, end, text in each.edits(left):
            parts += html[at:start], text
            at = end
    return "".join(parts) + html[at:]


_Edit = tuple[int, int, str]


@dataclass(slots=True, eq=False)
class _Form:
    id: str | None
    posts: bool
    names: set[str] = field(default_factory=set[str])


@dataclass(slots=True, eq=False)
class _Tag:
    """A start tag, and where it and its content stand in the page."""

    name: str
    attributes: dict[str, str | None]
    start: int
    end: int
    content_end: int = 0
    text: str = ""

    def written(self, more: dict[str, str | None], without: str = "") -> _Edit:
        """Return the edit that writes the tag with other attributes."""
        given = {k: v for k, v in self.attributes.items() if k != without} | more
        text = "".join(f" {k}" if v is None else f' {k}="{escape(v)}"' for k, v in given.items())
        return self.start, self.end, f"<{self.name}{text}>"


@dataclass(slots=True, eq=False)
class _Field(_Tag):
    form: _Form | None = None
    form_id: str | None = None
    options: list[_Tag] = field(default_factory=list[_Tag])

    def edits(self, left: dict[str, list[str]]) -> list[_Edit]:
        """Return what must be changed in the page for what was sent."""
        name = self.attributes.get("name") or ""
        kind = (self.attributes.get("type") or "").lower() if self.name == "input" else ""
        hints = (self.attributes.get("autocomplete") or "").lower().split()
        if kind in _NOT_TYPED or "disabled" in self.attributes or not _SECRET.isdisjoint(hints):
            return []
        if kind in ("checkbox", "radio"):
            return self._ticked((self.attributes.get("value") or "on") in left.get(name, ()))
        values = left.get(name)
        if not values:
            return []
        if self.name == "select":
            return self._chosen(values)
        value = values.pop(0).replace("\r\n", "\n")
        if self.name == "textarea":
            if value == self.text.removeprefix("\n"):
                return []
            # Browsers drop a line break at the beginning.
            return [self.written({TYPED: None}), (self.end, self.content_end, f"\n{escape(value)}")]
        if value == (self.attributes.get("value") or ""):
            return []
        return [self.written({"value": value, TYPED: None})]

    def _ticked(self, is_ticked: bool) -> list[_Edit]:
        if is_ticked == ("checked" in self.attributes):
            return []
        more: dict[str, str | None] = {"checked": None} if is_ticked else {}
        return [self.written({**more, TYPED: None}, without="checked")]

    def _chosen(self, values: Sequence[str]) -> list[_Edit]:
        left: Sequence[str] = values
        edits = [self.written({TYPED: None})]
        for option in self.options:
            value = option.attributes.get("value")
            is_chosen = (option.text.strip() if value is None else value) in left
            if is_chosen and "multiple" not in self.attributes:
                left = ()
            if is_chosen != ("selected" in option.attributes):
                more: dict[str, str | None] = {"selected": None} if is_chosen else {}
                edits.append(option.written(more, without="selected"))
        return edits if len(edits) > 1 else []


class _Page(HTMLParser):
    """Finds the forms of a page and the places of their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._fields: list[_Field] = []
        self._open: _Form | None = None
        self._reading: _Tag | None = None
        self._select: _Field | None = None
        self._lines = [0]

    def feed(self, data: str) -> None:
        """Read the page."""
        at = data.find("\n")
        while at >= 0:
            self._lines.append(at + 1)
            at = data.find("\n", at + 1)
        super().feed(data)

    def fields_of(self, form: _Form) -> list[_Field]:
        """Return a form's fields, those that stand elsewhere and name it included."""
        return [each for each in self._fields if self._form_of(each) is form]

    def close(self) -> None:
        """End the reading: each form knows the names of its fields."""
        super().close()
        for each in self._fields:
            form = self._form_of(each)
            name = each.attributes.get("name")
            if form is not None and name:
                form.names.add(name)

    def _form_of(self, each: _Field) -> _Form | None:
        if each.form_id is None:
            return each.form
        return next((form for form in self.forms if form.id == each.form_id), None)

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("form", "input", "textarea", "select", "option", "button"):
            return
        start = self._at()
        end = start + len(self.get_starttag_text() or "")
        attributes: dict[str, str | None] = {}
        for name, value in attrs:
            attributes.setdefault(name, value)
        if tag == "form":
            method = attributes.get("method") or "get"
            self._open = _Form(attributes.get("id"), method.lower() == "post")
            self.forms.append(self._open)
        elif tag == "option":
            self._reading = _Tag(tag, attributes, start, end)
            if self._select is not None:
                self._select.options.append(self._reading)
        else:
            form_id = attributes.get("form")
            found = _Field(tag, attributes, start, end, form=self._open, form_id=form_id)
            self._fields.append(found)
            if tag == "textarea":
                self._reading = found
            elif tag == "select":
                self._select = found

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = self._reading = None
        elif tag in ("textarea", "option") and self._reading is not None:
            self._reading.content_end = self._at()
            self._reading = None

    def handle_data(self, data: str) -> None:
        if self._reading is not None:
            self._reading.text += data
