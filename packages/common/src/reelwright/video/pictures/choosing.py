"""A whole script -> the pictures of each scene: its own, up to two beside it, and one for each item.

What a sentence speaks of is weighed by what the script is about: a picture that the title or other scenes
support gains, one that nothing else supports loses a little, one that was shown before loses a lot. Below the
threshold there is no picture: a doubtful one is worse than none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from reelwright.environment.schema import PictureSettings
from reelwright.production.schema import Scene, Script, Visual
from reelwright.video.pictures.matching import Hit, Matcher, OwnPicture, PictureIndex, Scorer, words_near
from reelwright.video.pictures.own import shows_a_logo
from reelwright.video.pictures.placing import Chosen, Placed, Ranked, place_all
from reelwright.video.pictures.stock import NO_STOCK
from reelwright.video.pictures.words import sentences_of, tokens_of
from reelwright.video.schema import PictureUse

__all__ = [
    "MOST_SATELLITES",
    "Heard",
    "Ranked",
    "Reading",
    "choose_pictures",
    "headline_of",
    "hear_own",
    "items_of",
    "read_script",
]

MOST_SATELLITES: Final = 2

_TITLE_LIFT: Final = 0.35
_SCENE_LIFT: Final = 0.1
_MOST_LIFT: Final = 0.5
_ALONE: Final = 0.96
_AGAIN: Final = 0.03
"""For every further word that speaks of the picture in the same scene, twice at most."""
_HEADLINE: Final = 0.03
_REPEATED: Final = 0.85
_NEIGHBOUR: Final = 0.9
_SUPPORTING: Final = 0.55
"""A word of less weight says nothing of what the script is about."""


class Heard(NamedTuple):
    """Where something is spoken of most surely."""

    scene: int
    score: float


class Reading(NamedTuple):
    """What the words of a script speak of, before anything is chosen."""

    title: Mapping[str, Hit]
    """The surest hit of the title by picture."""
    scenes: tuple[tuple[Hit, ...], ...]
    items: tuple[tuple[tuple[Hit, ...], ...], ...]
    """Of every item of every scene."""
    headlines: tuple[frozenset[str], ...]
    """The words that each scene shows largest."""
    support: Mapping[str, frozenset[int]]
    """By picture: the scenes that speak of it."""


def choose_pictures(
    script: Script,
    settings: PictureSettings,
    pack: PictureIndex | None,
    own: Iterable[OwnPicture] = (),
    scorer: Scorer | None = None,
) -> tuple[tuple[PictureUse, ...], ...]:
    """Return the pictures of every scene, in order: its hero, its satellites, those of its items.

    Those of the brief go before those of the pack, and each has a scene if one speaks of it. None at all
    where pictures are switched off; without a pack only the brief's. The same arguments give the same
    pictures.
    """
    brought = {str(picture.path): picture for picture in own}
    if not settings.enabled or (pack is None and not brought):
        return ((),) * len(script.scenes)
    pack = pack or NO_STOCK
    matcher = _matcher(script, settings, pack, brought.values(), scorer)
    choice = _Choice(read_script(script, matcher), settings.threshold, tuple(brought))
    kinds = [scene.visual.kind for scene in script.scenes]
    logos = [name for name, picture in brought.items() if shows_a_logo(picture)]
    chosen = place_all(tuple(choice.of(script.scenes)), choice.offers(), kinds, logos)
    return tuple(tuple(_use(pack, brought, *one) for one in scene) for scene in chosen)


def hear_own(script: Script, settings: PictureSettings, own: Iterable[OwnPicture]) -> dict[str, Heard]:
    """Return, by path, the scene that speaks of each of the brief's pictures most surely, if one does."""
    brought = {str(picture.path): picture for picture in own}
    reading = read_script(script, _matcher(script, settings, NO_STOCK, brought.values(), None))
    choice = _Choice(reading, settings.threshold, tuple(brought))
    heard: dict[str, Heard] = {}
    for index in range(len(script.scenes)):
        for ranked in choice.spoken_of(index):
            known = heard.get(ranked.picture)
            if ranked.picture in brought and (known is None or ranked.score > known.score):
                heard[ranked.picture] = Heard(index, ranked.score)
    return heard


