"""Which palette a video has where none was asked for: by what it is about, and by how its main picture looks.

Words of the title and the topic count most, then the share of scenes that speak for a palette, then the
pictures that scenes show (``pictures/moods.tsv``; words are English ones). Palettes on which the main picture
hardly stands out lose. What is left to the video's seed are ties, and videos of which too little speaks for
any palette. The rule is total: the same script, pictures, topic and seed give the same palette everywhere.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from reelwright.production.schema import Decision, Rejection, Script
from reelwright.video.engine.palette import PALETTES
from reelwright.video.engine.styles import AUTO, STYLES, is_made_of_colours
from reelwright.video.outstanding import Look, echo_of, look_of, shortfall_of
from reelwright.video.pictures.matching import words_near
from reelwright.video.pictures.moodtable import mood_table
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.words import sentences_of, tokens_of
from reelwright.video.schema import PictureUse

__all__ = ["Mood", "choose_mood", "mood_for"]

_NAMES: Final = STYLES[1:]
_SUBJECT: Final = "palette of the video"

_TITLE: Final = 2.0
_MOST_OF_TITLE: Final = 1.5
"""Three words for the same palette say hardly more than one."""
_SCENES: Final = 3.0
_SHOWN: Final = 1.5
_ROLES: Final[Mapping[str, float]] = {"hero": 1.0, "satellite": 0.4, "item": 0.4}
_ECHO: Final = 0.3
"""For ornaments and accents in the colour of the main picture."""
_HIDDEN: Final = 4.0
"""Against a palette on which nothing of the main picture stands out."""
_ENOUGH: Final = 0.6
"""Below this, what speaks for a palette is taken for chance: one word in one scene of five, say."""
_TIE: Final = 0.05
_ALL_THE_SAME: Final = 0.5
"""Where too little speaks for any: how much worse than on the best a picture may stand out."""
_TOLD: Final = 6

_Uses: TypeAlias = Sequence[Sequence[PictureUse]]


class Mood(NamedTuple):
    """The palette of a video, and the record of why."""

    style: str
    decision: Decision


class _Voice(NamedTuple):
    """What speaks for one palette: some words, or some pictures."""

    weight: float
    told: str


class _Scale(NamedTuple):
    """All palettes, weighed."""

    voices: Mapping[str, Sequence[_Voice]]
    """By palette; none where too little speaks for any."""
    look: Look | None
    """Of the main picture."""

    @property
    def telling(self) -> bool:
        return bool(self.voices)

    def fit(self, name: str) -> float:
        """Return what the look of the main picture adds to a palette's score, or takes from it."""
        if self.look is None:
            return 0.0
        palette = PALETTES[name]
        return _ECHO * echo_of(self.look, palette) - _HIDDEN * shortfall_of(self.look, palette)

    def score(self, name: str) -> float:
        return round(_spoken(self.voices.get(name, ())) + self.fit(name), 2)

    def told(self, name: str) -> str:
        """Return the score of a palette, and what it is made of."""
        parts = [f"{self.score(name):.2f}"]
        parts += [f"{voice.told} (+{voice.weight:.2f})" for voice in self.voices.get(name, ())]
        if self.look is not None:
            parts.append(f"its colours under {self.look.name} ({self.fit(name):+.2f})")
        return "; ".join(parts)


def mood_for(
    style: str, topic: str, script: Script, pictures: tuple[tuple[PictureUse, ...], ...], seed: int
) -> Mood:
    """Return the palette that was asked for, or the one chosen with the pack that is installed here.

    Raises PackDamaged.
    """
    if style != AUTO:
        return Mood(style, Decision(subject=_SUBJECT, chosen=style, reason=_asked(style)))
    with _ONE_AT_A_TIME:
        return _chosen(script, pictures, topic, seed, PicturePack.installed())


def _asked(style: str) -> str:
    return "the colours of the brand" if is_made_of_colours(style) else "asked for by name"


