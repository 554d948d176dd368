"""All of Jinja's language renders as Jinja renders it, and a state's fields are its names."""

# ruff: noqa: E501 - a template is easiest to read on one line

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict

import jinja2
import pytest
from pydantic import BaseModel, computed_field

from tests.html.client_tree import apply
from tests.html.client_tree import to_html as page
from tests.html.jinja.table import EXTENSIONS, LINE_STATEMENTS, STATE, TEMPLATES, prepare
from wirebird.html.differ import Message
from wirebird.html.jinja.environment import TemplateEnvironment
from wirebird.html.tree import to_html

inline = TemplateEnvironment().inline


def both(sources: dict[str, str]) -> tuple[Any, Any]:
    """Return the template `main` as ours and as stock Jinja's."""
    loader = jinja2.DictLoader(sources)
    ours = TemplateEnvironment(extensions=EXTENSIONS)
    ours.loader = loader
    stock = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=EXTENSIONS,
    )
    prepare(ours)
    prepare(stock)
    return ours.get_template("main"), stock.get_template("main")


def sources_of(name: str) -> dict[str, str]:
    sources = TEMPLATES[name]
    return {"main": sources} if isinstance(sources, str) else sources


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_renders_as_in_jinja(name: str) -> None:
    ours, stock = both(sources_of(name))
    assert ours.render(STATE) == stock.render(STATE)
    assert "".join(ours.generate(STATE)) == stock.render(STATE)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_client_shows_what_a_template_renders(name: str) -> None:
    ours, stock = both(sources_of(name))
    first = ours.tree(STATE)
    message = Message()
    client = apply(None, message.finish(message.full(first)))
    assert page(client) == stock.render(STATE)

    changed = {**STATE, "a": 0, "n": 7, "s": "new", "xs": [2, 3], "flag": True, "html": "&"}
    try:
        stock.render(changed)
    except jinja2.UndefinedError:
        with pytest.raises(jinja2.UndefinedError):
            ours.tree(changed)
        return
    second = ours.tree(changed)
    message = Message()
    diff = message.diff(first, second)
    if diff is not None:
        client = apply(client, message.finish(diff))
    assert page(client) == to_html(second) == stock.render(changed)


def test_line_statements_and_other_delimiters_work() -> None:
    options: dict[str, Any] = {"line_statement_prefix": "#", "line_comment_prefix": "##"}
    ours = TemplateEnvironment().overlay(**options).from_string(LINE_STATEMENTS)
    stock = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, **options).from_string(
        LINE_STATEMENTS
    )
    assert ours.render(STATE) == stock.render(STATE)

    ours = TemplateEnvironment().overlay(variable_start_string="${", variable_end_string="}")
    assert ours.from_string("<p>${ n }</p>").render(STATE) == "<p>5</p>"


def test_the_debug_extension_shows_names() -> None:
    ours = TemplateEnvironment(extensions=["jinja2.ext.debug"])
    assert "&#39;n&#39;: 5" in ours.inline("<pre>{% debug %}</pre>").render(n=5)


def test_finalize_applies_to_values() -> None:
    environment = TemplateEnvironment().overlay(
        finalize=lambda value: "-" if value is None else value
    )
    template = environment.from_string("{{ a }}{{ 1 }}{% for x in xs %}{{ x }}{% endfor %}<p>")
    assert template.render(a=None, xs=[None, 1, "<"]) == "-1-1&lt;<p>"


def test_other_kinds_of_undefined_print_as_in_jinja() -> None:
    for kind in (jinja2.Undefined, jinja2.ChainableUndefined, jinja2.DebugUndefined):
        source = "[{{ nope }}]{% for x in xs %}{{ x.nope }}{% endfor %}"
        ours = TemplateEnvironment().overlay(undefined=kind).from_string(source)
        stock = jinja2.Environment(undefined=kind, autoescape=True).from_string(source)
        assert ours.render(xs=[1]) == stock.render(xs=[1])


def test_the_space_around_a_block_s_root_is_left_out() -> None:
    template = inline("<ul>{% for x in xs %}\n  <li>{{ x }}</li>\n{% endfor %}</ul>")
    assert template.render(xs=[1, 2]) == "<ul><li>1</li><li>2</li></ul>"
    template = inline("{% for x in xs %}\n  <b>{{ x }}</b>\n{% endfor %}")
    assert template.render(xs=[1]) == "  <b>1</b>\n"


