"""Signing in by another site: authlib speaks OAuth 2 with it. Ours is the fake of `provider`."""

from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from examples.sign_in import provider


@cache
def client() -> Any:
    """Return what speaks with the other site, imported when somebody goes there first."""
    import httpx
    from authlib.integrations.starlette_client import OAuth

    # For a real site: its own URLs, or its server_metadata_url, and no transport.
    return OAuth().register(  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
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
    return await client().authorize_redirect(request, str(request.url_for("sign-in-back")))


async def name_of(request: Request) -> str | None:
    """Return what the other site calls who comes back, or None where it does not say so."""
    from authlib.integrations.starlette_client import OAuthError

    try:
        token = await client().authorize_access_token(request)
    except OAuthError:
        return None
    return str((await client().userinfo(token=token))["name"])
