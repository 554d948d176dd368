"""`tojson`: a value as JSON that may stand in a script, as Jinja's filter of that name makes it."""

from __future__ import annotations

from typing import Any

import msgspec
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from wirebird.jsonable import jsonable


def tojson(value: Any) -> Markup:
    """Return a value as JSON, safe in a `<script>` and in an attribute.

    Args:
        value: Whatever `json.dumps` takes, and what events may send: dataclasses, pydantic models,
            dates, decimals, sets.

    Returns:
        Markup in which no character can end the script, or begin a tag in it.

    Raises:
        TypeError: JSON cannot say the value.

    Example:
        ```python
        t"<script>const songs = {tojson(songs)}</script>"
        ```
    """
    return htmlsafe_json_dumps(value, default=plain)


def plain(value: Any) -> Any:
    """Return what JSON says of a value that it does not know by itself.

    Raises:
        TypeError: JSON cannot say the value.
    """
    return msgspec.to_builtins(value, enc_hook=jsonable, str_keys=True)
