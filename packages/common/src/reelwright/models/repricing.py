"""What the same work would have cost at another model: real usages, priced again."""

from collections.abc import Iterable, Iterator
from math import ceil

from reelwright.cost.errors import PriceUnknown
from reelwright.cost.manager import charge_lines
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ChargeLine, ModelUsage, Usage
from reelwright.environment.schema import Resolution
from reelwright.models.catalogue import price_region
from reelwright.models.estimating import as_model_usage, billed_seconds, needs_second_request, video_unit
from reelwright.models.schema import Model

__all__ = ["repriced", "repriced_usages", "seconds_of"]

_CACHED = frozenset({"cache_read_tokens", "cache_write_tokens"})
_SECONDS = "video_seconds"


def repriced(
    model: Model, lines: Iterable[ChargeLine], was: Model, book: PriceBook, resolution: Resolution
) -> int:
    """Return what the work behind the lines, done by ``was``, would have cost at ``model``, in micro-dollars.

    PriceUnknown if the book does not say.
    """
    usages = repriced_usages(model, lines, was, book, resolution)
    return sum(line.micro_usd for line in charge_lines(usages, book))


def repriced_usages(
    model: Model, lines: Iterable[ChargeLine], was: Model, book: PriceBook, resolution: Resolution
) -> tuple[ModelUsage, ...]:
    """Return the lines as usages of another model.

    Text: as many tokens; those of a cache are plain input where the model has no price for them. Speech: as
    many characters, twice where word timings are a second billed request. Footage: each shot rounded up to a
    length that the model makes, in the unit of the resolution. What was billed is the upper end of what was
    needed, so footage is never taken to be shorter than it was.
    """
    usages = _OF_SERVICE[model.service](model, lines, was, book, resolution)
    return tuple(as_model_usage(model, usage) for usage in usages)


def seconds_of(lines: Iterable[ChargeLine]) -> int:
    """Return the longest shot among the lines, in seconds; 0 where nothing was shot."""
    return max((line.quantity for line in lines if line.unit.startswith(_SECONDS)), default=0)


def _content(
    model: Model, lines: Iterable[ChargeLine], _was: Model, book: PriceBook, _resolution: Resolution
) -> Iterator[Usage]:
    for line in lines:
        is_plain = line.unit in _CACHED and not _has_price(book, model, line.unit)
        yield Usage(unit="input_tokens" if is_plain else line.unit, quantity=line.quantity)


def _audio(
    model: Model, lines: Iterable[ChargeLine], was: Model, _book: PriceBook, _resolution: Resolution
) -> Iterator[Usage]:
    before, after = _requests(was), _requests(model)
    for line in lines:
        yield Usage(unit=line.unit, quantity=after * ceil(line.quantity / before))


def _video(
    model: Model, lines: Iterable[ChargeLine], _was: Model, _book: PriceBook, resolution: Resolution
) -> Iterator[Usage]:
    for line in lines:
        is_footage = line.unit.startswith(_SECONDS)
        quantity = billed_seconds(model, line.quantity) if is_footage and line.quantity else line.quantity
        yield Usage(unit=video_unit(model, resolution) if is_footage else line.unit, quantity=quantity)


def _requests(model: Model) -> int:
    return 2 if needs_second_request(model) else 1


def _has_price(book: PriceBook, model: Model, unit: str) -> bool:
    try:
        book.price(model.name, unit, price_region(model))
    except PriceUnknown:
        return False
    return True


_OF_SERVICE = {"content": _content, "audio": _audio, "video": _video}
