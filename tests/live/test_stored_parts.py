"""Forms and streams in a state that is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from wirebird import Form, Stream, ViewDefinitionError
from wirebird.live.stored import StoredFields, UnstorableError
from wirebird.wire.params import decode_form

BERLIN = ZoneInfo("Europe/Berlin")


class Card(BaseModel):
    kind: Literal["card"]
    number: str = Field(min_length=4)


class Cash(BaseModel):
    kind: Literal["cash"]
    amount: Decimal


class Line(BaseModel):
    what: str = Field(min_length=1)
    price: Decimal = Decimal(0)


class Order(BaseModel):
    name: str = Field(min_length=2)
    when: datetime | None = None
    until: date = date(2030, 1, 1)
    password: SecretStr = SecretStr("")
    tags: list[str] = Field(default_factory=list)
    lines: list[Line] = Field(default_factory=list)
    pay: Annotated[Card | Cash, Field(discriminator="kind")] | None = None


@dataclass
class State:
    form: Form[Order]


@dataclass
class Editing:
    form: Form[Order] | None = None


ORDER = Order(
    name="Ann",
    when=datetime(2026, 3, 29, 12, 30, tzinfo=BERLIN),
    password=SecretStr("hush"),
    lines=[Line(what="tea"), Line(what="milk", price=Decimal("1.50"))],
    pay=Card(kind="card", number="1234"),
)


def through_json(dumped: dict[str, Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(dumped))


def shown(form: Form[Any]) -> Any:
    """What a page shows of a form, and what comes of it."""

    def group(part: Any) -> Any:
        return [
            (part.name, part.id, part.key, part.errors),
            *(
                (
                    each.name, each.id, each.errors, each.all_errors, each.used,
                    each.is_kept_secret,
                    [group(inner) for inner in part.inputs_for(each.plain_name)]
                    if each.form_plan.is_nested
                    else (each.value, each.initial),
                )
                for each in part
            ),
        ]  # fmt: skip

    return group(form), form.params, form.data, form.valid, form.submitted, form.initial


def again(state: Any, mounted: Any) -> Any:
    """Return the form of a state that mount has made anew, filled with what was stored."""
    stored = StoredFields.of(type(state))
    assert stored.fill(mounted, through_json(stored.dump(state)))
    return mounted.form


SENT = (
    "order[name]=A&order[_unused_tags]=&order[until]=never&order[password]=typed"
    "&order[tags]=a&order[tags]=b&order[lines][1][what]=&order[lines][0][what]=tea"
    "&order[lines_sort][]=1&order[lines_sort][]=0&order[lines_sort][]=new"
    "&order[pay][kind]=cash&order[pay][amount]=much"
)


@pytest.mark.parametrize("initial", [None, ORDER, {"name": "Bo"}], ids=["none", "all", "some"])
@pytest.mark.parametrize("sent", ["", "order[name]=", SENT], ids=["fresh", "little", "much"])
@pytest.mark.parametrize("submitted", [False, True], ids=["changed", "submitted"])
def test_a_form_shows_what_it_showed(initial: Any, sent: str, submitted: bool) -> None:
    form = Form(Order, initial)
    if sent:
        (form.submit if submitted else form.validate)(decode_form(sent))
    restored = again(State(form), State(Form(Order, initial)))
    assert shown(restored) == shown(form)


def test_what_the_server_said_and_added_is_there_again() -> None:
    form = Form(Order, ORDER)
    form.validate(decode_form("order[name]=Ann&order[pay][kind]=card&order[pay][number]=99999"))
    key = form.add_row("lines", {"what": "sugar"})
    form.move_row("lines", key, -2)
    form.add_error("name", "is taken")
    form.inputs_for("lines")[1].add_error("what", "is sold out")
    form.add_error(None, "cannot be sent now")
    restored = again(State(form), State(Form(Order)))
    assert shown(restored) == shown(form)
    assert restored["name"].errors == ("is taken",)


def test_a_form_goes_on_from_the_values_that_it_was_given_last() -> None:
    form = Form(Order)
    form.reset(ORDER)
    restored = again(State(form), State(Form(Order, {"name": "other"})))
    sent = decode_form("order[name]=Anna&order[when]=2026-03-29T12:30&order[password]=")
    assert restored.validate(sent) == form.validate(sent)
    assert restored.data.when == ORDER.when
    assert restored.data.password == ORDER.password


def test_a_form_that_mount_did_not_make_is_made() -> None:
    form = Form(Order, ORDER, name="o", id="order-7")
    form.validate({"o": {"name": "A"}})
    assert shown(again(Editing(form), Editing())) == shown(form)
    assert again(Editing(), Editing(Form(Order))) is None


def test_messages_and_zone_are_those_of_the_form_that_mount_made() -> None:
    def make() -> Form[Order]:
        return Form(Order, ORDER, messages={"string_too_short": "zu kurz"}, timezone=BERLIN)

    form = make()
    form.submit({"order": {"name": "A"}})
    restored = again(State(form), State(make()))
    assert restored["name"].errors == ("zu kurz",)
    assert restored["when"].value == "2026-03-29T12:30"


class OrderForm(Form[Order]):
    messages: ClassVar[Any] = {"string_too_short": "too short!"}


@dataclass
class OwnClass:
    form: OrderForm = field(default_factory=lambda: OrderForm(Order))


def test_a_form_of_a_class_of_ones_own_is_stored() -> None:
    form = OrderForm(Order)
    form.submit({"order": {"name": "A"}})
    restored = again(OwnClass(form), OwnClass())
    assert type(restored) is OrderForm
    assert restored["name"].errors == ("too short!",)


@dataclass
class AnyForm:
    form: Form[dict[str, Any]] = field(default_factory=lambda: Form(dict, name="search"))


def test_a_form_without_a_model_is_stored() -> None:
    form = Form(dict, {"from": "Ulm"}, name="search")
    form.validate({"search": {"q": "tea", "tags": ["a", "b"], "_unused_x": "", "x": ""}})
    form.add_error("q", "nothing found")
    restored = again(AnyForm(form), AnyForm())
    assert restored["q"].value == "tea"
    assert restored["q"].errors == ("nothing found",)
    assert restored.data == form.data
    assert restored.initial == {"from": "Ulm"}


def test_a_form_in_a_state_without_a_class_is_stored() -> None:
    form = Form(Order, ORDER)
    form.validate({"order": {"name": "A"}})
    stored = StoredFields.of(SimpleNamespace)
    state = SimpleNamespace(form=Form(Order), count=0)
    dumped = through_json(stored.dump(SimpleNamespace(form=form, count=2)))
    assert stored.fill(state, dumped)
    assert shown(state.form) == shown(form)


def test_what_a_form_cannot_have_been_sent_is_an_error_that_names_it() -> None:
    form = Form(dict, name="")
    form.validate({"when": date(2026, 1, 1)})
    with pytest.raises(UnstorableError, match=r"^AnyForm\.form holds .*no page sends"):
        StoredFields.of(AnyForm).dump(AnyForm(form))


def test_a_form_that_does_not_fit_leaves_the_state_as_it_was() -> None:
    stored = StoredFields.of(State)
    dumped = stored.dump(State(Form(Order, ORDER)))
    dumped["form"] = {"params": {}}
    form = Form(Order)
    state = State(form)
    assert not stored.fill(state, dumped)
    assert state.form is form


def test_the_shape_of_a_state_changes_with_the_model_of_its_form() -> None:
    def shape(model: Any) -> str:
        return StoredFields.of(make_dataclass("State", [("form", Form[model])])).shape

    assert shape(Order) == StoredFields.of(State).shape
    assert shape(Order) != shape(Line)


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)


@settings(max_examples=40)
@given(
    st.recursive(
        words,
        lambda inner: st.lists(words, max_size=2) | st.dictionaries(words, inner, max_size=3),
        max_leaves=5,
    ),
    st.booleans(),
)
def test_whatever_was_sent_a_form_shows_the_same(sent: Any, submit: bool) -> None:
    form = Form(Order)
    (form.submit if submit else form.validate)({"order": sent})
    assert shown(again(State(form), State(Form(Order)))) == shown(form)


# Streams


@dataclass
class Song:
    id: int
    title: str
    released: date | None = None


@dataclass
class Playlist:
    songs: Stream[Song] = field(default_factory=Stream)


def told(state: Playlist) -> list[Any]:
    """What the page would be told now."""
    state.songs.name = state.songs.name or "songs"
    batch = state.songs._pending()  # pyright: ignore
    return [batch.reset, list(batch.deletes), list(batch.inserts.values())]


def sent(state: Playlist) -> None:
    """Let the page be told what is pending."""
    state.songs.name = state.songs.name or "songs"
    state.songs.ref = state.songs.ref or "7"
    state.songs._taken(state.songs._pending())  # pyright: ignore


def restored(state: Playlist, mounted: Playlist) -> Playlist:
    stored = StoredFields.of(Playlist)
    assert stored.fill(mounted, through_json(stored.dump(state)))
    return mounted


def test_a_stream_is_what_the_page_knows_it_by_and_none_of_its_items() -> None:
    state = Playlist(Stream([Song(1, "a")], limit=-50))
    sent(state)
    stored = StoredFields.of(Playlist).dump(state)["songs"]
    assert stored == {"name": "songs", "ref": "7", "limit": -50, "seen": [], "pending": []}
    again = restored(state, Playlist()).songs
    assert (again.name, again.ref, again.limit) == ("songs", "7", -50)


def test_what_the_page_was_not_told_yet_is_told_by_the_restored_view() -> None:
    state = Playlist(Stream([Song(1, "a", date(2026, 1, 2))]))
    state.songs.insert(Song(2, "b"), at=0, limit=5, update_only=True)
    state.songs.delete({"id": 3})
    state.songs.delete_by_dom_id("other-4")
    assert told(restored(state, Playlist())) == told(state)
    state.songs.reset([Song(5, "c")])
    assert told(restored(state, Playlist())) == told(state)


def test_what_mount_inserts_comes_after_it_and_wins() -> None:
    state = Playlist(Stream([Song(1, "old"), Song(2, "b")]))
    _, _, inserts = told(restored(state, Playlist(Stream([Song(1, "new"), Song(3, "c")]))))
    assert [insert.item.title for insert in inserts] == ["new", "b", "c"]


def test_a_restored_stream_goes_on() -> None:
    state = Playlist(Stream([Song(1, "a")]))
    sent(state)
    again = restored(state, Playlist())
    again.songs.insert(Song(2, "b"))
    again.songs.delete(Song(1, "a"))
    assert again.songs.dom_id(Song(2, "b")) == "songs-2"
    _, deletes, inserts = told(again)
    assert (deletes, [insert.key for insert in inserts]) == (["songs-1"], ["2"])


def test_how_dom_ids_are_made_is_as_mount_says() -> None:
    state = Playlist(Stream(dom_id=lambda song: f"song_{song.id}"))
    again = restored(state, Playlist(Stream(dom_id=lambda song: f"song_{song.id}")))
    assert again.songs.dom_id(Song(2, "b")) == "song_2"


def test_items_that_cannot_be_stored_are_an_error_that_names_the_field() -> None:
    kind = make_dataclass("Tasks", [("tasks", Stream[SimpleNamespace])])
    with pytest.raises(ViewDefinitionError, match=r"Tasks\.tasks\.\[\]: a SimpleNamespace"):
        StoredFields.of(kind)


def test_items_whose_type_is_not_said_are_json_values() -> None:
    kind = make_dataclass("Tasks", [("tasks", Stream)])
    stored = StoredFields.of(kind)
    state = kind(Stream())
    assert stored.fill(state, through_json(stored.dump(kind(Stream([{"id": 1, "done": True}])))))
    with pytest.raises(UnstorableError, match=r"Tasks\.tasks holds"):
        stored.dump(kind(Stream([Song(1, "a")])))
