"""Removes what this project does not have: those of its files that came out empty."""

from contextlib import suppress
from pathlib import Path

OPTIONAL = [
    "assets/app.css",
    "{{cookiecutter.package}}/app.css",
    "{{cookiecutter.package}}/database.py",
    "{{cookiecutter.package}}/models.py",
    "package.json",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
]

for path in map(Path, OPTIONAL):
    if not path.read_text(encoding="utf-8").strip():
        path.unlink()
        with suppress(OSError):  # there is more in it
            path.parent.rmdir()
