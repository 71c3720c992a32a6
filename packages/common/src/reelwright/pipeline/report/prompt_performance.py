"""How the prompts of a production did in those before it, so that this one can be seen beside them."""

from collections.abc import Iterable, Iterator, Sequence

from reelwright.cost.schema import format_usd
from reelwright.pipeline.report.markup import Html, element
from reelwright.production.prompts import PromptRecord
from reelwright.prompts.performance import Interval, PromptPerformance

__all__ = ["performance_section"]

_MOST = 8
"""Of versions and variants that are shown; the ones used last come first."""


def performance_section(records: Iterable[PromptRecord], so_far: Sequence[PromptPerformance]) -> Html | None:
    """Return the section; None if no production before this one said these prompts to a model."""
    if not so_far:
        return None
    used = {(record.file, record.version, record.variant) for record in records}
    return element(
        "section",
        element("h2", "Prompts until now", id="prompts-until-now"),
        element("ul", (_variant(one, used) for one in so_far[:_MOST]), class_="choices"),
        element("p", "Ranges hold in 95 of 100 cases. This production is not among them.", class_="quiet"),
        class_="card prompts",
        aria_labelledby="prompts-until-now",
    )


def _variant(one: PromptPerformance, used: set[tuple[str, str, str]]) -> Html:
    here = " (this production's)" if (one.prompt, one.version, one.variant) in used else ""
    return element(
        "li",
        element(
            "p",
            element("span", f"{one.prompt} {one.version}{here}", class_="subject"),
            element("strong", f"variant {one.variant}"),
            dir="auto",
        ),
        element("p", "; ".join(_told(one)), class_="reason", dir="auto"),
    )


def _told(one: PromptPerformance) -> Iterator[str]:
    yield "used once" if one.exposures == 1 else f"used {one.exposures:,} times"
    if one.accepted_share:
        yield f"first answer kept {_range(one.accepted_share)}"
    if one.rejected or one.fell_back:
        yield f"{one.fell_back:,} by another model, {one.rejected:,} without any answer that could be kept"
    yield f"${format_usd(one.mean_micro_usd)} each"
    if one.p50_seconds is not None and one.p95_seconds is not None:
        yield f"{one.p50_seconds:.1f} s, 95 of 100 within {one.p95_seconds:.1f} s"
    if one.score:
        yield f"quality {one.score.value:.3f} ({one.score.low:.3f} to {one.score.high:.3f}) of {one.scored:,}"


def _range(share: Interval) -> str:
    return f"{share.value:.0%} of times ({share.low:.0%} to {share.high:.0%})"
