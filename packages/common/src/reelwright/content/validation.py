"""From pydantic's list of findings to one message that a person can act on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, overload

from pydantic import ValidationError

from reelwright.content.errors import BriefInvalid
from reelwright.errors import ReelwrightError
from reelwright.production.schema import Brief

__all__ = ["brief_from_options", "explain_validation"]

Explained = TypeVar("Explained", bound=ReelwrightError)

_SHOWN_VALUE_CHARS = 60
_SHOWN_FINDINGS = 5


@overload
def explain_validation(
    error: ValidationError, source: str, *, lines: Mapping[str, int] | None = None
) -> BriefInvalid: ...


@overload
def explain_validation(
    error: ValidationError, source: str, *, lines: Mapping[str, int] | None = None, kind: type[Explained]
) -> Explained: ...


def explain_validation(
    error: ValidationError,
    source: str,
    *,
    lines: Mapping[str, int] | None = None,
    kind: type[ReelwrightError] = BriefInvalid,
) -> ReelwrightError:
    """Return one ``kind`` of error that names every field, its value and what is allowed.

    ``source`` is what the reader knows the data as, such as a file name; ``lines`` gives the line
    where a top-level field stands in it. Raise the result ``from error``.
    """
    findings = _leaves(error.errors(include_url=False))
    told = "; ".join(_tell(finding, lines or {}) for finding in findings[:_SHOWN_FINDINGS])
    more = f" (and {len(findings) - _SHOWN_FINDINGS} more)" if len(findings) > _SHOWN_FINDINGS else ""
    return kind(
        f"{source}: {told}{more}.",
        next_step="Change what is named and try again.",
        context={"source": source, "fields": ", ".join(_path(finding) for finding in findings)},
    )


def brief_from_options(topic: str, **overrides: object) -> Brief:
    """Return the brief for a topic and further fields; None leaves a field at its default.

    Raises BriefInvalid when a value is not allowed.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Brief.model_validate({"topic": topic, **given})
    except ValidationError as error:
        raise explain_validation(error, "the brief") from error


def _leaves(findings: Sequence[Any]) -> list[Any]:
    """Leave out findings about a list that only repeat a finding about one of its entries."""
    parents = {finding["loc"][:depth] for finding in findings for depth in range(1, len(finding["loc"]))}
    return [finding for finding in findings if finding["loc"] not in parents]


def _tell(finding: Any, lines: Mapping[str, int]) -> str:
    path = _path(finding)
    line = lines.get(path.split(".")[0])
    where = f"line {line}, " if line else ""
    value = "" if finding["type"] == "missing" else f" is {_shown(finding['input'])}"
    return f"{where}{path}{value}: {_demand(finding)}"


def _path(finding: Any) -> str:
    return ".".join(str(part) for part in finding["loc"]) or "value"


def _shown(value: object) -> str:
    text = repr(value)
    if len(text) <= _SHOWN_VALUE_CHARS:
        return text
    length = f" ({len(value):,} characters)" if isinstance(value, str) else ""
    return f"{text[: _SHOWN_VALUE_CHARS - 1]}…{length}"


def _demand(finding: Any) -> str:
    rule = _DEMANDS.get(finding["type"])
    return rule(finding.get("ctx", {})) if rule else finding["msg"]


def _at_least(context: Mapping[str, Any]) -> str:
    return "must not be empty" if context["min_length"] == 1 else f"needs {context['min_length']} characters"


def _pattern(context: Mapping[str, Any]) -> str:
    example = _EXAMPLES.get(context["pattern"])
    return f"must look like {example}" if example else f"must match {context['pattern']}"


_EXAMPLES = {
    r"^[a-z]{2}(-[A-Z]{2})?$": "'en' or 'en-GB'",
    r"^[a-z][a-z0-9_]{0,30}$": "'folder': small letters, digits and '_'",
}

_DEMANDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is required",
    "extra_forbidden": lambda _: "is not a known field",
    "string_too_short": _at_least,
    "too_short": lambda context: f"needs at least {context['min_length']}",
    "string_too_long": lambda context: f"may have at most {context['max_length']:,} characters",
    "too_long": lambda context: f"may have at most {context['max_length']:,} entries",
    "greater_than_equal": lambda context: f"must be at least {context['ge']}",
    "less_than_equal": lambda context: f"must be at most {context['le']}",
    "literal_error": lambda context: f"must be one of {context['expected']}",
    "string_pattern_mismatch": _pattern,
    "string_type": lambda _: "must be text",
    "int_type": lambda _: "must be a whole number",
    "int_parsing": lambda _: "must be a whole number",
    "int_parsing_size": lambda _: "must be a whole number of sensible size",
    "int_from_float": lambda _: "must be a whole number",
    "finite_number": lambda _: "must be a finite number",
    "tuple_type": lambda _: "must be a list",
    "model_type": lambda _: "must be text, or lines of the form 'key: value'",
    "value_error": lambda context: str(context["error"]),
}
