"""Boxes in a warehouse, to be pushed home; of a view it knows nothing."""

from dataclasses import dataclass, field

LEVELS = [
    """
#######
#.    #
# $@  #
#   $.#
#######""",
    """
########
#  .   #
# $#   #
#  $ . #
#   @  #
########""",
    """
 ######
 #    #
##.$  #
#  .$ #
# @$. #
#######""",
]

WAYS = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}

Place = tuple[int, int]


def places(level: int, sign: str) -> frozenset[Place]:
    """Return where a level has a sign."""
    lines = LEVELS[level].strip("\n").split("\n")
    return frozenset(
        (x, y) for y, line in enumerate(lines) for x, each in enumerate(line) if each == sign
    )


@dataclass
class Game:
    level: int = 0
    walls: frozenset[Place] = field(init=False)
    homes: frozenset[Place] = field(init=False)
    boxes: frozenset[Place] = field(init=False)
    man: Place = field(init=False)
    past: list[tuple[Place, frozenset[Place]]] = field(init=False)

    def __post_init__(self) -> None:
        self.walls, self.homes = places(self.level, "#"), places(self.level, ".")
        self.boxes = places(self.level, "$")
        (self.man,) = places(self.level, "@")
        self.past = []

    def go(self, way: str) -> None:
        """Go a step, and push the box that stands there, if there is room behind it."""
        dx, dy = WAYS[way]
        x, y = self.man
        to, behind = (x + dx, y + dy), (x + 2 * dx, y + 2 * dy)
        if to in self.walls or (to in self.boxes and behind in self.walls | self.boxes):
            return
        self.past.append((self.man, self.boxes))
        self.man = to
        if to in self.boxes:
            self.boxes = self.boxes - {to} | {behind}

    def undo(self) -> None:
        if self.past:
            self.man, self.boxes = self.past.pop()

    @property
    def at_home(self) -> int:
        return len(self.boxes & self.homes)

    @property
    def is_done(self) -> bool:
        return self.boxes == self.homes

    @property
    def rows(self) -> list[list[str]]:
        """What is where, line by line."""
        width, height = (max(place[axis] for place in self.walls) + 1 for axis in (0, 1))
        return [[self._at((x, y)) for x in range(width)] for y in range(height)]

    def _at(self, place: Place) -> str:
        if place in self.walls:
            return "wall"
        kind = "man" if place == self.man else "box" if place in self.boxes else "floor"
        return f"{kind} home" if place in self.homes else kind
