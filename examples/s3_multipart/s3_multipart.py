"""Files of many gigabytes, from the browser straight into S3, in parts that can be resumed."""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Annotated

from starlette.requests import Request

from examples.s3_multipart.store import Store, open_store
from wirebird import (
    Depends,
    LiveView,
    Session,
    Transient,
    UploadedFile,
    UploadEntry,
    Wirebird,
    event,
)
from wirebird.s3 import S3MultipartUpload, fingerprint


@dataclass(frozen=True)
class Sent:
    id: str
    name: str
    size: int
    url: str


@dataclass
class Files:
    store: Transient[Store | None] = None
    sent: list[Sent] = field(default_factory=list[Sent])


class LargeFilesView(LiveView[Files]):
    """Signs what the browser sends; no byte of a file comes by here."""

    template = "s3_multipart.html"

    async def mount(
        self,
        store: Annotated[Store | None, Depends(open_store)],
        visitor: Annotated[str, Session()],
    ) -> None:
        self.socket.page_title = "Large files"
        self.state.store = store
        if store is None:
            return

        def key(entry: UploadEntry) -> str:
            return f"{visitor}/{fingerprint(entry)}"

        self.socket.allow_upload(
            "files",
            accept="any",
            max_entries=5,
            max_file_size=20_000_000_000,
            auto_upload=True,
            progress=self.came,
            external=S3MultipartUpload(store.client, store.bucket, key=key),
        )

    @event
    async def choose(self) -> None:
        """Files were chosen; they are sent by themselves."""

    async def came(self, entry: UploadEntry) -> None:
        if entry.done:
            sent = await self.socket.consume_uploaded_entry(entry, self.keep)
            self.state.sent.insert(0, sent)

    def keep(self, file: UploadedFile) -> Sent:
        assert self.state.store is not None
        entry = file.entry
        url = self.state.store.url(file.meta["key"], entry.client_name)
        return Sent(entry.uuid, entry.client_name, entry.client_size, url)

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("files", ref)


def visitor_of(request: Request) -> dict[str, str]:
    """Know a visitor again after a reload: only they may go on with their files."""
    return {"visitor": request.session.setdefault("visitor", token_hex(16))}


def add_to(app: Wirebird) -> None:
    """Serve the view under /large-files."""
    with app.live_session("visitors", session=visitor_of) as visitors:
        visitors.live("/large-files", LargeFilesView)
