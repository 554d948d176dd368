"""What the reference says of the browser, the commands, the settings and the wire is so."""

from __future__ import annotations

import dataclasses
import json
import re
import runpy
from html import unescape
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

README = (ROOT / "README.md").read_text()
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


def options(page: str) -> dict[str, list[str]]:
    """The options of each command on the page of the commands; how they are worded is no matter."""
    sections = re.findall(r"^## ([^\n]+)\n\n```text\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    return {
        name: re.findall(r"^  (-[^\s,]+(?:, --[\w-]+)?)", text, re.M) for name, text in sections
    }


def test_the_page_of_the_commands_has_what_they_take() -> None:
    said = "run `python -m tests.docs.commands`"
    taken = options(commands.page())
    assert "--port" in taken["wirebird run"]
    assert options(commands.PAGE.read_text()) == taken, said


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


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the server answers to pages, in its order."""
    heard: list[Any] = []
    receive = Tab._receive  # pyright: ignore[reportPrivateUsage]

    def listen(tab: Tab, text: str) -> None:
        heard.append(json.loads(text)[4].get("response", {}))
        receive(tab, text)

    monkeypatch.setattr(Tab, "_receive", listen)
    return heard


def shown_json(document: str) -> list[Any]:
    return [json.loads(b.text) for b in blocks(ROOT / document) if b.language == "json"]


async def test_trees_and_diffs_are_as_they_are_shown(example: Example, answers: list[Any]) -> None:
    shopping = example("docs/reference/wire.md", "shopping")
    tree, diff = shown_json("docs/reference/wire.md")
    async with LiveClient(shopping.app) as client:
        view = await client.live("/")
        await view.hook_event("add", {"item": "rice"})
    rendered = next(answer["rendered"] for answer in answers if "rendered" in answer)
    assert {name: rendered[name] for name in tree} == tree
    assert diff in [answer.get("diff") for answer in answers]


async def test_rows_move_as_they_are_drawn(example: Example, answers: list[Any]) -> None:
    groceries = example("docs/how-diffs-work.md", "groceries")
    (diff,) = shown_json("docs/how-diffs-work.md")
    async with LiveClient(groceries.app) as client:
        view = await client.live("/")
        await view.hook_event("change")
    assert diff in [answer.get("diff") for answer in answers]
    drawn = re.sub(r"<[^>]+>|\s", "", (ROOT / "docs/images/diffs-rows.svg").read_text())
    assert "".join(json.dumps(diff["0"]["k"]).split()).strip("{}") in unescape(drawn)


def test_figures_elsewhere_are_those_of_the_benchmarks() -> None:
    measured = (ROOT / "docs" / "benchmarks.md").read_text()
    rows = re.findall(r"^\| ([a-z ,0-9]+ \| [\d.,]+ \w+ \| [\d.,]+ \w+ \|)$", README, re.MULTILINE)
    assert len(rows) > 3
    assert [row for row in rows if f"| {row} " not in measured] == []
    for document in ("comparison.md", "how-diffs-work.md"):
        text = (ROOT / "docs" / document).read_text()
        figures = re.findall(r"\b(?:0\.\d+|1/\d+|[\d,.]+ (?:ms|KiB|microseconds))", text)
        assert figures
        numbers = {re.sub(r" .*", "", figure).rstrip(".") for figure in figures} - {"0.1"}
        assert [number for number in numbers if number not in measured] == []


async def test_the_components_of_the_pictures_can_be_drawn() -> None:
    pictures = runpy.run_path(str(ROOT / "scripts" / "component_pictures.py"))
    names = list(pictures["examples"]())
    assert len(names) > 5
    async with LiveClient(pictures["application"]()) as client:
        for name in names:
            assert (ROOT / "docs" / "images" / f"{name}.png").is_file()
            assert (await client.get(f"/{name}")).status == 200
