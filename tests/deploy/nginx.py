"""nginx as `deploy/nginx.conf` sets it up, on a free port and before processes of this machine."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@contextmanager
def nginx(
    folder: Path, applications: Sequence[str], tls: tuple[Path, Path] | None = None
) -> Iterator[str]:
    """Run nginx for a while.

    Args:
        folder: Where it makes one for its files.
        applications: The URLs of the processes behind it, as many as the configuration has.
        tls: A certificate and its key.

    Yields:
        Its URL.
    """
    folder.mkdir()
    folder.chmod(0o777)  # its workers are somebody else
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listen = f"listen 127.0.0.1:{port}"
    if tls:
        listen += " ssl; ssl_certificate {}; ssl_certificate_key {}".format(*tls)
    text = CONFIGURATION.read_text().replace("listen 8000", listen)
    places = iter(urlsplit(url).netloc for url in applications)
    text = re.sub(r"app\d:8000", lambda _: next(places), text)
    assert next(places, None) is None
    temporary = [
        f"{kind}_temp_path {folder / kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    ]
    text = text.replace("http {", "\n".join(["http {", "access_log off;", *temporary]))
    main = f"daemon off; pid {folder / 'pid'}; error_log stderr;\n"
    configuration = folder / "nginx.conf"
    configuration.write_text(main + text)
    said = folder / "said"
    # Into a file: a pipe that nobody reads fills up with what it says of processes that are away,
    # and then nginx stands still.
    with said.open("w") as log:
        process = subprocess.Popen(
            [shutil.which("nginx") or "nginx", "-e", "stderr", "-p", folder, "-c", configuration],
            stderr=log,
        )
    try:
        await_listener(port, process, said)
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def await_listener(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    """Return once it takes connections."""
    while process.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            return
    raise RuntimeError(f"nginx did not start:\n{said.read_text()}")
