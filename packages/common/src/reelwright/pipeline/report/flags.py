"""What feature flags answered when the production began: those that did something, and all others folded."""

import json
from collections.abc import Iterable

from reelwright.pipeline.report.markup import Html, counted, element
from reelwright.production.flags import FlagRecord

__all__ = ["answer_of", "section"]


def section(records: tuple[FlagRecord, ...]) -> Html | None:
    """Return the section; None for a production of a version, or a place, without flags."""
    if not records:
        return None
    telling = [record for record in records if record.effect]
    others = [record for record in records if not record.effect]
    return element(
        "section",
        element("h2", "Flags", id="flags"),
        _listed(telling) if telling else element("p", "No flag changed anything.", class_="quiet"),
        _folded(others),
        element(
            "p", "; ".join(dict.fromkeys(record.origin for record in records)), class_="quiet", dir="auto"
        ),
        class_="card flags",
        aria_labelledby="flags",
    )


def answer_of(record: FlagRecord) -> str:
    """Return the answer of a flag in a few words: on or off, the variant, and its attributes."""
    said = ["on" if record.enabled else "off"]
    if record.variant is not None:
        said.append(f"variant {record.variant}")
    said += (f"{key} = {_plain(value)}" for key, value in record.attributes.items())
    return ", ".join(said)


def _listed(records: Iterable[FlagRecord]) -> Html:
    return element("ul", map(_flag, records), class_="choices")


def _folded(records: list[FlagRecord]) -> Html | None:
    if not records:
        return None
    return element("details", element("summary", counted(len(records), "other flag")), _listed(records))


def _flag(record: FlagRecord) -> Html:
    version = f", version {record.version}" if record.version else ""
    return element(
        "li",
        element(
            "p",
            element("span", record.flag, class_="subject"),
            element("strong", answer_of(record)),
            dir="auto",
        ),
        element("p", record.effect, class_="reason", dir="auto") if record.effect else None,
        element("p", f"{record.reason}{version}", class_="reason quiet", dir="auto"),
    )


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
