"""An application in a zipped package finds its templates, scripts and styles there."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.web.pages import client
from wirebird import Wirebird

FILES = {
    "zipped_site/__init__.py": """
from wirebird import LiveView, Wirebird

class HomeView(LiveView):
    pass

class OtherView(LiveView):
    template = "other.html"

app = Wirebird(
    secret_key="k" * 40, scripts=["js/app.js"], root_layout="root.html", templates="templates"
)
app.live("/", HomeView)
app.live("/other", OtherView)
""",
    "zipped_site/home.html": "<p>home {% include 'part.html' %}</p>",
    "zipped_site/part.html": "<b>part</b>",
    "zipped_site/templates/other.html": "<p>other</p>",
    "zipped_site/root.html": "<html>zipped {{ page.head }}{{ inner_content }}</html>",
    "zipped_site/home.css": "p { background: url(js/../dot.svg) }",
    "zipped_site/dot.svg": "<svg/>",
    "zipped_site/js/app.js": 'import "../lib/util.js";',
    "zipped_site/lib/util.js": "export const x = 1;",
}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wirebird]:
    with ZipFile(tmp_path / "site.zip", "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    monkeypatch.syspath_prepend(tmp_path / "site.zip")
    yield importlib.import_module("zipped_site").app
    del sys.modules["zipped_site"]


async def test_templates_scripts_and_styles_are_found_in_a_zipped_package(app: Wirebird) -> None:
    async with client(app) as http:
        html = (await http.get("/")).text
        assert html.startswith("<html>zipped")
        assert "<p>home <b>part</b></p>" in html
        assert "<p>other</p>" in (await http.get("/other")).text
        (style,) = re.findall(r"/_wirebird/app/home-[0-9a-f]{12}[.]css", html)
        (script,) = re.findall(r"/_wirebird/app/app-[0-9a-f]{12}[.]js", html)
        (dot,) = re.findall(r"[.]/(dot-[0-9a-f]{12}[.]svg)", (await http.get(style)).text)
        assert (await http.get(f"/_wirebird/app/{dot}")).text == "<svg/>"
        (util,) = re.findall(r"[.]/(util-[0-9a-f]{12}[.]js)", (await http.get(script)).text)
        assert (await http.get(f"/_wirebird/app/{util}")).text == FILES["zipped_site/lib/util.js"]
