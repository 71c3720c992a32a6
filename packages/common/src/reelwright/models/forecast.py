"""What a whole production would cost, before anything of it is made: `reelwright cost estimate`.

The shares were measured on the sample briefs with the embedded writer (``tests/unit/models/test_forecast.py``
holds them to it): 14.2 characters of narration a second at 165 words a minute, scenes of about 8 seconds, and
a script of about 1,100 characters and four and a half times its narration.
"""

from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Protocol

from reelwright.cost.manager import charge_lines
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ChargeLine, Service, Usage
from reelwright.environment.schema import Aspect, Resolution, Settings
from reelwright.models.estimating import (
    as_model_usage,
    billed_seconds,
    expected_usage,
    needs_second_request,
    requirements_of,
    video_unit,
)
from reelwright.models.schema import (
    ContentCapabilities,
    ContentRequest,
    Frozen,
    Message,
    Model,
    ModelRequest,
    Requirements,
    Route,
    SpeechRequest,
)

__all__ = ["Asked", "ProductionEstimate", "Select", "ServiceEstimate", "estimate_production"]

_SCENE_SECONDS = 8.0
_SHORTEST_SCENE, _LONGEST_SCENE = 4.0, 15.0
_CHARACTERS_PER_WORD = 5.2
_SCRIPT_CHARACTERS, _SCRIPT_PER_NARRATION = 1_100, 4.5
_PROMPT_BYTES = 8_000
"""Of the instruction and the schema of a script."""
_CHARACTERS_PER_TOKEN = 4.0
_LOW, _HIGH = 0.85, 1.25
"""Shares of the expected text between which it mostly falls."""


class Asked(Protocol):
    """What counts of a brief."""

    @property
    def topic(self) -> str:
        """Return what it is about."""
        ...

    @property
    def notes(self) -> str:
        """Return what the script rests on."""
        ...

    @property
    def duration_seconds(self) -> int:
        """Return the asked length."""
        ...

    @property
    def aspect(self) -> Aspect:
        """Return the shape of the picture."""
        ...

    @property
    def language(self) -> str:
        """Return the language of the narration."""
        ...


Select = Callable[[Service, Requirements], Route]
"""What chooses the models, such as ``AIModelManager.select``: the first candidate would be asked."""


class ServiceEstimate(Frozen):
    """What one service would cost, and by which model. Amounts are micro-dollars."""

    service: Service
    model: str
    calls: int
    low_micro_usd: int
    expected_micro_usd: int
    high_micro_usd: int
    """No call, made once, costs more: what would be set aside for all of them."""
    expected: tuple[ChargeLine, ...]
    """The bill that is expected, as it would be written."""


class ProductionEstimate(Frozen):
    """What a production would cost, and what was assumed."""

    services: tuple[ServiceEstimate, ...]
    assumptions: tuple[str, ...]
    price_book: str
    """The version of the prices."""

    @property
    def low_micro_usd(self) -> int:
        """The least that is likely."""
        return sum(each.low_micro_usd for each in self.services)

    @property
    def expected_micro_usd(self) -> int:
        """The middle."""
        return sum(each.expected_micro_usd for each in self.services)

    @property
    def high_micro_usd(self) -> int:
        """The most, if no call has to be repeated."""
        return sum(each.high_micro_usd for each in self.services)


class _Bill:
    """Prices usages of one model by one book."""

    def __init__(self, model: Model, book: PriceBook, ceiling_micro_usd: int | None) -> None:
        self.model = model
        self._book = book
        self._ceiling = ceiling_micro_usd

    def lines(self, *usages: Usage) -> tuple[ChargeLine, ...]:
        used = [as_model_usage(self.model, usage) for usage in usages]
        return charge_lines(used, self._book, ceiling_micro_usd=self._ceiling)

    def micro_usd(self, *usages: Usage) -> int:
        return sum(line.micro_usd for line in self.lines(*usages))

    def most(self, request: ModelRequest) -> int:
        return self.micro_usd(
            *(Usage(unit=u.unit, quantity=u.quantity) for u in expected_usage(self.model, request))
        )


def estimate_production(
    brief: Asked,
    settings: Settings,
    book: PriceBook,
    *,
    select: Select,
    ceiling_micro_usd: int | None = None,
) -> ProductionEstimate:
    """Return what a production of this brief would cost under these settings.

    NoModelAvailable if a service has no model; PriceUnknown without a price, unless a ceiling is given.
    """

    def bill(service: Service, requirements: Requirements) -> _Bill:
        return _Bill(select(service, requirements).candidates[0].model, book, ceiling_micro_usd)

    written = _script_request(brief)
    spoken = _speech_request(brief, settings, _HIGH)
    shot = Requirements(
        language=brief.language,
        seconds=_SCENE_SECONDS,
        aspect=brief.aspect,
        resolution=settings.video.resolution,
    )
    return ProductionEstimate(
        services=(
            _content(bill("content", requirements_of(written)), brief, settings, written),
            _audio(bill("audio", requirements_of(spoken)), brief, settings, spoken),
            _video(bill("video", shot), brief, settings.video.resolution),
        ),
        assumptions=_assumptions(brief, settings),
        price_book=book.version,
    )


