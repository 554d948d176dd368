"""`wirebird gen component`: a live component, its template and its test."""

from __future__ import annotations

from wirebird.gen.naming import Named
from wirebird.gen.project import Project
from wirebird.gen.routes import Additions
from wirebird.gen.writing import Generated, rendered


def component(project: Project, name: str) -> Generated:
    """Return the files of a live component.

    Args:
        project: The project.
        name: What it is called: "LikeButton".

    Raises:
        GenerationError: The name cannot be used.
    """
    named = Named.of(name)
    names = {"name": named, "package": project.package}
    package, module = project.package, named.snake
    files = {
        f"{package}/components/{module}.py": rendered("component/component.py.jinja", **names),
        f"{package}/components/{module}.html": rendered("component/component.html.jinja", **names),
        f"tests/test_{module}.py": rendered("component/test_component.py.jinja", **names),
    }
    init = f"{package}/components/__init__.py"
    if not (project.folder / init).exists():
        files[init] = '"""Live components: parts of pages with a state of their own."""\n'
    return Generated(
        files,
        Additions(
            imports=((f"{package}.components.{module}", (named.pascal,)),),
            components=(f"app.components({named.pascal})",),
        ),
        hints=(f'Show it in a template: {{{{ live_component({named.pascal}, id="one") }}}}',),
    )
