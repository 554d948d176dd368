"""Reads the transcripts of a Phoenix server, in `transcripts`; its README says what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "transcripts"

Kind = Literal[
    "request", "response", "open", "sent", "received", "closed", "refused", "dom", "note"
]

_KINDS: dict[str, Kind] = {
    "HTTP>": "request",
    "HTTP<": "response",
    "WS+": "open",
    "WS>": "sent",
    "WS<": "received",
    "WS-": "closed",
    "WS!": "refused",
    "DOM": "dom",
    "#": "note",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line; which fields have a meaning depends on its kind.

    Attributes:
        kind: `sent` is from the client to the server, `received` the other way round.
        text: The line without its mark.
        frame: Of a text frame: the parsed JSON (`[join_ref, ref, topic, event, payload]`), or None
            if it is none (`py_bad_frames`). Of a binary frame: None.
        binary: Of a binary frame that was described: the description. Of a raw one: its bytes.
        method, url: Of a request; of an opened socket, the url only.
        status, headers: Of a response (`headers` also of a request for a socket).
        body: Of a request or response, as text; of `dom`, the page's body.
    """

    kind: Kind
    text: str
    frame: list[Any] | None = None
    binary: dict[str, Any] | bytes | None = None
    method: str = ""
    url: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What followed one `# ---` line; the title is the text behind it."""

    title: str
    lines: list[Line]

    def of(self, kind: Kind) -> list[Line]:
        return [line for line in self.lines if line.kind == kind]

    @property
    def sent(self) -> list[list[Any]]:
        """The text frames from the client."""
        return [line.frame for line in self.of("sent") if line.frame is not None]

    @property
    def received(self) -> list[list[Any]]:
        """The text frames from the server."""
        return [line.frame for line in self.of("received") if line.frame is not None]

    @property
    def dom(self) -> str | None:
        """The body of the page after the step, where it was recorded."""
        return next((line.body for line in self.of("dom")), None)


@dataclass(frozen=True, slots=True)
class Transcript:
    name: str
    title: str
    steps: list[Step]

    @property
    def lines(self) -> Iterator[Line]:
        for step in self.steps:
            yield from step.lines

    def step(self, title: str) -> Step:
        """Return the first step whose title starts so."""
        for step in self.steps:
            if step.title.startswith(title):
                return step
        raise LookupError(f"{self.name} has the steps {[step.title for step in self.steps]}")

    @property
    def joins(self) -> list[dict[str, Any]]:
        """The `rendered` of every join that was answered with one, references resolved."""
        return [
            resolve(frame[4]["response"]["rendered"])
            for line in self.lines
            if line.kind == "received"
            and (frame := line.frame)
            and frame[3] == "phx_reply"
            and "rendered" in frame[4]["response"]
        ]


def names() -> list[str]:
    """Return the names of all transcripts."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def read(name: str) -> Transcript:
    """Read one transcript (`"js"`). What precedes its first step is a step without a title."""
    title, *lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    steps = [Step("", [])]
    for line in lines:
        if line.startswith("# --- "):
            steps.append(Step(line.removeprefix("# --- "), []))
        elif not line.startswith("# HTTP> "):
            steps[-1].lines.append(parse(line))
    return Transcript(name, title.removeprefix("# "), steps)


def parse(line: str) -> Line:
    """Parse one line that does not start a step."""
    mark, _, text = line.partition(" ")
    kind = _KINDS[mark]
    if kind in ("sent", "received"):
        return _frame(kind, text)
    if kind == "request":
        method, _, rest = text.partition(" ")
        url, _, body = rest.partition(" ")
        return Line(kind, text, method=method, url=url, body=body)
    if kind == "open":
        url, _, headers = text.partition(" ")
        return Line(kind, text, url=url, headers=json.loads(headers or "{}"))
    if kind == "response":
        status, _, rest = text.partition(" ")
        headers, end = json.JSONDecoder().raw_decode(rest)
        body = rest[end:].strip()
        return Line(
            kind,
            text,
            status=int(status),
            headers=headers,
            body=json.loads(body) if body else "",
        )
    if kind == "dom":
        return Line(kind, text, body=json.loads(text))
    return Line(kind, text)


def _frame(kind: Kind, text: str) -> Line:
    if text.startswith("BINARY {"):
        return Line(kind, text, binary=json.loads(text.removeprefix("BINARY ")))
    if text.startswith("BINARY "):
        return Line(kind, text, binary=bytes.fromhex(text.removeprefix("BINARY ")))
    try:
        frame = json.loads(text)
    except ValueError:
        frame = None
    return Line(kind, text, frame=frame if isinstance(frame, list) else None)


def resolve(rendered: dict[str, Any]) -> dict[str, Any]:
    """Return a tree or diff with its statics in place of references to them.

    `"s": 3` becomes the list that `p` has under `"3"`, and `p` itself is left out, so that two
    trees can be compared however their statics were numbered. The reference of a component to
    another component (`"s": 1`, `"s": -1` directly under `c`) stays as it is; so do the events,
    the reply and the title that a diff carries at its top.

    Args:
        rendered: The `rendered` of a join, or the `diff` of a reply or a message.
    """
    templates = rendered.get("p", {})
    result: dict[str, Any] = {}
    for key, value in rendered.items():
        if key == "c":
            result[key] = {
                cid: _resolve(tree, templates, component=True) for cid, tree in value.items()
            }
        elif key == "s":
            result[key] = _statics(value, templates)
        elif key == "k" or key.isdigit():
            result[key] = _resolve(value, templates)
        elif key != "p":
            result[key] = value
    return result


def _resolve(value: Any, templates: dict[str, Any], component: bool = False) -> Any:
    if isinstance(value, list):  # a row that moved and changed: [old index, diff]
        return [_resolve(item, templates) for item in value]
    if not isinstance(value, dict):
        return value
    own = value.get("p")
    if own is not None:
        templates = own
    result: dict[str, Any] = {}
    for key, item in value.items():
        if key == "s":
            result[key] = item if component else _statics(item, templates)
        elif key == "stream":
            result[key] = item
        elif key != "p":
            result[key] = _resolve(item, templates)
    return result


def _statics(value: Any, templates: dict[str, Any]) -> Any:
    return value if isinstance(value, list) else templates[str(value)]
