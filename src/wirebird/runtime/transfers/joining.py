"""How the transfer of a file begins: its channel is joined with the token of its preflight.

The rule: a transfer is joined over the line of the view that wants the file, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirebird.runtime.transfers.uploads import TOKEN_AGE
from wirebird.wire.frames import Frame
from wirebird.wire.tokens import TokenError

if TYPE_CHECKING:
    from wirebird.runtime.connection import Connection


async def join_upload(connection: Connection, frame: Frame) -> None:
    """Begin a transfer, or say why it cannot begin."""
    payload = frame.payload
    try:
        token = connection.verify(
            payload.get("token") if isinstance(payload, dict) else None, "upload", TOKEN_AGE
        )
    except TokenError as error:
        return await connection.refuse_join(frame, "invalid_token", str(error))
    channel = connection.channels.get(token["topic"])
    admitted = None if channel is None else channel.uploads.admitted(token)
    if channel is None or admitted is None:
        return await connection.refuse_join(frame, "disallowed", "its view or its entry has gone")
    upload, entry = admitted
    if entry.transfer is not None:
        return await connection.refuse_join(frame, "already_registered", "it was joined before")
    if frame.topic != f"lvu:{entry.ref}":
        return await connection.refuse_join(
            frame, "invalid_token", "the token is for another entry"
        )
    channel.uploads.begin(upload, entry, frame)
