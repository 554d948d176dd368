from __future__ import annotations

import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.wire.transcript import names, read
from wirebird.wire.params import (
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_FORM_FIELDS,
    ParamsError,
    decode_form,
    decode_params,
    encode_params,
    values_of,
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("&x=1&&y=2&", {"x": "1", "y": "2"}),
        ("key", {"key": ""}),
        ("key=", {"key": ""}),
        ("=", {"": ""}),
        ("=value", {"": "value"}),
        ("a=b=c", {"a": "b=c"}),
        ("my+field=a+b%2Bc", {"my field": "a b+c"}),
        ("x=%C3%A9&y=é", {"x": "é", "y": "é"}),
        ("a=1&a=2", {"a": "2"}),
        ("user[name]=a&user[age]=3", {"user": {"name": "a", "age": "3"}}),
        ("user%5Bname%5D=a", {"user": {"name": "a"}}),
        ("tags[]=x&tags[]=y", {"tags": ["x", "y"]}),
        ("tags[]", {"tags": [""]}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
        ("a[][b]=1&a[][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ("a[][b][]=1&a[][b][]=2", {"a": [{"b": ["1", "2"]}]}),
        (
            "a[][b][c]=1&a[][b][d]=2&a[][b][c]=3",
            {"a": [{"b": {"c": "1", "d": "2"}}, {"b": {"c": "3"}}]},
        ),
        ("x[][][]=1", {"x": [[["1"]]]}),
        ("x[][]=1&x[][]=2", {"x": [["1", "2"]]}),
        ("x[0][a]=1&x[1][a]=2", {"x": {"0": {"a": "1"}, "1": {"a": "2"}}}),
    ],
)
def test_queries_are_decoded(query: str, expected: dict[str, Any]):
    assert decode_params(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("x=1&x[y]=2", {"x": {"y": "2"}}),
        ("x[y]=1&x=2", {"x": "2"}),
        ("x[]=1&x[y]=2", {"x": {"y": "2"}}),
        ("x[y]=1&x[]=2", {"x": ["2"]}),
        ("x[y][][w]=2&x[y]=1", {"x": {"y": "1"}}),
        ("x[]=1&x[][y]=2&x[]=3", {"x": ["1", {"y": "2"}, "3"]}),
        ("x[][y]=1&x[][y][z]=2", {"x": [{"y": "1"}, {"y": {"z": "2"}}]}),
        ("x[y][a]=1&x[y]=2&x[y][b]=3", {"x": {"y": {"b": "3"}}}),
        ("x[y][a]=1&x=2&x[y][b]=3", {"x": {"y": {"b": "3"}}}),
        ("x[y][a]=1&x[]=2&x[y][b]=3", {"x": {"y": {"b": "3"}}}),
        ("x[y][a]=1&x[y][a][b]=2&x[y][a]=3", {"x": {"y": {"a": "3"}}}),
        ("x[y][z][a]=1&x[y][z]=2&x[y][z][b]=3", {"x": {"y": {"z": {"b": "3"}}}}),
        ("x[y][z][a]=1&x[y]=2&x[y][z][b]=3", {"x": {"y": {"z": {"b": "3"}}}}),
    ],
)
def test_of_fields_that_disagree_the_last_one_wins(query: str, expected: dict[str, Any]):
    assert decode_params(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("[a]=1", {"[a]": "1"}),
        ("[a][b]=1", {"[a][b]": "1"}),
        ("a]=1", {"a]": "1"}),
        ("a[=1", {"a[": "1"}),
        ("a[b]c=1", {"a[b]c": "1"}),
        ("a[b[c]=1&a[b[d]=2", {"a": {"b[c": "1", "b[d": "2"}}),
        ("a][b]=1&a][c]=2", {"a]": {"b": "1", "c": "2"}}),
        ("a[b][]c]=1&a[b][]d]=2", {"a": {"b": {"]c": "1", "]d": "2"}}}),
        ("]=1", {"]": "1"}),
    ],
)
def test_brackets_that_do_not_close_are_part_of_the_name(query: str, expected: dict[str, Any]):
    assert decode_params(query) == expected


@pytest.mark.parametrize(
    "query", ["a=%", "a=%2", "a=%zz", "%R2=1", "a=%FF", "%C3=1", "a=%ED%A0%80", "a=\ud800"]
)
def test_invalid_encodings_are_refused(query: str):
    with pytest.raises(ParamsError):
        decode_params(query)


