"""`Generated`: what a generator makes, and `write`, which puts it into a project.

The rule: all or nothing; a file that exists is only written over where that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wirebird.gen.errors import GenerationError
from wirebird.gen.project import Project
from wirebird.gen.routes import Additions, added

# Other delimiters than Jinja's own, since much of what is generated is Jinja.
_FILES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "files"),
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[[",
    variable_end_string="]]",
    comment_start_string="[#",
    comment_end_string="#]",
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
    autoescape=False,
)


@dataclass(frozen=True, slots=True)
class Generated:
    """What a generator makes.

    Attributes:
        files: Texts by their paths from the project's folder.
        additions: What the application's module needs.
        packages: What must be installed, as pip names it.
        hints: What to do next, besides.
    """

    files: Mapping[str, str]
    additions: Additions
    packages: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it.

    Attributes:
        made: The paths of new files.
        replaced: The paths of files that were there, and were others.
        changed: Whether the application's module was added to.
        by_hand: The lines that somebody must add to it, as they cannot be inserted safely.
    """

    made: list[str] = field(default_factory=list[str])
    replaced: list[str] = field(default_factory=list[str])
    changed: bool = False
    by_hand: tuple[str, ...] = ()


def rendered(template: str, **names: Any) -> str:
    """Return a file of this package, filled in."""
    return _FILES.get_template(template).render(names)


def write(
    generated: Generated, project: Project, *, force: bool = False, dry_run: bool = False
) -> Written:
    """Put what was generated into a project.

    Args:
        generated: What it is.
        project: The project.
        force: Whether files that exist are written over.
        dry_run: Whether nothing is written at all.

    Raises:
        GenerationError: A file exists and is another one; nothing has been written.
    """
    result = Written()
    for path, text in generated.files.items():
        place = project.folder / path
        if not place.exists():
            result.made.append(path)
        elif place.read_text(encoding="utf-8") != text:
            result.replaced.append(path)
    if result.replaced and not (force or dry_run):
        raise GenerationError(
            f"{_listed(result.replaced)} there already, and nothing was written: take another"
            " name, or --force to write over what is there"
        )
    app = project.folder / project.app_module
    before = app.read_text(encoding="utf-8")
    after = added(before, generated.additions, project.package)
    if not dry_run:
        for path in (*result.made, *result.replaced):
            place = project.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(generated.files[path], encoding="utf-8")
        if after is not None and after != before:
            app.write_text(after, encoding="utf-8")
    return Written(
        result.made,
        result.replaced,
        changed=after is not None and after != before,
        by_hand=generated.additions.lines if after is None else (),
    )


def _listed(paths: Iterable[str]) -> str:
    paths = list(paths)
    return f"{', '.join(paths)} {'is' if len(paths) == 1 else 'are'}"
