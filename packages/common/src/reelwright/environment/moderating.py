"""Settings of moderation beside our own rules: which guardrail of Bedrock looks at texts, and what if not."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from reelwright.environment.basics import Strict

__all__ = ["GuardrailId", "GuardrailVersion", "ModerationSettings"]

GuardrailId = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9]{1,64}|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+)$"
    ),
]
"""The id of a guardrail in the environment's own region, or its ARN in whichever."""

GuardrailVersion = Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]{0,7}|DRAFT)$")]


class ModerationSettings(Strict):
    """Who looks at briefs and scripts besides the rules in ``prompts/moderation.toml``, which always hold."""

    guardrail_id: GuardrailId | None = None
    """The guardrail of Bedrock that looks at each brief and script; none asks nobody."""
    guardrail_version: GuardrailVersion = "DRAFT"
    """Its version. ``DRAFT`` changes whenever somebody edits the guardrail."""
    on_unavailable: Literal["refuse", "warn"] = "refuse"
    """When it cannot be asked, for money too: stop the production until it can, or go on and say so."""
