"""What a model may be asked under given settings, without asking it: catalogue against configuration."""

from collections.abc import Iterator, Sequence
from typing import get_args

from reelwright.cost.schema import Service
from reelwright.environment.schema import Settings, Tier
from reelwright.models.catalogue import load_catalogue
from reelwright.models.schema import Model

__all__ = ["objection_to", "tier_of", "unroutable"]


def tier_of(settings: Settings, service: Service) -> Tier:
    """Return the tier that the settings ask of a service."""
    models = settings.models
    return {"content": models.content, "audio": models.audio, "video": models.video}[service].tier


def objection_to(model: Model, tier: Tier, settings: Settings) -> str:
    """Return why no route may lead to the model, whatever is asked; nothing if one may."""
    if model.lifecycle == "retired":
        return "retired by its provider"
    if tier not in model.tiers:
        return f"does not serve tier {tier}"
    provider = settings.providers.get(model.provider)
    if provider is not None and not provider.enabled:
        return f"provider {model.provider!r} is switched off in providers.{model.provider}.enabled"
    return ""


def unroutable(settings: Settings, catalogue: Sequence[Model] | None = None) -> Iterator[str]:
    """Yield a line for every service that no model of the catalogue could serve under these settings."""
    models = load_catalogue() if catalogue is None else catalogue
    for service in get_args(Service):
        tier = tier_of(settings, service)
        objections = {
            model.name: objection_to(model, tier, settings) for model in models if model.service == service
        }
        if all(objections.values()):
            reasons = "; ".join(f"{name}: {why}" for name, why in objections.items())
            yield f"no {service} model for tier {tier} ({reasons or 'the catalogue has none'})"
