"""What one attempt can use and cost at most, worked out before it is made.

Money is set aside by these figures, so each is an upper bound: a vendor bills no more for one attempt.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from typing import get_args

from reelwright.cost.errors import PriceUnknown
from reelwright.cost.manager import charge_lines, line_micro_usd
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ModelUsage, Price, Usage
from reelwright.cost.trusted import trusted
from reelwright.environment.schema import Aspect, Resolution
from reelwright.models.capability import allowed_resolution
from reelwright.models.catalogue import price_region
from reelwright.models.schema import (
    ContentCapabilities,
    ContentRequest,
    Model,
    ModelRequest,
    Requirements,
    ShotRequest,
    SpeechRequest,
)

__all__ = [
    "Estimator",
    "as_model_usage",
    "billed_seconds",
    "estimate_micro_usd",
    "estimate_required_micro_usd",
    "expected_usage",
    "longest_shot",
    "needs_second_request",
    "requirements_of",
    "video_unit",
]

_FRAMING_TOKENS = 1_000
"""What a vendor puts around a prompt: roles, and the instruction to keep to a schema."""

_TOKENS = ("input_tokens", "output_tokens")
_UNSTATED = ContentCapabilities()
_UNSTATED_SECONDS = 3_600
_PER_RESOLUTION = frozenset({"luma"})
_LUMA_ON_BEDROCK = "luma."


def estimate_micro_usd(
    model: Model, request: ModelRequest, book: PriceBook, ceiling_micro_usd: int | None = None
) -> int:
    """Return what one attempt costs at most, in micro-dollars.

    PriceUnknown without a valid price, unless a ceiling says what such a call is taken to cost: then the
    whole call costs that, however many units have no price.
    """
    return estimate_required_micro_usd(model, requirements_of(request), book, ceiling_micro_usd)


def estimate_required_micro_usd(
    model: Model, requirements: Requirements, book: PriceBook, ceiling_micro_usd: int | None = None
) -> int:
    """Return what one attempt costs at most that needs so much, before there is a request."""
    if model.free:
        return 0
    most, name, region = _most(model, requirements), model.name, price_region(model)
    try:
        return sum([line_micro_usd(quantity, book.price(name, unit, region)) for unit, quantity in most])
    except PriceUnknown:
        if ceiling_micro_usd is None:
            raise
        lines = charge_lines(_usages(model, most), book, ceiling_micro_usd=ceiling_micro_usd)
        return sum(line.micro_usd for line in lines)


@dataclass(frozen=True, slots=True)
class _TextRates:
    """What a writing model's tokens cost, and the most that it writes."""

    model: Model
    read: Price
    written: Price
    most_written: int

    def micro_usd(self, needed: Requirements) -> int:
        read, written = self.read, self.written
        tokens = min(needed.output_tokens or self.most_written, self.most_written)
        return -(-(needed.input_tokens or _FRAMING_TOKENS) * read.micro_usd // read.per) + -(
            -tokens * written.micro_usd // written.per
        )


class Estimator:
    """``estimate_required_micro_usd`` by one book, with the prices of writing models looked up once."""

    def __init__(self, book: PriceBook, ceiling_micro_usd: int | None = None) -> None:
        self._book = book
        self._ceiling_micro_usd = ceiling_micro_usd
        self._rates: dict[str, _TextRates] = {}

    def micro_usd(self, model: Model, needed: Requirements) -> int:
        """Return what one attempt costs at most that needs so much; PriceUnknown if nobody knows."""
        rates = self._rates.get(model.name)
        if rates is not None and rates.model is model:
            return rates.micro_usd(needed)
        amount = estimate_required_micro_usd(model, needed, self._book, self._ceiling_micro_usd)
        if model.service == "content" and not model.free:
            self._remember(model)
        return amount

    def _remember(self, model: Model) -> None:
        name, region = model.name, price_region(model)
        with suppress(PriceUnknown):
            read, written = (self._book.price(name, unit, region) for unit in _TOKENS)
            self._rates[name] = _TextRates(
                model, read, written, (model.content or _UNSTATED).max_output_tokens
            )


def expected_usage(model: Model, request: ModelRequest) -> tuple[ModelUsage, ...]:
    """Return the most that one attempt can use, in the units by which the model is priced.

    Text: one input token a byte, which no tokenizer of bytes exceeds, and all output tokens that may be asked
    for. Speech: every character, twice where word timings are a second billed request. Footage: the length
    rounded up to one that the model makes.
    """
    return _usages(model, _most(model, requirements_of(request)))


def as_model_usage(model: Model, usage: Usage) -> ModelUsage:
    """Return a usage with the model that it is of, and the region by which that is priced."""
    return ModelUsage(
        unit=usage.unit,
        quantity=usage.quantity,
        reported_micro_usd=usage.reported_micro_usd,
        service=model.service,
        provider=model.provider,
        model=model.name,
        region=price_region(model),
    )


