"""`icon`: a small set of line drawings, inline, in the colour and the size of the text around.

The rule: an icon is decoration unless it has a label; then it is an image with that name.
"""

from __future__ import annotations

from typing import Any

from wirebird.components.library import ClassNames, one_of, tag
from wirebird.html.attributes import class_names
from wirebird.html.fragment import Fragment
from wirebird.html.tree import Statics

_ICON = Statics(("<svg", ">", "</svg>"), True, "icon")

# On a grid of 24 by 24, drawn with a round pen of width 2.
_DRAWINGS = {
    "alert": '<path d="M12 4 2.8 20h18.4z"/><path d="M12 10.5v4M12 17.2v.1"/>',
    "arrow-left": '<path d="M20 12H4M10 6l-6 6 6 6"/>',
    "arrow-right": '<path d="M4 12h16M14 6l6 6-6 6"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "chevron-down": '<path d="m6 9 6 6 6-6"/>',
    "chevron-right": '<path d="m9 6 6 6-6 6"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "edit": '<path d="M4 20v-4L15.5 4.5l4 4L8 20z"/><path d="m13 7 4 4"/>',
    "external": '<path d="M13 4h7v7M20 4l-9 9"/><path d="M18 14.5V20H4V6h5.5"/>',
    "heart": '<path d="M12 20 4.7 12.6a4.6 4.6 0 0 1 6.5-6.5l.8.8.8-.8a4.6 4.6 0 0 1 6.5 6.5z"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.6v.1"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "minus": '<path d="M5 12h14"/>',
    "offline": (
        '<path d="M4 4l16 16M8.4 15.3a5 5 0 0 1 7 0M5 11.6a10 10 0 0 1 3.7-2.3'
        'M12.6 8.5a10 10 0 0 1 6.4 3.1M12 18.9v.1"/>'
    ),
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "refresh": '<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4v5.4h-5.4"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "star": '<path d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z"/>',
    "trash": ('<path d="M4 7h16M9.5 7V4h5v3M6 7l1 13h10l1-13"/><path d="M10.2 11v5M13.8 11v5"/>'),
    "upload": '<path d="M12 15.5V4M7 8.5 12 4l5 4.5M4 15v5h16v-5"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20a7.5 7.5 0 0 1 15 0"/>',
}

ICONS = tuple(_DRAWINGS)
"""The names of the icons."""


def icon(
    name: str, *, label: str | None = None, class_: ClassNames = None, **attributes: Any
) -> Fragment:
    """An icon of our own small set; see `ICONS`.

    Args:
        name: Which one.
        label: What it says to those who do not see it; without one it is hidden from them.
        class_: More classes.
        attributes: More attributes of the `<svg>`.

    Raises:
        ComponentError: There is no such icon.

    Example:
        ```jinja
        {{ ui.icon("check") }} Saved
        {{ ui.icon("alert", label="Warning") }}
        ```
    """
    one_of("icon", "name", name, ICONS)
    own = {
        "class": class_names("wb-icon", class_),
        "viewBox": "0 0 24 24",
        "role": "img" if label else None,
        "aria-label": label,
        "aria-hidden": None if label else "true",
    }
    return Fragment((_ICON, (str(tag(icon, own, attributes)),), (_DRAWINGS[name],)))
