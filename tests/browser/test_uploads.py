"""Uploads with a real browser: choose, drop, send, cancel, and what a broken line leaves."""

from __future__ import annotations

import base64
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.pages import Frames, Gate, connected, until, visit
from tests.cli.running import free_port, running
from tests.runtime.transfers.uploading import kept_files
from wirebird import (
    LiveComponent,
    LiveView,
    UploadedFile,
    UploadEntry,
    UploadWriter,
    Wirebird,
    event,
)

MakeApp = Callable[..., Wirebird]
Serve = Callable[[Any], str]

# The smallest picture there is: one transparent point.
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def file(name: str, content: bytes, kind: str = "text/plain") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


@pytest.fixture(autouse=True)
def no_file_is_left() -> Iterator[None]:
    yield
    assert kept_files() == []


@dataclass
class Saved:
    saved: list[str] = field(default_factory=list)
    clicks: int = 0


ENTRIES = """
{% for entry in uploads.doc.entries %}
<li :key="{{ entry.ref }}" id="entry-{{ entry.ref }}">
  {{ entry.client_name }} <progress value="{{ entry.progress }}" max="100"></progress>
  {% for error in ui.upload_errors(uploads.doc, entry) %}<em>{{ error.message }}</em>{% endfor %}
  <button type="button" phx-click="cancel" phx-value-ref="{{ entry.ref }}">cancel</button>
</li>
{% endfor %}
"""


class UploadView(LiveView[Saved]):
    html = (
        """
    <form id="form" phx-change="validate" phx-submit="save">
      <div id="drop" phx-drop-target="{{ uploads.doc.ref }}" style="height: 60px">drop here</div>
      {{ ui.live_file_input(uploads.doc) }}
      <ul>"""
        + ENTRIES
        + """</ul>
      {% for error in ui.upload_errors(uploads.doc) %}<b>{{ error.message }}</b>{% endfor %}
      <button id="save">save</button>
    </form>
    <button id="click" phx-click="click">{{ clicks }}</button>
    <p id="saved">{{ saved | join(" ") }}</p>
    """
    )
    options: ClassVar[dict[str, Any]] = {}

    async def mount(self) -> None:
        self.socket.allow_upload(
            "doc",
            **{"accept": [".txt"], "max_entries": 2, "max_file_size": 400_000, **self.options},
        )

    @event
    async def validate(self) -> None: ...

    @event
    async def click(self) -> None:
        self.state.clicks += 1

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("doc", ref)

    @event
    async def save(self) -> None:
        self.state.saved += await self.socket.consume_uploaded_entries("doc", described)


def described(file: UploadedFile) -> str:
    content = file.path.read_bytes()
    return f"{file.entry.client_name}:{len(content)}:{content[:3].decode()}{content[-3:].decode()}"


def upload_app(make_app: MakeApp, **options: Any) -> Wirebird:
    app = make_app()
    app.live("/", type("TestedView", (UploadView,), {"options": options, "__module__": __name__}))
    return app


async def test_chosen_files_are_sent_with_the_form(page: Page, make_app: MakeApp, serve: Serve):
    await visit(page, serve(upload_app(make_app)))
    one, two = b"abc" + b"." * 200_000 + b"xyz", b"one two"
    await page.set_input_files("input[type=file]", [file("1.txt", one), file("2.txt", two)])
    await expect(page.locator("li")).to_have_count(2)
    await page.click("#save")
    saved = page.locator("#saved")
    await expect(saved).to_have_text("1.txt:200006:abcxyz 2.txt:7:onetwo")
    await expect(page.locator("li")).to_have_count(0)
    await page.set_input_files("input[type=file]", file("3.txt", b"again"))
    await page.click("#save")
    await expect(saved).to_contain_text("3.txt:5:")


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


def slow_to_hear(make_app: MakeApp, gate: Gate) -> Wirebird:
    """Return an application that answers what was chosen when the gate opens."""

    class SlowView(UploadView):
        @event
        async def validate(self) -> None:
            await gate.wait()

    app = make_app()
    app.live("/", SlowView)
    return app


async def test_a_form_that_is_sent_at_once_takes_its_files_along(
    page: Page, make_app: MakeApp, serve: Serve, gate: Gate
):
    frames = Frames(page)
    await visit(page, serve(slow_to_hear(make_app, gate)))
    await page.set_input_files("input[type=file]", file("1.txt", b"one two"))
    for _ in range(2):
        await page.click("#save")
    gate.open()
    await expect(page.locator("#saved")).to_have_text("1.txt:7:onetwo")
    assert frames.events() == ["validate", "save"]


