"""A chat with a model that writes Markdown, calls tools, and can be stopped."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from markupsafe import Markup
from pydantic import StringConstraints

from examples.assistant.markdown import blocks
from examples.assistant.model import Call, Reply, stream
from examples.assistant.tools import described, run
from wirebird import AsyncOutcome, Cancelled, Failed, LiveView, Ok, event, js

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

MOST_TURNS = 40
MOST_ROUNDS = 5  # of tools, before it must have answered
IDEAS = ("What time is it in Tokyo?", "Roll 3 dice", "Show me Markdown")


@dataclass(frozen=True)
class Used:
    """A tool that was used: what it was asked, and what it found."""

    call: Call
    found: str


@dataclass
class Turn:
    id: int
    question: str
    answer: str = ""
    used: list[Used] = field(default_factory=list[Used])
    note: str = ""

    @property
    def blocks(self) -> tuple[Markup, ...]:
        return blocks(self.answer)


@dataclass
class Conversation:
    turns: list[Turn] = field(default_factory=list[Turn])
    status: str = ""
    answering: bool = False

    ideas = IDEAS

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation as the model is told it."""
        told: list[dict[str, Any]] = []
        for turn in self.turns:
            told.append({"role": "user", "content": turn.question})
            if turn.answer:
                told.append({"role": "assistant", "content": turn.answer})
        return told


async def converse(messages: list[dict[str, Any]]) -> AsyncIterator[Reply | Used]:
    """Yield what the model says and what its tools find, until it needs no more of them."""
    for _ in range(MOST_ROUNDS):
        reply = Reply()
        async for reply in stream(messages, described()):
            yield reply
        if not reply.calls:
            return
        messages.append(reply.as_message())
        for call in reply.calls:
            used = Used(call, run(call))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": used.found})
            yield used


class AssistantView(LiveView[Conversation]):
    """One answer at a time streams into the last turn; what was said outlives the server."""

    durable = True
    asked = False

    async def mount(self) -> None:
        self.socket.page_title = "Assistant"

    async def handle_return(self) -> None:
        """Ask anew, if the answer was lost with the server that was killed, or with a crash."""
        if self.state.answering and not self.asked:
            turn = self.state.turns[-1]
            turn.answer, turn.used = "", []
            self.ask_model()

    @event
    async def ask(self, question: Question) -> None:
        state = self.state
        if state.answering:
            return
        if len(state.turns) >= MOST_TURNS:
            state.status = "This conversation is long enough: begin a new one."
            return
        state.turns.append(Turn(len(state.turns), question))
        state.answering = True
        state.status = "The model is answering."
        self.ask_model()

    def ask_model(self) -> None:
        self.asked = True
        self.socket.start_stream(
            "answer", converse, self.state.messages, each=self.add, then=self.answered
        )

    async def add(self, came: Reply | Used) -> None:
        turn = self.state.turns[-1]
        match came:
            case Reply():
                turn.answer = came.text
            case Used():
                turn.used.append(came)

    async def answered(self, outcome: AsyncOutcome[None]) -> None:
        turn = self.state.turns[-1]
        self.state.answering = False
        match outcome:
            case Ok():
                self.state.status = "The answer is complete."
            case Cancelled():
                turn.note = self.state.status = "You stopped the answer."
                self.socket.push_js(js.focus(to="#question"))
            case Failed(error):
                turn.note = self.state.status = f"The answer broke off: {error}."

    @event
    async def stop(self) -> None:
        self.socket.cancel_async("answer")

    @event
    async def clear(self) -> None:
        self.state = Conversation(status="The conversation is empty.")
        self.socket.cancel_async("answer")
