"""Somebody else's slow service."""

import asyncio
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    orders: int
    revenue: int
    returns: int


class Unavailable(Exception):
    """The service does not answer."""


async def fetch_report(fail: bool = False, seconds: float = 1.2) -> Report:
    """Return today's figures.

    Raises:
        Unavailable: It was told to fail.
    """
    await asyncio.sleep(seconds)
    if fail:
        raise Unavailable("the service does not answer")
    orders = random.randint(80, 120)
    return Report(orders, orders * random.randint(35, 45), random.randint(1, 9))


async def fetch_city(seconds: float = 0.6) -> dict[str, str | int]:
    """Return the weather and the number of visitors, in one call."""
    await asyncio.sleep(seconds)
    weather = random.choice(["sunny", "cloudy", "windy", "light rain"])
    return {"weather": weather, "visitors": random.randint(200, 400)}
