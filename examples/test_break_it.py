"""The buttons that break things, on the server's side."""

import os

import pytest

from examples import break_it
from examples.gallery import app
from tests.conftest import SECRET_KEY
from wirebird.testing import LiveClient


def never(pid: int, signal: int) -> None:
    pytest.fail("the server was killed")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_secret_key", SECRET_KEY)
    monkeypatch.setattr(os, "kill", never)


async def test_a_server_is_killed_only_where_another_one_takes_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with LiveClient(app) as client:
        view = await client.live("/counter")
        assert not view.has("[data-break=server]")
        monkeypatch.setattr(break_it, "EVERY", "0")
        view = await client.live("/counter")
        monkeypatch.setattr(break_it, "EVERY", "")
        await view.click("[data-break=server]")
        assert view.text(".break-refused") == "This server may not be killed."


async def test_a_server_that_is_new_is_let_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(break_it, "EVERY", "60")
    monkeypatch.setattr(break_it, "STARTED", break_it.monotonic() - 20)
    async with LiveClient(app) as client:
        view = await client.live("/counter")
        await view.click("[data-break=server]")
        assert view.text(".break-refused").endswith("It may be killed in 40 seconds.")
