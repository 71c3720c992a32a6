"""From a model's answer to a script that can be produced, or the reason why it is none."""

from pydantic import ValidationError

from reelwright.content.errors import ScriptRejected
from reelwright.content.grounding import objections_to_pictures
from reelwright.content.limits import objections_to
from reelwright.content.moderation import refusals
from reelwright.content.quality import Standard
from reelwright.content.validation import explain_validation
from reelwright.content.visible import texts_of
from reelwright.production.schema import Brief, Script

__all__ = ["accepted", "objection_to"]

_MAX_ANSWER_CHARS = 1_000_000
_SENSIBLE_SHARES = (0.5, 1.5)
"""Of the asked time: a script outside it is refused unless it says itself that it is short."""


def accepted(text: str, standard: Standard, model: str) -> tuple[Script, float]:
    """Return the script and its length in seconds when said; ScriptRejected."""
    script = _parse(text, model)
    seconds = standard.pace.script_seconds(scene.narration for scene in script.scenes)
    _check(script, standard.brief, seconds, model)
    return script, seconds


def objection_to(text: str, standard: Standard) -> str:
    """Return why an answer is no script that can be produced, so that it is repaired or another model asked.

    A model that can do better is also held to what is not claimed and not made.
    """
    try:
        script, _ = accepted(text, standard, "the model")
    except ScriptRejected as error:
        return error.message.rstrip(".")
    banned = (
        f"{f'scene {scene}' if scene else 'the metadata'} claims {claim.says}: {words!r}"
        for scene, said in texts_of(script)
        for claim in standard.strategy.banned
        if (words := claim.made_in(said))
    )
    return "; ".join([*refusals(script), *banned][:5])


def _parse(text: str, model: str) -> Script:
    if len(text) > _MAX_ANSWER_CHARS:
        raise _rejected(model, f"the answer has {len(text):,} characters")
    try:
        return Script.model_validate_json(_without_fence(text)).model_copy(update={"assessment": None})
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


def _rejected(model: str, problem: str) -> ScriptRejected:
    return ScriptRejected(
        f"The script by {model} cannot be produced: {problem}.",
        next_step="Try again, or choose another content model.",
        context={"model": model},
    )
