"""What a production cost: the part of the page that says so, and what the page says first if it is a mock."""

from collections.abc import Iterable, Iterator

from reelwright.cost.schema import CostLine, GenerationCost, format_usd
from reelwright.pipeline.report.foreseen import Difference, Foreseen
from reelwright.pipeline.report.markup import Html, element
from reelwright.pipeline.report.record import MOCK, ProductionRecord, mocked
from reelwright.production.schema import Production

__all__ = ["costs", "mock_notice"]

_NOTHING = "0.000000"


def mock_notice(production: Production) -> Html | None:
    """Return what stands at the top of a mock's page; None for a video as it was asked for."""
    decisions = mocked(production)
    if not decisions:
        return None
    places = ", ".join(dict.fromkeys(each.subject.removeprefix(MOCK) for each in decisions))
    engines = ", ".join(dict.fromkeys(each.chosen for each in decisions))
    reasons = dict.fromkeys(each.reason for each in decisions)
    return element(
        "section",
        element("h2", "Mock output: not for publication", id="mock"),
        element("p", f"{engines} stood in for paid models ({places})."),
        element("ul", (element("li", reason, dir="auto") for reason in reasons)),
        class_="notice mock",
        aria_labelledby="mock",
    )


def costs(record: ProductionRecord, foreseen: Foreseen | None = None) -> Html:
    """Return the total with its breakdown, what is uncertain or was in vain, and what was expected."""
    cost = record.cost
    return element(
        "section",
        element("h2", "Cost", id="costs"),
        element("p", f"${cost.generation_cost_usd}", class_="total"),
        element("dl", _parts(cost), class_="pairs") if _has_parts(cost) else None,
        _table(cost.cost_breakdown)
        if cost.cost_breakdown
        else element("p", "Nothing was charged.", class_="quiet"),
        _expected(record, foreseen) if foreseen else None,
        class_="card costs",
        aria_labelledby="costs",
    )


def _has_parts(cost: GenerationCost) -> bool:
    return cost.unknown_usd != _NOTHING or cost.failed_usd != _NOTHING


def _parts(cost: GenerationCost) -> Iterator[Html]:
    if cost.unknown_usd != _NOTHING:
        yield _pair("Not known yet", f"${cost.unknown_usd} of it may not have been spent")
    if cost.failed_usd != _NOTHING:
        yield _pair("In vain", f"${cost.failed_usd} of it for attempts that failed and were billed")


def _table(lines: Iterable[CostLine]) -> Html:
    names = ("Service", "Model", "Used", "Cost")
    return element(
        "table",
        element("thead", element("tr", (element("th", name, scope="col") for name in names))),
        element("tbody", map(_row, lines)),
        aria_label="Cost breakdown",
    )


def _row(line: CostLine) -> Html:
    used = f"{line.quantity:,} {line.unit.replace('_', ' ')}"
    return element(
        "tr",
        element("td", line.service, data_label="Service"),
        element("td", line.model, data_label="Model", dir="auto"),
        element("td", used, data_label="Used", class_="number"),
        element("td", f"${line.cost_usd}", data_label="Cost", class_="number"),
    )


def _expected(record: ProductionRecord, foreseen: Foreseen) -> Html:
    """Return what was expected, and each reason why it became something else."""
    estimate = foreseen.estimate
    differences = foreseen.differences(record.production.charges)
    span = f"${format_usd(estimate.low_micro_usd)} to ${format_usd(estimate.high_micro_usd)}"
    return element(
        "details",
        element("summary", f"Expected ${format_usd(estimate.expected_micro_usd)}"),
        element("p", f"From {span}, if every call is answered the first time.", class_="quiet"),
        element("ul", map(_difference, differences), class_="choices")
        if differences
        else element("p", "It cost what was expected.", class_="quiet"),
        open=bool(differences),
    )


def _difference(difference: Difference) -> Html:
    sign = "+" if difference.micro_usd > 0 else "−"  # noqa: RUF001 (the minus sign of typography)
    return element(
        "li",
        element(
            "p",
            element("span", difference.service, class_="subject"),
            element("strong", f"{sign}${format_usd(abs(difference.micro_usd))}"),
        ),
        element("p", difference.reason, class_="reason", dir="auto"),
    )


def _pair(label: str, value: str) -> Html:
    return element("div", element("dt", label), element("dd", value))
