"""Files in a test: chosen by a person, sent as a browser sends them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from wirebird import (
    ExternalUpload,
    LiveComponent,
    LiveView,
    UploadedFile,
    UploadEntry,
    UploadError,
    UploadWriter,
    Wirebird,
    event,
)
from wirebird.testing import (
    ElementError,
    File,
    LiveClient,
    LiveTestError,
    UploadRefused,
    View,
    ViewCrashed,
)

MakeApp = Callable[..., Wirebird]
PNG = b"\x89PNG" + b"0" * 96


@dataclass
class Album:
    title: str = ""
    saved: list[Any] = field(default_factory=list)
    path: str = ""


class AlbumView(LiveView[Album]):
    html = """
    <form id="album" phx-change="check" phx-submit="save">
      <input name="title">
      <input type="hidden" name="path" value="{{ path }}">
      {{ ui.live_file_input(uploads.photos, directory=folder) }}
      <button>Save</button>
    </form>
    {% for entry in uploads.photos.entries %}
    <li :key="{{ entry.ref }}" id="e-{{ entry.ref }}">{{ entry.client_name }} {{ entry.progress }}%
      {{ entry.errors | join(",") }}
      <button phx-click="cancel" phx-value-ref="{{ entry.ref }}">x</button></li>
    {% endfor %}
    <p id="errors">{{ ui.upload_errors(uploads.photos) | join(",") }}</p>
    <p id="saved">{{ saved | tojson }}</p>
    """
    options: Any = None

    async def mount(self) -> None:
        options = {"accept": [".png", ".txt"], "max_entries": 3, "chunk_size": 40}
        self.socket.allow_upload("photos", **{**options, **(self.options or {})})

    @event
    async def check(self, title: str = "") -> None:
        self.state.title = title

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("photos", ref)

    @event
    async def save(self, title: str = "", path: str = "") -> None:
        self.state.saved += [title, path] if title or path else []

        def keep(file: UploadedFile) -> Any:
            entry = file.entry
            size = file.path.stat().st_size if isinstance(file.meta, Path) else None
            return [entry.client_name, size, entry.client_type, entry.client_relative_path]

        self.state.saved += await self.socket.consume_uploaded_entries("photos", keep)


@asynccontextmanager
async def opened(make_app: MakeApp, **options: Any) -> AsyncIterator[View]:
    folder = options.pop("folder", False)
    html = str(AlbumView.html).replace("directory=folder", f"directory={folder}")
    app = make_app()
    app.live("/", type("Opened", (AlbumView,), {"options": options, "html": html}))
    async with LiveClient(app) as client:
        yield await client.live("/")


def saved(view: View) -> Any:
    return json.loads(view.text("#saved"))


async def test_a_file_is_chosen_sent_and_saved(make_app: MakeApp):
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        assert view.text("li") == "a.png 0% x"
        await photos.render_upload("a.png")
        assert view.text("li") == "a.png 100% x"
        await view.submit("#album")
        assert saved(view) == [["a.png", 100, "image/png", ""]]
        assert not view.has("li")


async def test_progress_goes_on_where_it_stopped(make_app: MakeApp):
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        for percent, shown in ((30, "30%"), (19.5, "49%"), (0, "49%"), (50, "99%"), (100, "100%")):
            await photos.render_upload("a.png", percent)
            assert shown in view.text("li")
        with pytest.raises(ElementError, match=r"'a\.png' was sent already"):
            await photos.render_upload("a.png")


async def test_a_submit_sends_what_is_still_to_be_sent(make_app: MakeApp):
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", [("a.png", PNG), ("b.txt", b"hello")])
        await photos.render_upload("a.png", 40)
        await view.submit("#album", {"title": "Summer"})
        assert saved(view) == [
            "Summer",
            "",
            ["a.png", 100, "image/png", ""],
            ["b.txt", 5, "text/plain", ""],
        ]


async def test_a_click_on_submit_sends_files_too(make_app: MakeApp):
    async with opened(make_app) as view:
        await view.file_input("#album", "photos", ("a.png", PNG, "image/x-png"))
        await view.click("#album button")
        assert saved(view) == [["a.png", 100, "image/x-png", ""]]


async def test_files_can_be_chosen_more_than_once(make_app: MakeApp):
    async with opened(make_app) as view:
        first = await view.file_input("#album", "photos", ("a.png", PNG))
        second = await view.file_input("#album", "photos", [("b.png", PNG), ("c.png", PNG)])
        assert first is second
        await second.render_upload()
        assert [each.text for each in view.all("li")] == [f"{n}.png 100% x" for n in "abc"]


async def test_where_one_file_is_taken_the_next_one_takes_its_place(make_app: MakeApp):
    async with opened(make_app, max_entries=1) as view:
        await view.file_input("#album", "photos", ("a.png", PNG))
        photos = await view.file_input("#album", "photos", ("b.png", PNG))
        assert view.text("li") == "b.png 0% x"
        with pytest.raises(UploadRefused, match=r"'a\.png': cancelled"):
            await photos.render_upload("a.png")
        await photos.render_upload("b.png")
        with pytest.raises(ElementError, match="takes one file, not 2"):
            await view.file_input("#album", "photos", [("c.png", PNG), ("d.png", PNG)])


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (File("a.png", size=8_000_001), "too_large"),
        (File("a.exe", PNG), "not_accepted"),
        (File("..", PNG), "invalid_name"),
        (File("a.png"), "empty"),
    ],
)
async def test_a_file_that_may_not_be_sent_is_refused(file: File, reason: str, make_app: MakeApp):
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", file)
        with pytest.raises(UploadRefused) as caught:
            await photos.render_upload(file.name)
        assert caught.value.reason == reason
        assert caught.value.errors[0] == (file.name, reason)
        if reason != "empty":  # which a browser leaves out
            assert reason in view.text("li")
            with pytest.raises(UploadRefused):
                await photos.preflight_upload()
            with pytest.raises(ElementError, match="is not submitted while its files have errors"):
                await view.submit("#album")
            await view.click("li button")
        await view.submit("#album")


async def test_too_many_files_are_refused_together(make_app: MakeApp):
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", [(f"{n}.png", PNG) for n in range(4)])
        with pytest.raises(UploadRefused, match="'photos': too_many_files"):
            await photos.render_upload("0.png")
        assert view.text("#errors") == "too_many_files"
        await view.click("#e-2 button")
        await view.submit("#album")
        assert [each[0] for each in saved(view)] == ["0.png", "1.png", "3.png"]


async def test_a_cancelled_file_cannot_be_sent_on(make_app: MakeApp):
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", [("a.png", PNG), ("b.png", PNG)])
        await photos.render_upload("a.png", 50)
        await view.click("#e-0 button")
        with pytest.raises(UploadRefused) as caught:
            await photos.render_upload("a.png", 50)
        assert caught.value.errors == [("a.png", "cancelled")]
        await view.submit("#album")
        assert [each[0] for each in saved(view)] == ["b.png"]


async def test_preflight_says_what_the_server_says(make_app: MakeApp):
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        assert list(await photos.preflight_upload()) == ["a.png"]
        await photos.render_upload()


async def test_of_too_many_auto_uploads_the_first_are_sent(make_app: MakeApp):
    files = [(f"{name}.png", PNG) for name in "abcd"]
    async with opened(make_app, auto_upload=True) as view:
        photos = await view.file_input("#album", "photos", files)
        for name in "abc":
            await photos.render_upload(f"{name}.png")
        with pytest.raises(UploadRefused, match=r"'d\.png': too_many_files"):
            await photos.render_upload("d.png")
        assert view.text("#errors") == "too_many_files"


async def test_a_writer_says_why_it_takes_no_more(make_app: MakeApp):
    class Picky(UploadWriter):
        def write_chunk(self, data: bytes) -> None:
            raise UploadError("This picture is of a dog.")

    async with opened(make_app, writer=Picky) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        with pytest.raises(UploadRefused, match=r"This picture is of a dog\."):
            await photos.render_upload()
        assert view.text("li") == "a.png 0% This picture is of a dog. x"


async def test_auto_upload_asks_at_once_and_sends_when_told(make_app: MakeApp):
    async with opened(make_app, auto_upload=True) as view:
        photos = await view.file_input("#album", "photos", [("a.png", PNG), ("b.exe", PNG)])
        assert [each.text for each in view.all("li")] == ["a.png 0% x", "b.exe 0% not_accepted x"]
        await photos.render_upload("a.png", 40)
        assert view.text("#e-0") == "a.png 40% x"
        with pytest.raises(UploadRefused, match=r"'b\.exe': not_accepted"):
            await photos.render_upload("b.exe")
        await view.click("#e-1 button")
        await view.submit("#album")
        assert [each[0] for each in saved(view)] == ["a.png"]


async def test_what_the_last_chunk_changes_in_the_form_is_submitted(make_app: MakeApp):
    class Avatar(AlbumView):
        async def mount(self) -> None:
            self.socket.allow_upload("photos", accept="any", progress=self.on_progress)

        async def on_progress(self, entry: UploadEntry) -> None:
            if entry.done:
                await self.socket.consume_uploaded_entry(entry, lambda file: None)
                self.state.path = f"/kept/{entry.client_name}"

    Avatar.html = str(AlbumView.html).replace("directory=folder", "directory=False")
    app = make_app()
    app.live("/", Avatar)
    async with LiveClient(app) as client:
        view = await client.live("/")
        await view.file_input("#album", "photos", ("a.png", PNG))
        await view.submit("#album", {"title": "Me"})
        assert saved(view) == ["Me", "/kept/a.png"]


# Where files come from


async def test_a_path_is_a_file_on_the_disk(make_app: MakeApp, tmp_path: Path):
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    async with opened(make_app) as view:
        photos = await view.file_input("#album", "photos", path)
        await photos.render_upload("a.png")
        await view.submit("#album")
        assert saved(view) == [["a.png", 100, "image/png", ""]]
        with pytest.raises(ElementError, match="there is no file"):
            await view.file_input("#album", "photos", tmp_path / "none.png")
        with pytest.raises(ElementError, match="takes files, not"):
            await view.file_input("#album", "photos", tmp_path)


async def test_a_folder_is_chosen_with_all_that_is_in_it(make_app: MakeApp, tmp_path: Path):
    folder = tmp_path / "holidays"
    (folder / "beach").mkdir(parents=True)
    (folder / "1.png").write_bytes(PNG)
    (folder / "beach" / "1.png").write_bytes(PNG)
    async with opened(make_app, folder=True) as view:
        photos = await view.file_input("#album", "photos", folder)
        await photos.render_upload("holidays/beach/1.png", 50)
        await view.submit("#album")
        assert [each[3] for each in saved(view)] == ["holidays/1.png", "holidays/beach/1.png"]
        with pytest.raises(ElementError, match=r"takes folders, not 'a\.png'"):
            await view.file_input("#album", "photos", ("a.png", PNG))


async def test_what_a_browser_says_of_a_file_reaches_the_view(make_app: MakeApp):
    entries: list[UploadEntry] = []

    def external(entry: UploadEntry) -> dict[str, Any]:
        entries.append(entry)
        return {"uploader": "Test", "key": entry.client_name}

    file = File("a.png", PNG, "image/x-png", last_modified=1_700_000_000_000, meta={"w": 3})
    async with opened(make_app, external=external) as view:
        photos = await view.file_input("#album", "photos", file)
        assert await photos.preflight_upload() == {"a.png": {"uploader": "Test", "key": "a.png"}}
    (entry,) = entries
    assert (entry.client_type, entry.client_last_modified) == ("image/x-png", 1_700_000_000_000)
    assert entry.client_meta == {"w": 3}


# Elsewhere


class Bucket(ExternalUpload):
    def start(self, entry: UploadEntry) -> dict[str, Any]:
        if entry.client_name == "no.png":
            raise UploadError("quota")
        return {"uploader": "Bucket", "key": entry.client_name}

    def finish(self, entry: UploadEntry, meta: Any) -> None:
        if meta["key"] == "lost.png":
            raise UploadError("it never came")


async def test_of_an_external_upload_the_progress_is_sent(make_app: MakeApp):
    async with opened(make_app, external=Bucket()) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        await photos.render_upload("a.png", 30)
        assert view.text("li") == "a.png 30% x"
        await view.submit("#album")
        assert saved(view) == [["a.png", None, "image/png", ""]]


async def test_an_external_upload_can_be_refused_fail_or_turn_out_wrong(make_app: MakeApp):
    async with opened(make_app, external=Bucket(), auto_upload=True) as view:
        photos = await view.file_input(
            "#album", "photos", [("no.png", PNG), ("lost.png", PNG), ("a.png", PNG)]
        )
        with pytest.raises(UploadRefused, match=r"'no\.png': quota"):
            await photos.render_upload("no.png")
        await photos.render_upload("lost.png")
        assert view.text("#e-1") == "lost.png 100% it never came x"
        await photos.render_upload("a.png", 20)
        await photos.fail_upload("a.png")
        assert view.text("#e-2") == "a.png 20% external_client_failure x"
        with pytest.raises(UploadRefused, match=r"'a\.png': failed"):
            await photos.render_upload("a.png")


async def test_an_external_upload_without_an_uploader_is_a_mistake(make_app: MakeApp):
    async with opened(make_app, external=lambda entry: {"url": "/"}) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        with pytest.raises(LiveTestError, match="names no uploader"):
            await photos.render_upload("a.png")


# When it goes wrong


async def test_a_writer_that_fails_is_the_cause(make_app: MakeApp):
    class Full(UploadWriter):
        def write_chunk(self, data: bytes) -> None:
            raise OSError("the disk is full")

    async with opened(make_app, writer=Full) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        with pytest.raises(UploadRefused, match="writer_error") as caught:
            await photos.render_upload("a.png")
        assert isinstance(caught.value.__cause__, OSError)
        assert view.text("li") == "a.png 0% writer_failure x"


async def test_content_that_is_not_what_it_says_is_refused(make_app: MakeApp):
    async def is_png(entry: UploadEntry, head: bytes) -> str | None:
        return None if head.startswith(b"\x89PNG") else "no picture"

    async with opened(make_app, check_content=is_png) as view:
        photos = await view.file_input("#album", "photos", [("a.png", PNG), ("b.png", b"MZ")])
        await photos.render_upload("a.png", 10)
        with pytest.raises(UploadRefused, match=r"'b\.png': no picture"):
            await photos.render_upload("b.png")
        assert view.text("#e-1") == "b.png 0% no picture x"


async def test_a_transfer_that_times_out_between_two_steps_is_reported(make_app: MakeApp):
    async with opened(make_app, chunk_timeout=0.02) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        await photos.render_upload("a.png", 10)
        await view.until(lambda view: "timeout" in view.text("li"))
        with pytest.raises(UploadRefused, match=r"'a\.png': timeout"):
            await photos.render_upload("a.png")


async def test_a_view_that_crashes_on_the_way_is_the_failure(make_app: MakeApp):
    async def progress(entry: UploadEntry) -> None:
        raise ZeroDivisionError

    async with opened(make_app, progress=progress) as view:
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        with pytest.raises(ViewCrashed) as caught:
            await photos.render_upload("a.png")
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        await view.reconnect()
        with pytest.raises(ElementError, match="choose anew"):
            await photos.render_upload("a.png")
        photos = await view.file_input("#album", "photos", ("b.png", PNG))
        assert view.text("li") == "b.png 0% x"


async def test_a_redirect_on_the_way_is_followed(make_app: MakeApp):
    class Going(AlbumView):
        html = str(AlbumView.html).replace("directory=folder", "directory=False")

        async def mount(self) -> None:
            self.socket.allow_upload("photos", accept="any", chunk_size=10, progress=self.go)

        async def go(self, entry: UploadEntry) -> None:
            self.socket.push_navigate("/?next=1")

    app = make_app()
    app.live("/", Going)
    async with LiveClient(app) as client:
        view = await client.live("/")
        photos = await view.file_input("#album", "photos", ("a.png", PNG))
        await photos.render_upload("a.png")
        assert (await view.assert_redirect()).to == "/?next=1"
        assert not (await view.follow_redirect()).has("li")


async def test_mistakes_of_a_test_are_named(make_app: MakeApp):
    async with opened(make_app) as view:
        with pytest.raises(ElementError, match="no live_file_input of an upload 'docs'"):
            await view.file_input("#album", "docs", ("a.png", PNG))
        with pytest.raises(ElementError, match="no element matches '#none'"):
            await view.file_input("#none", "photos", ("a.png", PNG))
        photos = await view.file_input("#album", "photos", [("a.png", PNG), ("a.png", b"other")])
        with pytest.raises(ElementError, match=r"2 files are called 'a\.png'"):
            await photos.render_upload("a.png")
        with pytest.raises(ElementError, match=r"no file 'b\.png' was chosen; there are 'a\.png'"):
            await photos.render_upload("b.png")
        await photos.render_upload()
        await view.file_input("#album", "photos", File("c.png", PNG, size=50))
        with pytest.raises(LiveTestError, match="says that it has 50 bytes, and has 100"):
            await view.submit("#album")


# Components, and several inputs


@dataclass
class Picture:
    saved: list[int] = field(default_factory=list)


class Pictures(LiveComponent[Picture]):
    html = """<form id="{{ myself }}-form" phx-change="check" phx-submit="save"
      phx-target="{{ myself }}">
      {{ ui.live_file_input(uploads.one) }}{{ ui.live_file_input(uploads.two) }}
      <b>{{ saved | sum }}</b></form>"""

    async def mount(self) -> None:
        for name in ("one", "two"):
            self.socket.allow_upload(name, accept="any", chunk_size=1000)

    @event
    async def check(self) -> None: ...

    @event
    async def save(self) -> None:
        for name in ("one", "two"):
            self.state.saved += await self.socket.consume_uploaded_entries(
                name, lambda file: file.path.stat().st_size
            )


class PicturesView(LiveView[Picture]):
    html = """{% for id in ("a", "b") %}{{ live_component(Pictures, id=id) }}{% endfor %}"""


async def test_uploads_of_components_are_sent_to_them(make_app: MakeApp):
    app = make_app()
    app.components(Pictures)
    app.live("/", PicturesView)
    async with LiveClient(app) as client:
        view = await client.live("/")
        forms = [f"[id='{each.attributes['id']}']" for each in view.all("form")]
        one = await view.file_input(forms[0], "one", ("x", b"a" * 1500))
        await view.file_input(forms[0], "two", ("y", b"a" * 20))
        other = await view.file_input(forms[1], "two", ("x", b"a" * 7))
        await one.render_upload("x", 50)
        await asyncio.gather(other.render_upload("x"), one.render_upload("x", 20))
        await view.submit(forms[0])
        assert [each.text for each in view.all("b")] == ["1520", "0"]
        await view.submit(forms[1])
        assert [each.text for each in view.all("b")] == ["1520", "7"]
