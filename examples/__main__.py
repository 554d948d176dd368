"""Serves the gallery: `python -m examples`, on the port that PORT names."""

import os

import uvicorn

from wirebird.dev.keys import development_key

port = int(os.environ.get("PORT", "8000"))
os.environ.setdefault("WIREBIRD_DEBUG", "1")
os.environ.setdefault("WIREBIRD_SECRET_KEY", development_key("examples"))

if __name__ == "__main__":
    from examples.gallery import app

    print(f"\n  Wirebird examples: http://127.0.0.1:{port}\n", flush=True)
    uvicorn.run(app, port=port, log_level="warning", ws="wirebird.server:WebSocket")
