"""Photos: chosen or dropped, looked at while they are sent, and then shown to everyone."""

from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import FileResponse

from examples.image_upload.pictures import Album, Picture, check_picture, media_type_of
from wirebird import LiveView, NotFound, UploadedFile, Wirebird, event, info, js

ALBUM = Album(most=24)


@dataclass(frozen=True)
class AlbumChanged:
    """To all who look at the album."""


@dataclass
class Photos:
    pictures: list[Picture] = field(default_factory=list[Picture])


class PhotosView(LiveView[Photos]):
    """Takes six photos at a time, and shows the newest ones."""

    template = "image_upload.html"

    async def mount(self) -> None:
        self.socket.page_title = "Photos"
        self.socket.allow_upload(
            "photos",
            accept=[".png", ".jpg", ".jpeg", ".gif", ".webp"],
            max_entries=6,
            max_file_size=4_000_000,
            auto_upload=True,
            check_content=check_picture,
        )
        await self.socket.subscribe("album")
        await self.show(AlbumChanged())

    @event
    async def choose(self) -> None:
        """Shows what was chosen: `uploads.photos` has taken note of it."""

    @event
    async def cancel(self, ref: str) -> None:
        self.socket.cancel_upload("photos", ref)

    @event
    async def save(self) -> None:
        for picture in await self.socket.consume_uploaded_entries("photos", keep):
            ALBUM.add(picture)
        self.socket.push_js(js.focus(to="#album-heading"))
        await self.socket.broadcast("album", AlbumChanged())

    @event
    async def remove(self, id: str) -> None:
        ALBUM.remove(id)
        await self.socket.broadcast("album", AlbumChanged())

    @info
    async def show(self, _: AlbumChanged) -> None:
        self.state.pictures = list(ALBUM.pictures.values())


def keep(file: UploadedFile) -> Picture:
    """Move a photo to the album, under a name of our own."""
    with file.path.open("rb") as content:
        media_type = media_type_of(content.read(16))
    file.move_to(ALBUM.path(file.entry.uuid))
    return Picture(file.entry.uuid, file.entry.client_name, media_type or "")


async def send_photo(request: Request) -> FileResponse:
    picture = ALBUM.pictures.get(request.path_params["id"])
    if picture is None:
        raise NotFound("no such photo")
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return FileResponse(ALBUM.path(picture.id), media_type=picture.media_type, headers=headers)


def add_to(app: Wirebird) -> None:
    """Serve the page under /photos, and each photo below it."""
    with app.live_session("photos") as pages:
        pages.live("/photos", PhotosView)
    app.add_route("/photos/{id}", send_photo, methods=["GET"])
