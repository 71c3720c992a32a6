"""The extractive writer: a script from the user's own sentences, sized to the asked time."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from random import Random

from reelwright.content.engine.closing import closing_title
from reelwright.content.engine.lexicon import STOP_WORDS
from reelwright.content.engine.material import read_material
from reelwright.content.engine.outline import write_outline
from reelwright.content.engine.plan import Plan, Task, make_plan, spoken
from reelwright.content.engine.scenes import Shot, cut_into_shots
from reelwright.content.engine.seo import make_seo
from reelwright.content.engine.topic import Topic, read_topic
from reelwright.content.engine.visuals import Setting, choose_visuals, headlines_of, showing
from reelwright.content.engine.words import is_verb, stem, words_of
from reelwright.content.pace import Pace
from reelwright.production.schema import Brief, ClosingVisual, Scene, Script, TitleVisual, Visual

__all__ = ["write_script"]

_FULL_SHARE = 0.95
"""Share of the asked time above which a script counts as filling it."""
_NOTABLE_SECONDS = 2.0
_POINT_SCORE = 1.3
_MAX_POINTS = 4
_PROMPT_WORDS = 4
_POINTING = frozenset({"one", "ones", "other", "others", "followed", "same", "too", "also"})
_GOING_ON = ("At last ", "At first ", "Then ", "Perhaps ", "Next ", "First ")
_CAME_BEFORE = (" since", " later", " afterwards", " again")


def write_script(brief: Brief, *, words_per_minute: float, target_seconds: float, seed: int) -> Script:
    """Return the script for ``brief``: an outline if the notes hold nothing that can be spoken."""
    english = brief.language.split("-")[0] == "en"
    pace = Pace(words_per_minute)
    topic = read_topic(brief.topic, brief.notes, audience=brief.audience)
    material = read_material(brief.notes, pace, english=english)
    if any(unit.usable for unit in material.units):
        task = Task(topic, material, pace, target_seconds, english)
        script = _script(task, make_plan(task, Random(seed)))
    else:
        reason = "The notes hold no sentence that can be spoken." if brief.notes else "There are no notes."
        script = write_outline(topic, pace, target_seconds, reason=reason)
    return script.model_copy(update={"language": brief.language})


def _script(task: Task, plan: Plan) -> Script:
    setting = Setting(
        title=task.topic.short,
        headings=task.material.headings,
        charts=plan.charts,
        weights=plan.weights,
        english=task.english,
        before=_spoken_before(plan),
    )
    shots = _cut_by_sight(plan, task, setting)
    headlines = [found for shot in shots if (found := headlines_of(shot.lines, setting))]
    scenes = (
        _opening(task.topic, plan),
        *(
            _scene(shot, visual, task.topic, plan.weights)
            for shot, visual in zip(shots, choose_visuals(shots, setting), strict=True)
        ),
        _ending(task, plan, headlines),
    )
    return Script(
        title=task.topic.title,
        hook=spoken(plan.hook),
        scenes=scenes,
        call_to_action=plan.closing,
        seo=make_seo(
            task.topic,
            lead=[scene.narration for scene in scenes[:2][: len(scenes) - 1]],
            points=[found[0][0] for found in headlines],
            spoken=" ".join(scene.narration for scene in scenes[:-1]),
        ),
        warnings=tuple(_warnings(task, plan)),
    )


def _spoken_before(plan: Plan) -> dict[str, str]:
    """Return by sentence the one before it, where it goes on from that one."""
    lines = [line for shot in plan.shots for line in shot.lines]
    texts = [plan.hook.sentences[-1].text, *(line.sentence.text for line in lines)]
    return {line.sentence.text: before for line, before in zip(lines, texts, strict=False) if line.follows}


def _cut_by_sight(plan: Plan, task: Task, setting: Setting) -> tuple[Shot, ...]:
    """Return the planned lines cut where the picture should change: only now is known what can be shown."""
    lines = [line for shot in plan.shots for line in shot.lines]
    return cut_into_shots(lines, task.target_seconds, partial(showing, setting=setting)) if lines else ()


def _opening(topic: Topic, plan: Plan) -> Scene:
    narration = spoken(plan.hook)
    return Scene(
        narration=narration,
        visual_prompt=_prompt(narration, topic, plan.weights),
        visual=TitleVisual(title=topic.headline, kicker=topic.kicker),
        sources=tuple(sentence.source for sentence in plan.hook.sentences),
    )


def _scene(shot: Shot, visual: Visual, topic: Topic, weights: Mapping[str, float]) -> Scene:
    return Scene(
        narration=shot.narration,
        visual_prompt=_prompt(shot.narration, topic, weights),
        visual=visual,
        sources=tuple(line.sentence.source for line in shot.lines),
    )


def _ending(task: Task, plan: Plan, headlines: Sequence[Sequence[tuple[str, float]]]) -> Scene:
    text = closing_title(task.topic, english=task.english)
    return Scene(
        narration=plan.closing,
        visual_prompt=_prompt("", task.topic, plan.weights),
        visual=ClosingVisual(text=text, points=_points(headlines)),
    )


def _points(headlines: Sequence[Sequence[tuple[str, float]]]) -> tuple[str, ...]:
    """Return up to four clauses to remember: the best of each quarter of the script, one of a scene."""
    standing = [
        [entry for entry in found if entry[1] >= _POINT_SCORE and _stands(entry[0])] for found in headlines
    ]
    good = list(dict(found[0] for found in standing if found).items())
    parts = min(_MAX_POINTS, len(good))
    edges = [round(part * len(good) / parts) for part in range(parts + 1)] if parts else []
    return tuple(max(good[start:end], key=lambda entry: entry[1])[0] for start, end in pairwise(edges))


def _stands(point: str) -> bool:
    """Whether a point says by itself what it speaks of: not "The other ones sink", not "At last you bake"."""
    leans = point.startswith(_GOING_ON) or point.endswith(_CAME_BEFORE) or " not only " in point
    return not leans and not _POINTING & set(words_of(point))


def _prompt(narration: str, topic: Topic, weights: Mapping[str, float]) -> str:
    """Describe the picture in plain words, for models that shoot footage."""
    words = words_of(narration)
    telling = [word for word in words if word.isalpha() and word not in STOP_WORDS and not is_verb(word)]
    heavy = sorted(dict.fromkeys(telling), key=lambda word: -weights.get(stem(word), 0.0))[:_PROMPT_WORDS]
    shown = ", ".join(sorted(heavy, key=telling.index)) or topic.short
    return f"Footage that shows {shown}, for a video about: {topic.title}. No text in the picture."


def _warnings(task: Task, plan: Plan) -> list[str]:
    warnings: list[str] = []
    target = task.target_seconds
    if plan.seconds < min(_FULL_SHARE * target, target - _NOTABLE_SECONDS):
        words = (target - plan.seconds) * task.pace.words_per_minute / 60
        warnings.append(
            f"The notes fill about {plan.seconds:.0f} of the {target:.0f} asked seconds; "
            f"add about {max(10, round(words, -1)):.0f} words."
        )
    if task.material.left_out:
        warnings.append(
            f"{task.material.left_out} of the sentences in the notes cannot be read aloud and were left out: "
            "they are too long, code, or need a bare address."
        )
    return warnings
