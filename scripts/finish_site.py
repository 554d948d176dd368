"""Finishes the site that Zensical has made: leads links out of `docs/` to the repository, checks
all others, takes decision records out of the search, and adds the texts for language models."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wirebird.cli import documents

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "site"
DOCS = ROOT / "docs"
SOURCE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Source"]

RECORD = re.compile(r"design/\d{4}-")
_LINK = re.compile(r'(href|src)="([^"#?:]+)((?:[#?][^"]*)?)"')


class Page(HTMLParser):
    """What a page links to, and what in it can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


def led_outside(path: Path) -> str:
    """Return a page whose links to files that are not of the site lead to the repository."""

    def led(link: re.Match[str]) -> str:
        name, target, rest = link.groups()
        if target[0] == "/" or (path.parent / unquote(target)).resolve().is_relative_to(SITE):
            return link.group()
        # A page stands where its document does: a way out of the one is a way out of the other.
        file = (DOCS / path.parent.relative_to(SITE) / unquote(target)).resolve()
        if file.name == "index.html":  # which the generator makes of each README
            file = file.with_name("README.md")
        kind = "tree" if file.is_dir() else "blob"
        return f'{name}="{SOURCE}/{kind}/main/{file.relative_to(ROOT).as_posix()}{rest}"'

    return _LINK.sub(led, path.read_text())


def broken(pages: dict[Path, Page]) -> list[str]:
    """Return what each link within the site that leads nowhere is, and where it stands."""
    found: list[str] = []
    for page in pages.values():
        if page.path.name == "404.html":
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.path.parent / unquote(parts.path)) if parts.path else page.path
            target = (target / "index.html" if target.is_dir() else target).resolve()
            there = pages.get(target)
            anchor = unquote(parts.fragment)
            if not target.exists() or (there and anchor and anchor not in there.ids):
                found.append(f"{page.path.relative_to(SITE)}: {link} leads nowhere")
    return found


def leave_to_search(file: Path) -> None:
    """Take decision records out of the index, where their titles put them before the guides."""
    index = json.loads(file.read_text())
    index["items"] = [item for item in index["items"] if not RECORD.match(item["location"])]
    file.write_text(json.dumps(index, separators=(",", ":")))


def main() -> int:
    """Finish the site; return the process's status."""
    paths = sorted(SITE.rglob("*.html"))
    for path in paths:
        path.write_text(led_outside(path))
    problems = broken({path: Page(path) for path in paths})
    leave_to_search(SITE / "search.json")
    print(*problems, sep="\n", end="\n" if problems else "")
    (SITE / "llms.txt").write_text(documents.core())
    (SITE / "llms-full.txt").write_text(documents.whole())
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
