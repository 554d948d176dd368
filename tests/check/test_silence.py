"""What people really write is no mistake."""
# ruff: noqa: E501

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from examples import gallery
from tests.check.checked import Checked, checking
from wirebird.check import check
from wirebird.cli import scaffold

MODULE = '''
from __future__ import annotations
from collections import defaultdict, namedtuple
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, Optional, TypedDict, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Field, computed_field
from wirebird import AsyncResult, Form, LiveComponent, LiveView, Stream, event

T = TypeVar("T")

class Color(Enum):
    RED = "red"
    @property
    def label(self) -> str: return self.value.title()

class Planet(Enum):
    EARTH = (1, "earth")
    def __init__(self, mass: int, word: str) -> None:
        self.mass = mass
        self.word = word

class Person(BaseModel):
    name: str
    email: str = ""
    born: date | None = None
    @computed_field
    @property
    def initials(self) -> str: return self.name[:1]
    def greeting(self, word: str = "Hi") -> str: return word + self.name

class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")

class Point(NamedTuple):
    x: int
    y: int

class Movie(TypedDict, total=False):
    title: str
    cast: list[Person]

class Node:
    def __init__(self, name: str) -> None:
        self.name = name
        self.children: list[Node] = []

class Shape:
    kind = "shape"

class Circle(Shape):
    def __init__(self) -> None:
        self.radius = 1

class Magic:
    def __getattr__(self, name: str) -> Any: return name

class Meta(type):
    pass

class Row(metaclass=Meta):
    id: int

@dataclass
class Page(Generic[T]):
    items: list[T]
    number: int = 1
    def __iter__(self) -> Iterator[T]: return iter(self.items)

@dataclass
class Item:
    id: int = 0
    title: str = ""
    price: Decimal = Decimal()
    owner: Person | None = None
    tags: list[str] = field(default_factory=list)
    category: str = ""
    @cached_property
    def slug(self) -> str: return self.title.lower()

@dataclass
class State:
    text: str = ""
    count: int = 0
    flag: bool = False
    item: Item = field(default_factory=Item)
    maybe: Optional[Item] = None
    either: Union[Item, Person, None] = None
    items: list[Item] = field(default_factory=list)
    by_id: dict[int, Item] = field(default_factory=dict)
    grouped: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    anything: Any = None
    thing: object = None
    movie: Movie = field(default_factory=dict)
    movies: list[Movie] = field(default_factory=list)
    point: Point = Point(0, 0)
    pairs: list[tuple[str, int]] = field(default_factory=list)
    tree: list[Node] = field(default_factory=list)
    shape: Shape = field(default_factory=Shape)
    magic: Magic = field(default_factory=Magic)
    row: Row | None = None
    page: Page[Item] = field(default_factory=lambda: Page([]))
    color: Color = Color.RED
    planet: Planet = Planet.EARTH
    person: Person = field(default_factory=lambda: Person(name=""))
    loose: Loose = field(default_factory=Loose)
    tagged: Annotated[Item, "x"] = field(default_factory=Item)
    kind: Literal["a", "b"] = "a"
    when: datetime = datetime(2020, 1, 1)
    path: Path = Path(".")
    totals: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    stream: Stream[Item] = field(default_factory=Stream)
    result: AsyncResult[Item] = field(default_factory=AsyncResult.loading)
    form: Form[Person] = field(default_factory=lambda: Form(Person))
    @property
    def best(self) -> Item: return self.item
    def of(self, id: int) -> Item: return self.item

@dataclass
class Part:
    label: str = ""

class Panel(LiveComponent[Part]):
    html = """<div>{{ label }}{{ id }}{{ inner_block }}<b phx-click="press" phx-target="{{ myself }}">x</b></div>"""
    @event
    async def press(self) -> None: ...

class OneView(LiveView[State]):
    template = "one.html"
    async def mount(self) -> None:
        self.state.item.seen = True
        self.state.added = 1
    @event
    async def save(self, payload: dict[str, Any]) -> None: ...
    @event("pick", "take")
    async def choose(self) -> None: ...

def extend(app):
    app.components(Panel)
    app.templates.filters["money"] = lambda value: f"{value} €"
    app.templates.tests["cheap"] = lambda value: value < 1
    app.templates.globals["site"] = {"name": "x"}
    app.templates.globals["now"] = datetime.now
'''

