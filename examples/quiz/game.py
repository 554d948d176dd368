"""The games that are played, and where they are kept.

The rule: whether a question is open follows from the clock, so nobody has to be there to close it.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from secrets import choice, token_urlsafe

from examples.shelf import SHELF

LASTS = 20.0  # seconds for a question
MOST_GAMES = 50
MOST_PLAYERS = 50


@dataclass(frozen=True)
class Question:
    text: str
    answers: tuple[str, str, str, str]
    right: int


QUESTIONS = [
    Question("Which planet has the shortest day?", ("Mars", "Jupiter", "Mercury", "Earth"), 1),
    Question("How many hearts has an octopus?", ("One", "Two", "Three", "Eight"), 2),
    Question("When was Python first released?", ("1991", "1995", "1985", "2000"), 0),
    Question("What can bees see, and we cannot?", ("Heat", "Radio", "Magnets", "Ultraviolet"), 3),
    Question("Which of these is a berry?", ("Raspberry", "Banana", "Cherry", "Strawberry"), 1),
]


@dataclass(frozen=True)
class Player:
    name: str
    score: int = 0
    gained: int = 0
    answer: int | None = None


@dataclass
class Game:
    """A game, known to its host by a key, and to players by a code."""

    key: str
    code: str
    players: dict[str, Player] = field(default_factory=dict[str, Player])
    round: int = -1
    ends: float = 0.0

    @property
    def topic(self) -> str:
        return f"quiz:{self.code}"

    @property
    def question(self) -> Question | None:
        """The one that is asked, or was asked last; None before the first and after the last."""
        return QUESTIONS[self.round] if 0 <= self.round < len(QUESTIONS) else None

    @property
    def is_over(self) -> bool:
        return self.round == len(QUESTIONS)

    @property
    def counts(self) -> list[int]:
        """How many have chosen each answer."""
        chosen = Counter(player.answer for player in self.players.values())
        return [chosen[answer] for answer in range(4)]

    @property
    def ranking(self) -> list[Player]:
        return sorted(self.players.values(), key=lambda player: -player.score)

    def left(self, now: float) -> float:
        """How many seconds the question stays open."""
        return max(0.0, self.ends - now) if self.question else 0.0

    def join(self, id: str, name: str) -> bool:
        """Let somebody play, if there is room."""
        if len(self.players) < MOST_PLAYERS:
            self.players.setdefault(id, Player(name))
        return id in self.players

    def go_on(self, now: float) -> None:
        """Close the question that is open, or ask the next one."""
        if self.left(now):
            self.ends = now
        elif not self.is_over:
            self.round += 1
            self.ends = now + LASTS
            for id, player in self.players.items():
                self.players[id] = replace(player, gained=0, answer=None)

    def answer(self, id: str, answer: int, now: float) -> None:
        """Take somebody's only answer: the sooner it is right, the more it counts."""
        player, question, left = self.players.get(id), self.question, self.left(now)
        if player and question and left and player.answer is None:
            gained = round(500 + 500 * left / LASTS) if answer == question.right else 0
            score = player.score + gained
            self.players[id] = replace(player, answer=answer, gained=gained, score=score)
            if all(player.answer is not None for player in self.players.values()):
                self.ends = now


class Games:
    """All games by their codes; the oldest ends when there are too many."""

    def __init__(self) -> None:
        self.by_code: dict[str, Game] = SHELF.get("quiz", {}, dict[str, Game])

    def save(self) -> None:
        SHELF.put("quiz", self.by_code, dict[str, Game])

    def begin(self) -> Game:
        code = "".join(choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(4))
        game = Game(token_urlsafe(8), code)
        if len(self.by_code) >= MOST_GAMES:
            del self.by_code[next(iter(self.by_code))]
        self.by_code[game.code] = game
        self.save()
        return game

    def of_host(self, key: str) -> Game | None:
        return next((game for game in self.by_code.values() if game.key == key), None)
