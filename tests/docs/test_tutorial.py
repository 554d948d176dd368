"""Whoever follows the tutorial literally, in an empty folder, gets what it says at each step."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, TUTORIAL
from tests.docs.tutorial import PAGES, follow

newest = pytest.mark.skipif(sys.version_info < (3, 14), reason="once is enough: on the newest")


@dataclass(frozen=True)
class Step:
    """A page, the project as it is after it, and the tests that the page wrote."""

    page: Path
    project: Path
    tests: list[str]


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    folder = tmp_path_factory.mktemp("tutorial")
    here = folder / "here"
    here.mkdir()
    found: list[Step] = []
    for page in PAGES:
        tests = follow(page, here)
        project = folder / page.stem
        shutil.copytree(here / "tracker", project)
        found.append(Step(page, project, tests))
    return found


def run(folder: Path, *command: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTEST_ADDOPTS": "", **environment},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-3000:]


def run_tests(*projects: tuple[Path, list[str]], **environment: str) -> None:
    """Run tests of each project, all in one process."""
    arguments = [word for project, tests in projects for word in ("--", str(project), *tests)]
    run(ROOT, str(ROOT / "tests/docs/run_steps.py"), *arguments[1:], **environment)


@newest
@pytest.mark.timeout(600)
def test_each_step_passes_its_tests(steps: list[Step]) -> None:
    assert [step.page.name for step in steps if not step.tests] == []
    run_tests(*((step.project, step.tests) for step in steps[:-1]))


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="there each step is tested")
@pytest.mark.timeout(600)
def test_what_is_made_passes_all_tests_of_its_own(steps: list[Step]) -> None:
    tests = {name for step in steps for name in step.tests if "browser" not in name}
    run_tests((steps[-1].project, sorted(tests)))


@newest
@pytest.mark.browser
@pytest.mark.timeout(600)
def test_what_is_made_passes_its_test_in_a_browser(steps: list[Step]) -> None:
    chromium = shutil.which(os.environ.get("WIREBIRD_CHROMIUM", "chromium"))
    if chromium is None:
        pytest.skip("without a browser")
    run_tests((steps[-1].project, steps[-1].tests), CHROMIUM=chromium, CI="1")


def changed(before: Path, project: Path) -> list[Path]:
    """Return the modules of a project that a step has made or changed."""
    modules = {path.relative_to(project): path.read_text() for path in project.rglob("*.py")}
    return [
        project / name
        for name, text in modules.items()
        if not (before / name).exists() or (before / name).read_text() != text
    ]


@newest
@pytest.mark.timeout(600)
def test_the_linter_the_formatter_and_the_check_find_nothing(steps: list[Step]) -> None:
    folder = steps[0].project.parent
    projects = [step.project.name for step in steps]
    run(folder, "-m", "ruff", "check", "--no-cache", *projects)
    run(folder, "-m", "ruff", "format", "--check", "--no-cache", "--diff", *projects)
    run(steps[-1].project, "-m", "wirebird", "check", "tracker.app")


@newest
@pytest.mark.timeout(600)
def test_pyright_finds_nothing_in_any_step(steps: list[Step]) -> None:
    folder = steps[0].project.parent
    files = sorted(steps[-1].project.rglob("*.py"))
    for before, step in pairwise(steps):
        files += changed(before.project, step.project)
    settings = {
        "include": [file.relative_to(folder).as_posix() for file in files],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "executionEnvironments": [{"root": step.project.name} for step in steps],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    run(folder, "-m", "pyright", "--pythonpath", sys.executable)


def test_every_page_is_listed() -> None:
    text = (TUTORIAL / "README.md").read_text()
    site = (ROOT / "zensical.toml").read_text()
    for page in PAGES:
        assert f"]({page.name})" in text
        assert f'"tutorial/{page.name}"' in site
