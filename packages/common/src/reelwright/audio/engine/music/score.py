"""Composing the bed: a calm piece in a major key, as notes, from a seed."""

from dataclasses import dataclass
from random import Random

__all__ = ["Chord", "Note", "Score", "compose"]

_TONICS = (48, 50, 51, 53, 55, 57)
"""C, D, E flat, F, G and A below middle C, as MIDI numbers."""
_BAR_SECONDS = (2.9, 3.5)
"""Four quarters at 69 to 83 beats a minute."""
_ENDING_SECONDS = 4.5
_PROGRESSIONS = (
    ("I", "vi", "IV", "V"),
    ("I", "V", "vi", "IV"),
    ("vi", "IV", "I", "V"),
    ("I", "iii", "IV", "V"),
    ("I", "IV", "vi", "V"),
    ("IV", "I", "ii", "vi"),
)
_CHORDS = {
    "I": (0, (0, 4, 7, 14)),
    "ii": (2, (0, 3, 7, 10)),
    "iii": (4, (0, 3, 7, 10)),
    "IV": (5, (0, 4, 7, 14)),
    "V": (7, (0, 5, 7, 14)),
    "vi": (9, (0, 3, 7, 10)),
}
"""Degree: its distance from the tonic and its tones, in semitones. No two tones of a chord are a semitone
apart in close position, and the fifth degree is suspended, so that nothing rubs or pulls."""
_ALTERNATIVES = {"V": "ii", "IV": "ii", "vi": "IV", "I": "iii", "ii": "IV", "iii": "vi"}
_EIGHTHS = 8
_PATTERNS = ((0, 3, 5), (0, 2, 5, 6), (1, 4, 6), (0, 3, 4, 6), (2, 4, 7), (0, 5))
_REST_EVERY = 8
_PAD_RANGE = (53, 72)
_PLUCK_RANGE = (67, 84)
_BASS_RANGE = (36, 48)


@dataclass(frozen=True, slots=True)
class Chord:
    """What the pad holds for one bar, as MIDI numbers from low to high."""

    tones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One plucked note: seconds from the start, MIDI number, loudness up to 1, place from -1 to 1."""

    at_seconds: float
    pitch: int
    velocity: float
    pan: float


@dataclass(frozen=True, slots=True)
class Score:
    """The whole piece. The last chord is the tonic, held from ``ending_seconds`` to the end."""

    duration_seconds: float
    bar_seconds: float
    chords: tuple[Chord, ...]
    basses: tuple[int, ...]
    plucks: tuple[Note, ...]

    @property
    def ending_seconds(self) -> float:
        """When the last chord begins."""
        return self.bar_seconds * (len(self.chords) - 1)


def compose(seed: int, duration_seconds: float) -> Score:
    """Return a piece of exactly this length; the same seed and length give the same piece."""
    rng = Random(seed)
    tonic = rng.choice(_TONICS)
    progression = rng.choice(_PROGRESSIONS)
    bars, bar = _bars(duration_seconds, rng.uniform(*_BAR_SECONDS))
    degrees = [*_degrees(progression, bars, rng), "I"]
    chords = _voice_leading([_tones(tonic, degree) for degree in degrees])
    return Score(
        duration_seconds=duration_seconds,
        bar_seconds=bar,
        chords=tuple(chords),
        basses=tuple(_into(tonic + _CHORDS[degree][0], _BASS_RANGE) for degree in degrees),
        plucks=tuple(_plucks(chords, bar, rng)),
    )


def _bars(duration: float, nominal: float) -> tuple[int, float]:
    """Return how many bars go before the ending, and their length so that they fit."""
    body = duration - _ENDING_SECONDS
    bars = max(0, round(body / nominal))
    return bars, (body / bars if bars else duration)


def _degrees(progression: tuple[str, ...], bars: int, rng: Random) -> list[str]:
    """Repeat the progression; every second round changes one chord, so that it does not loop."""
    degrees: list[str] = []
    while len(degrees) < bars:
        turn = list(progression)
        if (len(degrees) // len(turn)) % 2:
            place = rng.randrange(1, len(turn))
            turn[place] = _ALTERNATIVES[turn[place]]
        degrees += turn
    return degrees[:bars]


def _tones(tonic: int, degree: str) -> tuple[int, ...]:
    root, tones = _CHORDS[degree]
    return tuple(sorted(_into(tonic + root + tone, _PAD_RANGE) for tone in tones))


def _voice_leading(chords: list[tuple[int, ...]]) -> list[Chord]:
    """Move every tone by octaves to lie nearest to the chord before."""
    led: list[Chord] = []
    for tones in chords:
        centre = sum(led[-1].tones) / len(led[-1].tones) if led else 62.0
        nearest = (min((tone - 12, tone, tone + 12), key=lambda t: (abs(t - centre), t)) for tone in tones)
        led.append(Chord(tuple(sorted(set(nearest)))))
    return led


def _plucks(chords: list[Chord], bar: float, rng: Random) -> list[Note]:
    """Set a sparse arpeggio over the pad: none in the first two bars and every eighth, one note to end."""
    pattern, notes = rng.choice(_PATTERNS), []
    for index, chord in enumerate(chords[:-1]):
        if index % 4 == 0:
            pattern = rng.choice(_PATTERNS)
        if index < 2 or index % _REST_EVERY == _REST_EVERY - 1:
            continue
        notes += [_pluck(chord, bar * (index + place / _EIGHTHS), rng) for place in pattern]
    ending = Note(bar * (len(chords) - 1), _into(chords[-1].tones[0], _PLUCK_RANGE), 0.7, 0.0)
    return [*notes, ending]


def _pluck(chord: Chord, at: float, rng: Random) -> Note:
    return Note(
        at_seconds=at + rng.uniform(0.0, 0.012),
        pitch=_into(rng.choice(chord.tones), _PLUCK_RANGE),
        velocity=rng.uniform(0.45, 0.9),
        pan=rng.uniform(-0.6, 0.6),
    )


def _into(pitch: int, bounds: tuple[int, int]) -> int:
    """Move a pitch by octaves until it is in the range."""
    while pitch < bounds[0]:
        pitch += 12
    while pitch > bounds[1]:
        pitch -= 12
    return pitch
