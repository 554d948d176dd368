"""The base of all exceptions that Wirebird raises, and of those at a definition.

The rule: whoever catches `WirebirdError` catches them all; each also is the built-in exception that
it is a kind of.
"""

from __future__ import annotations


class WirebirdError(Exception):
    """The base of all exceptions that Wirebird raises.

    Attributes:
        place: Where the mistake was made, as `file:line`, if the traceback does not lead there.
    """

    place: str = ""


class CrashRequested(WirebirdError, RuntimeError):
    """Somebody lets a view crash, to see what follows: the page goes the way that it would go.

    It is nobody's mistake, so no panel over the page shows it in development.
    """


class DefinitionError(WirebirdError, TypeError):
    """A class or function is not one that Wirebird can run; raised where it is defined."""