async def test_a_form_that_waits_for_its_files_when_the_line_is_lost_is_not_sent(
    page: Page, make_app: MakeApp, serve: Serve, gate: Gate
):
    frames = Frames(page)
    await visit(page, serve(slow_to_hear(make_app, gate)))
    await page.set_input_files("input[type=file]", file("1.txt", b"one two"))
    await page.click("#save")
    await page.evaluate("() => new Promise((done) => liveSocket.disconnect(done))")
    gate.open()
    await page.evaluate("liveSocket.connect()")
    await connected(page)
    await expect(page.locator("li")).to_contain_text("1.txt The upload stopped")
    await page.click("li button")
    await expect(page.locator("li")).to_have_count(0)
    await page.set_input_files("input[type=file]", file("2.txt", b"two three"))
    await expect(page.locator("li")).to_contain_text("2.txt")
    assert "save" not in frames.events()
    await page.click("#save")
    await expect(page.locator("#saved")).to_have_text("2.txt:9:tworee")


async def test_files_can_be_dropped(page: Page, make_app: MakeApp, serve: Serve):
    await visit(page, serve(upload_app(make_app)))
    dropped = await page.evaluate_handle(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["dropped"], "drop.txt", { type: "text/plain" }));
          return transfer;
        }"""
    )
    await page.dispatch_event("#drop", "dragenter", {"dataTransfer": dropped})
    await expect(page.locator("#drop")).to_have_class("phx-drop-target-active")
    await page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    await expect(page.locator("li")).to_contain_text("drop.txt")
    await page.click("#save")
    await expect(page.locator("#saved")).to_have_text("drop.txt:7:droped")


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (file("a.png", b"x", "image/png"), "This kind of file is not accepted."),
        (file("a.txt", b"x" * 400_001), "This file is too large."),
    ],
)
async def test_a_file_that_may_not_be_sent_says_why_until_it_is_cancelled(
    chosen: FilePayload, message: str, page: Page, make_app: MakeApp, serve: Serve
):
    await visit(page, serve(upload_app(make_app)))
    await page.set_input_files("input[type=file]", chosen)
    await expect(page.locator("em")).to_have_text(message)
    await page.click("#save")
    await page.click("li button")
    await expect(page.locator("li")).to_have_count(0)
    await page.set_input_files("input[type=file]", file("b.txt", b"good"))
    await page.click("#save")
    await expect(page.locator("#saved")).to_have_text("b.txt:4:gooood")


async def test_too_many_files_are_refused_until_some_are_cancelled(
    page: Page, make_app: MakeApp, serve: Serve
):
    await visit(page, serve(upload_app(make_app)))
    await page.set_input_files("input[type=file]", [file(f"{n}.txt", b"abcabc") for n in range(3)])
    await expect(page.locator("b")).to_have_text("These are too many files.")
    await page.click("li:first-child button")
    await expect(page.locator("b")).to_have_count(0)
    await page.click("#save")
    await expect(page.locator("#saved")).to_have_text("1.txt:6:abcabc 2.txt:6:abcabc")


async def test_an_auto_upload_is_sent_once_it_was_chosen(
    page: Page, make_app: MakeApp, serve: Serve
):
    await visit(page, serve(upload_app(make_app, auto_upload=True)))
    await page.set_input_files("input[type=file]", file("a.txt", b"abc" * 50_000))
    await expect(page.locator("progress")).to_have_attribute("value", "100")
    await page.click("#save")
    await expect(page.locator("#saved")).to_have_text("a.txt:150000:abcabc")


async def test_of_too_many_auto_uploads_the_first_are_sent(
    page: Page, make_app: MakeApp, serve: Serve
):
    await visit(page, serve(upload_app(make_app, auto_upload=True)))
    files = [file(f"{n}.txt", b"abcabc") for n in range(3)]
    await page.set_input_files("input[type=file]", files)
    await expect(page.locator("b")).to_have_text("These are too many files.")
    await expect(page.locator("progress[value='100']")).to_have_count(2)
    await page.click("li:last-child button")
    await expect(page.locator("b")).to_have_count(0)
    await page.click("#save")
    await expect(page.locator("#saved")).to_have_text("0.txt:6:abcabc 1.txt:6:abcabc")
    await page.set_input_files("input[type=file]", files[2])
    await expect(page.locator("progress")).to_have_attribute("value", "100")


class PreviewView(UploadView):
    html = """
    <form id="form" phx-change="validate" phx-submit="save">
      {{ ui.live_file_input(uploads.doc) }}
      {% for entry in uploads.doc.entries %}
      <p :key="{{ entry.ref }}">{{ ui.live_img_preview(entry, alt=entry.client_name) }}</p>
      {% endfor %}
      <button id="save">save</button>
    </form>
    <button id="click" phx-click="click">{{ clicks }}</button>
    """


async def test_a_picture_is_shown_before_it_is_sent(page: Page, make_app: MakeApp, serve: Serve):
    app = make_app()
    app.live("/", type("V", (PreviewView,), {"options": {"accept": ["image/*"]}}))
    await visit(page, serve(app))
    await page.set_input_files("input[type=file]", file("dot.gif", GIF, "image/gif"))
    picture = page.get_by_alt_text("dot.gif")
    await expect(picture).to_have_js_property("naturalWidth", 1)
    await page.click("#click")
    await expect(page.locator("#click")).to_have_text("1")
    await expect(picture).to_have_js_property("naturalWidth", 1)


class Held(UploadWriter):
    """Takes no chunk before the gate is opened."""

    gate: Gate
    begun: list[str]
    ends: list[str]

    def init(self) -> None:
        self.begun.append(self.entry.client_name)

    async def write_chunk(self, data: bytes) -> None:
        await self.gate.wait()

    def close(self, reason: Any) -> None:
        self.ends.append(str(reason))


@pytest.fixture
def held() -> Iterator[type[Held]]:
    held = type("Held", (Held,), {"gate": Gate(), "begun": [], "ends": []})
    yield held
    held.gate.open()


async def test_the_page_goes_on_while_a_slow_writer_holds_an_upload_back(
    page: Page, make_app: MakeApp, serve: Serve, held: type[Held]
):
    await visit(page, serve(upload_app(make_app, writer=held)))
    await page.set_input_files("input[type=file]", file("a.txt", b"abc" * 100_000))
    await page.click("#save")
    for count in range(1, 4):
        await page.click("#click")
        await expect(page.locator("#click")).to_have_text(str(count))
    await expect(page.locator("progress")).to_have_attribute("value", "0")
    held.gate.open()
    await expect(page.locator("progress")).to_have_attribute("value", "100")


async def test_a_cancelled_upload_is_stopped_midway_and_its_writer_hears_of_it(
    page: Page, make_app: MakeApp, serve: Serve, held: type[Held]
):
    await visit(page, serve(upload_app(make_app, writer=held, auto_upload=True)))
    await page.set_input_files("input[type=file]", file("a.txt", b"abc" * 100_000))
    await until(lambda: held.begun, "the file begins to come")
    await page.click("li button")
    await expect(page.locator("li")).to_have_count(0)
    held.gate.open()
    await until(lambda: held.ends == ["cancel"], "the writer hears of the cancel")
    await page.click("#click")
    await expect(page.locator("#click")).to_have_text("1")


class Failing(UploadWriter):
    def write_chunk(self, data: bytes) -> None:
        raise OSError("the disk is full")


async def test_a_writer_s_failure_is_shown_and_the_form_can_be_used_again(
    page: Page, make_app: MakeApp, serve: Serve
):
    await visit(page, serve(upload_app(make_app, writer=Failing)))
    await page.set_input_files("input[type=file]", file("a.txt", b"abc"))
    await page.click("#save")
    await expect(page.locator("em")).to_have_text("This file could not be stored.")
    await page.click("li button")
    await expect(page.locator("li")).to_have_count(0)


async def test_a_file_that_is_not_what_its_name_says_is_refused(
    page: Page, make_app: MakeApp, serve: Serve
):
    def is_text(entry: UploadEntry, head: bytes) -> str | None:
        return "This is a program." if head.startswith(b"MZ") else None

    await visit(page, serve(upload_app(make_app, check_content=is_text)))
    await page.set_input_files("input[type=file]", file("a.txt", b"MZ\0\0"))
    await page.click("#save")
    await expect(page.locator("em")).to_have_text("This is a program.")


class FolderView(UploadView):
    html = str(UploadView.html).replace(
        "ui.live_file_input(uploads.doc) }}", "ui.live_file_input(uploads.doc, directory=true) }}"
    )

    @event
    async def save(self) -> None:
        self.state.saved += sorted(
            await self.socket.consume_uploaded_entries(
                "doc", lambda file: file.entry.client_relative_path
            )
        )


async def test_a_folder_is_sent_with_the_paths_in_it(
    page: Page, make_app: MakeApp, serve: Serve, tmp_path: Path
):
    for name in ("notes/a.txt", "notes/deep/b.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("abc")
    app = make_app()
    app.live("/", FolderView)
    await visit(page, serve(app))
    await page.set_input_files("input[type=file]", tmp_path / "notes")
    await expect(page.locator("li")).to_have_count(2)
    await page.click("#save")
    await expect(page.locator("#saved")).to_have_text("notes/a.txt notes/deep/b.txt")


@dataclass
class Avatars:
    name: str = ""
    size: int = 0


class Avatar(LiveComponent[Avatars]):
    html = """
    <form id="form-{{ name }}" phx-change="validate" phx-submit="save" phx-target="{{ myself }}">
      {{ ui.live_file_input(uploads.picture) }}
      <button>save</button> <output>{{ size }}</output>
    </form>
    """

    def mount(self) -> None:
        self.socket.allow_upload("picture", accept="any")

    @event
    async def validate(self) -> None: ...

    @event
    async def save(self) -> None:
        (self.state.size,) = await self.socket.consume_uploaded_entries(
            "picture", lambda file: file.path.stat().st_size
        )


class TwoAvatarsView(LiveView[Saved]):
    html = """
    {{ live_component(Avatar, id="left", name="left") }}
    {{ live_component(Avatar, id="right", name="right") }}
    """


async def test_components_have_uploads_of_their_own(page: Page, make_app: MakeApp, serve: Serve):
    app = make_app()
    app.components(Avatar)
    app.live("/", TwoAvatarsView)
    await visit(page, serve(app))
    for side, size in (("left", 70_000), ("right", 5)):
        form = page.locator(f"#form-{side}")
        await form.locator("input").set_input_files(file("a.bin", b"x" * size))
        await form.locator("button").click()
        await expect(form.locator("output")).to_have_text(str(size))
    await expect(page.locator("#form-left output")).to_have_text("70000")


async def test_after_a_lost_line_a_file_is_chosen_anew(
    page: Page, make_app: MakeApp, serve: Serve, held: type[Held]
):
    await visit(page, serve(upload_app(make_app, writer=held)))
    await page.set_input_files("input[type=file]", file("a.txt", b"abc" * 100_000))
    await page.click("#save")
    await until(lambda: held.begun, "the file begins to come")
    await page.evaluate("() => new Promise((done) => liveSocket.disconnect(done))")
    await page.evaluate("liveSocket.connect()")
    await until(lambda: held.ends == ["cancel"], "the writer hears that nothing more will come")
    await connected(page)
    await expect(page.locator("li")).to_contain_text("a.txt The upload stopped")
    held.gate.open()
    await page.click("li button")
    await expect(page.locator("li")).to_have_count(0)
    await page.set_input_files("input[type=file]", file("b.txt", b"abc"))
    await expect(page.locator("li")).to_contain_text("b.txt")


SERVED = '''
from dataclasses import dataclass, field
from wirebird import LiveView, Wirebird, UploadedFile, event

@dataclass
class Saved:
    saved: list[str] = field(default_factory=list)

class UploadView(LiveView[Saved]):
    html = """
    <form id="form" phx-change="validate" phx-submit="save">
      {{ ui.live_file_input(uploads.doc) }}<button id="save">save</button>
    </form>
    <p id="saved">{{ saved | join(" ") }}</p>
    """
    async def mount(self) -> None:
        self.socket.allow_upload("doc", accept="any", max_file_size=10**9, chunk_size=500_000)

    @event
    async def validate(self) -> None: ...

    @event
    async def save(self) -> None:
        def size(file: UploadedFile) -> str:
            return str(file.path.stat().st_size)
        self.state.saved += await self.socket.consume_uploaded_entries("doc", size)

app = Wirebird(secret_key="a key for tests, known to everyone who reads this")
app.live("/", UploadView)
'''


async def test_a_server_that_is_killed_midway_leaves_no_file_to_the_next_one(
    page: Page, page_errors: list[str], tmp_path: Path
):
    (tmp_path / "served.py").write_text(SERVED)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    big = tmp_path / "big.bin"
    with big.open("wb") as content:
        content.truncate(900_000_000)
    env = {"TMPDIR": str(temporary)}
    port = free_port()

    def kept() -> list[Path]:
        return [path for path in temporary.rglob("*") if path.is_file() and path.name != ".lock"]

    async with running(tmp_path, "served:app", port=port, env=env) as server:
        await visit(page, server.url)
        await page.set_input_files("input[type=file]", big)
        await page.click("#save")
        await until(kept, "the file begins to come")
        server.process.send_signal(signal.SIGKILL)
        await server.ended()
    assert kept()
    async with running(tmp_path, "served:app", port=port, env=env):
        await connected(page)
        await page.set_input_files("input[type=file]", file("small.txt", b"abc"))
        await page.click("#save")
        await expect(page.locator("#saved")).to_have_text("3")
        assert kept() == []
    page_errors.clear()
