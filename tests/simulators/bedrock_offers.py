"""What simulated Bedrock offers: models with regions, inference profiles and lives; and its list prices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Literal

from tests.simulators.server import PriceTable

__all__ = ["OFFERS", "PRICES", "Offered", "profile_of"]

EVERYWHERE = ("us-east-1", "us-west-2", "eu-central-1", "eu-west-1")


@dataclass(frozen=True)
class Offered:
    """One foundation model."""

    kind: Literal["text", "luma", "nova-reel"] = "text"
    regions: tuple[str, ...] = EVERYWHERE
    profiles: tuple[str, ...] = ()
    """Prefixes of its inference profiles, such as ``us``."""
    on_demand: bool = True
    """Whether it can be called by its own id; newer ones need a profile."""
    temperature: bool = True
    structured: bool = True
    legacy: datetime | None = None
    ends: datetime | None = None

    def has_ended(self, now: datetime) -> bool:
        """Whether calls fail."""
        return self.ends is not None and now >= self.ends

    def lifecycle(self, now: datetime) -> dict[str, Any]:
        """Return it as the service tells it."""
        is_legacy = self.legacy is not None and now >= self.legacy
        times = {"legacyTime": self.legacy, "endOfLifeTime": self.ends}
        known = {name: moment.isoformat() for name, moment in times.items() if moment}
        return {"status": "LEGACY" if is_legacy else "ACTIVE", **known}


_CLAUDE = Offered(profiles=("us", "eu", "global"), on_demand=False, temperature=False)
# Bedrock's guide, "Structured outputs", lists Claude and open models, and none of Amazon's own.
_NOVA = Offered(profiles=("us", "eu"), structured=False)
_REEL = Offered(
    "nova-reel",
    ("us-east-1",),
    legacy=datetime(2026, 3, 30, tzinfo=UTC),
    ends=datetime(2026, 9, 30, tzinfo=UTC),
)

OFFERS: Mapping[str, Offered] = {
    "anthropic.claude-sonnet-5-5": _CLAUDE,
    "anthropic.claude-haiku-5-5": _CLAUDE,
    "anthropic.claude-opus-5-5": _CLAUDE,
    "anthropic.claude-haiku-4-5-20251001-v1:0": replace(_CLAUDE, temperature=True),
    "amazon.nova-micro-v1:0": _NOVA,
    "amazon.nova-lite-v1:0": _NOVA,
    "amazon.nova-pro-v1:0": _NOVA,
    "amazon.nova-2-lite-v1:0": replace(_NOVA, profiles=("us", "eu", "global"), on_demand=False),
    "luma.ray-v2:0": Offered("luma", ("us-west-2",)),
    "amazon.nova-reel-v1:0": replace(_REEL, regions=("us-east-1", "eu-west-1", "ap-northeast-1")),
    "amazon.nova-reel-v1:1": _REEL,
}

_SONNET = {
    "input_tokens": Fraction(2),
    "output_tokens": Fraction(10),
    "cache_read_tokens": Fraction(1, 10),
    "cache_write_tokens": Fraction(5, 2),
}
PRICES: PriceTable = {
    "global.anthropic.claude-sonnet-5-5": _SONNET,
    "us.anthropic.claude-sonnet-5-5": {unit: price * Fraction(11, 10) for unit, price in _SONNET.items()},
    "amazon.nova-lite-v1:0": {"input_tokens": Fraction(6, 100), "output_tokens": Fraction(24, 100)},
    "luma.ray-v2:0": {
        "video_seconds_540p": Fraction(750_000),
        "video_seconds_720p": Fraction(1_500_000),
    },
    "amazon.nova-reel-v1:0": {"video_seconds": Fraction(80_000)},
    "amazon.nova-reel-v1:1": {"video_seconds": Fraction(80_000)},
}
"""Micro-dollars a unit, of the models that tests buy from; providers.md has the sources."""


def profile_of(model_id: str, offers: Mapping[str, Offered]) -> tuple[str, str]:
    """Return the prefix of an inference profile and the model behind it; no prefix for a model's own id."""
    prefix, _, behind = model_id.partition(".")
    if behind in offers and prefix in offers[behind].profiles:
        return prefix, behind
    return "", model_id
