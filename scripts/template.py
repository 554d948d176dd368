"""template.py [FOLDER] - writes the cookiecutter template, `cookiecutter/` if nothing else is said,
from the templates of `wirebird new`. Run it, in the environment, after a change of those.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from wirebird.new.project import ENVIRONMENT, MANAGERS, PACKAGE, TAKEN, templates

ROOT = Path(__file__).resolve().parents[1]

CONTEXT = {
    "slug": "shop",
    "package": "{{ cookiecutter.slug.replace('-', '_') }}",
    "title": "{{ cookiecutter.slug.replace('-', ' ').capitalize() }}",
    "manager": list(MANAGERS),
    "database": False,
    "tailwind": False,
    "auth": False,
    "skill": False,
    "__prompts__": {
        "slug": "What is it called? Small letters, as in todo-list",
        "package": "Its Python package",
        "title": "Its name for people",
        "manager": "What installs packages?",
        "database": "Does it keep data, with SQLAlchemy?",
        "tailwind": "Is its style made with Tailwind? (npm is needed)",
        "auth": "Do people have accounts? (they need the database)",
        "skill": "Shall coding agents find a short guide to Wirebird in it?",
    },
    "_jinja2_env_vars": ENVIRONMENT,
}

BEFORE = '''\
"""Refuses what cannot be a project, as `wirebird new` does."""

import keyword
import sys

package = "{{ cookiecutter.package }}"
if not (package.isidentifier() and package.isascii()) or keyword.iskeyword(package):
    sys.exit(f"{package!r} cannot name a Python package: take letters, as in todo_list")
if package in sys.stdlib_module_names or package in {taken}:
    sys.exit(f"{package!r} is the name of a module already: take another one")
if {{ cookiecutter.auth }} and not {{ cookiecutter.database }}:
    sys.exit("accounts need the database: say yes to both, or to none")
'''

AFTER = '''\
"""Removes what this project does not have: those of its files that came out empty."""

from contextlib import suppress
from pathlib import Path

OPTIONAL = [
{optional}]

for path in map(Path, OPTIONAL):
    if not path.read_text(encoding="utf-8").strip():
        path.unlink()
        with suppress(OSError):  # there is more in it
            for folder in path.parents:
                folder.rmdir()
'''

README = """\
# Wirebird's cookiecutter

```console
$ cookiecutter gh:wirebird/wirebird --directory cookiecutter
```

makes the same project as `wirebird new`. Change nothing here: `scripts/template.py` writes this
folder from `src/wirebird/new/template/`.
"""


def write(folder: Path) -> None:
    """Write the template into a folder, and remove what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    sources: dict[str, str] = {}
    for path, source in templates():
        head, _, rest = path.partition("/")
        sources["{{cookiecutter.package}}/" + rest if head == PACKAGE else path] = source
    optional = [path for path, source in sources.items() if source.startswith("{% if")]
    made = {
        "README.md": README,
        "cookiecutter.json": json.dumps(CONTEXT, indent=2) + "\n",
        "hooks/pre_gen_project.py": BEFORE.replace(
            "{taken}", str(tuple(sorted(TAKEN))).replace("'", '"')
        ),
        "hooks/post_gen_project.py": AFTER.replace(
            "{optional}", "".join(f'    "{path}",\n' for path in optional)
        ),
    }
    made.update({"{{cookiecutter.slug}}/" + path: source for path, source in sources.items()})
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "cookiecutter")
