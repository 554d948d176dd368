"""A server that stops does not wait for polls, nor do polls wait for it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.running import KEY, Running, environment, free_port, running

APP = """
from wirebird import LiveView, Wirebird


class Hello(LiveView):
    html = "<p>Hello</p>"


app = Wirebird()
app.live("/", Hello)
"""


@asynccontextmanager
async def uvicorn(folder: Path, *options: str) -> AsyncIterator[Running]:
    """Run uvicorn by itself, with none of what `wirebird run` chooses."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", "hello:app", "--port", str(port), *options),
        cwd=folder,
        env=environment(WIREBIRD_SECRET_KEY=KEY),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    server = Running(process, port)
    try:
        await server.answers()
        yield server
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("serve", [running, uvicorn])
async def test_a_server_that_stops_answers_polls_at_once(tmp_path: Path, serve: object):
    (tmp_path / "hello.py").write_text(APP)
    arguments = ("hello:app",) if serve is running else ("--http", "h11")
    async with (
        serve(tmp_path, *arguments) as server,  # pyright: ignore[reportCallIssue]
        httpx.AsyncClient(base_url=server.url, timeout=60) as http,
    ):
        page = (await http.get("/")).text
        token = re.search(r'name="csrf-token" content="([^"]*)"', page)
        assert token is not None
        params = {"_csrf_token": token[1], "vsn": "2.0.0"}
        began = (await http.get("/live/longpoll", params=params)).json()
        assert began["status"] == 410
        params["token"] = began["token"]
        polls = [asyncio.create_task(http.get("/live/longpoll", params=params)) for _ in range(2)]
        # That one of two polls has its answer shows that the other is there, and waits.
        answered, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        assert answered.pop().result().json()["status"] == 204
        server.process.send_signal(signal.SIGTERM)
        assert (await waiting.pop()).json() == {"status": 410}
        assert await server.ended() in (0, -signal.SIGTERM)
