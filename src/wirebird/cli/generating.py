"""`wirebird gen`: views, components and whole resources, written into the project at hand.

The rule: a command says what it made and what to do next; with `--dry-run` it only says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from wirebird.cli.errors import Failure
from wirebird.gen.auth import auth as auth_files
from wirebird.gen.component import component as component_files
from wirebird.gen.crud import crud as crud_files
from wirebird.gen.errors import GenerationError
from wirebird.gen.project import Project
from wirebird.gen.view import view as view_files
from wirebird.gen.writing import Generated, write

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group(help="Generate code for the project in this folder.")
def gen() -> None: ...


def _options(command: Command) -> Command:
    force = click.option("--force", is_flag=True, help="Write over files that are there.")
    dry_run = click.option("--dry-run", is_flag=True, help="Only say what would be written.")
    return force(dry_run(command))


@gen.command(help="A view, its template, its route and its test. NAME: ProductList.")
@click.argument("name")
@click.argument("path", required=False)
@_options
def view(name: str, path: str | None, force: bool, dry_run: bool) -> None:
    _generate(lambda project: view_files(project, name, path), force, dry_run)


@gen.command(help="A live component, its template and its test. NAME: LikeButton.")
@click.argument("name")
@_options
def component(name: str, force: bool, dry_run: bool) -> None:
    _generate(lambda project: component_files(project, name), force, dry_run)


@gen.command(
    help="A table of the database, with its list, form and tests. NAME: Product. FIELDS: name:str"
    " price:decimal stock:int sold_out:bool about:text since:date at:datetime; note:str? may be"
    " left empty."
)
@click.argument("name")
@click.argument("fields", nargs=-1, required=True)
@click.option("--plural", help="What several are called, where it is not guessed: People.")
@_options
def crud(
    name: str, fields: tuple[str, ...], plural: str | None, force: bool, dry_run: bool
) -> None:
    _generate(lambda project: crud_files(project, name, fields, plural), force, dry_run)


@gen.command(
    help="Accounts: signing up, logging in and out, passwords that were forgotten, guards, tests."
)
@_options
def auth(force: bool, dry_run: bool) -> None:
    _generate(auth_files, force, dry_run)


def _generate(make: Callable[[Project], Generated], force: bool, dry_run: bool) -> None:
    try:
        project = Project.at(Path.cwd())
        generated = make(project)
        written = write(generated, project, force=force, dry_run=dry_run)
    except GenerationError as error:
        raise Failure(str(error)) from None
    if not dry_run:
        _format(project, [*written.made, *written.replaced])
    wrote, added = ("would write", "would add to") if dry_run else ("wrote", "added to")
    for path in written.made:
        click.echo(f"{wrote} {path}")
    for path in written.replaced:
        click.echo(f"{wrote} {path}, which is there already")
    if written.changed:
        click.echo(f"{added} {project.app_module}")
    elif written.by_hand:
        click.echo(f"\nAdd to {project.app_module}:\n")
        for line in written.by_hand:
            click.echo(f"    {line}")
    if generated.packages:
        click.echo(f"\nIt needs {', '.join(generated.packages)}.")
    click.echo("\n" + "\n".join(generated.hints))


def _format(project: Project, paths: list[str]) -> None:
    """Break lines that long names have made too long, where there is ruff."""
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    ruff = shutil.which("ruff", path=folders)
    modules = [path for path in paths if path.endswith(".py")]
    if ruff is None or not modules:
        return
    for command in (("check", "--select", "I", "--fix"), ("format",)):
        subprocess.run([ruff, *command, "--quiet", *modules], cwd=project.folder, check=False)
