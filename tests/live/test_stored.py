from __future__ import annotations

import copy
import dataclasses
import enum
import ipaddress
import math
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, TypedDict, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, model_validator

from wirebird import AsyncResult, LiveView, Presence, Transient, ViewDefinitionError
from wirebird.html.dropped import DROPPED
from wirebird.live.stored import StoredFields, UnstorableError

T = TypeVar("T")


class Color(enum.Enum):
    RED = (255, 0, 0)
    GREEN = (0, 255, 0)
    LIME = (0, 255, 0)  # noqa: PIE796 - another name of the same


class Size(enum.StrEnum):
    SMALL = "s"
    LARGE = "l"


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Point(NamedTuple):
    x: int
    y: float = 0.0


class Options(TypedDict, total=False):
    name: str
    seen: date
    deep: Transient[object]


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: Literal["EUR", "USD"] = "EUR"


@dataclass
class Cat:
    name: str


@dataclass
class Dog:
    name: str


@dataclass
class Node:
    value: int
    children: list[Node] = field(default_factory=list)
    parent_of: dict[str, Node] = field(default_factory=dict)


@dataclass
class Counted:
    """Its fields are not those of its `__init__`, and making one has an effect."""

    start: dataclasses.InitVar[int] = 0
    _hidden: list[int] = field(default_factory=list)
    total: int = field(init=False)
    made: int = field(init=False, default=0)

    def __post_init__(self, start: int) -> None:
        self.total = start
        self.made += 1


