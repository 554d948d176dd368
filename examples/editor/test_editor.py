"""The editor, as two people write in it at once."""

from typing import Any

import pytest

from examples.editor.document import Document, Part, Unfit, changed
from examples.editor.editor import EditorView
from wirebird import Wirebird
from wirebird.testing import LiveClient

app = Wirebird(secret_key="known to all, as it is for tests")
app.live("/", EditorView)


async def test_who_was_slower_gets_what_is_missing_and_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EditorView, "document", Document(":memory:", "Dear"))
    hello: dict[str, Any] = {"client": "a", "parts": [4, [0, " 😀", "you"]]}
    async with LiveClient(app) as here, LiveClient(app) as there:
        mine, yours = await here.live("/"), await there.live("/")
        assert mine.text("#editor pre") == "Dear"
        answer = await mine.hook_event("sync", {"version": 0, "changes": [hello]})
        assert answer == {"changes": [hello]}
        await yours.pushed("changed")
        late: dict[str, Any] = {"client": "b", "parts": [[4, "My"]]}
        answer = await yours.hook_event("sync", {"version": 0, "changes": [late]})
        assert answer == {"changes": [hello]}
        late["parts"] = [[4, "My"], 7]
        await yours.hook_event("sync", {"version": 1, "changes": [late]})
        assert EditorView.document.read() == (2, "My 😀\nyou")


def test_a_change_that_does_not_fit_is_refused() -> None:
    assert changed("ab", [1, [1], [0, "c"]]) == "ac"
    wrong: list[list[Part]] = [[3], [1], [[]], [["a"]]]
    for parts in wrong:
        with pytest.raises(Unfit):
            changed("ab", parts)
