"""The script for a bare topic: what to find out, and a plain statement that it holds no facts."""

from collections.abc import Sequence

from reelwright.content.engine.seo import make_seo
from reelwright.content.engine.topic import Topic
from reelwright.content.pace import Pace
from reelwright.production.schema import (
    ClosingVisual,
    ListVisual,
    Scene,
    Script,
    StatementVisual,
    TitleVisual,
)

__all__ = ["write_outline"]

_MAX_SECONDS = 24.0
_OPENING = "This is an outline, not a finished video: it holds no facts yet."
_QUESTIONS = {
    "how_to": ("What you need", "Which step comes first", "What tends to go wrong", "How you know it worked"),
    "clause": ("What happens", "What makes it happen", "How we know", "Where you can see it"),
    "name": ("What it is", "Why it matters", "How it came to be", "What most people miss"),
}
_ASK = "Find out four things: {questions}."
_EVIDENCE = "Look for a number, an example and a voice worth quoting."
_CLOSING = "Write down what you find, and it becomes the script."
_SHORT_CLOSING = "Add notes, and make it again."
_KEEP = 2
"""Opening and closing stay, however short the video."""


def write_outline(topic: Topic, pace: Pace, target_seconds: float, *, reason: str) -> Script:
    """Return an outline of at most 24 seconds, or as long as asked if that is shorter.

    ``reason`` says why there is no script; it stands first in the warnings.
    """
    limit = min(_MAX_SECONDS, target_seconds)
    scenes = _fitting(_scenes(topic), pace, limit)
    spoken = " ".join(scene.narration for scene in scenes)
    return Script(
        title=topic.title,
        hook=_OPENING,
        scenes=tuple(scenes),
        call_to_action=scenes[-1].narration,
        seo=make_seo(
            topic, lead=[f"{topic.title}.", _OPENING], points=_QUESTIONS[topic.kind], spoken=topic.title
        ),
        warnings=(
            f"{reason} The video is an outline of about {round(pace.script_seconds([spoken]))} seconds.",
        ),
    )


def _scenes(topic: Topic) -> list[Scene]:
    questions = _QUESTIONS[topic.kind]
    asked = ", ".join(question.lower() for question in questions[:-1]) + f" and {questions[-1].lower()}"
    prompt = f"A plain, calm background for the topic: {topic.title}. No text."
    return [
        Scene(
            narration=_OPENING,
            visual_prompt=prompt,
            visual=TitleVisual(title=topic.headline, kicker=topic.kicker or "Outline"),
        ),
        Scene(
            narration=_ASK.format(questions=asked),
            visual_prompt=prompt,
            visual=ListVisual(heading="To find out", items=questions),
        ),
        Scene(
            narration=_EVIDENCE,
            visual_prompt=prompt,
            visual=StatementVisual(text="A number, an example, a voice", emphasis="number"),
        ),
        _closing(_CLOSING, prompt),
    ]


def _closing(text: str, prompt: str) -> Scene:
    return Scene(narration=text, visual_prompt=prompt, visual=ClosingVisual(text="Add your notes"))


def _fitting(scenes: Sequence[Scene], pace: Pace, limit: float) -> list[Scene]:
    """Drop scenes from the middle, then shorten the closing, until the limit is met."""
    kept = list(scenes)
    while len(kept) > _KEEP and _seconds(kept, pace) > limit:
        kept.pop(-2)
    if _seconds(kept, pace) > limit:
        kept[-1] = _closing(_SHORT_CLOSING, kept[-1].visual_prompt)
    return kept


def _seconds(scenes: Sequence[Scene], pace: Pace) -> float:
    return pace.script_seconds([scene.narration for scene in scenes])
