"""What `wirebird check` writes, and whether it fails.

The rule: hints are no failures; in formats for machines nothing else is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from wirebird.check import Diagnostic, check
from wirebird.check.diagnostics import shown
from wirebird.cli.errors import CommandError
from wirebird.cli.target import AppTarget, wirebird_apps

STYLES = ("text", "json", "github")


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say.

    Attributes:
        text: What is written.
        failed: Whether something is wrong.
    """

    text: str
    failed: bool


def look_through(target: AppTarget, style: str) -> Report:
    """Return what is wrong in an application.

    Raises:
        CommandError: It cannot be loaded.
    """
    host = target.load()
    apps = [app for _, app in wirebird_apps(host)]
    if not apps:
        raise CommandError(f"there is no Wirebird application in {type(host).__name__}")
    found: list[Diagnostic] = []
    for app in apps:
        found += check(app, host)
    found = sorted(set(found))
    errors = sum(not each.is_hint for each in found)
    text = shown(found, style)
    if style == "text":
        views = sum(len(app.live_router.views) for app in apps)
        summary = f"{errors} mistakes" if errors else f"{views} views: nothing is wrong"
        text = f"{text}\n{summary}" if text else summary
    return Report(text, errors > 0)
