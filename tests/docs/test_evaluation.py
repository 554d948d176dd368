"""The tasks of the evaluation can be done, are tested, and are given whole to a command."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation import __main__ as evaluation
from evaluation.__main__ import Task, ask, tasks, verdict
from tests.conftest import SECRET_KEY
from tests.docs.documents import ROOT
from tests.docs.test_reference import BYTES_PER_TOKEN, TOKENS

ALL = tasks()


def test_there_are_twelve_and_each_fits_a_small_context():
    assert len(ALL) == 12
    for task in ALL:
        assert len(task.prompt().encode()) / BYTES_PER_TOKEN < TOKENS


def test_no_task_tells_how_it_is_done():
    for task in ALL:
        assert "phx-" not in (task.folder / "prompt.md").read_text()


@pytest.mark.timeout(600)
def test_each_solution_passes(tmp_path: Path):
    arguments: list[str] = []
    for task in ALL:
        shutil.copytree(task.solution, tmp_path / task.name)
        shutil.copy(task.test, tmp_path / task.name)
        arguments += ["--", str(tmp_path / task.name), task.test.name]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/docs/run_steps.py"), *arguments[1:]],
        cwd=ROOT,
        env={**os.environ, "PYTEST_ADDOPTS": "", "WIREBIRD_SECRET_KEY": SECRET_KEY},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def command(code: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; prompt = sys.stdin.read(); {code}"]


def test_a_command_writes_files_or_prints_them(tmp_path: Path):
    (written := tmp_path / "written").mkdir()
    (printed := tmp_path / "printed").mkdir()
    task = ALL[0]
    write = "open('app.py', 'w').write(prompt[-9:])"
    assert ask(task, command(write), written, 60, with_text=True) == ""
    assert (written / "app.py").read_text() == task.prompt()[-9:]
    show = "print('Here:', '```python', '# app.py', 'x = 1', '```', sep=chr(10))"
    assert ask(task, command(show), printed, 60, with_text=False) == ""
    assert (printed / "app.py").read_text() == "# app.py\nx = 1\n"


def test_what_a_command_does_not_do_is_said(tmp_path: Path):
    assert "there is no app.py" in ask(ALL[0], command("sys.exit('no idea')"), tmp_path, 60, True)
    assert "no idea" in ask(ALL[0], command("sys.exit('no idea')"), tmp_path, 60, True)
    assert "longer" in ask(ALL[0], command("import time; time.sleep(60)"), tmp_path, 0.1, True)


def test_it_counts_what_passes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def fake(task: Task, folder: Path) -> str:
        return "1 failed" if task.name == "05_chat" else ""

    monkeypatch.setattr(evaluation, "verdict", fake)
    write = shlex.join(command("open('app.py', 'w').write('')"))
    monkeypatch.setattr(sys, "argv", ["evaluation", write, "--only", "0"])
    assert evaluation.main() == 1
    said = capsys.readouterr().out
    assert "failed  05_chat\n1 failed" in said
    assert "9 of 10" in said


def test_nothing_does_not_pass(tmp_path: Path):
    (tmp_path / "app.py").write_text("from wirebird import Wirebird\n\napp = Wirebird()\n")
    assert "failed" in verdict(ALL[0], tmp_path)
