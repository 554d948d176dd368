"""Sees that what was built may be uploaded: version, changelog, licences, documents.

`python scripts/check_release.py dist` prints the licences of the JavaScript that the wheel carries,
and fails with a line for each thing that is wrong.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import wirebird

ROOT = Path(__file__).resolve().parents[1]
LICENSES = "THIRD_PARTY_LICENSES.txt"
ALLOWED = {"MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"}
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")

_VERSION = re.compile(r"^## \[(.+?)\](?: - (.+))?$", re.MULTILINE)
_PACKAGE = re.compile(r"^(\S+) (.+) \(([^()]+)\)\n-+$", re.MULTILINE)


def changelog_problems(text: str) -> list[str]:
    """Return where a changelog is not as https://keepachangelog.com has it."""
    headings = _VERSION.findall(text)
    found = [
        line for line in re.findall(r"^## .*$", text, re.MULTILINE) if not _VERSION.match(line)
    ]
    problems = [f"CHANGELOG.md: {line!r} is no '## [1.2.3] - 2026-01-31'" for line in found]
    if [name for name, _ in headings][:1] != ["Unreleased"]:
        problems.append("CHANGELOG.md: the first version is '## [Unreleased]'")
    for name, day in headings:
        if name == "Unreleased":
            continue
        try:
            date.fromisoformat(day)
        except ValueError:
            problems.append(f"CHANGELOG.md: {name} has no day, as in '## [{name}] - 2026-01-31'")
        if f"\n[{name}]: " not in text:
            problems.append(f"CHANGELOG.md: {name} has no link at the end")
    kinds = re.findall(r"^### (.*)$", text, re.MULTILINE)
    problems += [
        f"CHANGELOG.md: '### {kind}' is none of {KINDS}" for kind in kinds if kind not in KINDS
    ]
    return problems


def release_problems(text: str, version: str) -> list[str]:
    """Return what is missing in a changelog before a version may be released."""
    if version in dict(_VERSION.findall(text)):
        return []
    return [f"CHANGELOG.md: {version} has no heading: '## [{version}] - {date.today()}'"]


def packages(licences: str) -> list[tuple[str, str, str]]:
    """Return the packages in a file of licences: name, version, licence."""
    return _PACKAGE.findall(licences)


def wheel_problems(wheel: Path) -> list[str]:
    """Return what is wrong with a wheel."""
    ours = (ROOT / LICENSES).read_text()
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        carried = [name for name in names if name.endswith(LICENSES)]
        problems = [
            f"{name} in the wheel is not {LICENSES}: copy the newer one"
            for name in carried
            if archive.read(name).decode() != ours
        ]
    if len(carried) != 2:
        problems.append(f"the wheel carries {LICENSES} at {carried}, not in assets and dist-info")
    problems += [
        f"{name} {version} is under {licence}, which nobody has agreed to"
        for name, version, licence in packages(ours)
        if licence not in ALLOWED
    ]
    if not packages(ours):
        problems.append(f"{LICENSES} names no package")
    table = (ROOT / "docs" / "README.md").read_text()
    pages = {page.split("#")[0] for page in re.findall(r"\]\(([\w/-]+\.md[^)]*)\)", table)}
    needed = {f"wirebird/docs/{page}" for page in pages if not page.startswith("design/")}
    needed |= {"wirebird/web/assets/wirebird.js", "wirebird/skill/SKILL.md", "wirebird/py.typed"}
    return problems + [f"the wheel has no {name}" for name in sorted(needed - set(names))]


def main(folder: Path) -> int:
    """Check what was built; return the process's status."""
    version = wirebird.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text()
    problems = changelog_problems(changelog) + release_problems(changelog, version)
    built = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if built != [f"wirebird-{version}-py3-none-any.whl", f"wirebird-{version}.tar.gz"]:
        problems.append(f"{folder} holds {built}, not a wheel and an sdist of {version}")
    else:
        problems += wheel_problems(folder / built[0])
    for name, its_version, licence in packages((ROOT / LICENSES).read_text()):
        print(f"licence: {name} {its_version}: {licence}")
    print(*(f"release: {problem}" for problem in problems), sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
