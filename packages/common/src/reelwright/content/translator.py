"""ScriptTranslator: from a video's script to the script of the same video in another language."""

from collections.abc import Iterator
from dataclasses import dataclass

from reelwright.content.directions import with_feedback
from reelwright.content.errors import ScriptRejected, TaskUnknown, TranslationUnavailable
from reelwright.content.finishing import finished
from reelwright.content.guardrail import BedrockGuard, NoGuard
from reelwright.content.manager import WrittenScript
from reelwright.content.moderation import check_brief, moderate, refusals
from reelwright.content.pace import Pace
from reelwright.content.ports import ContentModels, Prompts
from reelwright.content.prompting import choice_of_prompt, translation_variables
from reelwright.content.quality import Standard
from reelwright.content.strategies import strategy_for
from reelwright.content.translating import (
    TRANSLATE,
    Part,
    answer_schema,
    objection_to_length,
    parts_of,
    put_together,
    unlike,
)
from reelwright.environment.schema import CatalogSettings
from reelwright.environment.writing import WritingSettings
from reelwright.models.catalogue import load_catalogue
from reelwright.models.schema import ContentRequest, ContentResponse, ModelResult, PromptUsed, Requirements
from reelwright.production.assessment import Finding
from reelwright.production.choices import choice_of_model
from reelwright.production.schema import Brief, Decision, Script, Translation
from reelwright.prompts.pinned import PinnedPrompts
from reelwright.prompts.schema import RenderedPrompt

__all__ = ["ScriptTranslator"]

_BUNDLED = PinnedPrompts()
_NOBODY = NoGuard()
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class ScriptTranslator:
    """Has scripts translated through the model route, and refuses what is not the same video."""

    models: ContentModels
    writing: WritingSettings
    guard: BedrockGuard | NoGuard = _NOBODY

    def check(self, language: str) -> None:
        """Raise TranslationUnavailable if no model that can be asked translates; NoModelAvailable."""
        route = self.models.select("content", Requirements(language=language))
        if all(candidate.model.free for candidate in route.candidates):
            raise _unavailable(language)

    def translate(
        self,
        brief: Brief,
        translation: Translation,
        original: Script,
        *,
        brought: Script | None = None,
        words_per_minute: float,
        seed: int,
        idempotency_key: str,
        prompts: Prompts = _BUNDLED,
    ) -> WrittenScript:
        """Return ``original`` in the brief's language: by a model, or as ``brought``.

        Long scripts are translated in parts, each a call of its own with a key of its own. Raises what the
        model route raises, TranslationUnavailable, ContentRefused, and ScriptRejected for a script that is
        not the same video.
        """
        noticed = check_brief(brief)
        standard = Standard(brief, strategy_for(brief.topic), Pace(words_per_minute), self.writing.keywords)
        if brought is not None:
            script, found = _checked(original, _told_in(brought, brief.language), standard)
            taken = WrittenScript(script, (_brought(translation),), warnings=_warnings((*noticed, *found)))
            return self._looked_at(taken, idempotency_key)
        asking = _Asking(brief, translation, original, prompts, seed, idempotency_key)
        results = [self._part(asking, number, part) for number, part in enumerate(parts_of(original), 1)]
        told = {
            key: text for part, _, result in results for key, text in part.read(result.output.text).items()
        }
        script, found = _checked(original, put_together(original, told, brief.language), standard)
        script = script.model_copy(update={"mock": any(result.mock for _, _, result in results)})
        made = WrittenScript(
            script,
            (*_decisions(translation, original, results),),
            tuple(line for _, _, result in results for line in result.charges),
            (
                *dict.fromkeys(warning for _, _, result in results for warning in result.route.warnings),
                *_warnings((*noticed, *found)),
            ),
        )
        return self._looked_at(made, idempotency_key)

    def _looked_at(self, made: WrittenScript, key: str) -> WrittenScript:
        """Return the script with what the guardrail said of it; it raises for what it stops."""
        looked = self.guard.script(made.script, key)
        return WrittenScript(
            made.script,
            (*made.decisions, *looked.decisions),
            (*made.charges, *looked.charges),
            (*made.warnings, *looked.warnings, *_warnings(looked.findings)),
        )

    def _part(self, asking: "_Asking", number: int, part: Part) -> "_Answered":
        prompt = asking.rendered(part)
        try:
            result = self.models.write(
                asking.request(prompt, number), objection=_Judge(part, self.writing.repair)
            )
        except TaskUnknown as error:
            raise _unavailable(asking.brief.language) from error
        return part, prompt, result


