"""Asking a guardrail of Bedrock what it thinks of a text, without a model.

Action needed: bedrock:ApplyGuardrail, on the guardrail. It is billed by text units of up to 1,000 characters,
for each kind of policy that it has.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from reelwright.cost.schema import Usage
from reelwright.models.errors import AnswerRejected, ModelRetired, ProviderMisconfigured
from reelwright.models.guarding import Guarded, Match
from reelwright.models.ports import Call
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.schema import ContentRequest, ContentResponse, Model

__all__ = ["BedrockGuardrail", "guarded"]

_UNITS: Final = (
    ("content_policy_units", "contentPolicyUnits"),
    ("topic_policy_units", "topicPolicyUnits"),
    ("sensitive_policy_units", "sensitiveInformationPolicyUnits"),
    ("grounding_policy_units", "contextualGroundingPolicyUnits"),
    ("reasoning_policy_units", "automatedReasoningPolicyUnits"),
)
"""What costs something; lists of words and patterns of one's own are free."""

_POLICIES: Final = (
    ("topicPolicy", "topics", "denied topic", "name"),
    ("contentPolicy", "filters", "content filter", "type"),
    ("wordPolicy", "customWords", "word of the list", ""),
    ("wordPolicy", "managedWordLists", "managed word list", "type"),
    ("sensitiveInformationPolicy", "piiEntities", "personal data", "type"),
    ("sensitiveInformationPolicy", "regexes", "pattern", "name"),
    ("contextualGroundingPolicy", "filters", "grounding filter", "type"),
)
"""Where an assessment tells of matches, and which of their fields names a policy and not the text."""

_ACTIONS: Final[Mapping[str, Literal["stopped", "masked"]]] = {"BLOCKED": "stopped", "ANONYMIZED": "masked"}


class BedrockGuardrail:
    """A ContentProvider that judges instead of writing: one request, one attempt; its text is a Guarded."""

    def __init__(self, aws: AwsCalls) -> None:
        self._aws = aws

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        """Return what the guardrail says of the request's messages, as ``variables`` say which and whose."""
        answer = self._asked(model, request, call)
        if "action" not in answer or "usage" not in answer:
            raise AnswerRejected(
                f"The answer of the guardrail {model.vendor_id} cannot be read.",
                next_step="Try again; a proxy on the way may answer in Bedrock's place.",
                accepted="maybe",
                request_id=str(answer.get("ResponseMetadata", {}).get("RequestId", "")),
            )
        return ContentResponse(text=guarded(answer).model_dump_json(), usage=_usage(answer["usage"]))

    def _asked(self, model: Model, request: ContentRequest, call: Call) -> dict[str, Any]:
        try:
            return self._aws.ask(
                "bedrock-runtime",
                "apply_guardrail",
                {
                    "guardrailIdentifier": model.vendor_id,
                    "guardrailVersion": str(request.variables["version"]),
                    "source": str(request.variables["source"]),
                    "content": [{"text": {"text": message.text}} for message in request.messages],
                },
                region=model.region,
                deadline=call.deadline,
                buying="answer",
                subject=f"the guardrail {model.vendor_id}",
                endpoints=call.access.endpoints,
            )
        except ModelRetired as error:
            # One guardrail is not there, which says nothing of another that is named instead of it.
            raise ProviderMisconfigured(
                error.message,
                next_step="Set moderation.guardrail_id and moderation.guardrail_version to what is there.",
                context=error.context,
            ) from error


def guarded(answer: Mapping[str, Any]) -> Guarded:
    """Return what an answer says, by the names of policies: neither the text nor what was masked in it."""
    found = (match for each in answer.get("assessments", ()) for match in _matches(each))
    return Guarded(stopped=answer["action"] != "NONE", matches=tuple(dict.fromkeys(found)))


def _matches(assessment: Mapping[str, Any]) -> Iterator[Match]:
    for policy, group, said, named_by in _POLICIES:
        for each in assessment.get(policy, {}).get(group, ()):
            action = _ACTIONS.get(each.get("action", ""))
            if action or each.get("detected", True):
                yield Match(policy=said, name=str(each.get(named_by, "")), action=action or "noticed")
    # It finds and never blocks by itself; what it found is logic over the text, and stays there.
    if assessment.get("automatedReasoningPolicy", {}).get("findings"):
        yield Match(policy="automated reasoning", action="noticed")


def _usage(counted: Mapping[str, Any]) -> tuple[Usage, ...]:
    return tuple(Usage(unit=unit, quantity=counted[name]) for unit, name in _UNITS if counted.get(name))
