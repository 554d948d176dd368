"""The uploaders in the browser, sending a real file to a store by what the server's part says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.async_api import Page, Route

from tests.browser.pages import visit
from tests.s3.files import MIB, content, entry_of, put_parts, read
from tests.s3.store import Store
from wirebird import LiveView, Wirebird
from wirebird.s3 import S3MultipartUpload, S3Upload, fingerprint
from wirebird.uploads.external import ExternalUpload

SMALLEST = 5 * MIB
SIZE = 22 * MIB

# An entry as LiveView would make it, over a file with the bytes of `content`.
BEGIN = """([size, meta]) => {
  const numbers = Uint32Array.from({ length: size / 4 + 1 }, (_, index) => index)
  const file = new File([new Blob([numbers]).slice(0, size)], "film.mp4")
  const told = [], errors = []
  let cancel, fail
  const ended = new Promise((resolve) => {
    window.entry = {
      file, meta, told, errors,
      progress(percent) { told.push(percent); if (percent === 100) resolve() },
      error(reason) { errors.push(reason); resolve() },
      isCancelled: () => false,
      onCancel(callback) { cancel = callback },
    }
  })
  Object.assign(window, { ended, cancel: () => cancel(), lose: () => fail() })
  const uploader = window.liveSocket.uploaders[meta.uploader]
  uploader([entry], (callback) => { fail = callback })
}"""


class Empty(LiveView):
    html = "<p>An uploader works in any page.</p>"


class Sending:
    """A file that a page is sending."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def begin(self, meta: Mapping[str, Any], size: int = SIZE) -> None:
        await self.page.evaluate(BEGIN, [size, json.loads(json.dumps(meta))])

    async def ended(self) -> None:
        """Wait until the uploader says that the file is stored, or gives it up."""
        await self.page.evaluate(
            "Promise.race([ended, new Promise((_, no) => setTimeout(no, 20000))])"
        )

    async def told(self) -> list[int]:
        return await self.page.evaluate("entry.told")

    async def errors(self) -> list[str]:
        return await self.page.evaluate("entry.errors")


class Line:
    """The line from a page to a store: holds the parts that are sent until they may pass."""

    def __init__(self, page: Page, store: Store) -> None:
        self.page = page
        self.store = store
        self.held: list[Route] = []
        self.failed: list[str] = []
        self._news = asyncio.Event()

    async def hold(self) -> None:
        await self.page.route(f"{self.store.url}/**", self._take)
        self.page.on("requestfailed", lambda request: self._note(request.url))

    def _take(self, route: Route) -> None:
        self.held.append(route)
        self._news.set()

    def _note(self, url: str) -> None:
        self.failed.append(url)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_held(self, count: int) -> list[Route]:
        """Wait until so many parts are held, and take them off."""
        await self.until(lambda: len(self.held) >= count)
        held, self.held = self.held, []
        return held


@pytest.fixture
def sending(page: Page) -> Sending:
    return Sending(page)


@pytest.fixture
def line(page: Page, store: Store) -> Line:
    return Line(page, store)


@pytest.fixture
def url(make_app: Callable[..., Wirebird], serve: Callable[[Any], str]) -> str:
    app = make_app()
    app.live("/", Empty)
    return serve(app)


def uploads(client: Any, bucket: str) -> dict[str, ExternalUpload]:
    return {
        "put": S3Upload(client, bucket),
        "post": S3Upload(client, bucket, method="post"),
        "parts": S3MultipartUpload(client, bucket, part_size=SMALLEST),
    }


@pytest.mark.parametrize("way", ["put", "post", "parts"])
async def test_a_file_arrives_as_it_is(
    page: Page, sending: Sending, url: str, client: Any, bucket: str, way: str
) -> None:
    upload = uploads(client, bucket)[way]
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    await visit(page, url)
    await sending.begin(meta)
    await sending.ended()
    told = await sending.told()
    assert (await sending.errors(), told[-1], told) == ([], 100, sorted(set(told)))
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == content(SIZE)