class Account(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    owner: str = Field(alias="the-owner", min_length=1)
    secret: SecretStr = SecretStr("")
    tags: set[str] = Field(default_factory=set, exclude=True)
    _seen: dict[int, date] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def never_twice(self) -> Account:
        if self.owner.startswith("!"):
            raise ValueError("it was made already")
        return self


@dataclass
class Page(Generic[T]):
    items: list[T]
    number: int = 1


moments = st.one_of(
    st.datetimes(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])),
    st.datetimes(
        min_value=datetime(1971, 1, 1),
        max_value=datetime(2100, 1, 1),
        timezones=st.sampled_from([ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo")]),
    ),
)
texts = st.text(st.characters(codec="utf-8"), max_size=8)
numbers = st.integers()
floats = st.floats()
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
decimals = st.decimals(allow_nan=True).filter(lambda value: not value.is_snan())
nodes = st.recursive(
    st.builds(Node, numbers),
    lambda inner: st.builds(
        Node, numbers, st.lists(inner, max_size=2), st.dictionaries(texts, inner, max_size=2)
    ),
    max_leaves=4,
)


def account(owner: str, secret: str, tags: set[str], seen: dict[int, date]) -> Account:
    made = Account(**{"the-owner": owner or "x", "secret": SecretStr(secret), "tags": tags})
    made._seen.update(seen)  # pyright: ignore
    return made


def counted(start: int, hidden: list[int]) -> Counted:
    return Counted(start, hidden)


dates = st.dates()
accounts = st.builds(
    account, texts.filter(lambda text: text[:1] != "!"), texts, st.sets(texts, max_size=2),
    st.dictionaries(numbers, dates, max_size=2),
)  # fmt: skip
monies = st.builds(Money, decimals, st.sampled_from(["EUR", "USD"]))
short: Any = {"max_size": 3}

# An annotation, and values of it.
VALUES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, numbers),
    (int, st.booleans()),
    (float, floats),
    (float, numbers),
    (str, texts),
    (bool, st.booleans()),
    (bytes, st.binary(max_size=20)),
    (bytearray, st.builds(bytearray, st.binary(max_size=20))),
    (complex, st.complex_numbers()),
    (Decimal, decimals),
    (UUID, st.uuids()),
    (date, dates),
    (datetime, moments),
    (time, st.times(timezones=st.none() | st.just(UTC) | st.just(ZoneInfo("Asia/Tokyo")))),
    (timedelta, st.timedeltas()),
    (ZoneInfo, st.just(ZoneInfo("Europe/Berlin"))),
    (timezone, st.just(timezone(timedelta(hours=2)))),
    (Path, st.just(Path("a/b c"))),
    (Markup, st.builds(Markup, texts)),
    (SecretStr, st.builds(SecretStr, texts)),
    (ipaddress.IPv4Address, st.ip_addresses(v=4)),
    (Color, st.sampled_from(Color)),
    (Size, st.sampled_from(Size)),
    (Rights, st.sampled_from([Rights.READ, Rights.READ | Rights.WRITE, Rights(0)])),
    (Literal[1, "1", True, None, Size.SMALL], st.sampled_from([1, "1", True, None, Size.SMALL])),
    (list[int], st.lists(numbers, **short)),
    (list[float], st.lists(floats, **short)),
    (set[date], st.sets(dates, **short)),
    (frozenset[str], st.frozensets(texts, **short)),
    (tuple[int, ...], st.lists(numbers, **short).map(tuple)),
    (tuple[int, str, date], st.tuples(numbers, texts, dates)),
    (tuple[()], st.just(())),
    (deque[int], st.builds(deque, st.lists(numbers, **short), st.sampled_from([None, 2]))),
    (dict[str, int], st.dictionaries(texts, numbers, **short)),
    (dict[int, str], st.dictionaries(numbers, texts, **short)),
    (dict[tuple[int, int], Color], st.dictionaries(st.tuples(numbers, numbers),
                                                    st.sampled_from(Color), **short)),
    (dict[date | None, bool], st.dictionaries(st.none() | dates, st.booleans(), **short)),
    (OrderedDict[str, int], st.dictionaries(texts, numbers, **short).map(OrderedDict)),
    (Counter[str], st.builds(Counter, st.lists(texts, **short))),
    (defaultdict[str, list[int]], st.dictionaries(texts, st.lists(numbers, **short), **short)
        .map(lambda found: defaultdict(list, found))),
    (Sequence[int], st.lists(numbers, **short) | st.tuples(numbers)),
    (Mapping[str, date], st.dictionaries(texts, dates, **short)),
    (int | None, st.none() | numbers),
    (int | str | None, st.none() | numbers | texts),
    (float | str, floats | texts),
    (int | float | bool, st.booleans() | numbers | floats),
    (date | str, dates | texts),
    (date | datetime | None, st.none() | dates | moments),
    (UUID | Decimal | str | bytes, st.uuids() | decimals | texts | st.binary(max_size=3)),
    (Size | str, st.sampled_from(Size) | texts),
    (list[int] | list[str] | tuple[int, ...], st.lists(numbers, **short) |
        st.lists(texts, **short) | st.lists(numbers, **short).map(tuple)),
    (Cat | Dog, st.builds(Cat, texts) | st.builds(Dog, texts)),
    (list[Cat | Dog | None], st.lists(st.none() | st.builds(Cat, texts) | st.builds(Dog, texts))),
    (Money, monies),
    (Node, nodes),
    (Counted, st.builds(counted, numbers, st.lists(numbers, **short))),
    (Account, accounts),
    (Account | Money | Options, accounts | monies | st.just({"name": "x"})),
    (Point, st.builds(Point, numbers, floats)),
    (Options, st.fixed_dictionaries({}, optional={"name": texts, "seen": dates})),
    (Page[date], st.builds(Page, st.lists(dates, **short), numbers)),
    (Annotated[int, Field(ge=0)], numbers),  # a state may break the limits of its model
    (Any, json_values),
    (dict[str, Any], st.dictionaries(texts, json_values, **short)),
    (list, st.lists(json_values, **short)),
    (dict, st.dictionaries(texts, json_values, **short)),
]  # fmt: skip


@dataclass
class Holder:
    value: Any = None


def holding(hint: Any) -> Any:
    return dataclasses.make_dataclass("Holding", [("value", hint, None)])


def through_json(dumped: dict[str, Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(dumped))


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal, and of the same types all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, complex):
        return repr(one) == repr(other)
    if isinstance(one, Decimal):
        return one.as_tuple() == other.as_tuple()
    if isinstance(one, datetime | time):
        zones = type(one.tzinfo) is type(other.tzinfo)
        return zones and one.isoformat() == other.isoformat()
    if isinstance(one, SecretStr):
        return one.get_secret_value() == other.get_secret_value()
    if isinstance(one, deque) and one.maxlen != other.maxlen:
        return False
    if isinstance(one, defaultdict) and one.default_factory is not other.default_factory:
        return False
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return False
        keys = {key: key for key in other}
        return all(same(key, keys[key]) and same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple | deque):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, set | frozenset):
        return one == other and {type(each) for each in one} == {type(each) for each in other}
    if dataclasses.is_dataclass(one):
        names = [each.name for each in dataclasses.fields(one)]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, BaseModel):
        hidden = (one.__pydantic_private__, other.__pydantic_private__)
        return (
            same(one.__dict__, other.__dict__)
            and same(*hidden)
            and one.model_fields_set == other.model_fields_set
        )
    return bool(one == other)


