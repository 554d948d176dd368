"""What is wrong with a view, and what one may raise to answer with something other than itself."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from wirebird.errors import DefinitionError, WirebirdError
from wirebird.live.navigation import Navigation, local_path, redirection


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
        to: A path of the application.
        external: A whole URL elsewhere, instead of `to`.
        outside: A path of the application in which this one is mounted, instead of `to`.
        navigate: Go to `to` by live navigation instead of a page load.
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
        to: str | None = None,
        *,
        external: str | None = None,
        outside: str | None = None,
        navigate: bool = False,
        status: int = 302,
    ) -> None:
        if navigate and external is None and outside is None:
            self.navigation = Navigation("navigate", local_path(to or ""), status=status)
        else:
            self.navigation = redirection("Redirect", to, external, outside, status)
        super().__init__(self.navigation.to)

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
