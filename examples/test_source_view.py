"""The source beside an example: made ready where it holds up nobody."""

import threading

import pytest

from examples import source_view
from examples.gallery import app
from examples.sources import Source, sources_of
from tests.conftest import SECRET_KEY
from wirebird import LiveView
from wirebird.testing import LiveClient


async def test_the_event_loop_does_not_wait_for_a_file_to_be_highlighted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[threading.Thread] = []

    def noted(view: type[LiveView]) -> list[Source]:
        threads.append(threading.current_thread())
        return sources_of(view)

    monkeypatch.setattr(app, "_secret_key", SECRET_KEY)
    monkeypatch.setattr(source_view, "sources_of", noted)
    async with LiveClient(app) as client:
        await client.live("/counter")
    assert threads
    assert threading.current_thread() not in threads
