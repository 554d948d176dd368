"""A language model for those who have none: canned answers, a token at a time, as models do."""

import asyncio
import re
from collections.abc import AsyncIterator

ANSWERS = {
    "stream": (
        "Each of these words is a token that a generator yields on the server. The view adds it to"
        " the message, and what comes within one frame is sent together, so a fast model costs no"
        " more than a slow one.\n\nThe browser is told only what is new: look at the frames of the"
        " WebSocket in its developer tools."
    ),
    "cancel": (
        "Press Stop, or the Escape key. The generator is cancelled where it waits, cleans up after"
        " itself, and the view hears of it. Closing this page does the same."
    ),
    "fail": "I am sorry, I cannot go",
    "python": (
        "This page is a Python class and a template. There is no JavaScript of its own: typing,"
        " streaming, stopping and focus are all done by the view."
    ),
}
DEFAULT = (
    "I am only a small model and know four things. Ask me how streaming works, how to cancel an"
    " answer, what Python has to do with it, or ask me to fail."
)


async def answer(question: str, seconds_per_token: float = 0.03) -> AsyncIterator[str]:
    """Yield an answer, token by token.

    Raises:
        ConnectionError: The question asks for it.
    """
    words = question.lower()
    topic = next((topic for topic in ANSWERS if topic in words), "")
    await asyncio.sleep(seconds_per_token * 20)  # to think
    for token in re.findall(r"\s*\S+", ANSWERS.get(topic, DEFAULT)):
        yield token
        await asyncio.sleep(seconds_per_token)
    if topic == "fail":
        raise ConnectionError("the model was unplugged")