@pytest.mark.parametrize(("hint", "values"), VALUES, ids=lambda each: str(each)[:50])
def test_a_value_comes_back_as_what_it_was(hint: Any, values: st.SearchStrategy[Any]) -> None:
    kind = holding(hint)
    stored = StoredFields.of(kind)

    @settings(max_examples=30)
    @given(values)
    def check(value: Any) -> None:
        before = copy.deepcopy(value)
        state = kind()
        assert stored.fill(state, through_json(stored.dump(kind(value))))
        assert same(state.value, before)
        assert same(value, before)

    check()


@pytest.mark.parametrize("changed", [list[int], set[int], dict[int, int], list[Node], Any, deque])
def test_what_was_dumped_is_no_longer_the_states(changed: Any) -> None:
    kind = holding(changed)
    value: Any = (
        {1: 2} if changed == dict[int, int] else [Node(1)] if changed == list[Node] else [1]
    )
    value = {1} if changed == set[int] else deque([1]) if changed is deque else value
    stored = StoredFields.of(kind)
    dumped = stored.dump(kind(value))
    before = copy.deepcopy(dumped)
    if isinstance(value, list):
        value.append(value[0])
    value.clear()
    assert dumped == before


def test_dictionaries_keep_their_order() -> None:
    for hint in (dict[str, int], dict[int, int], Any):
        kind = holding(hint)
        stored = StoredFields.of(kind)
        value = {"b": 1, "a": 2} if hint != dict[int, int] else {2: 1, 1: 2}
        state = kind()
        assert stored.fill(state, through_json(stored.dump(kind(value))))
        assert list(state.value) == list(value)


# The classes of states


@dataclass
class State:
    count: int = 0
    when: date | None = None
    cache: Transient[dict[str, object] | None] = None


class ModelState(BaseModel):
    count: int = Field(0, ge=0)
    when: date | None = None
    cache: Transient[Any] = None
    _private: tuple[int, ...] = PrivateAttr(())


