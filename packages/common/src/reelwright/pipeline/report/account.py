"""The lower half of the page: how it was made, what was decided and checked."""

import json
from collections.abc import Iterable, Iterator, Sequence

from reelwright.pipeline.report.markup import Html, counted, element, timecode
from reelwright.pipeline.report.outcomes import outcome_line
from reelwright.pipeline.report.record import ProductionRecord
from reelwright.production.schema import Check, Decision, Publication, StepRecord
from reelwright.upload.outcomes import OutcomePoint

__all__ = ["brief", "checks", "decisions", "publications", "raw_record", "timeline"]

_OPEN_UP_TO = 4
"""Steps with more decisions than this start folded."""


def timeline(steps: Sequence[StepRecord]) -> Html:
    """Return the steps as bars on one axis of working seconds; waiting in between is not on it."""
    total = sum(step.seconds for step in steps)
    return _section(
        "steps",
        "Steps",
        element("ol", _bars(steps, total or 1.0), class_="bars"),
        element("p", _work_note(total), class_="quiet"),
    )


def _work_note(total: float) -> str:
    return f"{total:.1f} s of work. Scenes made side by side are added up; waiting is not counted."


def checks(all_checks: Sequence[Check]) -> Html:
    """Return every check of the review: what was found against what is allowed."""
    failed = sum(not check.passed for check in all_checks)
    verdict = f"{failed} of {len(all_checks)} failed" if failed else f"All {len(all_checks)} passed"
    return _section(
        "review",
        "Review",
        element("p", verdict, class_="verdict bad" if failed else "verdict good"),
        element("ul", (_check(check) for check in all_checks), class_="checks"),
    )


def decisions(steps: Sequence[StepRecord]) -> Html:
    """Return what was decided in every step, and what was passed over."""
    others = [_title(step.name) for step in steps if not step.decisions]
    note = (
        element("p", f"Nothing was left to decide in: {', '.join(others)}.", class_="step quiet")
        if others
        else None
    )
    return _section("decisions", "Decisions", (_decisions_of(step) for step in steps if step.decisions), note)


def publications(published: Sequence[Publication], outcomes: Sequence[OutcomePoint] = ()) -> Html | None:
    """Return where the video can be seen, and how it did there, as far as that was told.

    Places are text: an address from outside is no link.
    """
    if not published:
        return None
    told = {(point.platform, point.remote_id): point for point in outcomes}
    items = (
        element(
            "li",
            element("strong", publication.platform),
            element("span", publication.location, class_="code", dir="auto"),
            element(
                "span",
                f"{publication.published_at:%Y-%m-%d %H:%M} UTC, as {publication.remote_id}",
                class_="quiet",
                dir="auto",
            ),
            _outcome(told.get((publication.platform, publication.remote_id))),
        )
        for publication in published
    )
    return _section("publications", "Published", element("ul", items, class_="places"))


def _outcome(point: OutcomePoint | None) -> Html | None:
    return element("span", outcome_line(point), dir="auto") if point else None


def brief(record: ProductionRecord) -> Html:
    """Return what was asked for."""
    asked = record.production.brief
    return _section(
        "brief",
        "Brief",
        element(
            "dl",
            _pair("Topic", asked.topic),
            _pair("Audience", asked.audience),
            _pair("Language, style", f"{asked.language}, {asked.style}"),
            _pair("Platforms", ", ".join(asked.platforms)),
            _pair("Asked length", f"{asked.duration_seconds} s, {asked.aspect}"),
            class_="pairs",
        ),
        _folded("Notes", asked.notes) if asked.notes else None,
    )


def raw_record(record: ProductionRecord) -> Html:
    """Return the record as JSON, without the single words of the narration: they have a file."""
    data = record.model_dump(mode="json")
    data["narration"]["words"] = f"{len(record.narration.words)} words, listed in production.json"
    return _section(
        "record", "Record", _folded("production.json", json.dumps(data, indent=2, ensure_ascii=False))
    )


def _section(name: str, title: str, *children: object) -> Html:
    return element(
        "section", element("h2", title, id=name), *children, class_=f"card {name}", aria_labelledby=name
    )


def _bars(steps: Iterable[StepRecord], total: float) -> Iterator[Html]:
    start = 0.0
    for step in steps:
        place = f"margin-left:{start / total:.3%};width:{step.seconds / total:.3%}"
        yield element(
            "li",
            element("span", _title(step.name), class_="name"),
            element("span", f"{step.seconds:.2f} s", class_="number"),
            element(
                "span", element("span", style=place, class_=step.status), class_="rail", aria_hidden="true"
            ),
            element("span", _step_note(step), class_="note", dir="auto"),
        )
        start += step.seconds


def _step_note(step: StepRecord) -> str:
    parts: list[str] = [step.status]
    if step.items_total > 1:
        parts.append(f"{step.items_done} of {step.items_total}")
    if (repeats := step.attempts - max(1, step.items_total)) > 0:
        parts.append(counted(repeats, "repeat"))
    if step.error:
        parts.append(str(step.error.get("message", "")))
    return ", ".join(parts)


def _check(check: Check) -> Html:
    place = f" at {timecode(check.at_seconds)}" if check.at_seconds is not None else ""
    return element(
        "li",
        element("span", "✓" if check.passed else "✗", class_="sign", aria_hidden="true"),
        element("span", check.name.replace("_", " "), class_="name"),
        element("span", "passed" if check.passed else "failed", class_="unseen"),
        element("span", f"{check.found}{place}", class_="found", dir="auto"),
        element("span", f"allowed: {check.allowed}", class_="allowed", dir="auto"),
        class_="good" if check.passed else "bad",
    )


def _decisions_of(step: StepRecord) -> Html:
    count = len(step.decisions)
    amount = element("span", counted(count, "decision"), class_="quiet")
    return element(
        "details",
        element("summary", element("h3", _title(step.name)), amount),
        element("ul", (_decision(decision) for decision in step.decisions), class_="choices"),
        class_="step",
        open=count <= _OPEN_UP_TO,
    )


def _decision(decision: Decision) -> Html:
    return element(
        "li",
        element(
            "p",
            element("span", decision.subject, class_="subject"),
            element("strong", decision.chosen),
            dir="auto",
        ),
        element("p", decision.reason, class_="reason", dir="auto"),
        element("ul", (_rejected(each.name, each.reason) for each in decision.rejected), class_="rejected")
        if decision.rejected
        else None,
    )


def _rejected(name: str, reason: str) -> Html:
    return element("li", "passed over ", element("b", name), f": {reason}", dir="auto")


def _pair(label: str, value: str) -> Html | None:
    return element("div", element("dt", label), element("dd", value, dir="auto")) if value else None


def _folded(label: str, text: str) -> Html:
    return element("details", element("summary", label), element("pre", text, dir="auto", tabindex="0"))


def _title(step_name: str) -> str:
    return step_name.replace("_", " ").capitalize()
