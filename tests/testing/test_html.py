"""What HTML is read with."""

from __future__ import annotations

import subprocess
import sys

WITHOUT = """
import sys
sys.modules["selectolax.lexbor"] = None
import wirebird.testing
"""


def test_without_selectolax_the_import_says_what_to_install():
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "pip install 'wirebird[testing]'" in result.stderr.splitlines()[-1]
