"""The cost part of a production's page and answer: uncertain, in vain, expected, and a mock said first."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reelwright.cost.schema import ChargeLine, format_usd
from reelwright.environment.loader import load_environment
from reelwright.models.catalogue import load_catalogue
from reelwright.pipeline.report import render
from reelwright.pipeline.report.foreseen import Foreseen, foresee
from reelwright.pipeline.report.record import build_record, mocked
from reelwright.pipeline.report.result import generation_result
from reelwright.production.schema import Brief, Decision, Production
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS, Sample
from tests.unit.pipeline.report.test_markup import Reader

STAGING = load_environment("staging").settings
BRIEF = Brief(topic="Tides", duration_seconds=60)
TODAY = datetime(2026, 11, 25, tzinfo=UTC).date()
MODELS = {model.name: model for model in load_catalogue()}
MOCK = Decision(
    subject="mock video model",
    chosen="embedded-motion-graphics",
    reason="$2.100000 spent in day:dev:2026-11-25: engines of ours stand in for paid models.",
)


def line(model: str, unit: str, quantity: int, micro_usd: int, **said: object) -> ChargeLine:
    found = MODELS[model]
    known = {"service": found.service, "provider": found.provider, "model": model, "unit": unit}
    return ChargeLine.model_validate(known | {"quantity": quantity, "micro_usd": micro_usd} | said)


def with_charges(
    production: Production, *charges: ChargeLine, decisions: tuple[Decision, ...] = ()
) -> Production:
    first, *others = production.steps
    first = first.model_copy(update={"charges": charges, "decisions": decisions})
    others = [step.model_copy(update={"charges": (), "decisions": ()}) for step in others]
    return production.model_copy(update={"steps": (first, *others)})


def page_of(sample: Sample, production: Production, foreseen: Foreseen | None = None) -> str:
    page = render.render_report(
        production,
        sample.script,
        sample.cut,
        sample.review,
        sample.narration,
        sample.publications,
        video=sample.video,
        thumbnail=sample.thumbnail,
        foreseen=foreseen,
    )
    return page.decode("utf-8")


@pytest.fixture(scope="module")
def foreseen() -> Foreseen:
    """What staging expects with a key for Runway."""
    found = foresee(BRIEF, STAGING, TODAY)
    assert found is not None
    return found


BILL = (
    line("bedrock-claude-sonnet-5-5", "input_tokens", 2_000, 4_000),
    line("bedrock-claude-sonnet-5-5", "output_tokens", 1_400, 14_000),
    line("claude-haiku-5-5", "output_tokens", 900, 450, failed=True),
    line("polly-generative", "characters", 850, 25_500),
    line("runway-gen4-5", "video_seconds", 9, 1_080_000),
    line("luma-ray-3-2", "calls", 1, 700_000, state="unknown"),
)


def test_what_is_uncertain_or_was_in_vain_stands_beside_the_total(sample: Sample) -> None:
    text = Reader(page_of(sample, with_charges(sample.production, *BILL))).text
    assert f"${format_usd(sum(each.micro_usd for each in BILL))}" in text
    assert "$0.700000 of it may not have been spent" in text
    assert "$0.000450 of it for attempts that failed and were billed" in text
    certain = Reader(page_of(sample, with_charges(sample.production, *BILL[:2]))).text
    assert "of it" not in certain.partition("Cost")[2].partition("Brief")[0]


def test_the_answer_and_the_record_carry_the_same(sample: Sample, tmp_path: Path) -> None:
    production = with_charges(sample.production, *BILL, decisions=(MOCK,))
    answer = generation_result(production, tmp_path).model_dump(mode="json")
    record = build_record(production, sample.script, sample.cut, sample.review, sample.narration)
    for name in ("generation_cost_usd", "cost_breakdown", "unknown_usd", "failed_usd"):
        assert answer[name] == record["cost"][name]
    assert (answer["generation_cost_usd"], answer["unknown_usd"], answer["failed_usd"]) == (
        "1.823950",
        "0.700000",
        "0.000450",
    )
    assert {(row["service"], row["model"], row["unit"]) for row in answer["cost_breakdown"]} == {
        (each.service, each.model, each.unit) for each in BILL
    }
    assert answer["mock"] is True


def test_a_mock_says_so_before_anything_else(sample: Sample) -> None:
    production = with_charges(sample.production, decisions=(MOCK, MOCK))
    assert len(mocked(production)) == 2
    text = Reader(page_of(sample, production)).text
    top, _, _ = text.partition("Video and script")
    assert "Mock output: not for publication" in top
    assert top.count(MOCK.reason) == 1
    assert "Mock output" not in page_of(sample, with_charges(sample.production))
    assert generation_result(with_charges(sample.production), Path()).mock is False


@pytest.mark.parametrize("text", HOSTILE_TEXTS[:4])
def test_reasons_of_a_mock_are_text(sample: Sample, text: str) -> None:
    decision = MOCK.model_copy(update={"reason": text, "chosen": text, "subject": f"mock {text}"})
    page = page_of(sample, with_charges(sample.production, decisions=(decision,)))
    scripts = [tag for tag, _ in Reader(page).elements if tag == "script"]
    assert len(scripts) == 1
    assert "onerror" not in {name for _, attributes in Reader(page).elements for name in attributes}


def test_what_was_expected_is_explained_on_the_page(sample: Sample, foreseen: Foreseen) -> None:
    text = Reader(page_of(sample, with_charges(sample.production, *BILL), foreseen)).text
    assert f"Expected ${format_usd(foreseen.estimate.expected_micro_usd)}" in text
    assert "polly-generative answered instead of polly-neural" in text
    # Counted as Polly's neural voice would be, whose word timings are billed like the speech.
    assert "1,700 characters rather than 1,716 characters" in text
    assert "attempts that failed and were billed (claude-haiku-5-5)" in text
    assert "charges whose outcome nobody knows yet (luma-ray-3-2)" in text
    assert "Expected $" not in page_of(sample, with_charges(sample.production, *BILL))


@pytest.mark.parametrize("count", range(len(BILL) + 1))
def test_differences_add_up_to_the_micro_dollar(foreseen: Foreseen, count: int) -> None:
    bill = BILL[:count]
    spent = sum(each.micro_usd for each in bill)
    differences = foreseen.differences(bill)
    assert sum(each.micro_usd for each in differences) == spent - foreseen.estimate.expected_micro_usd
    assert all(each.micro_usd for each in differences)


def test_a_bill_as_expected_has_no_differences(foreseen: Foreseen) -> None:
    bill = [each for service in foreseen.estimate.services for each in service.expected]
    assert foreseen.differences(bill) == ()


def test_the_same_model_at_other_prices_is_said_so(foreseen: Foreseen) -> None:
    (writing, *_) = foreseen.estimate.services
    dearer = [each.model_copy(update={"micro_usd": each.micro_usd + 7}) for each in writing.expected]
    others = [each for service in foreseen.estimate.services[1:] for each in service.expected]
    (difference,) = foreseen.differences([*dearer, *others])
    assert difference.micro_usd == 7 * len(dearer)
    assert difference.reason == f"{writing.model} was billed at other prices than the book's"


def test_what_nobody_could_make_nobody_foresees() -> None:
    brief = BRIEF.model_copy(update={"language": "xx"})
    assert foresee(brief, STAGING, TODAY) is None
