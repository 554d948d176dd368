"""Puts a site of the documents beside those of other versions: into `FOLDER/0.2/`.

The rule: the address of the whole leads to the newest version; old versions stay as they were.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import wirebird

SITE = Path(__file__).resolve().parents[1] / "site"
_INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Wirebird</title>
<meta http-equiv="refresh" content="0; url={0}/"><link rel="canonical" href="{0}/"></head>
<body><a href="{0}/">Wirebird {0}</a></body></html>
"""


def short(version: str) -> str:
    """Return what a version's documents are called: its first two numbers."""
    return ".".join(version.split(".")[:2])


def publish(site: Path, folder: Path, version: str) -> list[str]:
    """Put a site into a folder of sites; return the versions that are there, the newest first."""
    name = short(version)
    shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(site, folder / name)
    versions = sorted(
        (path.name for path in folder.iterdir() if re.fullmatch(r"\d+\.\d+", path.name)),
        key=lambda each: [int(part) for part in each.split(".")],
        reverse=True,
    )
    listed = [
        {"version": each, "title": each, "aliases": ["latest"] if place == 0 else []}
        for place, each in enumerate(versions)
    ]
    (folder / "versions.json").write_text(json.dumps(listed))
    (folder / "index.html").write_text(_INDEX.format(versions[0]))
    return versions


if __name__ == "__main__":
    given = sys.argv[1:]
    found = publish(SITE, Path(given[0]), given[1] if len(given) > 1 else wirebird.__version__)
    print(f"site: {given[0]} has the documents of {', '.join(found)}")
