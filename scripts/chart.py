"""Draws the README's chart from docs/benchmarks.md: `scripts/run python scripts/chart.py`.

Phoenix's bars are its share of PyView's figure when both were measured, of PyView's figure in the
table.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "benchmarks.md"
CHART = ROOT / "docs" / "images" / "benchmarks.svg"

GROUPS = {
    "counter event, 50 clients": ("CPU of an event", "us"),
    "broadcast, per delivery": ("CPU of a delivery", "us"),
    "idle view, counter": ("Memory of an idle page", "KiB"),
}
COLOURS = {"PyView": "#9aa5b1", "Phoenix": "#fd8450", "Wirebird": "#0f766e"}
WIDTH, LEFT, BAR, GAP, TOP = 720, 190, 18, 30, 12
LONGEST = WIDTH - LEFT - 90


def share(text: str) -> float:
    """Read a ratio as the table shows it: 0.61, or 1/117."""
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def figures(row: list[str]) -> dict[str, float]:
    """Return the three figures of one row of the table."""
    pyview, wirebird = (float(re.sub(r"[^0-9.]", "", cell)) for cell in row[1:3])
    return {"PyView": pyview, "Phoenix": pyview * share(row[7]), "Wirebird": wirebird}


def draw(rows: dict[str, list[str]]) -> str:
    """Return the chart as SVG, readable on light and on dark."""
    parts: list[str] = []
    top = TOP
    for name, (title, unit) in GROUPS.items():
        found = figures(rows[name])
        middle = top + 1.5 * BAR + 5
        parts.append(f'<text class="title" x="0" y="{middle:.0f}">{title}</text>')
        for index, (side, value) in enumerate(found.items()):
            y = top + index * (BAR + 2)
            length = value / max(found.values()) * LONGEST
            place = f'x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}"'
            parts.append(f'<rect {place} rx="3" fill="{COLOURS[side]}"/>')
            told = f"{value:.0f} {unit.replace('us', 'µs')} {side}"
            parts.append(f'<text x="{LEFT + length + 6:.0f}" y="{y + BAR - 5}">{told}</text>')
        top += 3 * (BAR + 2) + GAP
    height = top - GAP + TOP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' aria-label="What an event, a broadcast\'s delivery and an idle page cost">\n'
        "<style>text{font:13px system-ui,sans-serif;fill:#52606d}.title{font-weight:600}"
        "@media(prefers-color-scheme:dark){text{fill:#cbd2d9}}</style>\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def main() -> None:
    lines = TABLE.read_text().splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]
    rows: dict[str, list[str]] = {}
    for row in cells:
        rows.setdefault(row[0], row)  # the first table is the one of the results
    CHART.write_text(draw(rows))
    print(CHART.relative_to(ROOT))


if __name__ == "__main__":
    main()
