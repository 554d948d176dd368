"""Views inside a view's page: the element that each stands in, and the token that it joins with.

The rule: what stands for a child in its parent's tree never changes, so that a parent's render
does not touch its children.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import escape

from wirebird.html.tree import Encoder
from wirebird.live.socket import Socket
from wirebird.live.view import LiveView
from wirebird.wire.tokens import Signer


class ChildNode:
    """What stands for a nested view in its parent's tree."""

    __slots__ = (
        "__weakref__", "_container", "id", "inner", "session", "sticky", "token", "view",
    )  # fmt: skip

    def __init__(
        self,
        view: type[LiveView[Any]],
        id: str,
        session: dict[str, Any],
        sticky: bool,
        container: tuple[str, Mapping[str, str]],
    ) -> None:
        self.view = view
        self.id = id
        self.session = session
        self.sticky = sticky
        self.token = ""
        self.inner = ""
        self._container = container

    def sign(self, signer: Signer, parent: Socket, key: str, static: bool) -> None:
        """Make the attributes that the client joins the child with.

        Args:
            signer: Signs them.
            parent: The socket of the view that it stands in.
            key: Tells this join of that view from those before and after it.
            static: Whether this is the first render, whose content the child takes over.
        """
        token = {
            "id": self.id,
            "view": self.view.definition.name,
            "session": self.session,
            "sticky": self.sticky,
            "parent": parent.id,
            "key": key,
            "visitor": parent.host.visitor,
        }
        if self.sticky:
            token["url"] = parent.url  # whose live session guards it
        # In the first render only a sticky child joins by itself; others are told by their parent.
        session = "" if static and not self.sticky else signer.sign(token, "session")
        page = signer.sign({"id": self.id}, "static") if static else ""
        parent_id = f'data-phx-parent-id="{escape(parent.id)}"'
        belongs = "data-phx-sticky" if self.sticky else parent_id
        self.token = f'data-phx-session="{session}" data-phx-static="{page}" {belongs}'

    @property
    def html(self) -> str:
        """The element with what is in it."""
        tag, attributes = self._container
        more = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        return f'<{tag} id="{escape(self.id)}"{more} {self.token}>{self.inner}</{tag}>'

    def write_html(self, write: Callable[[str], object]) -> None:
        """Write the element."""
        write(self.html)

    def full(self, message: Encoder) -> str:
        """The element is sent as text."""
        return self.html

    def diff(self, old: Any, message: Encoder) -> str | None:
        """An element changes when another child stands there."""
        return None if old is self else self.html

    def make(self, parent: Socket) -> LiveView[Any]:
        """Return the view for the first render, not mounted yet."""
        socket = Socket(
            self.id,
            parent.host,
            connected=False,
            url=parent.url,
            session={**parent.host.session, **self.session},
            connect_info=parent.connect_info,
        )
        socket.params = self.session
        socket.root_path = parent.root_path
        socket.csrf_token = parent.csrf_token
        socket.nonce = parent.nonce
        return self.view(socket)
