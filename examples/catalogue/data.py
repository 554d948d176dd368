"""Charts, maps, tables: what there is to know, drawn."""

from examples.catalogue.example import Example
from examples.charts.charts import ChartsView
from examples.diary.diary import DiaryView
from examples.lighthouses.lighthouses import LighthousesView
from examples.line_chart.line_chart import LineChartView
from examples.log_viewer.log_viewer import LogViewerView
from examples.server_dashboard import server_dashboard
from examples.spreadsheet.spreadsheet import SpreadsheetView

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
    Example(
        "/spreadsheet",
        "Spreadsheet",
        "A thousand cells with formulas, for all at once.",
        SpreadsheetView,
        "messages",
        ("grid", "keyboard", "formula", "broadcast"),
        wide=True,
    ),
    Example(
        "/calendar",
        "Calendar",
        "A month, its plans, and a URL for each day.",
        DiaryView,
        "navigation",
        ("date", "keyboard", "patch", "durable"),
        wide=True,
    ),
    Example(
        "/log-viewer",
        "Log viewer",
        "Five lines a second: search them, follow them.",
        LogViewerView,
        "streams",
        ("filter", "stream", "scroll", "realtime"),
        wide=True,
    ),
    Example(
        "/dashboard",
        "Server dashboard",
        "What this very server does, and what it costs.",
        server_dashboard.ServerDashboardView,
        "observability",
        ("metrics", "memory", "sparkline", "timer"),
        wide=True,
        add_to=server_dashboard.add_to,
    ),
    Example(
        "/map",
        "Map",
        "Markers and a list that choose each other.",
        LighthousesView,
        "maps",
        ("leaflet", "npm", "hook", "offline"),
        wide=True,
        kilobytes=125,
    ),
    Example(
        "/charts",
        "Charts",
        "Drawn once, then patched by data alone.",
        ChartsView,
        "charts",
        ("vega", "npm", "hook", "push"),
        wide=True,
        kilobytes=260,
    ),
]
