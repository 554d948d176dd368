"""What must be so before a version is uploaded is seen to be so, and what is not is said."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from tests.docs.documents import ROOT

CHECK = runpy.run_path(str(ROOT / "scripts" / "check_release.py"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
GOOD = """
## [Unreleased]

## [0.2.0] - 2026-12-24

### Added

- A thing.

[0.2.0]: https://example.com
"""


def test_the_changelog_is_in_order() -> None:
    assert CHECK["changelog_problems"](CHANGELOG) == []
    assert CHECK["changelog_problems"](GOOD) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("## [Unreleased]\n", "", "the first version"),
        ("## [0.2.0] - 2026-12-24", "## 0.2.0", "is no '## "),
        (" - 2026-12-24", "", "has no day"),
        ("2026-12-24", "yesterday", "has no day"),
        ("### Added", "### News", "is none of"),
        ("[0.2.0]: https://example.com\n", "", "has no link"),
    ],
)
def test_a_changelog_out_of_order_is_said(right: str, wrong: str, said: str) -> None:
    assert any(
        said in problem for problem in CHECK["changelog_problems"](GOOD.replace(right, wrong))
    )


def test_a_version_without_a_heading_is_not_released() -> None:
    assert CHECK["release_problems"](GOOD, "0.2.0") == []
    assert "0.3.0 has no heading" in CHECK["release_problems"](GOOD, "0.3.0")[0]


def test_the_licences_of_all_that_is_bundled_are_agreed_to() -> None:
    found = CHECK["packages"]((ROOT / "THIRD_PARTY_LICENSES.txt").read_text())
    assert {"phoenix", "phoenix_live_view"} <= {name for name, _, _ in found}
    assert {licence for _, _, licence in found} <= CHECK["ALLOWED"]


def test_documents_of_versions_stand_side_by_side(tmp_path: Path) -> None:
    publish = runpy.run_path(str(ROOT / "scripts" / "site_versions.py"))["publish"]
    site, folder = tmp_path / "site", tmp_path / "all"
    site.mkdir()
    folder.mkdir()
    for version in ("0.9.3", "0.10.0", "0.9.4"):
        (site / "index.html").write_text(version)
        found = publish(site, folder, version)
    assert found == ["0.10", "0.9"]
    assert (folder / "0.9" / "index.html").read_text() == "0.9.4"
    assert 'href="0.10/"' in (folder / "index.html").read_text()
    listed = json.loads((folder / "versions.json").read_text())
    assert [each["aliases"] for each in listed] == [["latest"], []]
