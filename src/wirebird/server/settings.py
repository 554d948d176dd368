"""What a server process is told about its lines, by its environment: uvicorn has no options for it.

The rule: worker and reloaded processes read the same environment, and so keep the same limits.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

REQUEST_WITHIN = "LINES_REQUEST_WITHIN"
PER_PEER = "LINES_PER_PEER"


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the lines of a server.

    Attributes:
        request_within: How long a line may be open without a whole request, in seconds.
        per_peer: Most lines of one peer, where it is known who that is.
    """

    request_within: float = 60.0
    per_peer: int = 1000

    @classmethod
    def of_environment(cls) -> Settings:
        """Return what the environment says, and the defaults where it says nothing."""
        return cls(
            request_within=float(os.environ.get(REQUEST_WITHIN) or cls().request_within),
            per_peer=int(os.environ.get(PER_PEER) or cls().per_peer),
        )