async def test_parts_are_sent_side_by_side(
    page: Page, sending: Sending, line: Line, url: str, client: Any, bucket: str
) -> None:
    upload = S3MultipartUpload(client, bucket, part_size=SMALLEST, concurrency=3)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    await visit(page, url)
    await line.hold()
    await sending.begin(meta)
    first, *others = await line.until_held(3)
    assert len(others) == 2
    assert await sending.told() == []
    await first.continue_()
    [fourth] = await line.until_held(1)  # a place is free
    for route in (*others, fourth):
        await route.continue_()
    for route in await line.until_held(1):
        await route.continue_()
    await sending.ended()
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == content(SIZE)


async def test_a_part_that_fails_twice_is_sent_a_third_time(
    page: Page, sending: Sending, url: str, client: Any, bucket: str, store: Store
) -> None:
    upload = S3MultipartUpload(client, bucket, part_size=SMALLEST)
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    tries: list[str] = []

    async def fail_twice(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            await route.abort("connectionreset")
        elif len(tries) == 2:
            await route.fulfill(status=503, headers={"access-control-allow-origin": "*"})
        else:
            await route.continue_()

    await visit(page, url)
    await page.route("**/*partNumber=2&*", fail_twice)
    await sending.begin(meta)
    await sending.ended()
    told = await sending.told()
    assert (await sending.errors(), told[-1], told) == ([], 100, sorted(set(told)))
    assert (len(tries), store.parts_put()) == (3, [1, 2, 3, 4, 5])
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == content(SIZE)


async def test_a_refused_part_ends_the_upload(
    page: Page, sending: Sending, url: str, client: Any, bucket: str
) -> None:
    meta = S3MultipartUpload(client, bucket, part_size=SMALLEST).start(entry_of(SIZE))
    await visit(page, url)
    # Another file than the one that was announced.
    await sending.begin({**meta, "part_size": SMALLEST - 1})
    await sending.ended()
    assert (await sending.errors(), 100 in await sending.told()) == (["failed"], False)


@pytest.mark.parametrize("how", ["cancel()", "lose()"])
async def test_nothing_more_is_sent_once_the_entry_or_its_view_is_gone(
    page: Page, sending: Sending, line: Line, url: str, client: Any, bucket: str, how: str
) -> None:
    meta = S3MultipartUpload(client, bucket, part_size=SMALLEST, concurrency=2).start(
        entry_of(SIZE)
    )
    await visit(page, url)
    await line.hold()
    await sending.begin(meta)
    held = await line.until_held(2)
    await page.evaluate(how)
    await line.until(lambda: len(line.failed) == 2)
    assert sorted(line.failed) == sorted(route.request.url for route in held)
    assert (await sending.errors(), await sending.told(), line.held) == ([], [], [])


async def test_a_resumed_file_begins_with_what_is_there(
    page: Page, sending: Sending, url: str, client: Any, bucket: str, store: Store
) -> None:
    upload = S3MultipartUpload(client, bucket, part_size=SMALLEST, key=fingerprint)
    put_parts(upload.start(entry_of(SIZE)), content(SIZE), 1, 2, 4)
    store.requests.clear()
    entry = entry_of(SIZE)
    meta = upload.start(entry)
    await visit(page, url)
    await sending.begin(meta)
    await sending.ended()
    told = await sending.told()
    assert (told[0], told[-1]) == (68, 100)
    assert store.parts_put() == [3, 5]
    upload.finish(entry, meta)
    assert read(client, bucket, meta["key"]) == content(SIZE)


async def test_the_pages_own_uploader_of_that_name_wins(
    page: Page, make_app: Callable[..., Wirebird], serve: Callable[[Any], str], tmp_path: Any
) -> None:
    script = tmp_path / "uploaders.js"
    script.write_text("export const uploaders = { S3: () => 'ours', Other: () => 'other' }")
    app = make_app(scripts=[script])
    app.live("/", Empty)
    await visit(page, serve(app))
    uploaders = "Object.keys(liveSocket.uploaders).sort()"
    assert await page.evaluate(uploaders) == ["Other", "S3", "S3Multipart"]
    assert await page.evaluate("liveSocket.uploaders.S3()") == "ours"
