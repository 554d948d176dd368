"""The layers are the same in the contract, in the documents and in the packages themselves."""

from __future__ import annotations

import importlib
import re
import tomllib

import pytest

from tests.docs.documents import ROOT

CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACT = CONFIGURATION["tool"]["importlinter"]["contracts"][0]
LAYERS = [re.findall(r"\b(?<!\()\w+", layer) for layer in reversed(CONTRACT["layers"])]
"""From the lowest up, each with the names that share it."""

TABLE = re.compile(r"\| package \| what is in it \|\n\|---\|---\|\n((?:\|.*\n)+)")


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/design/0007-layers.md"])
def test_the_table_of_layers_is_the_contract_in_the_packages_words(document: str):
    table = TABLE.search((ROOT / document).read_text())
    assert table
    first, *rows = table[1].splitlines()
    assert re.findall(r"`(\w+)`", first) == LAYERS[0]
    for row, name in zip(rows, (name for layer in LAYERS[1:] for name in layer), strict=True):
        said = importlib.import_module(f"wirebird.{name}").__doc__ or ""
        assert row == f"| `{name}` | {said.splitlines()[0]} |"
