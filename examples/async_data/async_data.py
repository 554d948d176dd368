"""Slow data: the page is there at once, and each part of it when its data is."""

from dataclasses import dataclass, field

from examples.async_data.service import Report, fetch_city, fetch_report
from wirebird import AsyncResult, LiveView, event


@dataclass
class Dashboard:
    report: AsyncResult[Report] = field(default_factory=AsyncResult.loading)
    weather: AsyncResult[str] = field(default_factory=AsyncResult.loading)
    visitors: AsyncResult[int] = field(default_factory=AsyncResult.loading)


class DashboardView(LiveView[Dashboard]):
    """Loads two things side by side; an old value stays until there is a new one."""

    async def mount(self) -> None:
        self.socket.page_title = "Slow data"
        self.socket.assign_async("report", fetch_report)
        self.socket.assign_async(("weather", "visitors"), fetch_city)

    @event
    async def reload(self, fail: bool = False, reset: bool = False) -> None:
        self.socket.assign_async("report", fetch_report, fail, reset=reset)

    @event
    async def cancel(self) -> None:
        self.socket.cancel_async("report")
