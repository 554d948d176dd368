"""Each code of `docs/check.md` is raised by the mistake that stands there, and not by its fix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.check.checked import Checked
from tests.docs.documents import ROOT
from wirebird.check import CODES

TEXT = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
CHAPTERS = {
    found[1]: re.findall(r"^```(jinja|python)\n(.*?)^```", found[2], re.MULTILINE | re.DOTALL)
    for found in re.finditer(r"^## (WB\d+)[^\n]*\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
}
(VIEW,) = re.findall(r"^```python\n# shelf\.py\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
(SCRIPT,) = re.findall(r"^```js\n// shelf\.js\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
WITH_EXAMPLES = [code for code, examples in CHAPTERS.items() if examples]


def test_every_code_has_its_chapter():
    assert CHAPTERS.keys() == CODES.keys()
    assert CODES.keys() - set(WITH_EXAMPLES) == {"WB104"}
    assert all(f"## {code}: {title}" in TEXT for code, title in CODES.items())


@pytest.mark.parametrize("code", WITH_EXAMPLES)
def test_the_mistake_is_found_and_its_fix_is_not(code: str, checked: Checked, tmp_path: Path):
    (tmp_path / "shelf.js").write_text(SCRIPT)
    for (language, example), expected in zip(CHAPTERS[code], ({code}, set[str]()), strict=True):
        if language == "python":
            found = checked(VIEW + "\n" + example)
        else:
            html = re.sub(r"html = .*", f"html = {'{!r}'}".replace("{!r}", "TEXT"), VIEW)
            found = checked(html.replace("TEXT", '"""' + example + '"""'))
        codes = {each.code for each in found if code == "WB202" or not each.is_hint}
        assert codes == expected, found
