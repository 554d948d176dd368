"""Templates in all of Jinja's language, each with the states in which it is rendered.

`TEMPLATES` maps a name to sources and states: the sources are one template, or several by name of
which `main` is rendered.
"""

# ruff: noqa: E501 - a template is easiest to read on one line

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape
from pydantic import BaseModel

Sources = str | dict[str, str]


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Shape(enum.Enum):
    ROUND = "round"


class Point(NamedTuple):
    x: int
    y: int


@dataclass
class Item:
    id: int
    name: str
    tags: list[str] = field(default_factory=list)

    @property
    def shout(self) -> str:
        return self.name.upper()

    def say(self, greeting: str = "hi") -> str:
        return f"{greeting} {self.name}"


class Person(BaseModel):
    name: str
    age: int = 3


TREE = [
    {"n": 1, "c": [{"n": 2, "c": []}, {"n": 3, "c": [{"n": 4, "c": []}]}]},
    {"n": 5, "c": []},
]
ITEMS = [Item(1, "a", ["x", "y"]), Item(2, "<b>"), Item(3, "c", ["z"])]
DICTS = [{"id": 1, "name": "a"}, {"id": 2, "name": "<b>"}, {"id": 3, "name": "c"}]

STATE: dict[str, Any] = {
    "a": 1,
    "b": 0,
    "n": 5,
    "s": "text",
    "html": "<i>&\"'</i>",
    "safe": Markup("<i>safe</i>"),
    "xs": [3, 1, 2],
    "none": None,
    "yes": True,
    "pi": 3.14159,
    "dec": Decimal("1.50"),
    "zero": -0.0,
    "colour": Colour.RED,
    "level": Level.LOW,
    "shape": Shape.ROUND,
    "point": Point(1, 2),
    "items": ITEMS,
    "dicts": DICTS,
    "tree": TREE,
    "person": Person(name="Ada"),
    "d": {"k": "v", "<": ">"},
    "pairs": [("a", 1), ("b", 2)],
    "nested": [[1, 2], [3], []],
    "f": lambda *args, **kwargs: f"{args}{sorted(kwargs.items())}",
    "obj": SimpleNamespace(x=1, y=SimpleNamespace(z="<z>")),
    "gen": lambda: iter([1, 2, 3]),
    "empty": [],
    "flag": False,
    "url": "/a?b=1&c=2",
}


@jinja2.pass_context
def from_context(context: Any, name: str) -> Any:
    return context.get(name, "nothing")


@jinja2.pass_environment
def environment_name(environment: Any) -> str:
    return "custom" if "shout" in environment.filters else "plain"


@jinja2.pass_context
def names_of(context: Any, value: str) -> str:
    return f"{value}:{'a' in context}:{context['n']}:{context.resolve('s')}"


@jinja2.pass_eval_context
def bold(eval_ctx: Any, value: Any) -> Any:
    text = f"<b>{escape(value)}</b>"
    return Markup(text) if eval_ctx.autoescape else text


def raw_html(value: Any) -> str:
    return f"<u>{value}</u>"


def prepare(environment: jinja2.Environment) -> None:
    """Give an environment the filters, tests and globals that the templates use."""
    environment.filters |= {
        "shout": lambda value: f"{value}!".upper(),
        "names_of": names_of,
        "bold": bold,
        "raw_html": raw_html,
    }
    environment.tests["long"] = lambda value: len(value) > 3
    environment.globals |= {
        "from_context": from_context,
        "environment_name": environment_name,
        "answer": 42,
        "wrap": lambda caller, **kw: Markup("<w>") + caller() + Markup("</w>"),
        "plain": lambda text: f"<{text}>",
    }
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        SimpleNamespace(
            gettext=lambda text: text.replace("Hello", "Bonjour"),
            ngettext=lambda one, many, n: one if n == 1 else many,
        ),
        newstyle=True,
    )


EXTENSIONS = ["jinja2.ext.loopcontrols", "jinja2.ext.do", "jinja2.ext.i18n", "jinja2.ext.debug"]

BASE = (
    "<main>{% block head %}<h1>{% block title %}base{{ a }}{% endblock %}</h1>{% endblock %}"
    "{% block body %}{% endblock %}|{% block foot %}foot {{ n }}{% endblock %}</main>"
)
LIB = (
    "{% set version = 3 %}{% macro tag(x, kind='b') %}<{{ kind }}>{{ x }}</{{ kind }}>{% endmacro %}"
    "{% macro outer(x) %}[{{ tag(x) }}{{ caller() if caller is defined }}]{% endmacro %}"
    "{% macro uses_global() %}{{ answer }}{% endmacro %}"
    "{% macro uses_state() %}{{ n }}{% endmacro %}{% set _private = 1 %}"
)

