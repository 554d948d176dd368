"""Follows the tutorial as its reader does, page by page: commands, files and edits.

A block of code whose first line names a file is that file. A block of `diff` changes one: after
`--- its/name.py` come lines that are there (a space before them), that go (-) and that come (+).
`python -m tests.docs.tutorial FOLDER 4` leaves in a folder what there is after the fourth page.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from tests.docs.documents import TUTORIAL, Block, blocks
from wirebird.cli.main import app as wirebird

PAGES = sorted(TUTORIAL.glob("[0-9]*.md"))

FILES = {"python", "jinja", "css", "javascript", "yaml"}
ELSEWHERE = re.compile(r"(make|uv add|playwright install|docker|curl|echo) ?.*")
"""Commands that have no part in what the files are."""

_HEADER = re.compile(r"(?:#|\{#|/\*|//) ([\w./-]+\.\w+)(?: #\}| \*/)?")


class TutorialError(Exception):
    """A page that cannot be followed as it stands."""


def follow(page: Path, folder: Path) -> list[str]:
    """Do in a folder what a page says.

    Args:
        page: The page.
        folder: The empty folder in which the reader began.

    Returns:
        The tests that the page wrote or changed.
    """
    tests: list[str] = []
    with inside(folder if page == PAGES[0] else folder / "tracker"):
        for block in blocks(page):
            if block.language == "console":
                for line in block.text.replace("\\\n", " ").splitlines():
                    if line.startswith("$ "):
                        run(line[2:].partition("  #")[0].strip(), block)
                continue
            if block.language == "diff":
                name = edit(block)
            elif block.language in FILES:
                name = write(block)
            else:
                continue
            if Path(name).name.startswith("test_") and name not in tests:
                tests.append(name)
    return tests


def run(command: str, block: Block) -> None:
    words = shlex.split(command.removeprefix("uv run ").removeprefix("uvx "))
    if words[0] == "wirebird" and words[1] in ("new", "gen"):
        done = CliRunner().invoke(wirebird, words[1:])
        if done.exit_code:
            raise TutorialError(f"{block}: {command}: {done.output}")
    elif words[0] == "cd":
        os.chdir(words[1])
    elif words[0] == "rm":
        for path in words[1:]:
            Path(path).unlink(missing_ok=path.endswith(".db"))
    elif not ELSEWHERE.fullmatch(" ".join(words)):
        raise TutorialError(f"{block}: nobody here knows how to follow {command!r}")


def write(block: Block) -> str:
    header = _HEADER.fullmatch(block.text.partition("\n")[0])
    if header is None:
        raise TutorialError(f"{block}: its first line does not name a file")
    path = Path(header[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")
    return header[1]


def edit(block: Block) -> str:
    first, *lines = block.text.splitlines()
    if not first.startswith("--- "):
        raise TutorialError(f"{block}: its first line does not say what it changes")
    path = Path(first[4:])
    text = "\n" + path.read_text(encoding="utf-8")
    for hunk in "\n".join(lines).split("\n@@\n"):
        marked = [(line[:1] or " ", line[1:]) for line in hunk.split("\n")]
        before = "\n" + "".join(f"{line}\n" for mark, line in marked if mark in " -")
        after = "\n" + "".join(f"{line}\n" for mark, line in marked if mark in " +")
        if text.count(before) != 1:
            raise TutorialError(f"{block}: {path} has {text.count(before)} times:\n{before}")
        text = text.replace(before, after)
    path.write_text(text[1:], encoding="utf-8")
    return str(path)


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    made = Path(sys.argv[1])
    made.mkdir(parents=True)
    for each in PAGES[: int(sys.argv[2]) if len(sys.argv) > 2 else None]:
        follow(each, made)
