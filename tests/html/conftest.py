"""t-strings are syntax of Python 3.14, so older versions must not even read these files."""

from __future__ import annotations

import sys

collect_ignore_glob = [] if sys.version_info >= (3, 14) else ["test_*_py314.py"]
