"""`wirebird check`: what can be known of an application's mistakes without running it.

The rule: what is reported is wrong; where something cannot be known, nothing is said.
"""

from wirebird.check.checking import check
from wirebird.check.diagnostics import CODES, Diagnostic
from wirebird.check.loading import refusal

__all__ = ["CODES", "Diagnostic", "check", "refusal"]