def test_what_events_may_send_is_json_too() -> None:
    @dataclass
    class Place:
        id: int
        seen: date

    template = TemplateEnvironment().inline("<p data-all='{{ places|tojson }}'></p>")
    html = template.render(places=[Place(1, date(2026, 1, 2))])
    assert html == '<p data-all=\'[{"id": 1, "seen": "2026-01-02"}]\'></p>'
    with pytest.raises(TypeError, match="object"):
        template.render(places=object())


def test_a_key_tells_rows_apart_and_never_reaches_the_page() -> None:
    template = inline(
        "{% for x in xs %}<li class=a :key=\"{{ x }}\" id='i'>{{ x }}</li>{% endfor %}"
    )
    assert template.render(xs=[1]) == "<li class=a id='i'>1</li>"
    for source in (":key='k{{ x.id }}'", ":key={{ x.id }}", ':KEY = "{{ x.id }}-{{ x.n }}"'):
        template = inline(
            f"<ul>{{% for x in xs %}}<li {source}>{{{{ x.n }}}}</li>{{% endfor %}}</ul>"
        )
        one, two, three = ({"id": id, "n": f"n{id}"} for id in (1, 2, 3))
        old, new = template.tree({"xs": [one, two]}), template.tree({"xs": [three, two, one]})
        diff = Message().diff(old, new)
        assert diff == {0: {"k": {0: {0: "n3"}, 2: 0, "km": True, "kc": 3}}}
        assert "key" not in to_html(new).lower()


# Names


@dataclass
class Basket:
    owner: str
    prices: list[int] = field(default_factory=list)
    _secret: str = "secret"

    @property
    def total(self) -> int:
        return sum(self.prices)

    @property
    def broken(self) -> str:
        return self.owner.nothing  # type: ignore[attr-defined]

    @property
    def failing(self) -> str:
        raise ValueError("no such basket")

    @cached_property
    def cached(self) -> str:
        return "cached"

    def greet(self, who: str = "you") -> str:
        return f"{self.owner} greets {who}"


class Model(BaseModel):
    name: str

    @computed_field
    def shout(self) -> str:
        return self.name.upper()

    @property
    def length(self) -> int:
        return len(self.name)


class Typed(TypedDict):
    name: str


def test_a_dataclass_gives_fields_properties_and_methods() -> None:
    template = inline("{{ owner }} {{ total }} {{ cached }} {{ greet('me') }} {{ prices[0] }}")
    assert to_html(template.tree(Basket("Ada", [1, 2]))) == "Ada 3 cached Ada greets me 1"


def test_a_pydantic_model_gives_fields_and_no_methods_of_pydantic() -> None:
    template = inline("{{ name }}{{ shout() if shout is callable else shout }}{{ length }}")
    assert to_html(template.tree(Model(name="Ada"))) == "AdaADA3"
    assert to_html(inline("{{ dict(a=1)['a'] }}").tree(Model(name="Ada"))) == "1"
    for name in ("json", "copy", "model_dump", "schema", "model_fields"):
        with pytest.raises(jinja2.UndefinedError):
            inline(f"{{{{ {name} }}}}").tree(Model(name="Ada"))


def test_a_dict_gives_its_keys_and_nothing_else() -> None:
    state: Typed = {"name": "Ada"}
    assert to_html(inline("{{ name }}").tree(state)) == "Ada"
    assert to_html(inline("{{ _x }}{{ items }}").tree({"_x": 1, "items": 2})) == "12"
    with pytest.raises(jinja2.UndefinedError):
        inline("{{ items }}").tree(state)


@pytest.mark.parametrize("name", ["_secret", "__class__", "__dict__", "_", "nope"])
def test_private_names_of_an_object_are_none_of_the_template_s(name: str) -> None:
    with pytest.raises(jinja2.UndefinedError, match=f"'{name}' is undefined"):
        inline(f"{{{{ {name} }}}}").tree(Basket("Ada"))


def test_a_property_that_fails_shows_its_own_error() -> None:
    basket = Basket("Ada")
    with pytest.raises(RuntimeError, match=r"Basket\.broken raised AttributeError: .*'nothing'"):
        inline("{{ broken }}").tree(basket)
    for use in ("{% if broken %}{% endif %}", "{{ broken.x }}", "{{ broken|default('x') }}{{ broken }}",
                "{% for x in broken %}{% endfor %}", "{{ broken ~ 'x' }}", "{{ broken == 1 }}"):  # fmt: skip
        with pytest.raises(RuntimeError):
            inline(use).tree(basket)
    with pytest.raises(ValueError, match="no such basket"):
        inline("{{ failing }}").tree(basket)
    assert to_html(inline("{{ broken is defined }}").tree(basket)) == "True"


