"""A tree of files, Wirebird's own: a folder is read when somebody opens it, in a thread."""

from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

from wirebird import LiveView, NotFound, Transient, event

ROOT = files("wirebird")
MOST_LINES = 400


@dataclass(frozen=True)
class Entry:
    path: str
    name: str
    is_folder: bool

    @property
    def id(self) -> str:
        return "file-" + self.path.replace("/", "-").replace(".", "-")


def find(path: str) -> Traversable:
    """Return a file or folder, by names that the folders above it list: none leads outside."""
    here = ROOT
    for name in path.split("/") if path else ():
        inside = {each.name: each for each in here.iterdir()} if here.is_dir() else {}
        if name not in inside:
            raise NotFound(f"there is no {path}")
        here = inside[name]
    return here


def read(path: str) -> list[str]:
    """Return the lines of a file."""
    found = find(path)
    if not found.is_file():
        raise NotFound(f"{path} is no file")
    return found.read_bytes().decode(errors="replace").splitlines()


def entries(path: str) -> list[Entry]:
    """Return what is in a folder: first its folders, then its files, each by name."""
    inside = [each for each in find(path).iterdir() if not each.name.startswith("__pycache")]
    inside.sort(key=lambda each: (not each.is_dir(), each.name))
    before = f"{path}/" if path else ""
    return [Entry(before + each.name, each.name, each.is_dir()) for each in inside]


@dataclass
class Tree:
    folders: dict[str, list[Entry]] = field(default_factory=dict[str, list[Entry]])
    file: str = ""
    lines: Transient[list[str]] = field(default_factory=list[str])
    more: Transient[int] = 0


class FilesView(LiveView[Tree]):
    """Knows what is in the open folders. No handler is a coroutine: each may wait for a disk."""

    def mount(self) -> None:
        self.socket.page_title = "File tree"
        self.state.folders = {"": entries("")}

    def handle_params(self, file: str = "") -> None:
        """Show a file, and the folders that lead to it."""
        state, lines = self.state, read(file) if file else []
        state.file, state.lines = file, lines[:MOST_LINES]
        state.more = len(lines) - len(state.lines)
        folder = file
        while folder := folder.rpartition("/")[0]:
            state.folders[folder] = entries(folder)

    @event
    def toggle(self, path: str) -> None:
        if path in self.state.folders:
            del self.state.folders[path]
        else:
            self.state.folders[path] = entries(path)
