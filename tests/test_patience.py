"""Waiting for many things, each for equally long, with one timer."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextvars import ContextVar

import pytest

from wirebird.patience import Patience

FOREVER = 3600.0


async def forever() -> None:
    await asyncio.Event().wait()


async def within(patience: Patience) -> None:
    with patience.wait():
        await forever()


async def test_what_takes_too_long_is_given_up() -> None:
    patience = Patience(0.01)
    with pytest.raises(TimeoutError), patience.wait() as waiting:
        await forever()
    assert waiting.is_late
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_each_of_many_is_given_up_in_its_turn() -> None:
    patience = Patience(0.01)
    first = [asyncio.ensure_future(within(patience)) for _ in range(3)]
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    second = [asyncio.ensure_future(within(patience)) for _ in range(3)]
    found = await asyncio.gather(*first, *second, return_exceptions=True)
    assert [type(each) for each in found] == [TimeoutError] * 6


async def test_what_is_done_in_time_is_left_alone_and_what_comes_later_is_not() -> None:
    patience = Patience(0.01)
    with patience.wait() as waiting:
        await asyncio.sleep(0)
    late = asyncio.ensure_future(within(patience))
    with pytest.raises(TimeoutError):
        await late
    assert not waiting.is_late


async def test_whoever_is_cancelled_is_cancelled_and_not_late() -> None:
    task = asyncio.ensure_future(within(Patience(FOREVER)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_whoever_is_cancelled_as_well_as_late_is_cancelled() -> None:
    patience = Patience(0.01)

    async def both() -> None:
        with patience.wait() as waiting:
            try:
                await forever()
            finally:
                assert waiting.is_late
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await asyncio.sleep(0)

    task = asyncio.ensure_future(both())
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_what_is_done_is_its_own() -> None:
    with pytest.raises(KeyError), Patience(FOREVER).wait():
        raise KeyError


async def test_one_within_another_that_is_as_patient_ends_both() -> None:
    inner, outer = Patience(0.01), Patience(0.01)
    with pytest.raises(TimeoutError), outer.wait(), inner.wait():
        await forever()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_nothing_is_kept_of_what_is_over() -> None:
    class Held:
        pass

    variable: ContextVar[Held] = ContextVar("variable")

    async def work() -> weakref.ref[Held]:
        held = Held()
        variable.set(held)
        with patience.wait():
            await asyncio.sleep(0)
        return weakref.ref(held)

    patience = Patience(FOREVER)
    found = [await asyncio.ensure_future(work()) for _ in range(3)]
    await asyncio.sleep(0)
    gc.collect()
    assert [each() for each in found] == [None] * 3


def test_it_may_be_used_in_one_event_loop_after_another() -> None:
    patience = Patience(0.01)

    async def late() -> bool:
        with pytest.raises(TimeoutError), patience.wait() as waiting:
            await forever()
        return waiting.is_late

    async def left() -> None:
        with patience.wait():
            await asyncio.sleep(0)

    asyncio.run(left())
    assert asyncio.run(late())
