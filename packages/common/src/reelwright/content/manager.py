"""ContentGenerationManager: from a brief to a script that was moderated, checked and scored."""

from collections.abc import Iterator
from dataclasses import dataclass

from reelwright.content.accepting import accepted, objection_to
from reelwright.content.directions import directions, with_directions, with_feedback
from reelwright.content.errors import ContentRefused, NotesTooShort, ScriptRejected
from reelwright.content.finishing import finished, without_banned_claims
from reelwright.content.guardrail import BedrockGuard, Looked, NoGuard
from reelwright.content.moderation import check_brief, moderate
from reelwright.content.pace import Pace
from reelwright.content.ports import ContentModels, Prompts
from reelwright.content.prompting import (
    SCRIPT_PROMPT,
    WRITE_SCRIPT,
    asked_schema,
    choice_of_prompt,
    script_variables,
)
from reelwright.content.quality import Standard, assess, feedback_on
from reelwright.content.strategies import strategy_for
from reelwright.content.telling import judgement_of, warnings_of
from reelwright.cost.schema import ChargeLine
from reelwright.environment.writing import WritingSettings
from reelwright.errors import BudgetExceeded, ReelwrightError
from reelwright.models.errors import NoModelAvailable, OutcomeUnknown, ProviderFailed, RouteFailed
from reelwright.models.schema import ContentRequest, ContentResponse, ModelResult, PromptUsed
from reelwright.production.assessment import Finding
from reelwright.production.choices import choice_of_model
from reelwright.production.schema import Brief, Decision, Script
from reelwright.prompts.pinned import PinnedPrompts
from reelwright.prompts.schema import RenderedPrompt

__all__ = ["ContentGenerationManager", "WrittenScript"]

_BUNDLED = PinnedPrompts()
_USUAL = WritingSettings()
_NOBODY = NoGuard()
_NOT_OF_SCRIPTS = {"pictures", "media", "music", "brand", "scenes"}
"""Of a brief: with others the script is the same, and an answer that is in the cache too."""
_NO_BETTER = (
    *(BudgetExceeded, NoModelAvailable, OutcomeUnknown, ProviderFailed, RouteFailed),
    *(ContentRefused, ScriptRejected),
)
"""What keeps a better script away while there is a good enough one in hand."""


