"""How forms, streams and results of background work are stored.

The rule: what a page shows of them is there again, what belongs to the process is not: a stream's
rows are in the page, and what was still being loaded is begun anew by mount.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from wirebird.forms.form import Form
from wirebird.forms.schema import FieldPlan, ModelPlan, plan_of
from wirebird.live.async_result import AsyncResult
from wirebird.live.generics import argument_of
from wirebird.live.storing.annotations import Types
from wirebird.live.storing.kinds import OMITTED, Kind, UnfitError, UnstorableError, unstorable
from wirebird.live.storing.unions import ANY, union_of
from wirebird.live.stream import Stream


def part_of(types: Types, kind: Any, arguments: tuple[Any, ...]) -> Kind | None:
    """Return the kind of a form, a stream or a result; None for anything else."""
    if not isinstance(kind, type):
        return None
    if issubclass(kind, Form):
        return _form(types, cast("type[Form[Any]]", kind), arguments)
    if issubclass(kind, Stream):
        with types.at("[]"):
            return _stream(
                cast("type[Stream[Any]]", kind), types.kind_of(arguments[0] if arguments else Any)
            )
    if issubclass(kind, AsyncResult):
        with types.at("result"):
            return _result(
                cast("type[AsyncResult[Any]]", kind),
                types.kind_of(arguments[0] if arguments else Any),
            )
    return None


def _form(types: Types, kind: type[Form[Any]], arguments: tuple[Any, ...]) -> Kind:
    model: Any = arguments[0] if arguments else argument_of(kind, Form)
    plan = None if model is None or model is Any or _is_variable(model) else plan_of(model)
    shape = "Form" if plan is None else f"Form[{_shape_of(types, plan, ())}]"

    def write(value: Any) -> Any:
        if not isinstance(value, kind):
            raise unstorable(value, shape)
        try:
            return value.stored(lambda field, first: _kind_of(field).write(first))
        except TypeError as error:
            raise UnstorableError(f"holds a form: it {error}") from error

    def read(value: Any, before: Any) -> Any:
        base = cast("Form[Any] | None", before if isinstance(before, kind) else None)
        if base is None or (plan is not None and base.form_plan is not plan):
            if plan is None:
                raise UnfitError("there is no form to restore it into, and its model is not known")
            base = kind(plan.model or dict)
        try:
            return base.restored(value, lambda field, first: _kind_of(field).read(first, None))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise UnfitError(f"{value!r:.80} is no {shape}: {error}") from error

    return Kind(shape, write, read, lambda value: isinstance(value, kind))


def _is_variable(model: Any) -> bool:
    return type(model).__name__ == "TypeVar"


@lru_cache(maxsize=4096)
def _kind_of(field: FieldPlan) -> Kind:
    """Return the kind of what a form's field begins with, which need not fit the model."""
    found = Types(part_of).kind_of(field.hint)
    return ANY if found is ANY else union_of([found, ANY])


def _shape_of(types: Types, plan: ModelPlan, outer: tuple[ModelPlan, ...]) -> str:
    if plan in outer:
        return f"@{plan.name}"
    return f"{{{','.join(sorted(_shapes_of(types, plan, (*outer, plan))))}}}"


def _shapes_of(types: Types, plan: ModelPlan, outer: tuple[ModelPlan, ...]) -> Iterator[str]:
    for field in plan.order:
        with types.at(field.name):
            if field.is_nested:
                inner = [_shape_of(types, plan_of(model), outer) for model in field.kind.models]
                shape = "|".join(sorted(inner)) + ("[]" if field.kind.multiple else "")
            else:
                shape = types.kind_of(field.hint).shape
        yield f"{field.name}:{shape}"


def _stream(kind: type[Stream[Any]], item: Kind) -> Kind:
    shape = f"Stream[{item.shape}]"

    def write(value: Any) -> Any:
        if not isinstance(value, kind):
            raise unstorable(value, shape)
        return cast("Stream[Any]", value).stored(item.write)

    def read(value: Any, before: Any) -> Any:
        base = cast("Stream[Any]", before) if isinstance(before, kind) else kind()
        try:
            return base.restored(value, lambda each: item.read(each, None))
        except (LookupError, TypeError) as error:
            raise UnfitError(f"{value!r:.80} is no {shape}: {error}") from error

    return Kind(shape, write, read, lambda value: isinstance(value, kind))


def _result(kind: type[AsyncResult[Any]], inner: Kind) -> Kind:
    shape = f"AsyncResult[{inner.shape}]"

    def write(value: Any) -> Any:
        if not isinstance(value, kind):
            raise unstorable(value, shape)
        if value.loading:
            return OMITTED
        found = cast("AsyncResult[Any]", value)
        result = None if found.result is None else [inner.write(found.result)]
        return [found.ok, found.failed, result]

    def read(value: Any, before: Any) -> Any:
        try:
            ok, failed, result = value
            found = None if result is None else inner.read(result[0], None)
        except (LookupError, TypeError, ValueError) as error:
            raise UnfitError(f"{value!r:.80} is no {shape}: {error}") from error
        return AsyncResult(ok, False, failed, found)

    return Kind(shape, write, read, lambda value: isinstance(value, kind))
