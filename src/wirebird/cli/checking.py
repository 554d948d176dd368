"""What `wirebird check` writes, and whether it fails.

The rule: hints are no failures; in formats for machines nothing else is written.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from wirebird.check import Diagnostic, check, refusal
from wirebird.check.diagnostics import shown
from wirebird.cli.errors import CommandError, LoadError
from wirebird.cli.target import AppTarget, wirebird_apps
from wirebird.html.jinja.kept_code import keeping_code

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
        CommandError: There is none.
    """
    with _uncollected(), keeping_code():
        return _looked_through(target, style)


@contextmanager
def _uncollected() -> Generator[None]:
    """Look for no garbage, here and at the end: what is read is needed until then.

    It is a fifth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _looked_through(target: AppTarget, style: str) -> Report:
    try:
        host = target.load()
    except LoadError as error:
        found = refusal(error.cause)
        if found is None:
            raise
        text = shown([found], style)
        return Report(f"{text}\n1 mistake" if style == "text" else text, True)
    apps = [app for _, app in wirebird_apps(host)]
    if not apps:
        raise CommandError(f"there is no Wirebird application in {type(host).__name__}")
    all_found: set[Diagnostic] = set()
    for app in apps:
        all_found.update(check(app, host))
    errors = sum(not each.is_hint for each in all_found)
    text = shown(sorted(all_found), style)
    if style == "text":
        views = sum(len(app.live_router.views) for app in apps)
        summary = (
            f"{errors} mistake{'s' * (errors > 1)}"
            if errors
            else f"{views} views: nothing is wrong"
        )
        text = f"{text}\n{summary}" if text else summary
    return Report(text, errors > 0)
