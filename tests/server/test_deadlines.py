"""Deadlines: who is late, and what one timer costs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from wirebird.server.deadlines import Deadlines


class Clock:
    """An event loop's clock and timers, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[], object]) -> object:
        self.timers.append((when, call))
        return call

    def until(self, time: float) -> None:
        while self.timers and self.timers[0][0] <= time:
            self.now, call = self.timers.pop(0)
            call()
        self.now = time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def late() -> list[str]:
    return []


@pytest.fixture
def deadlines(clock: Clock, late: list[str]) -> Deadlines[str]:
    loop: Any = clock
    return Deadlines(loop, 20.0, late.append)


def test_who_has_not_done_it_in_time_is_late(clock: Clock, deadlines: Any, late: list[str]):
    deadlines.add("a")
    clock.until(110)
    deadlines.add("b")
    deadlines.add("c")
    deadlines.discard("c")
    clock.until(125)
    assert late == ["a"]
    clock.until(200)
    assert late == ["a", "b"]
    assert not deadlines


def test_who_is_waited_for_again_has_all_its_time(clock: Clock, deadlines: Any, late: list[str]):
    deadlines.add("a")
    clock.until(115)
    deadlines.add("a")
    clock.until(130)
    assert late == []
    clock.until(135)
    assert late == ["a"]


def test_many_lines_have_one_timer(clock: Clock, deadlines: Any, late: list[str]):
    for number in range(1000):
        clock.now += 0.001
        deadlines.add(str(number))
    assert len(clock.timers) == 1
    clock.until(122)
    assert len(late) == 1000
    assert clock.timers == []


def test_the_line_that_is_waited_for_longest_is_known(deadlines: Any):
    assert deadlines.first() is None
    for name in "abc":
        deadlines.add(name)
    deadlines.discard("a")
    deadlines.add("b")
    assert deadlines.first() == "c"


async def test_a_real_clock_is_kept_too():
    over = asyncio.Event()
    deadlines = Deadlines(asyncio.get_running_loop(), 0.01, lambda _: over.set())
    deadlines.add("a")
    await asyncio.wait_for(over.wait(), 20)
    assert "a" not in deadlines
