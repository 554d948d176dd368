"""What `live_render` takes."""

from __future__ import annotations

from typing import Any

import pytest

from wirebird import LiveComponent, LiveView
from wirebird.html.errors import ComponentError
from wirebird.live.nested import live_render


class ClockView(LiveView):
    html = "<p></p>"


class Part(LiveComponent):
    html = "<p></p>"


@pytest.mark.parametrize("id", [None, ""])
def test_a_nested_view_needs_an_id(id: Any):
    with pytest.raises(ComponentError, match="ClockView needs an id"):
        live_render(ClockView, id=id)


@pytest.mark.parametrize("view", ["ClockView", None, Part, ClockView.html])
def test_only_a_view_can_be_nested(view: Any):
    with pytest.raises(ComponentError, match="live_render takes a LiveView's class, not"):
        live_render(view, id="clock")


def test_a_nested_view_stands_only_in_a_live_view():
    with pytest.raises(ComponentError, match="ClockView can only be rendered in the template of a"):
        live_render(ClockView, id="clock")
