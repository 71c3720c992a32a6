"""Chapters of the real timeline, where the platforms' rule for them can be met."""

from collections.abc import Sequence

from reelwright.production.schema import (
    Chapter,
    ChartVisual,
    ClosingVisual,
    ComparisonVisual,
    FlowVisual,
    ListVisual,
    MapVisual,
    NumberVisual,
    QuoteVisual,
    Scene,
    Script,
    StatementVisual,
    TimelineVisual,
    TitleVisual,
)

__all__ = ["chapters_for", "describe", "make_chapters"]

_LEAST_CHAPTERS = 3
_LEAST_SECONDS = 10
"""YouTube's rule: the first chapter at 0:00, at least three, each of ten seconds or more."""
_WISHED_CHAPTERS = 8
_MAX_TITLE_CHARS = 60
_MAX_DESCRIPTION_BYTES = 5000
_FORBIDDEN = str.maketrans("", "", "<>")


def chapters_for(script: Script, scene_starts: Sequence[float], total_seconds: float) -> tuple[Chapter, ...]:
    """Return the chapters of a script whose scenes start so many seconds into the video.

    A script that says where its chapters begin is taken at its word, if they are enough and long enough.
    """
    planned = [at for at, scene in enumerate(script.scenes) if scene.chapter.strip()]
    if len(planned) >= _LEAST_CHAPTERS and planned[0] == 0:
        starts = [scene_starts[at] for at in planned]
        titles = [script.scenes[at].chapter for at in planned]
        chapters = _merge(starts, titles, total_seconds, _LEAST_SECONDS)
        if len(chapters) >= _LEAST_CHAPTERS:
            return chapters
    return make_chapters(scene_starts, [_title(scene) for scene in script.scenes], total_seconds)


def make_chapters(
    scene_starts: Sequence[float], titles: Sequence[str], total_seconds: float
) -> tuple[Chapter, ...]:
    """Return chapters made of whole scenes; none if there would be fewer than three of ten seconds.

    Short scenes are merged into the chapter before them, which keeps the title of its first scene.
    Starts are whole seconds, rounded down, as they are written in a description.
    """
    for least in (max(_LEAST_SECONDS, round(total_seconds / _WISHED_CHAPTERS)), _LEAST_SECONDS):
        chapters = _merge(scene_starts, titles, total_seconds, least)
        if len(chapters) >= _LEAST_CHAPTERS:
            return chapters
    return ()


def describe(description: str, chapters: Sequence[Chapter]) -> str:
    """Return the description with the chapters below it, if they fit YouTube's 5,000 bytes."""
    if not chapters:
        return description
    listed = "\n".join(f"{_clock(chapter.start_seconds)} {chapter.title}" for chapter in chapters)
    whole = f"{description}\n\nChapters:\n{listed}".strip()
    return whole if len(whole.encode()) <= _MAX_DESCRIPTION_BYTES else description


def _merge(
    scene_starts: Sequence[float], titles: Sequence[str], total_seconds: float, least: int
) -> tuple[Chapter, ...]:
    chapters: list[Chapter] = []
    for start, title in zip(scene_starts, titles, strict=True):
        second = int(start) if chapters else 0
        enough_behind = not chapters or second - chapters[-1].start_seconds >= least
        if enough_behind and int(total_seconds) - second >= _LEAST_SECONDS:
            chapters.append(Chapter(start_seconds=float(second), title=_unused(title, chapters)))
    return tuple(chapters)


def _unused(title: str, chapters: Sequence[Chapter]) -> str:
    """Return a title that no earlier chapter has."""
    plain = _clip(" ".join(title.translate(_FORBIDDEN).split())) or "Part"
    taken = {chapter.title for chapter in chapters}
    numbered = (f"{plain} ({count})" for count in range(2, len(taken) + 2))
    return plain if plain not in taken else next(name for name in numbered if name not in taken)


def _clip(text: str) -> str:
    if len(text) <= _MAX_TITLE_CHARS:
        return text
    return text[: _MAX_TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _title(scene: Scene) -> str:
    visual = scene.visual
    match visual:
        case TitleVisual():
            return visual.title
        case StatementVisual() | ClosingVisual():
            return visual.text
        case NumberVisual():
            return visual.label[:1].upper() + visual.label[1:]
        case QuoteVisual():
            return visual.attribution or visual.text
        case _:
            return _heading(visual)


def _heading(
    visual: ChartVisual | ComparisonVisual | FlowVisual | ListVisual | MapVisual | TimelineVisual,
) -> str:
    match visual:
        case ChartVisual():
            return visual.heading
        case ListVisual():
            return visual.heading or ", ".join(visual.items)
        case FlowVisual():
            return visual.heading or ", ".join(visual.steps)
        case ComparisonVisual():
            return visual.heading or f"{visual.left.label} and {visual.right.label}"
        case TimelineVisual():
            return visual.heading or visual.moments[0].label
        case MapVisual():
            return visual.label or ", ".join(visual.places)


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
