"""Applications of a few views, written into a folder of their own and checked."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.conftest import SECRET_KEY
from wirebird import LiveView, Wirebird
from wirebird.check import Diagnostic, check, refusal

_numbers = itertools.count()


class Checked(Protocol):
    """Writes a module with views, and what templates it has beside, and checks it."""

    def __call__(self, module: str, /, **templates: str) -> list[Diagnostic]: ...


@contextmanager
def checking(folder: Path) -> Generator[Checked]:
    """Give what checks modules that are written into a folder."""
    made: list[str] = []

    def run(module: str, /, **templates: str) -> list[Diagnostic]:
        name = f"checked_{next(_numbers)}"
        (folder / f"{name}.py").write_text(module, encoding="utf-8")
        for template, text in templates.items():
            (folder / f"{template}.html").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        made.append(name)
        try:
            app = load(name)
        except Exception as error:
            found = refusal(error)
            assert found is not None
            return [found]
        return check(app)

    def load(name: str) -> Wirebird:
        loaded = importlib.import_module(name)
        app = Wirebird(secret_key=SECRET_KEY, templates=folder)
        extend = getattr(loaded, "extend", None)
        if extend is not None:
            extend(app)
        for each in list(vars(loaded).values()):
            if isinstance(each, type) and issubclass(each, LiveView) and each.__module__ == name:
                app.live(f"/{len(app.live_router.routes) or ''}", each)
        return app

    sys.path.insert(0, str(folder))
    try:
        yield run
    finally:
        sys.path.remove(str(folder))
        for name in made:
            sys.modules.pop(name, None)