_Answered = tuple[Part, RenderedPrompt, ModelResult[ContentResponse]]


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is the same for all parts of a script."""

    brief: Brief
    translation: Translation
    original: Script
    prompts: Prompts
    seed: int
    key: str

    def rendered(self, part: Part) -> RenderedPrompt:
        return self.prompts.render(
            TRANSLATE,
            translation_variables(self.brief, self.translation.language, part.as_json()),
            topic=self.brief.topic,
            unit=self.key.partition("/")[0],
        )

    def request(self, prompt: RenderedPrompt, number: int) -> ContentRequest:
        return ContentRequest(
            idempotency_key=f"{self.key}-part{number}",
            seed=self.seed,
            language=self.brief.language,
            task=TRANSLATE,
            prompt=PromptUsed(name=prompt.path[-1], version=prompt.version, variant=prompt.variant),
            messages=prompt.messages,
            variables={"language": self.brief.language},
            output_schema=answer_schema(),
            temperature=prompt.temperature,
            max_output_tokens=prompt.max_output_tokens,
        )


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says why an answer does not do, and what to ask the same model then."""

    part: Part
    repairs: bool

    def __call__(self, _request: object, answer: ContentResponse) -> str:
        return self.part.objection_to(answer.text)

    def repaired(self, request: ContentRequest, answer: ContentResponse, why: str) -> ContentRequest:
        """Return what the same model is asked once more."""
        return with_feedback(request, answer.text, [why]) if self.repairs else request


def _told_in(script: Script, language: str) -> Script:
    """Return a script as others bring it: what is thought of it is ours to say, and where it is from."""
    return script.model_copy(update={"language": language, "assessment": None, "mock": False})


def _checked(original: Script, script: Script, standard: Standard) -> tuple[Script, tuple[Finding, ...]]:
    """Return the script with its disclaimer and keywords, if it is the same video, and what was noticed."""
    found = moderate(script)
    script = finished(script, standard)
    objections = [
        *unlike(original, script),
        *refusals(script),
        *filter(None, [objection_to_length(original, script, standard.pace)]),
    ]
    if objections:
        raise ScriptRejected(
            f"The translated script cannot be produced: {'; '.join(objections[:5])}.",
            next_step="Resume the production to ask again, choose another content model, or bring the "
            "translated script: --script FILE.",
        )
    return script, found


def _warnings(found: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(
        f"{f'Scene {each.scene}' if each.scene else 'Text'}: {each.what}." for each in found[:_MOST_NAMED]
    )


def _decisions(translation: Translation, original: Script, results: list[_Answered]) -> Iterator[Decision]:
    yield choice_of_prompt(results[0][1])
    for number, (_, _, result) in enumerate(results, 1):
        yield from choice_of_model(result, "model" if number == 1 else f"model of part {number}")
    told = f"{original.assessment.score} of 100" if original.assessment else "unknown"
    yield Decision(
        subject="script",
        chosen=f"that of {translation.original} in another language",
        reason=f"told in {translation.language} there; the {len(original.scenes)} scenes with their figures "
        f"are the original's, whose quality was {told}; translated in {len(results)} parts",
    )


def _brought(translation: Translation) -> Decision:
    return Decision(
        subject="script",
        chosen=f"that of {translation.original} in another language",
        reason=f"told in {translation.language} there; the script was brought, so no model was asked",
    )


def _unavailable(language: str) -> TranslationUnavailable:
    able = [
        model.name
        for model in load_catalogue(CatalogSettings())
        if model.service == "content" and not model.free and model.lifecycle != "retired"
    ]
    return TranslationUnavailable(
        f"Nobody here translates into {language!r}: the embedded writer only quotes notes.",
        next_step=f"Set up one of {', '.join(able[:_MOST_NAMED])} (see docs/how-to/use-paid-models.md), or "
        "bring the translated script: --script FILE.",
        context={"language": language},
    )
