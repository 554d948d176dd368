"""What goes wrong on the command line, said without a traceback of ours.

The rule: a message names the mistake and the place, and shows what to type instead.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import IO, Any

import click
from jinja2 import TemplateSyntaxError

from wirebird.errors import WirebirdError

_HERE = str(Path(__file__).parent)
_PACKAGE = str(Path(__file__).parents[1])
_FROZEN = ("<frozen importlib",)


class CommandError(WirebirdError):
    """A command cannot do what it was asked; its text is for the person at the terminal."""


class LoadError(CommandError):
    """Code of the application failed while it was loaded.

    Args:
        cause: What it raised.
        what: What was loaded, as the person named it.
    """

    def __init__(self, cause: BaseException, what: str) -> None:
        super().__init__(explain(cause, what))
        self.cause = cause


class Failure(WirebirdError, click.ClickException):
    """Ends a command with what a `CommandError` says."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it as ours."""
        click.echo(f"wirebird: {self.message}", file=file, err=file is None)


def explain(error: BaseException, what: str) -> str:
    """Return why code of the application failed, with the place in that code.

    Args:
        error: What it raised while it was loaded.
        what: What was loaded, as the person named it.
    """
    if isinstance(error, SyntaxError):
        return (
            f"{what} cannot be loaded:\n\n"
            + "".join(traceback.format_exception_only(error)).rstrip()
        )
    if isinstance(error, TemplateSyntaxError):
        place = error.filename or error.name or "a template"
        return f"{what} cannot be loaded:\n\n  {place}, line {error.lineno}: {error.message}"
    # Frames of the import system, and ours around it, say nothing about the application; and an
    # error of ours, which names the mistake, needs none of those that found it.
    hidden = _PACKAGE if isinstance(error, WirebirdError) else _HERE
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((hidden, *_FROZEN))
        and "/importlib/" not in Path(frame.filename).as_posix()
    ]
    lines = traceback.format_list(frames) + traceback.format_exception_only(error)
    return f"{what} cannot be loaded:\n\n" + "".join(lines).rstrip()
