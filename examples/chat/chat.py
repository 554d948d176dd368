"""A chat with a model that answers a token at a time, and can be stopped."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from examples.chat.model import answer
from wirebird import AsyncOutcome, Cancelled, Failed, LiveView, Ok, event, js

Question = Annotated[str, Field(min_length=1, max_length=500)]


@dataclass
class Message:
    id: int
    author: str
    pieces: list[str] = field(default_factory=list[str])
    note: str = ""


@dataclass
class Chat:
    messages: list[Message] = field(default_factory=list[Message])
    answering: bool = False
    status: str = ""

    @property
    def turn(self) -> int:
        return len(self.messages)

    @property
    def thinking(self) -> bool:
        return self.answering and not self.messages[-1].pieces


class ChatView(LiveView[Chat]):
    """One generator at a time streams into the last message."""

    asked = False

    async def mount(self) -> None:
        self.socket.page_title = "Chat"

    async def handle_return(self) -> None:
        """Ask anew, if the answer was lost with the server that was killed, or with a crash."""
        if self.state.answering and not self.asked:
            self.state.messages[-1].pieces = []
            self.ask_model()

    @event
    async def ask(self, question: Question) -> None:
        question = question.strip()
        if self.state.answering or not question:
            return
        self.add("You", question)
        self.add("Model")
        self.state.answering = True
        self.state.status = "The model is answering."
        self.ask_model()

    def ask_model(self) -> None:
        self.asked = True
        [question] = self.state.messages[-2].pieces
        self.socket.start_stream(
            "answer", answer, question, each=self.add_token, then=self.answered
        )

    async def add_token(self, token: str) -> None:
        self.state.messages[-1].pieces.append(token)

    async def answered(self, outcome: AsyncOutcome[None]) -> None:
        message = self.state.messages[-1]
        self.state.answering = False
        match outcome:
            case Ok():
                self.state.status = "The answer is complete."
            case Cancelled():
                message.note = self.state.status = "You stopped the answer."
                self.socket.push_js(js.focus(to="#question"))
            case Failed(error):
                message.note = self.state.status = f"The answer broke off: {error}."

    @event
    async def stop(self) -> None:
        self.socket.cancel_async("answer")

    @event
    async def clear(self) -> None:
        self.socket.cancel_async("answer")
        self.state = Chat(status="The conversation is empty.")

    def add(self, author: str, text: str = "") -> None:
        self.state.messages.append(Message(self.state.turn, author, [text] if text else []))
