"""What the documents show passes the checkers that people use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, TUTORIAL, write

FIELDS = """
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import assert_type

from wirebird import AsyncResult, HTTPException, LiveView, Stream, Wirebird
from wirebird.components import async_result


@dataclass(frozen=True)
class Song:
    id: int


@dataclass
class Playlist:
    songs: Stream[Song] = field(default_factory=Stream)
    best: AsyncResult[Song] = field(default_factory=AsyncResult.loading)


class PlaylistView(LiveView[Playlist]):
    html = "<p></p>"

    async def mount(self) -> None:
        assert_type(self.state, Playlist)
        assert_type(self.state.songs, Stream[Song])
        self.state.songs = Stream([Song(1)], limit=3)
        self.state.songs.insert(Song(2))
        self.state.best = AsyncResult.ok(Song(1))
        self.state.best = AsyncResult.loading(self.state.best)
        self.state.best = AsyncResult.failed("gone", self.state.best)
        async_result(self.state.best, lambda song: "Song")


def year(when: int) -> str:
    return str(when)


@asynccontextmanager
async def lifespan(app: Wirebird) -> AsyncGenerator[None]:
    yield


async def not_found(request: Request, error: HTTPException) -> Response:
    return Response(error.detail, error.status_code)


app = Wirebird(lifespan=lifespan, exception_handlers={404: not_found, OSError: not_found})
app.live("/", PlaylistView)
app.templates.globals["year"] = year
app.templates.globals["app"] = app
app.templates.globals["now"] = lambda: 2026
app.templates.filters["year"] = year
"""


def checked(folder: Path, mode: str) -> str:
    """Return what pyright finds in the Python files of a folder."""
    settings = {"typeCheckingMode": mode, "pythonVersion": "3.14"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    return run(folder, "pyright", "--pythonpath", sys.executable)


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("mode", ["basic", "strict"])
def test_what_is_said_of_states_and_templates_passes_pyright(mode: str, tmp_path: Path):
    (tmp_path / "playlist.py").write_text(FIELDS)
    assert checked(tmp_path, mode) == ""


def test_what_is_said_of_states_and_templates_passes_mypy(tmp_path: Path):
    (tmp_path / "playlist.py").write_text(FIELDS)
    assert run(tmp_path, "mypy", "--strict", "playlist.py") == ""


@pytest.mark.skipif(sys.version_info < (3, 14), reason="the newest Python sees all files")
@pytest.mark.timeout(600)  # it reads everything
def test_tests_examples_and_benchmarks_pass_pyright():
    assert run(ROOT, "pyright", "--project", "tests", "--pythonpath", sys.executable) == ""


def test_the_files_of_the_documents_pass_pyright(tmp_path: Path):
    for document in DOCUMENTS:
        if document.parent == TUTORIAL:
            continue
        write(document, tmp_path / document.relative_to(ROOT).with_suffix(""))
    assert checked(tmp_path, "basic") == ""
