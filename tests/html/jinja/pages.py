"""Random templates, states and changes of state, for tests of whole pages.

`templates()` draws the sources of a template and its relatives, `states()` a state, and `change()`
changes a state in place as a handler would.
"""

# ruff: noqa: E501 - a template is easiest to read on one line

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st
from markupsafe import Markup


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    ONE = 1


class Mood(enum.Enum):
    GOOD = "<good>"


class Changing:
    """Prints something else each time that it is changed, and is always equal to its kind."""

    def __init__(self) -> None:
        self.text = "as new"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Changing)

    __hash__ = object.__hash__


# Values that are equal to one another, or that print alike, or that need escaping.
EQUALS: list[Any] = [
    1, True, 1.0, Decimal("1"), Decimal("1.0"), Level.ONE, "1", Markup("1"),
    0, False, 0.0, -0.0, "", None, Markup(""),
    "<b>", Markup("<b>"), "&lt;b&gt;", "red", Colour.RED, Mood.GOOD, "a\"'&", "é\u2028☃",
]  # fmt: skip


@dataclass
class Item:
    id: int
    name: str
    value: Any
    tags: list[Any] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.name}/{self.value}"


@dataclass(frozen=True)
class Frozen:
    id: int
    name: str
    value: Any
    tags: list[Any] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.name}/{self.value}/{self.tags}"


class Pair(NamedTuple):
    id: int
    name: str
    value: Any
    tags: Any = ()

    @property
    def label(self) -> str:
        return f"{self.name}/{self.value}/{self.tags}"


@dataclass
class State:
    title: str
    number: int
    value: Any
    flag: bool
    rows: list[Any]
    values: list[Any]
    names: dict[str, Any]

    @property
    def summary(self) -> str:
        return f"{self.title}{len(self.rows)}"


FIELDS = ("title", "number", "value", "flag", "rows", "values", "names", "summary")


def as_dict(state: State) -> dict[str, Any]:
    """Return the names that a template sees of a state, for stock Jinja."""
    return {name: getattr(state, name) for name in FIELDS}


def _row(kind: int, id: int, value: Any) -> Any:
    name = f"n{id}<"
    tags = [id, value]
    if kind == 0:
        return Item(id, name, value, tags)
    if kind == 1:
        return Frozen(id, name, value, tags)
    if kind == 2:
        return Pair(id, name, value, tags)
    return {"id": id, "name": name, "value": value, "tags": tags, "label": f"l{id}"}


def states(kinds: tuple[int, ...] = (0, 1, 2, 3)) -> st.SearchStrategy[State]:
    """Draw a state whose rows are of these kinds: mutable, frozen, named tuples, dicts."""

    def make(kinds: list[int], values: list[Any], flag: bool) -> State:
        rows = [_row(kind, id, values[id % len(values)]) for id, kind in enumerate(kinds)]
        return State("t<", 2, values[0], flag, rows, list(values), {"a": values[-1], "b<": 1})

    same = st.sampled_from(kinds).flatmap(lambda kind: st.lists(st.just(kind), max_size=4))
    mixed = st.lists(st.sampled_from(kinds), max_size=4)
    values = st.lists(st.sampled_from(EQUALS), min_size=1, max_size=4)
    return st.builds(make, same | mixed, values, st.booleans())


CHANGES = (
    "title", "number", "value", "flag", "append", "insert", "delete", "reverse", "swap", "same",
    "replace", "set value", "set name", "tags", "values append", "values set", "values delete",
    "names", "clear", "changing", "changing", "tags", "rotate", "duplicate", "equal copy",
)  # fmt: skip


def changes() -> st.SearchStrategy[list[tuple[str, int, int]]]:
    """Draw steps of changes for `change`."""
    return st.lists(
        st.tuples(st.sampled_from(CHANGES), st.integers(0, 7), st.integers(0, len(EQUALS) - 1)),
        min_size=1,
        max_size=6,
    )


