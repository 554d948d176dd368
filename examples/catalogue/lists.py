"""Many rows: streams, paging, sorting, trees."""

import sys

from examples.catalogue.example import Example
from examples.file_tree.file_tree import FilesView
from examples.infinite_scroll.infinite_scroll import InfiniteScrollView
from examples.paged_table.paged_table import CharactersView
from examples.streams.streams import PlaylistView
from examples.virtual_list.virtual_list import ResultsView

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
    Example(
        "/characters",
        "Paged table",
        "Search, order and page of 9,000 rows, in the URL.",
        CharactersView,
        "navigation",
        ("sort", "pagination", "search", "unicode"),
    ),
    Example(
        "/results",
        "Virtual list",
        "100,000 rows, of which 70 are anywhere.",
        ResultsView,
        "events",
        ("scroll", "hook", "table"),
    ),
    Example(
        "/file-tree",
        "File tree",
        "Folders that are read when they are opened.",
        FilesView,
        "templates",
        ("recursive", "keyboard", "aria", "lazy"),
        wide=True,
        subject="file tree",
        way="in Jinja",
    ),
]

if sys.version_info >= (3, 14):
    from examples.file_tree_tstring.file_tree_tstring import FilesTStringView

    EXAMPLES.append(
        Example(
            "/file-tree-tstring",
            "File tree in a t-string",
            "The same tree, its branches methods in Python.",
            FilesTStringView,
            "templates",
            ("tstring", "recursive", "component"),
            wide=True,
            subject="file tree",
            way="in a t-string",
        )
    )