CONSTRUCTS = """
{{ text }} {{ text.upper() }} {{ text|upper|trim }} {{ text[:3] }} {{ text ~ count }}
{{ item.title }} {{ item.owner.name }} {{ item["title"] }} {{ item.slug }} {{ item.tags[0].upper() }}
{{ maybe.title }} {% if maybe %}{{ maybe.owner.name if maybe.owner else "-" }}{% endif %}
{{ either.name }} {{ either.title }}
{% for each in items %}{{ loop.index }} {{ loop.last }} {{ each.title }}{% else %}none{% endfor %}
{% for each in items if each.price > 3 %}{{ loop.cycle("a", "b") }}{{ each.price|round(2) }}{% endfor %}
{% for id, each in by_id.items() %}{{ id }}{{ each.title }}{% endfor %}
{% for each in by_id.values() %}{{ each.title }}{% endfor %}{% for id in by_id %}{{ by_id[id].title }}{% endfor %}
{% for name, each in grouped.items() %}{{ name }}{% for one in each %}{{ one.title }}{% endfor %}{% endfor %}
{% for group in items|groupby("category") %}{{ group.grouper }}{% for each in group.list %}{{ each.title }}{% endfor %}{% endfor %}
{% for name, list in items|groupby("category") %}{{ name }}{{ list[0].title }}{% endfor %}
{{ settings.anything.at.all }} {{ settings["a"].b }} {{ settings.get("x") }}
{{ anything.goes.here() }} {{ thing.whatever }} {{ magic.word }} {{ row.title }} {{ loose.extra }}
{{ movie.title }} {{ movie["title"] }} {{ movie.get("title") }} {% for who in movie.cast %}{{ who.name }}{% endfor %}
{% for each in movies %}{{ each.title|default("?") }}{% endfor %}
{{ point.x }} {{ point[1] }} {{ point._replace(x=1).y }}
{% for name, number in pairs %}{{ name.upper() }}{{ number + 1 }}{% endfor %}
{% for node in tree recursive %}{{ node.name }}{% if node.children %}{{ loop(node.children) }}{% endif %}{% endfor %}
{{ shape.kind }} {% if shape.kind == "circle" %}{{ shape.radius }}{% endif %}
{% for each in page %}{{ each.title }}{% endfor %}{% for each in page.items %}{{ each.title }}{% endfor %}{{ page.number }}
{{ color.value }} {{ color.name }} {{ color.label }} {{ color.label.upper() }}
{{ person.name }} {{ person.initials }} {{ person.greeting("Ho") }} {{ person.born.year if person.born }}
{{ person.model_dump() }} {{ tagged.title }} {{ kind.upper() }} {{ when.strftime("%Y") }} {{ when.year }} {{ path.name }}
{{ totals.a }} {{ totals["a"] }} {{ best.title }} {{ of(3).title }} {{ item.seen }} {{ added }}
<ul id="rows" phx-update="stream">{% for dom_id, each in stream %}<li id="{{ dom_id }}">{{ each.title }}</li>{% endfor %}</ul>
{{ result.result.title if result.ok }} {{ result.loading }} {{ form.email.value }} {{ form["name"].errors }}
{{ unknown|default("x") }} {{ unknown2 is defined }} {% if maybe_there is defined %}{{ maybe_there.at_all }}{% endif %}
{{ item.missing|default("x") }} {% if item.other is defined %}{{ item.other }}{% endif %}
{{ planet.mass }}{{ planet.value[0] }}{{ planet.name }}{{ planet.word.upper() }}{{ item.price.quantize(item.price) }}{{ item.price.real }}
{{ form.email.errors }}{{ form.errors }}{{ form.id }}{{ form["name"].value }}{% for each in form %}{{ each.label }}{% endfor %}{{ js.show(to="#a").push("save").hide() }}
{{ items|selectattr("seen", "defined")|list }}{{ items|map(attribute="nothing", default="")|list }}{{ items|map("string")|list }}{{ pairs|map(attribute="0")|list }}{{ pairs|map(attribute=0)|list }}
{{ items|map(attribute="owner.name")|list }}{{ items|sort(attribute="price,title") }}{{ items|groupby("owner.name") }}{{ items|groupby("nothing", "") }}{{ items|groupby("nothing", default="") }}{{ movies|map(attribute="title")|list }}{{ items|min(attribute="price") }}{{ settings.values()|map(attribute="x")|list }}
{% for each in items %}{{ loop.previtem.title if not loop.first }}{{ loop.changed(each.id) }}{{ loop.depth0 }}{{ loop.revindex }}{{ loop.length }}{% endfor %}
{% set x = item %}{{ x.title }} {% set a, b = pairs[0] %}{{ a }}{{ b }}
{% set captured %}<b>{{ text }}</b>{% endset %}{{ captured }} {% set up | upper %}x{% endset %}{{ up }}
{% set ns = namespace(total=0) %}{% for each in items %}{% set ns.total = ns.total + each.price %}{% endfor %}{{ ns.total }}
{% if flag %}{% set note = "a" %}{% else %}{% set note = "b" %}{% endif %}{{ note }}
{% with total = count * 2, first = items[0] %}{{ total }}{{ first.title }}{% endwith %}
{% macro badge(value, kind="info") %}<b class="{{ kind }}">{{ value.title }}{{ caller() if caller }}{{ kwargs }}{{ varargs }}</b>{% endmacro %}{{ badge(item) }}
{% macro box(title) %}<div>{{ title }}{{ caller() }}</div>{% endmacro %}{% call box("x") %}{{ text }}{% endcall %}
{% macro dump(rows) %}{% for r in rows %}{{ caller(r) }}{% endfor %}{% endmacro %}{% call(r) dump(items) %}{{ r.title }}{% endcall %}
{% macro poly(it) %}{% if it.name is defined %}{{ it.name }}{% else %}{{ it.title }}{% endif %}{% endmacro %}{{ poly(item) }}{{ poly(person) }}
{% macro either_of(it, is_person) %}{% if is_person %}{{ it.email }}{% else %}{{ it.price }}{% endif %}{% endmacro %}{{ either_of(item, false) }}{{ either_of(person, true) }}
{% macro walk(nodes) %}{% for n in nodes %}{{ n.name }}{{ walk(n.children) }}{% endfor %}{% endmacro %}{{ walk(tree) }}
{% macro cell(row) %}{{ row.anything_else.at_all }}{% endmacro %}{% for show in [cell] %}{{ show(settings) }}{% endfor %}
{% filter upper %}{{ text }}{% endfilter %} {% raw %}{{ not.a.name }}{% endraw %} {# {{ nor this }} #}
{{ count|money }} {{ count is cheap }} {{ site.name }} {{ now().year }} {{ range(3)|list }} {{ dict(a=1).a }}
{{ cycler("a", "b").next() }} {% set j = joiner(", ") %}{{ j() }} {{ lipsum is defined }}
{{ items|map(attribute="title")|join(", ") }} {{ items|selectattr("price")|list|length }} {{ (items|first).title }}
{{ items|sum(attribute="price") }} {{ (items|sort(attribute="title"))[0].title }} {{ items|length }} {{ items|batch(3)|list }}
{% for line in items|batch(3) %}{% for each in line %}{{ each.title }}{% endfor %}{% endfor %}
{{ "a" if flag else "b" }} {{ (maybe or item).title }} {{ not flag and count > 1 }} {{ 1 in [1, 2] }} {{ {"a": 1}.a }}
{{ flash.info }} {{ live_action }} {{ url }} {{ csrf_token }} {{ uploads }} {{ socket.connected }}
<input {% if flag %}disabled{% endif %} {{ {"name": "a"}|xmlattr }} class="a {% if count %}b{% endif %}">
<div class="{{ 'on' if flag }}" {% if flag %}hidden{% else %}title="x"{% endif %}>x</div>
{% if flag %}<div class="a">{% else %}<div class="b">{% endif %}x</div>
{% if flag %}<a href="/">{% endif %}x{% if flag %}</a>{% endif %}
{% for each in items %}{% if loop.first %}<ul>{% endif %}<li>{{ each.title }}</li>{% if loop.last %}</ul>{% endif %}{% endfor %}
<ul><li>one<li>two</ul><p>one<p>two<dl><dt>a<dd>b</dl><table><tr><td>a<td>b<tr><td>c</table>
<table><thead><tr><th>a</th></tr></thead><tbody>{% for each in items %}<tr><td>{{ each.title }}</td></tr>{% endfor %}</tbody></table>
<svg viewBox="0 0 1 1"><path d="M0 0"/><g><a href="/"><title>x</title></a></g></svg><br><hr><img src="a"/><input>
<p>{{ text }} <b>x</b> <button type="button">b</button></p><select><option>a<option selected>b</select>
<script>if (a < b) { document.write("<div>") }</script><style>a > b { color: red }</style><textarea><p></textarea>
<!-- <div> {{ text }} --> 1 < 2 & a > b <template><tr><td>x</td></tr></template>
{% if flag %}<p id="same">a</p>{% elif count %}<p id="same">b</p>{% else %}<p id="same">c</p>{% endif %}
<form id="f" phx-change="save" phx-submit="save" phx-auto-recover="ignore"><input name="a" phx-debounce="300"></form>
<form phx-submit="save"><input name="a"></form><form {{ {"id": "x"}|xmlattr }} phx-change="save"></form>
<button phx-click="pick" phx-value-id="3" phx-value-any-name="x">a</button><b phx-click="take" phx-throttle="1">b</b>
<b phx-click="{{ js.push('save').hide(to='#x') }}">x</b><b phx-click="{{ 'save' if flag else 'pick' }}">x</b>
<b phx-click="press" phx-target="#elsewhere-{{ count }}">x</b><b phx-click="lv:clear-flash">x</b><b phx-click="sa{{ 've' }}">x</b>
<div phx-window-keydown="save" phx-key="Escape" phx-mounted="{{ js.show() }}" phx-remove="{{ js.hide() }}">x</div>
{{ live_component(Panel, id="p", label="x") }}{% call live_component(Panel, id="q") %}<b>{{ text }}</b>{% endcall %}
{{ ui.button("Save", phx_click="save") }}{{ ui.icon("star") }}{% call ui.modal(id="m", title="x") %}{{ text }}{% endcall %}
{{ link("x", navigate="/") }}{{ link("x", patch="?page=2") }}{{ link("x", navigate="/" ~ text) }}{{ link("x", href="/elsewhere") }}
<div id="w" phx-hook="Phoenix.FocusWrap"><b id="c" phx-hook="Chart"></b><b id="d" phx-hook="Zoom"></b><b id="e" phx-hook="a-map"></b></div>
<b id="h" phx-hook="{{ 'Chart' if flag else 'Zoom' }}"></b><b id="i" phx-hook="{{ text }}"></b><b id="j" phx-hook="Own{{ text }}"></b><b {% if flag %}id="k" phx-hook="Chart"{% endif %}></b>
{{ ui.button("x", id="l", phx_hook="Chart") }}{{ link("x", href="/", id="m", phx_hook=text) }}<b id="n" phx-hook></b><b id="o" phx-hook="">x</b>
<div x-data="{a: 1}" @click="a = 2" :class="a" hx-get="/x" v-if="x" data-phx-x="1" aria-label="x">x</div>
<my-element some-thing><slot name="a"></slot></my-element><details><summary>a</summary>b</details>
{% include "part.html" %}{% include "none.html" ignore missing %}{% include ["none.html", "part.html"] %}
{% for each in items %}{% include "row.html" %}{% endfor %}
{% from "macros.html" import shown, shown as other with context %}{{ shown(item) }}{{ other(item) }}
{% import "macros.html" as m %}{{ m.shown(item) }}{{ m.title }}
{% include "head.html" %}x{% include "foot.html" %}
{% block content scoped %}{{ text }}{% block inner %}{{ item.title }}{% endblock %}{% endblock %}{{ self.inner() }}
{% autoescape false %}{{ text }}{% endautoescape %}{{ text|safe }}{{ text|e }}{{ items|tojson }}
""".strip().split("\n")

