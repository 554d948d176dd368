"""Tunes, and how a music box sounds: samples computed here, as a WAV file."""

import math
import struct
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

RATE = 22_050  # samples a second
SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
RINGS = 1.2  # seconds that a note is heard
PERIOD = [
    math.sin(x) + 0.4 * math.sin(2 * x) + 0.15 * math.sin(5 * x)
    for x in (2 * math.pi * i / 1024 for i in range(1024))
]


@dataclass(frozen=True)
class Note:
    """A tone: its MIDI number, and when it begins and for how long, in beats."""

    pitch: int
    at: float
    beats: float


@dataclass(frozen=True)
class Tune:
    slug: str
    title: str
    story: str
    beats_a_minute: int
    score: str

    @property
    def notes(self) -> list[Note]:
        """Read its score: `c5` is a note of one beat, `c5*2` one of two, `f#4` has a sharp."""
        notes: list[Note] = []
        at = 0.0
        for word in self.score.split():
            name, _, beats = word.partition("*")
            pitch = SEMITONES[name[0]] + ("#" in name) + 12 * (int(name[-1]) + 1)
            notes.append(Note(pitch, at, float(beats or 1)))
            at += notes[-1].beats
        return notes

    @property
    def beats(self) -> float:
        return sum(note.beats for note in self.notes)


TUNES = [
    Tune(
        "joy", "Ode to Joy", "Ludwig van Beethoven, 1824; he never heard it.", 150,
        "e5 e5 f5 g5 g5 f5 e5 d5 c5 c5 d5 e5 e5*1.5 d5*.5 d5*2 "
        "e5 e5 f5 g5 g5 f5 e5 d5 c5 c5 d5 e5 d5*1.5 c5*.5 c5*2",
    ),
    Tune(
        "jacques", "Frère Jacques", "A round from France: a monk has slept too long.", 160,
        "c5 d5 e5 c5 c5 d5 e5 c5 e5 f5 g5*2 e5 f5 g5*2 g5*.5 a5*.5 g5*.5 f5*.5 e5 c5 "
        "g5*.5 a5*.5 g5*.5 f5*.5 e5 c5 c5 g4 c5*2 c5 g4 c5*2",
    ),
    Tune(
        "greensleeves", "Greensleeves", "England, 1580; nobody knows who wrote it.", 180,
        "a4 c5*2 d5 e5*1.5 f5*.5 e5 d5*2 b4 g4*1.5 a4*.5 b4 c5*2 a4 a4*1.5 g#4*.5 a4 "
        "b4*2 g#4 e4*2 a4 c5*2 d5 e5*1.5 f5*.5 e5 d5*2 b4 g4*1.5 a4*.5 b4 "
        "c5*1.5 b4*.5 a4 g#4*1.5 f#4*.5 g#4 a4*3",
    ),
]  # fmt: skip
BY_SLUG = {tune.slug: tune for tune in TUNES}


def write(tune: Tune, file: Path) -> None:
    """Write a tune's sound into a file."""
    seconds_a_beat = 60 / tune.beats_a_minute
    sound = array("d", bytes(8 * int(RATE * (tune.beats * seconds_a_beat + RINGS))))
    for note in tune.notes:
        start = int(note.at * seconds_a_beat * RATE)
        step = 440 * 2 ** ((note.pitch - 69) / 12) * len(PERIOD) / RATE
        for i in range(int(RATE * RINGS)):
            sound[start + i] += PERIOD[int(i * step) % 1024] * math.exp(-5 * i / RATE)
    loudest = max(map(abs, sound))
    with wave.open(str(file), "wb") as wav:
        wav.setparams((1, 2, RATE, 0, "NONE", ""))
        samples = (int(30_000 * sample / loudest) for sample in sound)
        wav.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
