"""`python -m benchmarks.first_load`: the first visit of a page over a slow line, in Chromium.

The rule: nothing is in the cache, the line has 1.6 Mbit/s and answers after 150 ms, and what is
told is what a person sees: when something stands on the page, and when it is alive.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.__main__ import COUNTER, ROOT, SIDES, environment, interpreter, machine, serving

DOWNLOAD = 1_600_000 / 8
UPLOAD = 750_000 / 8
LATENCY_MS = 150
ROUNDS = 5

_TIMES = """() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    joined: performance.now(),
})"""


def visit(browser: Browser, url: str) -> dict[str, float]:
    """Visit a page once, as somebody who was never there."""
    context = browser.new_context()
    page = context.new_page()
    devtools: Any = context.new_cdp_session(page)
    received = 0

    def loaded(event: dict[str, Any]) -> None:
        nonlocal received
        received += event["encodedDataLength"]

    devtools.on("Network.loadingFinished", loaded)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": DOWNLOAD,
            "uploadThroughput": UPLOAD,
        },
    )
    page.goto(url, wait_until="commit")
    page.wait_for_selector("[data-phx-main].phx-connected", state="attached")
    times = page.evaluate(_TIMES)
    context.close()
    return {**times, "bytes": received}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_load", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--python", help="the interpreter; the newest by default")
    arguments = parser.parse_args()
    python = environment(arguments.python or interpreter())
    chromium = os.environ.get("WIREBIRD_CHROMIUM") or subprocess.check_output(
        [ROOT / "scripts/chromium"], text=True
    )
    print(machine(python), end="\n\n")
    print("| the counter's page, never seen before | first paint, ms | joined, ms | bytes |")
    print("|---|--:|--:|--:|")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium.strip(), args=options)
        for side, app in SIDES.items():
            with serving(python, app) as (base, _):
                visits = [visit(browser, base + COUNTER) for _ in range(arguments.rounds)]
            found = {
                name: statistics.median(one[name] for one in visits)
                for name in ("paint", "joined", "bytes")
            }
            cells = [f"{value:,.0f}" for value in found.values()]
            print(f"| {side} | {' | '.join(cells)} |", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
