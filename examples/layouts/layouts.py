"""Pages that share a frame: a template extends another, includes a third and imports macros."""

from dataclasses import dataclass, field

from wirebird import LiveView, Wirebird, event


@dataclass
class Story:
    id: int
    title: str
    text: str
    agree: int = 0


def stories() -> list[Story]:
    return [
        Story(1, "Swifts are back", "The first were seen over the old mill at dawn.", 12),
        Story(2, "Bridge opens on Sunday", "It took a year longer, and is two metres wider.", 4),
        Story(3, "Library by night", "From May on its doors are open until eleven.", 31),
    ]


@dataclass
class Front:
    stories: list[Story] = field(default_factory=stories)


class FrontPageView(LiveView[Front]):
    """A click changes one number, in a file that is included in a loop, in a block of another."""

    template = "front.html"

    async def mount(self) -> None:
        self.socket.page_title = "The front page"

    @event
    async def agree(self, id: int) -> None:
        for story in self.state.stories:
            story.agree += story.id == id


@dataclass
class Letters:
    letters: list[str] = field(default_factory=list[str])
    draft: str = ""


class LettersView(LiveView[Letters]):
    """Another page in the same frame: the layout stays where it is."""

    template = "letters.html"

    async def mount(self) -> None:
        self.socket.page_title = "Letters to the editor"

    @event
    async def draft(self, text: str) -> None:
        """Know what is half written, as the page tells again after a crash."""
        self.state.draft = text

    @event
    async def write(self, text: str) -> None:
        self.state.draft = ""
        if text := text.strip()[:200]:
            self.state.letters.insert(0, text)


def add_to(app: Wirebird) -> None:
    """Serve both pages in a live session that has a layout of its own."""
    with app.live_session("newspaper", layout="newspaper_layout.html") as pages:
        pages.live("/newspaper", FrontPageView, action="front")
        pages.live("/newspaper/letters", LettersView, action="letters")
