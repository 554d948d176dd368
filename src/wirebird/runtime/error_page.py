"""An error as a developer reads it: what it says, where in their code, and the state at the time.

The rule: it is made in debug mode only, says nothing that looks like a secret, and never raises.
"""

from __future__ import annotations

import inspect
import linecache
import os
import sysconfig
import traceback
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from jinja2 import TemplateSyntaxError

from wirebird.errors import WirebirdError
from wirebird.live.render_errors import written_at
from wirebird.live.view import Live
from wirebird.runtime.hints import hints
from wirebird.runtime.masking import shown_fields

EDITOR_VARIABLE = "WIREBIRD_EDITOR"
"""A URL that opens a file in an editor, with `{path}` and `{line}`; empty for no links."""

_EDITOR = "vscode://file{path}:{line}"
_AROUND = 3

_HERE = str(Path(__file__).parents[1]) + os.sep
_PATHS = sysconfig.get_paths()
_THEIRS = tuple(_PATHS[name] + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib"))

STYLE = """
.report { font: 14px/1.5 system-ui, sans-serif; color: #1c1917; background: #fafaf9;
  padding: 2rem; min-height: 100%; box-sizing: border-box; color-scheme: light }
.report * { box-sizing: border-box }
.report h2 { font-size: .95rem; font-weight: 600; margin: 1.5rem 0 .5rem; color: #57534e }
.report h2.title { font-size: 1.05rem; margin: 0 5rem .75rem 0 }
.report pre { margin: 0; padding: 0; background: none; color: inherit; border: 0;
  font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  white-space: pre-wrap; overflow-wrap: anywhere }
.report .message { font-size: 1.05rem; font-weight: 600; color: #b91c1c }
.report .note { margin-top: .5rem; color: #1c1917 }
.report .frame { margin: .5rem 0; border: 1px solid #d6d3d1; border-radius: 6px;
  background: #fff; overflow: hidden }
.report .place { padding: .3rem .75rem; background: #f5f5f4; border-bottom: 1px solid #d6d3d1 }
.report .line { display: block; padding: 0 .75rem }
.report .line.marked { background: #fee2e2; box-shadow: inset 3px 0 #dc2626 }
.report .number { display: inline-block; min-width: 3.5ch; margin-right: 1.5ch; color: #78716c }
.report a { color: #1d4ed8 }
.report summary { cursor: pointer; color: #57534e; margin-top: 1rem }
.report table { border-collapse: collapse }
.report td { padding: .15rem 1.5rem .15rem 0; border: 0; vertical-align: top; color: inherit;
  text-align: start; overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) {
  .report { color: #f5f5f4; background: #1c1917; color-scheme: dark }
  .report h2, .report summary { color: #c7c2be }
  .report .message { color: #fca5a5 }
  .report .note { color: #f5f5f4 }
  .report .frame { background: #0c0a09; border-color: #44403c }
  .report .place { background: #292524; border-color: #44403c }
  .report .line.marked { background: #4c1418; box-shadow: inset 3px 0 #f87171 }
  .report .number { color: #a8a29e }
  .report a { color: #93c5fd }
}
"""


def report(error: BaseException, view_class: type[Any], view: Any = None) -> str:
    """Return an error as HTML, for the page of a first render and the overlay of an open one.

    Args:
        error: The error.
        view_class: The class of the view that was at it.
        view: The view itself, where it is known; else it is looked for in the traceback.
    """
    live = _live(error) or view
    name = view_class.__name__
    if live is not None and type(live) is not view_class:
        name = f"{type(live).__name__} in {name}"
    parts = [
        f'<h2 class="title">{escape(type(error).__name__)} in {escape(name)}</h2>',
        f'<pre class="message">{escape(_message(error))}</pre>',
    ]
    notes = [*cast("list[str]", getattr(error, "__notes__", ())), *hints(error)]
    parts += [f'<pre class="note">{escape(str(note))}</pre>' for note in notes]
    own = [frame for frame in _frames(error) if _is_users(frame[0])]
    if not own and live is not None:
        own = _of_render(cast("type[Any]", type(live)))
    parts += [_frame(*frame) for frame in reversed(own)]
    parts += _state(getattr(live, "state", None))
    trace = "".join(traceback.format_exception(error))
    parts.append(
        "<details><summary>The whole traceback</summary>"
        f'<pre class="trace">{escape(trace)}</pre></details>'
    )
    return f'<div class="report">{"".join(parts)}</div>'


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = "(its text cannot be made)"
    name = type(error).__name__
    return f"{name}: {text}" if text else name


def _frames(error: BaseException) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and function of what led to an error, the outermost first."""
    found = error.__traceback__
    last = ("", 0)
    while found is not None:
        code = found.tb_frame.f_code
        last = (code.co_filename, found.tb_lineno)
        yield *last, code.co_name
        found = found.tb_next
    if isinstance(error, TemplateSyntaxError) and error.filename:
        if last != (error.filename, error.lineno):
            yield error.filename, error.lineno, "template"
    elif isinstance(error, SyntaxError) and error.filename:
        yield error.filename, error.lineno or 1, "module"
    elif isinstance(error, WirebirdError) and error.place:
        path, _, line = error.place.rpartition(":")
        if line.isdecimal():
            yield path, int(line), "<mistake>"


def _of_render(kind: type[Any]) -> list[tuple[str, int, str]]:
    """Return where a class renders itself: a t-string is looked at after that is left."""
    render = getattr(kind, "render", None)
    code = None if render is None else getattr(inspect.unwrap(render), "__code__", None)
    if code is None or not _is_users(code.co_filename):
        return []
    return [(code.co_filename, code.co_firstlineno, "render")]


def _is_users(path: str) -> bool:
    if path.startswith((_HERE, "<frozen")):
        return False
    return not path.startswith(_THEIRS)


def _frame(path: str, number: int, function: str) -> str:
    path, number = written_at(path, number)
    linecache.checkcache(path)
    lines = linecache.getlines(path)
    first = max(1, number - _AROUND)
    shown = "".join(
        f'<span class="line{" marked" if at == number else ""}"><span class="number">{at}</span>'
        f"{escape(lines[at - 1].rstrip()) or ' '}</span>"
        for at in range(first, min(len(lines), number + _AROUND) + 1)
    )
    place = f"{path}:{number}"
    link = editor_link(path, number)
    said = f'<a href="{escape(link)}">{escape(place)}</a>' if link else escape(place)
    if function.isidentifier():
        said += f" in {escape(function)}"
    return f'<div class="frame"><pre class="place">{said}</pre><pre>{shown}</pre></div>'


def editor_link(path: str, line: int) -> str:
    """Return the URL that opens a line in the developer's editor; empty if there is no file."""
    pattern = os.environ.get(EDITOR_VARIABLE, _EDITOR)
    if not pattern or not os.path.isfile(path):
        return ""
    full = quote(Path(path).absolute().as_posix())
    full = full if full.startswith("/") else "/" + full
    return pattern.replace("{path}", full).replace("{line}", str(line))


def _live(error: BaseException) -> Any:
    """Return the view or component that ran when the error was raised, if any did."""
    last: Any = None
    found = error.__traceback__
    while found is not None:
        names = found.tb_frame.f_locals
        for name in ("view", "self"):
            if isinstance(names.get(name), Live):
                last = names[name]
        found = found.tb_next
    return last


def _state(state: Any) -> list[str]:
    if state is None:
        return []
    rows = [
        f"<tr><td><pre>{escape(name)}</pre></td><td><pre>{escape(text)}</pre></td></tr>"
        for name, text in shown_fields(state)
    ]
    kind = escape(type(state).__name__)
    return [f"<h2>The state, a {kind}</h2><table>{''.join(rows)}</table>"] if rows else []
