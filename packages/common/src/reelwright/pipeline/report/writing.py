"""What is thought of the script: its score, part by part, and what in it somebody should look at."""

from collections.abc import Sequence

from reelwright.pipeline.report.markup import Html, element
from reelwright.production.assessment import Finding, QualityPart
from reelwright.production.schema import Script

__all__ = ["section"]


def section(script: Script) -> Html | None:
    """Return the assessment of a script with its other titles; nothing for records of earlier versions."""
    assessment = script.assessment
    if assessment is None:
        return None
    titles = script.seo.title_variants
    return element(
        "section",
        element("h2", f"Script: {assessment.score} of 100", id="writing"),
        element("p", f"Draft {assessment.draft}, held to the strategy for {assessment.strategy} topics."),
        element("ul", map(_part, assessment.parts), class_="choices"),
        _listed("To look at", assessment.findings),
        element(
            "details",
            element("summary", "Other titles"),
            element("ul", (element("li", title, dir="auto") for title in titles)),
        )
        if titles
        else None,
        aria_labelledby="writing",
    )


def _part(part: QualityPart) -> Html:
    return element(
        "li", element("strong", f"{part.name} {part.score:.0%}"), f" weighs {part.weight}: {part.found}"
    )


def _listed(summary: str, findings: Sequence[Finding]) -> Html | None:
    if not findings:
        return None
    return element(
        "details",
        element("summary", f"{summary}: {len(findings)}"),
        element("ul", (element("li", _told(each), dir="auto") for each in findings)),
        open=True,
    )


def _told(finding: Finding) -> str:
    where = f"Scene {finding.scene}" if finding.scene else "Around the video"
    return f"{where}: {finding.what}"
