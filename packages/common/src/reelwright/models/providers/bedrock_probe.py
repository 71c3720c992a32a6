"""What Bedrock offers in a region, and until when. Costs nothing and runs no model.

Actions needed: bedrock:ListFoundationModels and bedrock:ListInferenceProfiles.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from reelwright.models.errors import ProviderFailed, ProviderUnavailable
from reelwright.models.ports import Call
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.schema import Lifecycle, Model

__all__ = ["BedrockProbe", "ModelLifecycle"]

_SOON_DAYS: Final = 90
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class ModelLifecycle:
    """What Bedrock says of the life of a model. No date means that none is set."""

    state: Lifecycle
    legacy_on: date | None = None
    retired_on: date | None = None
    """The day from which calls fail, and no other model is asked in its place."""

    def warning(self, today: date) -> str:
        """Return what an operator should know on a day; nothing of a model that lives on."""
        if self.state == "retired":
            return f"ended{_since(self.retired_on)}"
        left = (self.retired_on - today).days if self.retired_on else None
        ends = f"ends on {self.retired_on}, in {left} days" if self.retired_on else "its end has no date yet"
        if self.state == "legacy":
            return f"legacy{_since(self.legacy_on)}; {ends}"
        return ends if left is not None and left <= _SOON_DAYS else ""


@dataclass(frozen=True, slots=True)
class _Offer:
    """The models and inference profiles of one region, by id."""

    lifecycles: Mapping[str, Mapping[str, Any]]
    profiles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Which models a profile leads to."""

    def lifecycle(self, vendor_id: str) -> Mapping[str, Any] | None:
        """Return Bedrock's record of a model, or of the one behind a profile; None if it is not offered."""
        if vendor_id in self.lifecycles:
            return self.lifecycles[vendor_id]
        if vendor_id not in self.profiles:
            return None
        behind = (self.lifecycles.get(model) for model in self.profiles[vendor_id])
        return next((found for found in behind if found is not None), {})


class BedrockProbe:
    """A Probe of all models that are reached through Bedrock, writing or shooting."""

    def __init__(self, aws: AwsCalls) -> None:
        self._aws = aws

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Return for each model what is wrong, with dates: not offered where it should run, legacy, ended.

        ProviderFailed if Bedrock answers in none of the regions.
        """
        today, found, errors = call.deadline.clock.now().date(), dict[str, str](), list[ProviderFailed]()
        for region, there in _by_region(models).items():
            try:
                offer = self._offer(region, there, call)
            except ProviderFailed as error:
                errors.append(error)
                found |= {model.name: error.message for model in there}
                continue
            found |= {model.name: _wrong(offer, model, today) for model in there}
        if errors and len(errors) == len(_by_region(models)):
            raise errors[0]
        return tuple((model.name, found[model.name]) for model in models)

    def lifecycles(self, models: Sequence[Model], call: Call) -> dict[str, ModelLifecycle]:
        """Return the life of each model that Bedrock offers, by its name in the catalogue; ProviderFailed."""
        today, found = call.deadline.clock.now().date(), dict[str, ModelLifecycle]()
        for region, there in _by_region(models).items():
            offer = self._offer(region, there, call)
            said = {model.name: offer.lifecycle(model.vendor_id) for model in there}
            found |= {name: _lifecycle(record, today) for name, record in said.items() if record is not None}
        return found

    def _offer(self, region: str, models: Sequence[Model], call: Call) -> _Offer:
        """Return what a region offers. It is filtered by id here: Bedrock knows no modality "video"."""
        listed = self._ask("list_foundation_models", {}, region, call)["modelSummaries"]
        lifecycles = {each["modelId"]: each.get("modelLifecycle", {}) for each in listed}
        if all(model.vendor_id in lifecycles for model in models):
            return _Offer(lifecycles)
        return _Offer(lifecycles, dict(self._profiles(region, call)))

    def _profiles(self, region: str, call: Call) -> Iterator[tuple[str, tuple[str, ...]]]:
        page: dict[str, Any] = {"maxResults": _PAGE}
        while True:
            answer = self._ask("list_inference_profiles", page, region, call)
            for each in answer["inferenceProfileSummaries"]:
                arns = (str(model.get("modelArn", "")) for model in each["models"])
                yield each["inferenceProfileId"], tuple(arn.rpartition("/")[2] for arn in arns)
            if not answer.get("nextToken"):
                return
            page["nextToken"] = answer["nextToken"]

    def _ask(self, operation: str, parameters: Mapping[str, Any], region: str, call: Call) -> dict[str, Any]:
        answer = self._aws.ask(
            "bedrock",
            operation,
            parameters,
            region=region,
            deadline=call.deadline,
            buying="nothing",
            subject=f"{operation} in {region or 'the own region'}",
        )
        if not {"modelSummaries", "inferenceProfileSummaries"} & set(answer):
            raise ProviderUnavailable(f"Bedrock's answer to {operation} cannot be read.")
        return answer


def _by_region(models: Sequence[Model]) -> dict[str, list[Model]]:
    found: dict[str, list[Model]] = {}
    for model in models:
        found.setdefault(model.region, []).append(model)
    return found


def _wrong(offer: _Offer, model: Model, today: date) -> str:
    record = offer.lifecycle(model.vendor_id)
    if record is None:
        return f"{model.vendor_id} is not offered in {model.region or 'the own region'}"
    return _lifecycle(record, today).warning(today)


def _lifecycle(record: Mapping[str, Any], today: date) -> ModelLifecycle:
    legacy_on, retired_on = _day(record.get("legacyTime")), _day(record.get("endOfLifeTime"))
    state: Lifecycle = "legacy" if record.get("status") == "LEGACY" else "active"
    if retired_on and today >= retired_on:
        state = "retired"
    return ModelLifecycle(state, legacy_on, retired_on)


def _day(moment: Any) -> date | None:
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else None


def _since(day: date | None) -> str:
    return f" since {day}" if day else ""
