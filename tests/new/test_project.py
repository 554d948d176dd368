"""What `wirebird new` makes, in every combination of its options."""

from __future__ import annotations

import importlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cookiecutter.exceptions import FailedHookException
from cookiecutter.main import cookiecutter

from tests.docs.documents import ROOT, SKILL
from wirebird.check import check
from wirebird.cli import beginning
from wirebird.cli.main import app as command
from wirebird.new import MANAGERS, Project, ProjectError

newest = pytest.mark.skipif(sys.version_info[:2] != (3, 14), reason="once is enough: on 3.14")

PYTEST = ("pytest", "-q", "-p", "no:cacheprovider")

COMBINATIONS = [
    Project.named("todo-list", manager=manager, database=database, tailwind=tailwind)
    for manager, database, tailwind in product(MANAGERS, (False, True), (False, True))
]
COMBINATIONS += [
    Project.named("todo-list", auth=True, skill=True),
    Project.named("todo-list", manager="pip", tailwind=True, auth=True),
    Project.named("todo-list", manager="poetry", skill=True),
]
APPLICATIONS = [
    Project.named(f"shop_{database:d}{tailwind:d}", database=database, tailwind=tailwind)
    for database, tailwind in product((False, True), (False, True))
]
APPLICATIONS.append(Project.named("shop_auth", auth=True))


def named(project: Project) -> str:
    options = [name for name in ("database", "tailwind", "auth", "skill") if getattr(project, name)]
    return "-".join([project.manager, *options])


