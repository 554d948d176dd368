"""A client of any OpenAI-compatible server; without one, of a small fake in this process."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import BaseModel, Field

from examples.assistant.fake import answer

URL = os.environ.get("WIREBIRD_EXAMPLE_MODEL_URL", "")
KEY = os.environ.get("WIREBIRD_EXAMPLE_MODEL_KEY", "")
NAME = os.environ.get("WIREBIRD_EXAMPLE_MODEL", "fake")


@dataclass
class Call:
    """What a model asks of us: a tool, with its arguments as JSON."""

    id: str = ""
    tool: str = ""
    arguments: str = ""


@dataclass
class Reply:
    """What a model has said so far."""

    text: str = ""
    calls: list[Call] = field(default_factory=list[Call])

    def as_message(self) -> dict[str, Any]:
        """Return it as the protocol has it in a conversation."""
        calls = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.tool, "arguments": call.arguments},
            }
            for call in self.calls
        ]
        return {"role": "assistant", "content": self.text, "tool_calls": calls}


class Function(BaseModel):
    name: str | None = None
    arguments: str | None = None


class Piece(BaseModel):
    index: int = Field(0, ge=0, lt=16)
    id: str | None = None
    function: Function = Function()


class Delta(BaseModel):
    content: str | None = None
    tool_calls: list[Piece] | None = None


class Choice(BaseModel):
    delta: Delta


class Chunk(BaseModel):
    """What comes with each event: the next piece of a reply."""

    choices: list[Choice] = []


def client() -> httpx.AsyncClient:
    """Return a client of the server that the environment names, or of the fake."""
    transport = None if URL else httpx.MockTransport(answer)
    headers = {"Authorization": f"Bearer {KEY}"} if KEY else {}
    return httpx.AsyncClient(
        base_url=URL or "http://fake", headers=headers, transport=transport, timeout=60
    )


async def stream(messages: list[dict[str, Any]], tools: list[Any]) -> AsyncIterator[Reply]:
    """Yield what the model says, each time it has said more.

    Args:
        messages: The conversation, as the protocol has it.
        tools: What the model may ask for.

    Raises:
        httpx.HTTPError: The server cannot be reached, or answers with an error.
    """
    asked = {"model": NAME, "messages": messages, "tools": tools, "stream": True}
    reply = Reply()
    async with client() as server, server.stream("POST", "/chat/completions", json=asked) as got:
        got.raise_for_status()
        async for line in got.aiter_lines():
            data = line.removeprefix("data:").strip()
            if not line.startswith("data:") or data == "[DONE]":
                continue
            for choice in Chunk.model_validate_json(data).choices:
                add(reply, choice.delta)
            yield reply


def add(reply: Reply, delta: Delta) -> None:
    """Add a piece to what was said: the pieces of a call are told apart by its index."""
    reply.text += delta.content or ""
    for piece in delta.tool_calls or []:
        while len(reply.calls) <= piece.index:
            reply.calls.append(Call())
        call = reply.calls[piece.index]
        call.id += piece.id or ""
        call.tool += piece.function.name or ""
        call.arguments += piece.function.arguments or ""
