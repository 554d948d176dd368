"""What a page is told when its view raises.

The rule: a developer sees the traceback in the page; a visitor learns nothing of the program.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

from wirebird.live.errors import client_error_status
from wirebird.runtime.error_page import STYLE, report
from wirebird.runtime.line import JoinedView

logger = logging.getLogger("wirebird.runtime")


def join_refusal(channel: JoinedView, error: BaseException) -> dict[str, Any]:
    """Return the answer to a join whose view raised; an error with a status is no crash."""
    endpoint = channel.endpoint
    status = client_error_status(error)
    if status is not None:
        logger.info("%r: mount answered %s: %s", channel, status, error)
        token = endpoint.signer.sign({"status": status}, "reload")
        return {"reason": "reload", "status": status, "token": token}
    channel.tell_crash("the view crashed while it was joined", error)
    if endpoint.debug:
        events = [overlay(channel, error, untilJoined=True)]
        return {"reason": "join crashed", "events": events}
    return {"reason": "join crashed"}


def overlay(channel: JoinedView, error: BaseException, **more: Any) -> list[Any]:
    """Return the event that shows the developer an error in the page."""
    title = f"{type(error).__name__} in {channel.view_class.__name__}"
    told = {
        "title": title,
        "detail": "".join(traceback.format_exception(error)),
        "html": report(error, channel.view_class),
        "style": STYLE,
        "topic": channel.topic,
    }
    return ["wirebird:error", {**told, **more}]


def mended(channel: JoinedView) -> list[Any]:
    """Return the event that takes back the error of a view which can be shown again."""
    return ["wirebird:mended", {"topic": channel.topic}]
