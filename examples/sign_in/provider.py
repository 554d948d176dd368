"""The other site: as much of an OAuth 2 provider as signing in needs, in this process."""

import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from html import escape
from secrets import token_urlsafe
from urllib.parse import urlencode, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

NAME = "the Aviary"
CLIENT_ID, CLIENT_SECRET = "wirebird", token_urlsafe()
CODE_IS_GOOD = 60.0  # seconds

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>The Aviary</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<body style="max-width: 24rem; margin: 4rem auto; padding: 1rem; font: 1.1rem system-ui">
<main><h1>The Aviary</h1><p>Wirebird's examples would like to know your name.</p>
<form method="post" action="?{query}"><p>You are here as <b>Wren</b>.</p>
<button style="font: inherit">Tell them</button></form></main>"""


@dataclass(frozen=True)
class Code:
    challenge: str
    redirect_uri: str
    until: float


codes: dict[str, Code] = {}
tokens: dict[str, float] = {}


async def ask(request: Request) -> Response:
    """Ask whether the application may know who somebody is."""
    return HTMLResponse(PAGE.format(query=escape(urlencode(request.query_params))))


async def agree(request: Request) -> Response:
    asked = request.query_params
    back = asked.get("redirect_uri", "")
    ours = urlsplit(back).netloc == request.url.netloc and urlsplit(back).path.endswith("/back")
    if asked.get("client_id") != CLIENT_ID or not ours:
        raise HTTPException(400)
    forget_old()
    code = token_urlsafe()
    codes[code] = Code(asked.get("code_challenge", ""), back, time.monotonic() + CODE_IS_GOOD)
    answer = urlencode({"code": code, "state": asked.get("state", "")})
    return RedirectResponse(f"{back}?{answer}", 303)


async def give_token(request: Request) -> Response:
    """Give the application a token for a code, once, if it is the one that asked for it."""
    basic = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    if not compare_digest(request.headers.get("authorization", ""), f"Basic {basic}"):
        raise HTTPException(401)
    async with request.form() as form:
        code = codes.pop(str(form.get("code")), None)
        verifier, back = str(form.get("code_verifier")), form.get("redirect_uri")
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if code is None or (code.challenge, code.redirect_uri) != (challenge, back):
        return JSONResponse({"error": "invalid_grant"}, 400)
    token = token_urlsafe()
    tokens[token] = time.monotonic() + CODE_IS_GOOD
    return JSONResponse({"access_token": token, "token_type": "Bearer"})


async def tell_name(request: Request) -> Response:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if tokens.get(token, 0.0) < time.monotonic():
        raise HTTPException(401)
    return JSONResponse({"sub": "7", "name": "wren"})


def forget_old() -> None:
    now = time.monotonic()
    for code in [code for code, given in codes.items() if given.until < now]:
        del codes[code]
    for token in [token for token, until in tokens.items() if until < now]:
        del tokens[token]


site = Starlette(
    routes=[
        Route("/authorize", ask, methods=["GET"]),
        Route("/authorize", agree, methods=["POST"]),
        Route("/token", give_token, methods=["POST"]),
        Route("/userinfo", tell_name),
    ]
)
