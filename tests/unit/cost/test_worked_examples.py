"""Five videos, worked by hand: different writers, voices and cameras, beside what was estimated for them.

Tokens, characters and shots are those of the sample briefs with the embedded writer: a token is four
characters, a shot is a scene rounded up to a length that the model makes, and scenes that it cannot make are
drawn by us. After each sum stand the estimate in dollars and its error in percent, nearly all of it footage.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reelwright.content.brief_file import read_brief
from reelwright.cost.manager import calculate_generation_cost
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ModelUsage, Service
from reelwright.environment.loader import load_environment
from reelwright.models.catalogue import load_catalogue
from reelwright.models.forecast import ProductionEstimate, estimate_production
from reelwright.models.schema import Candidate, Requirements, Route

BOOK = PriceBook.bundled(on=date(2026, 11, 25))
BRIEFS = Path(__file__).resolve().parents[3] / "examples" / "briefs"
MODELS = {model.name: model for model in load_catalogue()}


def used(model: str, region: str = "", reported: int | None = None, **units: int) -> list[ModelUsage]:
    """Usages of one model, one for each unit."""
    entry = MODELS[model]
    return [
        ModelUsage(
            service=entry.service,
            provider=entry.provider,
            model=model,
            region=region,
            unit=unit,
            quantity=quantity,
            reported_micro_usd=reported,
        )
        for unit, quantity in units.items()
    ]


@dataclass(frozen=True)
class Video:
    """What one video used, what that comes to by hand, and how far off the estimate was."""

    brief: str
    seconds: int
    environment: str
    usages: list[ModelUsage]
    worked: Decimal
    estimate: Decimal
    error_percent: int


VIDEOS = {
    # dev: Haiku 5.5, Polly standard, Hailuo 3 (the task said 560 credits).
    #   input    2,224 tokens     x $0.10 / 1,000,000  = $0.0002224   -> $0.000223
    #   output   1,162 tokens     x $0.50 / 1,000,000  = $0.000581
    #   speech   2 x 871 chars    x $4    / 1,000,000  = $0.006968     (the second for speech marks)
    #   footage  6+10+10+10+10+10 = 56 s, 560 credits x $0.01 = $5.60  (14.4 s are ours)
    "economy": Video(
        "brew-better-coffee",
        60,
        "dev",
        [
            *used("claude-haiku-5-5", input_tokens=2_224, output_tokens=1_162),
            *used("polly-standard", characters=1_742),
            *used("runway-hailuo3", reported=5_600_000, video_seconds=56),
        ],
        Decimal("0.000223") + Decimal("0.000581") + Decimal("0.006968") + Decimal("5.600000"),
        Decimal("6.31"),
        12,
    ),
    # staging: Sonnet 5.5 by Bedrock's global profile, some of it from the cache, Polly neural, Gen-4.5.
    #   input    1,243 tokens     x $2    / 1,000,000  = $0.002486
    #   cached   1,000 tokens     x $0.10 / 1,000,000  = $0.0001
    #   output   1,439 tokens     x $10   / 1,000,000  = $0.01439
    #   speech   2 x 838 chars    x $16   / 1,000,000  = $0.026816
    #   footage  4+5+5+6+6+9+7+8+7+7 = 64 s x $0.12    = $7.68
    "standard": Video(
        "the-eiffel-tower",
        60,
        "staging",
        [
            *used(
                "bedrock-claude-sonnet-5-5",
                "global",
                input_tokens=1_243,
                cache_read_tokens=1_000,
                output_tokens=1_439,
            ),
            *used("polly-neural", characters=1_676),
            *used("runway-gen4-5", video_seconds=64),
        ],
        Decimal("0.002486")
        + Decimal("0.000100")
        + Decimal("0.014390")
        + Decimal("0.026816")
        + Decimal("7.68"),
        Decimal("6.53"),
        -15,
    ),
    # prod: Opus 5.5, Polly generative (no speech marks: once), Veo 3.1 at 1080p without sound.
    #   input    2,232 tokens     x $4    / 1,000,000  = $0.008928
    #   output   1,361 tokens     x $20   / 1,000,000  = $0.02722
    #   speech   812 chars        x $30   / 1,000,000  = $0.02436
    #   footage  8+8+8+6+8 = 38 s x $0.20              = $7.60         (three scenes above 8 s are ours)
    "premium": Video(
        "eight-billion-people",
        60,
        "prod",
        [
            *used("claude-opus-5-5", input_tokens=2_232, output_tokens=1_361),
            *used("polly-generative", characters=812),
            *used("runway-veo3-1", video_seconds=38),
            *used("embedded-motion-graphics", video_seconds=28),
        ],
        Decimal("0.008928") + Decimal("0.027220") + Decimal("0.024360") + Decimal("7.60"),
        Decimal("8.27"),
        8,
    ),
    # prod in Europe: Haiku 4.5 by the eu profile (ten percent more), ElevenLabs, Ray 3.2 at 1080p.
    #   input    2,211 tokens     x $1.10 / 1,000,000  = $0.0024321   -> $0.002433
    #   output   942 tokens       x $5.50 / 1,000,000  = $0.005181
    #   speech   659 chars        x $180  / 1,000,000  = $0.11862
    #   footage  10+10+10+10+5 = 45 s x $0.318         = $14.31        (10 s are two blocks of 5 s)
    "europe": Video(
        "sleep-better-tonight",
        45,
        "prod",
        [
            *used("bedrock-claude-haiku-4-5", "eu", input_tokens=2_211, output_tokens=942),
            *used("elevenlabs-multilingual-v2", characters=659),
            *used("luma-ray-3-2", video_seconds_1080p=45),
        ],
        Decimal("0.002433") + Decimal("0.005181") + Decimal("0.118620") + Decimal("14.31"),
        Decimal("16.66"),
        15,
    ),
    # A fallback: a useless answer of GPT-6.2 Sol is billed, then Nova lite; Polly long-form; Ray 2.
    #   input    2,270 tokens     x $2    / 1,000,000  = $0.00454
    #   output   16 tokens        x $10   / 1,000,000  = $0.00016
    #   input    2,270 tokens     x $0.06 / 1,000,000  = $0.0001362   -> $0.000137
    #   output   761 tokens       x $0.24 / 1,000,000  = $0.00018264  -> $0.000183
    #   speech   2 x 490 chars    x $100  / 1,000,000  = $0.098
    #   footage  9+9+9+9+5 = 41 s x $1.50              = $61.50
    "fallback": Video(
        "why-the-sea-rises-twice-a-day",
        30,
        "staging",
        [
            *used("gpt-6-2-sol", input_tokens=2_270, output_tokens=16),
            *used("nova-lite", "us-east-1", input_tokens=2_270, output_tokens=761),
            *used("polly-long-form", "us-east-1", characters=980),
            *used("luma-ray2-bedrock", "us-west-2", video_seconds_720p=41),
        ],
        Decimal("0.004540")
        + Decimal("0.000160")
        + Decimal("0.000137")
        + Decimal("0.000183")
        + Decimal("0.098000")
        + Decimal("61.50"),
        Decimal("42.10"),
        -32,
    ),
}


def estimated(video: Video) -> ProductionEstimate:
    """What would have been said before: the models that were used, the first of each service."""
    models = {
        usage.service: MODELS[usage.model] for usage in reversed(video.usages) if usage.provider != "embedded"
    }

    def select(service: Service, requirements: Requirements) -> Route:
        assert requirements.language == "en"
        return Route(service=service, candidates=(Candidate(model=models[service], reason="named"),))

    brief = read_brief(BRIEFS / f"{video.brief}.md").model_copy(update={"duration_seconds": video.seconds})
    settings = load_environment(video.environment).settings
    # As these were made: what is longer than the model's longest shot was drawn.
    whole = settings.model_copy(update={"video": settings.video.model_copy(update={"most_pieces": 1})})
    return estimate_production(brief, whole, BOOK, select=select, shots=lambda scenes: scenes)


@pytest.mark.parametrize("name", VIDEOS)
def test_the_cost_is_what_it_is_by_hand_to_the_micro_dollar(name: str) -> None:
    video = VIDEOS[name]
    cost = calculate_generation_cost(video.usages, BOOK)
    assert Decimal(cost.generation_cost_usd) == video.worked
    assert sum(Decimal(line.cost_usd) for line in cost.cost_breakdown) == video.worked
    assert {(line.model, line.unit) for line in cost.cost_breakdown} == {
        (usage.model, usage.unit) for usage in video.usages
    }


@pytest.mark.parametrize("name", VIDEOS)
def test_the_estimate_and_its_error(name: str) -> None:
    video, said = VIDEOS[name], estimated(VIDEOS[name])
    expected = Decimal(said.expected_micro_usd) / 1_000_000
    assert (expected.quantize(Decimal("0.01")), round(100 * (expected / video.worked - 1))) == (
        video.estimate,
        video.error_percent,
    )
    assert said.low_micro_usd <= said.expected_micro_usd <= said.high_micro_usd
    assert video.worked <= Decimal(said.high_micro_usd) / 1_000_000
