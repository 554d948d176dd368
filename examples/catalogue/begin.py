"""First steps: state, events, the page's own styles and keys."""

import sys

from examples.catalogue.example import Example
from examples.components import components
from examples.counter.counter import CounterView
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
        "/volume",
        "Volume",
        "Keys, transitions and ARIA: a slider to hear.",
        VolumeView,
        "events",
        ("keyboard", "js", "transition"),
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
