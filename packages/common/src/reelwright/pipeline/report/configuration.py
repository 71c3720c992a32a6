"""What the production was configured with: what is not at its default, and what each source said."""

import json

from pydantic import JsonValue

from reelwright.config.schema import ConfigurationRecord, OverriddenSetting, SourceRecord
from reelwright.pipeline.report.markup import Html, element

__all__ = ["section"]

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


def section(record: ConfigurationRecord | None) -> Html | None:
    """Return the section; None for a production of a version that kept no account of it."""
    if record is None:
        return None
    note = f"Generation {record.generation}, fingerprint {record.fingerprint[:12]}"
    return element(
        "section",
        element("h2", "Configuration", id="configuration"),
        element("ul", map(_setting, record.overridden), class_="choices")
        if record.overridden
        else element("p", "Every setting is at its default.", class_="quiet"),
        _sources(record.sources),
        element("p", note, class_="quiet"),
        class_="card configuration",
        aria_labelledby="configuration",
    )


def _setting(setting: OverriddenSetting) -> Html:
    version = f", version {setting.version}" if setting.version else ""
    return element(
        "li",
        element(
            "p",
            element("span", setting.key, class_="subject"),
            element("strong", _value(setting.value)),
            dir="auto",
        ),
        element("p", f"said by {setting.layer.value}{version}", class_="reason", dir="auto"),
    )


def _sources(sources: tuple[SourceRecord, ...]) -> Html | None:
    if not sources:
        return None
    return element(
        "details",
        element("summary", "Sources"),
        element("ul", map(_source, sources), class_="choices"),
        open=any(source.state in {"stale", "remembered", "bundled"} for source in sources),
    )


def _source(source: SourceRecord) -> Html:
    age = "" if source.state == "absent" else f", said {_age(source.age_seconds)} before"
    version = f", version {source.version}" if source.version else ""
    return element(
        "li",
        element(
            "p",
            element("span", source.layer.value, class_="subject"),
            element("strong", source.source),
            dir="auto",
        ),
        element("p", f"{source.state}{age}{version}", class_="reason", dir="auto"),
        element("p", source.reason, class_="reason", dir="auto") if source.reason else None,
    )


def _age(seconds: float) -> str:
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def _value(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
