"""`Entered`: what a person has entered in a view's forms, and the page does not know.

The rule: as in a browser, what was entered stays until the server's next change of the page; that
puts back what the view shows, but for the field that has the focus and a form that is being posted.
"""

from __future__ import annotations

from collections.abc import Iterable

from wirebird.testing.forms import CHECKABLE, Control, Entries, Form
from wirebird.testing.html import attribute, parse_body


class Entered:
    """What was done to the forms of one view. Owned by its channel; forms go by `Form.key`.

    Attributes:
        focus: The form and the name of the field that a person is in.
    """

    def __init__(self) -> None:
        self.focus: tuple[str, str] | None = None
        self._entries: dict[str, Entries] = {}
        self._used: dict[str, set[str]] = {}
        self._submitters: dict[str, tuple[str, list[str]]] = {}

    def entries(self, key: str) -> Entries:
        """Return what was entered in a form."""
        return self._entries.get(key, {})

    def used(self, key: str) -> set[str]:
        """Return the names of a form's fields that were used."""
        return self._used.get(key, set())

    def put(self, form: Form, focus: str | None) -> None:
        """Keep what a form holds now; the person is in its field `focus`."""
        self._entries[form.key] = form.entered()
        self.focus = None if focus is None else (form.key, focus)

    def use(self, form: Form, names: Iterable[str]) -> None:
        """Take note that fields were used."""
        self._used.setdefault(form.key, set()).update(names)

    def reset(self, form: Form) -> None:
        """Forget all about a form, as its reset button does."""
        self._entries.pop(form.key, None)
        self._used.pop(form.key, None)
        self.focus = None

    def submitted(self, form: Form, button: Control | None) -> None:
        """Take note of the button that a form was sent with."""
        self.use(form, (each.name for each in form.controls))
        self.focus = None
        self._submitters.pop(form.key, None)
        if button is not None and button.name:
            self._submitters[form.key] = (button.name, button.values)

    def submitter(self, form: Form) -> Control | None:
        """Return the button that a form was sent with last, if it is still there."""
        sent = self._submitters.get(form.key)
        buttons = (each for each in form.controls if each.kind in ("submit", "image"))
        return next((each for each in buttons if (each.name, each.values) == sent), None)

    def patched(self, html: str) -> None:
        """Forget what a change of the page has put back."""
        if not (self._entries or self._used or self._submitters):
            return
        document = parse_body(html)
        forms = {form.key: form for form in (Form(node, document) for node in document.css("form"))}
        for known in (self._entries, self._used, self._submitters):
            for key in known.keys() - forms.keys():
                del known[key]
        for key, entries in list(self._entries.items()):
            form = forms[key]
            if attribute(form.node, "phx-trigger-action") is not None:
                continue
            checkable = {each.name for each in form.controls if each.kind in CHECKABLE}
            ignored = form.ignored()
            self._entries[key] = {
                place: values
                for place, values in entries.items()
                if (self.focus == (key, place[0]) and place[0] not in checkable) or place in ignored
            }
