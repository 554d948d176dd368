"""What an input shows is what the form takes back, for every type that pydantic knows."""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import math
import re
import uuid
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BeforeValidator, Json, PlainSerializer, create_model
from selectolax.lexbor import LexborHTMLParser

from tests.components.markup import attributes, html_of
from wirebird import Form
from wirebird.components import input
from wirebird.components.inputs import _TYPES as TYPES
from wirebird.forms.schema import FormDefinitionError
from wirebird.html.errors import ComponentError
from wirebird.testing import forms
from wirebird.wire.params import decode_form


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Point(enum.Enum):
    HERE = (0, 0)
    THERE = (1, 2)


class Access(enum.Flag):
    READ = 1
    WRITE = 2
    ADMIN = 4


class Bits(enum.IntFlag):
    ONE = 1
    TWO = 2


class Root(pydantic.RootModel[list[Literal["a", "b"]]]):
    pass


def split(value: Any) -> Any:
    return [each for each in value.split(", ") if each] if isinstance(value, str) else value


Tags = Annotated[list[str], BeforeValidator(split), PlainSerializer(", ".join, return_type=str)]

text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
plain = st.text("abc xyz-", min_size=1).filter(str.strip)
zones = st.sampled_from([dt.UTC, ZoneInfo("Europe/Berlin"), dt.timezone(dt.timedelta(hours=-3))])
moments = st.datetimes(dt.datetime(1000, 1, 2), dt.datetime(9000, 1, 1))
aware = st.datetimes(dt.datetime(1000, 1, 2), dt.datetime(9000, 1, 1), timezones=zones)
finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.decimals(allow_nan=False, allow_infinity=False)
urls = st.sampled_from(["https://example.com/", "https://example.com/a?b=c#d"])
jsons = st.recursive(
    st.booleans() | st.integers() | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
)


def ordered(kind: Any) -> st.SearchStrategy[Any]:
    """Return lists of choices as a browser has them: each once, in the order of the options."""
    return st.sets(st.sampled_from(kind)).map(
        lambda found: [each for each in kind if each in found]
    )


