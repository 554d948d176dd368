"""Each message of our log is one line, whoever wrote what is in it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wirebird
from tests.runtime.line import Visitor
from wirebird import LiveView, Wirebird, event
from wirebird.log import LOGGERS, LONGEST

FORGED = "x\nERROR: root logged in\r\x1b[31m\u2028\u202ered"
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]")


class TypingView(LiveView):
    html = "<p>typing</p>"

    @event
    async def inc(self, by: int = 1) -> None: ...

    @event
    async def raises(self, text: str) -> None:
        raise ValueError(f"nobody is called {text}")


def test_all_our_loggers_are_guarded() -> None:
    root = Path(wirebird.__file__).parent
    sources = "".join(path.read_text() for path in root.rglob("*.py"))
    named = set(re.findall(r'getLogger\("(wirebird[^"]*)"\)', sources))
    assert named - {"wirebird.cli"} <= set(LOGGERS)


@pytest.mark.parametrize("name", LOGGERS)
def test_a_message_is_one_line(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, name):
        logging.getLogger(name).info("said %s", FORGED)
        logging.getLogger(name).info("said %r", "é")
    assert caplog.messages == [
        r"said x\nERROR: root logged in\r\x1b[31m\u2028\u202ered",
        "said 'é'",
    ]


def test_a_message_has_an_end(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("wirebird.runtime").warning("%s", "y" * 300_000)
    (message,) = caplog.messages
    assert message.endswith("y... (300000 characters)")
    assert len(message) < LONGEST + 50


async def test_nothing_that_a_client_sends_begins_a_line_or_speaks_to_the_terminal(
    make_app: Callable[..., Wirebird], caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app()
    app.live("/", TypingView)
    visitor = Visitor(app)
    page = await visitor.page("/")
    events: list[Any] = [
        {"type": "click", "event": FORGED, "value": {}},
        {"type": "form", "event": FORGED, "value": 3},
        {"type": "form", "event": "inc", "value": f"by={FORGED}"},
        {"type": "click", "event": "inc", "value": {"by": FORGED, FORGED: 1}},
        {"type": "click", "event": "inc", "value": {}, "cid": 7, FORGED: FORGED},
        {"type": "click", "event": "raises", "value": {"text": FORGED}},
    ]
    with caplog.at_level(logging.DEBUG, "wirebird"):
        async with visitor.line(page) as line:
            await line.join(page)
            line.send(json.dumps(["999", "1", page.topic, FORGED, {}]))
            line.send(json.dumps([line.joins[page.topic], "2", page.topic, FORGED, {}]))
            line.send(json.dumps(["9", "3", FORGED, FORGED, {}]))
            line.send(json.dumps(["9", "4", "lv:" + FORGED, "phx_join", {"session": FORGED}]))
            line.send(json.dumps(["9", "5", "lvu:" + FORGED, "phx_join", {"token": FORGED}]))
            for payload in events:
                line.push(page.topic, "event", payload)
            while (await line.receive())[3] != "phx_error":
                pass
        await visitor.get("/", headers={"cookie": "__phoenix_flash__=x%0aERROR"})
        refused = visitor.line(page, headers={"origin": f"http://{FORGED[:2]}", "cookie": ""})
        refused.scope["headers"] = [(b"origin", b"http://x\nERROR: root"), (b"host", b"h")]
        with pytest.raises(Exception, match=r"4008|1008|None"):
            await refused.open()
    assert len(caplog.records) > 10
    formatter = logging.Formatter("%(levelname)s: %(message)s")
    lines = "\n".join(formatter.format(record) for record in caplog.records).split("\n")
    assert not [line for line in lines if UNSEEN.search(line)]
    begun = [line for line in lines if not line.startswith("  ")]
    assert len(begun) == len(caplog.records)
    assert any("nobody is called x" in line for line in lines)
