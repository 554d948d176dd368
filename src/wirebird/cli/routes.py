"""What `wirebird routes` shows.

The rule: one line for each live route, in the order in which they are matched.
"""

from __future__ import annotations

from typing import Any

from wirebird.cli.errors import CommandError
from wirebird.cli.target import wirebird_apps

_HEADINGS: tuple[str, ...] = ("PATH", "VIEW", "ACTION", "LIVE SESSION", "NAME")


def route_table(app: Any) -> str:
    """Return the live routes of an application, and of those mounted in it, as a table.

    Raises:
        CommandError: It holds no Wirebird application.
    """
    apps = list(wirebird_apps(app))
    if not apps:
        raise CommandError(f"there is no Wirebird application in {type(app).__name__}")
    rows = [_HEADINGS]
    for prefix, wirebird in apps:
        for route in wirebird.live_router.routes:
            view = route.view
            rows.append(
                (
                    prefix + route.path,
                    f"{view.__module__}.{view.__qualname__}",
                    route.action or "",
                    route.live_session.name,
                    route.name or "",
                )
            )
    if len(rows) == 1:
        return 'There are no live routes. Add one: app.live("/", HomeView)'
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
