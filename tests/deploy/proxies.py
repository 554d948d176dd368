"""Caddy as `deploy/Caddyfile` sets it up, and a certificate, for processes of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.cli.running import free_port
from tests.deploy.nginx import await_listener

CADDYFILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate that signs itself; return it and its key."""
    made, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


@contextmanager
def caddy(folder: Path, applications: Sequence[str]) -> Iterator[str]:
    """Run Caddy for a while, with certificates of its own making.

    Args:
        folder: Where it makes one for its files.
        applications: The URLs of the processes behind it, as many as the configuration has.

    Yields:
        Its URL.
    """
    folder.mkdir()
    port = free_port()
    options = "\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n"
    text = CADDYFILE.read_text()
    program = shutil.which("caddy") or "caddy"
    if _version(program) < (2, 7):
        text = re.sub(r"^.*stream_close_delay.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("example.com {", f"https://localhost:{port} {{\n\ttls internal", 1)
    places = iter(urlsplit(url).netloc for url in applications)
    text = re.sub(r"app\d:8000", lambda _: next(places), text)
    assert next(places, None) is None
    configuration = folder / "Caddyfile"
    configuration.write_text(f"{{\n{options}}}\n{text}")
    said = folder / "said"
    homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with said.open("w") as log:
        process = subprocess.Popen(
            [program, "run", "--adapter", "caddyfile", "--config", configuration],
            stderr=log, env=homes,
        )  # fmt: skip
    try:
        await_listener(port, process, said)
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])
