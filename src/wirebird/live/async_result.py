"""`AsyncResult[T]`: a state field whose value is still to come, and filling such fields.

The rule: it says at any moment whether there is a value, whether one is being loaded and why the
last attempt failed; a value that is being loaded anew stays until the new one is there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast, get_args, overload

from pydantic import GetCoreSchemaHandler
from pydantic.errors import PydanticSchemaGenerationError
from pydantic_core import CoreSchema, core_schema

from wirebird.errors import WirebirdError
from wirebird.live.tasks import AsyncOutcome, Failed, Ok

T = TypeVar("T", covariant=True)
V = TypeVar("V")


class AsyncResultError(WirebirdError):
    """`assign_async` or `stream_async` names a field that cannot take the result."""


class _MakeLoading(Protocol):
    @overload
    def __call__(self) -> AsyncResult[Any]: ...
    @overload
    def __call__(self, previous: AsyncResult[V] | None) -> AsyncResult[V]: ...


class _MakeOk(Protocol):
    def __call__(self, value: V) -> AsyncResult[V]: ...


class _MakeFailed(Protocol):
    @overload
    def __call__(self, reason: object) -> AsyncResult[Any]: ...
    @overload
    def __call__(self, reason: object, previous: AsyncResult[V] | None) -> AsyncResult[V]: ...


class _Loading:
    """On the class: makes a result that is being loaded. On a result: whether it is."""

    @overload
    def __get__(self, instance: None, owner: Any) -> _MakeLoading: ...
    @overload
    def __get__(self, instance: AsyncResult[Any], owner: Any) -> bool: ...
    def __get__(self, instance: AsyncResult[Any] | None, owner: Any) -> Any:
        return _loading if instance is None else instance._loading  # pyright: ignore


class _IsOk:
    """On the class: makes a result from a value. On a result: whether it has ever had one."""

    @overload
    def __get__(self, instance: None, owner: Any) -> _MakeOk: ...
    @overload
    def __get__(self, instance: AsyncResult[Any], owner: Any) -> bool: ...
    def __get__(self, instance: AsyncResult[Any] | None, owner: Any) -> Any:
        return _ok if instance is None else instance._ok  # pyright: ignore


class _Reason:
    """On the class: makes a result that failed. On a result: why it failed, or None."""

    @overload
    def __get__(self, instance: None, owner: Any) -> _MakeFailed: ...
    @overload
    def __get__(self, instance: AsyncResult[Any], owner: Any) -> str | None: ...
    def __get__(self, instance: AsyncResult[Any] | None, owner: Any) -> Any:
        return _failed if instance is None else instance._failed  # pyright: ignore


class AsyncResult(Generic[T]):
    """A value that is loaded in the background. It never changes; `assign_async` replaces it.

    Make one with `AsyncResult.loading()`, `AsyncResult.ok(value)` or `AsyncResult.failed(reason)`;
    `loading` and `failed` take the result so far as `previous` and keep its value.

    Attributes:
        ok: Whether there is a value, be it an old one that is just being loaded anew.
        loading: Whether it is being loaded.
        failed: Why the last attempt failed, as text; None when it did not.
        result: The value; None as long as there is none.

    Example:
        ```python
        @dataclass
        class Page:
            org: AsyncResult[Org] = field(default_factory=AsyncResult.loading)
        ```

        ```jinja
        {% if org.ok %}{{ org.result.name }}{% elif org.failed %}Not there.{% else %}…{% endif %}
        ```
    """

    __slots__ = ("_failed", "_loading", "_ok", "_result")

    ok = _IsOk()
    loading = _Loading()
    failed = _Reason()

    def __init__(
        self,
        ok: bool = False,
        loading: bool = False,
        failed: str | None = None,
        result: T | None = None,
    ) -> None:
        self._ok = ok
        self._loading = loading
        self._failed = failed
        self._result = result

    @property
    def result(self) -> T | None:
        """The value; None as long as there is none."""
        return self._result

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AsyncResult):
            return NotImplemented
        return _to_fields(self) == _to_fields(cast("AsyncResult[Any]", other))

    def __hash__(self) -> int:
        return hash((self._ok, self._loading, self._failed, self._result))

    def __repr__(self) -> str:
        said = [f"ok({self.result!r})"] if self.ok else []
        if self.failed is not None:
            said.append(f"failed({self.failed!r})")
        if self.loading:
            said.append("loading")
        return f"<AsyncResult {' '.join(said) or 'empty'}>"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        arguments = get_args(source)
        try:
            value = handler.generate_schema(arguments[0]) if arguments else core_schema.any_schema()
        except PydanticSchemaGenerationError:
            value = core_schema.any_schema()
        fields = core_schema.typed_dict_schema(
            {
                "ok": core_schema.typed_dict_field(core_schema.bool_schema()),
                "loading": core_schema.typed_dict_field(core_schema.bool_schema()),
                "failed": core_schema.typed_dict_field(
                    core_schema.nullable_schema(core_schema.str_schema())
                ),
                "result": core_schema.typed_dict_field(core_schema.nullable_schema(value)),
            }
        )
        from_fields = core_schema.no_info_after_validator_function(_from_fields, fields)
        return core_schema.json_or_python_schema(
            json_schema=from_fields,
            python_schema=core_schema.union_schema(
                [core_schema.is_instance_schema(AsyncResult), from_fields]
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                _to_fields, return_schema=fields
            ),
        )


def _loading(previous: AsyncResult[Any] | None = None) -> AsyncResult[Any]:
    """Return a result that is being loaded; `previous` gives the value to show meanwhile."""
    if previous is None:
        return AsyncResult(loading=True)
    return AsyncResult(previous.ok, True, previous.failed, previous.result)


def _ok(value: V) -> AsyncResult[V]:
    """Return a result that has a value."""
    return AsyncResult(True, result=value)


def _failed(reason: object, previous: AsyncResult[Any] | None = None) -> AsyncResult[Any]:
    """Return a result that failed; `previous` gives the value that there was before."""
    if isinstance(reason, BaseException):
        text = str(reason) or type(reason).__name__
    else:
        text = str(reason)
    if previous is None:
        return AsyncResult(failed=text)
    return AsyncResult(previous.ok, False, text, previous.result)


def _to_fields(result: AsyncResult[Any]) -> dict[str, Any]:
    return {
        "ok": result.ok,
        "loading": result.loading,
        "failed": result.failed,
        "result": result.result,
    }


def _from_fields(fields: dict[str, Any]) -> AsyncResult[Any]:
    return AsyncResult(fields["ok"], fields["loading"], fields["failed"], fields["result"])


class Assignment:
    """Fields of a state that one piece of background work fills.

    Args:
        owner: The view or component.
        names: The fields.
        alone: Whether the work returns the value of its one field, not one for each name.

    Raises:
        AsyncResultError: The state has no such field, or it holds something else.
    """

    __slots__ = ("alone", "names", "owner")

    def __init__(self, owner: Any, names: Sequence[str], *, alone: bool) -> None:
        self.owner = owner
        self.names = names
        self.alone = alone
        if not names:
            raise AsyncResultError("assign_async needs the name of a field, or several")
        for name in names:
            value = get_field(owner, name)
            if not (value is None or isinstance(value, AsyncResult)):
                raise AsyncResultError(
                    f"{type(owner).__name__}: {name!r} holds a {type(value).__name__}, and"
                    f" assign_async would replace it: declare {name}: AsyncResult[...] ="
                    " field(default_factory=AsyncResult.loading)"
                )

    def begin(self, reset: bool | Collection[str]) -> None:
        """Let the fields say that they are being loaded.

        Args:
            reset: Whether their old values go, or the names of those whose values go.
        """
        for name in self.names:
            forget = reset if isinstance(reset, bool) else name in reset
            previous = None if forget else get_field(self.owner, name)
            set_field(self.owner, name, _loading(previous))

    def finish(self, names: Sequence[str], outcome: AsyncOutcome[Any]) -> None:
        """Put what came of the work into those of the fields that still wait for it."""
        if isinstance(outcome, Ok):
            try:
                values = self._values(outcome.value)
            except AsyncResultError as error:
                outcome = Failed(error)
            else:
                for name in names:
                    set_field(self.owner, name, _ok(values[name]))
                return
        reason = outcome.error if isinstance(outcome, Failed) else "cancelled"
        for name in names:
            set_field(self.owner, name, _failed(reason, get_field(self.owner, name)))

    def _values(self, value: Any) -> Mapping[str, Any]:
        if self.alone:
            return {self.names[0]: value}
        if isinstance(value, Mapping):
            found = cast("Mapping[str, Any]", value)
            missing = [name for name in self.names if name not in found]
        elif isinstance(value, tuple) and len(cast("tuple[Any, ...]", value)) == len(self.names):
            found = dict(zip(self.names, cast("tuple[Any, ...]", value), strict=True))
            missing = []
        else:
            found, missing = {}, list(self.names)
        if missing:
            raise AsyncResultError(
                f"{type(self.owner).__name__}: the function given to assign_async for"
                f" {', '.join(self.names)} must return a mapping with these keys or a tuple of"
                f" {len(self.names)}, not {value!r:.80}"
            )
        return found


def get_field(owner: Any, name: str) -> Any:
    """Return the value of a field of a view's state, None when it was never set.

    Raises:
        AsyncResultError: The state declares no such field, or there is no state yet.
    """
    if not hasattr(owner, "state"):
        raise AsyncResultError(
            f"{type(owner).__name__}: there is no self.state to put {name!r} into yet: set it first"
        )
    state = owner.state
    known = _declared(owner, state)
    if known is not None and name not in known:
        raise AsyncResultError(
            f"{type(owner).__name__}: its state has no field {name!r}"
            f" (it has: {', '.join(sorted(known)) or 'none'})"
        )
    if isinstance(state, dict):
        return cast("dict[str, Any]", state).get(name)
    return getattr(state, name, None)


def set_field(owner: Any, name: str, value: Any) -> None:
    """Set a field of a view's state."""
    state = owner.state
    if isinstance(state, dict):
        state[name] = value
    else:
        setattr(state, name, value)


def _declared(owner: Any, state: Any) -> set[str] | None:
    """Return the names of a state's fields, None when any will do."""
    kind: Any = state.__class__ if state.__class__ is not dict else owner.definition.state_class
    names: set[str] = set()
    for base in getattr(kind, "__mro__", (kind,)):
        names.update(getattr(base, "__annotations__", {}))
    return names or None
