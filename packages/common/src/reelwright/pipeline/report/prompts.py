"""What was said to models in each step: which prompt, which version of it, and how it came to be that one."""

from collections.abc import Iterator

from reelwright.pipeline.report.markup import Html, element
from reelwright.production.prompts import PromptRecord

__all__ = ["section"]


def section(records: tuple[PromptRecord, ...]) -> Html | None:
    """Return the section; None for a production of a version without prompts."""
    if not records:
        return None
    return element(
        "section",
        element("h2", "Prompts", id="prompts"),
        element("ul", map(_prompt, records), class_="choices"),
        class_="card prompts",
        aria_labelledby="prompts",
    )


def _prompt(record: PromptRecord) -> Html:
    return element(
        "li",
        element(
            "p",
            element("span", record.step.replace("_", " ").capitalize(), class_="subject"),
            element("strong", record.chosen),
            dir="auto",
        ),
        element("p", record.origin, class_="reason", dir="auto"),
        (element("p", told, class_="reason quiet", dir="auto") for told in _told(record)),
    )


def _told(record: PromptRecord) -> Iterator[str]:
    if len(record.path) > 1:
        yield f"looked for {', then '.join(record.path)}"
    if record.reason:
        yield record.reason
    yield f"about {record.tokens_estimate:,} tokens without the schema of the answer"
    yield from record.warnings
