"""What an operator changes in a flag document: one value, and nothing else.

Pure functions over AppConfig's own JSON. Definitions, the values of all other flags, their order, and what
AppConfig writes beside them come out as they went in; a document is never understood further than it must be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from reelwright.environment.errors import nearest
from reelwright.errors import InvalidInput
from reelwright.flags.targeting import Targeting, targeted

__all__ = [
    "DEFAULT_VARIANT",
    "Document",
    "EditRefused",
    "FlagEdit",
    "UnknownFlag",
    "edited",
    "edited_value",
    "restored",
    "variant_name",
    "with_values",
]

Document = Mapping[str, Any]
"""A flag document, or a part of one, as plain JSON."""

DEFAULT_VARIANT = "default"
"""The name of the variant that a value without variants becomes when it gets some."""

_STAMPS = ("_createdAt", "_updatedAt")


class UnknownFlag(InvalidInput):
    """The document defines no flag of that name; the message offers the nearest one."""

    code = "unknown_flag"

    def __init__(self, flag: str, known: Document) -> None:
        super().__init__(
            f"There is no flag {flag[:80]!r}.{nearest(flag, known)}",
            next_step="All flags: reelwright flags list",
            context={"flag": flag},
        )


class EditRefused(InvalidInput):
    """The flag cannot be changed as asked; nothing was changed."""

    code = "flag_edit_refused"


@dataclass(frozen=True, slots=True)
class FlagEdit:
    """What is to change about one flag.

    With a targeting, or with the name of a variant, it is about that variant; otherwise the flag is to say
    the same to everybody, and variants that it has go.
    """

    enabled: bool | None = None
    """None: as it is."""
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    """Those that change; the others stay."""
    variant: str | None = None
    """Unless given, a targeting is that of the variant called ``on`` or ``off``."""
    targeting: Targeting | None = None


def edited(document: Document, flag: str, edit: FlagEdit) -> dict[str, Any]:
    """Return the document with one flag changed.

    UnknownFlag; EditRefused for what the flag's present value leaves no room for; RuleError for a rule that
    is none. Whether the result may be deployed, ``check_deployable`` says.
    """
    definition = _definition(document, flag)
    value = edited_value(flag, definition, document.get("values", {}).get(flag, {}), edit)
    return _with(document, {flag: value})


def with_values(document: Document, values: Document) -> dict[str, Any]:
    """Return the document with some flags set to values that are given whole; UnknownFlag."""
    for flag in values:
        _definition(document, flag)
    return _with(document, values)


def restored(document: Document, old: Document, flag: str | None = None) -> dict[str, Any]:
    """Return the document with the values of an older one, or with that of one flag.

    Definitions are the code's: they stay, and so does what the older document did not set. A value whose
    flag is defined no more does not come back. EditRefused if the older one sets nothing of the flag.
    """
    values: Document = old.get("values", {})
    if flag is not None:
        _definition(document, flag)
        if flag not in values:
            raise EditRefused(
                f"That version sets no flag {flag}.", next_step="Choose another: reelwright flags history"
            )
        values = {flag: values[flag]}
    return _with(document, {key: value for key, value in values.items() if key in document.get("flags", {})})


def edited_value(flag: str, definition: Document, value: Document, edit: FlagEdit) -> dict[str, Any]:
    """Return one flag's value, changed; errors as :func:`edited`."""
    _check_attributes(flag, definition, edit)
    if edit.targeting is None and edit.variant is None:
        return _for_everybody(flag, value, edit)
    return _for_some(flag, value, edit)


def variant_name(edit: FlagEdit) -> str | None:
    """Return the name of the variant that an edit is about; None if it is about everybody."""
    if edit.variant is not None or edit.targeting is None:
        return edit.variant
    return "off" if edit.enabled is False else "on"


def _definition(document: Document, flag: str) -> Document:
    flags: Document = document.get("flags", {})
    if flag not in flags:
        raise UnknownFlag(flag, flags)
    found: Document = flags[flag]
    return found


def _with(document: Document, values: Document) -> dict[str, Any]:
    return {**document, "values": {**document.get("values", {}), **values}}


def _check_attributes(flag: str, definition: Document, edit: FlagEdit) -> None:
    known: Document = definition.get("attributes", {})
    for key in edit.attributes:
        if key not in known:
            told = f" It has {', '.join(known)}." if known else " It has none."
            raise EditRefused(
                f"{flag} has no attribute {key[:80]!r}.{nearest(key, known) or told}",
                next_step="Attributes are defined in code: environments/flags/flags.toml",
                context={"flag": flag, "attribute": key},
            )


