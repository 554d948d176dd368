"""Servers that start anew for each change are forked from a process that has imported ours once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import uvicorn
from watchfiles import Change

import wirebird
from tests.cli.running import running
from wirebird.cli.reloading import Reload

APP = """
import os
from wirebird import LiveView, Wirebird

class HelloView(LiveView):
    html = "<h1>hello</h1>"

app = Wirebird()
app.live("/", HelloView)
print("version {}, child of", os.getppid(), "end")
"""


@pytest.mark.skipif(os.name != "posix", reason="processes are forked on POSIX only")
async def test_each_server_is_forked_from_the_same_process_that_watches_no_files(tmp_path: Path):
    (tmp_path / "hello.py").write_text(APP.format(1))
    async with running(tmp_path, "hello:app", "--reload") as server:
        await server.says("version 1, child of")
        # Of another size: byte code counts as new while a file's second and size are the same.
        (tmp_path / "hello.py").write_text(APP.format(2) + "\n")
        await server.says("version 2, child of")
        await server.answers()
        parents = re.findall(r"child of (\d+) end", server.output)
        assert len(set(parents)) == 1
        assert parents[0] != str(server.process.pid)


@pytest.mark.parametrize("inside", [True, False])
def test_what_was_imported_once_serves_as_long_as_it_has_not_changed(tmp_path: Path, inside: bool):
    config = uvicorn.Config("hello:app", reload=True, reload_dirs=[str(tmp_path)], reload_delay=0)
    reload = Reload(config, target=lambda sockets: None, sockets=[])
    before = reload.forks
    file = (Path(wirebird.__file__).parent if inside else tmp_path) / "web" / "app.py"
    reload.watcher = iter([{(Change.modified, str(file))}])  # type: ignore[assignment]
    assert reload.should_restart() == [file]
    assert reload.forks is (before and not inside)
