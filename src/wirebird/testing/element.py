"""`Element`: something on the page that a person can find, read and use.

The rule: it is looked up anew each time, and does what the browser's client would do there: no more
than a person could, and with the payload that a person would send.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from wirebird.testing import actions
from wirebird.testing.errors import ElementError
from wirebird.testing.forms import is_disabled, value_of
from wirebird.testing.html import LexborHTMLParser, LexborNode, opening_tag, select, text_of

if TYPE_CHECKING:
    from wirebird.testing.view import View

Text: TypeAlias = "str | re.Pattern[str]"
"""Text to look for: a part of it, or a regular expression."""


def find(document: LexborHTMLParser, selector: str, text: Text | None) -> list[LexborNode]:
    """Return the elements that match a selector and hold a text."""
    nodes = select(document, selector)
    if text is None:
        return nodes
    if isinstance(text, str):
        return [node for node in nodes if text in text_of(node)]
    return [node for node in nodes if text.search(text_of(node))]


class Element:
    """One element of a view's page.

    Get it from `View.element` or `View.all`. It is found anew whenever it is used, so it may be
    kept while the page changes.
    """

    def __init__(
        self, view: View, selector: str, text: Text | None = None, index: int | None = None
    ) -> None:
        self._view = view
        self._selector = selector
        self._text = text
        self._index = index

    def __repr__(self) -> str:
        return f"<Element {self._description()}>"

    # Reading

    @property
    def exists(self) -> bool:
        """Whether it is on the page now."""
        return len(self._found()) > (self._index or 0)

    @property
    def text(self) -> str:
        """Its text as a person reads it: runs of white space are one space."""
        return text_of(self.node)

    @property
    def html(self) -> str:
        """Its HTML."""
        return self.node.html or ""

    @property
    def tag(self) -> str:
        """Its tag, in lower case."""
        return self.node.tag or ""

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes; those without a value are ""."""
        return {name: value or "" for name, value in self.node.attributes.items()}

    @property
    def value(self) -> str | None:
        """The value of an input, select, textarea, button or option."""
        value = value_of(self.node)
        return None if value is None else str(value)

    @property
    def node(self) -> LexborNode:
        """The parsed node.

        Raises:
            ElementError: There is none, or more than one.
        """
        found = self._found()
        if self._index is not None and self._index < len(found):
            return found[self._index]
        if len(found) == 1:
            return found[0]
        if found:
            shown = "\n  ".join(opening_tag(node) + text_of(node)[:60] for node in found[:10])
            raise ElementError(
                f"{len(found)} elements match {self._description()}:\n  {shown}\n"
                "use a closer selector, text=, or one of view.all(...)"
            )
        hint = ""
        if self._text is not None:
            texts = [text_of(each)[:60] for each in select(self._view.page, self._selector)]
            hint = f"\n{self._selector!r} without the text matches {texts}"
        raise ElementError(f"no element matches {self._description()} in\n{self._view.html}{hint}")

    # Using

    async def click(self, *, value: Mapping[str, Any] | None = None) -> View:
        """Click: `phx-click` here or around, a link, a checkbox, a form's submit or reset button.

        Args:
            value: More values to send with `phx-click`.

        Returns:
            The view that the page shows then: another one behind a `navigate` link. Behind a link
            that loads a page, go on with `View.follow_redirect`.

        Raises:
            ElementError: Nothing would happen, or the element is disabled.
        """
        return await actions.click(self._view, self._usable(), value)

    async def click_away(self) -> View:
        """Click outside of it: `phx-click-away`."""
        return await self._bound("phx-click-away", "click", None)

    async def keydown(self, key: str, *, value: Mapping[str, Any] | None = None) -> View:
        """Press a key here: `phx-keydown`. Nothing is sent if `phx-key` names another."""
        return await actions.press(self._view, self._usable(), "phx-keydown", key, value)

    async def keyup(self, key: str, *, value: Mapping[str, Any] | None = None) -> View:
        """Let a key go here: `phx-keyup`. Nothing is sent if `phx-key` names another."""
        return await actions.press(self._view, self._usable(), "phx-keyup", key, value)

    async def focus(self, *, value: Mapping[str, Any] | None = None) -> View:
        """Enter it: `phx-focus`."""
        return await self._bound("phx-focus", "focus", value)

    async def blur(self, *, value: Mapping[str, Any] | None = None) -> View:
        """Leave it: `phx-blur`."""
        return await self._bound("phx-blur", "blur", value)

    async def change(
        self,
        values: Any = None,
        *,
        field: str | None = None,
        value: Mapping[str, Any] | None = None,
    ) -> View:
        """Enter something: `phx-change` of a form, or of one input.

        Args:
            values: Of a form, values by field name, as `{"user[name]": "x"}` or
                `{"user": {"name": "x"}}`; of an input, its value. A checkbox also takes True and
                False.
            field: The field that is sent as `_target`; the last of `values` otherwise.
            value: More values to send.

        Raises:
            ElementError: The form has no such field, or a person could not enter that.
        """
        return await actions.change(self._view, self._usable(), values, field, value)

    async def submit(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        submitter: str | None = None,
        value: Mapping[str, Any] | None = None,
    ) -> View:
        """Fill in a form and submit it: `phx-submit`.

        Args:
            values: Values by field name; the others are as the page has them.
            submitter: A selector of the button to submit with; the form's first otherwise, as with
                the Enter key.
            value: More values to send.

        Raises:
            ElementError: The form has no such field, a person could not enter that, or the button
                is disabled.
        """
        return await actions.submit(self._view, self._usable(), values or {}, submitter, value)

    async def hook_event(self, event: str, payload: Any = None) -> Any:
        """Push an event as a hook here does with `pushEventTo(this.el, ...)`.

        Returns:
            What the handler returned.
        """
        return await actions.hook_event(self._view, self.node, event, payload)

    # How

    def _found(self) -> list[LexborNode]:
        return find(self._view.page, self._selector, self._text)

    def _description(self) -> str:
        text = "" if self._text is None else f" with text {self._text!r}"
        return f"{self._selector!r}{text}"

    def _usable(self) -> LexborNode:
        node = self.node
        if is_disabled(node):
            raise ElementError(f"{opening_tag(node)} is disabled: nobody could use it")
        return node

    async def _bound(self, binding: str, kind: str, value: Mapping[str, Any] | None) -> View:
        return await actions.trigger(self._view, self._usable(), binding, kind, {}, value)
