"""What a whole production would cost, before anything of it is made: `reelwright cost estimate`.

The shares were measured on the sample briefs with the embedded writer (``tests/unit/models/test_forecast.py``
holds them to it): 14.2 characters of narration a second at 165 words a minute, scenes of about 7 seconds,
and a script of about 1,300 characters and 4.8 times its narration.
"""

from collections.abc import Callable, Iterator
from math import ceil, inf
from pathlib import Path
from typing import Protocol

from reelwright.cost.manager import charge_lines
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ChargeLine, Service, Usage
from reelwright.environment.schema import Aspect, Settings, VideoSettings
from reelwright.models.estimating import (
    as_model_usage,
    billed_seconds,
    expected_usage,
    longest_shot,
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

__all__ = ["Asked", "ProductionEstimate", "Select", "ServiceEstimate", "Shots", "estimate_production"]

_SCENE_SECONDS = 7.0
_SCENES_A_MINUTE = (
    (4, 0.7),
    (5, 1.1),
    (6, 2.0),
    (7, 1.6),
    (8, 0.8),
    (9, 0.8),
    (10, 0.8),
    (11, 0.4),
    (13, 0.2),
    (15, 0.3),
)
"""Lengths of scenes in seconds, rounded up, and how many there are of each in a minute."""
_SCENES = sum(number for _, number in _SCENES_A_MINUTE)
_LISTED_SECONDS = sum(length * number for length, number in _SCENES_A_MINUTE)
_CHARACTERS_PER_WORD = 5.2
_SCRIPT_CHARACTERS, _SCRIPT_PER_NARRATION = 1_300, 4.8
_PROMPT_BYTES = 15_000
"""Of the longest prompt of a script, the strategy of its topic, and its schema."""
_CHARACTERS_PER_TOKEN = 4.0
_LOW, _HIGH = 0.75, 1.25
"""Shares of what is expected between which it mostly falls."""


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


Shots = Callable[[int], int]
"""Of so many scenes, for how many the models' route is asked: others are drawn by ours, or brought."""


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
    shots: Shots,
    ceiling_micro_usd: int | None = None,
) -> ProductionEstimate:
    """Return what a production of this brief would cost under these settings.

    NoModelAvailable if a service has no model; PriceUnknown without a price, unless a ceiling is given.
    """

    def bill(service: Service, requirements: Requirements, *, ours: bool = False) -> _Bill:
        models = [each.model for each in select(service, requirements).candidates]
        free = next((model for model in models if model.free), models[0])
        return _Bill(free if ours else models[0], book, ceiling_micro_usd)

    written = _script_request(brief)
    spoken = _speech_request(brief, settings, _HIGH)
    shot = Requirements(
        language=brief.language,
        seconds=_SCENE_SECONDS,
        aspect=brief.aspect,
        resolution=settings.video.resolution,
    )
    writer = bill("content", requirements_of(written))
    speaker = bill("audio", requirements_of(spoken))
    scenes = max(1, round(_SCENES * brief.duration_seconds / 60))
    paid = shots(scenes)
    footage = bill("video", shot, ours=not paid)
    return ProductionEstimate(
        services=(
            _content(writer, brief, settings, written),
            _audio(speaker, brief, settings, spoken),
            _video(footage, brief, settings.video, 1.0 if footage.model.free else paid / scenes),
        ),
        assumptions=(*_assumptions(brief, settings, footage.model), *_not_shot(scenes, scenes - paid)),
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


def _video(bill: _Bill, brief: Asked, said: VideoSettings, share: float) -> ServiceEstimate:
    """Return what footage costs of which a model is asked for a share of the scenes."""
    unit = video_unit(bill.model, said.resolution)
    minutes = brief.duration_seconds / 60
    made = [(length, number * minutes) for length, number in _shots(bill.model, said.most_pieces)]
    seconds = share * sum(number * billed_seconds(bill.model, length) for length, number in made)
    alike = max(_if_alike(bill.model, brief, length) for length, _ in made)
    most = max(seconds, alike * min(1.0, share * _HIGH))

    def usage(quantity: float) -> Usage:
        return Usage(unit=unit, quantity=ceil(quantity))

    calls = ceil(share * sum(number for _, number in made))
    return _estimate(bill, calls, (usage(seconds * _LOW),), (usage(seconds),), bill.micro_usd(usage(most)))


def _shots(model: Model, most_pieces: int) -> Iterator[tuple[float, float]]:
    """Yield the lengths of shots that are ordered, and how many of each in a minute.

    A scene that is longer than the model's longest shot is ordered in pieces, if they are not too many.
    """
    for length, number in _SCENES_A_MINUTE:
        pieces = ceil(length / longest_shot(model))
        if pieces <= most_pieces:
            yield length / pieces, number * pieces


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


def _if_alike(model: Model, brief: Asked, length: float) -> int:
    """Return the seconds that are ordered when all scenes have this length."""
    scenes = ceil(brief.duration_seconds / length)
    return scenes * billed_seconds(model, brief.duration_seconds / scenes)


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


def _assumptions(brief: Asked, settings: Settings, shooter: Model) -> tuple[str, ...]:
    pace, characters = settings.audio.words_per_minute, _narration_characters(brief, settings)
    return (
        f"{brief.duration_seconds} s at {pace} words a minute: {characters:,.0f} characters of narration",
        f"scenes in {settings.video.resolution}, {brief.aspect}, of about 7 s as in the sample briefs",
        *_too_long(shooter, settings.video.most_pieces),
        "each call answered by the first model that would be asked, the first time, and nothing cached",
        "high: all tokens and characters that the calls may use, and all of the time shot",
    )


def _not_shot(scenes: int, drawn: int) -> tuple[str, ...]:
    if not drawn:
        return ()
    return (f"{drawn} of about {scenes} scenes drawn by an engine of ours, which is free, or brought",)


def _too_long(shooter: Model, most_pieces: int) -> tuple[str, ...]:
    most = longest_shot(shooter)
    return (
        *_of_the_time(most, most * most_pieces, "ordered in pieces"),
        *_of_the_time(most * most_pieces, inf, "drawn by an engine of ours, which is free"),
    )


def _of_the_time(above: float, to: float, what: str) -> tuple[str, ...]:
    share = sum(length * number for length, number in _SCENES_A_MINUTE if above < length <= to)
    return (f"scenes above {above} s ({share / _LISTED_SECONDS:.0%} of the time) {what}",) if share else ()
