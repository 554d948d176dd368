"""What the tests of the check share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.checked import Checked, checking


@pytest.fixture
def checked(tmp_path: Path) -> Iterator[Checked]:
    with checking(tmp_path) as run:
        yield run
