"""Uploads: what a large one costs beside the same bytes posted to Starlette, and whether the page
goes on while many are under way.

    python -m benchmarks.uploads --mebibytes 1024

It starts the servers itself, on a core of their own, in the benchmarks' environment.
"""

# pyright: reportMissingImports=false
# What benchmarks install beside the package is in requirements/bench.txt.

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from benchmarks.__main__ import UVICORN, environment, interpreter, server_environment, serving
from wirebird import LiveView, UploadedFile, Wirebird, event

PATH = "/bench/upload"
MEBIBYTE = 1024 * 1024
BOUNDARY = "a-boundary-that-no-file-has"


@dataclass
class Saved:
    size: int = 0
    clicks: int = 0


class UploadView(LiveView[Saved]):
    """Files of any size, and a button."""

    html = """
    <form id="f" phx-change="validate">{{ ui.live_file_input(uploads.doc) }}</form>
    {% for entry in uploads.doc.entries %}<p>{{ entry.progress }}</p>{% endfor %}
    <b>{{ size }} {{ clicks }}</b>
    """

    async def mount(self) -> None:
        self.socket.allow_upload("doc", accept="any", max_entries=20, max_file_size=2**32)

    @event
    async def validate(self) -> dict[str, str]:
        return {"ref": self.socket.uploads.doc.ref}

    @event
    async def click(self) -> None:
        self.state.clicks += 1

    @event
    async def save(self) -> None:
        def size(file: UploadedFile) -> int:
            return file.path.stat().st_size

        self.state.size = sum(await self.socket.consume_uploaded_entries("doc", size))


async def health(request: Request) -> PlainTextResponse:
    return PlainTextResponse("up")


async def post(request: Request) -> PlainTextResponse:
    async with request.form() as form:
        file: Any = form["doc"]
        return PlainTextResponse(str(file.size))


app = Wirebird(secret_key="benchmarks-only-" * 3, routes=[Route("/health", health)])
app.live(PATH, UploadView)

starlette_app = Starlette(routes=[Route("/health", health), Route(PATH, post, methods=["POST"])])


@dataclass
class Used:
    """What a server used."""

    cpu: float = 0.0
    clock: float = 0.0
    memory: float = 0.0


@contextmanager
def used_by(server: Any) -> Iterator[Used]:
    """Measure a server; the most memory is asked for with `watch`."""
    from benchmarks.load import metered

    used = Used()
    with metered(server) as meter:
        yield used
    used.cpu, used.clock = meter.cpu, meter.clock


async def watch(server: Any, work: Awaitable[Any]) -> tuple[Any, float]:
    """Await some work; return its result and by how much memory grew meanwhile, in MiB."""
    before = most = server.memory_kib()
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait([task], timeout=0.1)
        most = max(most, server.memory_kib())
    return await task, (most - before) / 1024


