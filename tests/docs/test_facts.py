"""What the reference says of the browser, the commands, the settings and the wire is so."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest

from tests.docs import commands
from tests.docs.conftest import Example
from tests.docs.documents import ROOT, blocks
from tests.docs.test_names import PHOENIX, left_columns, missing
from wirebird import Limits
from wirebird.check.events import BINDINGS
from wirebird.testing import LiveClient
from wirebird.testing.tab import Tab

REFERENCE = ROOT / "docs" / "reference"
CLIENT = ROOT / "client" / "node_modules" / "phoenix_live_view" / "assets" / "js"


def client_s_source() -> str:
    files = [*CLIENT.rglob("*.ts"), *CLIENT.rglob("*.js"), *(ROOT / "client/src").rglob("*.ts")]
    return "\n".join(file.read_text() for file in files)


def test_bindings_events_and_options_of_the_client_are_told() -> None:
    text = (REFERENCE / "client.md").read_text()
    for group in ("bindings", "events", "options"):
        assert [name for name in PHOENIX[group] if name not in text] == []


def test_what_is_told_of_the_client_it_has() -> None:
    source = client_s_source()
    if not source:
        pytest.skip("the client is not installed")
    told = left_columns(REFERENCE / "client.md")
    names = set(re.findall(r"`(phx-[a-z-]+[a-z])", told))
    names.remove("phx-value")  # and a name of yours
    assert names - BINDINGS == set()
    short = {name.removeprefix("phx-").removeprefix("window-") for name in names}
    assert {name for name in short if name not in source} == set()
    for name in re.findall(r"`((?:wirebird|phx):[a-z:-]+)`", told):
        assert name in source, name


def test_the_page_of_the_commands_is_what_they_say() -> None:
    said = "run `python -m tests.docs.commands`"
    assert commands.PAGE.read_text() == commands.page(), said


def test_all_environment_variables_are_told() -> None:
    pattern = re.compile(r'"((?:WIREBIRD|LINES)_[A-Z_]+)"')
    files = (ROOT / "src" / "wirebird").rglob("*.py")
    known = {name for file in files for name in pattern.findall(file.read_text())}
    told = (REFERENCE / "configuration.md").read_text()
    assert set(re.findall(r"`((?:WIREBIRD|LINES)_[A-Z_]+)`", told)) == known


def number(text: str) -> float:
    """Read "1 MiB", "14 days", "10,000"."""
    found = re.match(r"([\d,]+)(?: (\w+))?$", text)
    assert found, text
    units = {None: 1, "s": 1, "KiB": 1024, "MiB": 1024**2, "hours": 3600, "days": 86400}
    return int(found[1].replace(",", "")) * units[found[2]]


def test_all_limits_are_told_as_they_are() -> None:
    text = (REFERENCE / "configuration.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+(?: \w+)?) \|", text, re.MULTILINE))
    assert {name: number(told) for name, told in rows.items()} == dataclasses.asdict(Limits())
    text = (ROOT / "docs" / "guides" / "security.md").read_text()
    names = re.findall(r"^\| `(\w+)`[^|]* \| \d", text, re.MULTILINE)
    assert missing("\n".join(f"`{name}`" for name in rows), names) == []


async def test_trees_and_diffs_are_as_they_are_shown(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    receive = Tab._receive  # pyright: ignore[reportPrivateUsage]

    def listen(tab: Tab, text: str) -> None:
        heard.append(json.loads(text)[4].get("response", {}))
        receive(tab, text)

    monkeypatch.setattr(Tab, "_receive", listen)
    shopping = example("docs/reference/wire.md", "shopping")
    page = REFERENCE / "wire.md"
    tree, diff = [json.loads(block.text) for block in blocks(page) if block.language == "json"]
    async with LiveClient(shopping.app) as client:
        view = await client.live("/")
        await view.hook_event("add", {"item": "rice"})
    rendered = next(answer["rendered"] for answer in heard if "rendered" in answer)
    assert {name: rendered[name] for name in tree} == tree
    assert diff in [answer.get("diff") for answer in heard]
