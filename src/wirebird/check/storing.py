"""Components whose state cannot be stored, in views that are durable.

The rule: a view's own state is judged where the view is routed, when the application is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wirebird.check.kinds import Known
from wirebird.check.loading import Place, place_of_member
from wirebird.check.names import Walker
from wirebird.check.project import Project, Subject
from wirebird.check.props import component_of, place_of_call
from wirebird.html.errors import ComponentError
from wirebird.live.component import live_component
from wirebird.live.durability import nearest, refuse_durable, stored_fields
from wirebird.live.stored import UnstorableState


def check(project: Project, walkers: Iterable[tuple[Subject | None, Walker]]) -> None:
    """Report components that stand in durable views and cannot be stored, and the other way round.

    Those are durable themselves, and stand in a view that no route makes so.
    """
    placed: dict[type[Any], dict[type[Any], Place]] = {}
    for subject, walker in walkers:
        for call in walker.calls:
            if subject is None or not isinstance(call.kind, Known):
                continue
            component = component_of(project, call.node)
            if call.kind.value is live_component and component is not None:
                place = place_of_call(call)
                placed.setdefault(subject.view, {}).setdefault(component, place)
    routed: dict[type[Any], bool] = {}
    for route in project.app.live_router.routes:
        word = nearest(route.view.durable, route.live_session.durable, project.app.durable)
        routed[route.view] = routed.get(route.view, False) or bool(word)
    durable = [view for view, is_durable in routed.items() if is_durable]
    for component, _ in _within(durable, placed):
        try:
            if component.durable is not False:
                stored_fields(component)
        except UnstorableState as error:
            state = error.state
            place = place_of_member(state.__module__, state.__name__, error.field, [])
            project.report("WB702", place or project.place_of(component), str(error))
    for view, is_durable in routed.items():
        for component, place in _within([] if is_durable else [view], placed):
            try:
                refuse_durable(view, component)
            except ComponentError as error:
                project.report("WB702", place, str(error))


def _within(
    views: Iterable[type[Any]], placed: Mapping[type[Any], Mapping[type[Any], Place]]
) -> Iterator[tuple[type[Any], Place]]:
    """Yield the components that stand in views, each once, and where one does."""
    waiting = list(views)
    seen: set[type[Any]] = set()
    while waiting:
        for component, place in placed.get(waiting.pop(), {}).items():
            if component not in seen:
                seen.add(component)
                waiting.append(component)
                yield component, place
