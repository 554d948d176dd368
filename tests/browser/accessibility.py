"""What axe, an accessibility checker, finds in a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"


async def expect_no_faults(page: Page, where: str, leave_out: str = "") -> None:
    """Fail if there are serious faults in what the page shows now.

    Args:
        page: The page.
        where: What it shows, for the message.
        leave_out: A selector of what is not looked at.
    """
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm ci` in client/")
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    # What is still moving has the colours of neither state.
    over = """() => Promise.allSettled(document.getAnimations()
      .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
      .map((each) => each.finished))"""
    await page.evaluate(over)
    run = "(exclude) => axe.run({exclude}, {resultTypes: ['violations']})"
    found = await page.evaluate(run, [leave_out] if leave_out else [])
    faults = [
        {"rule": fault["id"], "at": [node["target"] for node in fault["nodes"]], **fault}
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    shown = [{key: fault[key] for key in ("rule", "help", "at")} for fault in faults]
    assert not faults, f"{where}: {json.dumps(shown, indent=1)}"
