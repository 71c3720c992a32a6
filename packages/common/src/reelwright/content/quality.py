"""How good a script is: a score of 100, made of parts that each say what they found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from reelwright.content.claims import states_a_fact, unsupported_claims
from reelwright.content.limits import MAX_TAGS_CHARS, tags_length
from reelwright.content.pace import Pace
from reelwright.content.phrases import fold, sentences_of
from reelwright.content.strategies import Strategy
from reelwright.content.visible import texts_of
from reelwright.production.assessment import Finding, QualityPart, ScriptAssessment
from reelwright.production.schema import Brief, ClosingVisual, Script, TitleVisual

__all__ = ["Standard", "assess", "feedback_on"]

_WORST_MISS: Final = 0.4
"""Share of the asked time by which a script that is worth nothing for its length misses it."""
_HOOK_SECONDS: Final = (1.0, 7.0)
_GREETINGS: Final = (
    *("in this video", "welcome", "hello", "hi ", "hey ", "today we", "in today's"),
    *(
        "in diesem video",
        "willkommen",
        "hallo",
        "dans cette video",
        "bienvenue",
        "en este video",
        "bienvenidos",
    ),
)
_TITLE_CHARS: Final = 70
_LEAST_DESCRIPTION_CHARS: Final = 60
_TAGS: Final = (5, 15)
_GOOD: Final = 0.85
"""From so much on, a part is nothing to write a script again for."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What a script is held to."""

    brief: Brief
    strategy: Strategy
    pace: Pace
    keywords: tuple[str, ...] = ()


def assess(
    script: Script, standard: Standard, *, more: Sequence[Finding] = (), draft: int = 1
) -> ScriptAssessment:
    """Return the score of a script with its parts and findings; ``more`` are findings of moderation."""
    unsupported = unsupported_claims(script, standard.brief)
    claims = tuple(_banned(script, standard.strategy))
    missing = tuple(_unspoken(script, standard))
    parts = (
        _length(script, standard),
        _hook(script, standard.pace),
        _pacing(script, standard),
        _readability(script, standard),
        _grounding(script, unsupported),
        _structure(script),
        _metadata(script),
        _keywords(script, standard),
        _compliance(claims, missing),
    )
    return ScriptAssessment(
        score=round(
            100 * sum(part.score * part.weight for part in parts) / sum(part.weight for part in parts)
        ),
        parts=parts,
        strategy=standard.strategy.name,
        findings=(*claims, *missing, *unsupported, *more),
        draft=draft,
    )


def feedback_on(assessment: ScriptAssessment) -> tuple[str, ...]:
    """Return what a better script would change, the weightiest first."""
    weak = sorted(
        (part for part in assessment.parts if part.score < _GOOD),
        key=lambda part: part.weight * (part.score - 1),
    )
    said = [f"{part.name}: {part.found}" for part in weak]
    return (*said, *(_told(finding) for finding in assessment.findings))


def _told(finding: Finding) -> str:
    return f"scene {finding.scene} {finding.what}" if finding.scene else finding.what


def _part(name: str, weight: int, score: float, found: str) -> QualityPart:
    return QualityPart(name=name, weight=weight, score=round(min(1.0, max(0.0, score)), 3), found=found)


def _length(script: Script, standard: Standard) -> QualityPart:
    asked = standard.brief.duration_seconds
    seconds = standard.pace.script_seconds(scene.narration for scene in script.scenes)
    miss = abs(seconds - asked) / asked
    return _part("length", 20, 1 - miss / _WORST_MISS, f"{seconds:.0f} s of the {asked} s asked")


def _hook(script: Script, pace: Pace) -> QualityPart:
    first = next(sentences_of(script.hook or script.scenes[0].narration), "")
    seconds, (short, long) = pace.speech_seconds(first), _HOOK_SECONDS
    if fold(first).startswith(_GREETINGS):
        return _part("hook", 10, 0.2, "it begins with a greeting or with the video itself")
    score = 1.0 if short <= seconds <= long else 0.5
    return _part(
        "hook", 10, score if script.hook else 0.5 * score, f"its first sentence takes {seconds:.1f} s"
    )


