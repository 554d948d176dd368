"""Hooks in templates: what a script exports is known, and what cannot be known is no mistake."""

# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.checked import Checked
from wirebird.check.scripts import Unreadable, exported

MODULE = """
from dataclasses import dataclass
from wirebird import LiveView

@dataclass
class State:
    name: str = ""

class OneView(LiveView[State]):
    template = "one.html"

def extend(app):
    {extend}
"""
CHART = '<p id="a" phx-hook="Chart"></p>'
SCRIPTS = {
    "export const Chart = {mounted() {}}": {"Chart"},
    "export const A = {a: 1, b: [1, 2]}, B = class extends window.wirebird.ViewHook {}": {"A", "B"},
    "export let A = () => 1, B\nexport var C": {"A", "C"},
    "export class A {}\nexport function b() {}\nexport async function* c() {}": {"A", "b", "c"},
    "const A = {}, B = {}; export { A, B as Chart, B as 'a-b' }": {"A", "Chart", "a-b"},
    "export { A, b as B } from './a.js'": {"A", "B"},
    "export default { A, B: {mounted() {}}, 'c-d': x, E() {}, async F() {}, get G() {} }": {
        "A", "B", "c-d", "E", "F", "G",
    },
    "export const hooks = { Chart }": {"Chart"},
    "const hooks = { Chart }; export { hooks }": {"Chart"},
    "const all = { Chart }\nexport default all": {"Chart"},
    "const all = { Chart }\nexport { all as hooks }": {"Chart"},
    "export const options = { defaults: {debounce: 1} }; export const A = {}": {"A"},
    "export default class extends ViewHook {}": set[str](),
    "// export const A = {}\n/* export const B = {} */ const C = 'export const D'": set[str](),
    "const s = `${f(`}`)} export const A`; export const B = a / b / c; export const C = /['`{]/": {
        "B", "C",
    },
    "let export_ = a.export; export const A = 1": {"A"},
}  # fmt: skip
UNREADABLE = (
    "export * from './charts.js'",
    "export { default } from './charts.js'",
    "export { hooks } from './charts.js'",
    "export default { ...charts }",
    "export default { [name]: chart }",
    "export default make()",
    "export default charts.all",
    "import charts from './charts.js'\nexport default charts",
    "export const hooks = Object.fromEntries(all)",
    "export const hooks = {}; hooks.Chart = {}",
    "const hooks = {}; Object.assign(hooks, charts); export { hooks }",
    "export const options = { hooks: charts }",
    "export const options = charts",
    "export const { Chart } = charts",
    "window.liveSocket.hooks.Chart = {}",
    "window.phx_hook_Chart = () => ({})",
    "export const A = '",
    "export const A = {",
)


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_script_exports_is_read(script: str):
    assert exported(script) == SCRIPTS[script]


@pytest.mark.parametrize("script", UNREADABLE)
def test_a_hook_is_not_missed_where_others_may_be(script: str, checked: Checked, tmp_path: Path):
    with pytest.raises(Unreadable):
        exported(script)
    (tmp_path / "one.js").write_text(script)
    assert checked(MODULE.format(extend="pass"), one=CHART) == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            "",
            "no script exports a hook 'Chart': write export const Chart = {...} in a script beside the view",
        ),
        ("const Chart = {}", "no script exports a hook 'Chart': one.js has it, without export"),
        (
            "export const Charts = {}",
            "no script exports a hook 'Chart': did you mean 'Charts'?",
        ),
    ],
)
def test_a_missing_hook_is_named_at_its_place(
    script: str, message: str, checked: Checked, tmp_path: Path
):
    (tmp_path / "one.js").write_text(script)
    (found,) = checked(MODULE.format(extend="pass"), one=f"<b>x</b>\n{CHART}")
    assert (found.code, found.line, found.column) == ("WB204", 2, 11)
    assert found.message == message


def test_a_component_is_given_a_hook(checked: Checked):
    (found,) = checked(
        MODULE.format(extend="pass"), one='{{ ui.button("x", id="b", phx_hook="Chart") }}'
    )
    assert (found.code, found.column) == ("WB204", 36)


@pytest.mark.parametrize(
    ("extend", "template"),
    [
        ('app.live_session("other", scripts=["https://a.org/hooks.js"])', CHART),
        ('app.live_session("other", root_layout="root.html")', CHART),
        ("app.layouts.root = lambda page: page.content", CHART),
        ("pass", f'{CHART}<script phx-runtime-hook="Chart">phx_hook_Chart = f</script>'),
        ("pass", f"{CHART}<script>liveSocket.hooks.Chart = f</script>"),
    ],
)
def test_a_hook_may_come_from_what_a_page_loads_itself(
    extend: str, template: str, checked: Checked, tmp_path: Path
):
    (tmp_path / "root.html").write_text("<script src='/app.js'></script>{{ inner_content }}")
    assert checked(MODULE.format(extend=extend), one=template) == []


def test_a_hook_of_another_session_is_known(checked: Checked, tmp_path: Path):
    (tmp_path / "more.js").write_text("export const Chart = {}")
    extend = 'app.live_session("other", scripts=["more.js"])'
    assert checked(MODULE.format(extend=extend), one=CHART) == []
