"""Every piece of code in the documents is code: it compiles, and whole files run."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from tests.docs.conftest import Example
from tests.docs.documents import DOCUMENTS, ROOT, TUTORIAL, Block, all_blocks, write
from wirebird.html.jinja.environment import TemplateEnvironment

PYTHON = [block for block in all_blocks("python") if block.is_understood]
TEMPLATES = all_blocks("jinja", "html")
FILES = [
    block for block in all_blocks("python") if block.file_name and block.document.parent != TUTORIAL
]
WITH_FILES = sorted({str(block.document.relative_to(ROOT)) for block in FILES})
WITH_TESTS = sorted(
    {
        str(block.document.relative_to(ROOT))
        for block in FILES
        if str(block.file_name).startswith("test_")
    }
)


def compiled(block: Block) -> Any:
    """Compile a block; a piece of a handler's body may `await` and `return`."""
    name, flags = str(block), ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        return compile(block.text, name, "exec", flags)
    except SyntaxError as error:
        if "outside" not in str(error.msg):
            raise
    return compile(f"async def handler():\n{indent(block.text, '    ')}", name, "exec")


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_compiles(block: Block) -> None:
    compiled(block)


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_what_is_imported_from_wirebird_is_there(block: Block) -> None:
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "wirebird":
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                assert hasattr(module, alias.name), f"{node.module} has no {alias.name}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_but_a_language_stands_behind_a_fence(document: Path) -> None:
    """The site takes no other for one, and all that follows for code."""
    assert not re.findall(r"^ *```\w+[^\w\n].*", document.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("block", TEMPLATES, ids=str)
def test_templates_compile(block: Block) -> None:
    TemplateEnvironment(extensions=["jinja2.ext.i18n"]).inline(block.text, str(block))


@pytest.mark.parametrize("document", WITH_FILES)
def test_files_run(document: str, example: Example, tmp_path: Path) -> None:
    for module in write(ROOT / document, tmp_path):
        example(document, module)


@pytest.mark.parametrize("document", WITH_TESTS)
async def test_tests_in_documents_pass(document: str, example: Example, tmp_path: Path) -> None:
    modules = [name for name in write(ROOT / document, tmp_path) if name.startswith("test_")]
    tests = [
        test
        for module in modules
        for name, test in vars(example(document, module)).items()
        if name.startswith("test_")
    ]
    assert tests
    for test in tests:
        await test()