class DictState(TypedDict):
    count: int
    when: NotRequired[date | None]
    cache: NotRequired[Transient[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class FrozenState:
    count: int = 0
    when: date | None = None
    total: int = field(init=False, default=1)


def test_a_dataclass_is_filled_in_place_but_for_what_is_transient() -> None:
    stored = StoredFields.of(State)
    dumped = stored.dump(State(3, date(2026, 1, 2), {"old": object()}))
    assert set(dumped) == {"", "count", "when"}
    cache: dict[str, object] = {"new": object()}
    state = State(cache=cache)
    assert stored.fill(state, dumped)
    assert state == State(3, date(2026, 1, 2), cache)


def test_who_is_here_is_not_stored() -> None:
    @dataclass
    class Room:
        name: str
        people: Presence[object] = field(default_factory=Presence)

    class Strict(BaseModel):
        people: Presence[int] = Field(default_factory=Presence)

    assert set(StoredFields.of(Room).dump(Room("a"))) == {"", "name"}
    here = Room("b")
    people = here.people
    assert StoredFields.of(Room).fill(here, StoredFields.of(Room).dump(Room("a")))
    assert here.name == "a"
    assert here.people is people
    assert set(StoredFields.of(Strict).dump(Strict())) == {""}


def test_a_model_is_filled_with_its_private_attributes() -> None:
    stored = StoredFields.of(ModelState)
    before = ModelState(count=3)
    before._private = (1, 2)
    state = ModelState(cache=[])  # pyright: ignore
    assert stored.fill(state, through_json(stored.dump(before)))
    assert state.count == 3
    assert state._private == (1, 2)
    assert state.cache == []


def test_a_typed_dict_is_filled_with_the_keys_that_were_there() -> None:
    stored = StoredFields.of(DictState)
    state: DictState = {"count": 0}
    assert stored.fill(state, stored.dump({"count": 3, "cache": lambda: None}))
    assert state == {"count": 3}
    assert stored.fill(state, through_json(stored.dump({"count": 4, "when": date(2026, 1, 2)})))
    assert state == {"count": 4, "when": date(2026, 1, 2)}


def test_a_frozen_state_is_filled_too() -> None:
    stored = StoredFields.of(FrozenState)
    before = FrozenState(3)
    object.__setattr__(before, "total", 9)
    state = FrozenState()
    assert stored.fill(state, stored.dump(before))
    assert (state.count, state.total) == (3, 9)


def test_a_generic_state_has_the_types_it_was_given() -> None:
    stored = StoredFields.of(Page[date])
    state = Page[date]([])
    assert stored.fill(state, through_json(stored.dump(Page([date(2026, 1, 2)]))))
    assert state.items == [date(2026, 1, 2)]
    assert stored.shape != StoredFields.of(Page[str]).shape


def test_type_checkers_see_through_the_mark() -> None:
    state = State(cache={"a": 1})
    assert state.cache is not None
    assert state.cache["a"] == 1


def test_an_empty_state_is_stored() -> None:
    kind = dataclasses.make_dataclass("Empty", [])
    stored = StoredFields.of(kind)
    assert stored.fill(kind(), stored.dump(kind()))


def test_what_was_temporary_and_let_go_is_not_stored() -> None:
    kind = holding(list[int])
    assert set(StoredFields.of(kind).dump(kind(DROPPED))) == {""}


# Another shape, and what does not fit


def changed_to(*fields: Any) -> Any:
    return dataclasses.make_dataclass("State", fields)


def test_a_state_of_another_shape_is_not_touched() -> None:
    dumped = StoredFields.of(State).dump(State(3))
    kind = changed_to(("count", int, 0), ("when", date | None, None), ("more", str, ""))
    state = kind()
    assert not StoredFields.of(kind).fill(state, dumped)
    assert state == kind()


def test_fields_that_fit_are_kept_when_that_is_wanted() -> None:
    dumped = StoredFields.of(State).dump(State(3, date(2026, 1, 2)))
    kind = changed_to(("count", int, 0), ("when", int, 7), ("more", str, "new"))
    state = kind()
    assert StoredFields.of(kind).fill(state, dumped, keep_fitting=True)
    assert state == kind(3, 7, "new")


def test_a_nested_class_with_a_new_field_that_has_a_default_fits() -> None:
    old = dataclasses.make_dataclass("Row", [("id", int), ("gone", str, "")])
    new = dataclasses.make_dataclass(
        "Row", [("id", int), ("more", list[int], field(default_factory=list))]
    )
    needy = dataclasses.make_dataclass("Row", [("id", int), ("more", list[int])])
    dumped = StoredFields.of(holding(list[old])).dump(holding(list[old])([old(1)]))  # type: ignore
    kind = holding(list[new])  # type: ignore
    state = kind()
    assert StoredFields.of(kind).fill(state, dumped, keep_fitting=True)
    assert state.value == [new(1, [])]
    other = holding(list[needy])  # type: ignore
    state = other()
    assert not StoredFields.of(other).fill(state, dumped, keep_fitting=True)
    assert state.value is None


def test_a_value_that_does_not_fit_leaves_the_state_as_it_was() -> None:
    stored = StoredFields.of(State)
    dumped = stored.dump(State(3, date(2026, 1, 2)))
    dumped["when"] = "no date"
    state = State(1)
    assert not stored.fill(state, dumped)
    assert state == State(1)
    assert stored.fill(state, dumped, keep_fitting=True)
    assert state == State(3)


@given(st.data(), json_values)
def test_whatever_was_stored_nothing_is_raised_or_half_filled(data: Any, garbage: Any) -> None:
    hint, _ = data.draw(st.sampled_from(VALUES))
    kind = dataclasses.make_dataclass("Holding", [("count", int, 0), ("value", hint, None)])
    stored = StoredFields.of(kind)
    state = kind()
    filled = stored.fill(state, {"": stored.shape, "count": 5, "value": garbage})
    assert state.count == (5 if filled else 0)
    assert not stored.fill(kind(), garbage)


def test_the_shape_changes_with_names_and_types_alone() -> None:
    def shape(*fields: Any) -> str:
        return StoredFields.of(changed_to(*fields)).shape

    one = shape(("a", int, 0), ("b", str, ""))
    assert shape(("b", str, "other"), ("a", int, 5)) == one
    assert shape(("a", int, 0), ("c", str, "")) != one
    assert shape(("a", int, 0), ("b", str | None, "")) != one
    assert shape(("a", int, 0), ("b", str, ""), ("t", Transient[object], None)) == one
    assert shape(("a", int | str, 0)) == shape(("a", str | int, 0))
    assert shape(("a", list[Cat], 0)) != shape(("a", list[Dog], 0))


SHAPE = """
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from wirebird.live.stored import StoredFields
Color = Enum("Color", "RED GREEN BLUE")
@dataclass
class Row:
    id: int
    color: Color | None
    where: Path
@dataclass
class State:
    rows: list[Row]
    by: dict[tuple[int, str], set[Decimal] | frozenset[date]]
print(StoredFields.of(State).shape)
"""


def test_the_shape_is_the_same_in_every_process_and_python() -> None:
    done = subprocess.run([sys.executable, "-c", SHAPE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "a1f025cf6ec1ce83"


# What cannot be stored


class Task:
    pass


@pytest.mark.parametrize(
    ("hint", "what"),
    [
        (Task, "Task"),
        (list[Task], "Task"),
        (dict[str, Task | None], "Task"),
        (Callable[[], None], "Callable"),
        (type[int], "type"),
        (defaultdict[str, Task], "defaultdict"),
        (Page[Task], "items"),
    ],
)
def test_what_cannot_be_stored_is_an_error_that_names_view_field_and_mark(
    hint: Any, what: str
) -> None:
    kind = dataclasses.make_dataclass("BoardState", [("worker", hint, None)])
    with pytest.raises(ViewDefinitionError) as found:
        StoredFields.of(kind, "BoardView")
    text = str(found.value)
    assert text.startswith("BoardView: BoardState.worker")
    assert "worker: Transient[...]" in text
    assert what in text
    marked = dataclasses.make_dataclass("BoardState", [("worker", Transient[hint], None)])
    assert StoredFields.of(marked, "BoardView").dump(marked(Task())).keys() == {""}


def test_a_class_without_declared_fields_cannot_be_stored() -> None:
    with pytest.raises(ViewDefinitionError, match="only a dataclass"):
        StoredFields.of(Task, "BoardView")


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, "5"), (str, 5), (str, Markup("<b>")), (int, None), (list[int], (1,)),
        (list[int], ["x"]),
        (Cat, Dog("x")), (date, datetime(2026, 1, 1)), (int | None, 5.0), (Literal["a"], "b"),
        (tuple[int, int], (1,)), (Any, date(2026, 1, 1)), (Any, {"a": [{1: 2}]}), (Any, math.nan),
        (list[Cat], [Cat(5)]), (dict[str, int], {1: 1}),  # pyright: ignore
    ],
)  # fmt: skip
def test_a_value_of_another_type_than_declared_is_an_error_that_names_the_field(
    hint: Any, value: Any
) -> None:
    kind = holding(hint)
    with pytest.raises(UnstorableError, match=r"^Holding\.value\b"):
        StoredFields.of(kind).dump(kind(value))


# A state without a class


def test_a_state_without_a_class_has_json_values() -> None:
    class Anything(LiveView):
        html = ""

    stored = StoredFields.of(Anything.definition.state_class)
    dumped = through_json(stored.dump(SimpleNamespace(count=3, rows=[{"id": 1}])))
    state = SimpleNamespace(count=0, other=1)
    assert stored.fill(state, dumped)
    assert state == SimpleNamespace(count=3, rows=[{"id": 1}], other=1)


def test_what_is_no_json_value_in_a_state_without_a_class_is_an_error_that_names_it() -> None:
    stored = StoredFields.of(SimpleNamespace)
    with pytest.raises(UnstorableError, match=r"^state\.when holds"):
        stored.dump(SimpleNamespace(count=3, when=date(2026, 1, 2)))


# Results of background work


@dataclass
class Loaded:
    org: AsyncResult[Money] = field(default_factory=AsyncResult.loading)


@pytest.mark.parametrize(
    "result", [AsyncResult.ok(Money(Decimal("1.50"))), AsyncResult.failed("no"), AsyncResult()]
)
def test_results_that_came_are_stored(result: AsyncResult[Money]) -> None:
    stored = StoredFields.of(Loaded)
    state = Loaded()
    assert stored.fill(state, through_json(stored.dump(Loaded(result))))
    assert state.org == result


@pytest.mark.parametrize(
    "result", [AsyncResult.loading(), AsyncResult.loading(AsyncResult.ok(Money(Decimal(1))))]
)
def test_what_is_still_being_loaded_stays_what_mount_began(result: AsyncResult[Money]) -> None:
    stored = StoredFields.of(Loaded)
    begun = AsyncResult.loading(AsyncResult.ok(Money(Decimal(2))))
    state = Loaded(begun)
    assert stored.fill(state, through_json(stored.dump(Loaded(result))))
    assert state.org is begun
