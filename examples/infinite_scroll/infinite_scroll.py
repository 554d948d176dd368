"""Every whole number with its factors: a list without an end, of which the page holds a window."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wirebird import LiveView, Stream, event, js

PAGE = 30
MOST_ROWS = 90


@dataclass(frozen=True)
class Number:
    id: int
    factors: tuple[int, ...]

    @property
    def text(self) -> str:
        return " × ".join(map(str, self.factors)) or "one"

    @property
    def is_prime(self) -> bool:
        return len(self.factors) == 1


def factors_of(number: int) -> Iterator[int]:
    """Yield the prime factors of a number, the smallest first."""
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            yield divisor
            number //= divisor
        divisor += 1
    if number > 1:
        yield number


@dataclass
class Window:
    first: int = 1
    last: int = 0
    numbers: Stream[Number] = field(default_factory=Stream)


class InfiniteScrollView(LiveView[Window]):
    """Loads a page when the end of the list is near, and lets the page forget the far end."""

    async def mount(self) -> None:
        self.socket.page_title = "Infinite scroll"
        self.begin()

    @event
    async def later(self, id: str) -> None:
        """Go on after the last row, and keep the last ones."""
        window = self.state
        if id != row_id(window.last):
            return self.show_again()
        numbers = range(window.last + 1, window.last + PAGE + 1)
        window.last = numbers[-1]
        window.first = max(window.first, window.last - MOST_ROWS + 1)
        window.numbers.insert_many(map(number, numbers), limit=-MOST_ROWS)

    @event
    async def earlier(self, id: str, _overran: bool = False) -> None:
        """Put a page before the first row, and keep the first ones."""
        if _overran:  # the browser says first that the top came into view, then that a row did
            return
        window = self.state
        if id != row_id(window.first):
            return self.show_again()
        numbers = range(max(1, window.first - PAGE), window.first)
        if numbers:
            window.first = numbers[0]
            window.last = min(window.last, window.first + MOST_ROWS - 1)
            window.numbers.insert_many(map(number, numbers), at=0, limit=MOST_ROWS)

    @event
    async def top(self) -> None:
        """Begin again with the first page."""
        self.begin()
        # Once it is there: the page still stands far below it.
        self.socket.push_js(js.focus(to="#numbers-1"))

    def begin(self) -> None:
        self.state.first, self.state.last = 1, PAGE
        self.show_again()

    def show_again(self) -> None:
        """Send all rows: over a slow line the browser asks twice, and then loses its place."""
        window = self.state
        window.numbers.reset(map(number, range(window.first, window.last + 1)))


def row_id(number: int) -> str:
    return f"numbers-{number}"


def number(number: int) -> Number:
    return Number(number, tuple(factors_of(number)))
