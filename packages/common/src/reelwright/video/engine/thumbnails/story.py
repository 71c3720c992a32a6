"""What of a script its thumbnail may show: the main picture, a figure, two things compared."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reelwright.environment.schema import Aspect
from reelwright.production.schema import NumberVisual, Script
from reelwright.video.engine.figures import is_grouped, is_year, written
from reelwright.video.engine.thumbnails.words import MOST_WORDS, words_from
from reelwright.video.engine.timing import normalise
from reelwright.video.schema import FontUse, PictureUse, ThumbnailFigure, ThumbnailRequest, ThumbnailSide
from reelwright.video.staging import Staged

__all__ = ["thumbnail_request"]

_MOST_SIDE_WORDS = 2
_SHORT_WORD = 3
_AROUND = "≈~.,;:!?()"
_LONGEST_NUMBER = 9
"""Characters: longer figures cannot be huge."""


def thumbnail_request(
    script: Script,
    staged: Sequence[Staged],
    *,
    aspect: Aspect,
    style: str,
    seed: int,
    size: tuple[int, int],
    out: Path,
    font: FontUse | None = None,
) -> ThumbnailRequest:
    """Return what the thumbnails of a script are drawn from; ``staged`` is how its scenes are composed."""
    face = _face(script, staged)
    use = face[1] if face else None
    return ThumbnailRequest(
        title=script.title,
        hook=script.hook,
        aspect=aspect,
        style=style,
        theme_seed=seed,
        width=size[0],
        height=size[1],
        out=out,
        picture=use,
        figure=_figure(script, staged, use),
        sides=_sides(script, staged),
        ground=staged[face[0]].ground if face else "",
        font=font,
    )


def _face(script: Script, staged: Sequence[Staged]) -> tuple[int, PictureUse] | None:
    """Return the main picture and its scene: the title's; without a title scene the surest of any."""
    heroes = [
        (index, use) for index, scene in enumerate(staged) for use in scene.pictures if use.role == "hero"
    ]
    titles = [index for index, scene in enumerate(script.scenes) if scene.visual.kind == "title"]
    if titles:
        return next((found for found in heroes if found[0] == titles[0]), None)
    return max(heroes, key=lambda found: found[1].score, default=None)


def _figure(script: Script, staged: Sequence[Staged], face: PictureUse | None) -> ThumbnailFigure | None:
    """Return the figure that belongs to the topic most surely: counted by its picture, or in its words."""
    found = list(_figures(script, staged, face))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _figures(
    script: Script, staged: Sequence[Staged], face: PictureUse | None
) -> Iterator[tuple[int, ThumbnailFigure]]:
    """Yield every figure that is short enough, with how near it is to the topic."""
    topic = {normalise(word) for word in script.title.split() if len(word) > _SHORT_WORD}
    for scene, shown in zip(script.scenes, staged, strict=True):
        if isinstance(scene.visual, NumberVisual):
            number, rest = _told(scene.visual, scene.narration)
            same = face is not None and any(use.name == face.name for use in shown.pictures)
            shared = bool(topic.intersection(normalise(word) for word in rest.split()))
            telling = same or shared or len(rest.split()) > 1
            if rest and telling and len(number) <= _LONGEST_NUMBER:
                yield 2 * same + shared, ThumbnailFigure(number=number, rest=rest)


def _told(visual: NumberVisual, narration: str) -> tuple[str, str]:
    """Return a figure as it is written and the words that follow it there, four at most."""
    around = f"{visual.prefix}{visual.suffix}"
    grouped = _is_grouped(visual, narration) and not is_year(visual.value, visual.decimals, around)
    figure = written(visual.value, visual.decimals, grouped=grouped)
    unit = visual.suffix if visual.suffix.strip() and not visual.suffix[0].isspace() else ""
    rest = _after(narration, figure) or _after(visual.label, figure) or _unit(visual, unit)
    return f"{visual.prefix.strip()}{figure}{unit}", " ".join(rest)


def _is_grouped(visual: NumberVisual, narration: str) -> bool:
    return f"{visual.value:,.{visual.decimals}f}" in narration or is_grouped(visual.value, ())


def _after(text: str, figure: str) -> tuple[str, ...]:
    """Return the words that stand behind a figure in a text, as many as make a phrase."""
    words = text.split()
    at = next((index for index, word in enumerate(words) if word.strip(_AROUND) == figure), None)
    if at is None or at + 1 >= len(words) or words[at][-1] in _AROUND:
        return ()
    return words_from(text, at + 1, MOST_WORDS - 1)


def _unit(visual: NumberVisual, unit: str) -> tuple[str, ...]:
    """Return the unit, unless it is part of the number, and a label that goes on from it: "of coffee"."""
    label = visual.label if visual.label[:1].islower() else ""
    after = f"{'' if unit else visual.suffix} {label}".strip()
    return words_from(after, 0, MOST_WORDS - 1) if after else ()


def _sides(script: Script, staged: Sequence[Staged]) -> tuple[ThumbnailSide, ThumbnailSide] | tuple[()]:
    """Return two things that the script compares, if both have a picture and short names."""
    for scene, shown in zip(script.scenes, staged, strict=True):
        if scene.visual.kind != "comparison":
            continue
        labels = (scene.visual.left.label, scene.visual.right.label)
        items = {use.item: use for use in shown.pictures if use.role == "item"}
        if {0, 1} <= items.keys() and all(len(label.split()) <= _MOST_SIDE_WORDS for label in labels):
            left, right = (ThumbnailSide(label=label, picture=items[at]) for at, label in enumerate(labels))
            return left, right
    return ()
