"""Uploads to S3 the whole way: a view that allows them, a browser that sends them, a store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.browser.pages import Frames, connected, until, visit
from tests.conftest import serving
from tests.s3.files import MIB, content, keys, read, unfinished
from tests.s3.store import Store
from wirebird import LiveView, UploadedFile, UploadEntry, Wirebird, event
from wirebird.s3 import S3MultipartUpload, S3Upload, fingerprint
from wirebird.uploads.external import ExternalUpload

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

SIZE = 22 * MIB
PARTS = [1, 2, 3, 4, 5]


@dataclass
class Films:
    kept: list[str] = field(default_factory=list)


class FilmsView(LiveView[Films]):
    html = """
    <form id="form" phx-change="choose" phx-submit="save">
      {{ ui.live_file_input(uploads.films) }}
      {% for entry in uploads.films.entries %}
      <li :key="{{ entry.ref }}">
        <b>{{ entry.client_name }}</b> <output>{{ entry.progress }} %</output>
        {% if entry.done %}<i>done</i>{% endif %}
        {% for error in entry.errors %}<em>{{ error.message }}</em>{% endfor %}
        <button type="button" phx-click="cancel" phx-value-ref="{{ entry.ref }}">cancel</button>
      </li>
      {% endfor %}
      <button id="save">save</button>
    </form>
    <button id="crash" phx-click="crash">crash</button>
    <p id="kept">{{ kept | join(" ") }}</p>
    """
    external: ExternalUpload
    options: dict[str, Any]

    async def mount(self) -> None:
        self.socket.allow_upload(
            "films", accept="any", max_file_size=SIZE, external=self.external, **self.options
        )

    @event
    async def choose(self) -> None: ...

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("films", ref)

    @event
    async def crash(self) -> None:
        raise RuntimeError("meant to happen")

    @event
    async def save(self) -> None:
        def key(file: UploadedFile) -> str:
            return file.meta["key"]

        self.state.kept += await self.socket.consume_uploaded_entries("films", key)


def films_app(make_app: MakeApp, external: ExternalUpload, **options: Any) -> Wirebird:
    app = make_app()
    members = {"external": external, "options": options, "__module__": __name__}
    app.live("/", type("TestedView", (FilmsView,), members))
    return app


def in_parts(client: Any, bucket: str, **options: Any) -> S3MultipartUpload:
    """Return an upload in parts that are sent one after the other, and can be resumed."""

    def key(entry: UploadEntry) -> str:
        return f"ada/{fingerprint(entry)}"

    options = {"key": key, "concurrency": 1, **options}
    return S3MultipartUpload(client, bucket, part_size=5 * MIB, **options)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    path.write_bytes(content(SIZE))
    return path


class Gate:
    """Holds a part on its way to the store."""

    def __init__(self, page: Page, part: int) -> None:
        self.page = page
        self.part = part
        self.reached = False
        self._open = asyncio.Event()

    async def close(self) -> None:
        await self.page.route(f"**/*partNumber={self.part}&*", self._pass)

    async def _pass(self, route: Route) -> None:
        self.reached = True
        await self._open.wait()
        await route.continue_()

    def open(self) -> None:
        self._open.set()


@pytest_asyncio.fixture(loop_scope="session")
async def third_part(page: Page) -> AsyncIterator[Gate]:
    gate = Gate(page, 3)
    await gate.close()
    yield gate
    gate.open()
    await page.unroute_all(behavior="ignoreErrors")


async def begin(page: Page, film: Path, gate: Gate) -> None:
    """Choose a film, and wait until two parts of it are stored."""
    await page.set_input_files("input[type=file]", film)
    await until(lambda: gate.reached, "the third part is on its way")
    await expect(page.locator("li output")).to_have_text("45 %")


@pytest.mark.parametrize("way", ["put", "post", "parts"])
async def test_a_file_is_sent_with_the_form(
    page: Page, make_app: MakeApp, serve: Serve, client: Any, bucket: str, film: Path, way: Any
) -> None:
    external = (
        S3MultipartUpload(client, bucket, part_size=5 * MIB)
        if way == "parts"
        else S3Upload(client, bucket, method=way)
    )
    await visit(page, serve(films_app(make_app, external)))
    await page.set_input_files("input[type=file]", film)
    await page.click("#save")
    await expect(page.locator("#kept")).to_contain_text(".mp4")
    key = await page.inner_text("#kept")
    assert read(client, bucket, key) == content(SIZE)
    assert (keys(client, bucket), unfinished(client, bucket)) == ([key], [])


async def test_several_files_are_sent_at_once(
    page: Page, make_app: MakeApp, serve: Serve, client: Any, bucket: str, film: Path
) -> None:
    (film.parent / "short.mp4").write_bytes(content(7 * MIB))
    external = S3MultipartUpload(client, bucket, part_size=5 * MIB)
    await visit(page, serve(films_app(make_app, external, max_entries=2, auto_upload=True)))
    await page.set_input_files("input[type=file]", [film, film.parent / "short.mp4"])
    await expect(page.locator("li i")).to_have_text(["done", "done"])
    await page.click("#save")
    await expect(page.locator("li")).to_have_count(0)
    first, second = (await page.inner_text("#kept")).split()
    assert read(client, bucket, first) == content(SIZE)
    assert read(client, bucket, second) == content(7 * MIB)


async def test_a_file_that_is_cancelled_midway_leaves_nothing_in_the_store(
    page: Page,
    make_app: MakeApp,
    serve: Serve,
    client: Any,
    store: Store,
    bucket: str,
    film: Path,
    third_part: Gate,
) -> None:
    await visit(page, serve(films_app(make_app, in_parts(client, bucket), auto_upload=True)))
    await begin(page, film, third_part)
    assert unfinished(client, bucket) != []
    async with page.expect_event("requestfailed", lambda each: "partNumber=3&" in each.url):
        await page.click("text=cancel")
    await expect(page.locator("li")).to_have_count(0)
    await until(lambda: unfinished(client, bucket) == [], "the store has forgotten the parts")
    assert (keys(client, bucket), store.parts_put()) == ([], [1, 2])


async def test_a_file_that_is_cancelled_at_last_is_deleted(
    page: Page, make_app: MakeApp, serve: Serve, client: Any, bucket: str, film: Path
) -> None:
    await visit(page, serve(films_app(make_app, S3Upload(client, bucket), auto_upload=True)))
    await page.set_input_files("input[type=file]", film)
    await expect(page.locator("li i")).to_have_text("done")
    assert keys(client, bucket) != []
    await page.click("text=cancel")
    await until(lambda: keys(client, bucket) == [], "the object is deleted")


async def test_after_a_lost_connection_only_what_is_missing_is_sent(
    page: Page,
    make_app: MakeApp,
    client: Any,
    store: Store,
    bucket: str,
    film: Path,
    third_part: Gate,
) -> None:
    def app() -> Wirebird:
        return films_app(make_app, in_parts(client, bucket), auto_upload=True)

    with ExitStack() as first:
        url = first.enter_context(serving(app()))
        await visit(page, url)
        await begin(page, film, third_part)
        async with page.expect_event("requestfailed", lambda each: "partNumber=3&" in each.url):
            await asyncio.to_thread(first.close)
    third_part.open()
    with serving(app(), port=int(url.rpartition(":")[2])):
        await expect(page.locator("li i")).to_have_text("done", timeout=30_000)
        assert store.parts_put() == PARTS
        await page.click("#save")
        await expect(page.locator("#kept")).to_contain_text("ada/")
        assert read(client, bucket, await page.inner_text("#kept")) == content(SIZE)


async def test_a_form_that_is_sent_by_hand_waits_for_that_after_a_lost_connection(
    page: Page,
    make_app: MakeApp,
    serve: Serve,
    client: Any,
    store: Store,
    bucket: str,
    film: Path,
    third_part: Gate,
) -> None:
    await visit(page, serve(films_app(make_app, in_parts(client, bucket))))
    await page.set_input_files("input[type=file]", film)
    await page.click("#save")
    await until(lambda: third_part.reached, "the third part is on its way")
    await page.evaluate("() => new Promise((done) => liveSocket.disconnect(done))")
    await page.evaluate("liveSocket.connect()")
    third_part.open()
    await connected(page)
    await expect(page.locator("li")).to_contain_text("film.mp4 0 %")
    assert store.parts_put() == [1, 2]
    await page.click("#save")
    await expect(page.locator("#kept")).to_contain_text("ada/")
    assert store.parts_put() == PARTS


async def test_a_file_that_cannot_be_resumed_is_not_sent_anew_by_itself(
    page: Page,
    make_app: MakeApp,
    serve: Serve,
    client: Any,
    store: Store,
    bucket: str,
    film: Path,
    third_part: Gate,
) -> None:
    external = S3MultipartUpload(client, bucket, part_size=5 * MIB, concurrency=1)
    app = films_app(make_app, external, auto_upload=True)
    app.linger = 0.0  # the view is mounted anew, and knows nothing of the file
    await visit(page, serve(app))
    await begin(page, film, third_part)
    await page.evaluate("() => new Promise((done) => liveSocket.disconnect(done))")
    await page.evaluate("liveSocket.connect()")
    third_part.open()
    await connected(page)
    await expect(page.locator("li")).to_have_count(0)
    await page.set_input_files("input[type=file]", film)
    await expect(page.locator("li i")).to_have_text("done")
    assert store.parts_put() == [1, 1, 2, 2, 3, 4, 5]


async def test_a_view_that_crashed_is_not_given_the_file_again(
    page: Page,
    make_app: MakeApp,
    serve: Serve,
    client: Any,
    bucket: str,
    film: Path,
    third_part: Gate,
) -> None:
    frames = Frames(page)
    await visit(page, serve(films_app(make_app, in_parts(client, bucket), auto_upload=True)))
    await begin(page, film, third_part)
    await page.click("#crash")
    await expect(page.locator("li")).to_have_count(0)
    third_part.open()
    await connected(page)
    await page.set_input_files("input[type=file]", film)
    await expect(page.locator("li i")).to_have_text("done")
    assert sum(frame[3] == "allow_upload" for frame in frames.sent) == 2


async def test_after_a_reload_the_same_file_goes_on_where_it_was(
    page: Page,
    make_app: MakeApp,
    serve: Serve,
    client: Any,
    store: Store,
    bucket: str,
    film: Path,
    third_part: Gate,
) -> None:
    url = serve(films_app(make_app, in_parts(client, bucket), auto_upload=True))
    await visit(page, url)
    await begin(page, film, third_part)
    await page.reload()
    third_part.open()
    await connected(page)
    await page.set_input_files("input[type=file]", film)
    await expect(page.locator("li i")).to_have_text("done")
    assert store.parts_put() == PARTS


async def test_a_file_that_the_store_refuses_fails_and_the_form_can_be_used_again(
    page: Page, make_app: MakeApp, serve: Serve, client: Any, bucket: str, film: Path
) -> None:
    async def refuse(route: Route) -> None:
        await route.fulfill(status=403, headers={"access-control-allow-origin": "*"})

    await visit(page, serve(films_app(make_app, in_parts(client, bucket))))
    await page.route("**/*partNumber=2&*", refuse)
    await page.set_input_files("input[type=file]", film)
    await page.click("#save")
    await expect(page.locator("li em")).to_have_text("The upload failed.")
    await page.unroute_all()
    await page.click("text=cancel")
    await expect(page.locator("li")).to_have_count(0)
    await page.set_input_files("input[type=file]", film)
    await page.click("#save")
    await expect(page.locator("#kept")).to_contain_text("ada/")


async def test_a_page_that_only_says_that_all_is_sent_is_not_believed(
    page: Page, make_app: MakeApp, serve: Serve, client: Any, bucket: str, film: Path
) -> None:
    await visit(page, serve(films_app(make_app, in_parts(client, bucket), auto_upload=True)))
    await page.evaluate(
        "() => { liveSocket.uploaders.S3Multipart = ([entry]) => entry.progress(100) }"
    )
    await page.set_input_files("input[type=file]", film)
    await expect(page.locator("li em")).to_have_text("Not all of this file arrived.")
    assert (keys(client, bucket), unfinished(client, bucket)) == ([], [])
