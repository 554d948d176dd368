"""What is sent through a broker is what arrives; and what a broker's messages cannot do."""

from __future__ import annotations

import enum
import math
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID, uuid4

import pydantic.dataclasses
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from pydantic import BaseModel, Field, SecretStr
from typing_extensions import TypedDict

from tests.cluster.hearing import Said
from wirebird import LiveView, Resubscribed, UnsendableMessage, broadcastable, info
from wirebird.cluster.broker import Packet
from wirebird.cluster.messages import (
    Decoder,
    MalformedMessage,
    UnknownMessage,
    difference,
    encode,
    type_name,
)

T = TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


broadcastable(Color)


class Place(TypedDict):
    x: float
    y: float


@broadcastable
class Point(NamedTuple):
    x: int
    y: int


@dataclass(frozen=True)
class Circle:
    size: float
    kind: Literal["circle"] = "circle"


@dataclass(frozen=True)
class Square:
    size: float
    kind: Literal["square"] = "square"


@broadcastable
@dataclass
class Everything:
    text: str
    number: int
    ratio: float
    exact: Decimal
    raw: bytes
    at: datetime
    day: date
    hour: time
    long: timedelta
    id: UUID
    color: Color
    place: Place
    shape: Circle | Square
    choice: int | str | None
    pairs: dict[int, tuple[str, bool]]
    tags: frozenset[str]
    points: list[Point]
    said: list[Said] = field(default_factory=list)
    anything: Any = None


class Order(BaseModel):
    id: int
    lines: list[Said]
    note: Annotated[str, Field(alias="remark")] = ""


broadcastable(Order)

texts = st.text(st.characters(exclude_categories=["Cs"]))
moments = st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-7))]))  # type: ignore[arg-type]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)
scalars = st.one_of(
    st.binary(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.uuids(),
    st.dates(),
    moments,
    st.times(),
    st.timedeltas(),
)
said = st.builds(Said, texts, texts, st.integers())
everything = st.builds(
    Everything,
    text=texts,
    number=st.integers(),
    ratio=st.floats(),
    exact=st.decimals(allow_nan=False, allow_infinity=False),
    raw=st.binary(),
    at=moments,
    day=st.dates(),
    hour=st.times(),
    long=st.timedeltas(),
    id=st.uuids(),
    color=st.sampled_from(Color),
    place=st.fixed_dictionaries({"x": st.floats(), "y": st.floats()}),
    shape=st.builds(Circle, st.floats()) | st.builds(Square, st.floats()),
    choice=st.none() | st.integers() | texts,
    pairs=st.dictionaries(st.integers(), st.tuples(texts, st.booleans())),
    tags=st.frozensets(texts),
    points=st.lists(st.builds(Point, st.integers(), st.integers())),
    said=st.lists(said),
    anything=json_values,
)
messages = st.one_of(
    json_values,
    scalars,
    said,
    everything,
    st.builds(lambda id, lines: Order(id=id, lines=lines), st.integers(), st.lists(said)),
    st.sampled_from(Color),
    st.builds(Point, st.integers(), st.integers()),
    st.tuples(texts, st.integers()),
    st.frozensets(st.integers()),
    st.builds(Resubscribed, texts),
)


def through(message: Any) -> Any:
    return Decoder().decode(*encode(message))


@settings(max_examples=60, deadline=None)
@given(messages)
def test_what_arrives_is_what_was_sent_of_the_same_type(message: Any):
    back = through(message)
    assert type(back) is type(message)
    assert back == message or difference(message, back) is None


@pytest.mark.parametrize(
    "message",
    [
        Said("ada", "hello"), Color.RED, Color.BLUE, Point(1, 2), ("said", 1), {1, 2}, None, True,
        1, 1.5, "x", [1, [2]], {"a": {"b": None}}, b"\xff\0", Decimal("1.10"), date(2026, 2, 28),
        datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))), uuid4(),
        timedelta(microseconds=-1), 2**200, math.inf,
    ],
)  # fmt: skip
def test_these_can_be_sent(message: Any):
    back = through(message)
    assert type(back) is type(message)
    assert back == message


class Secretive(BaseModel):
    password: SecretStr


class Base(BaseModel):
    pass


class Derived(Base):
    more: int = 1


@dataclass
class Holds:
    what: Any = None
    base: Base | None = None
    marked: str = ""


class Raw(BaseModel):
    raw: bytes


class Plain:
    pass


@dataclass
class HoldsPlain:
    plain: Plain


@dataclass
class Round:
    size: float


@dataclass
class Cornered:
    size: float


