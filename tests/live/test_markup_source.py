"""Where a view's markup comes from: what the nearest class says wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from wirebird import LiveComponent, LiveView, ViewDefinitionError, Wirebird
from wirebird.testing import LiveClient


class Rendered(LiveView):
    def render(self) -> Markup:
        return Markup("<p>render</p>")


class Written(LiveView):
    html = "<p>html</p>"


class Filed(LiveView):
    template = "file.html"


class WrittenOverRendered(Rendered):
    html = "<p>html</p>"


class FiledOverRendered(Rendered):
    template = "file.html"


class RenderedOverWritten(Written):
    def render(self) -> Markup:
        return Markup("<p>render</p>")


class FiledOverWritten(Written):
    template = "file.html"


class WrittenOverFiled(Filed):
    html = "<p>html</p>"


class RenderedOverFiled(Filed):
    def render(self) -> Markup:
        return Markup("<p>render</p>")


class MixedIn(Written, Rendered):
    pass


class Inherited(WrittenOverRendered):
    pass


@pytest.mark.parametrize(
    ("view", "source"),
    [
        (WrittenOverRendered, "html"),
        (FiledOverRendered, "file"),
        (RenderedOverWritten, "render"),
        (FiledOverWritten, "file"),
        (WrittenOverFiled, "html"),
        (RenderedOverFiled, "render"),
        (MixedIn, "html"),
        (Inherited, "html"),
    ],
)
async def test_the_nearest_class_says_where_the_markup_is(
    make_app: Callable[..., Wirebird], tmp_path: Path, view: type[LiveView[Any]], source: str
) -> None:
    (tmp_path / "file.html").write_text("<p>file</p>")
    app = make_app(templates=[tmp_path])
    app.live("/", view)
    async with LiveClient(app) as client:
        assert (await client.live("/")).text("p") == source


@dataclass
class Names:
    loop: bool = True
    link: str = "a"


def test_names_of_templates_are_free_where_there_is_no_template() -> None:
    class Plain(LiveView[Names]):
        def render(self) -> Markup:
            return Markup(f"<p>{self.state.link}</p>")

    assert Plain.definition.state_class is Names
    with pytest.raises(ViewDefinitionError, match="link would hide"):

        class Jinja(LiveView[Names]):
            html = "<p>{{ link }}</p>"


@dataclass
class Mine:
    myself: str = "me"


def test_a_view_has_no_myself_that_a_field_could_hide() -> None:
    class View(LiveView[Mine]):
        html = "{{ myself }}"

    with pytest.raises(ViewDefinitionError, match="myself would hide"):

        class Component(LiveComponent[Mine]):
            html = "<b>{{ myself }}</b>"


class Labelled(LiveComponent):
    html = '<b id="{{ id }}">x</b>'


@dataclass
class OwnId:
    id: str = "field"


class WithIdField(LiveComponent[OwnId]):
    html = '<i title="{{ id }}">x</i>'


class Labels(LiveView):
    html = '{{ live_component(Labelled, id="a") }}{{ live_component(WithIdField, id="b") }}'


async def test_a_component_s_template_sees_its_id_unless_the_state_has_one(
    make_app: Callable[..., Wirebird],
) -> None:
    app = make_app()
    app.components(Labelled, WithIdField)
    app.live("/", Labels)
    async with LiveClient(app) as client:
        view = await client.live("/")
        assert view.text("b#a") == "x"
        assert view.text("i[title=field]") == "x"
