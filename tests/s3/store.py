"""An S3 store for tests: moto keeps the objects, and in front of it signatures are checked.

moto takes whatever it is sent. A real store refuses a presigned request whose headers, size or form
are not those that were signed, and so does this one, by the AWS SDK's own reckoning.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import boto3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from moto.moto_server import werkzeug_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

ACCESS_KEY = "an access key for tests"
SECRET_KEY = "a secret key for tests"
REGION = "us-east-1"

logging.getLogger("werkzeug").setLevel(logging.WARNING)


@dataclass
class Store:
    """A running store, and what browsers have asked it for: method, key, part number."""

    url: str
    requests: list[tuple[str, str, int | None]] = field(default_factory=list)

    def client(self, **config: Any) -> Any:
        """Return a boto3 client, which signs with version 4 unless it is told otherwise."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name=REGION,
            config=Config(**{"signature_version": "s3v4", **config}),
        )

    def parts_put(self) -> list[int]:
        """Return the numbers of the parts that browsers have sent."""
        return sorted(number for _, _, number in self.requests if number is not None)


@contextmanager
def running_store() -> Iterator[Store]:
    """Run a store in a thread."""
    # With this, moto answers browsers by the CORS rules of the bucket instead of allowing all.
    with patch.object(werkzeug_app, "DISABLE_GLOBAL_CORS", True):
        moto = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)
        store = Store("")
        server = make_server(
            "127.0.0.1",
            0,
            _Checked(moto, store),
            threaded=True,
            request_handler=werkzeug_app.MotoRequestHandler,
        )
        store.url = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield store
        server.shutdown()
        thread.join()


class _Refused(Exception):
    """The store does not do what it is asked to."""


class _Checked:
    """Refuses presigned requests that are not what was signed."""

    def __init__(self, app: Any, store: Store) -> None:
        self.app = app
        self.store = store

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(size))
        request = Request(dict(environ), populate_request=False)
        try:
            if request.method == "PUT" and "X-Amz-Signature" in request.args:
                self._note(request, request.path.split("/", 2)[2])
                check_url(request)
            elif request.method == "POST" and request.mimetype == "multipart/form-data":
                check_form(request)
                self._note(request, request.form["key"])
                start_response = _readable(start_response)
        except _Refused as refusal:
            return Response(str(refusal), 403)(environ, _readable(start_response))
        environ["wsgi.input"].seek(0)
        return self.app(environ, start_response)

    def _note(self, request: Request, key: str) -> None:
        number = request.args.get("partNumber")
        self.store.requests.append((request.method, key, int(number) if number else None))


def _readable(start_response: Any) -> Any:
    """Let pages read the answer. moto forgets this for forms, whatever the bucket's rules."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("access-control-allow-origin", "*")], *more)

    return start


def check_url(request: Request) -> None:
    """Refuse a request that a presigned URL is not for."""
    address, _, query = request.environ["REQUEST_URI"].partition("?")
    pairs = query.split("&")
    signed = dict(parse_qsl(query))
    headers = {}
    for name in signed["X-Amz-SignedHeaders"].split(";"):
        if name not in request.headers:
            raise _Refused(f"the header {name} was signed")
        headers[name] = request.headers[name]
    for name, _ in request.headers:
        if name.lower().startswith("x-amz-") and name.lower() not in headers:
            raise _Refused(f"the header {name} was not signed")
    unsigned = AWSRequest(
        request.method,
        f"{request.host_url.rstrip('/')}{address}?"
        + "&".join(pair for pair in pairs if not pair.startswith("X-Amz-Signature=")),
        headers=headers,
    )
    unsigned.context["timestamp"] = signed["X-Amz-Date"]
    signer = S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION)
    text = signer.string_to_sign(unsigned, signer.canonical_request(unsigned))
    if signer.signature(text, unsigned) != signed["X-Amz-Signature"]:
        raise _Refused("the signature is for another request")
    begun = datetime.strptime(signed["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if datetime.now(UTC) > begun + timedelta(seconds=int(signed["X-Amz-Expires"])):
        raise _Refused("the signature has expired")


def check_form(request: Request) -> None:
    """Refuse a form that its policy does not allow."""
    fields = request.form.to_dict()
    signing = AWSRequest("POST", request.url)
    signing.context["timestamp"] = fields["x-amz-date"]
    signer = S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION)
    if signer.signature(fields["policy"], signing) != fields["x-amz-signature"]:
        raise _Refused("the signature is for another policy")
    policy = json.loads(base64.b64decode(fields["policy"]))
    allowed: dict[str, str] = {"bucket": request.path.strip("/")}
    for condition in policy["conditions"]:
        if isinstance(condition, dict):
            allowed.update(condition)
        else:
            kind, smallest, largest = condition
            assert kind == "content-length-range"
            if not smallest <= len(request.files["file"].read()) <= largest:
                raise _Refused("the file has another size")
    for name, value in fields.items():
        if name not in ("policy", "x-amz-signature") and allowed.get(name) != value:
            raise _Refused(f"the policy does not allow this {name}")
