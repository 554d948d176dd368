"""The documents as text for language models: `wirebird docs` prints them, the site serves them.

The rule: nothing is written twice. The texts are the guides themselves, which a wheel carries, and
the docstrings of the names that the reference lists.
"""

from __future__ import annotations

import importlib
import inspect
import re
import shutil
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from wirebird.cli.errors import CommandError
from wirebird.cli.written import written

_PACKAGE = Path(__file__).resolve().parents[1]
_DIRECTIVE = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
_ROW = re.compile(r"^\| ([^|]+) \| (\[.*) \|$", re.MULTILINE)
_LINK = re.compile(r"\[([^]]+)\]\(([^)#]+\.md)\)")

INTERNAL = frozenset(
    [
        "all_uploads",
        "build_middleware_stack",
        "check_chunks",
        "check_props",
        "chunks_of",
        "complete_props",
        "endpoint",
        "follows_streams",
        "forget_uploads",
        "form_path",
        "form_plan",
        "form_root",
        "form_shown",
        "form_zone",
        "is_going",
        "origin_allowed",
        "put_back",
        "put_error",
        "put_events",
        "put_rows",
        "restored",
        "sendable",
        "session_extra",
        "stored",
        "take_events",
        "take_navigation",
        "take_props",
        "take_slots",
        "take_title",
        "through_layers",
        "waiting_events",
        "walked",
        "wrong_places",
    ]
)
"""Methods of public classes that the runtime alone calls: the reference leaves them out."""


def folder() -> Path:
    """Return the folder of the documents: the wheel's, or that of a checkout."""
    installed = _PACKAGE / "docs"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "docs"


def index() -> str:
    """Return what there is to read, with addresses, in the form of an `llms.txt`."""
    urls = dict(url.split(", ", 1) for url in metadata("wirebird").get_all("Project-URL") or ())
    lines = [f"{_title()}\n", "## Documents\n"]
    for purpose, path, title in _listed():
        lines.append(f"- [{title}]({urls['Source']}/blob/main/docs/{path}): to {purpose}")
    lines.append(
        "\n`wirebird docs --llms-full` prints them all; `wirebird skill` installs a short guide.\n"
    )
    return "\n".join(lines)


def core() -> str:
    """Return what a model should have read: the index, and the short guide."""
    _, _, guide = (_PACKAGE / "skill" / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)
    return f"{index().strip()}\n\n{guide.strip()}\n"


def whole() -> str:
    """Return all documents in one text, the reference with its docstrings."""
    paths = dict.fromkeys(path for _, path, _ in _listed())
    reference = sorted((folder() / "reference").glob("*.md"))
    texts = [(folder() / path).read_text(encoding="utf-8") for path in paths]
    texts += [
        _DIRECTIVE.sub(lambda found: described(found[1]), path.read_text(encoding="utf-8"))
        for path in reference
        if path.stem != "README"
    ]
    return "\n\n".join([_title(), *texts])


def described(name: str) -> str:
    """Return a public name's heading, signature and docstring, and those of what it has.

    Args:
        name: Such as "wirebird.LiveView".
    """
    module, _, attribute = name.rpartition(".")
    try:
        value = getattr(importlib.import_module(module), attribute)
    except ImportError as needed:  # a package that is not everybody's
        return f"{written(module, attribute)}\n\n{needed}"
    parts = [_one(name, value, "##")]
    if inspect.isclass(value):
        kinds = [kind for kind in value.__mro__ if kind.__module__.startswith("wirebird.")]
        members = {key: member for kind in reversed(kinds) for key, member in vars(kind).items()}
        for key, member in members.items():
            said = inspect.getdoc(member) if key[0] != "_" and key not in INTERNAL else None
            if said and _is_own(member):
                parts.append(_one(f"{attribute}.{key}", member, "###"))
    return "\n\n".join(parts)


def install_skill(folder: Path) -> Path:
    """Put the short guide for coding agents into a folder; one that is there is brought up to date.

    Args:
        folder: Where a project keeps such guides.

    Returns:
        The guide's own folder.

    Raises:
        CommandError: The folder cannot be written to.
    """
    made = folder / "wirebird"
    try:
        shutil.copytree(_PACKAGE / "skill", made, dirs_exist_ok=True)
    except OSError as error:
        raise CommandError(f"{made} cannot be written: {error.strerror}") from error
    return made


def _title() -> str:
    return f"# Wirebird\n\n> {metadata('wirebird')['Summary']}"


def _is_own(member: Any) -> bool:
    return inspect.isroutine(member) or isinstance(member, property)


def _one(name: str, value: Any, level: str) -> str:
    try:
        signature = str(inspect.signature(value))
    except (TypeError, ValueError):
        signature = ""
    documented = inspect.isclass(value) or inspect.isroutine(value) or isinstance(value, property)
    text = (inspect.getdoc(value) or "") if documented else ""
    return f"{level} `{name}{signature}`\n\n{text}".rstrip()


def _listed() -> list[tuple[str, str, str]]:
    """Return what the table of the documents says: a purpose, a path and a title for each link."""
    table = (folder() / "README.md").read_text(encoding="utf-8")
    return [
        (purpose, path, title)
        for purpose, links in _ROW.findall(table)
        for title, path in _LINK.findall(links)
    ]
