"""Tables of the documents are tables: what breaks one is shown as text, in the repository too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT


def tables(document: Path) -> list[list[str]]:
    """Return the rows of each table of a document."""
    text = document.read_text(encoding="utf-8")
    text = re.sub(r"^( *)```.*?^\1```", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    return [table.splitlines() for table in found]


def cells(row: str) -> int:
    return len(re.findall(r"(?<!\\)\|", row)) - 1


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_tables_have_a_heading_and_rows_with_as_many_cells(document: Path) -> None:
    for heading, *rows in tables(document):
        assert rows, heading
        assert re.fullmatch(r"[-:| ]+", rows[0]), heading
        assert [row for row in rows if cells(row) != cells(heading)] == []
