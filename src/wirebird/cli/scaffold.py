"""`wirebird new`: the files of a first view, which run at once and are meant to be edited.

The rule: no file that exists is ever written over.
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

from wirebird.cli.errors import CommandError

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")

_PYTHON = '''\
"""{title}: `wirebird run {name}:app --reload`, then open http://127.0.0.1:8000."""

from dataclasses import dataclass

from wirebird import LiveView, Wirebird, event


@dataclass
class {state}:
    name: str = "world"
    visits: int = 0


class {view}(LiveView[{state}]):
    """Greets whoever is named in its form."""
{html}
    async def mount(self) -> None:
        self.socket.page_title = "{title}"

    @event
    async def greet(self, name: str = "") -> None:
        self.state.name = name.strip() or "world"
        self.state.visits += 1


app = Wirebird()
app.live("/", {view})
'''

_HTML = """\
<h1>Hello, {{ name }}!</h1>
<form id="greeting" phx-submit="greet">
  <label>Your name <input name="name" autocomplete="name"></label>
  <button>Greet</button>
</form>
{% if visits %}
  <p>Greeted {{ visits }} {{ "time" if visits == 1 else "times" }}.</p>
{% endif %}
"""

_TEST = '''\
"""The view as its visitors meet it. Needs `pip install 'wirebird[testing]' pytest`."""

import asyncio
import os

os.environ.setdefault("WIREBIRD_SECRET_KEY", "a key that only the tests sign with")

from {name} import app  # noqa: E402
from wirebird.testing import LiveClient  # noqa: E402


def test_greets_whoever_is_named():
    async def visit() -> None:
        async with LiveClient(app) as client:
            view = await client.live("/")
            assert view.text("h1") == "Hello, world!"
            await view.submit("#greeting", {{"name": "Ada"}})
            assert view.text("h1") == "Hello, Ada!"

    asyncio.run(visit())
'''


def write(name: str, folder: Path, *, single_file: bool = False) -> list[Path]:
    """Write a view, its template and a test.

    Args:
        name: What it is called, as a Python module or otherwise: "hello", "todo-list".
        folder: Where the files go.
        single_file: Keep the HTML in the Python file.

    Returns:
        The files, the module first.

    Raises:
        CommandError: The name cannot be used, or a file is there already.
    """
    module = _module_name(name)
    state = "".join(word.capitalize() for word in module.split("_"))
    files = {
        f"{module}.py": _PYTHON.format(
            name=module,
            title=module.replace("_", " ").capitalize(),
            state=state,
            view=f"{state}View",
            html=_inline(_HTML) if single_file else "",
        ),
        f"test_{module}.py": _TEST.format(name=module),
    }
    if not single_file:
        files[f"{module}.html"] = _HTML
    for file in files:
        if (folder / file).exists():
            raise CommandError(f"{file} is there already: take another name, or remove it")
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    return [folder / file for file in files]


def _module_name(name: str) -> str:
    words = [word.lower() for word in _WORD.split(name.removesuffix(".py")) if word]
    module = "_".join(words)
    if not module.isidentifier() or keyword.iskeyword(module) or not module.isascii():
        raise CommandError(f"{name!r} cannot name a Python module: take letters, as in todo_list")
    if module in sys.stdlib_module_names or module == "wirebird":
        raise CommandError(f"{module!r} is the name of a module already: take another one")
    return module


def _inline(html: str) -> str:
    body = "".join(f"    {line}\n" for line in html.splitlines())
    return f'\n    html = """\n{body}    """\n'
