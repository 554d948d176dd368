"""`wirebird gen crud`: a table, its list with search, sort and pages, its form, and their tests."""

from __future__ import annotations

from collections.abc import Sequence

from wirebird.gen.errors import GenerationError
from wirebird.gen.fields import fields_of
from wirebird.gen.naming import Named
from wirebird.gen.project import Project
from wirebird.gen.routes import Additions
from wirebird.gen.writing import Generated, rendered


def crud(
    project: Project, name: str, fields: Sequence[str], plural: str | None = None
) -> Generated:
    """Return the files of a table and its pages.

    Args:
        project: The project.
        name: What one of it is called: "Product".
        fields: Its fields: "price:decimal", "note:str?".
        plural: What several are called; guessed otherwise.

    Raises:
        GenerationError: A name or a field cannot be used, or the project has no database.
    """
    if not project.has_database:
        raise GenerationError(
            f"there is no {project.package}/database.py: `wirebird new --database` makes a project"
            " with one"
        )
    one = Named.of(name)
    many = Named.of(plural) if plural else one.plural()
    if one == many:
        raise GenerationError(f"say what several are called: --plural {one.pascal}List")
    specs = fields_of(fields)
    shown = next((spec for spec in specs if spec.kind_name == "str" and not spec.optional), None)
    kinds = {spec.kind_name for spec in specs}
    names = {
        "package": project.package,
        "one": one,
        "many": many,
        "fields": specs,
        "kinds": kinds,
        "bounded": not kinds.isdisjoint(("str", "text", "int", "decimal")),
        "shown": shown,
        "texts": [spec for spec in specs if spec.is_text],
        "first": specs[0],
    }
    package, view = project.package, f"{one.snake}_list"
    files = {
        f"{package}/{many.snake}.py": rendered("crud/model.py.jinja", **names),
        f"{package}/views/{view}.py": rendered("crud/view.py.jinja", **names),
        f"{package}/views/{view}.html": rendered("crud/view.html.jinja", **names),
        f"{package}/views/{view}.css": rendered("crud/view.css.jinja", **names),
        f"tests/test_{many.snake}.py": rendered("crud/test_view.py.jinja", **names),
    }
    if "decimal" in kinds:
        files[f"{package}/decimals.py"] = rendered("crud/decimals.py.jinja")
    path, view_class = f"/{many.hyphened}", f"{one.pascal}ListView"
    places = {
        "list": path,
        "new": f"{path}/new",
        "edit": f"{path}/{{id:int}}/edit",
        "delete": f"{path}/{{id:int}}/delete",
    }
    return Generated(
        files,
        Additions(
            imports=((f"{package}.views.{view}", (view_class,)),),
            routes=tuple(
                f'app.live("{place}", {view_class}, action="{action}")'
                for action, place in places.items()
            ),
        ),
        hints=(
            "Its table is made when the application starts.",
            f"Open {path} under `wirebird run {package}.app --reload`.",
        ),
    )
