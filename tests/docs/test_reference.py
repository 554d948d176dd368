"""The reference has every public name, once, and language models are told the same."""

from __future__ import annotations

import inspect
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.docs.documents import ROOT, SKILL
from wirebird import LiveView, Wirebird
from wirebird.cli import documents
from wirebird.cli.main import app
from wirebird.live.view import Live

REFERENCE = ROOT / "docs" / "reference"
MODULES = (
    "wirebird",
    "wirebird.components",
    "wirebird.instruments",
    "wirebird.s3",
    "wirebird.testing",
)
TOKENS = 12_000
BYTES_PER_TOKEN = 3.5  # of English and code, on the careful side
FOREIGN = {"wirebird.HTTPException"}  # Starlette's


def listed() -> Counter[str]:
    texts = [path.read_text() for path in REFERENCE.glob("*.md")]
    return Counter(re.findall(r"^::: ([\w.]+)$", "\n".join(texts), re.MULTILINE))


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_the_reference_once(module: str) -> None:
    public = {
        f"{module}.{name}"
        for name, value in vars(import_module(module)).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    known = {name: count for name, count in listed().items() if name.rpartition(".")[0] == module}
    assert known == dict.fromkeys(sorted(public - FOREIGN), 1)


def undocumented(module: str) -> Iterator[str]:
    """Yield what a module offers, or a class of it has, that says nothing of itself."""
    for name, value in vars(import_module(module)).items():
        if name.startswith("_") or not getattr(value, "__module__", "").startswith("wirebird"):
            continue
        if (inspect.isclass(value) or inspect.isroutine(value)) and not value.__doc__:
            yield f"{module}.{name}"
        kinds: tuple[type, ...] = value.__mro__ if isinstance(value, type) else ()
        for key in dir(value) if kinds else ():
            owner = next((kind for kind in kinds if key in vars(kind)), object)
            if key.startswith("_") or not owner.__module__.startswith("wirebird"):
                continue
            member = vars(owner)[key]
            is_method = inspect.isroutine(member) or isinstance(member, property | cached_property)
            if is_method and not (member.__doc__ or inspect.getdoc(getattr(value, key))):
                yield f"{module}.{name}.{key}"


def test_every_public_name_says_what_it_is():
    modules = [*MODULES, "wirebird.instruments.prometheus", "wirebird.instruments.otel"]
    assert [name for module in modules for name in undocumented(module)] == []


def test_every_argument_of_the_application_is_explained():
    told = inspect.getdoc(Wirebird) or ""
    explained = re.findall(r"^    (\w+): ", told, re.MULTILINE)
    assert explained == list(inspect.signature(Wirebird).parameters)


@pytest.mark.parametrize("kind", [Live, LiveView])
def test_every_attribute_that_a_class_of_ones_own_sets_is_explained(kind: type) -> None:
    can_be_set = {name for name in vars(kind) if name in kind.__annotations__ and name[0] != "_"}
    explained = set(re.findall(r"^    (\w+): ", inspect.getdoc(kind) or "", re.MULTILINE))
    assert can_be_set
    assert can_be_set - {"definition"} == explained
    assert all(f"    {name}: " in documents.whole() for name in explained)


def test_the_index_leads_to_documents_that_are_there() -> None:
    paths = re.findall(r"/blob/main/docs/([\w/.-]+)\)", documents.index())
    assert len(paths) > 20
    assert all((ROOT / "docs" / path).is_file() for path in paths)


def test_the_whole_has_guides_and_docstrings() -> None:
    printed = CliRunner().invoke(app, ["docs", "--llms-full"]).output
    assert "# Streams" in printed
    assert "at least 32 characters" in printed
    assert "### `Socket.subscribe(" in printed  # of a class that it is made of
    assert ":::" not in printed


def headings(text: str) -> list[str]:
    return re.findall(r"^##+ `([\w.]+)", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "package", "needed"),
    [
        ("wirebird.instruments.prometheus.Prometheus", "prometheus_client", "[prometheus]"),
        ("wirebird.testing.LiveClient", "selectolax", "[testing]"),
        ("wirebird.testing.render_component", "selectolax", "[testing]"),
    ],
)
def test_what_needs_a_package_that_is_missing_is_told_from_its_source(
    name: str, package: str, needed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = documents.described(name)
    for module in list(sys.modules):
        if module.startswith((name.rpartition(".")[0], package)):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    told = documents.described(name)
    assert usual.split("\n\n")[1] in told
    assert headings(usual)[0] == name
    own = [heading for heading in headings(usual) if "Prometheus." not in heading]  # inherited
    assert [heading for heading in own if heading not in headings(told)] == []
    assert needed in told.splitlines()[-1]


def test_the_wheel_has_every_document_that_is_listed() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    carried = [f"{path}" for path in built["targets"]["wheel"]["force-include"]]
    listed = [f"docs/{path}" for _, path, _ in documents._listed()]  # pyright: ignore[reportPrivateUsage]
    assert [path for path in listed if not path.startswith(tuple(carried))] == []


def test_the_skill_is_installed_and_fits_a_small_context(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["skill", str(tmp_path)])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "wirebird/SKILL.md").read_text()
    assert text == SKILL.read_text()
    assert len(text.encode()) / BYTES_PER_TOKEN < TOKENS


def test_what_the_runtime_alone_calls_is_in_no_reference() -> None:
    site = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["plugins"]["mkdocstrings"]
    _, left_out = site["handlers"]["python"]["options"]["filters"]
    assert left_out == f"!^({'|'.join(sorted(documents.INTERNAL))})$"
    texts = [
        page.read_text() for page in (ROOT / "docs").rglob("*.md") if "design" not in page.parts
    ]
    named = set(re.findall(r"[.`](\w+)\(", "\n".join(texts)))
    assert named & documents.INTERNAL == set()
    assert [
        key for key in headings(documents.whole()) if key.split(".")[-1] in documents.INTERNAL
    ] == []


def test_what_a_model_should_have_read_fits_a_small_context() -> None:
    printed = CliRunner().invoke(app, ["docs", "--llms"]).output
    assert printed.startswith("# Wirebird\n\n> ")
    assert "## Before you say that it is done" in printed
    assert len(printed.encode()) / BYTES_PER_TOKEN < TOKENS


def test_a_skill_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(app, ["skill", str(tmp_path / "file")])
    assert done.exit_code == 1
    assert "cannot be written" in done.output


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "design"
    listed = re.findall(r"\]\((0.+)\)", (folder / "decisions.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_every_guide_is_on_the_site_and_in_the_table() -> None:
    guides = {f"guides/{path.name}" for path in (ROOT / "docs" / "guides").glob("*.md")}
    site = repr(tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"])
    table = (ROOT / "docs" / "README.md").read_text()
    assert {guide for guide in guides if repr(guide) not in site} == set()
    assert {guide for guide in guides if f"]({guide})" not in table} == set()
