from random import Random

import pytest

from reelwright.clock import VirtualClock
from reelwright.cost.schema import Usage
from reelwright.environment.loader import load_environment
from reelwright.errors import Retryable
from reelwright.models.catalogue import load_catalogue
from reelwright.models.errors import NoModelAvailable
from reelwright.models.manager import AIModelManager, Providers
from reelwright.models.schema import ContentRequest, ContentResponse, Model

REQUEST = ContentRequest(idempotency_key="k", seed=1, task="write_script", variables={}, output_schema={})


class Writer:
    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.asked: list[str] = []

    def write(self, model: Model, request: ContentRequest, call: object) -> ContentResponse:
        self.asked.append(f"{model} {request.idempotency_key}")
        if len(self.asked) <= self.failures:
            raise Retryable("busy")
        return ContentResponse(text="{}", usage=(Usage(unit="characters", quantity=7),))


def a_manager(writer: Writer, *models: Model) -> AIModelManager:
    return AIModelManager(
        catalogue=models or load_catalogue(),
        providers=Providers(content={"embedded": writer}, audio={}, video={}),
        settings=load_environment("local").settings,
        clock=VirtualClock(),
        rng=Random(0),
    )


def a_model(name: str, **fields: object) -> Model:
    return Model.model_validate(
        {"name": name, "provider": "embedded", "service": "content", "tiers": ["economy"], **fields}
    )


def test_the_shipped_catalogue_serves_every_service_and_tier() -> None:
    served = {(model.service, tier) for model in load_catalogue() for tier in model.tiers}
    assert served == {
        (s, t) for s in ("content", "audio", "video") for t in ("economy", "standard", "premium")
    }


def test_a_call_says_what_it_used_of_which_model() -> None:
    result = a_manager(Writer()).write(REQUEST)
    assert result.model.name == "embedded-writer"
    assert [(charge.unit, charge.quantity, charge.micro_usd) for charge in result.charges] == [
        ("characters", 7, 0)
    ]
    assert len(result.attempts) == 1


def test_a_busy_provider_is_asked_again_with_the_same_key() -> None:
    writer = Writer(failures=2)
    result = a_manager(writer).write(REQUEST)
    assert writer.asked == ["embedded-writer k"] * 3
    assert len(result.attempts) == 3


def test_models_passed_over_have_a_reason() -> None:
    route = a_manager(
        Writer(),
        a_model("old", lifecycle="retired"),
        a_model("dear", tiers=["premium"]),
        a_model("french", languages=["fr"]),
        a_model("elsewhere", provider="nobody"),
        a_model("good"),
    ).route("content", language="en-GB")
    assert [candidate.model.name for candidate in route.candidates] == ["good"]
    assert {item.model: item.reason for item in route.rejected} == {
        "old": "retired by its provider",
        "dear": "does not serve tier economy",
        "french": "does not work in language 'en-GB', only in fr",
        "elsewhere": "provider 'nobody' is not installed",
    }


def test_no_model_is_an_error_that_says_why() -> None:
    with pytest.raises(NoModelAvailable, match="french: does not work in language 'de'"):
        a_manager(Writer(), a_model("french", languages=["fr"])).route("content", language="de")
