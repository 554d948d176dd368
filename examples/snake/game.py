"""The rules of the game: no page, no clock, so that a test plays it move by move."""

import random
from dataclasses import dataclass, field

Cell = tuple[int, int]

WIDTH, HEIGHT = 24, 16
DIRECTIONS: dict[str, Cell] = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def begin() -> list[Cell]:
    """Return a snake of four cells, its head first."""
    return [(x, HEIGHT // 2) for x in (7, 6, 5, 4)]


@dataclass
class Game:
    """A snake that grows with each apple, and dies of a wall or of itself."""

    snake: list[Cell] = field(default_factory=begin)
    apple: Cell = (16, HEIGHT // 2)
    direction: str = "right"
    turns: list[str] = field(default_factory=list[str])
    is_over: bool = False

    @property
    def score(self) -> int:
        return len(self.snake) - len(begin())

    def turn(self, direction: str) -> None:
        """Turn at the next moves; a snake cannot turn back on itself."""
        last = self.turns[-1] if self.turns else self.direction
        (x, y), (last_x, last_y) = DIRECTIONS[direction], DIRECTIONS[last]
        if (x, y) != (last_x, last_y) and (x, y) != (-last_x, -last_y) and len(self.turns) < 3:
            self.turns.append(direction)

    def move(self) -> None:
        """Go on by one cell."""
        if self.turns:
            self.direction = self.turns.pop(0)
        (x, y), (dx, dy) = self.snake[0], DIRECTIONS[self.direction]
        head = (x + dx, y + dy)
        grows = head == self.apple
        body = self.snake if grows else self.snake[:-1]
        if head in body or not (0 <= head[0] < WIDTH and 0 <= head[1] < HEIGHT):
            self.is_over = True
            return
        self.snake = [head, *body]
        if grows:
            cells = [(x, y) for x in range(WIDTH) for y in range(HEIGHT)]
            self.apple = random.choice([cell for cell in cells if cell not in self.snake])