async def send(view: Any, upload: str, ref: str, size: int) -> None:
    """Send one file as a browser does."""
    entry = {"ref": ref, "name": f"{ref}.bin", "size": size, "type": "", "relative_path": ""}
    uploads = {upload: [entry]}
    await view.send("event", {"type": "form", "event": "validate", "value": "", "uploads": uploads})
    answer, _ = await view.send("allow_upload", {"ref": upload, "entries": [entry]})
    response = answer["response"]
    await view.join_upload(ref, response["entries"][ref])
    chunk = os.urandom(response["config"]["chunk_size"])
    told, last = -1, None
    for start in range(0, size, len(chunk)):
        data = chunk if start + len(chunk) <= size else chunk[: size - start]
        answer, _ = await view.send_chunk(ref, data)
        assert answer["status"] == "ok", answer
        progress = min(100, (start + len(data)) * 100 // size)
        if progress > told:
            told = progress
            report = {"ref": upload, "entry_ref": ref, "event": None, "progress": progress}
            last = view.send("progress", report)
    if last is not None:
        await last


async def upload_ref(view: Any) -> str:
    """Return what the page calls its upload."""
    answer, _ = await view.send("event", {"type": "click", "event": "validate", "value": {}})
    return answer["response"]["diff"]["r"]["ref"]


async def upload_one(browser: Any, size: int) -> Used:
    """Upload one large file and consume it."""
    view = await browser.open(PATH)
    ref = await upload_ref(view)
    await send(view, ref, "0", 10 * MEBIBYTE)
    await view.click("save", {})
    with used_by(browser.server) as used:
        _, used.memory = await watch(browser.server, send(view, ref, "1", size))
    answer, _ = await view.click("save", {})
    assert str(size) in str(answer), answer
    return used


async def post_one(server: Any, http: Any, size: int) -> Used:
    """Post the same bytes as a form."""
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}

    async def body(size: int) -> AsyncIterator[bytes]:
        disposition = 'form-data; name="doc"; filename="1.bin"'
        yield f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
        chunk = os.urandom(64_000)
        for start in range(0, size, len(chunk)):
            yield chunk if start + len(chunk) <= size else chunk[: size - start]
        yield f"\r\n--{BOUNDARY}--\r\n".encode()

    async def go(size: int) -> None:
        async with http.post(server.base + PATH, data=body(size), headers=headers) as response:
            assert await response.text() == str(size), await response.text()

    await go(10 * MEBIBYTE)
    with used_by(server) as used:
        _, used.memory = await watch(server, go(size))
    return used


async def clicks_beside(browser: Any, uploads: int, size: int) -> list[float]:
    """Click all the while many files are sent, each from a page of its own; return the waits."""
    views = await browser.open_many(PATH, uploads)
    refs = [await upload_ref(view) for view in views]
    clicking = await browser.open(PATH)
    sending = asyncio.gather(
        *(send(view, ref, "0", size) for view, ref in zip(views, refs, strict=True))
    )
    waits: list[float] = []
    while not sending.done():
        for view in (clicking, views[len(waits) % uploads]):
            start = time.perf_counter()
            await view.click("click", {})
            waits.append(time.perf_counter() - start)
        await asyncio.sleep(0.005)
    await sending
    return waits


async def measure(mebibytes: int, uploads: int) -> None:
    import aiohttp

    from benchmarks.load import Browser, Server

    size = mebibytes * MEBIBYTE
    results: dict[str, Used] = {}
    with serving(sys.executable, "benchmarks.uploads:starlette_app", runner=UVICORN) as (base, pid):
        async with aiohttp.ClientSession() as http:
            results["Starlette"] = await post_one(Server(base, pid), http, size)
    jar = aiohttp.CookieJar(unsafe=True)
    with serving(sys.executable, "benchmarks.uploads:app") as (base, pid):
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            browser = Browser(Server(base, pid), http)
            results["Wirebird"] = await upload_one(browser, size)
            waits = await clicks_beside(browser, uploads, size // uploads)
    for name, used in results.items():
        print(
            f"{name:10} {mebibytes} MiB: {used.cpu:6.2f} s of CPU, {used.clock:6.2f} s,"
            f" {used.memory:6.1f} MiB more memory"
        )
    ratio = results["Wirebird"].cpu / results["Starlette"].cpu
    print(f"ratio      {ratio:.2f} of Starlette's CPU (at most 1.5)")
    percentile = statistics.quantiles(waits, n=100)[98]
    print(
        f"{uploads} uploads at once, {len(waits)} clicks between: median"
        f" {statistics.median(waits) * 1e3:.1f} ms, p99 {percentile * 1e3:.1f} ms (at most 50)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uploads", description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--uploads", type=int, default=20, help="how many at once")
    chosen = parser.parse_args()
    python = environment(interpreter())
    if python != sys.executable:
        command = [python, "-m", "benchmarks.uploads", *sys.argv[1:]]
        sys.exit(subprocess.call(command, env=server_environment()))
    asyncio.run(measure(chosen.mebibytes, chosen.uploads))


if __name__ == "__main__":
    main()
