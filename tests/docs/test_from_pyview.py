"""What `coming-from.md` says to write instead of something of PyView's does what that did."""

from __future__ import annotations

import re
from datetime import date
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from tests.docs.test_names import COMING_FROM
from wirebird import Socket, UploadedFile, UploadEntry, Wirebird, js

KEY = "a key for tests, known to everyone who reads this"


def table(heading: str) -> list[tuple[str, list[str]]]:
    """Return the rows of a section's table: its left side, and the code on its right side."""
    section = COMING_FROM.read_text().split(f"### {heading}\n")[1].split("\n#")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:3] == "| `"]
    codes = re.compile(r"`([^`]+)`")
    plain = [[side.replace("\\|", "|") for side in row] for row in rows]
    return [(left, codes.findall(right)) for left, right in plain]


def instead_of(there: str) -> list[str]:
    (codes,) = [codes for left, codes in table("Ibis to Jinja") if there in left]
    return codes


SHOWN: list[tuple[str, int, str, dict[str, Any], str]] = [
    ("|len", 0, "{}", {"items": [1, 2]}, "2"),
    ("|default(", 0, "{}", {"name": ""}, "none"),
    ("truncatechars", 0, "{}", {"text": "abcdefghij klmnopqrst uvw"}, "abcdefghij klmnop..."),
    ("truncatechars", 0, "{}", {"text": "abcdefghij klmnopqrst"}, "abcdefghij klmnop..."),
    ("truncatechars", 0, "{}", {"text": "abcdefghij klmnopqrs"}, "abcdefghij klmnopqrs"),
    ("truncatewords", 0, "{}", {"text": "a  b c d e f g"}, "a b c d e"),
    ("dtformat", 0, "{}", {"when": date(2026, 1, 2)}, "02.01.2026"),
    ("|index(", 0, "{}", {"seq": [1, 2, 3]}, "3"),
    ("|slice(", 1, "{}", {"seq": "abcdefgh"}, "abcde"),
    ("divisible_by", 0, "{}", {"n": 6}, "True"),
    ("|even", 1, "{}y{{% endif %}}", {"n": 6}, "y"),
    ("if_undefined", 0, "{}", {}, "x"),
    ("is_defined", 1, "{}y{{% endif %}}", {}, ""),
    ("&& b", 0, "{}y{{% endif %}}", {"a": 1, "b": 0, "c": 1}, "y"),
    ("cycle", 0, "{{% for n in seq %}}{}{{% endfor %}}", {"seq": [1, 2, 3]}, "oddevenodd"),
    ("loop.index`", 0, "{{% for n in seq %}}{{{{ {} }}}}{{% endfor %}}", {"seq": [4, 5]}, "01"),
    ("empty", 0, "{}", {"items": []}, "none"),
    ("{{ row }}", 0, "{}", {"row": "<b>x</b>"}, "<b>x</b>"),
    ("|repr", 1, "{}", {"x": "a"}, "'a'"),
    ("include", 0, "{}", {"owner": "Ada"}, "Ada True"),
]


@pytest.mark.parametrize(("there", "place", "around", "data", "shown"), SHOWN)
def test_templates_show_what_they_did(
    there: str, place: int, around: str, data: dict[str, Any], shown: str, tmp_path: Path
) -> None:
    code = instead_of(there)[place]
    code = code.replace("{% for … %}…", "{% for n in items %}x").replace("…", "none")
    (tmp_path / "row.html").write_text("{{ user }} {{ small }}")
    (tmp_path / "page.html").write_text(around.format(code))
    app = Wirebird(secret_key=KEY, templates=tmp_path)
    html = app.render("page.html", **data)
    assert re.sub(r"&#39;", "'", html).strip() == shown


def test_uploads_have_the_names_that_are_said() -> None:
    rows = table("Uploads")
    (entry,) = [codes for left, codes in rows if "`entry.ref`" in left]
    assert {"ref", "client_name", "done"} < {*entry}
    names = [name for name in entry if name not in ("meta", "file.meta")]
    assert [name for name in names if not hasattr(UploadEntry, name)] == []
    assert "meta" in UploadedFile.__annotations__
    options = signature(Socket.allow_upload).parameters
    (told,) = [codes for left, codes in rows if left.startswith("`accept`")]
    assert {*told} - {"allow_upload"} <= {*options}
    assert options["max_file_size"].default == 8_000_000
    assert {"auto_upload", "progress", "external"} <= {*options}
    methods = {name for _, codes in rows for name in map(method_of_sockets, codes) if name}
    assert "consume_uploaded_entries" in methods
    assert [name for name in methods if not hasattr(Socket, name)] == []


def method_of_sockets(code: str) -> str | None:
    found = re.match(r"(?:self\.socket\.)?((?:allow|consume|cancel)_\w+)", code)
    return found[1] if found else None


def test_commands_can_be_called_as_is_said() -> None:
    calls = [code for _, codes in table("Commands for the browser") for code in codes]
    calls = [re.sub(r"\b(to|in_|out)=(?=[,)])", r"\1='#x'", c.strip("{} ")) for c in calls]
    calls = [call for call in calls if call.startswith("js.")]
    assert len(calls) > 5
    assert all(eval(call, {"js": js}) for call in calls)