def files_in(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """Run a module of Python in a folder, and return what it says if it fails."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WIREBIRD_")}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    "project",
    [
        Project.named("todo-list"),
        Project.named("todo-list", manager="poetry", database=True, skill=True),
        Project.named("todo-list", manager="pip", database=True, tailwind=True),
        Project.named("todo-list", manager="poetry", tailwind=True),
        Project.named("todo-list", auth=True, skill=True),
        Project.named("todo-list", manager="pip", tailwind=True, auth=True),
    ],
    ids=named,
)
def test_cookiecutter_makes_the_same_project(project: Project, tmp_path: Path):
    options: dict[str, Any] = {
        "slug": project.slug,
        "manager": project.manager,
        "database": project.database,
        "tailwind": project.tailwind,
        "auth": project.auth,
        "skill": project.skill,
    }
    settings = tmp_path / "settings.yaml"
    settings.write_text(json.dumps({"replay_dir": str(tmp_path / "replay")}))
    made = cookiecutter(
        str(ROOT / "cookiecutter"),
        no_input=True,
        extra_context=options,
        output_dir=str(tmp_path),
        config_file=str(settings),
    )
    assert made == str(tmp_path / "todo-list")
    assert files_in(Path(made)) == project.files()


def test_the_cookiecutter_is_made_of_the_templates(tmp_path: Path):
    script = runpy.run_path(str(ROOT / "scripts" / "template.py"))
    script["write"](tmp_path)
    assert files_in(tmp_path) == files_in(ROOT / "cookiecutter"), "run scripts/template.py"


def test_cookiecutter_refuses_accounts_without_a_database(tmp_path: Path):
    settings = tmp_path / "settings.yaml"
    settings.write_text(json.dumps({"replay_dir": str(tmp_path / "replay")}))
    with pytest.raises(FailedHookException):
        cookiecutter(
            str(ROOT / "cookiecutter"),
            no_input=True,
            extra_context={"auth": True, "database": False},
            output_dir=str(tmp_path),
            config_file=str(settings),
        )
    assert not (tmp_path / "shop").exists()


def test_accounts_are_those_that_are_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Project.named("shop", database=True).write(tmp_path / "shop")
    Project.named("shop", auth=True).write(tmp_path / "whole")
    monkeypatch.chdir(tmp_path / "shop")
    assert CliRunner().invoke(command, ["gen", "auth"]).exit_code == 0
    whole, generated = files_in(tmp_path / "whole"), tmp_path / "shop"
    other = {path for path, text in whole.items() if (generated / path).read_text() != text}
    words = {".env.example", "AGENTS.md", "README.md", "pyproject.toml", "shop/layout.html"}
    assert other == words
    assert '"argon2-cffi>=23.1"' in whole["pyproject.toml"]


def test_coding_agents_find_how_a_project_is_written(tmp_path: Path):
    Project.named("shop", skill=True).write(tmp_path)
    assert (tmp_path / ".agents/skills/wirebird/SKILL.md").read_text() == SKILL.read_text()
    agents = (tmp_path / "AGENTS.md").read_text()
    assert "SKILL.md" in agents
    assert "{{ name|default('') }}" in agents
    assert "SKILL" not in Project.named("shop").files()["AGENTS.md"]
    targets = set(re.findall(r"^(\w+):", (tmp_path / "Makefile").read_text(), re.MULTILINE))
    assert {*re.findall(r"`make (\w+)`", agents)} <= targets


def test_python_is_the_same_whoever_installs_packages():
    def python(manager: str) -> dict[str, str]:
        files = Project.named("shop", manager=manager, database=True, tailwind=True).files()
        return {name: text for name, text in files.items() if name.endswith((".py", ".html"))}

    assert python("uv") == python("poetry") == python("pip")


def words_of(name: str) -> dict[str, str]:
    project = Project.named(name)
    return {"slug": project.slug, "package": project.package, "title": project.title}


@pytest.mark.parametrize("name", ["a", "a_rather_long_name_for_an_application"])
def test_projects_are_formatted_and_have_no_mistakes_of_style(name: str, tmp_path: Path):
    for project in COMBINATIONS:
        made = replace(Project.named(name), **{**asdict(project), **words_of(name)})
        made.write(tmp_path / named(project))
    assert run(tmp_path, "ruff", "format", "--check", "--diff", "--no-cache", ".") == ""
    assert run(tmp_path, "ruff", "check", "--no-cache", ".") == ""


def write_beside_each_other(projects: list[Project], folder: Path) -> None:
    """Write the Python of projects as packages of one folder, to look at all of them at once."""
    for project in projects:
        for name, text in project.files().items():
            if name.endswith(".py"):
                path = folder / name.replace("tests/", f"{project.package}_tests/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)


@newest
def test_pyright_finds_nothing_in_projects(tmp_path: Path):
    strict = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(strict))
    write_beside_each_other(APPLICATIONS, tmp_path)
    assert run(tmp_path, "pyright", "--pythonpath", sys.executable) == ""


@newest
def test_mypy_finds_nothing_in_projects(tmp_path: Path):
    write_beside_each_other(APPLICATIONS, tmp_path)
    assert run(tmp_path, "mypy", "--strict", "--cache-dir", os.devnull, ".") == ""


@pytest.mark.parametrize("project", APPLICATIONS, ids=named)
def test_check_finds_nothing_in_a_project(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WIREBIRD_SECRET_KEY", "k" * 40)
    monkeypatch.syspath_prepend(str(tmp_path))
    project.write(tmp_path)
    assert check(importlib.import_module(f"{project.package}.app").app) == []


@newest
@pytest.mark.browser
@pytest.mark.parametrize(
    "project",
    [
        Project.named("shop"),
        Project.named("todo-list", manager="pip", database=True, tailwind=True),
    ],
    ids=named,
)
def test_the_tests_of_a_project_pass(project: Project, tmp_path: Path):
    chromium = shutil.which(os.environ.get("WIREBIRD_CHROMIUM", "chromium")) or "none"
    project.write(tmp_path)
    assert run(tmp_path, *PYTEST, CHROMIUM=chromium, CI="1") == ""


@newest
def test_without_a_browser_the_other_tests_of_a_project_pass(tmp_path: Path):
    Project.named("notes", manager="poetry", database=True).write(tmp_path)
    # A test that fails afterwards makes the whole report visible.
    (tmp_path / "tests" / "test_z.py").write_text("def test_z() -> None: assert False\n")
    said = run(tmp_path, *PYTEST, CHROMIUM="/nowhere/chromium", CI="")
    assert "no browser (`playwright install chromium` gets one)" in said
    assert "1 failed, 3 passed, 1 skipped" in said


def test_no_file_is_written_over(tmp_path: Path):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ProjectError, match=r"README\.md is there already"):
        Project.named("shop").write(tmp_path)
    assert files_in(tmp_path) == {"README.md": "mine"}


@pytest.mark.parametrize(
    ("name", "why"),
    [("json", "already"), ("tests", "already"), ("class", "module"), ("", "module"), ("1", "mod")],
)
def test_a_name_that_no_package_can_have_is_refused(name: str, why: str):
    with pytest.raises(ProjectError, match=why):
        Project.named(name)


def test_names_are_those_of_their_kind():
    project = Project.named("TodoList")
    assert (project.slug, project.package, project.title) == ("todo-list", "todo_list", "Todo list")


def test_what_is_not_said_is_asked_for_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(beginning, "somebody_is_there", lambda: True)
    done = CliRunner().invoke(command, ["new", "--no-tailwind"], input="shop\npoetry\ny\nn\ny\n")
    assert done.exit_code == 0, done.output
    wanted = Project.named("shop", manager="poetry", database=True, skill=True)
    assert files_in(tmp_path / "shop") == wanted.files()
    assert "cd shop" in done.output


@pytest.mark.parametrize(
    ("manager", "there", "told"),
    [("uv", False, True), ("poetry", False, True), ("uv", True, False), ("pip", False, False)],
)
def test_a_manager_that_is_not_there_is_installed_first(
    manager: str, there: bool, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/it" if there else None)
    done = CliRunner().invoke(command, ["new", "shop", "--manager", manager])
    steps = done.output[done.output.index("Now try:") :].split("\n    ")[1:]
    first = [f"pip install {manager}"] if told else []
    assert [step.strip() for step in steps] == [*first, "cd shop", "make install", "make run"]


@pytest.mark.parametrize("options", [[], ["--yes"]])
def test_where_nobody_is_asked_the_defaults_are_taken(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(beginning, "somebody_is_there", lambda: bool(options))
    done = CliRunner().invoke(command, ["new", ".", *options])
    assert done.exit_code == 0, done.output
    assert files_in(folder) == Project.named("shop").files()
    assert "cd " not in done.output


def test_accounts_bring_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command, ["new", "shop", "--auth"])
    assert done.exit_code == 0, done.output
    assert files_in(tmp_path / "shop") == Project.named("shop", auth=True).files()
    refused = CliRunner().invoke(command, ["new", "shop", "--auth", "--no-database"])
    assert "Accounts need the database" in refused.output


def test_a_project_without_a_name_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command, ["new", "--yes"])
    assert done.exit_code == 2
    assert "wirebird new shop" in done.output
    assert files_in(tmp_path) == {}
