"""`FieldSpec`: a field of a table as it is typed, `price:decimal`, and what it is in the code.

The rule: whatever a form lets through, the column takes.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from wirebird.gen.errors import GenerationError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = {"id", "metadata", "registry", "query"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of field.

    Attributes:
        python: Its type in the model.
        form: Its type in the form, without what is optional.
        column: What its column needs besides the type.
        input: More arguments of `ui.input`.
        entered: What a test enters, as text; and another value.
        shown: The first of them, as the list shows it.
    """

    python: str
    form: str
    column: str
    input: str
    entered: tuple[str, str]
    shown: str


KINDS = {
    "str": Kind(
        "str", "Annotated[str, Field(max_length=200)]", "String(200)", "", ("Ash", "Elm"), "Ash"
    ),
    "text": Kind(
        "str",
        "Annotated[str, Field(max_length=10_000)]",
        "Text",
        ', type="textarea"',
        ("Long", "Short"),
        "Long",
    ),
    "int": Kind("int", "Whole", "", "", ("7", "8"), "7"),
    "decimal": Kind("Decimal", "Amount", "Exact", "", ("7.50", "8.25"), "7.50"),
    "bool": Kind("bool", "bool", "", "", ("true", "false"), "yes"),
    "date": Kind("date", "date", "", "", ("2030-05-17", "2031-06-18"), "2030-05-17"),
    "datetime": Kind(
        "datetime",
        "NaiveDatetime",
        "",
        "",
        ("2030-05-17T10:30", "2031-06-18T11:45"),
        "2030-05-17 10:30",
    ),
}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field.

    Attributes:
        name: Its name.
        kind_name: What it was called: "decimal".
        optional: Whether it may be left empty.
    """

    name: str
    kind_name: str
    optional: bool

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.kind_name]

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name.replace("_", " ").capitalize()

    @property
    def is_text(self) -> bool:
        """Whether one can search in it."""
        return self.kind.python == "str"

    @property
    def model_line(self) -> str:
        """Its line in the model."""
        python = self.kind.python + (" | None" if self.optional else "")
        arguments = [self.kind.column] if self.kind.column else []
        if self.optional:
            arguments.append("default=None")
        elif self.kind_name == "bool":
            arguments.append("default=False")
        column = f" = mapped_column({', '.join(arguments)})" if arguments else ""
        return f"{self.name}: Mapped[{python}]{column}"

    @property
    def form_line(self) -> str:
        """Its line in the form."""
        if self.optional:
            return f"{self.name}: {self.kind.form} | None = None"
        return f"{self.name}: {self.kind.form}" + (" = False" if self.kind_name == "bool" else "")


def fields_of(texts: Sequence[str]) -> list[FieldSpec]:
    """Read fields as they were typed.

    Raises:
        GenerationError: One has no name or kind that can be used, or a name comes twice.
    """
    found: dict[str, FieldSpec] = {}
    for text in texts:
        name, colon, kind = text.partition(":")
        optional = kind.endswith("?")
        kind = kind.removesuffix("?") if colon else "str"
        if not _NAME.fullmatch(name) or keyword.iskeyword(name):
            raise GenerationError(f"{text!r} is no field: write name:kind, such as price:decimal")
        if kind not in KINDS:
            raise GenerationError(f"{text!r}: there is no kind {kind!r}; take {', '.join(KINDS)}")
        if name in _TAKEN or hasattr(BaseModel, name):
            raise GenerationError(f"{name!r} has a meaning already: take another name")
        if name in found:
            raise GenerationError(f"there are two fields {name!r}")
        found[name] = FieldSpec(name, kind, optional)
    return list(found.values())
