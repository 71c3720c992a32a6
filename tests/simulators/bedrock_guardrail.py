"""Guardrails of a simulated Bedrock: what they find in a text, and how they tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

__all__ = ["GUARDRAIL_PRICES", "SimulatedGuardrail"]

_UNIT = 1_000

GUARDRAIL_PRICES = {
    "content_policy_units": Fraction(150),
    "topic_policy_units": Fraction(150),
    "sensitive_policy_units": Fraction(100),
}
"""Micro-dollars for one unit of 1,000 characters."""


@dataclass(frozen=True)
class SimulatedGuardrail:
    """One guardrail: each of its phrases stands for what a real one would recognise."""

    version: str = "3"
    denied: Mapping[str, str] = field(default_factory=dict)
    """Phrases, and the topics that they are of."""
    masked: Mapping[str, str] = field(default_factory=dict)
    """Phrases that are shown as nothing but the kind of their data."""
    noticed: Mapping[str, str] = field(default_factory=dict)
    """Phrases of content filters that only tell."""

    def units(self, text: str) -> dict[str, int]:
        """What is billed for a text."""
        count = ceil(len(text) / _UNIT)
        held = {
            "topic_policy_units": self.denied,
            "sensitive_policy_units": self.masked,
            "content_policy_units": self.noticed,
        }
        return {unit: count for unit, phrases in held.items() if phrases}

    def answer(self, text: str) -> dict[str, Any]:
        """Return the body of ApplyGuardrail's answer."""
        topics = [
            {"name": name, "type": "DENY", "action": "BLOCKED", "detected": True}
            for phrase, name in self.denied.items()
            if phrase in text
        ]
        personal = [
            {"match": phrase, "type": kind, "action": "ANONYMIZED", "detected": True}
            for phrase, kind in self.masked.items()
            if phrase in text
        ]
        filters = [
            {"type": kind, "confidence": "LOW", "action": "NONE", "detected": True}
            for phrase, kind in self.noticed.items()
            if phrase in text
        ]
        units = self.units(text)
        return {
            "usage": {
                "topicPolicyUnits": units.get("topic_policy_units", 0),
                "contentPolicyUnits": units.get("content_policy_units", 0),
                "wordPolicyUnits": ceil(len(text) / _UNIT),
                "sensitiveInformationPolicyUnits": units.get("sensitive_policy_units", 0),
                "sensitiveInformationPolicyFreeUnits": 0,
                "contextualGroundingPolicyUnits": 0,
            },
            "action": "GUARDRAIL_INTERVENED" if topics or personal else "NONE",
            "outputs": self._outputs(text, blocked=bool(topics)) if topics or personal else [],
            "assessments": [
                {
                    "topicPolicy": {"topics": topics},
                    "contentPolicy": {"filters": filters},
                    "sensitiveInformationPolicy": {"piiEntities": personal, "regexes": []},
                }
            ],
        }

    def _outputs(self, text: str, *, blocked: bool) -> list[dict[str, str]]:
        for phrase, kind in self.masked.items():
            text = text.replace(phrase, f"{{{kind}}}")
        return [{"text": "Sorry, that is not allowed here." if blocked else text}]
