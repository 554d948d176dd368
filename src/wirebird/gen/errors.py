"""Why something cannot be generated."""

from __future__ import annotations

from wirebird.errors import WirebirdError


class GenerationError(WirebirdError):
    """What was asked for cannot be generated; the text is for the person at the terminal."""
