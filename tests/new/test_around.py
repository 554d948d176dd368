"""What stands around the code of a new project: its commands, its CI and its image."""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from wirebird.cli.main import app as commands
from wirebird.new import Project

PROJECTS = [
    Project.named("todo-list"),
    Project.named("todo-list", manager="poetry", auth=True, skill=True),
    Project.named("todo-list", manager="pip", database=True, tailwind=True),
]
MADE_LATER = {"uv.loc[k]", "poetry.loc[k]", "package*.json"}

every_kind = pytest.mark.parametrize("project", PROJECTS, ids=lambda each: each.manager)


def said(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def just(folder: Path, *arguments: str) -> str:
    program = shutil.which("just", path=str(Path(sys.executable).parent))
    assert program is not None
    return said(folder, program, *arguments)


def targets(project: Project) -> list[str]:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", project.files()["Makefile"], re.MULTILINE)
    return phony.split()


@every_kind
def test_make_and_just_do_the_same(project: Project, tmp_path: Path):
    for name in ("Makefile", "justfile"):
        (tmp_path / name).write_text(project.files()[name])
    assert sorted(just(tmp_path, "--summary").split()) == sorted(targets(project))
    for target in targets(project):
        made = said(tmp_path, "make", "--dry-run", "--no-print-directory", target)
        assert just(tmp_path, "--dry-run", target) == made
        assert made


@every_kind
def test_ci_runs_commands_that_there_are(project: Project):
    workflow: dict[str, Any] = yaml.safe_load(project.files()[".github/workflows/ci.yml"])
    steps = workflow["jobs"]["test"]["steps"]
    assert all(("run" in step) != ("uses" in step) for step in steps)
    assert all(re.fullmatch(r"[\w/-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    made = [step["run"].split()[1] for step in steps if step.get("run", "").startswith("make ")]
    assert {"install", "check", "test"} <= set(made) <= set(targets(project))


@every_kind
def test_the_image_is_made_of_files_that_there_are_and_runs_the_application(project: Project):
    files = project.files()
    lines = [line for line in files["Dockerfile"].splitlines() if line and line[0] != "#"]
    steps = [line.split(None, 1) for line in "\n".join(lines).replace("\\\n", " ").splitlines()]
    known = {"FROM", "WORKDIR", "RUN", "ENV", "COPY", "VOLUME", "USER", "EXPOSE", "HEALTHCHECK",
             "CMD"}  # fmt: skip
    assert {name for name, _ in steps} <= known
    stages = {rest.split()[-1] for name, rest in steps if name == "FROM" and " AS " in rest}
    admitted = [line[1:] for line in files[".dockerignore"].splitlines() if line[:1] == "!"]
    for rest in (rest for name, rest in steps if name == "COPY"):
        if rest.startswith("--from="):
            assert rest.split()[0].removeprefix("--from=") in stages
            continue
        for source in rest.split()[:-1]:
            there = any(path == source or path.startswith(f"{source}/") for path in files)
            assert there or source in MADE_LATER
            assert any(fnmatch.fnmatch(name, source) for name in admitted), source
    command = json.loads(dict(steps)["CMD"])
    group: Any = commands
    with group.make_context("wirebird", command[1:]) as above:
        name, found, given = group.resolve_command(above, command[1:])
        context = found.make_context(name, given, parent=above)
    assert context.params["host"] == "0.0.0.0"
    assert command[2] == f"{project.package}.app"
    assert int(dict(steps)["EXPOSE"]) == context.params["port"]
