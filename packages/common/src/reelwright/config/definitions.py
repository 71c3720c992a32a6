"""Code owns definitions, operators own values: the three-way merge that a deploy makes of live documents.

Pure functions over plain JSON, for the two kinds of documents that AppConfig holds for us:

* settings: ``definitions`` by dotted key are code's; ``settings`` and ``notes`` are operators'
* feature flags: ``flags`` are code's; ``values`` are operators'

``base`` is what code defined at the merge before (``remembered`` makes it), ``live`` the deployed document,
``new`` what code defines now.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

__all__ = ["Document", "merge_definitions", "remembered"]

Document = Mapping[str, Any]
"""A JSON object."""

_STAMPS = ("_createdAt", "_updatedAt")
_PLANNED = {"status": "planned"}


def merge_definitions(base: Document, live: Document, new: Document) -> dict[str, Any]:
    """Return the live document with code's definitions brought up to date.

    What holds, for any three documents of a kind:

    * a value that is live is never changed, and lost only together with its definition (below)
    * a definition that is new arrives: a flag with the value that code gives it, an attribute of a flag
      in every variant that lacks it
    * a definition that code no longer has is first marked as deprecated, and goes at a later merge that
      finds it deprecated in ``base`` and in ``live``; its value goes with it
    * what code never defined, operators' own flags and attributes, stays as it is
    * merging again with ``new`` as the base changes nothing, and what was there keeps its order
    """
    merge = _merge_flags if _is_flags(new) else _merge_settings
    return merge(base, deepcopy(dict(live)), deepcopy(dict(new)))


def remembered(base: Document, new: Document, merged: Document) -> dict[str, Any]:
    """Return what the next merge takes as its base.

    That is ``new``, and what of ``base`` is on its way out: without it nobody could tell a definition
    that code gave up from one that an operator added.
    """
    part = _definitions_key(new)
    definitions = _with_leaving(base.get(part, {}), new.get(part, {}), merged.get(part, {}))
    for key in definitions.keys() & base.get(part, {}).keys() if part == "flags" else ():
        layers = (
            document.get(part, {}).get(key, {}).get("attributes", {}) for document in (base, new, merged)
        )
        if attributes := _with_leaving(*layers):
            definitions[key] = {**definitions[key], "attributes": attributes}
    return deepcopy({**new, part: definitions})


def _with_leaving(base: Document, new: Document, merged: Document) -> dict[str, Any]:
    """Return ``new`` and, as they now are, the keys of ``base`` that it lacks and that are still there."""
    return {**new, **{key: merged[key] for key in base if key not in new and key in merged}}


def _is_flags(document: Document) -> bool:
    return "flags" in document


def _definitions_key(document: Document) -> str:
    return "flags" if _is_flags(document) else "definitions"


_Update = Callable[[str, Document | None], dict[str, Any]]


def _definitions(
    base: Document,
    live: Document,
    new: Document,
    *,
    deprecated: Callable[[Document], bool],
    deprecate: Callable[[Document], dict[str, Any]],
    update: _Update,
) -> dict[str, Any]:
    """Merge definitions by key. ``update`` makes the definition of a key that code has of the live one."""
    merged: dict[str, Any] = {}
    for key, definition in live.items():
        if key in new:
            merged[key] = update(key, definition)
        elif key not in base:
            merged[key] = definition
        elif not (deprecated(base[key]) and deprecated(definition)):
            merged[key] = deprecate(definition)
    return merged | {key: update(key, None) for key in new if key not in live}


def _merge_settings(base: Document, live: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    before, now = live.get("definitions", {}), new.get("definitions", {})
    definitions = _definitions(
        base.get("definitions", {}),
        before,
        now,
        deprecated=lambda definition: definition.get("deprecated") is True,
        deprecate=lambda definition: {**definition, "deprecated": True},
        update=lambda key, _: now[key],
    )
    merged = {**_topped_up(live, new), "definitions": definitions}
    for key in before:
        if key not in definitions:
            _forget_override(merged, key)
    return merged


def _topped_up(live: Document, new: Document) -> dict[str, Any]:
    return {**live, **{key: value for key, value in new.items() if key not in live}}


def _forget_override(document: dict[str, Any], key: str) -> None:
    """Remove the value and the note of a setting that is gone, unless it became a table of settings."""
    document.get("notes", {}).pop(key, None)
    if not any(other.startswith(f"{key}.") for other in document["definitions"]):
        _remove(document.get("settings", {}), key.split("."))


def _remove(tree: dict[str, Any], path: list[str]) -> None:
    """Remove a leaf, and the tables that it leaves empty."""
    head, *rest = path
    below = tree.get(head)
    if not rest:
        tree.pop(head, None)
    elif isinstance(below, dict) and below:
        _remove(below, rest)
        if not below:
            del tree[head]


def _merge_flags(base: Document, live: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    known, before, now = base.get("flags", {}), live.get("flags", {}), new["flags"]
    values, first_values = live.get("values", {}), new.get("values", {})

    def update(key: str, definition: Document | None) -> dict[str, Any]:
        return _flag(known.get(key, {}), definition or {}, now[key], values.get(key, {}))

    flags = _definitions(
        known,
        before,
        now,
        deprecated=lambda definition: "_deprecation" in definition,
        deprecate=lambda definition: {"_deprecation": _PLANNED, **definition},
        update=update,
    )
    kept = {key: value for key, value in values.items() if key in flags or key not in before}
    for key in kept.keys() & now.keys():
        arriving = _missing(first_values.get(key, {}), now[key], before.get(key, {}))
        _add_attributes(kept[key], arriving)
    return {**_topped_up(live, new), "flags": flags, "values": _topped_up(kept, first_values)}


def _flag(base: Document, live: Document, new: Document, value: Document) -> dict[str, Any]:
    """Return code's definition with what belongs to the console: dates, its own deprecation, attributes."""
    stamps = {key: live[key] for key in _STAMPS if key in live}
    marked_by_operator = "_deprecation" in live and "_deprecation" not in base
    mark = {"_deprecation": live["_deprecation"]} if marked_by_operator else {}
    attributes = _attributes(base, live, new, value)
    return {**new, **stamps, **mark, **({"attributes": attributes} if attributes else {})}


def _attributes(base: Document, live: Document, new: Document, value: Document) -> dict[str, Any]:
    """Merge a flag's attributes: one that code gave up stays as long as a value carries it."""
    ours, theirs, before = new.get("attributes", {}), live.get("attributes", {}), base.get("attributes", {})
    carried = _carried(value)
    kept = {
        key: ours.get(key, definition)
        for key, definition in theirs.items()
        if key in ours or key not in before or key in carried
    }
    return _topped_up(kept, ours)


def _missing(first: Document, new: Document, live: Document) -> dict[str, Any]:
    """Return the first values of the attributes that code adds to a flag."""
    there = live.get("attributes", {})
    return {key: first[key] for key in new.get("attributes", {}) if key in first and key not in there}


def _add_attributes(value: dict[str, Any], arriving: Document) -> None:
    """Set the attributes in the value, or in each of its variants, where they are not set already."""
    if not arriving:
        return
    for place in value.get("_variants", [value]):
        attributes = place.setdefault("attributeValues", {}) if "_variants" in value else place
        attributes.update(_topped_up(attributes, deepcopy(dict(arriving))))


def _carried(value: Document) -> set[str]:
    """Return the attributes that a flag's value sets, in any of its variants."""
    if "_variants" in value:
        return {key for variant in value["_variants"] for key in variant.get("attributeValues", {})}
    return set(value)
