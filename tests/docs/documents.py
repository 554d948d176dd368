"""Reads the project's documents: their blocks of code, and the example applications in them.

A block whose first line is a comment with a file name is that file. The README's files are there
for every document; a document's own come on top.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
SKILL = ROOT / "src/wirebird/skill/SKILL.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), SKILL])
TUTORIAL = ROOT / "docs" / "tutorial"
"""Whose pages go on from one another: `test_tutorial.py` follows them."""
MARKDOWN = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part == "node_modules" or part.startswith(".venv") for part in path.parts)
)
"""All that is written in Markdown, templates of issues and the like included."""

_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"(?:#|//|<!--|/\*) ?([\w/-]+\.(?:py|html|css|js))\b")
_T_STRING = re.compile(r"(?<![\w\"'])t(\"|')")


@dataclass(frozen=True)
class Block:
    """A block of code in a document.

    Attributes:
        document: The document.
        line: Where its first line stands.
        language: What stands behind its fence: "python", "jinja", "html", ...
        text: The code, without the indentation that all of its lines have.
    """

    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def file_name(self) -> str | None:
        """The file that it is, if it is one."""
        found = _FILE_NAME.match(self.text)
        return found.group(1) if found else None

    @property
    def is_understood(self) -> bool:
        """Whether this Python has its syntax."""
        return sys.version_info >= (3, 14) or not _T_STRING.search(self.text)


def blocks(document: Path) -> Iterator[Block]:
    """Yield a document's blocks of code in their order."""
    text = document.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        _, language, code = found.groups()
        line = text.count("\n", 0, found.start()) + 2
        yield Block(document, line, language, dedent(code))


def all_blocks(*languages: str) -> list[Block]:
    """Return the blocks of all documents in one of some languages."""
    return [b for d in DOCUMENTS for b in blocks(d) if b.language in languages]


def files(document: Path) -> dict[str, Block]:
    """Return a document's files by their names, with those of the README.

    Raises:
        ValueError: Two of its blocks are the same file.
    """
    found = {} if document == README else files(README)
    own: set[str] = set()
    for block in blocks(document):
        name = block.file_name
        if name is None:
            continue
        if name in own:
            raise ValueError(f"{block}: {name} is there twice: give one of them another name")
        own.add(name)
        found[name] = block
    return found


def write(document: Path, folder: Path) -> list[str]:
    """Write a document's files into a folder, and return the Python modules among them."""
    modules: list[str] = []
    for name, block in files(document).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
        if name.endswith(".py") and block.is_understood:
            modules.append(name.removesuffix(".py").replace("/", "."))
    return modules