def _matcher(
    script: Script,
    settings: PictureSettings,
    pack: PictureIndex,
    own: Iterable[OwnPicture],
    scorer: Scorer | None,
) -> Matcher:
    return Matcher(
        pack,
        overrides=settings.overrides,
        allow=settings.allow,
        own=own,
        english=script.language.partition("-")[0] == "en",
        scorer=scorer,
    )


def read_script(script: Script, matcher: Matcher) -> Reading:
    """Return what the title, the scenes and their items speak of."""
    around, about = _around(script), words_near(tokens_of(script.title))
    title = _surest(matcher.hits(script.title, around))
    scenes = tuple(_said(scene, matcher, around, about) for scene in script.scenes)
    items = tuple(
        tuple(matcher.hits(text, around, about) for text in items_of(scene.visual)) for scene in script.scenes
    )
    support: defaultdict[str, set[int]] = defaultdict(set)
    for index, hits in enumerate(scenes):
        for hit in hits:
            if hit.weight >= _SUPPORTING:
                support[hit.picture].add(index)
    headlines = tuple(words_near(tokens_of(headline_of(scene.visual))) for scene in script.scenes)
    return Reading(title, scenes, items, headlines, {name: frozenset(at) for name, at in support.items()})


def items_of(visual: Visual) -> tuple[str, ...]:  # noqa: PLR0911 (one for each kind of visual)
    """Return the texts of a visual that have a place of their own in the picture, in order."""
    match visual.kind:
        case "list":
            return visual.items
        case "flow":
            return visual.steps
        case "closing":
            return visual.points
        case "comparison":
            return tuple(f"{side.label}: {side.detail}" for side in (visual.left, visual.right))
        case "timeline":
            return tuple(moment.label for moment in visual.moments)
        case "chart":
            return tuple(datum.label for datum in visual.data)
        case _:
            return ()


def headline_of(visual: Visual) -> str:
    """Return what a visual shows largest."""
    match visual.kind:
        case "title":
            return visual.title
        case "statement" | "quote" | "closing":
            return visual.text
        case "number":
            return f"{visual.prefix} {visual.suffix}, {visual.label}"
        case "map":
            return visual.label
    return visual.heading


def _around(script: Script) -> frozenset[str]:
    """Return words that the script is about: those of the title, and those that more than one scene says."""
    once: set[str] = set()
    around = set(words_near(tokens_of(script.title)))
    for scene in script.scenes:
        words = words_near(tokens_of(scene.narration))
        around |= words & once
        once |= words
    return frozenset(around)


def _said(scene: Scene, matcher: Matcher, around: frozenset[str], title: frozenset[str]) -> tuple[Hit, ...]:
    """Return the hits of what is said, and of a unit that only the picture shows."""
    texts = sentences_of(scene.narration)
    if scene.visual.kind == "number":
        texts = (*texts, scene.visual.suffix)
    return tuple(hit for text in texts for hit in matcher.hits(text, around, title))


def _surest(hits: Iterable[Hit]) -> dict[str, Hit]:
    surest: dict[str, Hit] = {}
    for hit in hits:
        if hit.picture not in surest or hit.score > surest[hit.picture].score:
            surest[hit.picture] = hit
    return surest


