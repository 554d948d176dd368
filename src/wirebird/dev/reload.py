"""`follow`: open pages follow the templates, styles and scripts that they are made of.

The rule: a page loses its state only when nothing else will do. A changed template renders again
what is there, a changed style is taken anew, and a page is loaded again for what stands outside
its views: the root layout and scripts. (Changed Python restarts the process; see `cli.serving`.)
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import jinja2
from jinja2 import meta
from watchfiles import (
    Change,
    DefaultFilter,
    watch,  # pyright: ignore[reportUnknownVariableType]
)
from watchfiles.main import FileChange

from wirebird.dev.structure import kind_of, problems
from wirebird.errors import WirebirdError
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.runtime.endpoint import ShownView
from wirebird.web.app import Wirebird

logger = logging.getLogger("wirebird.dev")

TEMPLATES = frozenset({".html", ".htm", ".jinja", ".jinja2", ".j2", ".svg"})
STYLES = frozenset({".css"})
SCRIPTS = frozenset({".js", ".mjs"})

_BEGINS_WITHIN_MS = 200

RELOAD_EVENT = "wirebird:reload"


def follow(app: Wirebird) -> asyncio.Task[None]:
    """Let an application's open pages follow its files, from now on.

    In debug mode `Wirebird` asks for it when a page first connects: before that, nobody could see
    a change.

    Args:
        app: The application.

    Returns:
        What watches the files, in the event loop that runs.
    """
    return asyncio.create_task(_watch(Reloader(app)), name="wirebird.dev")


async def _watch(reloader: Reloader) -> None:
    folders = reloader.folders()
    outer = [folder for folder in folders if not any(a in folders for a in folder.parents)]
    found = asyncio.Queue[set[FileChange] | Exception]()
    tell = partial(asyncio.get_running_loop().call_soon_threadsafe, found.put_nowait)
    ended = threading.Event()
    # In a thread: finding all folders takes seconds where many packages lie among them.
    threading.Thread(
        target=_look, args=(outer, ended, tell), name="wirebird-files", daemon=True
    ).start()
    try:
        while not isinstance(changes := await found.get(), Exception):
            if not changes:
                names = ", ".join(sorted(map(str, outer)))
                logger.debug("open pages follow the files of %s", names)
                continue
            try:
                reloader.follow({Path(path): change for change, path in changes})
            except WirebirdError as error:  # of a file as it is now
                logger.error("%s", error)
        logger.error("open pages no longer follow their files", exc_info=changes)
    except Exception:
        logger.exception("open pages no longer follow their files")
    finally:
        ended.set()


def _look(
    folders: list[Path],
    ended: threading.Event,
    tell: Callable[[set[FileChange] | Exception], object],
) -> None:
    """Tell of changes to files; first, by an empty set, that they are seen from now on."""
    begins = True
    try:
        for changes in watch(
            *folders,
            watch_filter=PageFiles(),
            stop_event=ended,
            rust_timeout=_BEGINS_WITHIN_MS,
            yield_on_timeout=True,
        ):
            if begins:
                tell(set())
                begins = False
            if changes:
                tell(changes)
    except Exception as error:
        with suppress(RuntimeError):  # the loop has ended
            tell(error)


class PageFiles(DefaultFilter):
    """Lets through the files that pages are made of, outside of caches and other people's code."""

    def __call__(self, change: Change, path: str) -> bool:
        suffix = Path(path).suffix
        return (suffix in TEMPLATES or suffix in STYLES or suffix in SCRIPTS) and super().__call__(
            change, path
        )


class Reloader:
    """Tells the open pages of one application what has changed.

    Args:
        app: The application.
    """

    def __init__(self, app: Wirebird) -> None:
        self.app = app

    def folders(self) -> set[Path]:
        """Return the folders that hold what the application's pages are made of."""
        app = self.app
        found = {Path.cwd(), *app.templates.templates.folders}
        for view in app.live_router.views.values():
            file = getattr(sys.modules.get(view.__module__), "__file__", None)
            if file is not None:
                found.add(Path(file).parent)
        found.update(Path(str(file)).parent for file in app.assets.all_files)
        return {folder.resolve() for folder in found if folder.is_dir()}

    def follow(self, changes: dict[Path, Change]) -> None:
        """Let all open pages show what has changed.

        Args:
            changes: What happened to which file.
        """
        kinds = {path.suffix for path in changes}
        came_or_went = any(
            change is not Change.modified and path.suffix not in TEMPLATES
            for path, change in changes.items()
        )
        if came_or_went:
            for route in self.app.live_router.routes:
                self.app.assets.add_view(route.view, route.live_session)
        if came_or_went or kinds & SCRIPTS or not self._root_files().isdisjoint(changes):
            self._tell(RELOAD_EVENT, {"kind": "page"})
            return
        if kinds & TEMPLATES:
            for channel in self._channels():
                channel.refresh()
                found = problems(self.app, channel.view_class)
                told = {"of": kind_of(channel.view_class), "warnings": found}
                channel.announce("wirebird:warnings", told)
            # What was found in their HTML is found again when the page is loaded.
            self._tell("wirebird:warnings", {"of": "html", "warnings": []})
            self._tell_viewless()
        if kinds & STYLES:
            self._tell(RELOAD_EVENT, {"kind": "css"})

    def _channels(self) -> Iterator[ShownView]:
        for connection in tuple(self.app.endpoint.connections):
            yield from tuple(connection.channels.values())

    def _tell(self, event: str, payload: Any) -> None:
        """Push an event once to each page, which may hold several views."""
        for connection in tuple(self.app.endpoint.connections):
            channels = tuple(connection.channels.values())
            if channels:
                channels[0].announce(event, payload)
            else:
                connection.tell(event, payload)

    def _tell_viewless(self) -> None:
        """Let pages start over that show an error in the place of their views."""
        for connection in tuple(self.app.endpoint.connections):
            if not connection.channels:
                connection.tell(RELOAD_EVENT, {"kind": "page"})

    def _root_files(self) -> set[Path]:
        app = self.app
        chosen = [app.layouts.root]
        chosen += [session.root_layout for session in app.live_router.sessions.values()]
        files = set[Path]()
        for layout in chosen:
            if isinstance(layout, str | Path):
                files |= template_files(app.templates, str(layout))
        return files


def template_files(environment: TemplateEnvironment, name: str) -> set[Path]:
    """Return the files of a template and of all that it includes, extends or imports by name."""
    files = set[Path]()
    waiting: list[str] = [name]
    while waiting:
        try:
            source, file, _ = environment.templates.get_source(environment, waiting.pop())
            path = Path(file).resolve()
            if path in files:
                continue
            files.add(path)
            parsed = environment.parse(source, filename=file)
        except jinja2.TemplateError:
            continue
        named = cast("set[str | None]", meta.find_referenced_templates(parsed))
        waiting += [environment.join_path(other, file) for other in named if other]
    return files