def change(state: State, what: str, at: int, pick: int) -> None:
    """Change a state in place."""
    rows, values = state.rows, state.values
    value = EQUALS[pick]
    index = at % len(rows) if rows else 0
    next_id = max([_get(row, "id") for row in rows], default=0) + 1
    kind = _kind(rows[0]) if rows else at % 4
    match what:
        case "title":
            state.title = ["", "t<", "new"][at % 3]
        case "number":
            state.number = at
        case "value":
            state.value = value
        case "changing":
            for thing in (state.value, *values):
                if isinstance(thing, Changing):
                    thing.text += "<"
            if at % 2:
                state.value = Changing()
                values.append(Changing())
        case "flag":
            state.flag = not state.flag
        case "append":
            rows.append(_row(kind, next_id, value))
        case "insert":
            rows.insert(index, _row(kind, next_id, value))
        case "reverse":
            rows.reverse()
        case "clear":
            rows.clear()
        case "values append":
            values.append(value)
        case "values set" if values:
            values[at % len(values)] = value
        case "values delete" if values:
            del values[at % len(values)]
        case "names":
            state.names[["a", "b<", "c"][at % 3]] = value
        case "delete" if rows:
            del rows[index]
        case "rotate" if rows:
            rows.append(rows.pop(0))
        case "swap" if len(rows) > 1:
            rows[0], rows[index] = rows[index], rows[0]
        case "same" if rows:
            rows.append(rows[index])
        case "duplicate" if rows:
            rows.append(_row(at % 4, _get(rows[index], "id"), value))
        case "replace" if rows:
            rows[index] = _row(kind, _get(rows[index], "id"), value)
        case "equal copy" if rows:
            rows[index] = _replace(rows[index], "value", _get(rows[index], "value"))
        case "set value" if rows:
            rows[index] = _set(rows[index], "value", value)
        case "set name" if rows:
            rows[index] = _set(rows[index], "name", f"n{pick}")
        case "tags" if rows and isinstance(_get(rows[index], "tags"), list):
            _get(rows[index], "tags").append(value)


def _kind(row: Any) -> int:
    return [Item, Frozen, Pair, dict].index(type(row))


def _get(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)


def _replace(row: Any, name: str, value: Any) -> Any:
    if isinstance(row, dict):
        return {**row, name: value}
    return row._replace(**{name: value}) if isinstance(row, Pair) else replace(row, **{name: value})


def _set(row: Any, name: str, value: Any) -> Any:
    """Set a field in place where that can be done."""
    if isinstance(row, dict):
        row[name] = value
    elif isinstance(row, Item):
        setattr(row, name, value)
    else:
        return _replace(row, name, value)
    return row


# Templates

TEXTS = ["x", "<i>y</i>", "&amp; ", "<br>", "é<!-- c -->", "<p>z</p>"]
PLAIN = ["title", "number", "names.a|string", "rows|length", "title|upper", "summary"]
SHOWN = [
    *PLAIN,
    "value",
    "value|e",
    "values|string",
    "names|string",
    "names['b<']",
    "title ~ value",
    "values|first if values",
    "value == 1",
    "value|string",
]
TESTS = [
    "flag",
    "not flag",
    "number > 3",
    "value",
    "rows",
    "values",
    "value is string",
    "title == 't<'",
]
ROW_PLAIN = ["row.id", "row.name"]
ROW_SHOWN = [
    *ROW_PLAIN,
    "row.value",
    "row.label",
    "row.tags|string",
    "row|string",
    "row.value|e",
    "row.name|upper",
    "row['name'] if row is mapping else row.name",
    "row.id + number",
]
ROW_TESTS = ["row.id > 1", "row.value", "row.tags", "row.id is odd", "row.value is string"]

MACROS = (
    "{% macro show(x) %}<u>{{ x }}</u>{% endmacro %}"
    "{% macro each(xs) %}{% for x in xs %}<li>{{ x }}</li>{% else %}none{% endfor %}{% endmacro %}"
    '{% macro box(t) %}<div title="{{ t|string|e }}">{{ caller() }}</div>{% endmacro %}'
    "{% macro list_of(xs) %}{% for x in xs %}[{{ caller(x) }}]{% endfor %}{% endmacro %}"
)
INCLUDED = "({{ title }}{% for row in rows %}<b>{{ row.name }}{{ number }}</b>{% endfor %}{{ q|default(value) }})"