def _for_everybody(flag: str, value: Document, edit: FlagEdit) -> dict[str, Any]:
    stamps = {key: value[key] for key in _STAMPS if key in value}
    if "_variants" not in value:
        enabled = bool(value.get("enabled")) if edit.enabled is None else edit.enabled
        return {**value, "enabled": enabled, **edit.attributes}
    variants: list[Document] = value["_variants"]
    if edit.enabled is None:
        raise EditRefused(
            f"{flag} has variants: {_names(variants)}.",
            next_step="Say which one: --variant NAME; or on or off, for everybody.",
            context={"flag": flag},
        )
    return {**stamps, "enabled": edit.enabled, **_agreed(flag, variants, edit)}


def _agreed(flag: str, variants: list[Document], edit: FlagEdit) -> Document:
    """Return the attributes for everybody: those of the variants that already say so, if they agree."""
    alike = [one for one in variants if one.get("enabled") is edit.enabled] or variants[-1:]
    sets = [one.get("attributeValues", {}) for one in alike]
    keys = list(dict.fromkeys(key for one in sets for key in one))
    apart = [key for key in keys if key not in edit.attributes and any(_differ(sets, key))]
    if apart:
        raise EditRefused(
            f"{flag} has variants that differ in {', '.join(apart)}: {_names(alike)}.",
            next_step=f"Say it for everybody: {' '.join(f'--attribute {key}=…' for key in apart)}",
            context={"flag": flag},
        )
    return {**{key: one[key] for one in sets for key in one}, **edit.attributes}


def _differ(sets: list[Document], key: str) -> list[bool]:
    return [key not in one or one[key] != sets[0].get(key) for one in sets]


def _for_some(flag: str, value: Document, edit: FlagEdit) -> dict[str, Any]:
    name = variant_name(edit)
    variants = _variants_of(value)
    place = next((place for place, one in enumerate(variants) if one["name"] == name), None)
    if place is None:
        changed = [_new_variant(flag, str(name), variants, edit), *variants]
    else:
        is_default = place == len(variants) - 1
        changed = [*variants]
        changed[place] = _changed_variant(flag, variants[place], edit, is_default=is_default)
    stamps = {key: value[key] for key in _STAMPS if key in value}
    return {**stamps, "_variants": changed}


def _variants_of(value: Document) -> list[dict[str, Any]]:
    if "_variants" in value:
        return [dict(one) for one in value["_variants"]]
    attributes = {key: one for key, one in value.items() if key not in (*_STAMPS, "enabled")}
    return [_variant(DEFAULT_VARIANT, bool(value.get("enabled")), None, attributes)]


def _new_variant(flag: str, name: str, variants: list[dict[str, Any]], edit: FlagEdit) -> dict[str, Any]:
    if edit.targeting is None:
        raise EditRefused(
            f"{flag} has no variant {name[:80]!r}.{nearest(name, [one['name'] for one in variants])}",
            next_step="To add one, say whom it is for: --percent, --rule, --from or --until.",
            context={"flag": flag, "variant": name},
        )
    attributes = {**variants[-1].get("attributeValues", {}), **edit.attributes}
    return _variant(name, edit.enabled is not False, targeted(None, edit.targeting), attributes)


def _changed_variant(flag: str, variant: Document, edit: FlagEdit, *, is_default: bool) -> dict[str, Any]:
    if is_default and edit.targeting is not None:
        raise EditRefused(
            f"{variant['name']} is the variant of {flag} for all whom no rule matches: it has no rule.",
            next_step="Give the one that is to have it another name: --variant NAME",
            context={"flag": flag, "variant": variant["name"]},
        )
    changed = dict(variant)
    if edit.enabled is not None:
        changed["enabled"] = edit.enabled
    if edit.targeting is not None:
        changed["rule"] = targeted(variant.get("rule"), edit.targeting)
    if edit.attributes:
        changed["attributeValues"] = {**variant.get("attributeValues", {}), **edit.attributes}
    return changed


def _variant(name: str, enabled: bool, rule: str | None, attributes: Document) -> dict[str, Any]:  # noqa: FBT001 (in the order in which AppConfig writes them)
    made: dict[str, Any] = {"name": name, "enabled": enabled}
    made |= {"rule": rule} if rule is not None else {}
    return made | ({"attributeValues": dict(attributes)} if attributes else {})


def _names(variants: list[Document]) -> str:
    return ", ".join(str(one["name"])[:64] for one in variants)