BESIDE = {
    "part": "<b>{{ item.title }}</b>",
    "row": "<li>{{ each.title }}{{ loop.index }}</li>",
    "macros": "{% set title = 'x' %}{% macro shown(it) %}<b>{{ it.title }}{{ title }}</b>"
    "{% endmacro %}",
    "head": '<div class="page">',
    "foot": "</div>",
    "base": "<main>{% block body %}{{ nobody }}{% endblock %}{{ text }}</main>{{ heading }}",
}


SCRIPT = """
// Not export const Nothing = {}
import Chart from "chart";
const Zoom = { mounted() { this.pattern = /[`'{]/; } };
export { Chart, Zoom };
export const hooks = { "a-map": Zoom };
"""
VIEWS = "".join(
    f'\nclass Construct{number}View(OneView):\n    template = "construct{number}.html"\n'
    for number in range(len(CONSTRUCTS))
)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is found in the constructs, each the template of a view, by their files."""
    texts = {f"construct{number}": text for number, text in enumerate(CONSTRUCTS)}
    folder = tmp_path_factory.mktemp("constructs")
    (folder / "one.js").write_text(SCRIPT)
    with checking(folder) as checked:
        found = checked(MODULE + VIEWS, one="x", **texts, **BESIDE)
    wrong: dict[str, list[str]] = {}
    for each in found:
        if not each.is_hint:
            wrong.setdefault(Path(each.file).stem, []).append(f"{each.code} {each.message}")
    return wrong


@pytest.mark.parametrize("number", range(len(CONSTRUCTS)))
def test_a_construct_is_no_mistake(number: int, wrong: dict[str, list[str]]):
    assert wrong.get(f"construct{number}", []) == [], CONSTRUCTS[number]


def test_what_stands_beside_is_no_mistake(wrong: dict[str, list[str]]):
    assert wrong == {}


def test_a_parent_is_filled_in(checked: Checked):
    child = (
        '{% extends "base.html" %}{% set heading = "x" %}{% block body %}{{ heading }}{{ item.title }}'
        "{% endblock %}"
    )
    found = checked(MODULE, one=child, **BESIDE)
    assert [each for each in found if not each.is_hint] == []


def test_the_examples_have_no_mistakes():
    assert check(gallery.app) == []


def test_a_new_application_has_no_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("WIREBIRD_SECRET_KEY", "k" * 40)
    scaffold.write(tmp_path / "silent_single.py")
    assert check(importlib.import_module("silent_single").app) == []
