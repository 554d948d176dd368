"""A form written as a t-string."""

from __future__ import annotations

from string.templatelib import Template
from typing import Any

from wirebird import Form, FormPart
from wirebird.components import form, input, inputs_for
from wirebird.html.content import dynamic_of
from wirebird.html.tree import to_html


def page(filled: Form[Any]) -> str:
    """Return the HTML of a form with rows."""

    def line(part: FormPart) -> Template:
        return t"<li><{input} field={part.product} /></li>"

    template = t"""
        <{form} for={filled} on_change="check">
          <{input} field={filled["name"]} />
          <ul><{inputs_for} form={filled} name="lines">{line}</{inputs_for}></ul>
        </{form}>
    """
    return to_html(dynamic_of(template))