@dataclass(frozen=True, slots=True)
class WrittenScript:
    """A script, how it came about, and what it was charged."""

    script: Script
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    """Of the route, such as a budget that is nearly spent, and of what in the script wants a look."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """One script, the answer that it was, and who gave it."""

    script: Script
    seconds: float
    text: str
    result: ModelResult[ContentResponse]

    @property
    def score(self) -> int:
        return self.script.assessment.score if self.script.assessment else 0


class ContentGenerationManager:
    """Writes scripts through the model route and refuses what could not be produced."""

    def __init__(
        self,
        models: ContentModels,
        writing: WritingSettings = _USUAL,
        guard: BedrockGuard | NoGuard = _NOBODY,
    ) -> None:
        self._models = models
        self._writing = writing
        self.guard = guard
        """Looks at briefs and scripts beside our own rules, also at those that are translated."""

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

        ``prompts`` say how it is asked for, by default the code's own. A script below the least quality of
        the settings is asked for again, with what it lacked, and the best is taken. Raises ContentRefused
        for what is not made, of the brief before a model is paid; ScriptRejected for a model's answer that is
        no usable script, and PromptRefused if the prompt cannot say this brief. With ``strict_duration`` it
        raises NotesTooShort when the estimated speech misses the asked time by more than
        ``duration_tolerance``, a share of it.
        """
        noticed = check_brief(brief)
        of_brief = self.guard.brief(brief, idempotency_key)
        standard = Standard(brief, strategy_for(brief.topic), Pace(words_per_minute), self._writing.keywords)
        prompt = prompts.render(
            SCRIPT_PROMPT,
            script_variables(brief, words_per_minute=words_per_minute),
            topic=brief.topic,
            unit=idempotency_key.partition("/")[0],
        )
        request = with_directions(_request(standard, prompt, seed, idempotency_key), directions(standard))
        drafts, given_up = self._drafts(request, standard, (*noticed, *of_brief.findings))
        best = max(drafts, key=lambda draft: draft.score)
        of_script = self.guard.script(best.script, idempotency_key)
        script = _with_findings(best.script, of_script)
        if strict_duration:
            _check_strictly(brief, best.seconds, duration_tolerance)
        decisions = (choice_of_prompt(prompt), *_decisions(drafts, best, standard), *given_up)
        return _written(script, drafts, decisions, (of_brief, of_script))

    def _drafts(
        self, request: ContentRequest, standard: Standard, noticed: tuple[Finding, ...]
    ) -> tuple[list[_Draft], tuple[Decision, ...]]:
        """Return the scripts that were written; if one was asked for in vain, why."""
        result = self._models.write(request, objection=_Judge(standard, repairs=self._writing.repair))
        drafts = [_draft(result, standard, noticed, 1)]
        for number in range(2, self._writing.rewrites + 2):
            best = max(drafts, key=lambda draft: draft.score)
            if best.score >= self._writing.min_quality or best.result.model.free:
                break
            again = _asked_again(request, best, number)
            try:
                result = self._models.write(again, objection=_Judge(standard, repairs=self._writing.repair))
                drafts.append(_draft(result, standard, noticed, number))
            except _NO_BETTER as error:
                return drafts, (_in_vain(number, error),)
        return drafts, ()


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says why an answer is no script that can be produced, and what to ask the same model then."""

    standard: Standard
    repairs: bool

    def __call__(self, _request: object, answer: ContentResponse) -> str:
        return objection_to(answer.text, self.standard)

    def repaired(self, request: ContentRequest, answer: ContentResponse, why: str) -> ContentRequest:
        """Return what the same model is asked once more: the answer, and what is wrong with it."""
        return with_feedback(request, answer.text, [why]) if self.repairs else request


def _draft(
    result: ModelResult[ContentResponse], standard: Standard, noticed: tuple[Finding, ...], number: int
) -> _Draft:
    text = result.output.text
    script, seconds = accepted(text, standard, result.model.name)
    found = (*noticed, *moderate(script))
    script = finished(script, standard)
    assessment = assess(script, standard, more=found, draft=number)
    script = script.model_copy(update={"mock": result.mock, "assessment": assessment})
    return _Draft(script, seconds, text, result)


def _written(
    script: Script,
    drafts: list[_Draft],
    decisions: tuple[Decision, ...],
    looks: tuple[Looked, Looked],
) -> WrittenScript:
    """Return the script with all that was decided, charged and remarked on the way, in its order."""
    before, after = looks
    charges = (line for draft in drafts for line in draft.result.charges)
    warnings = (warning for draft in drafts for warning in draft.result.route.warnings)
    return WrittenScript(
        script,
        (*before.decisions, *decisions, *after.decisions),
        (*before.charges, *charges, *after.charges),
        (*before.warnings, *warnings, *after.warnings, *warnings_of(script)),
    )


def _with_findings(script: Script, looked: Looked) -> Script:
    """Return the script with what a guardrail noticed in it and let pass."""
    if script.assessment is None or not looked.findings:
        return script
    findings = (*script.assessment.findings, *looked.findings)
    return script.model_copy(
        update={"assessment": script.assessment.model_copy(update={"findings": findings})}
    )


def _asked_again(request: ContentRequest, best: _Draft, number: int) -> ContentRequest:
    """Return the request for a script that does better what the best one so far lacks."""
    lacking = feedback_on(best.script.assessment) if best.script.assessment else ()
    key = f"{request.idempotency_key}-draft{number}"
    return with_feedback(request, best.text, lacking).model_copy(update={"idempotency_key": key})


def _request(standard: Standard, prompt: RenderedPrompt, seed: int, idempotency_key: str) -> ContentRequest:
    brief, words_per_minute = standard.brief, standard.pace.words_per_minute
    quotable, _ = without_banned_claims(brief.notes, standard)
    return ContentRequest(
        idempotency_key=idempotency_key,
        seed=seed,
        language=brief.language,
        task=WRITE_SCRIPT,
        prompt=PromptUsed(name=prompt.path[-1], version=prompt.version, variant=prompt.variant),
        messages=prompt.messages,
        variables={
            "brief": {**brief.model_dump(mode="json", exclude=_NOT_OF_SCRIPTS), "notes": quotable},
            "words_per_minute": words_per_minute,
            "target_seconds": float(brief.duration_seconds),
        },
        output_schema=asked_schema(),
        temperature=prompt.temperature,
        max_output_tokens=prompt.max_output_tokens,
    )


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


def _decisions(drafts: list[_Draft], best: _Draft, standard: Standard) -> Iterator[Decision]:
    for number, draft in enumerate(drafts, 1):
        yield from choice_of_model(draft.result, "model" if number == 1 else f"model of draft {number}")
    yield Decision(
        subject="length",
        chosen=f"{best.seconds:.1f} s",
        reason=f"estimated at {standard.pace.words_per_minute:g} words a minute for "
        f"{standard.brief.duration_seconds} s asked",
    )
    yield from judgement_of(best.script, [draft.script for draft in drafts], standard.strategy)


def _in_vain(number: int, error: ReelwrightError) -> Decision:
    return Decision(
        subject=f"draft {number}", chosen="none", reason=f"no better script came: {error.message}"
    )