@dataclass
class LookAlike:
    shape: Round | Cornered


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (Plain(), "Plain"),
        (HoldsPlain(Plain()), "Plain"),
        (ValueError("x"), "ValueError"),
        (print, "builtin_function_or_method"),
        (lambda: None, "function"),
        (Markup("<b>"), "Markup"),
        ([Said("ada")], r"its \[0\] is a tests.cluster.hearing.Said and would arrive as a dict"),
        ({"at": date(2026, 1, 1)}, r"its \['at'\] is a datetime.date and would arrive as a str"),
        ({1: "x"}, "would arrive as"),
        ({"pair": (1, 2)}, r"its \['pair'\] is a tuple and would arrive as a list"),
        (Holds(what=Said("ada")), "its what is a .*Said and would arrive as a dict"),
        (Holds(base=Derived()), "its base is a .*Derived and would arrive as a .*Base"),
        (Holds(marked=3), "Expected `str`"),  # type: ignore[arg-type]
        (Secretive(password="x"), "its password is .* and would arrive as"),  # type: ignore[arg-type]
        (LookAlike(Cornered(1)), "its shape is a .*Cornered and would arrive as a .*Round"),
        (Raw(raw=b"\xff"), "ser_json_bytes"),
        ("\ud800", "surrogates"),
        (Said("x" * 17_000_000), "16,777,216 are allowed"),
    ],
)
def test_what_would_not_arrive_as_it_is_is_an_error_that_names_its_type(message: Any, why: str):
    with pytest.raises(UnsendableMessage, match=why) as error:
        encode(message)
    assert type_name(type(message)) in str(error.value)
    assert "local_broadcast" in str(error.value)


def test_what_holds_itself_is_an_error():
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UnsendableMessage):
        encode(endless)


def test_objects_that_equal_only_themselves_are_compared_by_what_they_hold():
    @broadcastable
    @dataclass(eq=False)
    class Same:
        what: Any
        inner: Any = None

    assert through(Same([1, {"a": None}])).what == [1, {"a": None}]
    with pytest.raises(UnsendableMessage, match="tuple"):
        encode(Same(1, (2,)))


# Which types arrive


def test_a_type_arrives_where_a_view_takes_it_and_so_do_its_subclasses():
    @dataclass
    class News:
        text: str

    @dataclass
    class Late(News):
        minutes: int = 5

    sent = [encode(News("x")), encode(Late("y"))]
    for each in sent:
        with pytest.raises(UnknownMessage, match=r"News|Late"):
            Decoder().decode(*each)

    class Reads(LiveView):
        html = "<p></p>"

        @info
        async def on_news(self, news: News) -> None: ...

    assert [Decoder().decode(*each) for each in sent] == [News("x"), Late("y")]
    assert Reads


def test_a_view_that_takes_everything_opens_nothing():
    @dataclass
    class Somewhere:
        x: int = 0

    class Takes(LiveView):
        html = "<p></p>"

        @info
        async def on_model(self, message: BaseModel) -> None: ...

        @info
        async def on_any(self, message: object) -> None: ...

    for message in (Somewhere(), Derived()):
        with pytest.raises(UnknownMessage):
            through(message)
    assert Takes


def test_a_generic_type_arrives_with_its_arguments():
    @broadcastable
    class Page(BaseModel, Generic[T]):
        items: list[T]

    back = through(Page[date](items=[date(2026, 1, 1)]))
    assert back == Page[date](items=[date(2026, 1, 1)])
    assert type(back) is Page[date]


def test_pydantic_dataclasses_arrive():
    @broadcastable
    @pydantic.dataclasses.dataclass
    class Checked:
        count: int

    assert through(Checked(3)) == Checked(3)


@pytest.mark.parametrize(
    "name",
    [
        "os:system", "subprocess:Popen", "builtins:eval", "object", "type", "antigravity:x",
        "this:x", "tests.cluster.test_messages:Plain", "tests.cluster.test_messages:Holds", "",
        ":", "x" * 9999, "wirebird.web.app:Wirebird", "__main__:__builtins__", "wirebird:LiveView",
        "json:loads",
    ],
)  # fmt: skip
def test_a_name_that_arrives_imports_and_makes_nothing(name: str):
    before = set(sys.modules)
    with pytest.raises(UnknownMessage):
        Decoder().decode(name, b'["true"]')
    assert set(sys.modules) == before


@given(st.binary() | st.binary().map(lambda data: b'["t","s",1,"json"]\n' + data))
def test_rubbish_is_told_from_messages(data: bytes):
    try:
        packet = Packet.unpacked(data)
        Decoder().decode(packet.type, packet.data)
    except MalformedMessage:
        pass


def test_json_that_is_too_deep_is_malformed():
    with pytest.raises(MalformedMessage):
        Decoder().decode("json", b"[" * 100_000)


@given(texts, texts, st.integers(0, 2**63), texts, st.binary())
def test_a_packet_is_unpacked_as_it_was_packed(
    topic: str, sender: str, number: int, name: str, data: bytes
):
    packet = Packet(topic, sender, number, name, data)
    assert Packet.unpacked(packet.packed()) == packet
