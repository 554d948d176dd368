"""Runs the tests of projects one after the other, in one process, so that libraries load once.

`python run_steps.py FOLDER TESTS... -- FOLDER TESTS...` ends with the first that fails.
"""

from __future__ import annotations

import os
import sys

import pytest

OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "asyncio_mode=auto"]


def main(arguments: list[str]) -> int:
    """Return the status of the first run that fails, or 0."""
    known, path = set(sys.modules), list(sys.path)
    for run in " ".join(arguments).split(" -- "):
        folder, *tests = run.split()
        print(f"\n{folder}: {' '.join(tests)}", flush=True)
        os.chdir(folder)
        status = pytest.main([*OPTIONS, "--rootdir", ".", *tests])
        if status:
            return int(status)
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
                del sys.modules[name]
        sys.path[:] = path
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
