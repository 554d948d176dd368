"""What is wrong with a view, and what one may raise to answer with something other than itself."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException

from wirebird.errors import DefinitionError, WirebirdError
from wirebird.live.navigation import Navigation, external_url, local_path


class ViewDefinitionError(DefinitionError):
    """A view's class is not one that Wirebird can run; raised where it is defined."""


class NotFound(WirebirdError, HTTPException):
    """Answer 404: in the first render as that response, over the socket by loading the page.

    Example:
        ```python
        if room is None:
            raise NotFound("no such room")
        ```
    """

    def __init__(self, detail: str = "Not Found", headers: dict[str, str] | None = None) -> None:
        super().__init__(404, detail, headers)


class Redirect(WirebirdError):
    """Leave at once for another page, from any callback.

    Args:
        to: A path on this host.
        external: A whole URL elsewhere, instead of `to`.
        navigate: Go by live navigation instead of a page load, where that is possible.
        status: The HTTP status in the first render.

    Raises:
        NavigationError: The place is not allowed.

    Example:
        ```python
        raise Redirect("/login")
        ```
    """

    def __init__(
        self,
        to: str = "",
        *,
        external: str | None = None,
        navigate: bool = False,
        status: int = 302,
    ) -> None:
        place = local_path(to) if external is None else external_url(external)
        kind: Any = "navigate" if navigate and external is None else "redirect"
        self.navigation = Navigation(kind, place, status=status)
        super().__init__(place)

    @classmethod
    def of(cls, navigation: Navigation) -> Redirect:
        """Return what leaves for a place that has been checked."""
        redirect = cls.__new__(cls, navigation.to)
        redirect.navigation = navigation
        return redirect


def client_error_status(error: BaseException) -> int | None:
    """Return the HTTP status that an exception stands for, if it is one of 400 to 499."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and 400 <= status < 500 else None
