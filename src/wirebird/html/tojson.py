"""`tojson`: a value as JSON that may stand in a script, as Jinja's filter of that name makes it."""

from __future__ import annotations

from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup


def tojson(value: Any) -> Markup:
    """Return a value as JSON, safe in a `<script>` and in an attribute.

    Args:
        value: Whatever `json.dumps` takes.

    Returns:
        Markup in which no character can end the script, or begin a tag in it.

    Raises:
        TypeError: JSON cannot say the value.

    Example:
        ```python
        t"<script>const songs = {tojson(songs)}</script>"
        ```
    """
    return htmlsafe_json_dumps(value)
