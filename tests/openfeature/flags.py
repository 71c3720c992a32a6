"""The flags of OpenFeature's specification, written as an AppConfig document."""

import json
from pathlib import Path
from typing import Any

__all__ = ["DATA", "document"]

DATA = Path(__file__).parents[1] / "unit" / "flags" / "data" / "openfeature"
EMAIL = "ballmer@macrosoft.com"
RULES = {
    f"email == '{EMAIL}' ? 'zero' : ''": ("zero", f'(eq $email "{EMAIL}")'),
    f"!customer && email == '{EMAIL}' && age > 10 ? 'internal' : ''": (
        "internal",
        f'(and (not $customer) (eq $email "{EMAIL}") (gt $age 10))',
    ),
}


def document() -> dict[str, Any]:
    """The specification's flags, as operators of AppConfig would write them."""
    flags = json.loads((DATA / "spec__gherkin__test-flags.json").read_text("utf-8"))
    written = {key: appconfig(flag) for key, flag in flags.items() if flag.get("defaultVariant")}
    # The older of the evaluation features asks for a flag that its file of flags no longer has.
    rule = '(and (eq $fn "Sulisław") (eq $ln "Świętopełk") (eq $age 29) (eq $customer false))'
    written["context-aware"] = [
        {"name": "internal", "enabled": True, "rule": rule, "attributeValues": {"value": "INTERNAL"}},
        {"name": "external", "enabled": True, "attributeValues": {"value": "EXTERNAL"}},
    ]
    return {
        "version": "1",
        "flags": {key: {"attributes": attributes_of(variants)} for key, variants in written.items()},
        "values": {key: {"_variants": variants} for key, variants in written.items()},
    }


def appconfig(flag: dict[str, Any]) -> list[dict[str, Any]]:
    last = variant(flag, flag["defaultVariant"])
    if "contextEvaluator" not in flag:
        return [last]
    name, rule = RULES[flag["contextEvaluator"]]
    # Both are called zero there; here names are unique.
    return [{**variant(flag, name), "rule": rule}, {**last, "name": f"{last['name']} to all"}]


def variant(flag: dict[str, Any], name: str) -> dict[str, Any]:
    value, off = flag["variants"][name], flag.get("disabled", False)
    attributes = dict(flag.get("flagMetadata") or {})
    if isinstance(value, bool) and not off:
        return {"name": name, "enabled": value, "attributeValues": attributes}
    attributes["value"] = json.dumps(value) if isinstance(value, dict) else value
    return {"name": name, "enabled": not off, "attributeValues": attributes}


def attributes_of(variants: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: {} for variant in variants for key in variant["attributeValues"]}
