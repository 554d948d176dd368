"""`wirebird gen`: what it writes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.gen.project import write_project
from wirebird.cli.main import app
from wirebird.gen.errors import GenerationError
from wirebird.gen.fields import fields_of
from wirebird.gen.naming import Named
from wirebird.gen.routes import Additions, added

Gen = Callable[..., Result]

ROUTE = Additions(
    imports=(("shop.views.cart", ("CartView",)),), routes=('app.live("/cart", CartView)',)
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_project(tmp_path))
    return tmp_path


@pytest.fixture
def gen(project: Path) -> Gen:
    return lambda *command: CliRunner().invoke(app, ["gen", *command])


def test_says_what_was_made_and_what_to_do_next(gen: Gen, project: Path):
    said = gen("view", "Cart").output
    for path in ("shop/views/cart.py", "shop/views/cart.html", "tests/test_cart.py"):
        assert f"wrote {path}" in said
        assert (project / path).is_file()
    assert "added to shop/app.py" in said
    assert "wirebird run shop.app" in said


def test_nothing_that_exists_is_written_over(gen: Gen, project: Path):
    place = project / "shop/views/home.py"
    before = place.read_text()
    result = gen("view", "Home", "/other")
    assert result.exit_code == 1
    assert "shop/views/home.py, " in result.output
    assert "are there already" in result.output
    assert place.read_text() == before


def test_what_exists_is_written_over_by_force(gen: Gen, project: Path):
    assert gen("view", "Home", "/other", "--force").exit_code == 0
    assert "Counts how often" in (project / "shop/views/home.py").read_text()


def test_a_dry_run_writes_nothing(gen: Gen, project: Path):
    before = sorted(project.rglob("*")), (project / "shop/app.py").read_text()
    said = gen("crud", "Product", "name:str", "--dry-run").output
    assert "would write shop/products.py" in said
    assert "would add to shop/app.py" in said
    assert (sorted(project.rglob("*")), (project / "shop/app.py").read_text()) == before


def test_the_same_again_changes_nothing(gen: Gen, project: Path):
    gen("component", "Like")
    before = (project / "shop/app.py").read_text()
    assert gen("component", "Like").exit_code == 0
    assert (project / "shop/app.py").read_text() == before


def test_an_application_that_reads_otherwise_is_left_alone(gen: Gen, project: Path):
    text = "from wirebird import Wirebird\n\n\ndef make():\n    return Wirebird()\n"
    (project / "shop/app.py").write_text(text)
    said = gen("view", "Cart").output
    assert (project / "shop/app.py").read_text() == text
    assert "Add to shop/app.py:" in said
    assert 'app.live("/cart", CartView)' in said


def test_without_a_database_a_table_is_refused(gen: Gen, project: Path):
    (project / "shop/database.py").unlink()
    result = gen("crud", "Product", "name:str")
    assert result.exit_code == 1
    assert "there is no shop/database.py" in result.output


def test_outside_of_a_project_it_says_where_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["gen", "view", "Cart"])
    assert result.exit_code == 1
    assert "`wirebird new shop` makes one" in result.output


def test_imports_are_put_in_their_order_and_routes_behind_the_others():
    source = (
        "from wirebird import Wirebird\n\nfrom shop.database import lifespan\n"
        "from shop.views.home import HomeView\n\napp = Wirebird()\n"
        'app.live("/", HomeView)\n\nprint(app)\n'
    )
    assert added(source, ROUTE, "shop") == (
        "from wirebird import Wirebird\n\nfrom shop.database import lifespan\n"
        "from shop.views.cart import CartView\nfrom shop.views.home import HomeView\n\n"
        'app = Wirebird()\napp.live("/", HomeView)\napp.live("/cart", CartView)\n\nprint(app)\n'
    )


def test_the_first_import_of_the_project_is_a_block_of_its_own():
    source = "from wirebird import Wirebird\n\napp = Wirebird()\n"
    assert added(source, ROUTE, "shop") == (
        "from wirebird import Wirebird\n\nfrom shop.views.cart import CartView\n\n"
        'app = Wirebird()\napp.live("/cart", CartView)\n'
    )


@pytest.mark.parametrize("text", ["ProductList", "product_list", "product-list", "Product List"])
def test_a_name_may_be_typed_in_any_way(text: str):
    assert Named.of(text) == Named("product_list", "ProductList")


def test_names_that_make_no_class_are_refused():
    for text in ("", "1st", "class", "été!"):
        with pytest.raises(GenerationError):
            Named.of(text)


def test_several_are_called_as_in_english():
    names = ["Product", "Category", "Box", "Day", "Address"]
    plurals = ["Products", "Categories", "Boxes", "Days", "Addresses"]
    assert [Named.of(name).plural().pascal for name in names] == plurals


@pytest.mark.parametrize("text", ["price:money", "id:int", "class:str", "Name:str", "copy:str"])
def test_fields_that_cannot_be_are_refused(text: str):
    with pytest.raises(GenerationError):
        fields_of([text])


def test_a_field_comes_once():
    with pytest.raises(GenerationError):
        fields_of(["name:str", "name:text"])
