"""The views with uploads that were recorded in the transcripts, as views of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wirebird import LiveComponent, LiveView, UploadedFile, UploadEntry, Wirebird, event

LAYOUT = "<main>{{ inner_content }}</main>"


def tuples(value: list[tuple[str, Any]]) -> str:
    """Return pairs as Elixir shows them."""
    shown = (
        f'{{"{name}", {size if isinstance(size, int) else chr(34) + size + chr(34)}}}'
        for name, size in value
    )
    return f"[{', '.join(shown)}]"


def atoms(value: Any) -> str:
    """Return errors as Elixir shows them."""
    return f"[{', '.join(f':{each}' for each in value)}]"


@dataclass
class Saved:
    saved: list[tuple[str, Any]] = field(default_factory=list)
    auto_saved: list[tuple[str, Any]] = field(default_factory=list)


class UploadLive(LiveView[Saved]):
    html = """
    <form id="f" phx-change="validate" phx-submit="save">
      {{ ui.live_file_input(uploads.doc) }}
      {% for e in uploads.doc.entries %}<p id="e-{{ e.ref }}">
        {{ e.client_name }} {{ e.progress }}% {{ atoms(ui.upload_errors(uploads.doc, e)) }}
        <button type="button" class="cancel" phx-click="cancel"
          phx-value-ref="{{ e.ref }}">x</button>
      </p>{% endfor %}
      {% for err in ui.upload_errors(uploads.doc) %}<p>:{{ err }}</p>{% endfor %}
      <button id="save">save</button>
    </form>
    <form id="g" phx-change="validate" phx-submit="save">
      {{ ui.live_file_input(uploads.auto) }}
    </form>
    <form id="h" phx-change="validate" phx-submit="save_ext">
      {{ ui.live_file_input(uploads.ext) }}
      <button id="save_ext">save</button>
    </form>
    <p id="saved">{{ tuples(saved) }} {{ tuples(auto_saved) }}</p>
    """

    async def mount(self) -> None:
        allow = self.socket.allow_upload
        allow("doc", accept=[".txt"], max_entries=2, max_file_size=100_000, chunk_size=10_000)
        allow("auto", accept="any", auto_upload=True, progress=self.on_progress)
        allow("ext", accept="any", external=self.to_nowhere)

    def to_nowhere(self, entry: UploadEntry) -> dict[str, str]:
        return {"uploader": "Ext", "key": entry.client_name, "url": "/nowhere"}

    @event
    async def validate(self) -> None: ...

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("doc", ref)

    @event
    async def save(self) -> None:
        self.state.saved += await self.socket.consume_uploaded_entries("doc", name_and_size)

    @event
    async def save_ext(self) -> None:
        self.state.saved += await self.socket.consume_uploaded_entries(
            "ext", lambda file: (file.entry.client_name, file.meta["key"])
        )

    async def on_progress(self, entry: UploadEntry) -> None:
        if entry.done:
            saved = await self.socket.consume_uploaded_entry(entry, name_and_size)
            self.state.auto_saved.append(saved)


def name_and_size(file: UploadedFile) -> tuple[str, int]:
    return file.entry.client_name, file.path.stat().st_size


@dataclass
class Sizes:
    saved: list[int] = field(default_factory=list)


class UploadComp(LiveComponent[Sizes]):
    html = """
    <form id="up" phx-change="validate" phx-submit="save" phx-target="{{ myself }}">
      {{ ui.live_file_input(uploads.pic) }}<button id="csave">save</button>{{ saved|string }}
    </form>
    """

    async def mount(self) -> None:
        self.socket.allow_upload("pic", accept="any", chunk_size=1000)

    @event
    async def validate(self) -> None: ...

    @event
    async def save(self) -> None:
        self.state.saved += await self.socket.consume_uploaded_entries(
            "pic", lambda file: file.path.stat().st_size
        )


@dataclass
class Nothing:
    pass


class UploadCompLive(LiveView[Nothing]):
    html = '{{ live_component(UploadComp, id="up") }}'


def upload_app(make_app: Callable[..., Wirebird]) -> Wirebird:
    """Return an application with the recorded views at their paths."""
    app = make_app()
    app.templates.globals.update(tuples=tuples, atoms=atoms)
    app.components(UploadComp)
    template = app.templates.inline(LAYOUT, "upload_layout.html")

    def layout(socket: Any, inner: Any) -> Any:
        return template.tree({"inner_content": inner}, {})

    with app.live_session("t", layout=layout) as live:
        live.live("/t/upload", UploadLive)
        live.live("/t/upload_comp", UploadCompLive)
    return app
