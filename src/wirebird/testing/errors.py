"""What a test is told when the page is not as it thought.

The rule: every message names the element or the place, and says what there is instead. All are
assertion errors, so that a test fails rather than breaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirebird.errors import WirebirdError

if TYPE_CHECKING:
    from wirebird.testing.asgi import Response


class LiveTestError(WirebirdError, AssertionError):
    """The base of all that `wirebird.testing` raises."""


class ElementError(LiveTestError):
    """No element, or more than one, or one that a person could not use like that."""


class HtmlError(LiveTestError):
    """The page's HTML is one that a browser would not patch well."""


class EventRefused(LiveTestError):
    """The server knows no such event, or its payload does not fit the handler."""


class UploadRefused(LiveTestError):
    """A file cannot be sent; what the writer or the view raised is the cause of this one.

    Attributes:
        errors: What is wrong: the names of files, or of the upload as a whole, each with the word
            for it.
        reason: The first of these words: "too_large", "not_accepted", "cancelled", ...
    """

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(f"{name!r}: {reason}" for name, reason in errors))
        self.errors = errors
        self.reason = errors[0][1]


class ViewCrashed(LiveTestError):
    """The view raised; its exception is the cause of this one.

    Attributes:
        topic: The view's topic.
    """

    def __init__(self, message: str, topic: str) -> None:
        super().__init__(message)
        self.topic = topic


class JoinRefused(LiveTestError):
    """The server did not let the page join.

    Attributes:
        reason: The word of the protocol for it: "stale", "unauthorized", "reload", ...
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class NotLive(LiveTestError):
    """The response holds no live view.

    Attributes:
        response: The response.
    """

    def __init__(self, message: str, response: Response) -> None:
        super().__init__(message)
        self.response = response


class Redirected(LiveTestError):
    """The page sent its visitor elsewhere before it was shown.

    Attributes:
        to: Where to.
        status: The HTTP status; None when it happened over the socket.
    """

    def __init__(self, to: str, status: int | None = None) -> None:
        by = "the socket's mount" if status is None else f"the response ({status})"
        super().__init__(
            f"{by} redirects to {to!r}: pass follow_redirects=True to go there,"
            " or expect it with pytest.raises(Redirected)"
        )
        self.to = to
        self.status = status


class TimedOut(LiveTestError):
    """What the test waited for did not happen in time."""