def test_a_property_that_fails_in_a_branch_not_taken_does_not_matter() -> None:
    template = inline("{% if prices %}{{ broken }}{{ failing }}{% else %}none{% endif %}")
    assert to_html(template.tree(Basket("Ada"))) == "none"


def test_a_property_of_a_row_that_fails_shows_its_own_error() -> None:
    for source in (
        "{% for b in xs %}{{ b.broken }}{% endfor %}",
        "{% for b in xs %}{{ b.broken }}{{ loop.index }}{% endfor %}",
        "{{ xs[0].broken }}",
        "{% if xs[0].broken is defined %}{% endif %}",
    ):
        with pytest.raises(AttributeError, match="'nothing'"):
            inline(source).render(xs=[Basket("Ada")])


def test_names_of_the_page_hide_none_of_the_state_s() -> None:
    template = inline("{{ name }} {{ flash }}")
    assert to_html(template.tree({"name": "own"}, {"name": "page", "flash": "hi"})) == "own hi"


def test_names_of_the_state_hide_globals_and_what_is_set_hides_them() -> None:
    template = inline("{{ range }}{% set range = 2 %}{{ range }}")
    assert to_html(template.tree({"range": 1})) == "12"


def test_included_and_imported_templates_see_the_same_names() -> None:
    environment = TemplateEnvironment()
    environment.loader = jinja2.DictLoader(
        {
            "main": "{% include 'inc' %}{% from 'lib' import m with context %}{{ m() }}",
            "inc": "{{ total }}{{ greet() }}{{ flash }}",
            "lib": "{% macro m() %}{{ total }}{{ owner }}{{ flash }}{% endmacro %}",
        }
    )
    tree = environment.get_template("main").tree(Basket("Ada", [1]), {"flash": "F"})  # type: ignore[attr-defined]
    assert to_html(tree) == "1Ada greets youF1AdaF"


def test_functions_of_the_environment_may_ask_for_the_context() -> None:
    seen: list[Any] = []

    @jinja2.pass_context
    def look(context: Any) -> str:
        everything = context.get_all()
        seen.append(
            (everything["owner"], everything["total"], everything["cached"], everything["q"])
        )
        seen.append(("owner" in context, "nope" in context, context["flash"], context.get("nope")))
        return ""

    environment = TemplateEnvironment()
    environment.globals["look"] = look
    environment.inline("{% set q = 1 %}{{ look() }}").tree(Basket("Ada", [2]), {"flash": "F"})
    assert seen == [("Ada", 2, "cached", 1), (True, False, "F", None)]


# Files


def test_templates_are_found_by_path_by_name_and_beside_one_another(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "view").mkdir()
    (tmp_path / "shared" / "base.html").write_text("<main>{% block x %}{% endblock %}</main>")
    (tmp_path / "shared" / "part.html").write_text("shared")
    (tmp_path / "view" / "own.html").write_text("own {{ n }}")
    view = tmp_path / "view" / "page.html"
    view.write_text(
        "{% extends 'base.html' %}{% block x %}{% include 'own.html' %}{% include 'part.html' %}{% endblock %}"
    )
    environment = TemplateEnvironment([tmp_path / "shared"])
    assert environment.file(view).render(n=1) == "<main>own 1shared</main>"
    assert environment.file("base.html").render() == "<main></main>"
    assert environment.list_templates() == ["base.html", "part.html"]
    with pytest.raises(jinja2.TemplateNotFound):
        environment.file("../view/own.html")


def test_a_changed_file_is_read_anew_when_asked_for(tmp_path: Path) -> None:
    import os

    file = tmp_path / "a.html"
    file.write_text("one")
    kept, reloading = TemplateEnvironment(), TemplateEnvironment(auto_reload=True)
    assert kept.file(file).render() == reloading.file(file).render() == "one"
    file.write_text("two")
    os.utime(file, ns=(1, 1))
    assert kept.file(file).render() == "one"
    assert reloading.file(file).render() == "two"


@pytest.mark.parametrize("on", [True, False])
def test_a_block_may_follow_a_value_without_quotes(on: bool) -> None:
    template = inline("<option value={{ n }}{% if on %} selected{% endif %}>{{ n }}</option>")
    chosen = " selected" if on else ""
    assert template.render(n="a b", on=on) == f'<option value="a b"{chosen}>a b</option>'
    template = inline("<p id=a{% for x in xs %} data-{{ x }}={{ x }}{% endfor %}>b</p>")
    assert template.render(xs=[1, 2]) == '<p id=a data-1="1" data-2="2">b</p>'
