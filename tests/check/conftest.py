"""What the tests of the check share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.checked import Checked, checking


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Leave nothing of the commands that are tested in the cache of who tests them."""
    monkeypatch.setattr("sys.dont_write_bytecode", True)


@pytest.fixture
def checked(tmp_path: Path) -> Iterator[Checked]:
    with checking(tmp_path) as run:
        yield run
