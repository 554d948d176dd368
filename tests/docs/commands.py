"""Makes the page of the commands, of what they say: `python -m tests.docs.commands`."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.testing import CliRunner

from tests.docs.documents import ROOT
from wirebird.cli.main import app

PAGE = ROOT / "docs" / "reference" / "commands.md"

_HEAD = """\
# Commands

What `wirebird COMMAND --help` says. How they are used: [running](../running.md),
[beginning](../guides/beginning.md), [generators](../guides/generators.md), [checking](../check.md).
`python -m wirebird` is the same as `wirebird`.
"""


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the ways to all commands that do something, in the order of their help."""
    if not isinstance(command, click.Group):
        yield path
        return
    with click.Context(command) as context:
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from commands(child, (*path, name))


def page() -> str:
    """Return the page."""
    parts = [_HEAD]
    for path in commands(app):
        said = CliRunner().invoke(
            app, [*path, "--help"], prog_name="wirebird", terminal_width=96, max_content_width=96
        )
        parts.append(f"## wirebird {' '.join(path)}\n\n```text\n{said.output.rstrip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
