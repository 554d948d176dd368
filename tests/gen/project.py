"""The project that is generated into: what `wirebird new --database` makes."""

from __future__ import annotations

from pathlib import Path

from wirebird.new.project import Project


def write_project(folder: Path) -> Path:
    """Write the project and return its folder."""
    Project.named("shop", database=True).write(folder)
    return folder
