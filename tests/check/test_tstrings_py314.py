"""Markup in t-strings is looked at as that in Jinja is, as far as it is written out."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from examples.counter_tstring.counter_tstring import CounterTStringView
from examples.file_tree_tstring.file_tree_tstring import FilesTStringView
from tests.check.checked import Checked
from tests.conftest import SECRET_KEY
from wirebird import Wirebird
from wirebird.check import check

MODULE = """from dataclasses import dataclass, field
from string.templatelib import Template
from typing import Any
from wirebird import LiveComponent, LiveView, Stream, event, link
from wirebird.components import button

@dataclass
class Song:
    id: int = 0
    title: str = ""

@dataclass
class State:
    songs: list[Song] = field(default_factory=list)
    news: Stream[Song] = field(default_factory=Stream)
    chosen: Song | None = None

@dataclass
class Part:
    label: str = ""

def card(title: str, children: Any = None, **attributes: Any) -> Template:
    return t"<section {attributes}><h2>{title}</h2>{children}</section>"

def small(title: str, size: int = 1) -> Template:
    return t"<h3>{title}</h3>"

class Panel(LiveComponent[Part]):
    def render(self) -> Template:
        return t"<b phx-click='press' phx-target={self.myself}>{self.state.label}</b>"
    @event
    async def press(self) -> None: ...

class OneView(LiveView[State]):
    @event
    async def play(self) -> None: ...
    def render(self) -> Template:
"""
FIRST = MODULE.count("\n") + 1
MISTAKES = {
    "<b phx-clik='play'>x</b>": ("WB203", 1, 21, "did you mean 'phx-click'?"),
    "<b phx-click='plya'>x</b>": ("WB201", 1, 21, "did you mean 'play'?"),
    "<b>é</b><b phx-click='plya'>x</b>": ("WB201", 1, 29, "did you mean 'play'?"),
    "<b class={1} phx-click='plya'>x</b>": ("WB201", 1, 31, "did you mean 'play'?"),
    "\n  <p>{1}</p>\n  <b phx-click='plya'>x</b>": ("WB201", 3, 6, "did you mean 'play'?"),
    "<ul>{[t'<li phx-click=\"plya\">x</li>' for s in self.state.songs]}</ul>": (
        "WB201", 1, 30, "play"),
    "<div>{1 and t'<b phx-click=\"plya\">x</b>'}</div>": ("WB201", 1, 35, "play"),
    "<{card} title='x'><b phx-click='plya'>x</b></{card}>": ("WB201", 1, 39, "play"),
    "<b phx-hook='Phoenix.FocusWrap'>x</b>": ("WB205", 1, 18, "needs an id"),
    "<ul>{self.state.news.each(lambda id, s: t'<li id={id}>x</li>')}</ul>": (
        "WB501", 1, 18, "phx-update"),
    "<b id='c' phx-hook='Chart'>x</b>": ("WB204", 1, 28, "no script exports a hook 'Chart'"),
    "<form phx-change='play'></form>": ("WB502", 1, 18, "needs an id"),
    "<{card}>x</{card}>": ("WB401", 1, 18, "<{card}> lacks title"),
    "<div>{1 and t'<{card} />'}</div>": ("WB401", 1, 32, "<{card}> lacks title"),
    "<{small} titel='x' />": ("WB401", 1, 27, "did you mean 'title'?"),
    "<{small} title='x' size='3' />": ("WB401", 1, 37, "size is int"),
    "<{small} title='x' size={'3'} />": ("WB401", 1, 37, "size is int"),
    "<{small} title={1}><:foot>x</:foot></{small}>": ("WB401", 1, 18, "a slot that"),
    "<{button} varient='quiet'>x</{button}>": ("WB401", 1, 28, "did you mean 'variant'?"),
    "<{button} variant='queit'>x</{button}>": ("WB401", 1, 28, "did you mean 'quiet'?"),
    "<{Panel} label='x' />": ("WB401", 1, 18, "<{Panel}> needs an id"),
    "<{Panel} id='a' lable='x' />": ("WB401", 1, 34, "did you mean 'label'?"),
    "<{link} navigate='/nowhere'>x</{link}>": ("WB301", 1, 26, "no route answers '/nowhere'"),
    "{link('x', patch='/nowhere')}": ("WB301", 1, 35, "no route answers '/nowhere'"),
    "<p id='a'>x</p><p id='a'>y</p>": ("WB503", 1, 33, "'a' is that of <p>"),
    "<p id='a'>x</p>{[t'<p id=\"a\">y</p>' for s in self.state.songs]}": ("WB503", 1, 37, "'a'"),
    "<div><p>x</div>": ("WB104", 1, 16, "where <p> of line {} is still open"),
    "<div>\n  <b {1}x='y'>x</b></div>": ("WB104", 2, 3, "attribute's name"),
    "<p>x<ul><li>y</li></ul></p>": ("WB505", 1, 22, "<ul> cannot stand in <p>"),
    "<ul>{[t'<li><tr><td>x</td></tr></li>' for s in self.state.songs]}</ul>": (
        "WB505", 1, 30, "<tr>"),
    "<form id='f'>{1 and t'<form></form>'}</form>": ("WB505", 1, 40, "<form>"),
    "<p>{[t'<div>x</div>' for s in self.state.songs]}</p>": ("WB505", 1, 25, "<div>"),
}  # fmt: skip


@pytest.mark.parametrize("markup", MISTAKES)
def test_a_mistake_is_found_where_it_stands(markup: str, checked: Checked):
    code, line, column, says = MISTAKES[markup]
    quote = '"""' if "\n" in markup or '"' in markup else '"'
    column += (len(quote) - 1) * (line == 1)
    found = checked(MODULE + f"        return t{quote}{markup}{quote}\n")
    (only,) = [each for each in found if not each.is_hint]
    assert (only.code, only.line, only.column) == (code, FIRST + line - 1, column), only
    assert says.replace("{}", str(FIRST)) in only.message


