"""The files of a new project: what is asked for it, and what the templates make of that.

The rules: no file that exists is ever written over; a template that renders to nothing is a file
that this project does not have. The templates are cookiecutter's too (`scripts/template.py`), so
they know only its names.
"""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from wirebird.errors import WirebirdError
from wirebird.names import words_of
from wirebird.new.accounts import PACKAGE_MARK, account_files
from wirebird.new.editors import html_data

MANAGERS = ("uv", "poetry", "pip")
"""What can install a project's packages, the default first."""

ENVIRONMENT: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True}
"""How Jinja reads the templates, beside what cookiecutter always does."""

SUFFIX = ".jinja"
"""What templates' names end with, so that nobody takes them for modules."""

PACKAGE = "package"
"""The folder among the templates that is called as the package is."""

EDITOR_DATA = ".vscode/wirebird.html-data.json"
"""Where a project's editor is told of `phx-*` attributes."""

SKILL = files("wirebird") / "skill" / "SKILL.md"
"""The short guide for coding agents."""

SKILL_FOLDER = ".agents/skills"
"""Where projects keep such guides."""

TEMPLATE = files(__package__) / "template"

_OPENS = re.compile(r"\{[{%#]")
TAKEN = frozenset({"wirebird", "tests", "test", "assets"})


class ProjectError(WirebirdError, ValueError):
    """A project, or a file, cannot be begun like this."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a project is to be.

    Attributes:
        slug: What it is called, and its folder: "shop", "todo-list".
        package: The Python package with its code: "todo_list".
        title: Its name for people: "Todo list".
        manager: What installs packages: "uv", "poetry" or "pip".
        database: Whether it keeps data, with SQLAlchemy.
        tailwind: Whether its style sheet is made by Tailwind.
        auth: Whether people have accounts, which need the database.
        skill: Whether coding agents find the short guide to Wirebird in it.
    """

    slug: str
    package: str
    title: str
    manager: str = MANAGERS[0]
    database: bool = False
    tailwind: bool = False
    auth: bool = False
    skill: bool = False

    @classmethod
    def named(
        cls,
        name: str,
        *,
        manager: str = MANAGERS[0],
        database: bool = False,
        tailwind: bool = False,
        auth: bool = False,
        skill: bool = False,
    ) -> Project:
        """Return a project by what somebody calls it: "shop", "TodoList", "to do".

        One with accounts has a database, whatever is said of that.

        Raises:
            ProjectError: No Python package can be called like this.
        """
        package = module_name(name)
        return cls(
            slug=package.replace("_", "-"),
            package=package,
            title=package.replace("_", " ").capitalize(),
            manager=manager,
            database=database or auth,
            tailwind=tailwind,
            auth=auth,
            skill=skill,
        )

    def files(self) -> dict[str, str]:
        """Return the project's files: their text by their path, with slashes."""
        environment = Environment(
            **ENVIRONMENT, keep_trailing_newline=True, undefined=StrictUndefined
        )
        names = {"cookiecutter": asdict(self)}
        made: dict[str, str] = {}
        for path, source in templates():
            text = environment.from_string(source).render(names)
            if text.strip():
                head, _, rest = path.partition("/")
                made[f"{self.package}/{rest}" if head == PACKAGE else path] = text
        return dict(sorted(made.items()))

    def write(self, folder: Path) -> list[Path]:
        """Write the project's files.

        Args:
            folder: Where they go; it need not exist.

        Returns:
            The files that were written.

        Raises:
            ProjectError: There is such a file already.
        """
        made = self.files()
        for name in made:
            if (folder / name).exists():
                raise ProjectError(
                    f"{folder / name} is there already: begin in an empty folder, or remove it"
                )
        for name, text in made.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        return [folder / name for name in made]


def templates() -> Iterator[tuple[str, str]]:
    """Give the path of each file, without the templates' suffix, and its template."""
    yield EDITOR_DATA, html_data()
    yield f"{SKILL_FOLDER}/wirebird/SKILL.md", _optional("skill", _plain(SKILL.read_text("utf-8")))
    for path, text in account_files(PACKAGE_MARK).items():
        filled = _plain(text).replace(PACKAGE_MARK, "{{ cookiecutter.package }}")
        yield path.replace(PACKAGE_MARK, PACKAGE), _optional("auth", filled)
    yield from _templates(TEMPLATE, "")


def _plain(text: str) -> str:
    """Return a template that gives a text as it is, whatever that is a template of itself."""
    return _OPENS.sub(lambda found: "{{ '" + found[0] + "' }}", text)


def _optional(option: str, source: str) -> str:
    return f"{{% if cookiecutter.{option} %}}\n{source}{{% endif %}}\n"


def _templates(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _templates(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(SUFFIX):
            yield prefix + entry.name.removesuffix(SUFFIX), entry.read_text(encoding="utf-8")


def module_name(name: str) -> str:
    """Return how Python calls what somebody calls so: `todo_list` for "TodoList" or "todo-list".

    Raises:
        ProjectError: No module can be called like this.
    """
    module = "_".join(words_of(name.removesuffix(".py")))
    if not module.isidentifier() or keyword.iskeyword(module) or not module.isascii():
        raise ProjectError(f"{name!r} cannot name a Python module: take letters, as in todo_list")
    if module in sys.stdlib_module_names or module in TAKEN:
        raise ProjectError(f"{module!r} is the name of a module already: take another one")
    return module
