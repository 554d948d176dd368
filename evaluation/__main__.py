"""Gives each task to a model's command, and tests what it writes: `python -m evaluation --help`.

The rule: nothing is fetched, and nothing of a model is known here but its command.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wirebird.cli import documents

TASKS = Path(__file__).parent / "tasks"

ORDER = """\
Write a web application with Wirebird, as the text above describes it. Write files into the current
folder: `app.py`, which has the application under the name `app`, and templates beside it where you
want them. If you cannot write files, answer with them whole, each in a fenced block whose first
line is a comment with its name, such as `# app.py`. Python is 3.11 or later, and FastAPI is
installed. Your application is tested through its pages, by the ids and texts that are named here:

"""

_PRINTED = re.compile(
    r"^```\w+\n((?:#|<!--|\{#) ?([\w-]+\.\w+)\b.*?)^```", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Task:
    """What is asked for, and the test of it."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def test(self) -> Path:
        return next(self.folder.glob("test_*.py"))

    @property
    def solution(self) -> Path:
        """The folder of ours, which passes the test."""
        return self.folder / "solution"

    def prompt(self, with_text: bool = True) -> str:
        """Return what a model is given.

        Args:
            with_text: Whether the text for language models comes first, `wirebird docs --llms`.
        """
        text = f"{documents.core()}\n\n" if with_text else ""
        return text + ORDER + (self.folder / "prompt.md").read_text(encoding="utf-8")


def tasks(wanted: str = "") -> list[Task]:
    """Return the tasks in order, or those whose names have a part."""
    return [Task(path) for path in sorted(TASKS.iterdir()) if wanted in path.name]


def ask(task: Task, command: list[str], folder: Path, seconds: float, with_text: bool) -> str:
    """Let a command do a task in a folder, and return what went wrong."""
    prompt = task.prompt(with_text)
    try:
        done = subprocess.run(
            command, input=prompt, cwd=folder, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return f"the command took longer than {seconds:g} s"
    if not (folder / "app.py").exists():
        for text, name in _PRINTED.findall(done.stdout):
            (folder / name).write_text(text, encoding="utf-8")
    if not (folder / "app.py").exists():
        return f"there is no app.py; the command ended with {done.returncode}: {done.stderr[-500:]}"
    return ""


def verdict(task: Task, folder: Path) -> str:
    """Run the test of a task on what is in a folder, and return what it says if it fails."""
    shutil.copy(task.test, folder)
    options = ["-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "--rootdir", "."]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, task.test.name],
            cwd=folder,
            env={**os.environ, "WIREBIRD_SECRET_KEY": "a key that only the evaluation signs with"},
            capture_output=True,
            text=True,
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        return "the test took longer than 120 s"
    return done.stdout[-2000:] if done.returncode else ""


def main() -> int:
    """Run the tasks; return the process's status."""
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("command", help="reads a prompt on stdin, and writes or prints files")
    parser.add_argument("--only", default="", metavar="PART", help="tasks whose names have this")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep what it writes, here")
    parser.add_argument("--seconds", type=float, default=600, help="for each task; 600")
    parser.add_argument("--without-text", action="store_true", help="give it the task alone")
    given = parser.parse_args()
    chosen, passed = tasks(given.only), 0
    for task in chosen:
        folder = Path(tempfile.mkdtemp(prefix=f"{task.name}-", dir=given.keep))
        wrong = ask(
            task, shlex.split(given.command), folder, given.seconds, not given.without_text
        ) or verdict(task, folder)
        passed += not wrong
        print(f"{'failed' if wrong else 'passed'}  {task.name}\n{wrong}".rstrip(), flush=True)
        if given.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{passed} of {len(chosen)}")
    return 0 if passed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
