"""Many rows: streams, paging, sorting, trees."""

from examples.catalogue.example import Example
from examples.infinite_scroll.infinite_scroll import InfiniteScrollView
from examples.streams.streams import PlaylistView

EXAMPLES = [
    Example(
        "/playlist",
        "Playlist",
        "A stream: rows that only the page keeps.",
        PlaylistView,
        "streams",
        ("stream", "form"),
        wide=True,
    ),
    Example(
        "/numbers",
        "Infinite scroll",
        "A list without an end, both ways.",
        InfiniteScrollView,
        "streams",
        ("viewport", "scroll"),
    ),
]
