"""What an application reads from environment variables.

The rule: a value that cannot be understood stops the start; nobody's `False` is taken for a yes.
"""

from __future__ import annotations

import os

from wirebird.errors import WirebirdError

SECRET_VARIABLE = "WIREBIRD_SECRET_KEY"
DEBUG_VARIABLE = "WIREBIRD_DEBUG"

_ON = frozenset({"1", "true", "t", "yes", "y", "on"})
_OFF = frozenset({"", "0", "false", "f", "no", "n", "off"})


class BadSetting(WirebirdError, ValueError):
    """An environment variable has a value that means nothing."""


def is_on(variable: str) -> bool:
    """Tell whether an environment variable turns something on; unset, it does not.

    Raises:
        BadSetting: Its value is neither a yes nor a no.
    """
    value = os.environ.get(variable, "").strip().lower()
    if value in _ON:
        return True
    if value in _OFF:
        return False
    raise BadSetting(
        f"{variable}={os.environ[variable]!r:.60} is neither on nor off: set it to 1, true, yes or"
        " on, or to 0, false, no or off"
    )