def requirements_of(request: ModelRequest) -> Requirements:
    """Return what a request needs of a model."""
    return _last.of(request)


def billed_seconds(model: Model, seconds: float) -> int:
    """Return the length of the shot that is ordered, and billed, for so many seconds of footage.

    The longest that the model makes, if even that is too short: then it is no candidate.
    """
    lengths = model.video.durations_seconds if model.video else ()
    whole = max(1, ceil(round(seconds, 6)))
    return next((length for length in lengths if length >= whole), max(lengths, default=whole))


def longest_shot(model: Model) -> int:
    """Return the most seconds that the model makes in one shot; an hour for one that says nothing."""
    if model.video is None:
        return _UNSTATED_SECONDS
    return max(model.video.durations_seconds, default=model.video.max_seconds)


def video_unit(model: Model, resolution: Resolution) -> str:
    """Return the unit of footage: ``video_seconds``, with the resolution where the price depends on it."""
    if model.provider not in _PER_RESOLUTION and not model.vendor_id.startswith(_LUMA_ON_BEDROCK):
        return "video_seconds"
    made = allowed_resolution(model, resolution) or _highest(model, resolution)
    return f"video_seconds_{made}"


def needs_second_request(model: Model) -> bool:
    """Return whether word timings are asked for, and billed, apart: Polly's speech marks are."""
    return model.provider == "polly" and model.audio is not None and model.audio.word_timings == "exact"


def _usages(model: Model, most: Sequence[tuple[str, int]]) -> tuple[ModelUsage, ...]:
    return tuple(as_model_usage(model, Usage(unit=unit, quantity=quantity)) for unit, quantity in most)


def _most(model: Model, needed: Requirements) -> tuple[tuple[str, int], ...]:
    """Return units and the most of each that an attempt can use."""
    if model.service == "content":
        most = (model.content or _UNSTATED).max_output_tokens
        written = min(needed.output_tokens or most, most)
        return tuple(zip(_TOKENS, (needed.input_tokens or _FRAMING_TOKENS, written), strict=True))
    if model.service == "audio":
        times = 2 if needs_second_request(model) else 1
        return (("characters", times * (needed.characters or 0)),)
    unit = video_unit(model, needed.resolution or "720p")
    return ((unit, billed_seconds(model, needed.seconds or 1.0)),)


class _LastRequirements:
    """What was needed last: a route asks for it once for every candidate, and a prompt is long to count."""

    def __init__(self) -> None:
        self._last: tuple[ModelRequest, Requirements] | None = None

    def of(self, request: ModelRequest) -> Requirements:
        last = self._last
        if last is None or last[0] is not request:
            last = (request, _requirements(request))
            self._last = last
        return last[1]


_last = _LastRequirements()


def _requirements(request: ModelRequest) -> Requirements:
    if isinstance(request, ContentRequest):
        return _of_text(request)
    if isinstance(request, SpeechRequest):
        return Requirements(language=request.language, characters=_characters(request))
    if isinstance(request, ShotRequest):
        return Requirements(
            language=request.language,
            seconds=request.seconds,
            aspect=_aspect(request.width, request.height),
            resolution=_resolution(request),
        )
    return Requirements(language=request.language)


def _of_text(request: ContentRequest) -> Requirements:
    values = {
        "language": request.language,
        "seconds": None,
        "aspect": None,
        "resolution": None,
        "input_tokens": _input_tokens(request),
        "output_tokens": request.max_output_tokens,
        "characters": None,
        "allow_image": False,
    }
    return trusted(Requirements, values)


def _input_tokens(request: ContentRequest) -> int:
    prompt = "".join([message.text for message in request.messages])
    return len(prompt.encode()) + len(str(request.output_schema).encode()) + _FRAMING_TOKENS


def _characters(request: SpeechRequest) -> int:
    """Count UTF-16 units, as the widest count of any vendor, with replacements for what is said otherwise."""
    text = " ".join(request.passages)
    longer = sum(
        _units(said) * text.casefold().count(word.casefold())
        for word, said in request.pronunciations.items()
        if word
    )
    return _units(text) + longer + len(request.passages)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _aspect(width: int, height: int) -> Aspect:
    """Return the aspect nearest to a picture's; sizes are even numbers, so few are exact."""

    def distance(aspect: Aspect) -> float:
        across, down = map(int, aspect.split(":"))
        return abs(width / height - across / down)

    return min(get_args(Aspect), key=distance)


def _resolution(request: ShotRequest) -> Resolution:
    """Return the least resolution whose shorter side is no less than the picture's."""
    lines = min(request.width, request.height)
    known: tuple[Resolution, ...] = get_args(Resolution)
    return next((each for each in known if int(each.removesuffix("p")) >= lines), known[-1])


def _highest(model: Model, asked: Resolution) -> Resolution:
    made = model.video.resolutions if model.video else ()
    return max(made, key=lambda each: int(each.removesuffix("p")), default=asked)