def _content(bill: _Bill, brief: Asked, settings: Settings, request: ContentRequest) -> ServiceEstimate:
    read = ceil((_PROMPT_BYTES + len(brief.notes)) / _CHARACTERS_PER_TOKEN)
    characters = _SCRIPT_CHARACTERS + _SCRIPT_PER_NARRATION * _narration_characters(brief, settings)
    most = (bill.model.content or ContentCapabilities()).max_output_tokens
    written = min(characters / _CHARACTERS_PER_TOKEN, most)

    def usages(share: float) -> tuple[Usage, Usage]:
        return (
            Usage(unit="input_tokens", quantity=ceil(read * share)),
            Usage(unit="output_tokens", quantity=ceil(written * share)),
        )

    return _estimate(bill, 1, usages(_LOW), usages(1.0), bill.most(request))


def _audio(bill: _Bill, brief: Asked, settings: Settings, request: SpeechRequest) -> ServiceEstimate:
    times = 2 if needs_second_request(bill.model) else 1
    characters = times * _narration_characters(brief, settings)

    def usage(share: float) -> Usage:
        return Usage(unit="characters", quantity=ceil(characters * share))

    return _estimate(bill, times, (usage(_LOW),), (usage(1.0),), bill.most(request))


def _video(bill: _Bill, brief: Asked, resolution: Resolution) -> ServiceEstimate:
    unit = video_unit(bill.model, resolution)
    totals = [_seconds_in_all(bill.model, brief, length) for length in _scene_lengths(bill.model)]
    expected = Usage(unit=unit, quantity=_seconds_in_all(bill.model, brief, _SCENE_SECONDS))
    scenes = _scenes(brief, _SCENE_SECONDS)
    high = bill.micro_usd(Usage(unit=unit, quantity=max(totals)))
    return _estimate(bill, scenes, (Usage(unit=unit, quantity=min(totals)),), (expected,), high)


def _estimate(
    bill: _Bill, calls: int, low: tuple[Usage, ...], expected: tuple[Usage, ...], high_micro_usd: int
) -> ServiceEstimate:
    return ServiceEstimate(
        service=bill.model.service,
        model=bill.model.name,
        calls=calls,
        low_micro_usd=bill.micro_usd(*low),
        expected_micro_usd=bill.micro_usd(*expected),
        high_micro_usd=high_micro_usd,
        expected=bill.lines(*expected),
    )


def _narration_characters(brief: Asked, settings: Settings) -> float:
    return brief.duration_seconds * settings.audio.words_per_minute / 60 * _CHARACTERS_PER_WORD


def _scenes(brief: Asked, length: float) -> int:
    return ceil(brief.duration_seconds / length)


def _seconds_in_all(model: Model, brief: Asked, length: float) -> int:
    """Return the seconds that are ordered when all scenes have about this length."""
    scenes = _scenes(brief, length)
    return scenes * billed_seconds(model, brief.duration_seconds / scenes)


def _scene_lengths(model: Model) -> tuple[float, ...]:
    """Return the scene lengths that are thought possible and that the model can make."""
    most = model.video.max_seconds if model.video else _LONGEST_SCENE
    longest = max(_SCENE_SECONDS, min(_LONGEST_SCENE, most))
    return tuple(_SHORTEST_SCENE + step / 2 for step in range(int(2 * (longest - _SHORTEST_SCENE)) + 1))


def _script_request(brief: Asked) -> ContentRequest:
    text = "x" * _PROMPT_BYTES + brief.topic + brief.notes
    return ContentRequest(
        idempotency_key="estimate/",
        seed=0,
        language=brief.language,
        task="write_script",
        messages=(Message(role="user", text=text),),
        variables={},
        output_schema={},
    )


def _speech_request(brief: Asked, settings: Settings, share: float) -> SpeechRequest:
    return SpeechRequest(
        idempotency_key="estimate/",
        seed=0,
        language=brief.language,
        passages=("x" * ceil(share * _narration_characters(brief, settings)),),
        voice=settings.audio.voice,
        work_dir=Path(),
    )


def _assumptions(brief: Asked, settings: Settings) -> tuple[str, ...]:
    scenes, pace = _scenes(brief, _SCENE_SECONDS), settings.audio.words_per_minute
    characters = _narration_characters(brief, settings)
    return (
        f"{brief.duration_seconds} s at {pace} words a minute: {characters:,.0f} characters of narration",
        f"{scenes} scenes of about {_SCENE_SECONDS:.0f} s in {settings.video.resolution}, {brief.aspect}",
        f"low and high: scenes of {_SHORTEST_SCENE:.0f} to {_LONGEST_SCENE:.0f} s, if the model makes them",
        "each call answered by the first model that would be asked, the first time, and nothing cached",
        "high is what would be set aside for the calls: all the tokens and characters that they may use",
    )
