"""`wirebird new --single`: an application in one file, to try something with.

The rule: no file that exists is ever written over.
"""

from __future__ import annotations

from pathlib import Path

from wirebird.new import ProjectError, module_name

_PYTHON = '''\
"""{title}: `wirebird run {name}.py --reload`, then open http://127.0.0.1:8000."""

from dataclasses import dataclass

from wirebird import LiveView, Wirebird, event


@dataclass
class {state}:
    name: str = "world"
    visits: int = 0


class {view}(LiveView[{state}]):
    """Greets whoever is named in its form."""

    html = """
    <h1>Hello, {{{{ name }}}}!</h1>
    <form id="greeting" phx-submit="greet">
      <label>Your name <input name="name" autocomplete="name"></label>
      <button>Greet</button>
    </form>
    {{% if visits %}}
      <p>Greeted {{{{ visits }}}} {{{{ "time" if visits == 1 else "times" }}}}.</p>
    {{% endif %}}
    """

    async def mount(self) -> None:
        self.socket.page_title = "{title}"

    @event
    async def greet(self, name: str = "") -> None:
        self.state.name = name.strip() or "world"
        self.state.visits += 1


app = Wirebird()
app.live("/", {view})
'''


def write(file: Path) -> Path:
    """Write an application that is one file.

    Args:
        file: Where it goes: "hello.py", or what it is called, "todo-list".

    Returns:
        The file, whose name is a module's.

    Raises:
        ProjectError: The name cannot be used, or the file is there already.
    """
    module = module_name(file.name)
    path = file.with_name(f"{module}.py")
    if path.exists():
        raise ProjectError(f"{path} is there already: take another name, or remove it")
    state = "".join(word.capitalize() for word in module.split("_"))
    path.write_text(
        _PYTHON.format(
            name=module,
            title=module.replace("_", " ").capitalize(),
            state=state,
            view=f"{state}View",
        ),
        encoding="utf-8",
    )
    return path
