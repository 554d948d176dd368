"""What is generated runs, passes its own tests, and leaves nothing for linters to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.gen.project import write_project
from wirebird.cli.main import app

COMMANDS = (
    ("view", "Overview"),
    ("view", "RoomView", "/rooms/{id:int}/{part}"),
    ("component", "LikeButton"),
    ("crud", "Product", "name:str", "price:decimal", "stock:int", "gone:bool", "about:text",
     "since:date?", "opens:datetime", "note:str?"),
    ("crud", "Point", "x:int", "y:decimal?", "seen:bool?", "at:datetime?"),
    ("crud", "PurchaseOrderLine", "day:date"),
    ("auth",),
)  # fmt: skip

newest = pytest.mark.skipif(sys.version_info < (3, 14), reason="one version is enough")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_project(tmp_path_factory.mktemp("shop"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in COMMANDS:
            result = CliRunner().invoke(app, ["gen", *command])
            assert result.exit_code == 0, result.output
    return folder


def run(project: Path, *command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(project), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


@newest
def test_its_own_tests_pass(project: Path):
    run(
        project,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--ignore=tests/browser",
    )


@newest
def test_the_check_finds_nothing(project: Path):
    run(project, "wirebird", "check", "shop.app")


@newest
def test_pyright_finds_nothing(project: Path):
    run(project, "pyright", "--pythonpath", sys.executable)


def test_the_linter_and_the_formatter_find_nothing(project: Path):
    run(project, "ruff", "check", "--no-cache", ".")
    run(project, "ruff", "format", "--check", "--no-cache", ".")