TEMPLATES: dict[str, Sources] = {
    # values
    "values": "{{ a }}{{ s }}{{ html }}{{ safe }}{{ none }}{{ yes }}{{ pi }}{{ dec }}{{ zero }}",
    "enums": "{{ colour }} {{ level }} {{ shape }} {{ shape.value }} {{ colour.value }}",
    "structures": "{{ xs|string }} {{ d|string }} {{ point|pprint }} {{ pairs|string }} {{ person.name }}",
    "attributes and items": "{{ obj.y.z }}{{ d.k }}{{ d['k'] }}{{ xs[0] }}{{ xs[-1] }}{{ xs[1:]|join }}"
    "{{ point.x }}{{ point[1] }}{{ items[0].shout }}{{ items[0].say() }}{{ d.get('q', 'no') }}",
    "literals": "{{ 1 }}{{ 1.5 }}{{ '<b>' }}{{ true }}{{ none }}{{ [1, 'a']|string }}{{ (1, 2)|join }}"
    "{{ {'a': 1}|tojson }}{{ 'a' 'b' }}{{ 1_000 }}",
    "arithmetic": "{{ n + 1 }}{{ n - 1 }}{{ n * 2 }}{{ n / 2 }}{{ n // 2 }}{{ n % 3 }}{{ n ** 2 }}"
    "{{ -n }}{{ +n }}{{ s * 2 }}{{ html + '<' }}{{ safe + '<' }}",
    "comparison": "{{ n > 1 }}{{ n == 5.0 }}{{ 1 < n <= 5 }}{{ 'e' in s }}{{ 9 not in xs }}",
    "logic": "{{ a and b }}{{ a or b }}{{ not a }}{{ (a and s) or none }}",
    "inline if": "{{ s if a else html }}{{ s if b else html }}{{ 'x' if a }}{{ safe if a else s }}",
    "concatenation": "{{ s ~ html ~ n }}{{ safe ~ html }}{{ '<' ~ s }}",
    "calls": "{{ f(1, 2, k=3) }}{{ f(*xs, **{'z': 1}) }}{{ plain('x') }}",
    "globals": "{{ answer }}{{ range(3)|join }}{{ dict(a=1)|string }}{{ environment_name() }}"
    "{{ from_context('n') }}{{ from_context('zzz') }}",
    "lipsum": "{{ lipsum(0) }}",
    "cycler": "{% set c = cycler('x', 'y') %}{% for i in range(5) %}{{ c.next() }}{{ c.current }}"
    "{% endfor %}",
    "joiner": "{% set j = joiner('|') %}{% for i in xs %}{{ j() }}{{ i }}{% endfor %}",
    "namespace": "{% set ns = namespace(total=0, seen='') %}{% for i in xs %}"
    "{% set ns.total = ns.total + i %}{% set ns.seen = ns.seen ~ i %}{% endfor %}"
    "{{ ns.total }}{{ ns.seen }}",
    # filters and tests
    "filters": "{{ s|upper }}{{ html|e }}{{ html|safe }}{{ xs|sort|join(', ') }}{{ xs|sum }}"
    "{{ items|map(attribute='name')|join('+') }}{{ html|striptags }}{{ s|replace('t', '<') }}"
    "{{ items|selectattr('id', 'gt', 1)|map(attribute='id')|join }}{{ d|dictsort|string }}{{ pi|round(2) }}"
    "{{ none|default('d') }}{{ zzz|default('d') }}{{ xs|first }}{{ xs|last }}{{ xs|length }}"
    "{{ '%s-%s'|format(1, '<') }}{{ d|tojson }}{{ {'k': s}|xmlattr }}{{ 'a b'|urlencode }}{{ s|center(10) }}"
    "{{ xs|batch(2)|list|string }}{{ items|groupby('id')|length }}{{ s|wordwrap(2) }}{{ html|forceescape }}"
    "{{ 'http://x.y'|urlize }}{{ xs|reject('odd')|join }}{{ s|indent }}{{ xs|max }}{{ d|items|list|string }}",
    "filters with arguments of the template": "{{ s|shout }}{{ html|bold }}{{ s|names_of }}"
    "{{ s|raw_html }}{{ s|raw_html|safe }}",
    "tests": "{{ a is defined }}{{ zzz is defined }}{{ zzz is undefined }}{{ n is odd }}"
    "{{ s is string }}{{ s is long }}{{ none is none }}{{ xs is iterable }}{{ n is divisibleby 5 }}"
    "{{ n is eq 5 }}{{ 3 is in xs }}{{ safe is escaped }}{{ f is callable }}{{ 'x' is filter }}"
    "{{ s is sameas s }}{{ n is not even }}",
    "filter block": "{% filter upper %}a{{ html }}{{ safe }}{% if a %}<q>{% endif %}{% endfilter %}",
    "filter block, chained": "{% filter replace('a', 'b')|upper %}a{{ s }}{% endfilter %}",
    "filter block, custom": "{% filter raw_html %}{{ html }}{% endfilter %}",
    "filter block, length": "{% filter length|string %}a{{ html }} {% endfilter %}",
    "filter block in a loop": "{% for x in xs %}{% filter bold %}{{ x }}{% endfilter %}{% endfor %}",
    # if
    "if": "{% if a %}A{% endif %}{% if b %}B{% endif %}",
    "if else": "{% if b %}<p>{{ s }}</p>{% else %}<b>{{ html }}</b>{% endif %}",
    "elif": "{% if b %}1{% elif flag %}2{% elif n == 5 %}{{ n }}{% else %}4{% endif %}",
    "if nested": "{% if a %}x{% if b %}y{% else %}{% if n %}{{ n }}z{% endif %}{% endif %}w{% endif %}",
    "if sets": "{% if a %}{% set q = 1 %}{% else %}{% set q = 2 %}{% endif %}{{ q }}",
    "if sets and shows": "{% if a %}x{% set q = s %}{% endif %}{{ q }}",
    "if opens": "{% if a %}<div>{% endif %}x{% if a %}</div>{% endif %}",
    "if with an undefined branch": "{% if b %}{{ zzz }}{% endif %}ok{{ zzz if b else 'x' }}",
    "if with an unknown filter": "{% if b %}{{ s|nonesuch }}{% endif %}ok",
    # for
    "for": "{% for x in xs %}{{ x }},{% endfor %}",
    "for else": "{% for x in empty %}{{ x }}{% else %}none{{ s }}{% endfor %}"
    "{% for x in xs %}{{ x }}{% else %}none{% endfor %}",
    "for over dicts": "{% for r in dicts %}<li>{{ r.id }}{{ r.name }}{{ r['id'] }}</li>{% endfor %}",
    "for over objects": "{% for r in items %}<li>{{ r.id }}{{ r.name }}{{ r.shout }}</li>{% endfor %}",
    "for over mixed rows": "{% for r in items + dicts %}<i>{{ r.id }}{{ r.name }}</i>{% endfor %}",
    "for over a generator": "{% for x in gen() %}{{ x }}{% endfor %}",
    "for over text": "{% for c in html %}[{{ c }}]{% endfor %}",
    "for over a dict": "{% for k in d %}{{ k }}{{ d[k] }}{% endfor %}"
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "for unpacking": "{% for k, v in pairs %}{{ k }}{{ v }}{% endfor %}"
    "{% for i, (k, v) in [(1, ('a', 2))] %}{{ i }}{{ k }}{{ v }}{% endfor %}",
    "for filtered": "{% for x in xs if x > 1 %}{{ x }}{% else %}none{% endfor %}"
    "{% for x in xs if x > 9 %}{{ x }}{% else %}none{% endfor %}"
    "{% for r in items if r.tags %}{{ r.name }}{% endfor %}",
    "for filtered with loop": "{% for x in xs if x > 1 %}{{ loop.index }}:{{ x }}{% endfor %}",
    "for nested": "{% for row in nested %}({% for x in row %}{{ x }}{% else %}-{% endfor %}){% endfor %}",
    "for nested loops": "{% for row in nested %}{% set outer = loop %}{% for x in row %}"
    "{{ outer.index }}.{{ loop.index }} {% endfor %}{% endfor %}",
    "loop": "{% for x in xs %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}"
    "{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.cycle('a', 'b') }}{{ loop.depth }}"
    "{{ loop.depth0 }}{{ loop.previtem if not loop.first }}{{ loop.nextitem if not loop.last }}"
    "{{ loop.changed(x > 1) }};{% endfor %}",
    "loop is not inherited": "{% for x in xs %}{% for y in [1] %}{{ loop.index }}{% endfor %}"
    "{{ loop.index }}{% endfor %}",
    "for recursive": "{% for x in tree recursive %}<li>{{ x.n }}{{ loop.depth }}{% if x.c %}"
    "<ul>{{ loop(x.c) }}</ul>{% endif %}</li>{% endfor %}",
    "for recursive as text": "{% for x in tree recursive %}[{{ x.n }}{{ loop(x.c)|upper ~ '<' }}]"
    "{% endfor %}",
    "for recursive with else": "{% for x in tree recursive %}{{ x.n }}{{ loop(x.c) }}{% else %}."
    "{% endfor %}",
    "for that sets": "{% for x in xs %}{% set y = x * 2 %}{{ y }}{% endfor %}",
    "for that reads before it sets": "{% set y = 'o' %}{% for x in xs %}{{ y }}{% set y = x %}{% endfor %}"
    "{{ y }}",
    "for that reads the state before it sets": "{% for x in xs %}{{ s }}{% set s = x %}{{ s }}{% endfor %}"
    "{{ s }}",
    "for over its own name": "{% for xs in xs %}{{ xs }}{% endfor %}{{ xs|join }}",
    "for with names from outside": "{% for x in xs %}{{ x }}{{ n }}{{ answer }}{{ html }}{% endfor %}",
    "for with conditions": '{% for r in items %}<p class="{% if r.id == n - 3 %}on{% endif %}">'
    "{% if r.tags %}{{ r.tags|join('/') }}{% else %}none{% endif %}</p>{% endfor %}",
    "for with an empty row": "{% for x in xs %}{% if x > 9 %}{{ x }}{% endif %}{% endfor %}|",
    "for without output": "{% for x in xs %}{% set q = x %}{% endfor %}x{% for x in empty %}{% set q = 1 %}"
    "{% else %}none{% endfor %}",
    "break before output": "{% for x in xs %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "break after output": "{% for x in xs %}{{ x }}{% if x == 1 %}!{% break %}{% endif %},{% endfor %}",
    "break within markup": "{% for x in xs %}<p>{{ x }}</p>{% if x == 1 %}{% break %}{% endif %}"
    "<b>{{ x }}</b>{% endfor %}",
    "continue before output": "{% for x in xs %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "continue after output": "{% for x in xs %}<{{ 'p' }}>{{ x }}{% if x == 1 %}{% continue %}{% endif %},"
    "{{ s }}{% if x == 3 %}{% continue %}{% else %}+{% endif %};{% endfor %}",
    "continue deep inside": "{% for x in xs %}{{ x }}{% if a %}({% if x == 1 %}{% continue %}{% endif %})"
    "{% with q = 1 %}{{ q }}{% if x == 2 %}{% break %}{% endif %}w{% endwith %}{% endif %}.{% endfor %}",
    "break in a nested loop": "{% for r in nested %}({% for x in r %}{{ x }}{% if x == 1 %}{% break %}"
    "{% endif %},{% endfor %}){% endfor %}",
    "break outright": "{% for x in xs %}{{ x }}{% break %}{{ x }}never{% endfor %}",
    "continue that sets": "{% set ns = namespace(t=0) %}{% for x in xs %}{{ x }}{% if x == 1 %}"
    "{% continue %}{% endif %}{% set ns.t = ns.t + x %}{% endfor %}{{ ns.t }}",
    "break with loop": "{% for x in xs %}{{ loop.index }}{% if loop.last %}{% break %}{% endif %},{% endfor %}",
    "continue in autoescape": "{% for x in xs %}{{ x }}{% autoescape false %}{{ html }}{% if x == 1 %}"
    "{% continue %}{% endif %}-{% endautoescape %}.{% endfor %}",
    # set, with
    "set": "{% set x = 1 %}{{ x }}{% set x, y = 2, html %}{{ x }}{{ y }}{% set s = 'own' %}{{ s }}",
    "set block": "{% set x %}<b>{{ html }}</b>{% endset %}{{ x }}{{ x|upper }}{{ x|length }}{{ x ~ '<' }}"
    "{{ x == '<b>' }}{{ '<b>' in x }}{{ x is string }}{{ x is escaped }}{{ x[:3] }}{{ [x, x]|join }}",
    "set block with a filter": "{% set x | upper | trim %} a{{ html }} {% endset %}{{ x }}",
    "set block with a loop": "{% set x %}{% for i in xs %}{{ i }}{% endfor %}{% endset %}{{ x }}-{{ x }}",
    "set block, empty": "{% set x %}{% endset %}[{{ x }}]{{ 'full' if x else 'empty' }}",
    "with": "{% with %}{% set x = 1 %}{{ x }}{% endwith %}{% with x = 2, y = n %}{{ x }}{{ y }}{% endwith %}"
    "{{ x is defined }}{% with s = s ~ '!' %}{{ s }}{% endwith %}{{ s }}",
    "do": "{% set l = [] %}{% do l.append(1) %}{% for x in xs %}{% do l.append(x) %}{% endfor %}{{ l|join }}",
    "if after a tag's name": "<li{% if a %} class='on'{% elif b %} class='b'{% endif %}>x</li>",
    "ifs after a tag's name": "<input{% if a %} checked{% endif %}{% if yes %} hidden{% endif %} value=1>",
    "if else after a tag's name": "<li{% if yes %} a{% else %} b='{{ s }}'{% endif %}>x</li>",
    "if in an if after a tag's name": "<option{% if yes %}{% if a %} selected{% endif %}{% endif %}>x</option>",
    "for after a tag's name": "<div{% for x in xs %} data-{{ x }}='1'{% endfor %}>x</div>",
    "if after a void tag's name": "<p>{% for x in xs %}<br{% if x %} id='{{ x }}'{% endif %}>{% endfor %}</p>",
    "if after a value without quotes": '<p title="{{ n }}"{% if yes %} hidden{% endif %}>x</p>',
    "block after a tag's name": "<li{% block x %} a='{{ s }}'{% endblock %}>{{ n }}</li>",
    "block with an if after a tag's name": "<li{% block x %}{% if yes %} a{% endif %}{% endblock %}>x</li>",
    "block in an if after a tag's name": "<li{% if yes %}{% block x %} a{% endblock %}{% endif %}>x</li>",
    "block in a block after a tag's name": "<li{% block x %}{% block y %} a{% endblock %}{% endblock %}>x</li>",
    "blocks after a void tag's name": "<input{% block x %} a{% endblock %}{% block y %}{% endblock %}>",
    "block after a value without quotes": '<p title="{{ n }}"{% block x %} hidden{% endblock %}>x</p>',
    "block after a script's name": "<script{% block x %} defer{% endblock %}>x = {{ d|tojson }}</script>",
    "if after a script's name": "<script{% if yes %} defer{% endif %}>x = '<b>'</script>",
    # macros
    "macro": "{% macro m(x, y=2, z=html) %}<b>{{ x }}{{ y }}{{ z }}</b>{% endmacro %}"
    "{{ m(1) }}{{ m(html, y=3) }}{{ m(x=1, z='') }}",
    "macro with varargs": "{% macro m(x) %}{{ x }}{{ varargs|string }}{{ kwargs|string }}{% endmacro %}{{ m(1, 2, k='<') }}",
    "macro about itself": "{% macro m(x, y=1) %}{% endmacro %}{{ m.name }}{{ m.arguments|join }}"
    "{{ m.catch_kwargs }}{{ m.caller }}",
    "macro in a macro": "{% macro m(x) %}{% macro i(y) %}[{{ y }}{{ x }}]{% endmacro %}{{ i(1) }}{% endmacro %}"
    "{{ m(2) }}",
    "macro, recursive": "{% macro m(n) %}{{ n }}{% if n > 0 %}({{ m(n - 1) }}){% endif %}{% endmacro %}{{ m(3) }}",
    "macro as text": "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(1)|upper }}{{ m(html) ~ '<' }}"
    "{{ '1' in m(1) }}{{ m(1) == '<b>1</b>' }}{{ m(1)|length }}{{ m(1) is string }}{{ m(1) is escaped }}"
    "{{ m(1).upper() }}{{ m(1)[0] }}{{ m(m(1)) }}{{ [m(1), m(2)]|join('-') }}{{ m(1)|replace('b', 'i') }}"
    "{{ m(1)|striptags }}{{ '%s'|format(m(1)) }}{{ m(1)|safe }}{{ m(1)|e }}{{ m(1) + '<' }}"
    "{{ '' if not m(1) else 'full' }}{{ f(m(1)) }}{{ m(1)|tojson }}{{ {'k': m(2)}.k }}",
    "macro that is empty": "{% macro m() %}{% endmacro %}[{{ m() }}]{{ 'full' if m() else 'empty' }}",
    "macro kept in a name": "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{% set y = m(1) %}{{ y }}{{ y|upper }}"
    "{% set z = m %}{{ z(2) }}",
    "macro in attributes": '{% macro m(x) %}a {{ x }}{% endmacro %}<p class="{{ m(1) }}" title=\'{{ m("<") }}\'>',
    "macro between attributes": "{% macro m(x) %}class=\"{{ x }}\" id='i{{ x }}'{% endmacro %}<p {{ m(1) }}>"
    "<b{{ ' ' }}{{ m('\"<') }}>",
    "macro that sees what is set": "{% set q = 1 %}{% macro m() %}{{ q }}{{ n }}{{ answer }}{% endmacro %}{{ m() }}",
    "macro with a name of the state": "{% macro m(n) %}{{ n }}{% endmacro %}{{ m(9) }}{{ n }}",
    "macro in a loop": "{% macro m(r) %}<li>{{ r.id }}:{{ r.name }}</li>{% endmacro %}"
    "{% for r in items %}{{ m(r) }}{% endfor %}",
    "macro defined in a loop": "{% for x in xs %}{% macro m() %}[{{ x }}]{% endmacro %}{{ m() }}{% endfor %}",
    "macro with loops": "{% macro m(l) %}{% for x in l %}{{ x }}{{ loop.index }}{% endfor %}{% endmacro %}{{ m(xs) }}",
    "call": "{% macro m(x) %}<b>{{ x }}{{ caller() }}</b>{% endmacro %}{% call m(1) %}in {{ html }}{% endcall %}",
    "call with arguments": "{% macro m(l) %}{% for x in l %}<li>{{ caller(x, k=n) }}</li>{% endfor %}{% endmacro %}"
    "{% call(x, k=1) m(xs) %}{{ x }}{{ k }}{{ s }}{% endcall %}",
    "call within call": "{% macro m(x) %}<{{ x }}>{{ caller() }}</{{ x }}>{% endmacro %}"
    "{% call m('b') %}1{% call m('i') %}2{{ s }}{% endcall %}3{% endcall %}",
    "call of a function": "{% call wrap() %}x{{ html }}{% endcall %}",
    "call of a function with plain text": "{% macro m() %}{{ caller()|upper }}{% endmacro %}"
    "{% call m() %}x<b>{{ s }}</b>{% endcall %}",
    "caller twice": "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}{% call m() %}{{ n }}{% endcall %}",
    "caller with a default": "{% macro m(caller=none) %}{{ caller() if caller else 'no' }}{% endmacro %}{{ m() }}"
    "{% call m() %}yes{% endcall %}",
    # include, import
    "include": {
        "main": "<p>{% include 'inc' %}</p>{% set q = 1 %}{% include 'inc' %}",
        "inc": "inc {{ n }}{{ q|default('-') }}{{ html }}",
    },
    "include in a loop": {
        "main": "{% for x in xs %}{% include 'inc' %}{% endfor %}",
        "inc": "[{{ x }}{{ n }}]",
    },
    "include sees loop": {
        "main": "{% for x in xs %}{% include 'inc' %}{{ loop.index }}{% endfor %}",
        "inc": "[{{ loop.index }}]",
    },
    "include without context": {
        "main": "{% set q = 1 %}{% include 'inc' without context %}",
        "inc": "{{ answer }}{{ q is defined }}{{ n is defined }}",
    },
    "include with context": {
        "main": "{% with q = 2 %}{% include 'inc' with context %}{% endwith %}",
        "inc": "{{ q }}{{ n }}",
    },
    "include what is missing": {
        "main": "a{% include 'nope' ignore missing %}b{% include ['x', 'inc'] %}"
        "{% include ['x', 'y'] ignore missing %}c",
        "inc": "inc",
    },
    "include by name": {
        "main": "{% set name = 'inc' %}{% include name %}{% include name ~ '2' %}",
        "inc": "1",
        "inc2": "2",
    },
    "include sets": {
        "main": "{% include 'inc' %}{{ q is defined }}",
        "inc": "{% set q = 1 %}{{ q }}",
    },
    "include in attributes": {
        "main": '<p class="{% include "inc" %}" {% include "att" %}>',
        "inc": "a {{ n }}",
        "att": 'id="{{ s }}"',
    },
    "include with blocks": {
        "main": "{% include 'inc' %}{% block x %}own{% endblock %}",
        "inc": "{% block x %}theirs{% endblock %}",
    },
    "include extends": {
        "main": "[{% include 'child' %}]",
        "base": BASE,
        "child": "{% extends 'base' %}{% block title %}T{{ n }}{% endblock %}",
    },
    "import": {
        "main": "{% import 'lib' as lib %}{{ lib.tag(html) }}{{ lib.version }}{{ lib.uses_global() }}"
        "{{ lib.outer(1) }}{% call lib.outer(2) %}c{% endcall %}{{ lib._private is defined }}",
        "lib": LIB,
    },
    "from import": {
        "main": "{% from 'lib' import tag, outer as o, version %}{{ tag(n) }}{{ o(s) }}{{ version }}",
        "lib": LIB,
    },
    "import with context": {
        "main": "{% set q = 7 %}{% import 'lib' as lib with context %}{{ lib.uses_state() }}"
        "{% from 'lib2' import m with context %}{{ m() }}",
        "lib": LIB,
        "lib2": "{% macro m() %}{{ q }}{{ n }}{% endmacro %}",
    },
    "import in a loop": {
        "main": "{% for x in xs %}{% from 'lib' import tag %}{{ tag(x) }}{% endfor %}",
        "lib": LIB,
    },
    "import of text": {"main": "{% import 'lib' as lib %}[{{ lib }}]", "lib": "text {{ answer }}"},
    "import by a macro": {
        "main": "{% from 'a' import m %}{{ m(n) }}",
        "a": "{% from 'b' import n %}{% macro m(x) %}<p>{{ n(x) }}</p>{% endmacro %}",
        "b": "{% macro n(x) %}({{ x }}){% endmacro %}",
    },
    # inheritance
    "extends": {
        "main": "{% extends 'base' %}{% block body %}body {{ html }}{% endblock %}",
        "base": BASE,
    },
    "super": {
        "main": "{% extends 'base' %}{% block title %}my {{ super() }}{{ super()|upper }}{% endblock %}",
        "base": BASE,
    },
    "super of super": {
        "main": "{% extends 'mid' %}{% block title %}c{{ super() }}{{ super.super() }}{% endblock %}",
        "mid": "{% extends 'base' %}{% block title %}m{{ super() }}{% endblock %}"
        "{% block body %}mid{% endblock %}",
        "base": BASE,
    },
    "self": {
        "main": "{% extends 'base' %}{% block title %}t{{ n }}{% endblock %}{% block body %}{{ self.title() }}"
        "{{ self.foot()|upper }}{% endblock %}",
        "base": BASE,
    },
    "self in one template": "{% block t %}x{{ n }}{% endblock %}{{ self.t() }}{{ self.t() ~ '<' }}",
    "blocks in a loop": {
        "main": "{% extends 'base' %}{% block row %}[{{ x }}]{% endblock %}",
        "base": "{% for x in xs %}{% block row scoped %}{{ x }}{% endblock %}{% endfor %}",
    },
    "blocks in a loop with loop": "{% for x in xs %}{% block row scoped %}{{ x }}{{ loop.index }}{% endblock %}"
    "{% endfor %}",
    "block required": {
        "main": "{% extends 'base' %}{% block x %}given{% endblock %}",
        "base": "[{% block x required %}{% endblock %}]",
    },
    "block in an if": {
        "main": "{% extends 'base' %}{% block x %}child{% endblock %}",
        "base": "{% if a %}{% block x %}p{% endblock %}{% else %}{% block y %}{% endblock %}{% endif %}",
    },
    "block within a block": {
        "main": "{% extends 'base' %}{% block title %}T{% endblock %}",
        "base": BASE,
    },
    "block in attributes": {
        "main": '{% extends "base" %}{% block c %}{{ super() }} {{ html }}{% endblock %}',
        "base": "<p class=\"{% block c %}a {{ n }}{% endblock %}\" id='{% block d %}x{% endblock %}'>",
    },
    "block after a tag's name, another's": {
        "main": "{% extends 'base' %}{% block c %} {{ s }} b='{{ html }}'{% endblock %}",
        "base": "<ul><li{% block c %} a='1'{% endblock %}>x</li></ul>",
    },
    "block after a tag's name, with its parent's": {
        "main": "{% extends 'base' %}{% block c %}{{ super() }} b='{{ n }}'{% endblock %}",
        "base": "<li{% block c %} a='1'{% endblock %}>x</li>",
    },
    "block after a tag's name, left out": {
        "main": "{% extends 'base' %}{% block c %}{% endblock %}",
        "base": "<li{% block c %} a='1'{% endblock %} b>x</li>",
    },
    "block in a script": {
        "main": '{% extends "base" %}{% block js %}if (1 < 2) x = {{ d|tojson }};{% endblock %}',
        "base": "<script>{% block js %}{% endblock %}</script>",
    },
    "block in a script, compared": {
        "main": '{% extends "base" %}{% block js %}i<n; x = 1;{% endblock %}',
        "base": "<script>{% block js %}{% endblock %}</script>",
    },
    "block in a title": {
        "main": '{% extends "base" %}{% block t %}{{ html }} - {{ super() }}{% endblock %}',
        "base": "<title>{% block t %}{{ s }}{% endblock %}</title>",
    },
    "extends by name": {
        "main": "{% set p = 'base' %}{% extends p %}{% block body %}b{% endblock %}",
        "base": BASE,
    },
    "extends if": {
        "main": "{% if a %}{% extends 'base' %}{% endif %}{{ s }}{% block body %}x{{ n }}{% endblock %}",
        "base": BASE,
    },
    "extends if not": {
        "main": "{% if b %}{% extends 'base' %}{% endif %}{{ s }}{% block body %}x{{ n }}{% endblock %}",
        "base": BASE,
    },
    "extends if, what is skipped": {
        "main": "{% if a %}{% extends 'base' %}{% endif %}{{ zzz.q }}",
        "base": BASE,
    },
    "extends and sets": {
        "main": "{% extends 'base' %}{% set q = 3 %}{% macro m() %}m{{ q }}{% endmacro %}ignored {{ zzz }}"
        "{% block body %}{{ q }}{{ m() }}{% endblock %}",
        "base": BASE,
    },
    "extends with set block": {
        "main": "{% extends 'base' %}{% set q %}cap{{ n }}{% endset %}{% block body %}{{ q }}"
        "{% endblock %}",
        "base": BASE,
    },
    "extends and imports": {
        "main": "{% extends 'base' %}{% from 'lib' import tag %}{% block body %}{{ tag(n) }}"
        "{% endblock %}",
        "base": BASE,
        "lib": LIB,
    },
    "block sets": "{% block x %}{% set q = 1 %}{{ q }}{% endblock %}{{ q is defined }}",
    "block does not see what a loop sets": "{% for x in xs %}{% block q %}{{ x is defined }}{% endblock %}{% endfor %}",
    # the rest
    "autoescape": "{% autoescape false %}{{ html }}{{ html|e }}{{ safe }}{% endautoescape %}{{ html }}"
    "{% autoescape true %}{{ html }}{% endautoescape %}",
    "autoescape by a value": "{% autoescape flag %}{{ html }}{{ 1.5 }}{% for x in xs %}{{ html }}{% endfor %}"
    "{% endautoescape %}{% autoescape yes %}{{ html }}{% endautoescape %}",
    "autoescape and macros": "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{% autoescape false %}{{ m(html) }}"
    "{% set ns = namespace() %}{% autoescape false %}{% set ns.q = m(1) %}{% endautoescape %}"
    "{{ ns.q }}{% endautoescape %}{{ m(html) }}",
    "autoescape and set": "{% set ns = namespace() %}{% autoescape false %}{% set q %}<b>{% endset %}{{ q }}"
    "{% set ns.q = q %}{% endautoescape %}{{ ns.q }}",
    "autoescape and filters": "{% autoescape false %}{% filter upper %}<b>{{ html }}{% endfilter %}"
    "{{ html|bold }}{% endautoescape %}",
    "autoescape and call": "{% macro m() %}[{{ caller() }}]{% endmacro %}{% autoescape false %}{% call m() %}{{ html }}"
    "{% endcall %}{% endautoescape %}",
    "raw": "{% raw %}{{ a }}{% if %}<b>{% endraw %}{{ a }}",
    "comments": "a{# {{ zzz }} {% if %} #}b{#- x -#} c",
    "trans": "{% trans %}Hello{% endtrans %} {% trans name=html %}Hello {{ name }}{% endtrans %}"
    "{% trans count=n %}one{% pluralize %}{{ count }} many{% endtrans %}{{ _('Hello') }}{{ gettext('<') }}"
    "{{ ngettext('%(num)s a', '%(num)s b', n) }}",
    "trans with markup": "{% trans x=safe %}Hello <b>{{ x }}</b>{% endtrans %}",
    "whitespace": "a\n  {% if a %}\n    b\n  {% endif %}\n  {{ n }}\nc {%- if a %} d {% endif -%} e\n"
    "{%+ if a %} f{% endif +%}\ng",
    "whitespace around rows": "<ul>{% for x in xs %}\n<b>{{ x }}</b> {% endfor %}</ul>",
    "whitespace in macros": "{% macro m() %} <b>x</b> {% endmacro %}a{{ m() }}b{% set q %} <i>y</i> {% endset %}{{ q }}",
    "whitespace around an include": {"main": "a{% include 'inc' %}b", "inc": " | "},
    "whitespace at the ends": " \n x{{ a }} \n ",
    "a whole page": {
        "main": "<!DOCTYPE html>\n<html lang=en>\n<head><meta charset=utf-8><title>{{ s }}</title>\n"
        '<style>a > b { c: d }</style><script>if (a < b) { c("</p>") }</script></head>\n<body>'
        '<!-- {{ html }} --><img src="{{ url }}"><br/><p>{{ s }}<p>{{ n }}</body></html>'
    },
    "attributes": '<a href="{{ url }}" title=\'{{ html }}\' data-x="a {{ n }} b" {% if a %}hidden{% endif %}'
    " class=\"{% if b %}x{% else %}y{% endif %}\" {{ 'disabled' if a }}>{{ s }}</a>",
    "attributes by filter": "<p{{ {'id': n, 'class': html}|xmlattr }}>x</p>",
    "attributes by a loop": "<p {% for k, v in d.items() %}{% if k != '<' %}data-{{ k }}=\"{{ v }}\" {% endif %}"
    "{% endfor %}>",
    "attributes unquoted in a branch": "<p {% if a %}class=x{% endif %} {% if a %}id=y{% endif %}>{{ s }}</p>",
    "bare names": "<option{{ ' selected' if a }}{{ ' disabled' if b }}><p {{ s }}{{ ' hidden' if a }}><b{{ '' }}>",
    "heading by level": "<h{{ a }}>{{ s }}</h{{ a }}>",
    "element by name": '<{% if a %}ol{% else %}ul{% endif %} id="{{ s }}">x</{% if a %}ol{% else %}ul{% endif %}>',
    "data in a script": "<script>const d = {{ d|tojson }}; if (a < b) {}</script>{{ html }}",
    "data in an attribute": "<p data-x='{{ d|tojson }}'>",
    "textarea": "<textarea>{{ html }}</textarea><title>{{ html }}</title>{{ s }}",
    "less than": "1 < {{ n }} and {{ n }} > 2 & {{ s }} <3",
    "style": '<p style="color: {{ s }}; width: {{ n }}%">',
    "links": '<a href="/x/{{ html }}?q={{ s }}#{{ n }}">a</a><a href="mailto:{{ s }}">b</a><a href="{{ url }}&x={{ n }}">',
    "svg": '<svg viewBox="0 0 {{ n }} {{ n }}"><title/><circle r="{{ n }}"/><text>{{ html }}</text></svg>{{ s }}',
    "nested quotes": """<p title="it's {{ s }}" data-y='say "{{ s }}"'>""",
}

LINE_STATEMENTS = "# for x in xs\n{{ x }}, ## comment\n# endfor\n# if a:\nyes\n# endif\n"
