"""What no file of the repository may hold, and what its commands need."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.docs.documents import ROOT

# Packages come from wherever the person's own pip, uv or npm gets them.
HOST = re.compile(
    rb"(?:pypi|pythonhosted|npmjs|yarnpkg|jsr|crates|rubygems|hex)\.(?:org|com|io|pm)\b",
    re.IGNORECASE,
)


def test_the_licences_of_what_is_bundled_are_those_that_the_build_finds():
    built = ROOT / "src" / "wirebird" / "web" / "assets" / "THIRD_PARTY_LICENSES.txt"
    assert (ROOT / built.name).read_text() == built.read_text(), f"copy {built}"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked archive")
def test_no_file_names_the_host_of_a_package_registry():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    assert ROOT / "pyproject.toml" in files
    assert [str(file) for file in files if file.is_file() and HOST.search(file.read_bytes())] == []