TYPED: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (str, text),
    (str | None, st.none() | st.just("") | text),
    (bytes, st.binary().filter(lambda raw: b"\0" not in raw and is_text(raw) and raw)),
    (int, st.integers()),
    (Annotated[int, pydantic.Strict()], st.integers()),
    (int | None, st.none() | st.integers()),
    (float, finite),
    (Decimal, numbers),
    (complex, st.complex_numbers(allow_nan=False, allow_infinity=False)),
    (Fraction, st.fractions()),
    (bool, st.booleans()),
    (bool | None, st.none() | st.booleans()),
    (Literal[True, False], st.booleans()),
    (Literal[True, False, None], st.none() | st.booleans()),
    (Literal[True, None], st.sampled_from([True, None])),
    (Literal[0, False, "x"], st.sampled_from([0, False, "x"])),
    (Literal[1, 0], st.sampled_from([1, 0])),
    (Literal["", "a"], st.sampled_from(["", "a"])),
    (Literal[b"a", 1, Level.HIGH], st.sampled_from([b"a", Level.HIGH])),
    (dt.date, st.dates(dt.date(1000, 1, 1))),
    (pydantic.PastDate, st.just(dt.date(2001, 2, 3))),
    (dt.time, st.times()),
    (dt.time, st.times(timezones=st.just(dt.UTC))),
    (dt.datetime, moments),
    (dt.datetime, aware),
    (dt.datetime | None, st.none() | aware),
    (pydantic.AwareDatetime, aware),
    (pydantic.AwareDatetime | None, aware),
    (pydantic.NaiveDatetime, moments),
    (pydantic.PastDatetime, st.just(dt.datetime(2001, 2, 3, 4, 5))),
    (dt.timedelta, st.timedeltas()),
    (uuid.UUID, st.uuids()),
    (pydantic.UUID4, st.uuids(version=4)),
    (Path, plain.map(Path)),
    (PurePosixPath, plain.map(PurePosixPath)),
    (pydantic.NewPath, plain.map(lambda name: Path(f"/new {name}"))),
    (ipaddress.IPv4Address, st.ip_addresses(v=4)),
    (pydantic.IPvAnyAddress, st.ip_addresses()),
    (pydantic.IPvAnyNetwork, st.just(ipaddress.ip_network("10.0.0.0/8"))),
    (re.Pattern[str], st.just(re.compile("a+"))),
    (pydantic.AnyUrl, urls.map(pydantic.AnyUrl)),
    (pydantic.HttpUrl, urls.map(pydantic.HttpUrl)),
    (pydantic.PostgresDsn, st.just(pydantic.PostgresDsn("postgres://u:p@h:5432/d"))),
    (pydantic.EmailStr, st.just("ada@example.com")),
    (pydantic.NameEmail, st.just(pydantic.NameEmail("Ada", "ada@example.com"))),
    (pydantic.ByteSize, st.integers(0).map(pydantic.ByteSize)),
    (pydantic.Base64Bytes, st.binary(min_size=1)),
    (pydantic.Base64Str, text),
    (pydantic.Base64UrlBytes | None, st.none() | st.binary(min_size=1)),
    (pydantic.ImportString[Any], st.just(math.cos)),
    (Json, jsons),
    (Json[list[int]], st.lists(st.integers())),
    (Json[str] | None, st.none() | text),
    (pydantic.SecretStr, text.map(pydantic.SecretStr)),
    (pydantic.SecretStr | None, st.none() | text.map(pydantic.SecretStr)),
    (pydantic.SecretBytes, st.binary(min_size=1).map(pydantic.SecretBytes)),
    (pydantic.Secret[dt.date], st.dates().map(pydantic.Secret[dt.date])),
    (Size, st.sampled_from(Size)),
    (Level | None, st.none() | st.sampled_from(Level)),
    (Point, st.sampled_from(Point)),
    (Access, st.integers(0, 7).map(Access)),
    (Access | None, st.none() | st.integers(0, 7).map(Access)),
    (Bits, st.integers(0, 3).map(Bits)),
    (list[Size], ordered(list(Size))),
    (list[Literal["a", "b"]] | None, st.none() | ordered(["a", "b"])),
    (set[Level], ordered(list(Level)).map(set)),
    (frozenset[Point], ordered(list(Point)).map(frozenset)),
    (tuple[Size, ...], ordered(list(Size)).map(tuple)),
    (deque[Size], ordered(list(Size)).map(deque)),
    (Sequence[Size], ordered(list(Size))),
    (list[bool], ordered([True, False])),
    (Root, ordered(["a", "b"]).map(Root)),
    (Tags, st.lists(st.text("abc", min_size=1))),
    (cast(Any, Tags) | None, st.none() | st.lists(st.text("abc", min_size=1), min_size=1)),
    (int | str, st.integers() | text),
    (bool | int | None, st.none() | st.booleans() | st.integers()),
    (int | float, st.integers() | finite),
    (Literal["auto"] | int, st.just("auto") | st.integers()),
    (dt.date | dt.datetime, st.dates() | moments | aware),
    (Any, st.none() | st.integers() | text | aware),
    (ZoneInfo, zones.filter(lambda zone: isinstance(zone, ZoneInfo))),
]  # fmt: skip
IDS = [re.sub(" at 0x[0-9a-f]+", "", str(annotation)) for annotation, _ in TYPED]


def is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def form_of(annotation: Any, value: Any) -> Form[Any]:
    return Form(create_model("M", x=(annotation, ...)), {"x": value})


def sent_by_a_browser(markup: str) -> dict[str, Any]:
    """Return what a page sends of a form that nobody has touched, as the server decodes it."""
    page = LexborHTMLParser(f"<form>{markup}</form>")
    node = page.css_first("form")
    assert node is not None
    pairs = [
        (name, value.replace("\r\n", "\n").replace("\r", "\n"))
        for name, value in forms.Form(node, page).entries()
    ]
    return decode_form(forms.urlencode(pairs))


def comes_back(annotation: Any, value: Any, **how: Any) -> None:
    form = form_of(annotation, value)
    before = form_of(annotation, value).initial["x"]
    for _ in range(2):  # what was sent is shown once more
        sent = sent_by_a_browser(html_of(input(form["x"], **how)))
        data = form.submit(sent)
        assert data is not None, (form["x"].all_errors, sent)
        came = form_of(annotation, data.x).initial["x"]
        assert came == before or repr(came) == repr(before)
        assert type(came) is type(before) or (int, float) == (type(came), type(before))
        if isinstance(before, dt.datetime):
            assert came.utcoffset() == before.utcoffset()


