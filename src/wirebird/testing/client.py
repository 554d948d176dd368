"""`LiveClient`: a visitor of an application, in memory.

The rule: it goes through the application's own front door: a GET, its cookies, the WebSocket's
handshake with CSRF token and Origin, signed tokens, and real frames.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from json import dumps
from typing import Any, Literal, TypeAlias
from urllib.parse import quote, urljoin, urlsplit

from starlette.types import ASGIApp

from wirebird.testing.asgi import Asgi, Cookies, Lifespan, Response
from wirebird.testing.errors import HtmlError, LiveTestError, Redirected
from wirebird.testing.forms import urlencode
from wirebird.testing.html import LexborHTMLParser, check
from wirebird.testing.log import ServerLog
from wirebird.testing.session import session_cookie
from wirebird.testing.tab import MOST_REDIRECTS, Tab, within
from wirebird.testing.view import View
from wirebird.web.dead_render import FLASH_COOKIE

logger = logging.getLogger("wirebird.testing")

_AS_IT_IS = "/%:@!$&'()*+,;=-._~?[]"
"""What a browser does not encode in the address of a page."""

HtmlMistakes: TypeAlias = Literal["raise", "warn", "ignore"]


class LiveClient:
    """A visitor of an application: opens live views in memory, without a browser or a port.

    Use it as an asynchronous context manager, which starts and stops the application:

        ```python
        async with LiveClient(app) as client:
            view = await client.live("/?count=5")
            await view.click("button", text="+")
            assert view.text("h1") == "Count is 6"
        ```

    Args:
        app: An ASGI application: a `Wirebird`, or one that mounts it.
        base_url: Scheme and host as the application sees them.
        root_path: The prefix under which a server would mount the application.
        headers: Headers of every request, such as one that signs in.
        cookies: Cookies that the visitor comes with.
        session: A session that the visitor comes with, signed as `app` does it: a `Wirebird`, or a
            Starlette or FastAPI application with a `SessionMiddleware` or a `Wirebird` in it.
        timeout: How long to wait for an answer, in seconds.
        html_mistakes: What to do about HTML that a browser cannot patch well (an id that is there
            twice, a `phx-change` form without an id): "raise", "warn" in the log, or "ignore".

    Raises:
        TypeError: `session` is given, and the application has no such session.

    Attributes:
        cookies: The visitor's cookies.
        timeout: As given.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        base_url: str = "http://testserver",
        root_path: str = "",
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        session: Mapping[str, Any] | None = None,
        timeout: float = 5.0,
        html_mistakes: HtmlMistakes = "raise",
    ) -> None:
        self.cookies = Cookies(cookies or {})
        if session is not None:
            self.cookies.update(session_cookie(app, session))
        self.asgi = Asgi(app, base_url, root_path, headers or {}, self.cookies)
        self.timeout = timeout
        self.html_mistakes: HtmlMistakes = html_mistakes
        self.log = ServerLog()
        self._lifespan = Lifespan(app, self.asgi.state)
        self._tabs: list[Tab] = []

    async def __aenter__(self) -> LiveClient:
        await self._lifespan.start()
        self.log.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            for tab in self._tabs:
                await tab.close("the client was closed")
        finally:
            self.log.stop()
            await self._lifespan.stop()

    async def live(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        follow_redirects: bool = False,
    ) -> View:
        """Open a live view: its first HTML, the socket, the join.

        Args:
            path: Path and query.
            params: What the page sends along when it joins, as `params` of the LiveSocket.
            follow_redirects: Whether to go where the page sends its visitor.

        Returns:
            The view, joined.

        Raises:
            Redirected: The page sends its visitor elsewhere.
            NotLive: There is no live view.
            JoinRefused: The server does not let it in.
            ViewCrashed: It raised over the socket. What it raises in the first render is raised
                as it is.

        Example:
            ```python
            view = await client.live("/rooms/7")
            ```
        """
        tab = await self.load(path, params or {}, follow_redirects=follow_redirects)
        return View(tab.main)

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """Send a GET request; redirects are not followed.

        Raises:
            Exception: What the application raises.
        """
        return await self.request("GET", url, headers=headers)

    async def post(
        self,
        url: str,
        data: Mapping[str, str] | None = None,
        *,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a form, or JSON as a script does; redirects are not followed.

        Args:
            url: Path and query.
            data: The form's fields.
            json: What to send as JSON instead.
            headers: More headers.

        Raises:
            Exception: What the application raises.
        """
        form = (data or {}) if json is None else data
        return await self.request("POST", url, data=form, json=json, headers=headers)

    async def request(
        self,
        method: str,
        url: str,
        *,
        data: Mapping[str, str] | str | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request.

        Args:
            method: "GET", "POST", ...
            url: Path and query, or a whole URL on the same host.
            data: Form fields, or a body that is URL-encoded already.
            json: What to send as JSON instead.
            headers: More headers.

        Raises:
            LiveTestError: The URL is one of another host.
            TimedOut: The response did not end within the client's timeout.
            Exception: What the application raises.
        """
        if data is not None and json is not None:
            raise TypeError("a request has data= or json=, not both")
        body = b""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if json is not None:
            body = dumps(json).encode()
            sent.setdefault("content-type", "application/json")
        elif data is not None:
            body = (data if isinstance(data, str) else urlencode(data.items())).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        if data is not None or json is not None:
            sent["content-length"] = str(len(body))
        answering = self.asgi.request(method, self._local(url), sent, body)
        return await within(answering, self.timeout, f"the response to {method} {url}")

    # What pages need

    async def load(
        self,
        url: str,
        params: Mapping[str, Any],
        flash: str | None = None,
        *,
        follow_redirects: bool,
    ) -> Tab:
        """Load a page and open its socket; what `live` and redirects do."""
        if flash is not None:
            self.cookies[FLASH_COOKIE] = flash
        for _ in range(MOST_REDIRECTS):
            response = await self.get(url)
            location = response.headers.get("location")
            if 300 <= response.status < 400 and location is not None:
                if not follow_redirects:
                    raise Redirected(location, response.status)
                url = urljoin(response.url, location)
                continue
            tab = Tab(self, response, params)
            self._tabs.append(tab)
            await tab.open()
            onward = tab.main.redirected
            if onward is None:
                return tab
            if not follow_redirects:
                raise Redirected(onward.to)
            return await tab.follow()
        raise Redirected(url)

    def report(self, document: LexborHTMLParser) -> None:
        """Say what is wrong with a page's HTML, as `html_mistakes` asks."""
        if self.html_mistakes == "ignore":
            return
        try:
            check(document)
        except HtmlError as error:
            if self.html_mistakes == "raise":
                raise
            logger.warning("%s", error)

    def _local(self, url: str) -> str:
        whole = urljoin(self.asgi.base_url + "/", url)
        parts = urlsplit(whole)
        if f"{parts.scheme}://{parts.netloc}" != self.asgi.base_url:
            raise LiveTestError(f"{url!r} is on another host than {self.asgi.base_url}")
        path = quote(parts.path or "/", safe=_AS_IT_IS)
        return f"{path}?{quote(parts.query, safe=_AS_IT_IS)}" if parts.query else path
