"""`whole_scope`: what a host passed on, as ASGI has it.

The rule: `path` is what the browser asked for, and `root_path` the part of it that is the host's.
Some hosts (Litestar) pass only the rest of the path, without its first slash and with a last one.
"""

from __future__ import annotations

from urllib.parse import unquote

from starlette.types import Scope


def whole_scope(scope: Scope) -> Scope:
    """Return a request's scope with the path that the browser asked for, and its prefix.

    Args:
        scope: An HTTP or WebSocket scope. `raw_path` tells what was cut off; without it, or where
            the path is not the end of it (a host may rewrite paths), only a missing first slash is
            put there.
    """
    path: str = scope["path"]
    raw: bytes | None = scope.get("raw_path")
    if scope.get("root_path") or not raw or raw == path.encode():
        return scope if path[:1] == "/" else {**scope, "path": "/" + path}
    whole = unquote(raw.decode("latin-1"))
    if whole == path:
        return scope
    rest = path.strip("/")
    there = whole.rstrip("/")
    if not there.endswith("/" + rest if rest else ""):
        return scope if path[:1] == "/" else {**scope, "path": "/" + path}
    prefix = there[: len(there) - len(rest)].rstrip("/")
    return {**scope, "path": whole, "root_path": prefix}