def test_the_number_of_fields_is_bounded():
    assert len(decode_params("&".join(f"f{i}=1" for i in range(MAX_FIELDS)))) == MAX_FIELDS
    with pytest.raises(ParamsError, match="more than 1000 fields"):
        decode_params("&".join(f"f{i}=1" for i in range(MAX_FIELDS + 1)))
    with pytest.raises(ParamsError, match="more than 2 fields"):
        decode_params("a=1&b=2&c=3", max_fields=2)


def test_a_form_may_have_more_fields_than_a_query_but_not_endlessly_many():
    assert len(decode_form("&".join(f"f{i}=1" for i in range(MAX_FORM_FIELDS)))) == 5000
    with pytest.raises(ParamsError, match="more than 5000 fields"):
        decode_form("&".join(f"f{i}=1" for i in range(10_000)))


def test_a_form_with_twenty_levels_of_brackets_is_refused():
    assert decode_form("a" + "[b]" * 19 + "=1")
    for brackets in ("[b]", "[]", "%5Bb%5D"):
        with pytest.raises(ParamsError, match="more than 20 names"):
            decode_form("a" + brackets * 20 + "=1")


def test_the_depth_of_a_key_is_bounded():
    decode_params("a" + "[b]" * (MAX_DEPTH - 1) + "=1")
    with pytest.raises(ParamsError, match="more than 20 names"):
        decode_params("a" + "[b]" * MAX_DEPTH + "=1")
    with pytest.raises(ParamsError, match="more than 20 names"):
        decode_params("a" + "[]" * 100_000 + "=1")


class Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ""),
        ({"page": 2, "tags": ["x", "y"]}, "page=2&tags[]=x&tags[]=y"),
        ({"user": {"name": "a b&c"}}, "user[name]=a+b%26c"),
        ({"a": {"b": {"c": [1]}}}, "a[b][c][]=1"),
        ({"a": [{"b": 1, "c": 2}, {"b": 3}]}, "a[][b]=1&a[][c]=2&a[][b]=3"),
        ({"x": [[[1]]]}, "x[][][]=1"),
        ({"x": {0: {"a": 1}}}, "x[0][a]=1"),
        ({"yes": True, "no": False, "f": 1.5}, "yes=true&no=false&f=1.5"),
        ({"none": None, "empty": [], "nothing": {}, "blank": ""}, "blank="),
        ({"c": Colour.RED, "d": Decimal("1.50")}, "c=red&d=1.50"),
        ({"on": datetime.date(2026, 1, 2)}, "on=2026-01-02"),
        ({"id": uuid.UUID(int=1)}, "id=00000000-0000-0000-0000-000000000001"),
        ({"my field": "é/?#"}, "my+field=%C3%A9%2F%3F%23"),
    ],
)
def test_params_are_encoded(params: dict[str, Any], expected: str):
    assert encode_params(params) == expected


@pytest.mark.parametrize("value", [object(), {1}, b"bytes", lambda: 1])
def test_a_value_without_text_is_refused_with_its_key(value: Any):
    with pytest.raises(TypeError, match=r"'a\[b\]' is of type"):
        encode_params({"a": {"b": value}})


@pytest.mark.parametrize("key", [None, True, 1.5])
def test_a_key_that_is_no_name_is_refused(key: Any):
    with pytest.raises(TypeError, match="keys of params"):
        encode_params({key: 1})


@pytest.mark.parametrize(
    "params",
    [
        {"a[b]": 1},
        {"a": {"b]": 1}},
        {"a": {"": 1}},
        {"a": [{"b": 1}, {"c": 2}]},
        {"a": [[1], [2]]},
        {"a": [{"b": [1]}, {"b": [2]}]},
    ],
)
def test_what_a_query_cannot_express_is_refused(params: dict[str, Any]):
    with pytest.raises(ValueError, match=r"brackets|empty key|ends and the next begins"):
        encode_params(params)


def test_endless_params_are_refused():
    params: dict[str, Any] = {}
    params["self"] = params
    with pytest.raises(ValueError, match="more than 20 levels"):
        encode_params(params)


def test_encoding_changes_one_param_of_a_decoded_query():
    params = decode_params("filter[tags][]=a&filter[tags][]=b&page=1&rows[][id]=1&rows[][id]=2")
    again = decode_params(encode_params({**params, "page": 2}))
    assert again == {**params, "page": "2"}


