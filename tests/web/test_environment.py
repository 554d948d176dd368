"""What stands in environment variables means what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wirebird import Wirebird
from wirebird.web.environment import DEBUG_VARIABLE, BadSetting, is_on

MakeApp = Callable[..., Wirebird]


@pytest.mark.parametrize("value", ["1", "true", "True", "TRUE", "yes", "on", " 1 ", "y", "t"])
def test_a_yes_turns_debug_on(
    value: str, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEBUG_VARIABLE, value)
    assert make_app().debug is True


@pytest.mark.parametrize("value", ["", "0", "false", "False", "no", "off", "OFF", "n", "f", " "])
def test_a_no_leaves_debug_off(
    value: str, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEBUG_VARIABLE, value)
    assert make_app().debug is False


@pytest.mark.parametrize("value", ["2", "nope", "disabled", "tru"])
def test_anything_else_stops_the_start(
    value: str, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEBUG_VARIABLE, value)
    with pytest.raises(BadSetting, match=f"{DEBUG_VARIABLE}={value!r} is neither on nor off"):
        make_app()


def test_unset_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DEBUG_VARIABLE, raising=False)
    assert is_on(DEBUG_VARIABLE) is False
