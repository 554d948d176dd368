"""`View`: a live view as its visitor sees and uses it.

The rule: whatever is awaited returns when the page shows what came of it; what the server does
later, by itself, is waited for by name (`pushed`, `until`, `render`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from wirebird.testing import actions
from wirebird.testing.channel import ClientChannel, Redirection
from wirebird.testing.element import Element, Text, find
from wirebird.testing.errors import ElementError, LiveTestError, TimedOut
from wirebird.testing.files import FileLike, files_of
from wirebird.testing.flash import flashes
from wirebird.testing.html import (
    LexborHTMLParser,
    LexborNode,
    attribute,
    closest,
    select,
)
from wirebird.testing.uploads import FileInput, find_input

if TYPE_CHECKING:
    from wirebird.testing.asgi import Response
    from wirebird.testing.client import LiveClient
    from wirebird.testing.tab import Tab

SOON = 1.0
"""How long to wait for what the server does by itself, in seconds."""


class View:
    """A live view on the page.

    Get it from `LiveClient.live`. After a live navigation or a page load there is another one,
    which the call that led there returns.
    """

    def __init__(self, channel: ClientChannel) -> None:
        self.channel = channel

    def __repr__(self) -> str:
        return f"<View {self.channel.id} {self.url}>"

    # Reading

    @property
    def html(self) -> str:
        """The view's HTML as it is now, without its container."""
        return self.channel.html

    @property
    def dead_html(self) -> str:
        """The view's HTML in the first response, before it was joined."""
        return self.tab.dead_html

    @property
    def response(self) -> Response:
        """The response that the page was loaded with: the whole document, its headers."""
        return self.tab.response

    @property
    def page(self) -> LexborHTMLParser:
        """The view in its container, parsed by selectolax."""
        return self.channel.page

    @property
    def title(self) -> str:
        """The page's title as the browser shows it, prefix and suffix included."""
        return self.tab.title

    @property
    def url(self) -> str:
        """The page's URL."""
        return self.tab.main.url

    @property
    def flash(self) -> dict[str, str]:
        """The flash messages on the page by kind: what a click could clear."""
        return flashes(self.page)

    @property
    def reply(self) -> Any:
        """What the handler of the last event returned; None if nothing."""
        return self.channel.reply

    @property
    def patched(self) -> list[str]:
        """The URLs that the view was patched to, in order, as it named them."""
        return list(self.channel.patched)

    @property
    def redirected(self) -> Redirection | None:
        """Where the view sent its visitor, if it did; see `follow_redirect`."""
        return self.channel.redirected

    @property
    def events(self) -> list[tuple[str, Any]]:
        """Events that the server pushed and `pushed` has not yet taken: names and payloads."""
        return list(self.channel.events)

    @property
    def client(self) -> LiveClient:
        """The client that opened it."""
        return self.tab.client

    @property
    def tab(self) -> Tab:
        """The open page that it is in."""
        return self.channel.tab

    def text(self, selector: str | None = None) -> str:
        """Return the text of an element, or of the whole view, as a person reads it.

        Raises:
            ElementError: Not exactly one element matches.
        """
        return self.element(selector or f"[id='{self.channel.id}']").text

    def has(self, selector: str, text: Text | None = None) -> bool:
        """Tell whether an element is there.

        Args:
            selector: A CSS selector.
            text: Text that it must hold: a part of it, or a regular expression.
        """
        return bool(find(self.page, selector, text))

    def element(self, selector: str, text: Text | None = None) -> Element:
        """Return the one element that matches, to read or to use.

        Args:
            selector: A CSS selector.
            text: Text that it must hold: a part of it, or a regular expression.
        """
        return Element(self, selector, text)

    def all(self, selector: str, text: Text | None = None) -> list[Element]:
        """Return all elements that match, in the page's order."""
        found = find(self.page, selector, text)
        return [Element(self, selector, text, index) for index in range(len(found))]

    # Using: each finds its element as `element` does, and does what `Element` says

    async def click(
        self, selector: str, text: Text | None = None, *, value: Mapping[str, Any] | None = None
    ) -> View:
        """Click on an element; see `Element.click`."""
        return await self.element(selector, text).click(value=value)

    async def click_away(self, selector: str) -> View:
        """Click outside of an element; see `Element.click_away`."""
        return await self.element(selector).click_away()

    async def change(
        self,
        selector: str,
        values: Any = None,
        *,
        field: str | None = None,
        value: Mapping[str, Any] | None = None,
    ) -> View:
        """Enter something in a form or an input; see `Element.change`."""
        return await self.element(selector).change(values, field=field, value=value)

    async def submit(
        self,
        selector: str,
        values: Mapping[str, Any] | None = None,
        *,
        submitter: str | None = None,
        value: Mapping[str, Any] | None = None,
    ) -> View:
        """Fill in and submit a form; see `Element.submit`."""
        return await self.element(selector).submit(values, submitter=submitter, value=value)

    async def file_input(
        self, selector: str, name: str, files: FileLike | Sequence[FileLike]
    ) -> FileInput:
        """Choose files in a form; those of an `auto_upload` are asked for at once.

        Args:
            selector: A CSS selector of the form.
            name: The upload's name.
            files: A file or several: `("a.png", b"...")`, `("a.png", b"...", "image/png")`, a
                `File`, or a path; a path of a folder where folders are chosen.

        Returns:
            The input, to send the files with. `submit` sends what is still to be sent.

        Raises:
            ElementError: The form has no such input, or it takes no such files.

        Example:
            ```python
            avatar = await view.file_input("#profile", "avatar", ("me.png", PNG))
            await avatar.render_upload("me.png")
            ```
        """
        form = self.element(selector).node
        chosen = find_input(self, form, name)
        await chosen.choose(list(files_of(files)))
        await actions.change(self, chosen.node, None, None, None)
        await chosen.changed()
        return chosen

    async def keydown(
        self, key: str, selector: str | None = None, *, value: Mapping[str, Any] | None = None
    ) -> View:
        """Press a key, in an element or anywhere (`phx-window-keydown`); see `Element.keydown`."""
        if selector is not None:
            return await self.element(selector).keydown(key, value=value)
        return await self._window("keydown", key, value)

    async def keyup(
        self, key: str, selector: str | None = None, *, value: Mapping[str, Any] | None = None
    ) -> View:
        """Let a key go, in an element or anywhere (`phx-window-keyup`); see `Element.keyup`."""
        if selector is not None:
            return await self.element(selector).keyup(key, value=value)
        return await self._window("keyup", key, value)

    async def focus(self, selector: str | None = None) -> View:
        """Enter an element, or the window (`phx-window-focus`)."""
        if selector is not None:
            return await self.element(selector).focus()
        return await self._window("focus", None, None)

    async def blur(self, selector: str | None = None) -> View:
        """Leave an element, or the window (`phx-window-blur`)."""
        if selector is not None:
            return await self.element(selector).blur()
        return await self._window("blur", None, None)

    async def hook_event(
        self, event: str, payload: Any = None, *, target: str | int | None = None
    ) -> Any:
        """Push an event as a hook does with `pushEvent`, or `pushEventTo` with a target.

        Args:
            event: Its name.
            payload: What JSON can say.
            target: A component's number, or a selector.

        Returns:
            What the handler returned; the last one's, if several elements match.
        """
        places = [(self.channel, None)] if target is None else actions.targets(self, target)
        reply = None
        for owner, cid in places:
            await actions.send(owner, "hook", event, {} if payload is None else payload, cid)
            reply = owner.reply
        return reply

    async def submit_action(
        self,
        selector: str,
        values: Mapping[str, Any] | None = None,
        *,
        submitter: str | None = None,
    ) -> Response:
        """Send a form to its `action` over HTTP, as a browser does.

        For forms without `phx-submit`. Fields that are not in `values` hold what was entered
        before, or what the page shows.
        """
        return await actions.submit_action(
            self, self.element(selector).node, values or {}, submitter
        )

    async def follow_trigger_action(self, selector: str) -> Response:
        """Send a form over HTTP because the view asks for it with `phx-trigger-action`.

        Its fields hold what was entered, and the button is the one that it was submitted with.

        Raises:
            ElementError: It does not.
        """
        return await actions.trigger_action(self, self.element(selector).node)

    # Navigation

    async def patch(self, to: str) -> View:
        """Go to another URL of this view, as a `patch` link does; to another view if it is none."""
        channel = self.channel
        url, before = urljoin(self.url, to), len(channel.patched)
        response = await channel.push("live_patch", {"url": url})
        if "link_redirect" in response:
            return await self.navigate(to)
        if self.redirected is None:
            channel.patched.insert(before, to)
            if len(channel.patched) == before + 1:  # the view did not patch on from there
                channel.url = url
        return self

    async def navigate(self, to: str) -> View:
        """Go to another view over the open socket, as a `navigate` link does.

        Returns:
            The view that is there, wherever redirects led.
        """
        self.channel.check()
        return View((await self.tab.navigate(to)).main)

    async def follow_redirect(self) -> View:
        """Go where the view sent its visitor, by live navigation or a page load.

        Returns:
            The view that is there, wherever more redirects led.

        Raises:
            LiveTestError: It sent nobody anywhere.
            NotLive: The page there has no live view.
        """
        return View((await self.tab.follow()).main)

    def leave_for(self, href: str) -> View:
        """Follow a plain link as far as `redirected`; `follow_redirect` loads the page."""
        self.channel.check()
        self.channel.redirected = Redirection("redirect", href)
        return self

    async def assert_patch(self, to: str | None = None, *, timeout: float = SOON) -> str:
        """Wait for the view to be patched, and take note of it once.

        Args:
            to: The URL that is expected; any if None.
            timeout: How long to wait, in seconds.

        Returns:
            The URL.

        Raises:
            TimedOut: It was not, or only to other URLs.
        """
        patched = self.channel.patched

        def found() -> bool:
            return bool(patched) if to is None else to in patched

        await self._until(found, timeout, f"a patch to {to or 'anywhere'}; patched to {patched}")
        return patched.pop(0 if to is None else patched.index(to))

    async def assert_redirect(self, to: str | None = None, *, timeout: float = SOON) -> Redirection:
        """Wait for the view to send its visitor elsewhere.

        Args:
            to: The place that is expected; any if None.
            timeout: How long to wait, in seconds.

        Raises:
            LiveTestError: It sent the visitor to another place.
            TimedOut: It sent the visitor nowhere.
        """
        await self._until(lambda: self.redirected is not None, timeout, "a redirect")
        redirected = self.redirected
        if redirected is None or (to is not None and redirected.to != to):
            raise LiveTestError(f"expected a redirect to {to!r}, got {redirected}")
        return redirected

    # Waiting

    async def pushed(self, name: str, *, timeout: float = SOON) -> Any:
        """Wait for an event that the server pushes with `push_event`, and take it.

        Args:
            name: The event's name.
            timeout: How long to wait, in seconds.

        Returns:
            Its payload.

        Raises:
            TimedOut: It did not come.
        """
        events = self.channel.events

        def place() -> int | None:
            return next((index for index, event in enumerate(events) if event[0] == name), None)

        await self._until(lambda: place() is not None, timeout, f"the event {name!r}")
        return events.pop(place() or 0)[1]

    async def until(self, condition: Callable[[View], Any], *, timeout: float = SOON) -> View:
        """Wait until something is true of the view.

        Args:
            condition: A function of the view, called after each frame from the server. An element
                that it does not find is not there yet.
            timeout: How long to wait, in seconds.

        Raises:
            TimedOut: It did not become true.

        Example:
            ```python
            await view.until(lambda view: view.has("p.done"))
            ```
        """
        await self._until(lambda: condition(self), timeout, "a condition")
        return self

    async def render(self) -> str:
        """Wait until the view has handled all messages that wait for it; return the HTML."""
        # Answered in turn behind them; the second comes after what the first shared a render with.
        for _ in range(2):
            if self.redirected is None:
                await self.channel.push("cids_will_destroy", {"cids": []})
        return self.html

    # The line

    async def disconnect(self) -> None:
        """Lose the socket, as when the network goes away; the server keeps the view for a while."""
        await self.tab.lose("the page is disconnected: await view.reconnect()")

    async def close(self) -> None:
        """Close the page, as its visitor does: the view ends at once."""
        await self.tab.close()

    async def reconnect(self) -> View:
        """Open the socket anew and join again, also after a crash, and recover forms.

        Returns:
            This view.
        """
        forms = [
            (actions.form_at(self, node), self.owner(node).entered)
            for node in select(self.tab.main.page, "form[phx-change][id]")
            if attribute(node, "phx-auto-recover") != "ignore"
        ]
        await self.tab.lose()
        await self.tab.open()
        for old, entered in forms:
            for node in select(self.page, "form[phx-change]"):
                same = attribute(node, "phx-change") == attribute(old.node, "phx-change")
                if old.id and old.id == attribute(node, "id") and same:
                    await actions.recover(self, old, entered.used(old.key), node)
        return self

    # Nested views

    @property
    def children(self) -> list[View]:
        """The views nested in this one."""
        return [View(child) for child in self.channel.children.values()]

    def child(self, id: str) -> View:
        """Return a nested view by its DOM id.

        Raises:
            ElementError: There is none.
        """
        children = self.channel.children
        if id not in children:
            raise ElementError(f"no nested view has the id {id!r}; there are {list(children)}")
        return View(children[id])

    # For elements

    def owner(self, node: LexborNode) -> ClientChannel:
        """Return the view that an element belongs to: this one, or one nested in it."""
        container = closest(node, "data-phx-session")
        id = None if container is None else attribute(container, "id")
        return next((each for each in self.channel.family() if each.id == id), self.channel)

    def target(self, form: LexborNode) -> tuple[ClientChannel, int | None]:
        """Return who a form's events are for: a view, and perhaps a component in it."""
        return actions.targets_of(self, form, None)[0]

    # How

    async def _window(self, kind: str, key: str | None, value: Mapping[str, Any] | None) -> View:
        binding = f"phx-window-{kind}"
        nodes = select(self.page, f"[{binding}]")
        if not nodes:
            raise ElementError(f"no element on the page has {binding}:\n{self.html}")
        view = self
        for node in nodes:
            if key is None:
                view = await actions.trigger(view, node, binding, kind, {}, value)
            else:
                view = await actions.press(view, node, binding, key, value)
        return view

    async def _until(self, condition: Callable[[], Any], seconds: float, what: str) -> None:
        missing: ElementError | None = None  # it may be on the page soon
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        if condition():
                            return
                    except ElementError as error:
                        missing = error
                    if self.channel.failure is not None:
                        raise self.channel.failure
                    await self.tab.next_change()
        except TimeoutError:
            raise TimedOut(f"waited {seconds} s for {what}; the page is\n{self.html}") from missing
