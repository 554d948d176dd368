"""`attach_hook` at every stage, and halting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from wirebird import AsyncOutcome, Halt, LiveView, Socket, Wirebird, event, info
from wirebird.testing import LiveClient


@dataclass
class Seen:
    count: int = 0
    page: int = 0
    heard: list[str] = field(default_factory=list)


class SeenView(LiveView[Seen]):
    html = """<p id="count">{{ count }}</p><p id="page">{{ page }}</p>
        <p id="heard">{{ heard|join(",") }}</p>"""

    async def mount(self) -> None:
        self.log: list[Any] = []
        for stage in ("handle_params", "handle_event", "handle_info", "handle_async"):
            self.socket.attach_hook("log", stage, self.see(stage))
        self.socket.attach_hook("log", "after_render", self.see("after_render"))

    def see(self, stage: str) -> Callable[..., Any]:
        async def hook(*arguments: Any) -> Halt | None:
            self.log.append(stage)
            return Halt("halted") if arguments and arguments[0] == "stop" else None

        return hook

    async def handle_params(self, page: int = 0) -> None:
        self.state.page = page

    @event
    async def add(self) -> None:
        self.state.count += 1

    @event
    async def stop(self) -> str:
        self.state.count = 99
        return "handled"

    @event
    async def tell(self, text: str) -> None:
        self.socket.send(text)

    @event
    async def work(self) -> None:
        async def nothing() -> None: ...

        self.socket.start_async("work", nothing)

    @event
    async def patch(self) -> None:
        self.socket.push_patch("?page=2")

    @event
    async def silence(self) -> None:
        self.socket.detach_hook("log", "handle_info")

    @event
    async def stages(self) -> list[str]:
        return self.log

    @info
    async def hear(self, text: str) -> None:
        self.state.heard = [*self.state.heard, text]

    async def handle_async(self, name: str, outcome: AsyncOutcome[None]) -> None:
        self.state.heard = [*self.state.heard, name]


def an_app(make_app: Callable[..., Wirebird]) -> Wirebird:
    app = make_app()
    app.live("/", SeenView)
    return app


async def test_hooks_see_every_stage(make_app: Callable[..., Wirebird]) -> None:
    async with LiveClient(an_app(make_app)) as client:
        view = await client.live("/")
        await view.hook_event("add")
        await view.hook_event("patch")
        await view.hook_event("tell", {"text": "hi"})
        await view.until(lambda page: page.text("#heard") == "hi")
        await view.hook_event("work")
        await view.until(lambda page: page.text("#heard") == "hi,work")
        stages = await view.hook_event("stages")
        assert {"handle_params", "handle_event", "handle_info", "handle_async"} < set(stages)
        assert stages.count("after_render") >= 4
        assert view.text("#page") == "2"


async def test_a_hook_that_halts_keeps_the_message_from_the_view(
    make_app: Callable[..., Wirebird],
) -> None:
    async with LiveClient(an_app(make_app)) as client:
        view = await client.live("/")
        assert await view.hook_event("stop") == "halted"
        assert view.text("#count") == "0"
        await view.hook_event("tell", {"text": "stop"})
        await view.hook_event("tell", {"text": "go"})
        await view.until(lambda page: page.text("#heard") == "go")


async def test_a_detached_hook_sees_nothing_more(make_app: Callable[..., Wirebird]) -> None:
    async with LiveClient(an_app(make_app)) as client:
        view = await client.live("/")
        await view.hook_event("silence")
        await view.hook_event("tell", {"text": "hi"})
        await view.until(lambda page: page.text("#heard") == "hi")
        assert "handle_info" not in await view.hook_event("stages")


def test_an_unknown_stage_and_a_taken_name_are_refused() -> None:
    socket = Socket("phx-1", None, connected=False)  # type: ignore[arg-type]
    socket.attach_hook("log", "handle_event", print)
    with pytest.raises(ValueError, match="already: detach it first"):
        socket.attach_hook("log", "handle_event", print)
    with pytest.raises(ValueError, match="the stages are handle_params"):
        socket.attach_hook("log", "handle_evnt", print)  # type: ignore[arg-type]
