"""The secret key of development."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from wirebird.dev.keys import development_key, key_file


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


def test_an_application_has_the_same_key_each_time_and_another_one_has_another() -> None:
    first = development_key("shop")
    assert len(first) >= 32
    assert development_key("shop") == first
    assert development_key("blog") != first


def test_only_its_owner_can_read_what_keys_are_made_from() -> None:
    key = development_key("shop")
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert [file.name for file in key_file().parent.iterdir()] == ["development.key"]
    key_file().chmod(0o644)
    assert development_key("shop") != key
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600


def test_a_file_that_was_cut_short_is_made_anew() -> None:
    key = development_key("shop")
    key_file().write_bytes(b"")
    assert development_key("shop") not in (key, "")
    assert development_key("shop") == development_key("shop")


def test_without_a_place_to_keep_it_there_is_a_key_all_the_same(state: Path) -> None:
    state.write_text("no folder")
    assert len(development_key("shop")) >= 32
    assert state.read_text() == "no folder"
