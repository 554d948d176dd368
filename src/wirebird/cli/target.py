"""`AppTarget`: the application that somebody named on the command line, found and loaded.

The rule: whatever is wrong with the name or with the module is a `CommandError` that says so.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from starlette.applications import Starlette

from wirebird.cli.errors import CommandError, LoadError
from wirebird.live.view import LiveView
from wirebird.web.app import Wirebird, made

_USUAL_NAMES = ("app", "application", "asgi")
_SHOWN = 8


@dataclass(frozen=True)
class AppTarget:
    """Where an application is.

    Attributes:
        text: As it was typed: "counter:app", "shop.web:app", "counter.py", "counter".
        module: The name of the module.
        attribute: The application's name in it, or None to find the one that is there.
        folder: What the module is found from.
        file: The module's file, when the person named a file.
    """

    text: str
    module: str
    attribute: str | None
    folder: Path
    file: Path | None = None

    @classmethod
    def parse(cls, text: str) -> AppTarget:
        """Read what was typed.

        Raises:
            CommandError: It names a file that is not there, or nothing at all.
        """
        place, colon, attribute = text.rpartition(":")
        if not colon or not all(part.isidentifier() for part in attribute.split(".")):
            place, attribute = text, ""
        if not place:
            raise CommandError(f"{text!r} names no module: write module:app, such as counter:app")
        path = Path(place)
        if path.suffix == ".py" or path.name != place:
            return cls._file(text, path, attribute or None)
        if place.startswith(".") or not all(place.split(".")):
            raise CommandError(f"{place!r} is no module: write module:app, such as counter:app")
        return cls(text, place, attribute or None, Path.cwd())

    @classmethod
    def _file(cls, text: str, path: Path, attribute: str | None) -> AppTarget:
        file = path.resolve()
        if file.is_dir() and (file / "__init__.py").is_file():
            file = file / "__init__.py"
        elif not file.is_file() and file.with_suffix(".py").is_file():
            file = file.with_suffix(".py")
        if not file.is_file():
            raise CommandError(f"there is no file {path}{_python_files(path.parent)}")
        names = [] if file.name == "__init__.py" else [file.stem]
        folder = file.parent
        while (folder / "__init__.py").is_file():
            names.insert(0, folder.name)
            folder = folder.parent
        return cls(text, ".".join(names), attribute, folder, file)

    def prepare(self) -> None:
        """Make the module's folder and the current one importable, as `python -m` does."""
        for folder in (str(self.folder), str(Path.cwd())):
            if folder in sys.path:
                sys.path.remove(folder)
            sys.path.insert(0, folder)

    def check(self) -> None:
        """See that the module exists, without running it.

        Raises:
            CommandError: There is none.
        """
        if self.file is None:
            self.prepare()
            parts = self.module.split(".")
            found = importlib.util.find_spec(parts[0])
            if found is None:
                raise self._no_module(parts[0])

    def load(self) -> Any:
        """Import the module and return the application.

        Raises:
            CommandError: There is no such module or application, or the module is broken.
        """
        module = self._import()
        if self.attribute is None:
            return _only_app(module, self.text)
        found: Any = module
        for name in self.attribute.split("."):
            try:
                found = getattr(found, name)
            except AttributeError:
                raise CommandError(
                    f"{_place(module)} has no {self.attribute!r}. {_what_is_there(module)}"
                ) from None
        if is_app(found):
            return found
        if _is_factory(found):
            try:
                made = found()
            except Exception as error:
                raise LoadError(error, self.text) from error
            if is_app(made):
                return made
        raise CommandError(
            f"{self.attribute!r} in {_place(module)} is no application but"
            f" {_article(type(found).__name__)}. {_what_is_there(module)}"
        )

    def _import(self) -> ModuleType:
        self.prepare()
        try:
            module = importlib.import_module(self.module)
        except ModuleNotFoundError as error:
            if error.name and f"{self.module}.".startswith(f"{error.name}."):
                raise self._no_module(error.name) from error
            raise LoadError(error, self.text) from error
        except (Exception, SystemExit) as error:
            raise LoadError(error, self.text) from error
        loaded = getattr(module, "__file__", None)
        if self.file is not None and loaded and Path(loaded).resolve() != self.file:
            raise CommandError(
                f"{self.file.name} cannot be loaded: the name {self.module!r} belongs to {loaded};"
                " rename the file"
            )
        return module

    def _no_module(self, name: str) -> CommandError:
        return CommandError(f"there is no module {name!r}{_python_files(self.folder)}")


