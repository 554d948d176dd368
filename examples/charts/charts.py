"""A chart whose Vega-Lite specification the server writes once. Afterwards it sends points."""

from dataclasses import dataclass, field
from typing import Any, TypedDict

from examples.charts.climate import CLIMATE, MONTHS
from wirebird import LiveView, event

AT_FIRST = ["Cairo", "Reykjavik", "Sydney"]
COLORS = ["#d97706", "#3b82f6", "#8b5cf6", "#db2777", "#0d9488", "#65a30d"]


class Point(TypedDict):
    city: str
    month: str
    mean: float


def points(*cities: str) -> list[Point]:
    return [
        Point(city=city, month=month, mean=mean)
        for city in cities
        for month, mean in zip(MONTHS, CLIMATE[city], strict=True)
    ]


def spec(cities: list[str]) -> dict[str, Any]:
    """Return what Vega-Lite draws: a line for each city, in the colours of the page."""
    temperature = {
        "field": "mean",
        "type": "quantitative",
        "title": "°C",
        "scale": {"nice": True},
        "axis": {"titleAngle": 0, "titleAlign": "left", "titleY": -4},
    }
    return {
        "width": "container",
        "height": "container",
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 14, "top": 28, "right": 14, "bottom": 14},
        "background": "transparent",
        "data": {"name": "points", "values": points(*cities)},
        "mark": {
            "type": "line",
            "point": {"size": 70},
            "strokeWidth": 2.5,
            "interpolate": "monotone",
        },
        "encoding": {
            "x": {"field": "month", "type": "ordinal", "sort": MONTHS, "title": None},
            "y": temperature,
            "color": {
                "field": "city",
                "scale": {"domain": list(CLIMATE), "range": COLORS},
                "legend": None,
            },
        },
        "config": {
            "font": "inherit",
            "view": {"stroke": None},
            "axis": {
                **dict.fromkeys(("labelColor", "titleColor", "gridColor"), "currentColor"),
                "domain": False,
                "gridOpacity": 0.15,
                "labelAngle": 0,
                "labelFontSize": 12,
                "ticks": False,
            },
        },
    }


@dataclass
class Climates:
    spec: dict[str, Any] = field(default_factory=dict[str, Any])
    cities: list[str] = field(default_factory=list[str])
    chosen: Point | None = None

    colors = dict(zip(CLIMATE, COLORS, strict=True))
    months = MONTHS

    def means(self, city: str) -> list[float]:
        return CLIMATE[city]


class ChartsView(LiveView[Climates]):
    """Which cities are shown stands in the URL; what comes and goes is sent as points."""

    async def mount(self) -> None:
        self.socket.page_title = "Charts"

    async def handle_params(self, city: list[str] = AT_FIRST) -> None:
        before, now = self.state.cities, [each for each in CLIMATE if each in city]
        self.state.cities, self.state.chosen = now, None
        if not self.state.spec:
            self.state.spec = spec(now)
        else:
            new, gone = set(now) - set(before), set(before) - set(now)
            changes = {"insert": points(*sorted(new)), "remove": sorted(gone)}
            self.socket.push_event("points", changes)

    @event
    async def show(self, city: list[str] | None = None) -> None:
        self.socket.push_patch(self.socket.path(city=city or AT_FIRST[:1]), replace=True)

    @event
    async def choose(self, city: str, month: str) -> None:
        found = [point for point in points(*self.state.cities) if point["city"] == city]
        self.state.chosen = next((point for point in found if point["month"] == month), None)