def _pacing(script: Script, standard: Standard) -> QualityPart:
    shortest, longest = standard.strategy.scene_seconds
    lengths = [standard.pace.speech_seconds(scene.narration) for scene in script.scenes]
    good = sum(shortest <= length <= longest for length in lengths)
    return _part(
        "pacing",
        15,
        good / len(lengths),
        f"{good} of {len(lengths)} scenes take {shortest:g} to {longest:g} s to say",
    )


def _readability(script: Script, standard: Standard) -> QualityPart:
    most = standard.strategy.sentence_seconds
    sentences = [each for scene in script.scenes for each in sentences_of(scene.narration)]
    good = sum(standard.pace.speech_seconds(each) <= most for each in sentences)
    return _part(
        "readability",
        15,
        good / max(1, len(sentences)),
        f"{good} of {len(sentences)} sentences take at most {most:g} s to say",
    )


def _grounding(script: Script, unsupported: Sequence[Finding]) -> QualityPart:
    doubtful = {finding.scene for finding in unsupported}
    stating = {
        number for number, scene in enumerate(script.scenes, 1) if scene.sources or states_a_fact(scene)
    }
    held = len(stating - doubtful)
    whole = len(stating | doubtful)
    return _part(
        "grounding",
        20,
        held / whole if whole else 1.0,
        f"{held} of {whole} scenes with facts rest on the notes",
    )


def _structure(script: Script) -> QualityPart:
    visuals = [scene.visual for scene in script.scenes]
    ends = isinstance(visuals[0], TitleVisual) + isinstance(visuals[-1], ClosingVisual)
    alike = sum(one.kind == other.kind != "statement" for one, other in pairwise(visuals))
    changing = 1 - alike / max(1, len(visuals) - 1)
    found = f"{ends} of title and closing scene are there; {alike} neighbours have visuals of one kind"
    return _part("structure", 5, 0.25 * ends + 0.5 * changing, found)


def _metadata(script: Script) -> QualityPart:
    seo, (few, many) = script.seo, _TAGS
    passed = [
        len(seo.title) <= _TITLE_CHARS,
        len(seo.description) >= _LEAST_DESCRIPTION_CHARS,
        few <= len(seo.tags) <= many,
        tags_length(seo.tags) <= MAX_TAGS_CHARS,
    ]
    found = (
        f"title of {len(seo.title)} characters, description of {len(seo.description)}, {len(seo.tags)} tags"
    )
    return _part("metadata", 5, sum(passed) / len(passed), found)


def _keywords(script: Script, standard: Standard) -> QualityPart:
    """Count where the words that it is to be found by stand: those that were set, and those of the topic."""
    looked_for = [fold(word) for word in standard.keywords] or _telling(standard.brief.topic)
    said = fold(" ".join(text for _, text in texts_of(script)))
    held = sum(word in said for word in looked_for)
    score = held / len(looked_for) if looked_for else 1.0
    return _part("keywords", 5, score, f"{held} of {len(looked_for)} words to be found by are said or shown")


def _telling(topic: str) -> list[str]:
    return [word for word in fold(topic).split() if len(word) > 3 and word.isalnum()]


def _compliance(claims: Sequence[Finding], missing: Sequence[Finding]) -> QualityPart:
    score = 0.0 if claims else 0.7 if missing else 1.0
    return _part(
        "compliance",
        10,
        score,
        f"{len(claims)} claims that are not made, {len(missing)} disclaimers not spoken",
    )


def _banned(script: Script, strategy: Strategy) -> Iterator[Finding]:
    for scene, text in texts_of(script):
        for claim in strategy.banned:
            if words := claim.made_in(text):
                yield Finding(kind="claim", scene=scene, what=f"claims {claim.says}: {words!r}")


def _unspoken(script: Script, standard: Standard) -> Iterator[Finding]:
    disclaimer, brief = standard.strategy.disclaimer, standard.brief
    if disclaimer is None or brief.duration_seconds < disclaimer.spoken_from:
        return
    spoken = "\n".join(scene.narration for scene in script.scenes)
    if not disclaimer.is_said_in(spoken, brief.language):
        yield Finding(
            kind="disclaimer", what="the narration does not say the disclaimer; the description does"
        )
