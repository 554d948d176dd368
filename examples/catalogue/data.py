"""Charts, maps, tables: what there is to know, drawn."""

from examples.catalogue.example import Example
from examples.line_chart.line_chart import LineChartView

EXAMPLES: list[Example] = [
    Example(
        "/line-chart",
        "Line chart",
        "Ten samples a second, drawn by the server.",
        LineChartView,
        "streams",
        ("svg", "realtime", "stream"),
        wide=True,
    ),
]
