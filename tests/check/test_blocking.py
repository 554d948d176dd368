"""Calls that make everybody wait, and those that only look like it."""

from __future__ import annotations

import pytest

from tests.check.checked import Checked

MODULE = """
import asyncio, subprocess, time
import urllib.request
import os as system
from time import sleep as pause
from wirebird import LiveView

class OneView(LiveView):
    html = "<p></p>"
    async def mount(self) -> None:
        {}
"""
WRONG = {
    "time.sleep(1)": "time.sleep in an async def makes everybody wait: use await asyncio.sleep",
    "pause(1)": "time.sleep in an async def",
    "system.system('ls')": "os.system in an async def",
    "subprocess.run(['ls'])": "use await asyncio.create_subprocess_exec(...)",
    "with urllib.request.urlopen('http://localhost'): pass": "urllib.request.urlopen",
}
RIGHT = [
    "await asyncio.sleep(1)",
    "await asyncio.to_thread(time.sleep, 1)",
    "await asyncio.to_thread(lambda: time.sleep(1))",
    "time.monotonic()",
    "time = self\n        time.sleep(1)",
    "def work() -> None:\n            time.sleep(1)",
    "time.sleep(0.001)  # wirebird: ignore[WB601]",
]


@pytest.mark.parametrize("line", WRONG)
def test_a_blocking_call_is_found(line: str, checked: Checked):
    (found,) = checked(MODULE.format(line))
    assert (found.code, found.line) == ("WB601", 11)
    assert found.column == (14 if line.startswith("with") else 9)
    assert WRONG[line] in found.message


@pytest.mark.parametrize("line", RIGHT)
def test_what_does_not_block_is_no_mistake(line: str, checked: Checked):
    assert checked(MODULE.format(line)) == []


def test_a_method_that_is_no_coroutine_may_wait(checked: Checked):
    text = MODULE.replace("async def mount", "def mount")
    assert checked(text.format("time.sleep(1)")) == []