class _Choice:
    """Goes through the scenes in order and remembers what was shown."""

    def __init__(self, reading: Reading, threshold: float, own: Sequence[str] = ()) -> None:
        self._reading = reading
        self._threshold = threshold
        self._own = own
        self._shown: defaultdict[str, float] = defaultdict(float)
        self._last: frozenset[str] = frozenset()
        self._main = _main_picture(reading, self._order)

    def spoken_of(self, index: int) -> Iterator[Ranked]:
        """Yield what a scene and its items speak of, however surely."""
        yield from self._ranked(index)
        for hits in self._reading.items[index]:
            yield from (self._rank_item(hit, index) for hit in hits)

    def offers(self) -> dict[str, list[Placed]]:
        """Return, by picture of the brief, the scenes that speak of it surely, as if it was shown nowhere."""
        fresh = _Choice(self._reading, self._threshold, self._own)
        offers: dict[str, list[Placed]] = {picture: [] for picture in self._own}
        for index in range(len(self._reading.scenes)):
            for ranked in fresh._ranked(index):
                if ranked.picture in offers and ranked.score >= self._threshold:
                    offers[ranked.picture].append(Placed(index, ranked))
        return offers

    def of(self, scenes: Sequence[Scene]) -> Iterator[Chosen]:
        for index, scene in enumerate(scenes):
            chosen = tuple(self._scene(index, scene.visual.kind))
            heroes = [ranked.picture for role, _, ranked in chosen if role == "hero"]
            self._remember(chosen, opening=scene.visual.kind == "title")
            self._last = frozenset(heroes)
            yield chosen

    def _scene(self, index: int, kind: str) -> Iterator[tuple[str, int, Ranked]]:
        ranked = [one for one in self._ranked(index) if one.score >= self._threshold]
        if kind == "closing":  # a call to action speaks of ears and friends, not of the topic
            ranked = [one for one in ranked if one.picture in self._own]
        if kind in {"title", "closing"} and self._main and self._main.score >= self._threshold:
            ranked = [self._main, *(one for one in ranked if one.picture != self._main.picture)]
        items = tuple(self._items(index))
        if ranked:
            yield "hero", 0, ranked[0]
        taken = {one.picture for _, one in items}
        beside = [one for one in ranked[1:] if one.picture not in taken]
        yield from (("satellite", 0, one) for one in beside[:MOST_SATELLITES])
        yield from (("item", at, one) for at, one in items)

    def _remember(self, chosen: Iterable[tuple[str, int, Ranked]], *, opening: bool) -> None:
        for role, _, ranked in chosen:
            if role != "item":
                self._shown[ranked.picture] += 1.0 if role == "hero" and not opening else 0.5

    def _ranked(self, index: int) -> list[Ranked]:
        """Return what a scene speaks of, the best first; of equals, what is said first."""
        hits = self._reading.scenes[index]
        told = {name: self._rank(hit, hits, index) for name, hit in _surest(hits).items()}
        set_ = {hit.picture for hit in hits if hit.source == "configuration"}
        ranked = [one if name in set_ else self._freshly(one) for name, one in told.items()]
        ranked.sort(key=self._order, reverse=True)
        return self._headline_first(ranked, index)

    def _headline_first(self, ranked: list[Ranked], index: int) -> list[Ranked]:
        """Let nothing but a picture of the brief pass what the scene's headline names surely.

        Who reads of a tree and sees a car wonders, however surely the car is spoken of too.
        """
        headline = self._reading.headlines[index]
        sure = [one for one in ranked if one.score >= self._threshold]
        named = next((at for at, one in enumerate(sure) if headline.intersection(one.word.split())), 0)
        if not named or any(one.picture in self._own for one in sure[:named]):
            return ranked
        return [ranked[named], *ranked[:named], *ranked[named + 1 :]]

    def _order(self, ranked: Ranked) -> tuple[bool, float]:
        """Order pictures: one of the brief that fits goes before one of the pack that fits better."""
        return ranked.picture in self._own and ranked.score >= self._threshold, ranked.score

    def _rank(self, hit: Hit, hits: Sequence[Hit], index: int) -> Ranked:
        if hit.source == "configuration":
            return Ranked(hit.picture, 1.0, hit.why, hit.word)
        further = sum(other.picture == hit.picture for other in hits) - 1
        score = min(1.0, hit.score + _AGAIN * min(2, further))
        if self._reading.headlines[index].intersection(hit.word.split()):
            score = min(1.0, score + _HEADLINE)
        score, support = self._supported(hit.picture, score, index)
        return Ranked(hit.picture, score, f"{hit.why}; {support}", hit.word)

    def _supported(self, picture: str, score: float, index: int) -> tuple[float, str]:
        """Return a score by what the rest of the script says, and that in words."""
        named = picture in self._reading.title
        others = len(self._reading.support.get(picture, frozenset()) - {index})
        lift = min(_MOST_LIFT, _TITLE_LIFT * named + _SCENE_LIFT * min(2, others))
        told = ["the title names it"] * named + [f"{others} more scenes speak of it"] * (others > 0)
        if lift:
            return score + (1 - score) * lift, ", ".join(told)
        return score * _ALONE, "nothing else in the script does"

    def _freshly(self, ranked: Ranked) -> Ranked:
        """Return it with less weight for every time that it was shown."""
        times = self._shown[ranked.picture]
        if not times:
            return ranked._replace(why=f"{ranked.why}; not shown before")
        penalty = _REPEATED**times * (_NEIGHBOUR if ranked.picture in self._last else 1.0)
        return ranked._replace(score=ranked.score * penalty, why=f"{ranked.why}; shown before")

    def _items(self, index: int) -> Iterator[tuple[int, Ranked]]:
        """Yield the pictures of items that have one; no two items of a scene share a picture.

        What an item says most surely is shown, not what the title says: of horses that sleep, a horse.
        """
        taken: set[str] = set()
        for at, hits in enumerate(self._reading.items[index]):
            ranked = {self._rank_item(hit, index): hit.score for hit in _surest(hits).values()}
            free = [one for one in ranked if one.score >= self._threshold and one.picture not in taken]
            if best := max(free, key=lambda one: (self._order(one)[0], ranked[one]), default=None):
                taken.add(best.picture)
                yield at, best

    def _rank_item(self, hit: Hit, index: int) -> Ranked:
        if hit.source == "configuration":
            return Ranked(hit.picture, 1.0, hit.why, hit.word)
        score, support = self._supported(hit.picture, hit.score, index)
        return Ranked(hit.picture, score, f"{hit.why}; {support}", hit.word)


