"""`wirebird new`, as typed: what is not said is asked for, where there is somebody to ask.

The rule: each question is an option too, and has a default, which is taken where nobody is there.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from wirebird.cli import scaffold
from wirebird.cli.errors import Failure
from wirebird.new import MANAGERS, Project, ProjectError


@click.command(
    help="Begin an application: a project that runs, with tests, types, CI and a Dockerfile."
    " NAME is what it is called, and its folder: shop, todo-list; a point is this folder."
    " What is not said here is asked for, on a terminal."
)
@click.argument("name", required=False)
@click.option(
    "--manager", type=click.Choice(MANAGERS), help="What installs packages.", show_default="uv"
)
@click.option(
    "--database/--no-database",
    default=None,
    help="Keep data with SQLAlchemy, in SQLite at first.",
    show_default="no",
)
@click.option(
    "--tailwind/--no-tailwind",
    default=None,
    help="Make the style sheet with Tailwind, by npm.",
    show_default="no",
)
@click.option(
    "--auth/--no-auth",
    default=None,
    help="Let people have accounts, as `wirebird gen auth` writes them; with the database.",
    show_default="no",
)
@click.option(
    "--skill/--no-skill",
    default=None,
    help="Put the short guide for coding agents in, as `wirebird skill` does.",
    show_default="no",
)
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: take the defaults.")
@click.option(
    "--single", is_flag=True, help="One file and nothing else: NAME is the file, as in app.py."
)
def new(
    name: str | None,
    manager: str | None,
    database: bool | None,
    tailwind: bool | None,
    auth: bool | None,
    skill: bool | None,
    yes: bool,
    single: bool,
) -> None:
    asks = not yes and somebody_is_there()
    if name is None:
        if not asks:
            raise click.UsageError("Say what it is called: wirebird new shop")
        name = str(click.prompt("What is it called?", default="app.py" if single else "shop"))
    try:
        if single:
            made = scaffold.write(Path(name))
            click.echo(f"wrote {made}\n\nNow try:\n\n    wirebird run {made} --reload")
            return
        folder = Path(name)
        project = Project.named(folder.resolve().name)  # before anything is asked in vain
        if auth and database is False:
            raise click.UsageError("Accounts need the database: leave --no-database away")
        if asks:
            if manager is None:
                manager = str(
                    click.prompt(
                        "What installs packages?", default=MANAGERS[0], type=click.Choice(MANAGERS)
                    )
                )
            if database is None and not auth:
                database = click.confirm("Does it keep data, with SQLAlchemy?")
            if auth is None and database:
                auth = click.confirm("Do people have accounts?")
            if tailwind is None:
                tailwind = click.confirm("Is its style made with Tailwind? (npm is needed)")
            if skill is None:
                skill = click.confirm("Shall coding agents find a short guide to Wirebird in it?")
        project = Project.named(
            folder.resolve().name,
            manager=manager or MANAGERS[0],
            database=bool(database),
            tailwind=bool(tailwind),
            auth=bool(auth),
            skill=bool(skill),
        )
        written = project.write(folder)
    except (ProjectError, OSError) as error:
        raise Failure(str(error)) from None
    for path in written:
        click.echo(f"wrote {path}")
    steps = ["make install", "make run"]
    if folder.resolve() != Path.cwd():
        steps.insert(0, f"cd {folder}")
    if project.manager != "pip" and shutil.which(project.manager) is None:
        steps.insert(0, f"pip install {project.manager}")
    click.echo("\nNow try:\n\n" + "\n".join(f"    {step}" for step in steps))


def somebody_is_there() -> bool:
    """Tell whether questions would be answered."""
    return sys.stdin.isatty()
