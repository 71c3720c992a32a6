"""What a production was expected to cost, and why it cost something else, line by line.

The estimate is worked out anew, from the settings that the production pinned and the prices of the day on
which it was begun, instead of being stored: a production of an earlier version has one too, and both sides of
the comparison are of the same prices. How the models were doing on that day is not known any more, so all are
taken to have been well; whoever was not shows as another model that answered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reelwright.cost.errors import PricesInvalid, PriceUnknown
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ChargeLine, ModelUsage, Service
from reelwright.environment.schema import Settings
from reelwright.models.catalogue import load_catalogue
from reelwright.models.errors import CatalogueInvalid, NoModelAvailable
from reelwright.models.forecast import ProductionEstimate, ServiceEstimate, estimate_production
from reelwright.models.repricing import repriced, repriced_usages
from reelwright.models.schema import Frozen, Model
from reelwright.pipeline.report.markup import counted
from reelwright.pipeline.report.planning import Planner, credentials_of, price_ceiling
from reelwright.production.schema import Brief
from reelwright.video.footage_sources import shots_of

__all__ = ["Difference", "Foreseen", "foresee"]


class Difference(Frozen):
    """One reason why a service cost another amount than expected."""

    service: Service
    micro_usd: int
    """By how much it cost more; below zero if it cost less."""
    reason: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a production was expected to cost, and what it was worked out from."""

    estimate: ProductionEstimate
    planner: Planner

    def differences(self, charges: Iterable[ChargeLine]) -> tuple[Difference, ...]:
        """Return why the bill is another than expected. They add up to all of the difference."""
        by_service: dict[Service, list[ChargeLine]] = defaultdict(list)
        for line in charges:
            by_service[line.service].append(line)
        return tuple(
            difference
            for each in self.estimate.services
            for difference in _Comparison(each, by_service[each.service], self.planner).differences()
            if difference.micro_usd
        )


def foresee(
    brief: Brief, settings: Settings, on: date, catalogue: tuple[Model, ...] | None = None
) -> Foreseen | None:
    """Return what a production of this brief was expected to cost on a day; None if nobody could say.

    ``catalogue`` is used instead of the bundled one with the settings' corrections.
    """
    try:
        planner = Planner(
            settings,
            load_catalogue(settings.catalog) if catalogue is None else catalogue,
            PriceBook.bundled(on=on, overrides=settings.catalog.prices),
            credentials_of(settings),
        )
        estimate = estimate_production(
            brief,
            settings,
            planner.book,
            select=planner.select,
            shots=shots_of(brief, settings.video),
            ceiling_micro_usd=price_ceiling(settings),
        )
    except (NoModelAvailable, PriceUnknown, PricesInvalid, CatalogueInvalid):
        return None
    return Foreseen(estimate, planner)


class _Comparison:
    """One service: what was expected beside its bill."""

    def __init__(self, expected: ServiceEstimate, lines: Sequence[ChargeLine], planner: Planner) -> None:
        self._expected = expected
        self._planner = planner
        self._models = {model.name: model for model in planner.catalogue}
        self._in_vain = [line for line in lines if line.failed]
        self._unknown = [line for line in lines if line.state == "unknown" and not line.failed]
        self._useful = [line for line in lines if not line.failed and line.state == "settled"]

    def differences(self) -> Iterator[Difference]:
        """Yield the reasons; what is nothing is nothing."""
        yield self._said(_sum(self._in_vain), f"attempts that failed and were billed{_by(self._in_vain)}")
        yield self._said(_sum(self._unknown), f"charges whose outcome nobody knows yet{_by(self._unknown)}")
        alike = 0
        for name, lines in _by_model(self._useful).items():
            as_expected = self._as_expected(lines)
            alike += as_expected
            yield self._said(_sum(lines) - as_expected, self._why(name))
        yield self._said(alike - self._expected.expected_micro_usd, self._amounts())

    def _as_expected(self, lines: Sequence[ChargeLine]) -> int:
        """Return what the lines come to at the model and the prices of the estimate."""
        foreseen, was = self._models[self._expected.model], self._models.get(lines[0].model)
        if was is None:
            return _sum(lines)
        if foreseen.free or was.free:
            return 0
        try:
            resolution = self._planner.settings.video.resolution
            return repriced(foreseen, lines, was, self._planner.book, resolution)
        except PriceUnknown:
            return _sum(lines)

    def _why(self, name: str) -> str:
        expected = self._expected.model
        if name == expected:
            return f"{name} was billed at other prices than the book's"
        return f"{name} answered instead of {expected}"

    def _amounts(self) -> str:
        used, foreseen = _amount(self._as_used()), _amount(self._expected.expected)
        drawn = sum(self._models[line.model].free for line in self._useful if line.model in self._models)
        ours = f"; {counted(drawn, 'call')} answered by engines of ours" if drawn else ""
        return f"{used or 'nothing'} rather than {foreseen or 'nothing'}{ours}"

    def _as_used(self) -> Iterator[ChargeLine | ModelUsage]:
        """Yield what was used, counted as the model of the estimate counts; what was free is left out."""
        foreseen, resolution = self._models[self._expected.model], self._planner.settings.video.resolution
        for name, lines in _by_model(self._useful).items():
            was = self._models.get(name)
            if was is None or foreseen.free:
                yield from lines
            elif not was.free:
                yield from repriced_usages(foreseen, lines, was, self._planner.book, resolution)

    def _said(self, micro_usd: int, reason: str) -> Difference:
        return Difference(service=self._expected.service, micro_usd=micro_usd, reason=reason)


def _sum(lines: Iterable[ChargeLine]) -> int:
    return sum(line.micro_usd for line in lines)


def _by(lines: Sequence[ChargeLine]) -> str:
    names = ", ".join(dict.fromkeys(line.model for line in lines))
    return f" ({names})" if names else ""


def _by_model(lines: Iterable[ChargeLine]) -> dict[str, list[ChargeLine]]:
    grouped: dict[str, list[ChargeLine]] = defaultdict(list)
    for line in lines:
        grouped[line.model].append(line)
    return grouped


def _amount(used: Iterable[ChargeLine | ModelUsage]) -> str:
    """Return what was bought, such as ``1,200 input tokens, 90 output tokens``, without what was free."""
    counted: dict[str, int] = defaultdict(int)
    for each in used:
        if each.quantity and not (isinstance(each, ChargeLine) and each.micro_usd == 0):
            counted[each.unit] += each.quantity
    return ", ".join(f"{quantity:,} {unit.replace('_', ' ')}" for unit, quantity in counted.items())
