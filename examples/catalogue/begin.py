"""First steps: state, events, the page's own styles and keys."""

import sys

from examples.catalogue.example import Example
from examples.components import components
from examples.counter.counter import CounterView
from examples.counter_handle_event.counter_handle_event import CounterHandleEventView
from examples.flash.flash import FlashView
from examples.js_commands.js_commands import NotesView
from examples.keyboard.keyboard import WarehouseView
from examples.layouts import layouts
from examples.volume.volume import VolumeView

EXAMPLES = [
    Example(
        "/counter",
        "Counter",
        "State, an event and a query string, in 20 lines.",
        CounterView,
        "views",
        ("event", "state", "patch"),
        subject="counter",
        way="in Jinja",
    ),
    Example(
        "/counter-handle-event",
        "Counter with handle_event",
        "The same counter, all its events in one method.",
        CounterHandleEventView,
        "events",
        ("event", "match", "phoenix"),
        subject="counter",
        way="with handle_event",
    ),
    Example(
        "/volume",
        "Volume",
        "Keys, transitions and ARIA: a slider to hear.",
        VolumeView,
        "events",
        ("keyboard", "js", "transition"),
    ),
    Example(
        "/flash",
        "Flash",
        "Messages that come along wherever one goes.",
        FlashView,
        "navigation",
        ("toast", "redirect", "navigate", "patch"),
    ),
    Example(
        "/notes",
        "JS commands",
        "Menus, focus and motion that wait for no server.",
        NotesView,
        "events",
        ("js", "transition", "focus", "menu"),
    ),
    Example(
        "/newspaper",
        "Includes and layouts",
        "Templates that extend, include and import others.",
        layouts.FrontPageView,
        "templates",
        ("extends", "block", "macro", "navigate"),
        add_to=layouts.add_to,
    ),
    Example(
        "/warehouse",
        "Keyboard",
        "A game: the window listens, held keys are slowed.",
        WarehouseView,
        "events",
        ("keydown", "throttle", "window", "undo"),
    ),
    Example(
        "/components",
        "Components",
        "Forms, windows, tables, toasts.",
        components.ReadingRoomView,
        "components",
        ("modal", "table", "flash"),
        wide=True,
        add_to=components.add_to,
    ),
]

if sys.version_info >= (3, 14):
    from examples.counter_tstring.counter_tstring import CounterTStringView

    counter = Example(
        "/counter-tstring",
        "Counter in a t-string",
        "The same counter, its HTML written in Python.",
        CounterTStringView,
        "templates",
        ("tstring", "event", "patch"),
        subject="counter",
        way="in a t-string",
    )
    EXAMPLES.insert(1, counter)
