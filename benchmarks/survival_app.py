"""A counter of each visitor's own, as `benchmarks.survival` runs it in several processes."""

from __future__ import annotations

import os

from benchmarks.durable_app import CountView
from wirebird import Wirebird

app = Wirebird(durable="always" if os.environ.get("BENCH_DURABLE") == "always" else True)
app.live("/count/{name}", CountView)
