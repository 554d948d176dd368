"""`LiveSessionRoutes`: what `Wirebird.live_session` returns, to add routes to the live session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wirebird.live.router import LiveSession
from wirebird.live.view import LiveView


class LiveSessionRoutes:
    """Adds routes to one live session; see `Wirebird.live_session`.

    Args:
        add: Adds a route: `Wirebird.live`.
        name: Names components: `Wirebird.components`.
        live_session: The live session that it belongs to.
    """

    def __init__(
        self, add: Callable[..., None], name: Callable[..., None], live_session: LiveSession
    ) -> None:
        self._add = add
        self._name = name
        self.session = live_session

    def __enter__(self) -> LiveSessionRoutes:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def live(self, path: str, view: type[LiveView[Any]], **options: Any) -> None:
        """Let a view of this live session answer a path; options as `Wirebird.live` takes."""
        self._add(path, view, live_session=self.session, **options)

    def components(self, *components: Callable[..., Any]) -> None:
        """Let templates name components whose files the pages of this live session alone load.

        As `Wirebird.components` does, whose files every page loads.
        """
        self._name(*components, live_session=self.session)
