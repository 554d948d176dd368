"""`Form[Model]`: what a person fills in, from the first value to the whole model.

The rule: its state is plain (what was sent, whether it was submitted, what the server said), and
all else is made of it and of the model, so that a form can be copied, stored and restored.
"""

from __future__ import annotations

import copy
import inspect
import logging
import re
from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import partial
from typing import Any, ClassVar, Generic, get_args, get_origin, get_type_hints

from pydantic import ValidationError
from pydantic_core import core_schema
from typing_extensions import TypeVar

from wirebird.forms.errors import Errors, Path, errors_of
from wirebird.forms.group import FormGroup, OwnName
from wirebird.forms.messages import INVALID, FormProblem, Messages, said
from wirebird.forms.params import cleaned, is_reset, mapping_of, snapshot
from wirebird.forms.rows import in_order, put, written_out
from wirebird.forms.schema import FormDefinitionError, Params, plan_of
from wirebird.forms.shown import Shown
from wirebird.forms.stored import (
    ReadValue,
    WriteValue,
    read_initial,
    read_params,
    written_initial,
    written_params,
)
from wirebird.names import snake_case

Model = TypeVar("Model", default=Any)

_NO_NAME = re.compile(r"\W+")


class Form(FormGroup, Generic[Model]):
    """A form of a model: its values, what is wrong with them, and the model once they are right.

    A field of the state. When the state is made without arguments, a field `form: Form[Signup]`
    without a default is a new `Form(Signup)`.

    Args:
        model: A pydantic model, a dataclass or a TypedDict; or `dict`, for a form without a model,
            where every name is a field and nothing is wrong until `add_error` says so.
        initial: The values to begin with: an instance of the model, or a mapping of some of its
            fields. What is not on the page keeps them.
        name: What the names of its inputs begin with: `signup` for `signup[email]`. The model's
            name in snake case by default; empty for names without brackets.
        id: Its id, and what those of its inputs begin with; its name by default.
        messages: What to say instead of our English sentences: texts by an error's type, with
            placeholders, or a function of the `FormProblem`, called whenever errors are read.
        timezone: The time zone in which times with a zone are shown and entered, since
            `datetime-local` has none: `ZoneInfo("Europe/Berlin")`. Without it, that of the value
            that the form began with.

    Attributes:
        messages: Those of all forms of a class of your own, as an attribute of the class.
        data: The model that was made of what was sent; None as long as that does not fit.
        valid: Whether what was sent fits, and the server has not said otherwise.
        submitted: Whether the form was sent; then every error is shown, until its reset button is
            pressed.
        params: What was sent, nested, as text; empty before.

    Raises:
        FormDefinitionError: A form cannot be made of the model, or it has no such field.

    Example:
        ```python
        @dataclass
        class SignupState:
            form: Form[Signup]

        class SignupView(LiveView[SignupState]):
            @event
            async def check(self, payload: dict[str, Any]) -> None:
                self.state.form.validate(payload)

            @event
            async def save(self, payload: dict[str, Any]) -> None:
                if (signup := self.state.form.submit(payload)) is not None:
                    await create(signup)
        ```
    """

    messages: ClassVar[Messages] = {}

    # Unhashable, so that a dataclass refuses one as the default that all its states would share.
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        model: type[Model],
        initial: Model | Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        id: str | None = None,
        messages: Messages | None = None,
        timezone: tzinfo | None = None,
    ) -> None:
        self._plan = plan_of(model)
        self._messages = messages
        self._zone = timezone
        if name is None:
            name = "form" if self._plan.is_open else _snake(self._plan.name)
        self.name = OwnName(name)
        self.id = OwnName(id or name or _snake(self._plan.name))
        self.reset(initial)

    def __repr__(self) -> str:
        return f"<Form {self.name or self._plan.name}>"

    def __copy__(self) -> Form[Model]:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Form[Model]:
        twin = object.__new__(type(self))
        for name, value in vars(self).items():
            setattr(twin, name, copy.deepcopy(value, memo) if name in _OWN else value)
        twin._shown = Shown()
        return twin

    def reset(self, initial: Model | Mapping[str, Any] | None = None) -> None:
        """Begin anew, as if nothing had been typed.

        Args:
            initial: The values to begin with; without it, those of the model's defaults.

        Raises:
            FormDefinitionError: The model has no such field.
        """
        self._initial = snapshot(self._plan, initial)
        self._stored_initial: Any = None
        self._params: Params = {}
        self._submitted = False
        self._added: list[tuple[Path, str]] = []
        self._errors: Errors = {}
        self._data: Model | None = None
        self._shown = Shown()

    def validate(self, params: Mapping[str, Any]) -> Model | None:
        """Take what a change sent: `phx-change`.

        Args:
            params: The event's payload, with the form's fields under its name.

        Returns:
            The model, or None when something is wrong.
        """
        return self._take(params)

    def submit(self, params: Mapping[str, Any]) -> Model | None:
        """Take what was sent by a button: `phx-submit`. From now on all errors are shown.

        Args:
            params: The event's payload, with the form's fields under its name.

        Returns:
            The model, or None when something is wrong.
        """
        self._submitted = False
        data = self._take(params)
        self._submitted = True
        return data

    def _take(self, params: Mapping[str, Any]) -> Model | None:
        own = mapping_of(params.get(self.name)) if self.name else params
        before = self._params
        self._params = in_order(self._plan, own or {}, self._initial)
        if self._submitted and is_reset(before, self._params):
            self._submitted = False
        self._added = []
        self._shown.turn()
        self._validate()
        return self._data

    def _validate(self) -> None:
        plan, params, initial = self._plan, self._params, self._initial
        self._data, self._errors = None, {}
        try:
            self._data = plan.validate(cleaned(plan, params, initial, self._zone))
        except ValidationError as error:
            self._errors = errors_of(error, plan, params, initial)
        except ArithmeticError:
            # Pydantic or a validator was sent a figure that it cannot compute with.
            _log.exception("%s cannot be made of what was sent", plan.name)
            self._errors = {(): [FormProblem("value_error", INVALID)]}

    def stored(self, write: WriteValue) -> dict[str, Any]:
        """Return what makes the form what it is, as JSON values.

        Args:
            write: Makes a JSON value of a value that the form began with, of a field's plan.
        """
        if self._stored_initial is None:
            self._stored_initial = written_initial(self._plan, self._initial, write)
        return {
            "name": str(self.name),
            "id": str(self.id),
            "initial": self._stored_initial,
            "params": written_params(self._params),
            "validated": self._data is not None or bool(self._errors),
            "submitted": self._submitted,
            "added": [[list(path), message] for path, message in self._added],
        }

    def restored(self, stored: Mapping[str, Any], read: ReadValue) -> Form[Model]:
        """Return another form of the same model that is what the stored one was.

        Its messages and its time zone are this one's.

        Args:
            stored: What `stored` returned.
            read: Makes a value that the form began with, of a field's plan.
        """
        twin = copy.copy(self)
        twin.reset()
        twin.name, twin.id = OwnName(stored["name"]), OwnName(stored["id"])
        twin._initial = read_initial(self._plan, stored["initial"], read)
        twin._params = read_params(stored["params"])
        if stored["validated"]:
            twin._validate()
        twin._submitted = stored["submitted"]
        twin._added = [(tuple(path), message) for path, message in stored["added"]]
        return twin

    @property
    def data(self) -> Model | None:
        """The model that was made of what was sent; None as long as that does not fit."""
        return self._data

    @property
    def valid(self) -> bool:
        """Whether what was sent fits, and the server has not said otherwise."""
        return self._data is not None and not self._added

    @property
    def submitted(self) -> bool:
        """Whether the form was sent."""
        return self._submitted

    @property
    def form_zone(self) -> tzinfo | None:
        """The time zone in which times are shown and entered, where it was said."""
        return self._zone

    @property
    def form_shown(self) -> Shown:
        """What components made of its fields, so that they need not make the same again."""
        return self._shown

    @property
    def form_root(self) -> Form[Any]:
        """The whole form: itself."""
        return self

    def said(self, path: Path, shown: bool) -> tuple[str, ...]:
        """Return what is wrong at a path of names and row keys.

        Args:
            path: Where.
            shown: Whether what the model says is to be shown.
        """
        errors = self._errors.get(path) if shown else None
        if not errors and not self._added:
            return ()
        own = type(self).messages
        choices = (own,) if self._messages is None else (self._messages, own)
        texts = [said(error, choices) for error in errors or ()]
        return (*texts, *(message for place, message in self._added if place == path))

    def put_rows(self, path: Path, rows: Mapping[str, Any]) -> None:
        """Put other rows at a path of names and row keys, and look anew at what is wrong."""
        params = written_out(self._plan, self._params, self._initial)
        put(params, path, rows)
        self._params = params
        self._validate()

    def wrong_places(self) -> frozenset[Path]:
        """Return the paths where something is wrong, and those that lead there."""
        paths = [*self._errors, *(path for path, _ in self._added)]
        return frozenset(path[:end] for path in paths for end in range(len(path) + 1))

    def added(self, path: Path, message: str) -> None:
        """Note what the server says is wrong at a path of names and row keys."""
        self._added.append((path, message))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(get_origin(source) or cls)


