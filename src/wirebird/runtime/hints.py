"""What to do about errors that are not ours, and whose text does not say it.

The rule: for a developer's eyes, and only of errors that are common in views and templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wirebird.names import did_you_mean

_LAZY = frozenset({"MissingGreenlet", "DetachedInstanceError"})
_COROUTINE = re.compile(r"'?coroutine'?( object)?\b")


def hints(error: BaseException) -> Iterator[str]:
    """Return what may help with an error."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    try:
        text = str(error)
    except Exception:
        return
    if kinds & _LAZY:
        yield (
            "a template, or a view after its query, reads what SQLAlchemy would load only then:"
            " load it with the query, by .options(selectinload(Model.relation)), and make the"
            " session with expire_on_commit=False, or put plain data into the state"
        )
    if "No caller defined" in text:
        yield (
            "{{ caller() }} stands in a macro that was called without {% call %}, or within the"
            " body of another {% call %}, which has no caller of its own: keep it before that by"
            " {% set body = caller() %} and write {{ body }} there"
        )
    if isinstance(error, TypeError | AttributeError) and _COROUTINE.search(text):
        yield "an async function was called and not awaited: write await before the call"
    if isinstance(error, AttributeError) and "did you mean" not in text.lower():
        names = [name for name in dir(error.obj) if name[:1] != "_"]
        if meant := did_you_mean(error.name or "", names):
            yield meant
