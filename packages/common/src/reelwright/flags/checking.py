"""Whether a document may be deployed: the same models that its readers use, before anybody reads it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from reelwright.config.documents import fetched_from, parse_document, without_expired
from reelwright.config.errors import InvalidConfiguration
from reelwright.config.layering import Contribution
from reelwright.config.local import default_sources
from reelwright.config.schema import Layer
from reelwright.config.validation import Invalid, invalid, validate
from reelwright.flags.document import compile_document

__all__ = ["DocumentKind", "check_deployable", "kind_of"]

DocumentKind = Literal["settings", "flags"]

_NEXT_STEP = "Put it right, then deploy it again; readers keep what they have."
_MARKS: Mapping[DocumentKind, frozenset[str]] = {
    "settings": frozenset({"schema_version", "settings", "notes", "definitions"}),
    "flags": frozenset({"version", "flags", "values"}),
}


def check_deployable(content: bytes, *, environment: str, now: datetime) -> DocumentKind:
    """Return what a document is, if it may be deployed in an environment; InvalidConfiguration says why not.

    Settings are checked as a whole, laid over the environment's defaults, without what has expired.
    """
    kind = kind_of(content)
    if kind == "flags":
        compile_document(content)
    else:
        _check_settings(content, environment, now)
    return kind


def kind_of(content: bytes) -> DocumentKind:
    """Return what a document is by the keys that it has; InvalidConfiguration if it is neither."""
    keys = _keys(content)
    for kind, marks in _MARKS.items():
        if keys & marks:
            return kind
    raise InvalidConfiguration(
        "The document is neither settings nor flags: settings begin with "
        '{"schema_version": 1, "settings": {…}}, flags with {"version": "1", "flags": {…}, "values": {…}}.',
        next_step=_NEXT_STEP,
    )


def _keys(content: bytes) -> frozenset[str]:
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        reason = f"{error}" if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise InvalidConfiguration(f"The document is not JSON: {reason}.", next_step=_NEXT_STEP) from None
    return frozenset(document) if isinstance(document, dict) else frozenset()


def _check_settings(content: bytes, environment: str, now: datetime) -> None:
    said = fetched_from(parse_document(content), "")
    live = without_expired(said.settings, said.expires, now)
    found = validate([*_defaults(environment), Contribution(Layer.RUNTIME, "the document", "", live)])
    if isinstance(found, Invalid):
        raise invalid(found, next_step=_NEXT_STEP)


def _defaults(environment: str) -> list[Contribution]:
    fetched = [(source, source.fetch(None)) for source in default_sources(environment)]
    return [
        Contribution(source.layer, source.name, said.version, said.settings)
        for source, said in fetched
        if said
    ]
