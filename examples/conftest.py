"""The tests that stand beside the examples: as a person would use them, in memory."""

import sys

collect_ignore_glob = [] if sys.version_info >= (3, 14) else ["*tstring*"]
