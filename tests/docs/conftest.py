"""The example applications of the documents, ready to be opened."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import SECRET_KEY
from tests.docs.documents import ROOT, write

Example = Callable[..., ModuleType]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Example]:
    """Imports a file of a document: `example("docs/guides/views.md", "room")`."""
    monkeypatch.setenv("WIREBIRD_SECRET_KEY", SECRET_KEY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)

    def load(document: str, module: str) -> ModuleType:
        write(ROOT / document, tmp_path)
        return importlib.import_module(module)

    yield load
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
    if "sqlmodel" in sys.modules:  # whose tables are those of the process
        from sqlmodel.main import SQLModel, default_registry

        SQLModel.metadata.clear()
        default_registry.dispose()
