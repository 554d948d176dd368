"""Serves the gallery: `python -m examples`, on the port that PORT names.

A process of its own serves it, and another one takes its place when a visitor kills it. The socket
is this process's, so whoever comes meanwhile waits. Durable views, and what all share, are kept
beside the development key. WIREBIRD_DEBUG=1 lets open pages follow the files that somebody edits.
"""

import os
import sys
import webbrowser
from contextlib import suppress

import uvicorn
from uvicorn.supervisors import Multiprocess

from wirebird.dev.keys import development_key, store_file


def can_show() -> bool:
    """Tell whether somebody sits before a screen: not in CI, not in a log, not over a bare line."""
    has_screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return has_screen and sys.stdout.isatty() and not os.environ.get("CI")


def main() -> None:
    """Serve until Ctrl+C."""
    port = int(os.environ.get("PORT", "8000"))
    os.environ.setdefault("WIREBIRD_SECRET_KEY", development_key("examples"))
    os.environ.setdefault("GALLERY_KILL_EVERY", "0")
    with suppress(OSError, RuntimeError):  # no home, or none that can be written to
        folder = store_file().parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ.setdefault("WIREBIRD_STORE", f"sqlite:///{store_file()}")
        os.environ.setdefault("GALLERY_FOLDER", str(folder))
    config = uvicorn.Config(
        "examples.gallery:app", port=port, log_level="warning", ws="wirebird.server:WebSocket"
    )
    socket = config.bind_socket()
    print(f"\n  Wirebird examples: http://127.0.0.1:{port}\n", flush=True)
    if can_show():
        webbrowser.open(f"http://127.0.0.1:{port}")  # which waits until somebody answers
    Multiprocess(config, [socket]).run()


if __name__ == "__main__":
    main()
