"""A model for those who have none: an OpenAI-compatible server, in memory, of few words."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

SECONDS_A_TOKEN = 0.025

MARKDOWN = """## What I can write

I answer in **Markdown**, a token at a time, and each *finished* block is sent once.

| You ask | I do |
|---|---|
| what time it is | call `time_in` |
| for dice | call `roll` |

```python
def double(x: int) -> int:
    return 2 * x
```

1. HTML stays text: <img src=x onerror=alert(1)>
2. So do [wicked links](javascript:alert(1)).
"""
HELP = (
    "I am a small fake, and know three things:\n\n"
    "- ask me for the **time** in Tokyo or Lima,\n"
    "- let me roll **dice**,\n"
    "- or ask for some **Markdown**.\n\n"
    "Give me a real model with `WIREBIRD_EXAMPLE_MODEL_URL`."
)
PLACES = {"tokyo": "Asia/Tokyo", "lima": "America/Lima", "nairobi": "Africa/Nairobi"}


def reply_to(messages: list[dict[str, Any]]) -> str | tuple[str, dict[str, Any]]:
    """Return what there is to say, or which tool to call first, with its arguments."""
    last = messages[-1]
    if last["role"] == "tool":
        return f"There you are: **{last['content']}**."
    words = str(last["content"]).lower()
    if "time" in words:
        zone = next((zone for place, zone in PLACES.items() if place in words), "Europe/Berlin")
        return "time_in", {"zone": zone}
    if "dice" in words or "roll" in words:
        return "roll", {"dice": int((re.findall(r"\d", words) or ["2"])[0])}
    return MARKDOWN if "markdown" in words else HELP


async def answer(request: httpx.Request) -> httpx.Response:
    """Answer as `POST /chat/completions` of an OpenAI-compatible server does, with events."""
    return httpx.Response(200, content=events(json.loads(request.content)["messages"]))


async def events(messages: list[dict[str, Any]]) -> AsyncIterator[bytes]:
    match reply_to(messages):
        case str(text):
            deltas = [{"content": token} for token in re.findall(r"\s*\S+|\s+", text)]
        case tool, arguments:
            function = {"name": tool, "arguments": json.dumps(arguments)}
            deltas = [{"tool_calls": [{"index": 0, "id": "call-1", "function": function}]}]
    await asyncio.sleep(SECONDS_A_TOKEN * 10)
    for delta in deltas:
        yield f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()
        await asyncio.sleep(SECONDS_A_TOKEN)
    yield b"data: [DONE]\n\n"
