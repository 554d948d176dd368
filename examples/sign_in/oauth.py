"""Signing in by another site: authlib speaks OAuth 2 with it. Ours is the fake of `provider`."""

from typing import Any

import httpx
from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.requests import Request
from starlette.responses import Response

from examples.sign_in import provider

# For a real site: its own URLs, or its server_metadata_url, and no transport.
CLIENT: Any = OAuth().register(  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    "fake",
    client_id=provider.CLIENT_ID,
    client_secret=provider.CLIENT_SECRET,
    authorize_url="/sign-in/provider/authorize",
    access_token_url="http://provider/token",
    userinfo_endpoint="http://provider/userinfo",
    client_kwargs={
        "scope": "name",
        "code_challenge_method": "S256",
        "transport": httpx.ASGITransport(provider.site),
    },
)


async def send_there(request: Request) -> Response:
    """Send a visitor to the other site, to come back with a code."""
    return await CLIENT.authorize_redirect(request, str(request.url_for("sign-in-back")))


async def name_of(request: Request) -> str | None:
    """Return what the other site calls who comes back, or None where it does not say so."""
    try:
        token = await CLIENT.authorize_access_token(request)
    except OAuthError:
        return None
    return str((await CLIENT.userinfo(token=token))["name"])
