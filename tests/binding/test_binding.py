"""The annotations of this module are evaluated by Python: at once, or on 3.14 when asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from wirebird.binding.binding import Binder, Sources
from wirebird.binding.errors import BindingDefinitionError, BindingError
from wirebird.wire.params import decode_params


def bind(function: Any, payload: Any = None, **sources: Any) -> dict[str, Any]:
    binder = Binder(function, owner="View", stage="event", is_method=False)
    return dict(binder.bind(Sources(payload=payload, **sources)))


def bind_params(function: Any, params: dict[str, Any], **sources: Any) -> dict[str, Any]:
    binder = Binder(function, owner="View", stage="params", is_method=False)
    return dict(binder.bind(Sources(params=params, **sources)))


def definition_error(function: Any, **options: Any) -> str:
    options = {"owner": "View", "stage": "event", "is_method": False, **options}
    with pytest.raises(BindingDefinitionError) as caught:
        Binder(function, **options)
    return str(caught.value)


# Ordinary parameters


def test_a_handler_without_parameters_gets_one_shared_mapping_that_nobody_can_change():
    def handler() -> None: ...

    binder = Binder(handler, owner="View", stage="event", is_method=False)
    first, second = binder.bind(Sources(payload={"a": 1})), binder.bind(Sources())

    assert binder.is_empty
    assert first == {}
    assert first is second
    with pytest.raises(TypeError):
        first["a"] = 1  # type: ignore[index]


def test_strings_become_what_the_annotation_says():
    def handler(count: int, ratio: float, on: bool, size: Literal["s", "m"], name: str) -> None: ...

    assert bind(
        handler, {"count": "1", "ratio": "0.5", "on": "true", "size": "m", "name": "x", "value": ""}
    ) == {"count": 1, "ratio": 0.5, "on": True, "size": "m", "name": "x"}


def test_a_parameter_that_did_not_come_keeps_the_functions_default():
    def handler(by: int = 1) -> int:
        return by

    assert bind(handler, {"value": "x"}) == {}
    assert handler(**bind(handler, {"by": "3"})) == 3


def test_a_default_in_field_applies_too():
    def handler(
        by: Annotated[int, Field(default=4)],
        step: int = Field(default=2, ge=1),
        tags: list[str] = Field(default_factory=list),  # noqa: B008
    ) -> None: ...

    assert bind(handler, {}) == {"by": 4, "step": 2, "tags": []}
    with pytest.raises(BindingError, match="greater than or equal to 1"):
        bind(handler, {"step": "0"})


def test_constraints_are_checked():
    def handler(text: Annotated[str, Field(min_length=1, max_length=3)]) -> None: ...

    assert bind(handler, {"text": "abc"}) == {"text": "abc"}
    with pytest.raises(BindingError, match="at least 1 character"):
        bind(handler, {"text": ""})


def test_none_is_taken_where_the_annotation_allows_it():
    def handler(by: int | None = None) -> None: ...

    assert bind(handler, {"by": None}) == {"by": None}
    assert bind(handler, {"by": "1"}) == {"by": 1}


def test_an_unannotated_parameter_takes_what_comes():
    def handler(anything) -> None: ...  # type: ignore[no-untyped-def]

    assert bind(handler, {"anything": [1, {"a": 2}]}) == {"anything": [1, {"a": 2}]}


def test_an_alias_names_a_key_that_is_no_python_name():
    def handler(user_id: Annotated[int, Field(alias="user-id")]) -> None: ...

    assert bind(handler, {"user-id": "7"}) == {"user_id": 7}
    with pytest.raises(BindingError):
        bind(handler, {"user_id": "7"})


def test_one_value_of_a_repeated_key_becomes_a_list_of_one():
    def handler(
        tags: list[str], ids: set[int], maybe: Annotated[list[str] | None, Field(alias="m")] = None
    ) -> None: ...

    assert bind_params(handler, {"tags": "a", "ids": ["1", "2"], "m": "x"}) == {
        "tags": ["a"],
        "ids": {1, 2},
        "maybe": ["x"],
    }


def test_a_union_with_str_keeps_a_string():
    def handler(tags: list[str] | str) -> None: ...

    assert bind_params(handler, {"tags": "a"}) == {"tags": "a"}


def test_the_rest_of_the_payload_goes_to_keyword_arguments():
    def handler(by: int, **rest: int) -> None: ...

    assert bind(handler, {"by": "1", "x": "2", "y": "3"}) == {"by": 1, "x": 2, "y": 3}
    with pytest.raises(BindingError, match="'x'"):
        bind(handler, {"by": "1", "x": "no"})


def test_the_rest_never_fills_a_parameter_that_has_another_source():
    class View:
        def handler(
            self, session: dict[str, Any], key: Annotated[int, Field(alias="k")], **rest: Any
        ) -> None: ...

    binder = Binder(View.handler, owner="View", stage="event")
    forged = {"self": "me", "session": {"admin": True}, "key": "2", "k": "1", "more": 1}

    assert binder.bind(Sources(payload=forged, session={"admin": False})) == {
        "session": {"admin": False},
        "key": 1,
        "more": 1,
    }


def test_parameters_of_mount_come_from_path_and_query_and_never_from_a_payload():
    def mount(room: str, page: int = 1) -> None: ...

    assert bind_params(mount, {"room": "a", "page": "2"}, payload={"room": "b"}) == {
        "room": "a",
        "page": 2,
    }


def test_leading_parameters_are_left_to_the_caller():
    class View:
        def on_said(self, message: object, url: str) -> None: ...

    binder = Binder(View.on_said, owner="View", stage="info", leading=1)

    assert binder.bind(Sources(url="/a")) == {"url": "/a"}


def test_a_payload_that_is_no_mapping_is_refused_by_a_handler_that_needs_names():
    def handler(by: int = 1) -> None: ...

    assert bind(handler, None) == {}
    with pytest.raises(BindingError, match="payload"):
        bind(handler, [1, 2])


# Special names


def test_special_names_are_filled_as_they_are():
    def handler(
        socket,  # type: ignore[no-untyped-def]
        session: Mapping[str, Any],
        params: dict[str, str | list[str]],
        payload: dict[str, Any],
        event,
        url: str,
    ) -> None: ...

    socket, payload = object(), {"url": "forged"}
    filled = bind(
        handler,
        payload,
        socket=socket,
        session={"user": 1},
        params={"page": "2"},
        event="save",
        url="/here",
    )

    assert filled == {
        "socket": socket,
        "session": {"user": 1},
        "params": {"page": "2"},
        "payload": payload,
        "event": "save",
        "url": "/here",
    }


def test_a_payload_that_is_no_mapping_reaches_only_those_who_say_so():
    def anything(payload: Any) -> None: ...
    def names(payload: dict[str, Any]) -> None: ...

    assert bind(anything, [1]) == {"payload": [1]}
    assert bind(names, None) == {"payload": {}}
    with pytest.raises(BindingError):
        bind(names, [1])


def test_event_and_payload_are_ordinary_names_where_there_is_no_event():
    def mount(event: int, payload: str) -> None: ...

    assert bind_params(mount, {"event": "5", "payload": "x"}) == {"event": 5, "payload": "x"}


@pytest.mark.parametrize(
    ("name", "annotation"),
    [
        ("session", int),
        ("socket", str),
        ("url", int),
        ("event", Literal["a"]),
        ("payload", dict[str, int]),
        ("params", list[str]),
    ],
)
def test_a_special_name_with_another_type_is_refused(name: str, annotation: Any):
    namespace: dict[str, Any] = {}
    exec(f"def handler({name}): ...", namespace)
    handler = namespace["handler"]
    handler.__annotations__ = {name: annotation}

    message = definition_error(handler)

    assert f'parameter "{name}"' in message
    assert f'Field(alias="{name}")' in message


def test_more_special_names_can_be_given():
    def handler(result: int, by: int = 1) -> None: ...

    binder = Binder(handler, owner="View", stage="event", is_method=False, special=["result"])

    assert binder.bind(Sources(payload={"result": "forged"}, extra={"result": 1})) == {"result": 1}


# A form's data


class Signup(BaseModel):
    name: str
    age: int = 0


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str


@dataclass
class Address:
    street: str
    tags: list[str] = dataclass_field(default_factory=list)


class Search(TypedDict, total=False):
    q: str
    page: int


def test_a_model_takes_the_data_under_its_name():
    def save(user: Signup) -> None: ...

    assert bind(save, {"user": {"name": "Ann", "age": "3"}, "_target": ["user", "name"]}) == {
        "user": Signup(name="Ann", age=3)
    }


def test_a_model_takes_the_whole_payload_where_its_name_is_not_in_it():
    def save(user: Signup) -> None: ...

    assert bind(save, {"name": "Ann", "value": "", "_unused_age": ""}) == {
        "user": Signup(name="Ann")
    }


def test_dataclasses_and_typed_dicts_take_the_data_too():
    def save(address: Address, search: Search) -> None: ...

    assert bind(save, {"address": {"street": "x", "tags": "a"}, "q": "b", "page": "2"}) == {
        "address": Address("x", ["a"]),
        "search": {"q": "b", "page": 2},
    }


def test_the_clients_own_keys_do_not_upset_a_model_that_forbids_extras():
    def save(user: Strict) -> None: ...

    expected = {"user": Strict(name="A")}
    assert bind(save, {"name": "A", "_target": ["name"], "_unused_name": ""}) == expected
    assert bind(save, {"user": {"name": "A", "_unused_name": ""}}) == expected
    with pytest.raises(BindingError, match="more"):
        bind(save, {"name": "A", "more": "1"})


def test_a_model_with_a_default_may_be_absent_but_not_wrong():
    def save(user: Signup | None = None) -> None: ...

    assert bind(save, {"value": "x"}) == {}
    assert bind(save, {"user": None}) == {"user": None}
    with pytest.raises(BindingError, match="name"):
        bind(save, {"age": "3"})


def test_a_model_reads_the_query():
    def handle_params(search: Search, user: Annotated[Signup, Field(alias="u")]) -> None: ...

    assert bind_params(handle_params, {"q": "x", "u": {"name": "A"}}) == {
        "search": {"q": "x"},
        "user": Signup(name="A"),
    }


# Errors at run time


def test_the_error_names_view_handler_parameter_and_what_came():
    def increment(by: int = 1) -> None: ...

    with pytest.raises(BindingError) as caught:
        bind(increment, {"by": "abc"})

    assert str(caught.value) == (
        "View.increment does not take this payload: 'by' should be a valid integer, "
        "unable to parse string as an integer (got 'abc')"
    )
    assert [(error["type"], error["loc"]) for error in caught.value.errors] == [
        ("int_parsing", ("by",))
    ]


def test_the_error_lists_the_keys_that_came_for_one_that_did_not():
    def save(name: str) -> None: ...

    with pytest.raises(BindingError, match=r"'name' is missing \(there is 'value', 'key'\)"):
        bind(save, {"value": "hidden", "key": "x"})


def test_long_values_are_cut_and_newlines_cannot_forge_a_line_of_the_log():
    def handler(by: int) -> None: ...

    with pytest.raises(BindingError) as caught:
        bind(handler, {"by": "x\n" * 10_000})

    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", ["hunter2!", 12345])
def test_secrets_are_not_shown(value: Any):
    def handler(password: Annotated[list[int], Field(min_length=9)]) -> None: ...

    with pytest.raises(BindingError) as caught:
        bind(handler, {"password": value})

    assert str(value) not in str(caught.value)
    assert str(value) not in repr(caught.value.errors)


class Key(BaseModel):
    value: SecretStr = Field(min_length=9)
    others: "list[Key]" = []


@pytest.mark.parametrize(
    ("annotation", "payload"),
    [
        (Annotated[SecretStr, Field(min_length=9)], "hunter2!"),
        (list[Annotated[SecretStr, Field(min_length=9)]] | None, ["hunter2!"]),
        (Key, {"value": "hunter2!"}),
        (Key, {"value": "long enough", "others": [{"value": "hunter2!"}]}),
    ],
)
def test_what_is_annotated_as_a_secret_is_not_shown(annotation: Any, payload: Any):
    def handler(key): ...

    handler.__annotations__["key"] = annotation
    with pytest.raises(BindingError, match="value not shown") as caught:
        bind(handler, {"key": payload})

    assert "hunter2!" not in str(caught.value)


def test_a_huge_number_can_be_refused():
    def handler(by: Annotated[int, Field(lt=10)]) -> None: ...

    with pytest.raises(BindingError, match="got a int"):
        bind(handler, {"by": 10**5000})


def test_errors_of_a_models_own_validators_are_told_without_its_data():
    class Passwords(BaseModel):
        first: str
        second: str

        @model_validator(mode="after")
        def same(self) -> "Passwords":
            if self.first != self.second:
                raise PydanticCustomError("differ", "the two differ")
            return self

    def save(form: Passwords) -> None: ...

    with pytest.raises(BindingError, match="the two differ") as caught:
        bind(save, {"first": "hunter2", "second": "hunter3"})
    assert "hunter" not in str(caught.value)


# Errors at import


def test_an_unknown_name_is_told_with_its_place():
    def handler(by: "Unheard") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    message = definition_error(handler)

    line = handler.__code__.co_firstlineno
    assert "View.handler" in message
    assert '"by"' in message
    assert f"{__file__}:{line}" in message
    assert "'Unheard'" in message


def test_an_unknown_name_in_the_return_annotation_harms_nobody():
    def handler(by: "int") -> "Unheard": ...  # type: ignore[name-defined]  # noqa: F821

    assert bind(handler, {"by": "1"}) == {"by": 1}


def test_a_type_defined_in_the_same_function_is_found():
    class Local(BaseModel):
        name: str

    def handler(user: "Local", other: Local) -> None: ...

    assert bind(handler, {"name": "A"}) == {"user": Local(name="A"), "other": Local(name="A")}


def test_a_class_nested_in_the_view_is_found():
    class View:
        class Inner(BaseModel):
            name: str

        def save(self, user: "Inner") -> None: ...

    binder = Binder(View.save, owner="View", stage="event", scope=vars(View))

    assert binder.bind(Sources(payload={"name": "A"})) == {"user": View.Inner(name="A")}


def test_a_method_that_hides_a_built_in_does_not_change_string_annotations():
    class View:
        def list(self) -> None: ...

        def save(self, ids: "list[int]") -> None: ...

    binder = Binder(View.save, owner="View", stage="event", scope=vars(View))

    assert binder.bind(Sources(payload={"ids": ["1"]})) == {"ids": [1]}


def test_star_args_and_positional_only_parameters_are_refused():
    def star(*args: int) -> None: ...
    def slash(by: int, /) -> None: ...

    assert "*args" in definition_error(star)
    assert '"/"' in definition_error(slash)


def test_a_type_that_pydantic_does_not_know_is_refused():
    class Connection: ...

    def handler(connection: Connection) -> None: ...

    message = definition_error(handler)

    assert '"connection"' in message
    assert "Depends" in message


def test_binding_does_not_run_the_handler():
    called: list[int] = []

    def handler(by: int) -> None:
        called.append(by)

    bind(handler, {"by": "1"})

    assert called == []


def test_a_repeated_query_key_fills_a_list_and_else_its_last_value_counts() -> None:
    def mount(tags: list[str], page: int) -> None: ...

    binder = Binder(mount, owner="View", stage="mount", is_method=False)
    params = decode_params("tags=a&tags=b&page=1&page=2&tags=c")
    assert binder.bind(Sources(params=params)) == {"tags": ["a", "b", "c"], "page": 2}
