"""What all stores say of their records.

The rule: who claims later, or saves later with the same claim, comes after, in whatever order a
network brings what was sent.
"""

from __future__ import annotations

from itertools import count

TOMBSTONE_SECONDS = 60.0
"""How long a store remembers who deleted a record, lest an earlier owner make it anew."""

SWEEP_SECONDS = 30.0
"""How often records whose time is over are looked for."""

turns = count(1)
"""Counts what this process asks of stores, since a save that was given up may still arrive."""