def choose_mood(
    script: Script, pictures: _Uses, *, topic: str = "", seed: int = 0, pack: PicturePack | None = None
) -> Mood:
    """Return the palette for a script whose scenes show these pictures, in order."""
    voices: dict[str, list[_Voice]] = defaultdict(list)
    for name, voice in (*_words(script, topic), *_pictures(pictures, pack)):
        voices[name].append(voice)
    enough = any(_spoken(heard) >= _ENOUGH for heard in voices.values())
    main = _main(pictures)
    scale = _Scale(voices if enough else {}, look_of(main, pack) if main else None)
    scores = {name: scale.score(name) for name in _NAMES}
    bar = max(scores.values()) - (_TIE if scale.telling else _ALL_THE_SAME)
    best = [name for name in _NAMES if scores[name] >= bar]
    style = best[seed % len(best)]
    others = sorted((name for name in _NAMES if name != style), key=lambda name: -scores[name])
    decision = Decision(
        subject=_SUBJECT,
        chosen=style,
        reason=_reason(style, scale, len(best), seed),
        rejected=tuple(Rejection(name=name, reason=scale.told(name)) for name in others),
    )
    return Mood(style, decision)


_ONE_AT_A_TIME: Final = threading.Lock()
"""Scenes of one script are shot side by side, and all ask the same."""


@lru_cache(maxsize=4)
def _chosen(
    script: Script,
    pictures: tuple[tuple[PictureUse, ...], ...],
    topic: str,
    seed: int,
    pack: PicturePack | None,
) -> Mood:
    return choose_mood(script, pictures, topic=topic, seed=seed, pack=pack)


def _spoken(voices: Iterable[_Voice]) -> float:
    return sum(voice.weight for voice in voices)


def _words(script: Script, topic: str) -> Iterator[tuple[str, _Voice]]:
    """Yield by palette what the words say for it; nothing in languages that the table does not have."""
    if script.language.partition("-")[0] != "en":
        return
    texts = (script.title, topic, *(scene.narration for scene in script.scenes))
    around = words_near(token for text in texts for token in tokens_of(text))
    yield from _of_title((script.title, topic), around)
    yield from _of_scenes(script, around)


def _of_title(texts: Iterable[str], around: frozenset[str]) -> Iterator[tuple[str, _Voice]]:
    for name, words in _said(texts, around).items():
        weight = _TITLE * min(_MOST_OF_TITLE, sum(words.values()))
        yield name, _Voice(weight, f"{_quoted(words)} in the title or topic")


def _of_scenes(script: Script, around: frozenset[str]) -> Iterator[tuple[str, _Voice]]:
    shares: dict[str, float] = defaultdict(float)
    times: dict[str, Counter[str]] = defaultdict(Counter)
    for scene in script.scenes:
        for name, words in _said(sentences_of(scene.narration), around).items():
            shares[name] += min(1.0, sum(words.values()))
            times[name].update(words.keys())
    for name, share in shares.items():
        told = [word for word, _ in times[name].most_common()]
        yield name, _Voice(_SCENES * share / len(script.scenes), f"{_quoted(told)} in the scenes")


def _said(texts: Iterable[str], around: frozenset[str]) -> dict[str, dict[str, float]]:
    """Return by palette the words that speak for it, each once, and how much."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for text in texts:
        for said in mood_table().said_in(text, around):
            found[said.palette][said.words] = said.weight
    return found


def _pictures(pictures: _Uses, pack: PicturePack | None) -> Iterator[tuple[str, _Voice]]:
    """Yield by palette what the pictures of the pack that are shown say for it."""
    uses = [use for scene in pictures for use in scene]
    weights: dict[str, float] = defaultdict(float)
    shown: dict[str, dict[str, None]] = defaultdict(dict)
    for use in uses:
        found = pack.get(use.name) if pack and use.source == "pack" else None
        for name, weight in mood_table().shown_by(found).items() if found else ():
            weights[name] += weight * _ROLES[use.role]
            shown[name][use.name] = None
    total = sum(_ROLES[use.role] for use in uses)
    for name, weight in weights.items():
        yield name, _Voice(_SHOWN * weight / total, f"the pictures {_listed(shown[name])}")


def _main(pictures: _Uses) -> PictureUse | None:
    """Return the hero of most scenes; of equals, the one that is shown first."""
    heroes = [use for scene in pictures for use in scene if use.role == "hero"]
    count = Counter((use.name, use.path) for use in heroes)
    return max(heroes, key=lambda use: count[use.name, use.path], default=None)


def _reason(style: str, scale: _Scale, equals: int, seed: int) -> str:
    parts = [scale.told(style)]
    if not scale.telling:
        parts.append("neither words nor pictures speak for a palette surely enough")
    if equals > 1:
        parts.append(f"one of {equals} that are as good, by the video's seed {seed}")
    return "; ".join(parts)


def _quoted(words: Iterable[str]) -> str:
    return _listed(f"'{word}'" for word in words)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = len(every) - _TOLD
    return ", ".join(every[:_TOLD]) + (f" and {more} more" if more > 0 else "")
