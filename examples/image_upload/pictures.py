"""What a picture is, and the album that keeps the newest ones."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from wirebird import UploadEntry

SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def media_type_of(head: bytes) -> str | None:
    """Return which kind of picture begins with these bytes, whatever its name says."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in SIGNATURES.items() if head.startswith(mark)), None)


def check_picture(_: UploadEntry, head: bytes) -> str | None:
    """Say what is wrong with a file that calls itself a picture."""
    return None if media_type_of(head) else "There is no picture in this file."


@dataclass(frozen=True)
class Picture:
    id: str
    name: str
    media_type: str


class Album:
    """Keeps pictures as files, newest first, in a folder that goes with the process.

    Args:
        most: How many it keeps; for one more, the oldest has to go.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.pictures: dict[str, Picture] = {}
        self._folder = TemporaryDirectory(prefix="wirebird-album-")

    def path(self, id: str) -> Path:
        return Path(self._folder.name) / id

    def add(self, picture: Picture) -> None:
        self.pictures = {picture.id: picture, **self.pictures}
        for id in list(self.pictures)[self.most :]:
            self.remove(id)

    def remove(self, id: str) -> None:
        if self.pictures.pop(id, None) is not None:
            self.path(id).unlink(missing_ok=True)
