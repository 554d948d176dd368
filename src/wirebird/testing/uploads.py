"""`FileInput`: the files that a person chooses in a test, and how they are sent.

The rule: message for message as the JavaScript client does it, but only as far as the test says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from wirebird.testing.errors import ElementError, LiveTestError, UploadRefused
from wirebird.testing.files import File
from wirebird.testing.forms import Form, form_of, is_disabled
from wirebird.testing.html import LexborHTMLParser, LexborNode, attribute, opening_tag, select
from wirebird.testing.transfer import ClientTransfer, TransferEnded

if TYPE_CHECKING:
    from wirebird.testing.channel import ClientChannel
    from wirebird.testing.view import View


@dataclass(slots=True, eq=False)
class Chosen:
    """One file that was chosen, and how far it has come.

    Attributes:
        file: The file.
        ref: Its number in the page.
        tracked: Whether the browser still has it in its input.
        known: Whether the server was told of it.
        meta: What the server said of it when it was asked: its token, or where it goes.
        chunk_size: How much may be sent at a time, in bytes.
        transfer: Its channel, once its bytes are being sent.
        share: How much of it the test wants to be sent, in percent.
        sent: How many bytes were.
        progress: What the server was told last, in percent.
        problem: Why it was given up.
    """

    file: File
    ref: str
    tracked: bool = True
    known: bool = False
    meta: Any = None
    chunk_size: int = 0
    transfer: ClientTransfer | None = None
    share: float = 0
    sent: int = 0
    progress: int = -1
    problem: str | None = None


class FileInput:
    """A file input with what was chosen in it. `View.file_input` makes it.

    Example:
        ```python
        photos = await view.file_input("#album", "photos", [("a.png", PNG), Path("b.jpg")])
        await photos.render_upload("a.png", 40)
        assert view.text("progress") == "40%"
        await view.submit("#album")  # sends the rest first, as a browser does
        ```
    """

    def __init__(self, view: View, channel: ClientChannel, ref: str) -> None:
        self._view = view
        self._channel = channel
        self._ref = ref
        self._chosen: list[Chosen] = []

    def __repr__(self) -> str:
        return f"<FileInput {[chosen.file.label for chosen in self._chosen]}>"

    # Using

    async def preflight_upload(self) -> dict[str, Any]:
        """Ask the server whether the files may be sent, as a browser does before it sends any.

        Returns:
            What the server says of each, by name (in a folder that was chosen: by path): what
            `external` or `ExternalUpload.start` returned, else a token.

        Raises:
            UploadRefused: Some may not be sent.
        """
        refused = await self._preflight()
        if refused:
            raise UploadRefused(refused)
        asked = [each for each in self._chosen if each.tracked and each.meta is not None]
        return {each.file.label: each.meta for each in asked}

    async def render_upload(self, name: str | None = None, percent: float = 100) -> View:
        """Send a file or some of it: first the preflight, then chunks, with progress after each.

        Of an external upload, only the progress is sent: what the page's uploader would do is
        not done.

        Args:
            name: The file's name (in a folder that was chosen: its path); all if None.
            percent: How much of it to send now, on top of what was sent before: `40`, then `60`.

        Returns:
            The view, which shows what came of it.

        Raises:
            UploadRefused: The server refuses the file, or it was cancelled.
            ElementError: No such file was chosen, or it was sent already.
        """
        chosen = [self._find(name)] if name is not None else self._unsent()
        refused = await self._preflight()
        if self._channel.redirected is not None:
            return self._view
        for each in chosen:
            if each.meta is None:
                self._check(each)
                mine = [error for error in refused if error[0] in (each.file.label, self.name)]
                raise UploadRefused(mine or refused)
        await together(self._send(each, percent) for each in chosen)
        return self._view

    async def fail_upload(self, name: str, reason: Any = "failed") -> View:
        """Give a file up, as the page's uploader does with `entry.error(reason)`.

        Args:
            name: The file's name.
            reason: What the server is told.
        """
        await self._give_up(self._find(name), reason)
        return self._view

    @property
    def name(self) -> str:
        """The upload's name."""
        return attribute(self.node, "name") or ""

    # Choosing

    async def choose(self, files: list[File]) -> None:
        """Add files, or put them in the place of the last, and tell the server.

        Raises:
            ElementError: The input takes no such files.
        """
        node = self.node
        if is_disabled(node):
            raise ElementError(f"{opening_tag(node)} is disabled: nobody could use it")
        in_folder = "webkitdirectory" in node.attributes
        for file in files:
            if bool(file.relative_path) is not in_folder:
                taken = "folders" if in_folder else "files"
                raise ElementError(f"{opening_tag(node)} takes {taken}, not {file.label!r}")
        if "multiple" not in node.attributes:
            if len(files) > 1 and not in_folder:
                raise ElementError(f"{opening_tag(node)} takes one file, not {len(files)}")
            self.forget()
        refs = self._view.tab.file_refs
        self._chosen += [Chosen(file, str(next(refs))) for file in files]

    def to_send(self) -> list[dict[str, Any]]:
        """Return what a change of the input says of its files."""
        new = [each for each in self._chosen if not each.known and each.file.told_size]
        told = [*self._active(), *new]
        for each in told:
            each.known = True
        return [{"path": self.name, **_described(each)} for each in told]

    async def changed(self) -> None:
        """Go on after the server has heard of the files: ask at once, where it wants them so."""
        if self._channel.redirected is None and self._is_automatic:
            await self._preflight()

    def forget(self) -> None:
        """Empty the input; what is on its way goes on."""
        for each in self._chosen:
            each.tracked = False

    # Sending all

    async def send_begun(self) -> bool:
        """Send the rest of what may be sent already; tell whether there was something."""
        begun = [each for each in self._unsent() if each.meta is not None]
        await together(self._send(each, 100) for each in begun)
        return bool(begun)

    async def send_all(self) -> bool:
        """Send all files that are still to be sent; tell whether there were some.

        Raises:
            UploadRefused: The server refuses some.
        """
        if not self._unsent():
            return False
        refused = await self._preflight()
        if refused:
            raise UploadRefused(refused)
        return await self.send_begun()

    # How

    @property
    def node(self) -> LexborNode:
        """The input as the page has it now.

        Raises:
            ElementError: It is not on the page.
        """
        inputs = select(self._view.page, f'input[data-phx-upload-ref="{self._ref}"]')
        if not inputs:
            raise ElementError(
                "the file input is not on the page any more; choose anew with view.file_input:\n"
                + self._view.html
            )
        return inputs[0]

    def _refs(self, name: str) -> list[str]:
        return [ref for ref in (attribute(self.node, name) or "").split(",") if ref]

    @property
    def _is_automatic(self) -> bool:
        return "data-phx-auto-upload" in self.node.attributes

    def _active(self) -> list[Chosen]:
        """Return the files that both the browser and the server have."""
        refs = self._refs("data-phx-active-refs")
        return [each for each in self._chosen if each.tracked and each.known and each.ref in refs]

    def _unsent(self) -> list[Chosen]:
        return [each for each in self._active() if each.progress < 100 and each.problem is None]

    def _find(self, name: str) -> Chosen:
        named = [each for each in self._chosen if each.file.label == name]
        if not named:
            known = ", ".join(repr(each.file.label) for each in self._chosen)
            raise ElementError(f"no file {name!r} was chosen; there are {known or 'none'}")
        unsent = [each for each in self._unsent() if each in named]
        if len(unsent) > 1:
            raise ElementError(f"{len(unsent)} files are called {name!r}")
        if unsent:
            return unsent[0]
        self._check(named[-1])
        raise ElementError(f"{name!r} was sent already")

    def _check(self, chosen: Chosen) -> None:
        """Raise if a file cannot be sent any more."""
        if chosen.problem is not None:
            raise UploadRefused([(chosen.file.label, chosen.problem)])
        if not chosen.file.told_size:  # browsers leave it out
            raise UploadRefused([(chosen.file.label, "empty")])
        if chosen.progress < 100 and chosen not in self._active():
            raise UploadRefused([(chosen.file.label, "cancelled")])

    async def _preflight(self) -> list[tuple[str, str]]:
        """Ask for the files that were not asked for; return what is wrong, by name."""
        asked = [each for each in self._active() if each.meta is None]
        if not asked:
            return []
        entries = [_described(each) for each in asked]
        response = await self._push("allow_upload", {"ref": self._ref, "entries": entries})
        names = {each.ref: each.file.label for each in self._chosen}
        if "error" in response:
            return [(names.get(ref, self.name), reason) for ref, reason in response["error"]]
        refused: list[tuple[str, str]] = []
        for each in asked if "entries" in response else ():
            each.meta = response["entries"].get(each.ref)
            each.chunk_size = response["config"]["chunk_size"]
            if each.meta is None:
                reasons = response["errors"].get(each.ref) or ["not_allowed"]
                refused += [(each.file.label, reason) for reason in reasons]
        return refused

    async def _send(self, chosen: Chosen, percent: float) -> None:
        chosen.share = min(100, chosen.share + percent)
        if not isinstance(chosen.meta, str):
            if not chosen.meta.get("uploader"):
                raise LiveTestError(f"{chosen.file.label!r}: its meta names no uploader")
            await self._tell(chosen, int(chosen.share))
            return
        try:
            await self._send_bytes(chosen)
        except TransferEnded as ended:
            self._channel.check()  # perhaps the view has ended, and the transfer with it
            transfer = cast(ClientTransfer, chosen.transfer)
            cause = self._view.tab.log.take_error(transfer.topic)
            if ended.reason is not None:
                transfer.leave()
            if ended.reason == "writer_error":  # the server knows
                chosen.problem = ended.reason
            elif ended.reason is not None:
                await self._give_up(chosen, ended.reason)
            raise UploadRefused([(chosen.file.label, ended.problem)]) from cause

    async def _send_bytes(self, chosen: Chosen) -> None:
        content, size = chosen.file.content, chosen.file.told_size
        if len(content) != size:
            raise LiveTestError(
                f"{chosen.file.label!r} says that it has {size} bytes, and has {len(content)}:"
                " it cannot be sent"
            )
        if chosen.transfer is None:
            transfer = ClientTransfer(
                self._view.tab, chosen.ref, lambda why: self._lost(chosen, why)
            )
            chosen.transfer = transfer
            await transfer.join(chosen.meta)
        end = size if chosen.share >= 100 else int(size * chosen.share / 100)
        while chosen.sent < end:
            if self._channel.redirected is not None:
                return
            self._check(chosen)
            data = content[chosen.sent : min(end, chosen.sent + chosen.chunk_size)]
            await chosen.transfer.chunk(data)
            chosen.sent += len(data)
            await self._tell(chosen, chosen.sent * 100 // size)

    async def _tell(self, chosen: Chosen, progress: int) -> None:
        if progress > chosen.progress:
            chosen.progress = progress
            await self._push("progress", self._progress(chosen, progress))
            chosen.tracked = chosen.tracked and progress < 100

    async def _give_up(self, chosen: Chosen, reason: Any) -> None:
        await self._push("progress", self._forgotten(chosen, reason))

    def _lost(self, chosen: Chosen, why: Any) -> None:
        """The server has given up while nothing was sent."""
        cast(ClientTransfer, chosen.transfer).leave()
        channel, cid = self._owner()
        channel.tell("progress", _to(cid, self._forgotten(chosen, why)))

    def _forgotten(self, chosen: Chosen, reason: Any) -> dict[str, Any]:
        """Forget what a browser forgets of a file that failed; return what the server is told."""
        given = cast("dict[str, Any]", reason) if isinstance(reason, dict) else {"reason": reason}
        chosen.problem = str(given.get("reason"))
        if not self._is_automatic:
            self.forget()
        return self._progress(chosen, {"error": reason})

    def _progress(self, chosen: Chosen, progress: Any) -> dict[str, Any]:
        event = attribute(self.node, "phx-progress")
        return {"event": event, "ref": self._ref, "entry_ref": chosen.ref, "progress": progress}

    def _owner(self) -> tuple[ClientChannel, int | None]:
        form = form_of(self.node, self._view.page)
        return self._view.target(cast(LexborNode, form))

    async def _push(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        channel, cid = self._owner()
        return await channel.push(event, _to(cid, payload))


def find_input(view: View, form: LexborNode, name: str) -> FileInput:
    """Return the file input of a form's upload.

    Raises:
        ElementError: There is none.
    """
    inputs = _inputs(view, form)
    node = next((each for each in inputs if attribute(each, "name") == name), None)
    if node is None:
        known = ", ".join(opening_tag(each) for each in inputs) or "none"
        raise ElementError(
            f"{opening_tag(form)} has no live_file_input of an upload {name!r};"
            f" its file inputs: {known}"
        )
    ref = attribute(node, "data-phx-upload-ref") or ""
    owner = view.owner(node)
    return owner.files.setdefault(ref, FileInput(view, owner, ref))


def chosen_in(view: View, node: LexborNode) -> dict[str, Any]:
    """Return what a change of an input says of the files in it."""
    ref = attribute(node, "data-phx-upload-ref")
    found = view.owner(node).files.get(ref or "")
    told = [] if found is None else found.to_send()
    return {ref: told} if ref and told else {}


async def send_chosen(view: View, form: LexborNode) -> bool:
    """Send the files of a form that is about to be submitted; tell whether there were some.

    Raises:
        ElementError: A browser would not submit it, because of errors in its files.
        UploadRefused: The server refuses some.
    """
    known = view.owner(form).files
    refs = [attribute(each, "data-phx-upload-ref") or "" for each in _inputs(view, form)]
    inputs = [known[ref] for ref in refs if ref in known]
    for each in _inputs(view, form):
        if attribute(each, "data-phx-error-refs"):
            raise ElementError(
                f"{opening_tag(form)} is not submitted while its files have errors;"
                f" cancel them first: {opening_tag(each)}"
            )
    begun = await together(each.send_begun() for each in inputs)
    return any([*begun, *await together(each.send_all() for each in inputs)])


def again(page: LexborHTMLParser, node: LexborNode, now: LexborHTMLParser) -> LexborNode:
    """Return an element of a page that was as it is on the page that is.

    Raises:
        ElementError: It is gone.
    """
    id = attribute(node, "id")
    for each in now.css(node.tag or "") if id else ():
        if attribute(each, "id") == id:
            return each
    place, found = page.css(node.tag or "").index(node), now.css(node.tag or "")
    if id or place >= len(found):
        raise ElementError(f"{opening_tag(node)} has left the page while its files were sent")
    return found[place]


async def together(work: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Do several things side by side; raise what went wrong first when all have ended."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def _inputs(view: View, form: LexborNode) -> list[LexborNode]:
    return [
        each.node
        for each in Form(form, view.page).controls
        if each.kind == "file" and "data-phx-upload-ref" in each.node.attributes
    ]


def _described(chosen: Chosen) -> dict[str, Any]:
    """Return what the browser says of a file."""
    file = chosen.file
    described: dict[str, Any] = {
        "ref": chosen.ref,
        "last_modified": file.last_modified,
        "name": file.name,
        "relative_path": file.relative_path,
        "type": file.media_type,
        "size": file.told_size,
    }
    return described if file.meta is None else {**described, "meta": file.meta}


def _to(cid: int | None, payload: dict[str, Any]) -> dict[str, Any]:
    return payload if cid is None else {**payload, "cid": cid}
