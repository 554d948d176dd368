"""A handler's signature as its contract: parameters filled by name, converted and validated.

A signature is compiled once, when the view is defined, and everything wrong with it is said then.
Binding never runs the handler, and nothing reaches a parameter from a source it did not name.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, cast, get_origin

import typing_extensions
from anyio import CancelScope
from pydantic import AfterValidator, BeforeValidator, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from wirebird.binding.blank import without_blanks
from wirebird.binding.bounds import collides, failing_fast, hashes
from wirebird.binding.depends import (
    Injection,
    UnsupportedMarkerError,
    injection_in,
    injection_of,
    provide,
)
from wirebird.binding.errors import BindingDefinitionError, BindingError
from wirebird.binding.finite import finder_of
from wirebird.binding.request import RequestPart, asks_for, part_of, place_of
from wirebird.binding.signature import (
    MEANINGS,
    annotation_of,
    arms_of,
    parameters_of,
    source_of,
    special_problem,
)
from wirebird.binding.sources import EMPTY, Sources
from wirebird.binding.structure import (
    Structure,
    first_keys,
    is_many,
    is_structure,
    one_to_list,
    secret_keys,
    structure_fields,
)
from wirebird.binding.tables import with_tables
from wirebird.binding.validators import must_be_finite, validator_of

__all__ = [
    "Binder",
    "Sources",
    "Stage",
]

Stage = Literal["mount", "params", "event", "info"]

_MOST_ERRORS = 100
"""With more mistakes than that it is only said how many there are."""

_SPECIAL = frozenset({"socket", "session", "params", "url"})
_SPECIAL_OF_EVENTS = _SPECIAL | {"payload", "event"}


@dataclass(frozen=True, slots=True)
class _Need:
    """A parameter that a dependency fills."""

    name: str
    injection: Injection
    function: Callable[..., Any]
    binder: Binder


@dataclass(frozen=True, slots=True)
class _Step:
    """One dependency to run; `inputs` are parameters filled by the steps of those numbers."""

    need: _Need
    inputs: tuple[tuple[str, int], ...]


class Binder:
    """A callable's signature, compiled for filling its parameters.

    Args:
        function: The handler or dependency.
        owner: The view's name, for messages.
        stage: What the handler is for. Ordinary parameters of `"event"` come from the payload,
            those of the other stages and of all dependencies from the path and query.
        is_method: Whether the first parameter is `self`, filled by whoever calls.
        leading: How many parameters after that the caller passes by position.
        special: More special names, filled from `Sources.extra`.
        scope: Names of the class body, for annotations that refer to nested classes.

    Attributes:
        is_simple: Whether no dependency is involved, so that `bind` is enough.
        is_empty: Whether there is nothing to fill.

    Raises:
        BindingDefinitionError: The signature cannot be bound.

    Example:
        ```python
        binder = Binder(CounterView.increment, owner="CounterView", stage="event")
        binder.bind(Sources(payload={"by": "2"}))  # {"by": 2}
        ```
    """

    bind: Callable[[Sources], Mapping[str, Any]]
    """Fill the parameters from `sources`, synchronously; for binders that are simple.

    A parameter that nothing fills and that has a default is left out of the result.
    Raises `BindingError`.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        owner: str,
        stage: Stage,
        is_method: bool = True,
        leading: int = 0,
        special: Iterable[str] = (),
        scope: Mapping[str, Any] | None = None,
        _chain: tuple[Callable[..., Any], ...] = (),
        _scopes: tuple[str, ...] = (),
        _overrides: Mapping[Any, Callable[..., Any]] = EMPTY,
    ) -> None:
        self.function = function
        self.owner = owner
        self.stage: Stage = stage
        self.special = frozenset(special)
        self.scope = scope
        self.name = getattr(function, "__name__", None) or type(function).__name__
        self._chain = _chain
        self._scopes = _scopes
        self._overrides = _overrides
        self._skip = is_method + leading
        self._replaced: tuple[Any, Binder] | None = None
        self.title = f"{owner}.{self.name}"
        if _chain:
            handler = getattr(_chain[0], "__name__", "?")
            self.title = f"{owner}.{handler}, dependency {self.name}"
        # A dependency stands for the same thing wherever it is asked for: it never sees a payload.
        self._from_payload = stage == "event" and not _chain
        self._mapping_payload = False
        self._specials: list[tuple[str, bool]] = []
        self._structures: list[Structure] = []
        self._nullable: list[str] = []
        self._needs: list[_Need] = []
        self._requests: list[str] = []
        self._parts: list[RequestPart] = []
        self._constants: dict[str, Any] = {}
        self._rest: Callable[[Any], dict[str, Any]] | None = None
        self._taken: set[str] = set()
        self._secrets: set[str] = set()
        self._hashes = False
        self._compile(self._skip)
        self._steps: list[_Step] = []
        self._inputs = self._plan(self._steps, {})
        self._own = self._choose()
        self.is_simple = not self._steps
        self.is_empty = self.is_simple and self._own is _bind_nothing
        self.bind = self._own if self.is_simple else self._refuse_to_bind

    def __repr__(self) -> str:
        return f"<Binder {self.title} ({self.stage})>"

    @asynccontextmanager
    async def resolve(self, sources: Sources) -> AsyncGenerator[Mapping[str, Any], None]:
        """Fill the parameters, dependencies included, for as long as the block runs.

        Every value from the client is checked before the first dependency runs. At the end of the
        block generator dependencies are cleaned up, last first; they see its exception, which goes
        on to the caller in any case.

        Raises:
            BindingError: What came does not fit. No dependency has run.

        Example:
            ```python
            async with binder.resolve(sources) as arguments:
                await view.say(**arguments)
            ```
        """
        if self.is_simple:
            yield self.bind(sources)
            return
        overrides = sources.overrides
        if overrides and overrides is not self._overrides:
            async with self._overridden(overrides).resolve(sources) as arguments:
                yield arguments
            return
        arguments = dict(self._own(sources))
        bound = [dict(step.need.binder._own(sources)) for step in self._steps]
        values: list[Any] = []
        # Entered before any scope that a dependency opens, so that those end first.
        with CancelScope() as cleanup:
            async with AsyncExitStack() as stack:
                try:
                    for step, given in zip(self._steps, bound, strict=True):
                        for name, number in step.inputs:
                            given[name] = values[number]
                        need = step.need
                        values.append(await provide(need.injection, need.function, given, stack))
                    for name, number in self._inputs:
                        arguments[name] = values[number]
                    yield arguments
                finally:
                    cleanup.shield = True

    # Compiling

    def _error(self, parameter: str, problem: str) -> BindingDefinitionError:
        return BindingDefinitionError(
            f'{self.title}, parameter "{parameter}" ({source_of(self.function)}): {problem}'
        )

    def _compile(self, skip: int) -> None:
        try:
            parameters = parameters_of(self.function)
        except ValueError as error:
            raise BindingDefinitionError(
                f"{self.title} ({source_of(self.function)}): Python cannot tell its signature; "
                "wrap it in a function of your own"
            ) from error
        self._taken.update(parameter.name for parameter in parameters)
        fields: dict[str, Any] = {}
        session_fields: dict[str, Any] = {}
        url_fields: dict[str, Any] = {}
        request_fields: dict[str, Any] = {}
        for parameter in parameters[skip:]:
            self._check_kind(parameter)
            annotation = self._annotation(parameter)
            injection, annotation = self._injection(parameter, annotation)
            if parameter.kind is parameter.VAR_KEYWORD:
                self._rest = self._adapter(parameter.name, dict[str, annotation])
            elif injection is not None and injection.session_key is not None:
                key = injection.session_key.key or parameter.name
                session_fields[parameter.name] = self._session_field(parameter, annotation, key)
            elif injection is not None:
                self._needs.append(self._need(parameter, annotation, injection))
            elif parameter.name in self._special_names():
                self._special(parameter.name, annotation)
            elif not self._asked(parameter.name, annotation):
                chosen = fields
                place, marker = place_of(parameter, annotation)
                if place == "Header" or place == "Cookie":
                    part = part_of(parameter.name, place, marker, is_many(annotation))
                    self._parts.append(part)
                    chosen = request_fields
                elif place == "Body" and self._chain:
                    raise self._error(parameter.name, "a dependency never sees what a form sends")
                elif place in ("Query", "Path") and self._from_payload:
                    chosen = url_fields
                chosen[parameter.name] = self._field(parameter, annotation)
        self._validate = self._validator(fields)
        self._session = self._validator(session_fields)
        self._from_url = self._validator(url_fields)
        self._from_request = self._validator(request_fields)

    def _asked(self, name: str, annotation: Any) -> bool:
        """Take note of a parameter that is filled by its class; tell whether it is."""
        try:
            what = asks_for(annotation)
        except TypeError as error:
            raise self._error(name, str(error)) from error
        if what == "request":
            self._requests.append(name)
        elif what == "scopes":
            self._constants[name] = arms_of(annotation)[0][0](list(self._scopes))
        return what is not None

    def _special_names(self) -> frozenset[str]:
        return self.special | (_SPECIAL_OF_EVENTS if self._from_payload else _SPECIAL)

    def _check_kind(self, parameter: inspect.Parameter) -> None:
        if parameter.kind is parameter.VAR_POSITIONAL:
            raise self._error(
                parameter.name, f"*{parameter.name} cannot be filled by name; name its parameters"
            )
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise self._error(
                parameter.name, 'parameters are filled by name; remove the "/" from the signature'
            )
        if parameter.name == "self" and self._chain:
            raise self._error(
                "self",
                "a dependency is called without a view; make it a function outside the class",
            )
        if parameter.name == "payload" and self._chain:
            raise self._error(
                "payload",
                "a dependency never sees a payload; let the handler take what the page sends, or "
                "for a path or query parameter of that name write payload_: Annotated[..., "
                'Field(alias="payload")]',
            )

    def _annotation(self, parameter: inspect.Parameter) -> Any:
        try:
            annotation = annotation_of(parameter, self.function, self.scope)
        except NameError as error:
            name = getattr(error, "name", None) or str(error)
            raise self._error(
                parameter.name,
                f"its annotation uses {name!r}, which is not defined here. Define or import "
                "it above the view, and not only under TYPE_CHECKING",
            ) from error
        except Exception as error:
            raise self._error(
                parameter.name, f"its annotation cannot be evaluated: {error}"
            ) from error
        return Any if annotation is parameter.empty else annotation

    def _injection(
        self, parameter: inspect.Parameter, annotation: Any
    ) -> tuple[Injection | None, Any]:
        """The parameter's marker, and its annotation without it."""
        try:
            return injection_in(parameter, annotation)
        except UnsupportedMarkerError as error:
            raise self._error(parameter.name, str(error)) from error

    def _need(self, parameter: inspect.Parameter, annotation: Any, injection: Injection) -> _Need:
        function = injection.dependency or get_origin(annotation) or annotation
        if isinstance(function, Hashable):
            function = self._overrides.get(function, function)
        if function is Any or not callable(function):
            raise self._error(parameter.name, "Depends() needs a callable: Depends(function)")
        if function in self._chain:
            raise self._error(parameter.name, "the dependency depends on itself")
        binder = Binder(
            function,
            owner=self.owner,
            stage=self.stage,
            is_method=False,
            special=self.special,
            _chain=(*(self._chain or (self.function,)), function),
            _scopes=(*self._scopes, *injection.scopes),
            _overrides=self._overrides,
        )
        return _Need(parameter.name, injection, function, binder)

    def _plan(self, steps: list[_Step], seen: dict[Hashable, int]) -> tuple[tuple[str, int], ...]:
        inputs: list[tuple[str, int]] = []
        for need in self._needs:
            shared = need.injection.use_cache
            key: Any = need.function
            key = (key if isinstance(key, Hashable) else id(key), need.binder._scopes)
            number = seen.get(key) if shared else None
            if number is None:
                below = need.binder._plan(steps, seen)
                steps.append(_Step(need, below))
                number = len(steps) - 1
                seen.setdefault(key, number)
            inputs.append((need.name, number))
        return tuple(inputs)

    def _special(self, name: str, annotation: Any) -> None:
        problem = special_problem(name, annotation)
        if problem and name not in self.special:
            raise self._error(
                name,
                f'"{name}" is {MEANINGS[name]}; {problem}. For a value of that name from the '
                f'client, choose another name: {name}_: Annotated[..., Field(alias="{name}")]',
            )
        if name == "payload" and annotation not in (Any, object):
            self._mapping_payload = True
        self._specials.append((name, name in self.special and name not in Sources.__slots__))

    def _field(self, parameter: inspect.Parameter, annotation: Any) -> Any:
        metadata = [m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, FieldInfo)]
        has_default = parameter.default is not parameter.empty
        if isinstance(parameter.default, FieldInfo):
            annotation = Annotated[annotation, parameter.default]
            metadata.append(parameter.default)
            has_default = False
        key = parameter.name
        for info in metadata:
            alias = info.validation_alias or info.alias
            self._taken.update(first_keys(alias))
            key = alias if isinstance(alias, str) else key
        self._secrets.update(secret_keys(key, annotation))
        optional = has_default or any(not info.is_required() for info in metadata)
        arms, nullable = arms_of(annotation)
        self._hashes = self._hashes or hashes(annotation)
        annotation = failing_fast(annotation)
        if arms and all(is_structure(arm) for arm in arms):
            fields = {
                name: field.annotation
                for arm in arms
                for field in structure_fields(arm)
                for name in field.keys
            }
            lists = frozenset(name for name, hint in fields.items() if is_many(hint))
            structure = Structure(key, frozenset(fields), lists, optional, nullable)
            self._structures.append(structure)
            find = finder_of(annotation)
            if find is not None:
                check = partial(must_be_finite, find)
                annotation = Annotated[annotation, AfterValidator(check)]
        elif is_many(annotation):
            annotation = Annotated[annotation, BeforeValidator(one_to_list)]
        return typing_extensions.NotRequired[annotation] if has_default else annotation

    def _session_field(self, parameter: inspect.Parameter, annotation: Any, key: str) -> Any:
        _, nullable = arms_of(annotation)
        annotation = Annotated[annotation, FieldInfo(validation_alias=key)]
        has_default = (
            parameter.default is not parameter.empty and injection_of(parameter.default) is None
        )
        if nullable and not has_default:
            self._nullable.append(parameter.name)
        return typing_extensions.NotRequired[annotation] if has_default or nullable else annotation

    def _validator(self, fields: dict[str, Any]) -> Callable[[Any], dict[str, Any]] | None:
        if not fields:
            return None
        try:
            checked = {name: with_tables(annotation) for name, annotation in fields.items()}
            return validator_of(self.name, checked)
        except Exception:
            for name, annotation in fields.items():
                try:
                    validator_of(self.name, {name: annotation})
                except Exception as error:
                    raise self._unusable(name, error) from error
            raise

    def _adapter(self, name: str, annotation: Any) -> Callable[[Any], dict[str, Any]]:
        try:
            return TypeAdapter[dict[str, Any]](annotation).validator.validate_python
        except Exception as error:
            raise self._unusable(name, error) from error

    def _unusable(self, name: str, error: Exception) -> BindingDefinitionError:
        reason = str(error).partition("\n")[0]
        return self._error(
            name,
            f"pydantic cannot validate its annotation ({reason}). For a value that does not come "
            "from the client use Annotated[..., Depends(...)]",
        )

    # Binding

    def _choose(self) -> Callable[[Sources], Mapping[str, Any]]:
        validate, from_payload = self._validate, self._from_payload
        self._needs_mapping = bool(validate or self._rest or self._mapping_payload)
        more = self._specials, self._structures, self._session, self._rest, self._hashes
        asked = self._requests, self._constants, self._from_url, self._from_request
        if any(more) or any(asked):
            return self._bind_everything
        if validate is None:
            return _bind_nothing

        def bind(sources: Sources) -> Mapping[str, Any]:
            source: Any = sources.payload if from_payload else sources.params
            if source is None:
                source = {}
            try:
                return validate(source)
            except ValidationError as error:
                try:
                    return without_blanks(validate, source, error)
                except ValidationError as left:
                    raise self._failure(left, source) from None

        return bind

    def _bind_everything(self, sources: Sources) -> Mapping[str, Any]:
        arguments: dict[str, Any] = {}
        source: Any = sources.payload if self._from_payload else sources.params
        source = {} if source is None else source
        if self._needs_mapping and not isinstance(source, Mapping):
            raise self._not_a_mapping(source)
        source = cast("Mapping[str, Any]", source)
        if self._hashes and collides(source):
            raise BindingError.in_short(self.title, self._where, "too many of its numbers collide")
        try:
            if self._validate:
                data: Any = source
                if self._structures:
                    data = dict(source)
                    for structure in self._structures:
                        structure.take(source, data)
                try:
                    arguments = self._validate(data)
                except ValidationError as error:
                    arguments = without_blanks(self._validate, data, error)
            if self._rest:
                taken = self._taken
                rest = {key: value for key, value in source.items() if key not in taken}
                arguments.update(self._rest(rest))
        except ValidationError as error:
            raise self._failure(error, source) from None
        if self._session:
            try:
                arguments.update(self._session(sources.session))
            except ValidationError as error:
                raise self._failure(error, None, "session") from None
            for name in self._nullable:
                arguments.setdefault(name, None)
        self._bind_request(sources, arguments)
        for name, extra in self._specials:
            arguments[name] = sources.extra[name] if extra else getattr(sources, name)
        if self._mapping_payload:
            arguments["payload"] = source
        return arguments

    def _bind_request(self, sources: Sources, arguments: dict[str, Any]) -> None:
        try:
            if self._from_url:
                arguments.update(self._from_url(sources.params))
            if self._from_request:
                sent: dict[str, Any] = {}
                for part in self._parts:
                    part.read(sources.request, sent)
                arguments.update(self._from_request(sent))
        except ValidationError as error:
            raise self._failure(error, None, "request") from None
        if self._requests:
            arguments.update(dict.fromkeys(self._requests, sources.request))
        arguments.update(self._constants)

    def _overridden(self, overrides: Mapping[Any, Callable[..., Any]]) -> Binder:
        """Return the same binder with the host's replacements of its dependencies."""
        key = tuple(overrides.items())
        if self._replaced is None or self._replaced[0] != key:
            binder = Binder(
                self.function,
                owner=self.owner,
                stage=self.stage,
                is_method=False,
                leading=self._skip,
                special=self.special,
                scope=self.scope,
                _overrides=overrides,
            )
            self._replaced = (key, binder)
        return self._replaced[1]

    def _refuse_to_bind(self, sources: Sources) -> Mapping[str, Any]:
        raise TypeError(
            f"{self.title} has dependencies: use `async with binder.resolve(sources)`, not bind()"
        )

    @property
    def _where(self) -> str:
        return "payload" if self._from_payload else "URL"

    def _failure(
        self, error: ValidationError, source: Any, where: str | None = None
    ) -> BindingError:
        where = where or self._where
        count = error.error_count()
        if count > _MOST_ERRORS:
            return BindingError.in_short(self.title, where, f"{count} things in it are wrong")
        details = cast("list[dict[str, Any]]", error.errors(include_url=False))
        failure = BindingError.of(self.title, where, details, source, self._secrets)
        failure.function = self.function
        return failure

    def _not_a_mapping(self, source: Any) -> BindingError:
        message = "Input should be an object with names"
        detail = {"type": "dict_type", "loc": (), "msg": message, "input": source}
        return BindingError.of(self.title, "payload", [detail], source)


def _bind_nothing(sources: Sources) -> Mapping[str, Any]:
    return EMPTY
