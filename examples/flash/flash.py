"""Messages that are shown once, wherever the visitor goes next."""

from typing import Literal

from wirebird import LiveView, event

TEXTS = {
    "info": "The library closes at nine.",
    "success": "Your card is valid for another year.",
    "warning": "Two books are due tomorrow.",
    "error": "The lift is out of order.",
}

Kind = Literal["info", "success", "warning", "error"]
Way = Literal["patch", "navigate", "redirect"]


class FlashView(LiveView):
    """Says something, and goes on in each of the three ways: the message comes along."""

    async def mount(self) -> None:
        self.socket.page_title = "Flash"

    @event
    async def say(self, kind: Kind) -> None:
        self.socket.put_flash(kind, TEXTS[kind])

    @event
    async def clear(self) -> None:
        self.socket.clear_flash()

    @event
    async def save(self, way: Way) -> None:
        self.socket.put_flash("success", f"Saved, and here by {way}.")
        to = self.socket.path(by=way)
        match way:
            case "patch":
                self.socket.push_patch(to)
            case "navigate":
                self.socket.push_navigate(to)
            case "redirect":
                self.socket.redirect(to)
