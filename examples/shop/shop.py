"""A small shop, whose basket survives page, line and server, and is the same in all tabs."""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request

from examples.shelf import file_of
from examples.shop.store import PRODUCTS, Line, Product, Store
from wirebird import Form, LiveView, Session, Transient, Wirebird, event, info, js

STORE = Store(file_of("shop"))
DELIVERY = {"Bicycle": 490, "Pigeon": 1250}  # cents

Step = Annotated[int, Field(ge=-1, le=1)]
Name = Annotated[str, Field(min_length=2, max_length=60)]


class Order(BaseModel):
    """What the checkout asks for."""

    name: Name
    street: Name
    town: Name
    delivery: Literal["Bicycle", "Pigeon"] = "Bicycle"
    terms: Annotated[Literal[True], Field(title="Nothing will be delivered, and I know it")]


@dataclass(frozen=True)
class BasketChanged:
    """To all pages of one visitor."""


@dataclass
class Basket:
    """What both pages show. It is read anew by `mount`, so it need not be stored with the page."""

    form: Form[Order]
    basket: str = ""
    number: int | None = None
    lines: Transient[list[Line]] = field(default_factory=list[Line])
    products: Transient[list[Product]] = field(default_factory=lambda: list(PRODUCTS.values()))

    @property
    def delivery(self) -> int:
        return DELIVERY[str(self.form.delivery.value)] if self.lines else 0

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines)


class ShopView(LiveView[Basket]):
    """The shelves and the basket; its handlers ask the database, so they are plain `def`s."""

    template = "shop.html"

    def mount(self, basket: Annotated[str, Session()]) -> None:
        self.state.basket = basket
        self.socket.page_title = "Shop"
        self.socket.subscribe(f"basket:{basket}")
        self.read()

    @event
    def add(self, product: str, by: Step = 1) -> None:
        if product in PRODUCTS:
            STORE.add(self.state.basket, product, by)
            self.changed()
            if by < 0 and product not in (line.product.id for line in self.state.lines):
                self.socket.push_event("js", {"cmd": js.focus(to="#basket-heading")})

    def changed(self) -> None:
        """Show it here, with the answer to the event, and on the visitor's other pages."""
        self.read()
        topic = f"basket:{self.state.basket}"
        self.socket.broadcast(topic, BasketChanged(), include_self=False)

    @info
    def on_change(self, _: BasketChanged) -> None:
        self.read()

    def read(self) -> None:
        self.state.lines = STORE.lines(self.state.basket)


class CheckoutView(ShopView):
    """The form, which is durable: what was typed survives the server, and an order is made once."""

    template = "checkout.html"

    @event
    def check(self, payload: dict[str, Any]) -> None:
        self.state.form.validate(payload)

    @event
    def order(self, payload: dict[str, Any]) -> None:
        form = self.state.form
        order = form.submit(payload)
        if order is None:
            if (wrong := form.first_wrong()) is not None:
                self.socket.push_event("js", {"cmd": js.focus(to=f"#{wrong.id}")})
            return
        address = f"{order.street}, {order.town}"
        self.state.number = STORE.order(self.state.basket, order.name, address)
        if self.state.number is None:
            form.add_error(None, "The basket is empty: another tab was faster.")
        self.changed()


def basket_of(request: Request) -> dict[str, str]:
    """Know a visitor's basket again, on every page that they load."""
    return {"basket": request.session.setdefault("basket", token_hex(16))}


def add_to(app: Wirebird) -> None:
    """Serve both pages in one live session, so that the way between them loads nothing."""
    with app.live_session("shop", session=basket_of, durable=True) as pages:
        pages.live("/shop", ShopView)
        pages.live("/shop/checkout", CheckoutView)
