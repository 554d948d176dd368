"""An avatar: cropped in the browser by a hook, so that only the square is sent."""

from base64 import b64encode
from dataclasses import dataclass

from wirebird import LiveView, UploadedFile, UploadEntry, event


@dataclass
class Avatar:
    picture: str = ""
    size: int = 0
    error: str = ""


class AvatarView(LiveView[Avatar]):
    """Takes what `AvatarCropper`, in the file beside it, uploads."""

    template = "avatar_cropper.html"

    async def mount(self) -> None:
        self.socket.page_title = "Avatar"
        self.socket.allow_upload(
            "avatar",
            accept=["image/jpeg"],
            max_file_size=200_000,
            auto_upload=True,
            progress=self.on_progress,
            check_content=check_jpeg,
        )

    @event
    async def change(self) -> None:
        """The cropped picture comes by itself, and `on_progress` hears of it."""

    async def on_progress(self, entry: UploadEntry) -> None:
        if entry.done:
            state = self.state
            state.picture = await self.socket.consume_uploaded_entry(entry, data_url)
            state.size, state.error = entry.client_size, ""
            self.socket.put_flash("success", "This is you now.")

    @event
    async def opened(self) -> None:
        self.state.error = ""

    @event
    async def unreadable(self, name: str) -> None:
        self.state.error = f"{name} is not a picture that this browser can show."

    @event
    async def remove(self) -> None:
        self.state = Avatar()


def check_jpeg(_: UploadEntry, head: bytes) -> str | None:
    return None if head.startswith(b"\xff\xd8\xff") else "This is not what the cropper makes."


def data_url(file: UploadedFile) -> str:
    """Return the picture as a URL: it is small, and kept nowhere but in this view."""
    return "data:image/jpeg;base64," + b64encode(file.path.read_bytes()).decode()
