"""What a form knows of its model: fields, their kinds, nested models. Read once per model.

The rule: plans never change and know nothing of any form; all forms of a model share them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache, partial
from types import MappingProxyType
from typing import Annotated, Any, cast, get_origin, get_type_hints

import typing_extensions
from pydantic import AliasChoices, BaseModel, ConfigDict, RootModel, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from wirebird.binding.finite import finder_of, refuse
from wirebird.binding.structure import is_structure
from wirebird.binding.tables import is_table, maker_of
from wirebird.errors import DefinitionError
from wirebird.forms.kinds import Kind, is_required_type, kind_of, label_of
from wirebird.forms.reading import Reading
from wirebird.forms.values import NoTextError, input_text
from wirebird.names import did_you_mean


class FormDefinitionError(DefinitionError):
    """A form cannot be made of its model, or has no such field."""


class Missing:
    """The type of `MISSING`: nothing came."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING = Missing()
_LONGEST_KEPT = 100  # characters of a name that a client made up

Params = Mapping[str, Any]
NOTHING: Params = MappingProxyType({})


def unwrapped(value: Any) -> Any:
    """Return what is in a `RootModel`, and anything else as it is."""
    while isinstance(value, RootModel):
        value = cast(Any, value).root
    return value


class FieldPlan:
    """One field of a model, as a form needs to know it.

    Args:
        owner: The model's name, for messages.
        name: The field's name.
        key: The name under which pydantic takes it: its alias, if it has one.
        kind: What its annotation means.
        required: Whether there must be a value.
        default: Its default; `MISSING` without one.
        factory: What makes its default.
        label: What it is called.
        strip: Whether the model strips white space from texts.
        hint: Its annotation with all of its metadata.
        config: The model's configuration.
    """

    def __init__(
        self,
        owner: str,
        name: str,
        key: str,
        kind: Kind,
        *,
        required: bool,
        default: Any = MISSING,
        factory: Callable[[], Any] | None = None,
        label: str | None = None,
        strip: bool = False,
        hint: Any = Any,
        config: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.owner = owner
        self.name = name
        self.key = key
        self.kind = kind
        self.required = required
        self.default = default
        self.factory = factory
        self.label = label_of(name) if label is None else label
        self.strip = kind.strip or (strip and kind.is_text)
        self.hint = hint
        self._config = config
        self.is_nested = bool(kind.models)
        self.is_text = kind.is_text
        self.has_default = not required
        self.is_nullable = required and kind.nullable
        self.texts = frozenset(text for text, _ in kind.options)
        # What goes to pydantic just as it came, unless it is empty.
        self.is_plain = not (
            self.is_nested or kind.multiple or kind.values or kind.either or self.strip
        ) and kind.type not in ("datetime-local", "time")
        must = required and not kind.nullable and not kind.multiple and not self.is_nested
        if must and (kind.type != "checkbox" or kind.values):
            self.attributes: Mapping[str, Any] = {"required": True, **kind.attributes}
        else:
            self.attributes = kind.attributes
        if self.is_nested:
            self._check_models()

    def __repr__(self) -> str:
        return f"<FieldPlan {self.owner}.{self.name}>"

    def _check_models(self) -> None:
        models, discriminator = self.kind.models, self.kind.discriminator
        if len(models) > 1 and not isinstance(discriminator, str):
            names = " | ".join(getattr(model, "__name__", str(model)) for model in models)
            raise FormDefinitionError(
                f"{self.owner}.{self.name} may be {names}, and a form must know which: give each"
                ' a field with a Literal, kind: Literal["..."], and write'
                f' {self.name}: {names} = Field(discriminator="kind")'
            )

    @cached_property
    def union(self) -> UnionPlan | None:
        """The nested models of which a field of theirs chooses one; None when there is one."""
        if len(self.kind.models) < 2:
            return None
        return UnionPlan([plan_of(model) for model in self.kind.models], self.kind.discriminator)

    @cached_property
    def _only(self) -> ModelPlan:
        return plan_of(self.kind.models[0])

    def pick(self, params: Params, initial: Params) -> ModelPlan:
        """Return the plan of the nested model, which may depend on what came."""
        return self._only if self.union is None else self.union.pick(params, initial)

    def made_default(self) -> Any:
        """Return the default, made anew where a function makes it; `MISSING` without one."""
        return unwrapped(self.default if self.factory is None else self.factory())

    @cached_property
    def _reading(self) -> Reading:
        return Reading(self.hint, self._config)

    def text(self, value: Any) -> str:
        """Return a value as the field's input has it.

        Raises:
            FormDefinitionError: It has no text, or none that would be read as the same value.
        """
        if not self.kind.written or value is None:
            try:
                return input_text(value)
            except NoTextError as error:
                raise self._no_text(str(error)) from error
        try:
            text = self._reading.text(value)
        except NoTextError as error:
            raise self._no_text(str(error)) from error
        if not self._reading.is_same(value, text):
            raise self._no_text(f"{text!r} would not be read as the same {type(value).__name__}")
        return text

    def is_read_back(self, value: Any, text: str) -> bool:
        """Tell whether pydantic reads a text as this value."""
        return self._reading.is_same(value, text)

    def again(self, value: Any) -> Any:
        """Return a value that is not on the page as pydantic takes it once more."""
        return self._reading.jsonable(value) if self.kind.encoded and value is not None else value

    def _no_text(self, why: str) -> FormDefinitionError:
        remedy = self.kind.problem.partition("; ")[2] or (
            "leave it off the page, where it keeps its value, or annotate it with a BeforeValidator"
            " that reads a text and a PlainSerializer(..., return_type=str) that writes it"
        )
        return FormDefinitionError(f"{self.owner}.{self.name} cannot be shown: {why}; {remedy}")


class ModelPlan:
    """A model as a form needs to know it.

    Args:
        name: The model's name.
        fields: Its fields.
        model: The model; None for what only stands in its place.
        is_open: Whether any name is a field, as in a `dict`.
    """

    def __init__(
        self, name: str, fields: list[FieldPlan], model: Any = None, *, is_open: bool = False
    ) -> None:
        self.name = name
        self.model = model
        self.is_open = is_open
        self.order = tuple(fields)
        self.fields = {field.name: field for field in fields}
        self.keys = {field.key: field for field in fields}
        self.nested = tuple(field for field in fields if field.is_nested)

    def __repr__(self) -> str:
        return f"<ModelPlan {self.name}>"

    def field(self, name: str) -> FieldPlan:
        """Return the plan of a field.

        Raises:
            FormDefinitionError: There is none of this name.
        """
        plan = self.fields.get(name)
        if plan is not None:
            return plan
        if self.is_open:
            return _open_field(name)
        meant = did_you_mean(name, self.fields, f"it has {', '.join(self.fields)}")
        raise FormDefinitionError(f"{self.name} has no field {name!r}: {meant}")

    @cached_property
    def validate(self) -> Callable[[Any], Any]:
        """Makes the model of clean values, or raises pydantic's `ValidationError`."""
        if self.is_open:
            return dict
        if is_table(self.model):
            return maker_of(self.model)
        try:
            validator = cast(Any, TypeAdapter[Any](self.model)).validator
        except Exception as error:
            raise FormDefinitionError(f"pydantic cannot make a {self.name}: {error}") from error
        # Pages send text, which a strict model would never take.
        validate = partial(validator.validate_python, strict=False)
        find = finder_of(self.model)
        if find is None:
            return validate

        def validate_finite(values: Any) -> Any:
            made = validate(values)
            refuse(find, made, self.name)
            return made

        return validate_finite

    def in_union(self, discriminator: FieldPlan) -> ModelPlan:
        """Return the same plan with the field that chooses among several models."""
        fields = [discriminator if f.name == discriminator.name else f for f in self.order]
        return ModelPlan(self.name, fields, self.model)


class UnionPlan:
    """Several models, of which a field with a different `Literal` in each chooses one."""

    def __init__(self, plans: list[ModelPlan], discriminator: str) -> None:
        options: dict[str, str] = {}
        values: dict[str, Any] = {}
        owners: dict[str, ModelPlan] = {}
        name = discriminator
        for plan in plans:
            field = plan.fields.get(name) or plan.keys.get(name)
            if field is None or not field.kind.options:
                raise FormDefinitionError(
                    f"{plan.name} is chosen by its field {name!r}, which must be a Literal or an"
                    f' Enum: {name}: Literal["..."]'
                )
            name = field.name
            options.update(field.kind.options)
            values.update(field.kind.values)
            owners.update((value, plan) for value, _ in field.kind.options)
        first = plans[0].fields[name]
        kind = Kind("select", options=tuple(options.items()), values=values)
        label = first.label
        tag = FieldPlan(plans[0].name, name, first.key, kind, required=True, label=label)
        self.tag = tag
        self._plans = {value: plan.in_union(tag) for value, plan in owners.items()}
        self._none = ModelPlan(" | ".join(plan.name for plan in plans), [tag])

    def pick(self, params: Params, initial: Params) -> ModelPlan:
        """Return the plan that was chosen; one with nothing but the choice when none was."""
        name = self.tag.name
        chosen = params[name] if name in params else initial.get(name)
        try:
            return self._plans.get(input_text(chosen), self._none)
        except NoTextError:
            return self._none


@lru_cache(maxsize=1024)
def plan_of(model: Any) -> ModelPlan:
    """Return the plan of a model.

    Args:
        model: A pydantic model, a dataclass, a TypedDict, or `dict`.

    Raises:
        FormDefinitionError: It is none of these, or pydantic cannot validate it.
    """
    if model is dict or get_origin(model) is dict:
        return ModelPlan("dict", [], is_open=True)
    if not is_structure(model):
        raise FormDefinitionError(
            f"a form is made of a pydantic model, a dataclass, a TypedDict or dict, not {model!r}"
        )
    name = getattr(model, "__name__", str(model))
    origin = get_origin(model) or model
    kind: Any = origin
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        if not kind.__pydantic_complete__:
            kind.model_rebuild()
        config = cast(ConfigDict, kind.model_config)
        infos = dict(kind.model_fields)
    else:
        config = cast(ConfigDict, getattr(kind, "__pydantic_config__", None) or {})
        infos = _described(kind, name)
    fields = [_field(kind, name, key, info, config) for key, info in infos.items()]
    return ModelPlan(name, fields, model)


def _open_field(name: str) -> FieldPlan:
    """Return the plan of a field that only the client has named."""
    return _known_field(name) if len(name) <= _LONGEST_KEPT else _known_field.__wrapped__(name)


@lru_cache(maxsize=1024)
def _known_field(name: str) -> FieldPlan:
    return FieldPlan("dict", name, name, Kind(is_text=True), required=False)


def _described(kind: Any, name: str) -> dict[str, Any]:
    """Return the fields of a dataclass or TypedDict as pydantic describes those of a model."""
    known = getattr(kind, "__pydantic_fields__", None)
    if known is not None:
        return {key: info for key, info in known.items() if info.init is not False}
    try:
        hints = get_type_hints(kind, include_extras=True)
    except Exception as error:
        raise FormDefinitionError(f"an annotation of {name} cannot be read: {error}") from error
    if typing_extensions.is_typeddict(kind):
        return {key: FieldInfo.from_annotation(hint) for key, hint in hints.items()}
    return {
        field.name: FieldInfo.from_annotated_attribute(hints[field.name], cast(Any, field))
        for field in dataclasses.fields(kind)
        if field.init
    }


def _field(
    model: Any, owner: str, name: str, info: FieldInfo, config: Mapping[str, Any]
) -> FieldPlan:
    factory = cast(Any, info.default_factory)
    if factory is not None and getattr(info, "default_factory_takes_validated_data", False):
        factory = None  # pydantic makes it of the other fields
    required = info.is_required()
    if typing_extensions.is_typeddict(model):
        marked = is_required_type(get_type_hints(model, include_extras=True)[name])
        required = name in model.__required_keys__ if marked is None else marked
    return FieldPlan(
        owner,
        name,
        _key(owner, name, info, config),
        kind_of(info.annotation, [info]),
        required=required,
        default=MISSING if info.default is PydanticUndefined else info.default,
        factory=factory,
        label=info.title,
        strip=bool(config.get("str_strip_whitespace")),
        hint=Annotated[cast(Any, (info.annotation, *info.metadata))]
        if info.metadata
        else info.annotation,
        config=config,
    )


def _key(owner: str, name: str, info: FieldInfo, config: Mapping[str, Any]) -> str:
    """Return the name under which pydantic takes a field."""
    alias = info.validation_alias or info.alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    plain = next((each for each in choices if isinstance(each, str)), None)
    by_name = config.get("populate_by_name") or config.get("validate_by_name")
    if alias is None or (by_name and (plain is None or config.get("validate_by_alias") is False)):
        return name
    if plain is None:
        raise FormDefinitionError(
            f"{owner}.{name} is read from a path, which a form cannot send: let the model take its"
            " fields by name too, with populate_by_name=True"
        )
    return plain
