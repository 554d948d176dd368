"""`wirebird gen view`: a view, its template, its route and its test."""

from __future__ import annotations

import re
from uuid import UUID

from wirebird.gen.errors import GenerationError
from wirebird.gen.naming import Named
from wirebird.gen.project import Project
from wirebird.gen.routes import Additions
from wirebird.gen.writing import Generated, rendered

_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_TYPES = {"str": "str", "path": "str", "int": "int", "float": "float", "uuid": "UUID"}
_EXAMPLES = {"str": "one", "path": "one", "int": "1", "float": "1.5", "uuid": str(UUID(int=1))}


def view(project: Project, name: str, path: str | None = None) -> Generated:
    """Return the files of a view.

    Args:
        project: The project.
        name: What it is called: "ProductList".
        path: Its path, as a route has it; made of the name otherwise.

    Raises:
        GenerationError: The name or the path cannot be used.
    """
    named = Named.of(name, suffix="View")
    path = path or f"/{named.hyphened}"
    if not path.startswith("/"):
        raise GenerationError(f"the path {path!r} does not begin with a slash")
    converters = {place: kind or "str" for place, kind in _PLACE.findall(path)}
    if unknown := set(converters.values()) - _TYPES.keys():
        raise GenerationError(f"there is no converter {min(unknown)!r}: take one of {[*_TYPES]}")
    example = _PLACE.sub(lambda found: _EXAMPLES[found[2] or "str"], path)
    places = {place: _TYPES[kind] for place, kind in converters.items()}
    names = {
        "name": named,
        "package": project.package,
        "places": places,
        "example": example,
    }
    package, module = project.package, named.snake
    return Generated(
        {
            f"{package}/views/{module}.py": rendered("view/view.py.jinja", **names),
            f"{package}/views/{module}.html": rendered("view/view.html.jinja", **names),
            f"tests/test_{module}.py": rendered("view/test_view.py.jinja", **names),
        },
        Additions(
            imports=((f"{package}.views.{module}", (f"{named.pascal}View",)),),
            routes=(f'app.live("{path}", {named.pascal}View)',),
        ),
        hints=(f"Open {example} under `wirebird run {package}.app --reload`.",),
    )
