"""A guardrail as a model of the route: it is asked, paid and remembered as whoever writes is.

It is no model of the catalogue, since it writes nothing and no tier has it: who wants one asked makes parts
whose only model it is.
"""

from typing import Final, Literal

from reelwright.models.schema import Frozen, Model

__all__ = ["GUARDRAIL", "MAX_CHARACTERS", "PROVIDER", "Guarded", "Match", "guardrail_model"]

GUARDRAIL: Final = "bedrock-guardrail"
"""Its name on bills and in the price book, and that of its adapter among those that write."""
PROVIDER: Final = "bedrock"
"""Whose settings and switch are its too."""
MAX_CHARACTERS: Final = 24_000
"""Of one request: a guardrail looks at 25 units of 1,000 characters in a second unless AWS raised that."""


class Match(Frozen):
    """One policy that a text met, by its name alone: what was matched may be a secret, and stays there."""

    policy: str
    """Such as ``denied topic``."""
    name: str = ""
    """The operator's or Bedrock's name for it; words of a list have none but themselves."""
    action: Literal["stopped", "masked", "noticed"]

    def __str__(self) -> str:
        return f"{self.policy} {self.name!r}" if self.name else self.policy


class Guarded(Frozen):
    """What a guardrail says of a text."""

    stopped: bool
    """Whether it intervened: it blocked the text, or would show another one."""
    matches: tuple[Match, ...] = ()


def guardrail_model(guardrail_id: str) -> Model:
    """Return the guardrail as a model; one that is named by its ARN is asked in the region of that."""
    return Model(
        name=GUARDRAIL,
        provider=PROVIDER,
        service="content",
        vendor_id=guardrail_id,
        tiers=("economy", "standard", "premium"),
        region=guardrail_id.split(":")[3] if guardrail_id.startswith("arn:") else "",
        typical_seconds=0.5,
    )
