"""Components whose state cannot be stored, in views that are durable.

The rule: a view's own state is judged where the view is routed, when the application is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wirebird.check.kinds import Known
from wirebird.check.loading import place_of_member
from wirebird.check.names import Walker
from wirebird.check.project import Project, Subject
from wirebird.check.props import component_of
from wirebird.live.component import live_component
from wirebird.live.durability import nearest, stored_fields
from wirebird.live.stored import UnstorableState


def check(project: Project, walkers: Iterable[tuple[Subject | None, Walker]]) -> None:
    """Report components that stand in durable views and cannot be stored."""
    placed: dict[type[Any], list[type[Any]]] = {}
    for subject, walker in walkers:
        for call in walker.calls:
            if subject is None or not isinstance(call.kind, Known):
                continue
            component = component_of(project, call.node)
            if call.kind.value is live_component and component is not None:
                placed.setdefault(subject.view, []).append(component)
    waiting: list[type[Any]] = [
        route.view
        for route in project.app.live_router.routes
        if nearest(route.view.durable, route.live_session.durable, project.app.durable)
    ]
    seen: set[type[Any]] = set()
    while waiting:
        for component in placed.get(waiting.pop(), ()):
            if component in seen or component.durable is False:
                continue
            seen.add(component)
            waiting.append(component)
            try:
                stored_fields(component)
            except UnstorableState as error:
                state = error.state
                place = place_of_member(state.__module__, state.__name__, error.field, [])
                project.report("WB702", place or project.place_of(component), str(error))
