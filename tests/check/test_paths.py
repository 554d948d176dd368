"""Paths in Python that no route answers."""

from __future__ import annotations

import pytest

from tests.check.checked import Checked

MODULE = """
from wirebird import LiveView, js, link
from wirebird.components import button

class OneView(LiveView):
    html = "<p></p>"
    async def handle_params(self) -> None:
        {}

class BookView(LiveView):
    html = "<p></p>"

def extend(app):
    app.live("/books/{{id:int}}", BookView)
"""
WRONG = {
    "self.push_patch('/boks')": 25,
    "self.socket.push_navigate('/books/one')": 35,
    "return js.hide('#a').navigate('/boks')": 39,
    "return js.patch('/boks?page=2')": 25,
    "return link('x', navigate='/boks')": 35,
    "return button('x', patch='/boks#top')": 34,
}
RIGHT = [
    "self.push_patch('/books/3')",
    "self.push_patch('?page=2')",
    "self.push_patch('/books/' + 'x')",
    "self.push_navigate('/books/3?a=b#c')",
    "return js.hide('#a').navigate('/1')",
    "return link('x', href='/boks')",
    "return link('x', navigate='//elsewhere/x')",
    "link = dict\n        return link(navigate='/boks')",
    "return (lambda js: js.navigate('/boks'))(self)",
    "return dict(navigate='/boks')",
    "self.push_patch('/boks')  # wirebird: ignore[WB301]",
]


@pytest.mark.parametrize("line", WRONG)
def test_a_path_without_a_route_is_found(line: str, checked: Checked):
    (found,) = checked(MODULE.format(line))
    assert (found.code, found.line, found.column) == ("WB301", 8, WRONG[line]), found


@pytest.mark.parametrize("line", RIGHT)
def test_a_path_that_may_be_answered_is_no_mistake(line: str, checked: Checked):
    assert checked(MODULE.format(line)) == []
