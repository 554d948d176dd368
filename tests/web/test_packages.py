"""npm packages that scripts import by their names, with no bundler."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wirebird.web.assets import Assets
from wirebird.web.packages import package_file


def install(folder: Path, name: str, manifest: dict[str, Any], *files: str) -> None:
    package = folder / "node_modules" / name
    for file in files:
        (package / file).parent.mkdir(parents=True, exist_ok=True)
        (package / file).write_text("export {};")
    (package / "package.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("manifest", "specifier", "file"),
    [
        ({"exports": "./dist/a.js"}, "lib", "dist/a.js"),
        ({"exports": {"require": "./b.cjs", "import": "./dist/a.js"}}, "lib", "dist/a.js"),
        ({"exports": {".": {"node": "./b.cjs", "default": "./a.js"}}}, "lib", "a.js"),
        ({"exports": {".": [{"node": "./b.cjs"}, "./a.js"]}}, "lib", "a.js"),
        ({"exports": {".": "./a.js", "./part": "./dist/a.js"}}, "lib/part", "dist/a.js"),
        ({"exports": {"./*": "./dist/*.js"}}, "lib/a", "dist/a.js"),
        ({"exports": "./a.js"}, "lib/dist/a.js", None),
        ({"exports": {"require": "./b.cjs"}}, "lib", None),
        ({"exports": "./../../secret.js"}, "lib", None),
        ({"module": "dist/a.js", "main": "b.cjs"}, "lib", "dist/a.js"),
        ({"type": "module", "main": "./a.js"}, "lib", "a.js"),
        ({"main": "b.cjs"}, "lib", None),
        ({}, "lib/dist/a.js", "dist/a.js"),
        ({}, "lib/../../secret.js", None),
        ({}, "@lib", None),
        ({}, "other", None),
    ],
)
def test_a_package_gives_out_what_its_manifest_says(
    tmp_path: Path, manifest: dict[str, Any], specifier: str, file: str | None
) -> None:
    install(tmp_path, "lib", manifest, "a.js", "b.cjs", "dist/a.js")
    (tmp_path / "secret.js").write_text("")
    found = package_file(specifier, tmp_path / "pages" / "app.js")
    assert found == (file and tmp_path / "node_modules" / "lib" / file)


def test_a_script_imports_packages_and_these_their_own(tmp_path: Path) -> None:
    install(tmp_path, "@scope/view", {"module": "view.js"}, "view.js")
    install(tmp_path, "state", {"module": "state.js"}, "state.js")
    view = tmp_path / "node_modules" / "@scope" / "view" / "view.js"
    view.write_text('import { State } from "state"; export * from "nothing";')
    script = tmp_path / "pages" / "app.js"
    script.parent.mkdir()
    script.write_text('const view = await import("@scope/view"); new URL("state", import.meta.url)')
    assets = Assets([script])
    (path,) = assets.scripts()
    served = assets.find(path)
    assert served is not None
    text = served.content.decode()
    name = text.split('import("')[1].split('"')[0]
    assert name.startswith("./view-")
    assert 'new URL("state", import.meta.url)' in text
    package = assets.find(f"/_wirebird/app/{name.removeprefix('./')}")
    assert package is not None
    assert b'from "./state-' in package.content
    assert b'from "nothing"' in package.content
