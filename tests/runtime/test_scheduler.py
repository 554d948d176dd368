from __future__ import annotations

import asyncio
import contextvars

import pytest

from wirebird.runtime.scheduler import Scheduler, start

name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="")


async def test_work_runs_in_the_context_it_is_given():
    context = contextvars.copy_context()
    context.run(name.set, "given")
    seen: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        seen.set_result(name.get())
        name.set("changed")

    start(work(), context)
    assert await seen == "given"
    assert context[name] == "changed"
    assert name.get() == ""


@pytest.mark.parametrize("late", [False, True])
async def test_work_that_fails_is_logged_and_stops_nobody(
    late: bool, caplog: pytest.LogCaptureFixture
):
    done = asyncio.Event()

    async def fail() -> None:
        if late:
            await asyncio.sleep(0)
        raise RuntimeError("it failed")

    async def work() -> None:
        if late:
            await asyncio.sleep(0)
        done.set()

    start(fail(), contextvars.copy_context())
    start(work(), contextvars.copy_context())
    await done.wait()
    await asyncio.sleep(0)
    assert "it failed" in caplog.text


async def test_soon_means_after_the_caller_in_the_order_of_the_calls():
    scheduler = Scheduler(asyncio.get_running_loop())
    order: list[int] = []
    done = asyncio.Event()

    async def work(number: int) -> None:
        order.append(number)
        if number == 199:
            done.set()

    for number in range(200):
        scheduler.soon(lambda number=number: work(number), contextvars.copy_context())
    assert order == []
    await done.wait()
    assert order == list(range(200))
