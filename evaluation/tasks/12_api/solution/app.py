from dataclasses import dataclass, field

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.middleware.sessions import SessionMiddleware

from wirebird import LiveView, Wirebird, info

STOCK: dict[str, int] = {}
SECRET = "a secret of at least 32 characters"


class Stock(BaseModel):
    item: str
    count: int = Field(ge=0)


@dataclass(frozen=True)
class StockChanged:
    """To all pages of the stock."""


@dataclass
class Page:
    stock: dict[str, int] = field(default_factory=dict[str, int])


class StockView(LiveView[Page]):
    html = """
    <ul id="stock">
      {% for item, count in stock|dictsort %}
      <li :key="{{ item }}">{{ item }}: {{ count }}</li>
      {% endfor %}
    </ul>
    """

    async def mount(self) -> None:
        await self.socket.subscribe("stock")
        self.state.stock = dict(STOCK)

    @info
    async def on_change(self, _: StockChanged) -> None:
        self.state.stock = dict(STOCK)


pages = Wirebird(secret_key=SECRET)
pages.live("/stock", StockView)

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=SECRET)
pages.attach(app)


@app.post("/api/stock")
async def set_stock(stock: Stock) -> Stock:
    STOCK[stock.item] = stock.count
    await pages.broadcast("stock", StockChanged())
    return stock