def form_fields(state: Any) -> dict[str, Callable[[], Form[Any]]]:
    """Return what makes the forms that a state's class must be given, by their fields.

    Raises:
        FormDefinitionError: A form cannot be made of its model.
    """
    plain: Any = get_origin(state) or state
    given = dict(zip(getattr(plain, "__parameters__", ()), get_args(state), strict=False))
    try:
        hints = get_type_hints(plain)
        parameters = inspect.signature(plain).parameters.values()
    except Exception:  # an annotation that cannot be evaluated here
        return {}
    found: dict[str, Callable[[], Form[Any]]] = {}
    for parameter in parameters:
        hint = hints.get(parameter.name)
        kind: Any = get_origin(hint)
        models = [given.get(model, model) for model in get_args(hint)]
        is_form = isinstance(kind, type) and issubclass(kind, Form)
        if is_form and models and parameter.default is parameter.empty:
            if isinstance(models[0], TypeVar):
                continue  # a generic base, whose subclasses say the model
            plan_of(models[0])  # raises now, if it must
            found[parameter.name] = partial(kind, models[0])
    return found


_log = logging.getLogger("wirebird")
_OWN = ("_initial", "_params", "_added", "_data")


def _snake(name: str) -> str:
    return _NO_NAME.sub("_", snake_case(name)).strip("_")


__all__ = ["Form", "FormDefinitionError", "FormProblem"]
