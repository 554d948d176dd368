"""Records, and what the views of the example tell each other about them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Track:
    id: str
    title: str
    artist: str
    seconds: int


@dataclass(frozen=True)
class Record:
    slug: str
    title: str
    artist: str
    story: str
    tracks: tuple[Track, ...]


@dataclass(frozen=True)
class Play:
    """To the player: play this."""

    track: Track


@dataclass(frozen=True)
class WhoPlays:
    """To the player: tell what plays."""


@dataclass(frozen=True)
class NowPlaying:
    """From the player, to all tracks on the page."""

    track: str
    playing: bool


def record(slug: str, title: str, artist: str, story: str, *tracks: tuple[str, int]) -> Record:
    made = (
        Track(f"{slug}-{number}", name, artist, seconds)
        for number, (name, seconds) in enumerate(tracks, 1)
    )
    return Record(slug, title, artist, story, tuple(made))


RECORDS = {
    each.slug: each
    for each in (
        record(
            "seasons",
            "The Four Seasons",
            "Antonio Vivaldi",
            "Four violin concertos of 1725, each with a sonnet that tells what to hear: barking"
            " dogs, a hunt, ice that breaks.",
            ("Spring", 622),
            ("Summer", 661),
            ("Autumn", 694),
            ("Winter", 545),
        ),
        record(
            "planets",
            "The Planets",
            "Gustav Holst",
            "Seven movements, written from 1914 to 1917. The Earth has none, and Pluto had not"
            " been found. The last one fades behind a closed door.",
            ("Mars", 441),
            ("Venus", 527),
            ("Mercury", 246),
            ("Jupiter", 478),
        ),
        record(
            "carnival",
            "The Carnival of the Animals",
            "Camille Saint-Saëns",
            "A joke among friends, of 1886. He let nobody publish it while he lived, except for"
            " the swan.",
            ("The Elephant", 92),
            ("Aquarium", 138),
            ("Fossils", 81),
            ("The Swan", 190),
        ),
    )
}


def clock(seconds: int) -> str:
    """Return seconds as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"