def is_app(value: object) -> bool:
    """Tell whether a value is an ASGI application."""
    if isinstance(value, Starlette):
        return True
    if isinstance(value, type) or not callable(value):
        return False
    function = value if inspect.isfunction(value) else getattr(value, "__call__", None)  # noqa: B004
    if not inspect.iscoroutinefunction(function):
        return False
    try:
        inspect.signature(function).bind({}, None, None)
    except TypeError:
        return False
    return True


def wirebird_apps(app: Any) -> Iterator[tuple[str, Wirebird]]:
    """Yield the Wirebird applications in an application, each with the prefix it is mounted at.

    In a host that cannot be looked into (Litestar, Quart, a function), they are those that were
    made in this process; where it has mounted them is not known.
    """
    found = list(_within(app))
    yield from found or [("", each) for each in tuple(made)]


def _within(app: Any) -> Iterator[tuple[str, Wirebird]]:
    waiting: list[tuple[str, Any]] = [("", app)]
    seen: set[int] = set()
    while waiting:
        prefix, here = waiting.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, Wirebird):
            yield prefix, here
        if isinstance(here, Starlette):
            for route in here.routes:
                path = cast(str, getattr(route, "path", ""))
                waiting.append((prefix + path, getattr(route, "app", None)))
        elif not inspect.isfunction(here):
            # Middleware keeps what it wraps under this name.
            waiting.append((prefix, getattr(here, "app", None)))


def _only_app(module: ModuleType, text: str) -> Any:
    for kind in (Wirebird, Starlette, object):
        apps = {
            name: value
            for name, value in vars(module).items()
            if not name.startswith("_") and isinstance(value, kind) and is_app(value)
        }
        if kind is object:
            apps = {name: value for name, value in apps.items() if name in _USUAL_NAMES}
        if kind is Wirebird and apps:
            # One that mounts them stands for all.
            outer = {
                name: value
                for name, value in vars(module).items()
                if isinstance(value, Starlette)
                and any(id(inner) != id(value) for _, inner in _within(value))
            }
            apps = outer or apps
        if len({id(value) for value in apps.values()}) == 1:
            return next(iter(apps.values()))
        for name in _USUAL_NAMES:
            if name in apps:
                return apps[name]
        if apps:
            shown = ", ".join(apps)
            raise CommandError(
                f"{_place(module)} has several applications ({shown}): say which, as in"
                f" {module.__name__}:{next(iter(apps))}"
            )
    raise CommandError(f"{_place(module)} has no application. {_what_is_there(module)}")


def _is_factory(value: object) -> bool:
    if not inspect.isfunction(value) or inspect.iscoroutinefunction(value):
        return False
    try:
        inspect.signature(cast("Callable[..., Any]", value)).bind()
    except TypeError:
        return False
    return True


def _what_is_there(module: ModuleType) -> str:
    own = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    apps = [name for name, value in own.items() if is_app(value) and not inspect.isfunction(value)]
    if apps:
        return f"Its applications: {', '.join(apps)}. Try {module.__name__}:{apps[0]}"
    views = [
        name
        for name, value in own.items()
        if isinstance(value, type) and issubclass(value, LiveView) and value is not LiveView
    ]
    others = [
        name
        for name, value in own.items()
        if name not in views and getattr(value, "__module__", "") == module.__name__
    ]
    there: list[str] = []
    if views:
        there.append(f"the views {', '.join(views[:_SHOWN])}")
    if others:
        there.append(", ".join(others[:_SHOWN]))
    view = views[0] if views else "HomeView"
    return (
        f"It has {' and '.join(there) if there else 'nothing'}. Add:\n\n"
        f'    app = Wirebird()\n    app.live("/", {view})'
    )


def _place(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return module.__name__ if file is None else Path(file).name


def _python_files(folder: Path) -> str:
    try:
        names = sorted(path.name for path in folder.glob("*.py"))
    except OSError:
        names = []
    if not names:
        return f" in {folder.resolve()}, nor any Python file"
    more = ", ..." if len(names) > _SHOWN else ""
    return f" in {folder.resolve()}, where there are: {', '.join(names[:_SHOWN])}{more}"


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
