"""A provider's guardrail over briefs and scripts, beside our own rules: what it stops is not made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from reelwright.content.errors import ContentRefused
from reelwright.content.ports import ContentModels
from reelwright.content.visible import texts_of
from reelwright.cost.schema import ChargeLine
from reelwright.environment.moderating import ModerationSettings
from reelwright.environment.schema import Settings
from reelwright.errors import BudgetExceeded, ReelwrightError
from reelwright.models.errors import NoModelAvailable, ProviderFailed, ProviderStopped, RouteFailed
from reelwright.models.guarding import (
    GUARDRAIL,
    MAX_CHARACTERS,
    PROVIDER,
    Guarded,
    Match,
    guardrail_model,
)
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts
from reelwright.models.schema import ContentRequest, ContentResponse, Message, ModelResult
from reelwright.production.assessment import Finding
from reelwright.production.choices import choice_of_model
from reelwright.production.schema import Brief, Decision, Rejection, Script
from reelwright.resilience.bulkhead import BulkheadFull
from reelwright.resilience.deadline import DeadlineExceeded

__all__ = ["BedrockGuard", "Looked", "NoGuard", "Source", "guard_for"]

Source = Literal["INPUT", "OUTPUT"]
"""Whose text it is, in Bedrock's words: ours, as a model would get it, or a model's."""

_SUBJECTS: Final = {"INPUT": "the brief", "OUTPUT": "the script"}
_NOT_ASKED: Final = (
    *(BudgetExceeded, NoModelAvailable, ProviderFailed, ProviderStopped, RouteFailed),
    *(BulkheadFull, DeadlineExceeded),
)
"""What keeps a guardrail from saying anything; whatever else goes wrong is not of its doing."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a text that a guardrail let pass, for the record and the bill."""

    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class NoGuard:
    """Where no guardrail is configured: nobody is asked."""

    def brief(self, brief: Brief, idempotency_key: str) -> Looked:  # noqa: ARG002 (as a guard is asked)
        """Let it pass."""
        return Looked()

    def script(self, script: Script, idempotency_key: str) -> Looked:  # noqa: ARG002 (as a guard is asked)
        """Let it pass."""
        return Looked()


@dataclass(frozen=True, slots=True)
class BedrockGuard:
    """Asks one guardrail through the route, so that its price, its retries and its answer are kept as any.

    ``models`` have no other model than the guardrail.
    """

    models: ContentModels
    settings: ModerationSettings

    def brief(self, brief: Brief, idempotency_key: str) -> Looked:
        """Have what a model would be told of a brief looked at; ContentRefused if it is stopped."""
        return self._look("INPUT", f"{brief.topic}\n{brief.audience}\n{brief.notes}", idempotency_key)

    def script(self, script: Script, idempotency_key: str) -> Looked:
        """Have all that is heard and seen of a script looked at; ContentRefused if it is stopped."""
        text = "\n".join(text for _, text in texts_of(script))
        return self._look("OUTPUT", text, idempotency_key)

    def _look(self, source: Source, text: str, key: str) -> Looked:
        """Ask about a text; one that cannot be looked at stops the production, or is told, by the settings.

        What goes wrong is raised as it is: what may pass is tried again with the step.
        """
        charges: list[ChargeLine] = []
        rejected: list[Rejection] = []
        matches: list[Match] = []
        for number, piece in enumerate(_pieces(text, MAX_CHARACTERS), 1):
            request = self._request(source, piece, f"{key}-guardrail-{source.lower()}-{number}")
            try:
                result = self.models.write(request)
            except _NOT_ASKED as error:
                if self.settings.on_unavailable == "refuse":
                    raise
                return _unseen(source, error, charges)
            charges += result.charges
            rejected += choice_of_model(result, "guardrail")[0].rejected
            matches += self._passed(source, result)
        return self._told(source, charges, rejected, matches)

    def _request(self, source: Source, text: str, key: str) -> ContentRequest:
        return ContentRequest(
            idempotency_key=key,
            seed=0,
            task="guard",
            messages=(Message(role="user", text=text),),
            variables={
                "guardrail": self.settings.guardrail_id,
                "version": self.settings.guardrail_version,
                "source": source,
            },
            output_schema={},
        )

    def _passed(self, source: Source, result: ModelResult[ContentResponse]) -> tuple[Match, ...]:
        """Return what the guardrail noticed and let pass."""
        guarded = Guarded.model_validate_json(result.output.text)
        if not guarded.stopped:
            return guarded.matches
        met = _listed(each for each in guarded.matches if each.action != "noticed")
        raise ContentRefused(
            f"The guardrail {self._name} stops {_SUBJECTS[source]}: {met or 'it does not say why'}.",
            next_step="Change the brief; or the guardrail's policies, if they are not meant so, in Bedrock.",
            context={"guardrail": self._name, "policies": met},
        )

    def _told(
        self, source: Source, charges: list[ChargeLine], rejected: list[Rejection], matches: list[Match]
    ) -> Looked:
        noticed = _listed(dict.fromkeys(matches))
        reason = f"{self._name} stops nothing in {_SUBJECTS[source]}"
        decision = Decision(
            subject=f"guardrail of {_SUBJECTS[source]}",
            chosen="passed",
            reason=f"{reason}; it noticed {noticed}" if noticed else reason,
            rejected=tuple(rejected),
        )
        findings = tuple(
            Finding(kind="moderation", what=f"the guardrail noticed {each} in {_SUBJECTS[source]}")
            for each in dict.fromkeys(matches)
        )
        return Looked((decision,), tuple(charges), (), findings)

    @property
    def _name(self) -> str:
        return f"{self.settings.guardrail_id} version {self.settings.guardrail_version}"


def guard_for(parts: ModelParts, settings: Settings) -> BedrockGuard | NoGuard:
    """Return who looks at texts under these settings; its calls share ledger, answers and health with all."""
    guardrail_id = settings.moderation.guardrail_id
    if guardrail_id is None:
        return NoGuard()
    adapter = parts.providers.content.get(GUARDRAIL)
    alone = replace(
        parts,
        providers=Providers(content={PROVIDER: adapter} if adapter else {}, audio={}, video={}),
        catalogue=(guardrail_model(guardrail_id),),
    )
    return BedrockGuard(alone.manager_for(_asking_it_alone(settings)), settings.moderation)


def _asking_it_alone(settings: Settings) -> Settings:
    """Return the settings without what is said of models that write: their names, and what one may cost."""
    content = settings.models.content.model_copy(
        update={
            "models": (GUARDRAIL,),
            "link_ceiling_usd": None,
            "link_ceiling_multiple": None,
            "call_ceiling_usd": None,
        }
    )
    models = settings.models.model_copy(update={"content": content})
    return settings.model_copy(update={"models": models})


def _pieces(text: str, most: int) -> Iterator[str]:
    """Yield a text in pieces of so many characters at most, cut at an end of a line, or of a word."""
    while len(text) > most:
        cut = max(text.rfind("\n", 0, most), 0) or max(text.rfind(" ", 0, most), 0) or most
        yield text[:cut]
        text = text[cut:]
    yield text


def _unseen(source: Source, error: ReelwrightError, charges: list[ChargeLine]) -> Looked:
    subject = _SUBJECTS[source]
    decision = Decision(
        subject=f"guardrail of {subject}",
        chosen="not asked",
        reason=f"moderation.on_unavailable is warn: {error.message}",
    )
    return Looked((decision,), tuple(charges), (f"No guardrail has looked at {subject}: {error.message}",))


def _listed(matches: Iterable[Match]) -> str:
    return ", ".join(map(str, matches))
