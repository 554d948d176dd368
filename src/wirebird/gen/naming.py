"""`Named`: one name in all the shapes in which generated code has it.

The rule: whatever way a name is typed (`ProductList`, `product-list`), it gives the same code.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from wirebird.gen.errors import GenerationError
from wirebird.names import words_of

_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class Named:
    """A name.

    Attributes:
        snake: As a module: `product_list`.
        pascal: As a class: `ProductList`.
    """

    snake: str
    pascal: str

    @classmethod
    def of(cls, text: str, *, suffix: str = "") -> Named:
        """Read what was typed.

        Args:
            text: The name.
            suffix: What may stand at its end and is no part of it, such as "View".

        Raises:
            GenerationError: It makes no name of a module and of a class.
        """
        bare = text.removesuffix(suffix) or text
        snake = "_".join(words_of(bare))
        if not bare.isascii() or not snake.isidentifier() or keyword.iskeyword(snake):
            raise GenerationError(
                f"{text!r} cannot be the name of a class: take letters, such as ProductList"
            )
        if _CLASS_NAME.fullmatch(bare):
            return cls(snake, bare)
        return cls(snake, "".join(word[:1].upper() + word[1:] for word in snake.split("_")))

    @property
    def hyphened(self) -> str:
        """As a part of a path, or an id in a page: `product-list`."""
        return self.snake.replace("_", "-")

    @property
    def words(self) -> str:
        """As it stands in a sentence: `product list`."""
        return self.snake.replace("_", " ")

    @property
    def title(self) -> str:
        """As a heading: `Product list`."""
        return self.words[:1].upper() + self.words[1:]

    def plural(self) -> Named:
        """Return the name of several: `products`, `categories`, `boxes`."""
        return Named(_plural(self.snake), _plural(self.pascal))


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"
