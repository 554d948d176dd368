"""`Snapshot`: what is stored of a view, taken when it rests, and filled into one that begins.

The rule: a snapshot is plain JSON and says for what it is good; what does not fit the view that is
to be restored is refused before anything of it is used.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from time import time
from typing import TYPE_CHECKING, Any

import msgspec

from wirebird.errors import DefinitionError, WirebirdError
from wirebird.jsonable import jsonable
from wirebird.live.component import LiveComponent
from wirebird.live.durability import stored_fields
from wirebird.live.view import Live
from wirebird.runtime.props import digest
from wirebird.wire.signing import CLOCK_SKEW_SECONDS

if TYPE_CHECKING:
    from wirebird.live.stored import OpenFields, StoredFields
    from wirebird.runtime.channel import Channel

_FORMAT = b"1"
_HEAD = struct.Struct("<cd")


class SnapshotRefused(WirebirdError):
    """A snapshot cannot be what the view goes on from; says why."""


class StoredComponent(msgspec.Struct, frozen=True, array_like=True):
    """A component of the view.

    Attributes:
        name: Its class.
        id: Its id.
        props: What tells whether it is given the same props again; empty when nobody can tell.
        shape: The shape of its state.
        state: The stored fields of its state.
    """

    name: str
    id: str
    props: str
    shape: str
    state: dict[str, Any]


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """A view as its page showed it.

    Attributes:
        view: Its class.
        live_session: The live session that it was in; empty for a nested view.
        url: The page's URL.
        logins: What told its visitor's login from those after a log-out; see `saving`.
        shape: The shape of its state.
        state: The stored fields of its state.
        flash: The messages that it shows.
        title: The title that it has set.
        components: Its components.
    """

    view: str
    live_session: str
    url: str
    logins: str
    shape: str
    state: dict[str, Any]
    flash: dict[str, str]
    title: str | None
    components: list[StoredComponent]

    @classmethod
    def of(cls, channel: Channel, fields: StoredFields | OpenFields, logins: str) -> Snapshot:
        """Return what is to be stored of a view that rests."""
        view = channel.view
        socket = view.socket
        components = channel.display.components if channel.stage.is_shown else None
        return cls(
            type(view).definition.name,
            live_session_of(channel),
            socket.url,
            logins,
            fields.shape,
            fields.dump(view.state),
            socket.flash,
            socket.page_title,
            [] if components is None else _components(components.placed()),
        )

    def check(self, channel: Channel, logins: str) -> None:
        """See that the snapshot is one of the view that is to be restored.

        Raises:
            SnapshotRefused: It is not.
        """
        view = channel.view_class
        if self.view != view.definition.name:
            raise SnapshotRefused(f"it is of another view, {self.view}")
        if self.live_session != live_session_of(channel):
            raise SnapshotRefused(f"it is of another live session, {self.live_session!r}")
        if self.logins != logins:
            raise SnapshotRefused("its visitor has been logged out since")
        keeps = view.keep_fitting_state or channel.endpoint.keeps_what_fits
        if self.shape != stored_fields(view).shape and not keeps:
            raise SnapshotRefused(
                f"{view.definition.state_class.__name__} has other fields, or types, by now"
                " (keep_fitting_state = True keeps those that fit)"
            )

    def fill(self, view: Live[Any], keeps: bool) -> bool:
        """Put what is stored into the state of a view that is mounted.

        Args:
            view: The view.
            keeps: Whether fields that fit are kept where others do not.

        Returns:
            Whether it fits.
        """
        fields = stored_fields(type(view))
        if not fields.fill(view.state, self.state, keep_fitting=keeps):
            return False
        socket = view.socket
        socket.flash = self.flash
        socket.page_title = self.title
        return True


class StoredComponents:
    """The components of a snapshot that their places on the page have not taken yet.

    A component whose props are those that it was given before goes on from its stored state, as
    if it had not been updated; else what is new in its props counts.
    """

    __slots__ = ("_keeps", "_stored")

    def __init__(self, stored: list[StoredComponent], keeps: bool) -> None:
        self._keeps = keeps
        self._stored = {(each.name, each.id): each for each in stored}

    def take(self, component: LiveComponent[Any], given: Mapping[str, Any] | None) -> Any:
        """Return what is stored of a component that was just mounted, to fill in after its update.

        Where its props are others, or nobody can tell, its state is filled in here and now.
        """
        stored = self._stored.pop((type(component).definition.name, component.id), None)
        if stored is None or type(component).durable is False:
            return None
        if stored.props and stored.props == digest(given):
            return stored
        self.fill(component, stored)
        return None

    def fill(self, component: LiveComponent[Any], stored: StoredComponent) -> None:
        """Fill in a component's state, if it fits."""
        fields = stored_fields(type(component))
        keeps = component.keep_fitting_state or self._keeps
        fits = fields.shape == stored.shape or keeps
        if fits:
            fields.fill(component.state, stored.state, keep_fitting=keeps)


def encode(snapshot: Snapshot) -> bytes:
    """Return a snapshot as bytes; equal ones are equal."""
    return _encode(snapshot)


def dated(body: bytes) -> bytes:
    """Return an encoded snapshot with its format and the time."""
    return _HEAD.pack(_FORMAT, time()) + body


def decode(data: bytes, most_seconds: float) -> Snapshot:
    """Return the snapshot in some bytes that were opened.

    Args:
        data: What `dated` has returned.
        most_seconds: How old it may be.

    Raises:
        SnapshotRefused: It cannot be read, or is too old or from the future.
    """
    try:
        format, taken = _HEAD.unpack_from(data)
        if format != _FORMAT:
            raise SnapshotRefused("another version of Wirebird has stored it")
        snapshot = _decoder.decode(memoryview(data)[_HEAD.size :])
    except (msgspec.MsgspecError, struct.error, ValueError, RecursionError) as error:
        raise SnapshotRefused("it cannot be read") from error
    age = time() - taken
    if not age >= -CLOCK_SKEW_SECONDS:
        raise SnapshotRefused("it is from the future: the machines' clocks differ")
    if age > most_seconds:
        raise SnapshotRefused("it is too old")
    return snapshot


def largest_field(snapshot: Snapshot) -> str:
    """Return the name of the field that takes most of a snapshot."""
    fields = {(snapshot.view, name): value for name, value in snapshot.state.items()}
    for component in snapshot.components:
        fields |= {(component.name, name): value for name, value in component.state.items()}
    if not fields:
        return "its streams"
    view, name = max(fields, key=lambda key: len(msgspec.json.encode(fields[key])))
    return f"{view.rpartition(':')[2]}.{name}"


def key_of(context: str) -> str:
    """Return the key of a record, from which nobody learns what it is about."""
    return hashlib.blake2b(context.encode(), digest_size=18, person=b"wirebird record").hexdigest()


def live_session_of(channel: Channel) -> str:
    """Return the name of the live session in which a view stands; empty for a nested one."""
    match = channel.join.match
    return "" if match is None else match.route.live_session.name


def _components(
    placed: list[tuple[LiveComponent[Any], Mapping[str, Any] | None]],
) -> list[StoredComponent]:
    stored: list[StoredComponent] = []
    for component, given in placed:
        if component.durable is False:
            continue
        try:
            fields = stored_fields(type(component))
        except DefinitionError:  # in development, where that is no reason to store nothing
            continue
        stored.append(
            StoredComponent(
                type(component).definition.name,
                component.id,
                digest(given),
                fields.shape,
                fields.dump(component.state),
            )
        )
    return stored


_encode = msgspec.json.Encoder(enc_hook=jsonable).encode
_decoder = msgspec.json.Decoder(Snapshot)