def test_a_comment_behind_a_t_string_ignores_a_code_in_it(checked: Checked):
    text = MODULE + '        return t"""\n<b phx-clik="play">\nx</b>"""'
    assert checked(text + "  # wirebird: ignore[WB203]\n") == []
    (found,) = checked(text + "  # wirebird: ignore[WB201]\n")
    assert found.code == "WB203"


def test_a_handler_that_nothing_names_is_still_hinted_at(checked: Checked):
    (found,) = checked(MODULE + "        return t'<b>x</b>'\n")
    assert (found.code, found.is_hint) == ("WB202", True)


CONSTRUCTS = [
    'return t"<b phx-click={self.play}>x</b>"',
    "return t\"<b phx-click='play' phx-value-id={3}>{self.state.chosen and self.state.chosen.title}</b>\"",
    "return t\"<div {dict(id=1)} phx-click='play' />\"",
    "return t\"<div class='a'/><p/><br><img src={1}/><input>\"",
    (
        'rows = [t"<tr id={s.id}><td>{s.title}</td></tr>" for s in self.state.songs]\n'
        '        return t"<table><tbody>{rows}</tbody></table>"'
    ),
    "return t\"<table>{[t'<tr :key={s.id}><td>x</td></tr>' for s in self.state.songs]}</table>\"",
    "return t\"<ul>{(t'<li>{s.title}</li>' for s in self.state.songs if s.id)}</ul>\"",
    "return t\"<ul id='n' phx-update='stream'>{self.state.news.each(lambda id, s: t'<li id={id}>x</li>')}</ul>\"",
    (
        "return t\"<ul id='n' phx-update='stream'>{self.state.news.each(self.row)}</ul>\"\n"
        "    def row(self, id: str, song: Song) -> Template:\n        return t'<li id={id}>x</li>'"
    ),
    'return t"{t\'<p id="a">x</p>\' if self.state.chosen else t\'<p id="a">y</p>\'}"',
    "return t\"{t'<p id=\"a\">x</p>' if self.state.chosen else 'none'}\"",
    "if self.state.chosen:\n            return t\"<p id='a'>x</p>\"\n        return t\"<p id='a'>y</p>\"",
    "return t\"<div>{self.state.chosen and t'<b>{self.state.chosen.title}</b>'}</div>\"",
    "return t\"<div>{self.state.chosen or t'<b>none</b>'}</div>\"",
    "return t\"<{card} title='x' phx-click='elsewhere'><p>x</p></{card}><p>y</p>\"",
    "return t\"<p>a</p><{card} title='x'/><p>y</p>\"",
    "return t\"<p><{card} title='x'><div>x</div></{card}></p>\"",
    "return t\"<{Panel} id='a' /><{card} id='a' title='x' />\"",
    'return t"<{button} phx-click={self.play}>x</{button}>"',
    "return t\"<{card} title='x'><:foot label='y'><b>x</b></:foot></{card}>\"",
    "return t\"<{card} title={t'<b>x</b>'}>{(lambda row: t'<tr><td>{row}</td></tr>')}</{card}>\"",
    (
        "return t\"{link(t'<b>x</b>', navigate='/')}{self.part()}\"\n"
        "    def part(self) -> Template:\n        return t'<td>x</td>'"
    ),
    'return t"<style>a {{ color: red }} b > c {{}}</style><script>if (a < b) {{ x() }}</script>"',
    "return t\"<!-- <div> {1} --><svg viewBox='0 0 1 1'><path d='M0 0'/></svg>1 < 2\"",
    'return t"<p>one\\n</p>" t"<p id={1}>two</p>"',
    'return rt"<p>\\d</p>"',
    'return t"plain {self.state.chosen}"',
    "return t\"<{link} navigate='/'>x</{link}><{link} patch='?page=2'>y</{link}>\"",
    "return t\"<{card} title='x' navigate='/nowhere' /><{link} navigate={self.play}>z</{link}>\"",
    "return t\"<{small} {dict(titel='x')} /><{small} title={1} size={self.state.chosen} />\"",
    "return t\"<{card} title data-x='y' x-on='z'/><{small} title='x' size={True} />\"",
    "return t\"<{Panel} id={3} label={self} /><{Panel} id='x'><b>y</b><:foot>z</:foot></{Panel}>\"",
    "small = self.play\n        return t\"<{small} any='x' />\"",
    "return t\"<{self.any} any='x' /><{button} class='a' phx-click={self.play} disabled>x</{button}>\"",
    "return t\"<b phx-click='press' phx-target='#x'>x</b><b phx-click='lv:clear-flash'>y</b>\"",
    "return t\"<textarea name='x'><p></textarea><title>{1}</title>\"",
    'query = t"select * from songs where id <{self.state.chosen} and b <c"\n        return t"<p>{query.strings}</p>"',
    "return t\"<form id='f' phx-change={self.play}><input name='a'></form>\"",
    'return t"<form phx-submit={self.play}><button>x</button></form>"',
    "return t\"<a href=/songs/>x</a><a href='/'>y</a>\"",
    "return t\"<select>{[t'<option value={s.id} selected={s.id == 1}>x</option>' for s in self.state.songs]}</select>\"",
    "return t\"{self.state.songs!r:>3}{self.state.chosen=}<b x-on={1} @click='a' :class='b'>x</b>\"",
]


@pytest.mark.parametrize("body", CONSTRUCTS)
def test_a_construct_is_no_mistake(body: str, checked: Checked):
    text = f"{MODULE}        self.play, 'play'\n        {body}\n"
    assert checked(text) == []


@pytest.mark.parametrize("view", [CounterTStringView, FilesTStringView])
def test_the_examples_have_no_mistakes(view: type, tmp_path: Path):
    app = Wirebird(secret_key=SECRET_KEY)
    app.live("/", view)
    assert check(app) == []
