"""Serves the gallery: `python -m examples`, on the port that PORT names.

Durable views and the auction are kept beside the development key, so they go on after a restart.
"""

import os
from contextlib import suppress

import uvicorn

from wirebird.dev.keys import development_key, store_file

port = int(os.environ.get("PORT", "8000"))
os.environ.setdefault("WIREBIRD_DEBUG", "1")
os.environ.setdefault("WIREBIRD_SECRET_KEY", development_key("examples"))
with suppress(OSError, RuntimeError):  # no home, or none that can be written to
    store_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("WIREBIRD_STORE", f"sqlite:///{store_file()}")
    os.environ.setdefault("WIREBIRD_AUCTION", str(store_file().with_name("auction.db")))

if __name__ == "__main__":
    from examples.gallery import app

    print(f"\n  Wirebird examples: http://127.0.0.1:{port}\n", flush=True)
    uvicorn.run(app, port=port, log_level="warning", ws="wirebird.server:WebSocket")