def _main_picture(reading: Reading, order: Callable[[Ranked], tuple[bool, float]]) -> Ranked | None:
    """Return the picture of the whole script: what the title names and most scenes speak of."""
    ranked = [_as_main(picture, reading) for picture in (*reading.title, *reading.support)]
    return max(ranked, key=order, default=None)


def _as_main(picture: str, reading: Reading) -> Ranked:
    scenes = len(reading.support.get(picture, frozenset()))
    share = scenes / len(reading.scenes)
    hit = reading.title.get(picture)
    if hit is None:
        return Ranked(picture, min(0.85, 0.3 + 0.7 * share), f"{scenes} scenes speak of it")
    score = 1.0 if hit.source == "configuration" else hit.score + (1 - hit.score) * min(0.6, share)
    why = f"{hit.why}; it is in the title, and {scenes} scenes speak of it"
    return Ranked(picture, score, why, hit.word)


def _use(
    pack: PictureIndex, brought: Mapping[str, OwnPicture], role: str, item: int, ranked: Ranked
) -> PictureUse:
    own, found = brought.get(ranked.picture), pack.get(ranked.picture)
    return PictureUse.model_validate(
        {
            "role": role,
            "item": item,
            "name": own.path.name if own else ranked.picture,
            "digest": own.digest if own else found.digest if found else "",
            "source": "user" if own else "pack",
            "path": own.path if own else None,
            "photo": own.photo if own else False,
            "word": ranked.word,
            "score": round(ranked.score, 3),
            "why": ranked.why,
        }
    )