@st.composite
def bodies(draw: st.DrawFn, depth: int, row: str | None = None, loop: bool = False) -> str:
    """Draw a piece of a template.

    Args:
        depth: How deep it may nest.
        row: Whether names of a row may be used: "row" for rows, "x" for plain values.
        loop: Whether it stands right in a loop, so that `loop`, `break` and `continue` are there.
    """
    parts = [draw(pieces(depth, row, loop)) for _ in range(draw(st.integers(1, 3)))]
    return "".join(parts)


@st.composite
def pieces(draw: st.DrawFn, depth: int, row: str | None, loop: bool) -> str:
    shown = SHOWN + (ROW_SHOWN * 2 if row == "row" else ["x"] * 4 if row == "x" else [])
    plain = PLAIN + (ROW_PLAIN * 2 if row == "row" else [])
    tests = TESTS + (ROW_TESTS * 2 if row == "row" else [])
    if loop:
        shown = [*shown, "loop.index", "loop.last", "loop.cycle('a', 'b')"]

    def expression(of: list[str] = shown) -> str:
        return draw(st.sampled_from(of))

    def inner(row: str | None = row, loop: bool = False) -> str:
        return draw(bodies(depth - 1, row, loop))

    kinds = ["text", "value", "value", "element", "table"]
    if depth:
        kinds += ["if", "if else", "elif", "rows", "rows", "keyed", "keyed", "values", "tags"]
        kinds += [
            "macro",
            "call",
            "call with",
            "set",
            "set block",
            "with",
            "filter",
            "attribute if",
        ]
        kinds += ["include", "recursive", "leave", "macro each", "autoescape", "class loop"]
    kind = draw(st.sampled_from(kinds))
    match kind:
        case "text":
            return draw(st.sampled_from(TEXTS))
        case "value":
            return f"{{{{ {expression()} }}}}"
        case "element":
            quote = draw(st.sampled_from(["'", '"']))
            return (
                f"<p id={quote}{{{{ {expression(plain)} }}}}{quote} title={quote}a"
                f" {{{{ {expression(plain)} }}}}{quote}>{{{{ {expression()} }}}}</p>"
            )
        case "table":
            return draw(tables())
        case "if":
            return f"{{% if {expression(tests)} %}}{inner()}{{% endif %}}"
        case "if else":
            return f"{{% if {expression(tests)} %}}{inner()}{{% else %}}{inner()}{{% endif %}}"
        case "elif":
            return (
                f"{{% if {expression(tests)} %}}{inner()}{{% elif {expression(tests)} %}}{inner()}"
                f"{{% else %}}{inner()}{{% endif %}}"
            )
        case "attribute if":
            return (
                f'<p {{% if {expression(tests)} %}}hidden{{% endif %}} class="a{{% if'
                f' {expression(tests)} %}} {{{{ {expression(plain)} }}}}{{% endif %}}">{inner()}</p>'
            )
        case "class loop":
            return f'<p class="{{% for x in values %}}{{{{ x|string|e }}}} {{% endfor %}}">{inner()}</p>'
        case "rows":
            condition = f" if {expression(ROW_TESTS)}" if draw(st.booleans()) else ""
            other = f"{{% else %}}{inner()}" if draw(st.booleans()) else ""
            return f"{{% for row in rows{condition} %}}{inner('row', draw(st.booleans()))}{other}{{% endfor %}}"
        case "keyed":
            other = f"{{% else %}}{inner()}" if draw(st.booleans()) else ""
            tag = draw(st.sampled_from(["li", "b"]))
            key = draw(st.sampled_from(["{{ row.id }}", "k{{ row.id }}", "{{ row['id'] }}"]))
            return (
                f'{{% for row in rows %}}<{tag} :key="{key}" title="{{{{ {expression(ROW_PLAIN)} }}}}">'
                f"{inner('row', draw(st.booleans()))}</{tag}>{other}{{% endfor %}}"
            )
        case "values":
            return f"{{% for x in values %}}{inner('x', draw(st.booleans()))}{{% endfor %}}"
        case "tags":
            name = "row.tags" if row == "row" else "values"
            return (
                f"{{% for x in {name} %}}<s>{{{{ x }}}}{inner('x')}</s>{{% else %}}-{{% endfor %}}"
            )
        case "recursive":
            return (
                "{% for x in values recursive %}<q>{{ x }}{% if loop.depth < 2 and number > 2 %}"
                "{{ loop(values) }}{% endif %}</q>{% endfor %}"
            )
        case "leave":
            statement = draw(st.sampled_from(["break", "continue"]))
            before = inner("row", True) if draw(st.booleans()) else ""
            return (
                f"{{% for row in rows %}}{before}{{% if {expression(ROW_TESTS)} %}}{inner('row')}"
                f"{{% {statement} %}}{{% endif %}}{inner('row')}{{% endfor %}}"
            )
        case "macro":
            return f"{{{{ show({expression()}) }}}}"
        case "macro each":
            return "{{ each(values) }}" if draw(st.booleans()) else "{{ each(values)|upper }}"
        case "call":
            return f"{{% call box({expression(plain)}) %}}{inner()}{{% endcall %}}"
        case "call with":
            return f"{{% call(x) list_of(values) %}}{inner('x')}{{% endcall %}}"
        case "set":
            return f"{{% set q = {expression()} %}}{{{{ q }}}}"
        case "set block":
            how = draw(
                st.sampled_from(["{{ q }}", "{{ q }}{{ q }}", "{{ q|upper }}", "{{ show(q) }}"])
            )
            return f"{{% set q %}}{inner()}{{% endset %}}{how}"
        case "with":
            return f"{{% with q = {expression()} %}}{{{{ q }}}}{inner()}{{% endwith %}}"
        case "filter":
            return f"{{% filter upper %}}{inner()}{{% endfilter %}}"
        case "autoescape":
            return f"{{% autoescape flag %}}{inner()}{{% endautoescape %}}"
        case "include":
            return "{% include 'included' %}"
    raise AssertionError(kind)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Draw a loop of mere values, whose rows may be kept between renders."""
    shown = st.sampled_from(
        [
            "row.id",
            "row.name",
            "row.value",
            "row.value|string|upper",
            "row.tags|join",
            "number",
            "value",
        ]
    )
    key = draw(st.sampled_from(["", ' :key="{{ row.id }}"']))
    compared = draw(st.sampled_from(["number", "value", "2"]))
    parts = [f"{{{{ {draw(shown)} }}}}" for _ in range(4)]
    return (
        f"{{% for row in rows %}}<li{key}>{parts[0]}-{parts[1]}{{% if row.id == {compared} %}}"
        f"{parts[2]}{{% else %}}{parts[3]}{{% endif %}}</li>{{% endfor %}}"
        "{% for x in values %}{{ x }},{% endfor %}"
    )


@st.composite
def templates(draw: st.DrawFn) -> dict[str, str]:
    """Draw the sources of `main` and of all that it needs."""
    sources = {"included": INCLUDED, "lib": MACROS}
    head = "{% from 'lib' import show, each, box, list_of %}" if draw(st.booleans()) else MACROS
    first, second = draw(bodies(2)), draw(bodies(3))
    if draw(st.integers(0, 3)):
        return {**sources, "main": f"{head}{first}{second}"}
    shared = "{% from 'lib' import show, each, box, list_of %}"
    sources["base"] = (
        f"{shared}<main>{{% block one %}}{shared}{first}{{% endblock %}}-"
        "{% block two %}two{{ title }}{% endblock %}</main>"
    )
    super_ = "{{ super() }}" if draw(st.booleans()) else ""
    return {
        **sources,
        "main": f"{{% extends 'base' %}}{head}{{% block two %}}{shared}{second}{super_}{{% endblock %}}",
    }
