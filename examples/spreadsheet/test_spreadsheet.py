"""The spreadsheet, as two people fill it in."""

from itertools import pairwise

import pytest

from examples.spreadsheet.sheet import Sheet
from examples.spreadsheet.spreadsheet import PICNIC, SpreadsheetView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", SpreadsheetView)


async def test_what_one_enters_is_calculated_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpreadsheetView, "sheet", Sheet(PICNIC))
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/"), await there.live("/")
        assert mine.text("#D6") == "31.1"
        await mine.hook_event("enter", {"cell": "B2", "text": "13"})
        await yours.until(lambda yours: yours.text("#D6") == "55.1")
        assert yours.text("#D8") == "yes"
        await yours.hook_event("enter", {"cell": "C2", "text": "=D6"})
        assert yours.text("#D2") == "#CYCLE!"
        assert "C2 looks at D6" in yours.element("#C2").attributes["title"]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=1 + 2 * 3", "7"),
        ("=(1 + 2) * -3", "-9"),
        ("=2 ^ 3 ^ 2", "64"),
        ("=-2 ^ 2", "-4"),
        ("=10 - 2 - 3", "5"),
        ('=50% & " of " & A1', "0.5 of 7"),
        ("=SUM(A1:B2, 1)", "11"),
        ("=COUNT(A1:C9)", "2"),
        ("=IF(A1 >= 7, C9, 1 / 0)", "0"),
        ("=A1 / C9", "#DIV/0!"),
        ("=A2 + 1", "#VALUE!"),
        ("=(0 - 8) ^ 0.5", "#VALUE!"),
        ("=9 ^ 9 ^ 9 ^ 9", "#VALUE!"),
        ("=Z1", "#REF!"),
        ("=open(1)", "#NAME?"),
        ("=1 +", "#REF!"),
        ("=" + "(" * 99, "#REF!"),
        ("=1 2", "#ERROR!"),
        ("=__import__", "#ERROR!"),
        ("=D1", "#CYCLE!"),
        ("-.5", "-0.5"),
        ("-inf", "-inf"),
    ],
)
def test_a_formula_is_calculated_or_says_what_is_wrong(formula: str, shown: str) -> None:
    sheet = Sheet({"A1": "7", "A2": "seven", "B2": "3", "D1": formula})
    assert sheet.cells["D1"].shown == shown


def test_a_chain_of_all_cells_is_not_too_long() -> None:
    names = list(Sheet({}).cells)
    chain = {name: f"={before}+1" for before, name in pairwise(names)}
    assert Sheet(chain).cells[names[-1]].shown == "999"
