"""`ClientChannel`: the browser's side of one joined view.

The rule: frames take effect while the server sends them, so that the page is never behind; what
went wrong with them is kept, and raised in the test's own call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urljoin

from wirebird.testing.document import Document, with_children
from wirebird.testing.entered import Entered
from wirebird.testing.errors import (
    EventRefused,
    JoinRefused,
    LiveTestError,
    ViewCrashed,
)
from wirebird.testing.html import LexborHTMLParser, LexborNode, attribute, parse_body
from wirebird.testing.rendered import Rendered

if TYPE_CHECKING:
    from wirebird.testing.tab import Tab
    from wirebird.testing.uploads import FileInput

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Redirection:
    """Where a view sends its visitor.

    Attributes:
        kind: "navigate" goes over the open socket, "redirect" loads a page.
        to: A path, or the URL of another site.
        flash: The flash that goes along, signed.
    """

    kind: Literal["navigate", "redirect"]
    to: str
    flash: str | None = None


class ClientChannel:
    """A view that is joined, or about to be.

    Args:
        tab: The page that it is in.
        id: Its container's id.
        session: Its session token.
        static: Its static token, if it has one.
        parent: The view around it; None for the page's main view.
    """

    def __init__(
        self,
        tab: Tab,
        id: str,
        session: str,
        static: str | None,
        parent: ClientChannel | None = None,
        navigated: bool = False,
    ) -> None:
        self.tab = tab
        self.id = id
        self.topic = f"lv:{id}"
        self.session = session
        self.static = static
        self.parent = parent
        self.navigated = navigated
        self.tag = "div"
        self.sticky = False
        self.url = ""
        self.join_ref = ""
        self.joins = 0
        self.children: dict[str, ClientChannel] = {}
        self.events: list[tuple[str, Any]] = []
        self.patched: list[str] = []
        self.reply: Any = None
        self.entered = Entered()
        self.files: dict[str, FileInput] = {}
        self.redirected: Redirection | None = None
        self.failure: LiveTestError | None = None
        self._rendered: Rendered | None = None
        self._document = Document()
        self._kept = False
        self._before: dict[str, ClientChannel] = {}
        self._shown: set[int] = set()
        self._pending: dict[str, asyncio.Future[Payload]] = {}
        self._waiting: dict[str, set[int]] = {}
        self._parsed: tuple[str, LexborHTMLParser] | None = None

    # What the page shows

    @property
    def html(self) -> str:
        """The view's HTML, nested views included."""
        children = {id: child.html for id, child in self.children.items()}
        return with_children(self._document.html, children)

    @property
    def page(self) -> LexborHTMLParser:
        """The view in its container, parsed."""
        html = self.html
        if self._parsed is None or self._parsed[0] != html:
            main = "" if self.parent else " data-phx-main"
            container = f'<{self.tag} id="{self.id}"{main} data-phx-session="">'
            document = parse_body(f"{container}{html}</{self.tag}>")
            self._parsed = (html, document)
        return self._parsed[1]

    def family(self) -> Iterator[ClientChannel]:
        """Yield this view and those inside it."""
        yield self
        for child in self.children.values():
            yield from child.family()

    # Joining and leaving

    async def join(self, url: str, flash: str | None = None) -> None:
        """Join, and wait until the page and the views in it are there.

        Raises:
            JoinRefused: The server does not let it in.
            ViewCrashed: The view raised.
        """
        self.url = url
        self.begin({"redirect" if self.navigated else "url": url}, flash)
        await self.settle()

    def begin(self, place: Payload, flash: str | None = None) -> None:
        """Send the join."""
        tab = self.tab
        self.redirected = self.failure = self._rendered = None
        self._before, self._kept = self.children, False
        self.children, self._pending, self._waiting, self.files = {}, {}, {}, {}
        self._shown = set()
        payload = {
            **place,
            "params": tab.connect_params(self),
            "session": self.session,
            "static": self.static,
            "sticky": self.sticky,
        }
        if flash is not None:
            payload["flash"] = flash
        self.join_ref = tab.next_ref()
        tab.channels[self.join_ref] = self
        self._push("phx_join", payload, self.join_ref)

    def leave(self, why: str) -> None:
        """Leave, with all views inside."""
        for child in tuple(self.children.values()):
            if child.id not in self.tab.sticky:
                child.leave(why)
        self.children = {}
        if self.failure is None:
            self.tab.send(self.join_ref, self.tab.next_ref(), self.topic, "phx_leave", {})
        self.gone(why)

    def gone(self, why: str) -> None:
        """Take note that the view is no longer there."""
        for channel in self.family():
            channel._fail(LiveTestError(why))

    # Sending

    async def push(self, event: str, payload: Payload) -> Payload:
        """Send a message and wait for the answer, and for all that follows from it.

        Raises:
            LiveTestError: The view is gone, or what the server says.
        """
        self.check()
        self.tab.log.take_warning(self.topic)
        self.reply = None
        response = await self.tab.within(self._push(event, payload), self._what(event, payload))
        if _is_refusal(self.reply):
            raise EventRefused(self.tab.log.take_warning(self.topic) or self.reply["error"])
        await self.settle()
        return response

    def tell(self, event: str, payload: Payload) -> None:
        """Send a message whose answer nobody waits for but `settle`."""
        if self.failure is None and self.redirected is None:
            self._push(event, payload)

    async def settle(self) -> None:
        """Wait until nothing that was sent still waits for an answer.

        Raises:
            LiveTestError: Something went wrong meanwhile.
        """
        while self.redirected is None:
            waiting = [each for view in self.family() for each in view._pending.values()]
            if not waiting:
                break
            await self.tab.within(asyncio.gather(*waiting), "an answer")
        for view in self.family():
            if view.failure is not None:
                raise view.failure
        self.tab.examine()

    def check(self) -> None:
        """Raise when the view is not there any more.

        Raises:
            LiveTestError: It crashed, was left, or sent its visitor elsewhere.
        """
        if self.failure is not None:
            raise self.failure
        if self.redirected is not None:
            raise LiveTestError(
                f"the view sent its visitor to {self.redirected.to!r}:"
                " go on with `view = await view.follow_redirect()`"
            )

    def _push(
        self, event: str, payload: Payload, ref: str | None = None
    ) -> asyncio.Future[Payload]:
        ref = ref or self.tab.next_ref()
        answer = self._pending[ref] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_retrieved)
        self.tab.send(self.join_ref, ref, self.topic, event, payload)
        return answer

    def _what(self, event: str, payload: Payload) -> str:
        return f"an answer to {payload.get('event', event)!r}"

    # Receiving

    def receive(self, ref: str | None, event: str, payload: Payload) -> None:
        """Take a frame of this view from the server."""
        try:
            if event == "phx_reply":
                self._answered(ref or "", payload["status"], payload["response"])
            elif event == "diff":
                self._apply(payload)
            elif event == "phx_error":
                self._fail(self._crash())
            elif event == "phx_close":
                pass
            else:
                self._go({event: payload})
        except LiveTestError as error:
            self._fail(error)

    def _answered(self, ref: str, status: str, response: Payload) -> None:
        if ref == self.join_ref:
            if status == "ok":
                self._joined(response)
            elif "redirect" in response or "live_redirect" in response:
                self._take_events(response.get("events"))
                self._go(response)
            else:
                raise self._refusal(response)
        elif status != "ok":
            raise LiveTestError(f"the server answers with an error: {response}")
        else:
            if "diff" in response:
                self._apply(response["diff"])
            self._go(response)
            self._components_gone(ref, response)
        answer = self._pending.pop(ref, None)
        if answer is not None and not answer.done():
            answer.set_result(response)

    def _joined(self, response: Payload) -> None:
        self.joins += 1
        if "container" in response:
            self.tag = response["container"][0]
        rendered = response["rendered"]
        title = rendered.get("t")
        rendered.pop("r", None)
        self._extract(rendered)
        if self.parent is None:
            self.tab.put_title(title)
        self._rendered = Rendered(rendered)
        if not self._kept:
            self._document = Document()
        self._print()
        self._before = {}
        if "live_patch" in response:
            self._go(response)

    def _apply(self, diff: Payload) -> None:
        if isinstance(diff.get("t"), str):
            self.tab.put_title(diff["t"])
        self._extract(diff)
        if diff and self._rendered is not None:
            cids = [int(cid) for cid in diff["c"]] if diff.keys() == {"c"} else []
            self._rendered.merge(diff)
            self._print(cids)

    def _extract(self, diff: Payload) -> None:
        if "r" in diff:
            self.reply = diff.pop("r")
        diff.pop("t", None)
        self._take_events(diff.pop("e", None))

    def _take_events(self, events: list[list[Any]] | None) -> None:
        for name, payload, *_ in events or ():
            if name == "wirebird:mark":
                self.tab.marks[payload["view"]] = payload["mark"]
            elif name == "wirebird:kept":
                self._kept = True
            else:
                self.events.append((name, payload))

    def _print(self, cids: Iterable[int] = ()) -> None:
        """Show the tree on the page; `cids` are what changed, if it was nothing but components."""
        if self._rendered is None:
            return
        document = self._document
        if cids and document.remembers:
            for cid in document.outermost(cids):
                printed = self._rendered.print_component(cid)
                document.patch_component(cid, printed.html, printed.streams)
        else:
            printed = self._rendered.print()
            document.patch(printed.html, printed.streams)
        self.entered.patched(document.html)
        before, self._shown = self._shown, document.components()
        gone = before - self._shown
        if gone:
            self._ask("cids_will_destroy", gone)
        self._join_children()

    def _join_children(self) -> None:
        html = self._document.html
        found: set[str] = set()
        if "data-phx-session" in html:
            for node in parse_body(html).css("[data-phx-session]"):
                id = attribute(node, "id") or ""
                found.add(id)
                if id not in self.children:
                    self.children[id] = self.tab.sticky.get(id) or self._join_child(id, node)
        for id in self.children.keys() - found:
            self.tab.sticky.pop(id, None)
            self.children.pop(id).leave("the view has left the page")

    def _join_child(self, id: str, node: LexborNode) -> ClientChannel:
        static = attribute(node, "data-phx-static") or self.tab.statics.pop(id, None)
        child = ClientChannel(self.tab, id, attribute(node, "data-phx-session") or "", static, self)
        child.sticky = "data-phx-sticky" in node.attributes
        before = self._before.get(id)
        if before is not None and self._kept:
            child.joins, child._document = before.joins, before._document
        if child.sticky:
            self.tab.sticky[id] = child
        child.begin({})
        return child

    # Components that leave the page

    def _ask(self, event: str, cids: set[int]) -> None:
        ref = self.tab.next_ref()
        self._waiting[ref] = cids
        self._push(event, {"cids": sorted(cids)}, ref)

    def _components_gone(self, ref: str, response: Payload) -> None:
        cids = self._waiting.pop(ref, None)
        if cids is None:
            return
        if "cids" in response:
            if self._rendered is not None:
                self._rendered.prune(response["cids"])
            return
        gone = cids - self._shown
        if gone:
            self._ask("cids_destroyed", gone)

    # Elsewhere

    def _go(self, response: Payload) -> None:
        if "live_patch" in response:
            to = response["live_patch"]["to"]
            self.url = urljoin(self.url, to)
            self.patched.append(to)
        place = response.get("live_redirect") or response.get("redirect")
        if place is None:
            return
        kind = "navigate" if "live_redirect" in response else "redirect"
        self.redirected = Redirection(kind, place["to"], place.get("flash"))
        for answer in self._pending.values():  # the server answers nothing more
            if not answer.done():
                answer.set_result({})
        self._pending.clear()

    # Failing

    def _crash(self) -> ViewCrashed:
        cause = self.tab.log.take_error(self.topic)
        told = "" if cause is None else f": {type(cause).__name__}: {cause}"
        crashed = ViewCrashed(f"the view crashed{told}", self.topic)
        crashed.__cause__ = cause
        return crashed

    def _refusal(self, response: Payload) -> LiveTestError:
        reason = response.get("reason", "")
        if reason == "join crashed":
            return self._crash()
        told = self.tab.log.take_warning(self.topic) or f"{response}"
        return JoinRefused(f"the server refused to join {self.url}: {told}", reason)

    def _fail(self, error: LiveTestError) -> None:
        if self.failure is None:
            self.failure = error
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(self.failure)
        self._pending.clear()
        self.tab.changed()


def _is_refusal(reply: Any) -> bool:
    return isinstance(reply, dict) and cast(Payload, reply).get("refused") is True


def _retrieved(answer: asyncio.Future[Payload]) -> None:
    """Keep asyncio from complaining of errors that nobody waited for; `failure` has them."""
    if not answer.cancelled():
        answer.exception()
