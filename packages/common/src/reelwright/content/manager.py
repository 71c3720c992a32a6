"""ContentGenerationManager: from a brief to a script that was checked."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from reelwright.content.errors import NotesTooShort, ScriptRejected
from reelwright.content.grounding import objections_to_pictures
from reelwright.content.limits import objections_to
from reelwright.content.pace import Pace
from reelwright.content.ports import ContentModels, Prompts
from reelwright.content.prompting import SCRIPT_PROMPT, WRITE_SCRIPT, choice_of_prompt, script_variables
from reelwright.content.validation import explain_validation
from reelwright.cost.schema import ChargeLine
from reelwright.models.schema import ContentRequest, ContentResponse, ModelResult, PromptUsed
from reelwright.production.choices import choice_of_model
from reelwright.production.schema import Brief, Decision, Script
from reelwright.prompts.pinned import PinnedPrompts
from reelwright.prompts.schema import RenderedPrompt

__all__ = ["ContentGenerationManager", "WrittenScript"]

_MAX_ANSWER_CHARS = 1_000_000
_SENSIBLE_SHARES = (0.5, 1.5)
"""Of the asked time: a script outside it is refused unless it says itself that it is short."""

_BUNDLED = PinnedPrompts()


@dataclass(frozen=True, slots=True)
class WrittenScript:
    """A script, how it came about, and what it was charged."""

    script: Script
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    """Of the route, such as a budget that is nearly spent."""


class ContentGenerationManager:
    """Writes scripts through the model route and refuses what could not be produced."""

    def __init__(self, models: ContentModels) -> None:
        self._models = models

    def write_script(
        self,
        brief: Brief,
        *,
        words_per_minute: float,
        seed: int,
        idempotency_key: str,
        strict_duration: bool = False,
        duration_tolerance: float = 0.08,
        prompts: Prompts = _BUNDLED,
    ) -> WrittenScript:
        """Return the script for ``brief``, sized to its duration at so many words a minute.

        ``prompts`` say how it is asked for, by default the code's own. Raises ScriptRejected for a model's
        answer that is no usable script, and PromptRefused if the prompt cannot say this brief. With
        ``strict_duration`` it raises NotesTooShort when the estimated speech misses the asked time
        by more than ``duration_tolerance``, a share of it.
        """
        prompt = prompts.render(
            SCRIPT_PROMPT,
            script_variables(brief, words_per_minute=words_per_minute),
            topic=brief.topic,
            unit=idempotency_key.partition("/")[0],
        )
        request = _request(brief, prompt, words_per_minute, seed, idempotency_key)
        pace = Pace(words_per_minute)
        result = self._models.write(request, objection=lambda _, answer: _objection(answer, brief, pace))
        script, seconds = _checked(result.output.text, brief, pace, result.model.name)
        script = script.model_copy(update={"mock": result.mock})
        if strict_duration:
            _check_strictly(brief, seconds, duration_tolerance)
        decisions = (choice_of_prompt(prompt), *_decisions(result, brief, seconds, words_per_minute))
        return WrittenScript(script, decisions, result.charges, result.route.warnings)


def _request(
    brief: Brief, prompt: RenderedPrompt, words_per_minute: float, seed: int, idempotency_key: str
) -> ContentRequest:
    return ContentRequest(
        idempotency_key=idempotency_key,
        seed=seed,
        language=brief.language,
        task=WRITE_SCRIPT,
        prompt=PromptUsed(name=prompt.path[-1], version=prompt.version, variant=prompt.variant),
        messages=prompt.messages,
        variables={
            "brief": brief.model_dump(mode="json", exclude={"pictures"}),  # other pictures, the same script
            "words_per_minute": words_per_minute,
            "target_seconds": float(brief.duration_seconds),
        },
        output_schema=_asked_schema(),
        temperature=prompt.temperature,
        max_output_tokens=prompt.max_output_tokens,
    )


@cache
def _asked_schema() -> dict[str, Any]:
    """Return the schema of a script without what is not the writer's to say."""
    schema = Script.model_json_schema()
    schema["properties"] = {name: each for name, each in schema["properties"].items() if name != "mock"}
    return schema


def _objection(answer: ContentResponse, brief: Brief, pace: Pace) -> str:
    """Return why a model's answer is no script that can be produced, so that another model is asked."""
    try:
        _checked(answer.text, brief, pace, "the model")
    except ScriptRejected as error:
        return error.message
    return ""


def _checked(text: str, brief: Brief, pace: Pace, model: str) -> tuple[Script, float]:
    """Return the script and its length in seconds when said; ScriptRejected."""
    script = _parse(text, model)
    seconds = pace.script_seconds(scene.narration for scene in script.scenes)
    _check(script, brief, seconds, model)
    return script, seconds


def _parse(text: str, model: str) -> Script:
    if len(text) > _MAX_ANSWER_CHARS:
        raise _rejected(model, f"the answer has {len(text):,} characters")
    try:
        return Script.model_validate_json(_without_fence(text))
    except ValidationError as error:
        raise explain_validation(error, f"the script by {model}", kind=ScriptRejected) from error


def _without_fence(text: str) -> str:
    """Take off the code fence that language models like to put around JSON."""
    stripped = text.strip()
    if not (stripped.startswith("```") and stripped.endswith("```")):
        return stripped
    return stripped.partition("\n")[2].removesuffix("```")


def _check(script: Script, brief: Brief, seconds: float, model: str) -> None:
    objections = [*objections_to(script.seo), *objections_to_pictures(script, brief)]
    if silent := [
        str(number) for number, scene in enumerate(script.scenes, 1) if not _is_said(scene.narration)
    ]:
        objections.append(f"scene {', '.join(silent)} says nothing")
    if not script.scenes[0].narration.startswith(script.hook):
        objections.append("the hook does not open the first scene")
    low, high = (share * brief.duration_seconds for share in _SENSIBLE_SHARES)
    if seconds > high or (seconds < low and not script.warnings):
        objections.append(
            f"it takes about {seconds:.0f} of the {brief.duration_seconds} asked seconds to say"
        )
    if objections:
        raise _rejected(model, "; ".join(objections))


def _is_said(narration: str) -> bool:
    return any(character.isalnum() for character in narration)


def _check_strictly(brief: Brief, seconds: float, tolerance: float) -> None:
    asked = brief.duration_seconds
    if abs(seconds - asked) <= tolerance * asked:
        return
    remedy = "Add to the notes" if seconds < asked else "Ask for more time"
    raise NotesTooShort(
        f"The script takes about {seconds:.0f} of the {asked} asked seconds, and a strict duration allows "
        f"{tolerance:.0%} more or less.",
        next_step=f"{remedy}, ask for another duration, or leave out --strict-duration.",
        context={"asked_seconds": asked, "script_seconds": round(seconds, 1), "tolerance": tolerance},
    )


def _rejected(model: str, problem: str) -> ScriptRejected:
    return ScriptRejected(
        f"The script by {model} cannot be produced: {problem}.",
        next_step="Try again, or choose another content model.",
        context={"model": model},
    )


def _decisions(
    result: ModelResult[ContentResponse], brief: Brief, seconds: float, words_per_minute: float
) -> tuple[Decision, ...]:
    return (
        *choice_of_model(result, "model"),
        Decision(
            subject="length",
            chosen=f"{seconds:.1f} s",
            reason=f"estimated at {words_per_minute:g} words a minute for {brief.duration_seconds} s asked",
        ),
    )