@pytest.mark.parametrize(("annotation", "values"), TYPED, ids=IDS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_value_that_is_shown_and_sent_back_is_the_same(
    annotation: Any, values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    comes_back(annotation, data.draw(values))


@pytest.mark.parametrize(("annotation", "values"), TYPED, ids=IDS)
@settings(max_examples=15, deadline=None)
@given(data=st.data(), type=st.sampled_from(sorted(TYPES)))
def test_an_input_of_a_type_that_was_asked_for_keeps_the_value_or_is_refused(
    annotation: Any, values: st.SearchStrategy[Any], data: st.DataObject, type: str
) -> None:
    value = data.draw(values)
    options = ["a", "b"] if type in ("select", "radio") and annotation in (str, str | None) else ()
    with suppress(ComponentError):
        comes_back(annotation, value, type=type, options=options)


class Pair(NamedTuple):
    x: int
    y: int


@pytest.mark.parametrize(
    ("annotation", "how", "said"),
    [
        (list[str], {"type": "text"}, r'PlainSerializer\(", "\.join, return_type=str\)'),
        (set[Size], {"type": "hidden"}, 'type="checkbox"'),
        (Access, {"type": "number"}, "several values"),
        (dict[str, int], {}, r"a dict has no text; .* Json\[\.\.\.\]"),
        (list[list[int]], {"options": [1]}, "not sent as text"),
        (list[pydantic.SecretStr], {"options": ["a"]}, "not sent as text"),
        (tuple[int, str], {"options": [1]}, "a type for each place; make it a model"),
        (Pair, {"options": [1]}, "names for its places"),
        (list[Literal["", "a"]], {}, "an empty text among several is nothing"),
        (Literal[1, "1"], {}, "have the same text"),
        (str, {"type": "file"}, "live_file_input"),
        (Size, {"type": "checkbox"}, 'type="radio"'),
        (dt.datetime, {"type": "date"}, "cannot say every datetime-local"),
        (dt.date, {"type": "month"}, "cannot say every date"),
        (float, {"type": "time"}, "one of hidden, number, password, radio, range"),
        (pydantic.AwareDatetime, {}, r"Form\(\.\.\., timezone=ZoneInfo"),
        (int | None, {"type": "range"}, "this may have none"),
        (str | None, {"type": "color"}, "this may have none"),
    ],
)  # fmt: skip
def test_an_input_that_could_not_give_the_value_back_is_refused_before_there_is_one(
    annotation: Any, how: dict[str, Any], said: str
) -> None:
    form = Form(create_model("M", x=(annotation, ...)))
    with pytest.raises(ComponentError, match=said):
        input(form["x"], **how)


@pytest.mark.parametrize(
    ("annotation", "value", "how", "said"),
    [
        (str, "a\nb", {"type": "text"}, 'type="textarea" keeps them'),
        (str, "a\0", {}, "NUL"),
        (str, "red", {"type": "color"}, "a browser drops it"),
        (float, math.inf, {}, "a browser drops it"),
        (int, 101, {"type": "range"}, "0 and 100 unless given"),
        (Annotated[int, pydantic.Field(ge=1, multiple_of=2)], 3, {"type": "range"}, "a step"),
        (str | list[str], ["a"], {}, "several values, and no text"),
        (bytes, b"\xff", {}, "Base64Bytes"),
        (re.Pattern[str], re.compile("a", re.IGNORECASE), {}, "not be read as the same Pattern"),
    ],
)
def test_a_value_that_an_input_would_change_is_refused(
    annotation: Any, value: Any, how: dict[str, Any], said: str
) -> None:
    with pytest.raises((ComponentError, FormDefinitionError), match=said):
        input(form_of(annotation, value)["x"], **how)


def test_a_value_that_is_no_text_is_never_shown_as_python_writes_it() -> None:
    for value in (["a"], {"a": 1}, {1}, object(), b"\xff"):
        with pytest.raises(ComponentError, match=r"input\('a', value="):
            input("a", label="A", value=value)


def test_a_text_of_several_lines_has_a_textarea_as_long_as_the_form_is_not_begun_anew() -> None:
    form = form_of(str, "a\r\nb")
    assert html_of(input(form["x"])).count("<textarea") == 1
    form.validate({"m": {"x": "a"}})
    assert html_of(input(form["x"])).count("<textarea") == 1
    form.reset({"x": "a"})
    assert "<textarea" not in html_of(input(form["x"]))


def test_what_was_changed_is_what_was_entered() -> None:
    form = form_of(str, "a\r\nb")
    assert form.submit({"m": {"x": "a\nc"}}).x == "a\nc"
    form = form_of(list[str] | None, ["a"])
    assert form.submit({"m": {"x": [""]}}).x == []
    form = form_of(Access, Access.READ | Access.WRITE)
    assert form.submit({"m": {"x": ["", "2", "4"]}}).x == Access.WRITE | Access.ADMIN
    assert form.submit({"m": {"x": ["", "8"]}}) is None
    assert form.submit({"m": {"x": [""]}}).x == Access(0)
    form = form_of(pydantic.SecretStr | None, pydantic.SecretStr("old"))
    assert form.submit({"m": {"x": "new"}}).x == pydantic.SecretStr("new")
    form = form_of(int | str, 5)
    assert form.submit({"m": {"x": "6"}}).x == "6"
    form = form_of(Tags, ["a"])
    assert form.submit({"m": {"x": "a, b"}}).x == ["a", "b"]


def test_a_time_is_meant_in_the_zone_of_the_first_value_or_of_the_form() -> None:
    noon = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
    form = form_of(pydantic.AwareDatetime, noon)
    assert form["x"].value == "2026-07-01T12:00"
    changed = form.submit({"m": {"x": "2026-07-01T13:00"}}).x
    assert changed == noon + dt.timedelta(hours=1)

    berlin = ZoneInfo("Europe/Berlin")
    M = create_model("M", x=(pydantic.AwareDatetime, ...))
    form: Form[Any] = Form(M, {"x": noon}, timezone=berlin)
    assert form["x"].value == "2026-07-01T14:00"
    assert form.submit({"m": {"x": "2026-07-01T14:00"}}).x == noon
    assert form.submit({"m": {"x": "2026-12-01T14:00"}}).x == dt.datetime(
        2026, 12, 1, 13, tzinfo=dt.UTC
    )
    form = Form(M, timezone=berlin)
    assert html_of(input(form["x"])).count('type="datetime-local"') == 1
    assert form.submit({"m": {"x": "2026-07-01T14:00"}}).x == noon
    assert form_of(dt.datetime, dt.datetime(2026, 7, 1)).submit(
        {"m": {"x": "2026-07-02T00:00"}}
    ).x == dt.datetime(2026, 7, 2)


def test_a_secret_that_the_form_began_with_need_not_be_entered_again() -> None:
    form = form_of(pydantic.SecretStr, pydantic.SecretStr("old"))
    shown = input(form["x"])
    assert "old" not in html_of(shown)
    assert "required" not in attributes(shown, "input")
    assert form.submit({"m": {"x": ""}}).x == pydantic.SecretStr("old")
    assert "required" in attributes(input(form_of(pydantic.SecretStr, "")["x"]), "input")


@pytest.mark.parametrize("annotation", [Json[dict[str, int]], dict[str, Json], list[Json[int]]])
def test_what_pydantic_takes_only_as_it_writes_it_stays_when_it_is_not_on_the_page(
    annotation: Any,
) -> None:
    value: Any = [1] if annotation == list[Json[int]] else {"a": 1}
    assert form_of(annotation, value).submit({"m": {"y": "1"}}).x == value


def options_of(shown: Any) -> list[tuple[str, bool]]:
    found = LexborHTMLParser(html_of(shown)).css("option")
    return [(each.attributes["value"] or "", "selected" in each.attributes) for each in found]


def test_a_value_that_is_not_offered_is_offered_as_long_as_it_is_what_the_form_began_with() -> None:
    form = form_of(str, "old")
    offered = [("a", False), ("b", False)]
    assert options_of(input(form["x"], options=["a", "b"])) == [*offered, ("old", True)]
    form.validate({"m": {"x": "old"}})
    assert options_of(input(form["x"], options=["a", "b"])) == [*offered, ("old", True)]
    form.validate({"m": {"x": "b"}})
    assert options_of(input(form["x"], options=["a", "b"])) == [("a", False), ("b", True)]
    form.validate({"m": {"x": "typed"}})  # a browser would show the first option instead
    assert options_of(input(form["x"], options=["a", "b"])) == [("", True), *offered]
    form = form_of(list[str], ["b", "old"])
    comes_back(list[str], ["b", "old"], options=["a", "b"], type="checkbox")
    assert html_of(input(form["x"], options=["a", "b"])).count("selected") == 2


def test_there_is_one_empty_option() -> None:
    for options in (["", "a"], [("", "None"), ("a", "A")], {"": "None", "a": "A"}):
        form = form_of(str | None, None)
        assert options_of(input(form["x"], options=options)) == [("", True), ("a", False)]
    assert options_of(input(form_of(Literal["", "a"] | None, "a")["x"])) == [
        ("", False),
        ("a", True),
    ]


def test_options_make_boxes_a_group() -> None:
    shown = input("days", type="checkbox", label="Days", options=["mon", "tue"], value=["tue"])
    boxes = LexborHTMLParser(html_of(shown)).css("input[type=checkbox]")
    assert [each.attributes["name"] for each in boxes] == ["days[]", "days[]"]
    assert attributes(shown, "input[checked]")["value"] == "tue"


def test_yes_and_no_may_be_radios() -> None:
    comes_back(bool, False, type="radio")
    shown = html_of(input(form_of(bool, True)["x"], type="select"))
    assert "Yes" in shown
    assert "No" in shown