def test_a_form_has_the_names_of_the_field_that_changed():
    form = decode_form("user%5Bname%5D=a&user%5Btags%5D%5B%5D=", {"_target": "user[name]"})
    assert form == {"user": {"name": "a", "tags": [""]}, "_target": ["user", "name"]}
    for target, expected in {
        "name": ["name"],
        "tags[]": ["tags"],
        "user[tags][]": ["user", "tags"],
        "rows[][id]": ["rows", "id"],
        "": [""],
        "undefined": ["undefined"],
    }.items():
        assert decode_form("", {"_target": target})["_target"] == expected


def test_a_form_without_meta_has_only_its_fields():
    assert decode_form("a=1") == {"a": "1"}
    assert decode_form("a=1", {}) == {"a": "1"}


def test_older_clients_send_the_target_among_the_fields():
    assert decode_form("a[b]=1&_target=a[b]")["_target"] == ["a", "b"]


def test_values_of_the_form_element_take_precedence():
    assert decode_form("id=1&name=x", {"id": "2"}) == {"id": "2", "name": "x"}


@pytest.mark.parametrize("target", [3, ["a", 1], {"a": 1}, "a" + "[b]" * 40])
def test_a_target_that_is_no_field_is_refused(target: Any):
    with pytest.raises(ParamsError):
        decode_form("a=1", {"_target": target})


def test_recorded_forms_are_decoded_as_phoenix_shows_them():
    forms: list[tuple[dict[str, Any], str]] = []
    transcript = read("events")
    replies = {frame[1]: frame for step in transcript.steps for frame in step.received}
    for step in transcript.steps:
        for frame in step.sent:
            if frame[4].get("type") == "form":
                form = decode_form(frame[4]["value"], frame[4]["meta"])
                forms.append((form, replies[frame[1]][4]["response"]["diff"]["2"]["0"]))
    assert len(forms) == 6
    for form, shown in forms:
        assert shown.partition(" ")[2] == elixir(form)


def elixir(value: Any) -> str:
    match value:
        case dict():
            pairs = sorted(value.items())
            inside = ", ".join(f"{elixir(key)} =&gt; {elixir(item)}" for key, item in pairs)
            return f"%{{{inside}}}"
        case list():
            return f"[{', '.join(elixir(item) for item in value)}]"
        case _:
            return f"&quot;{value.replace('&', '&amp;')}&quot;"


def test_every_recorded_form_is_decoded():
    for name in names():
        for line in read(name).lines:
            if line.kind == "sent" and line.frame and line.frame[4].get("type") == "form":
                decode_form(line.frame[4]["value"], line.frame[4].get("meta"))


keys = st.text(min_size=1).filter(lambda key: "[" not in key and "]" not in key)
values = st.recursive(
    st.text() | st.lists(st.text(), min_size=1),
    lambda inside: st.dictionaries(keys, inside, min_size=1),
    max_leaves=10,
)
nested_values = st.recursive(
    st.text(),
    lambda inside: st.dictionaries(keys, inside, min_size=1) | st.lists(inside, min_size=1),
    max_leaves=10,
)


@given(st.dictionaries(keys, values))
def test_params_round_trip(params: dict[str, Any]):
    assert decode_params(encode_params(params)) == params


@given(st.dictionaries(keys, nested_values))
def test_nested_lists_round_trip_or_are_refused(params: dict[str, Any]):
    try:
        query = encode_params(params)
    except ValueError:
        assume(False)
    else:
        assert decode_params(query) == params


@given(st.dictionaries(keys | st.just(""), st.text()))
def test_flat_queries_are_decoded_as_the_standard_library_encodes_them(params: dict[str, str]):
    assert decode_params(urlencode(params)) == params


@given(
    st.text(alphabet="ab[]=&%+2é\ud800") | st.text(alphabet=st.characters(exclude_categories=[]))
)
def test_arbitrary_text_is_decoded_or_refused(query: str):
    try:
        params = decode_params(query)
    except ParamsError:
        return
    assert isinstance(params, dict)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", []),
        ("tag=a", ["a"]),
        ("tag=a&tag=b&tag=a", ["a", "b", "a"]),
        ("tag[]=a&tag[]=b", ["a", "b"]),
        ("tag[x]=a", [{"x": "a"}]),
    ],
)
def test_all_values_of_a_field_can_be_had(query: str, values: list[Any]):
    assert values_of(decode_params(query), "tag") == values
