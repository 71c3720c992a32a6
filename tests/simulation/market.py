"""What can be bought in the simulated world: models, prices, and the settings that a seed may draw."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any, Final

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import PriceOverride, Settings
from reelwright.environment.secret import Secret
from reelwright.models.catalogue import load_catalogue
from reelwright.models.schema import AudioCapabilities, ContentCapabilities, Model, VideoCapabilities

__all__ = [
    "PRICES",
    "PROVIDERS",
    "Terms",
    "catalogue",
    "settings_for",
    "terms_drawn_by",
    "with_footage_drawn_by",
]

TIMEOUT_SECONDS: Final = 240

PRICES: Final[Mapping[str, Mapping[str, Fraction]]] = {
    "sim-writer-a": {"input_tokens": Fraction(3), "output_tokens": Fraction(15)},
    "sim-writer-b": {"input_tokens": Fraction(1, 7), "output_tokens": Fraction(11, 7)},
    "sim-voice-a": {"characters": Fraction(30)},
    "sim-voice-b": {"characters": Fraction(100, 3)},
    "sim-voice-c": {"characters": Fraction(4)},
    "sim-camera-a": {"video_seconds": Fraction(120_000)},
    "sim-camera-b": {"video_seconds": Fraction(50_001, 2)},
}
"""Micro-dollars for one unit; some come out uneven, so that rounding shows."""

PROVIDERS: Final = tuple(name.replace("sim-", "") for name in PRICES)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a seed drew of the settings that decide about money."""

    falls_to_ours: bool
    """Whether engines of ours stand at the end of every route."""
    on_unknown: str
    per_video_usd: str | None
    per_day_usd: tuple[str, str, str] | None
    """Warning, action, block."""
    call_ceiling_usd: str | None
    cache_seconds: int
    shot_seconds: int = 10
    """The longest shot of a camera: scenes are longer than the shortest."""
    on_failed_scene: str = "graphics"
    max_failed_scenes_share: float = 1.0
    footage: str = "auto"


def terms_drawn_by(rng: Random) -> Terms:
    """Draw settings: mostly generous, now and then so tight that money ends in the middle."""
    return Terms(
        falls_to_ours=rng.random() < 0.7,
        on_unknown="stop" if rng.random() < 0.75 else "fall_back",
        per_video_usd=rng.choice((None, None, None, "9.00", "1.50")),
        per_day_usd=rng.choice((None, None, ("1.00", "2.00", "5.00"), ("0.50", "3.00", "3.00"))),
        call_ceiling_usd=rng.choice((None, None, None, "1.20")),
        cache_seconds=rng.choice((0, 0, 3600)),
    )


def with_footage_drawn_by(rng: Random, terms: Terms) -> Terms:
    """Draw what becomes of scenes that are long or fail, by chance of its own."""
    return replace(
        terms,
        shot_seconds=rng.choice((10, 3)),
        on_failed_scene=rng.choice(("graphics", "graphics", "fail")),
        max_failed_scenes_share=rng.choice((1.0, 1.0, 0.5, 0.0)),
        footage=rng.choice(("auto", "auto", "provider", "mixed", "graphics")),
    )


@cache
def catalogue(shot_seconds: int = 10) -> tuple[Model, ...]:
    """Return the models: those of vendors, and the engines of ours."""
    ours = tuple(model for model in load_catalogue() if model.free)
    return (*(_model(name, 90 - rank, shot_seconds) for rank, name in enumerate(PRICES)), *ours)


@cache
def settings_for(terms: Terms | None) -> Settings:
    """Return the settings under these terms; without any, nothing can be bought."""
    settings = load_environment("local").settings
    retry = settings.retry.model_copy(update={"attempts": 2})
    features = settings.features.model_copy(update={"scene_cache": False})
    plain = settings.model_copy(update={"retry": retry, "features": features})
    return plain if terms is None else _at(terms, plain)


def _model(name: str, quality: int, shot_seconds: int) -> Model:
    kind = name.split("-")[1]
    capabilities: dict[str, Any] = {
        "writer": {"service": "content", "content": ContentCapabilities(max_output_tokens=4_000)},
        "voice": {"service": "audio", "audio": AudioCapabilities()},
        "camera": {
            "service": "video",
            "video": VideoCapabilities(
                durations_seconds=(shot_seconds // 2, shot_seconds),
                max_seconds=shot_seconds,
                first_frame=name.endswith("-a"),
            ),
        },
    }[kind]
    return Model(
        name=name,
        provider=name.replace("sim-", ""),
        vendor_id=name,
        tiers=("economy",),
        quality=quality,
        **capabilities,
    )


def _at(terms: Terms, plain: Settings) -> Settings:
    tree = plain.model_dump()
    tree["providers"] = {name: {"credential": Secret(f"providers/{name}", "api_key")} for name in PROVIDERS}
    tree["catalog"]["prices"] = {model: dict(_prices(units)) for model, units in PRICES.items()}
    tree["costs"]["cache_seconds"] = terms.cache_seconds
    for service in ("content", "audio", "video"):
        wanted = tree["models"][service]
        wanted["models"] = _named(service, falls_to_ours=terms.falls_to_ours)
        wanted["on_unknown"] = terms.on_unknown
        wanted["timeout_seconds"] = TIMEOUT_SECONDS
        wanted["call_ceiling_usd"] = terms.call_ceiling_usd
    tree["budgets"] |= _budgets(terms)
    tree["video"] |= {
        "on_failed_scene": terms.on_failed_scene,
        "max_failed_scenes_share": terms.max_failed_scenes_share,
        "footage": terms.footage,
        "provider_every": 2,
    }
    return Settings.model_validate(tree)


def _prices(units: Mapping[str, Fraction]) -> Any:
    for unit, price in units.items():
        usd = Decimal(price.numerator) / 1_000_000
        yield unit, PriceOverride(usd=usd, per=price.denominator, valid_until="2030-01-01")


def _named(service: str, *, falls_to_ours: bool) -> list[str]:
    able = [model for model in catalogue() if model.service == service]
    return [model.name for model in able if falls_to_ours or not model.free]


def _budgets(terms: Terms) -> dict[str, Any]:
    warn, action, block = terms.per_day_usd or (None, None, None)
    return {
        "per_video_usd": terms.per_video_usd,
        "per_day_warn_usd": warn,
        "per_day_action_usd": action,
        "per_day_block_usd": block,
        "per_day_action": "mock" if terms.falls_to_ours else "block",
    }
