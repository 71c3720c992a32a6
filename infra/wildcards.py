"""Lists every statement that grants with a wildcard, and its written reason: `python -m infra.wildcards`."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.app import DEPLOYABLE, build
from infra.bundling.recipes import ROOT
from infra.guardrails.grants import WILDCARD_METADATA, flat
from reelwright.environment.loader import load_environment

__all__ = ["Wildcard", "main", "wildcards_of"]

_RESOURCE_POLICIES = {
    "AWS::KMS::Key": "In a key's own policy, * is that key.",
    "AWS::S3::BucketPolicy": "S3 names access logs by the time of writing, below a prefix for each bucket.",
}
"""Why policies that stand on a resource itself have wildcards."""
_LOGICAL_ID = "aws:cdk:logicalId"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """One statement that grants with a wildcard; ``reason`` is empty where nobody has written one."""

    holder: str
    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str


def main() -> None:
    """Print the listing of every environment that can be deployed."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    for name in DEPLOYABLE:
        app = App(context=context)
        stack = build(app, load_environment(name))
        sys.stdout.write(f"# {stack.stack_name}\n\n")
        for found in wildcards_of(Path(app.synth().directory), stack.stack_name):
            sys.stdout.write(_shown(found))


def wildcards_of(assembly: Path, stack: str) -> list[Wildcard]:
    """Return every statement of a synthesised stack that grants with a wildcard."""
    template = json.loads((assembly / f"{stack}.template.json").read_text(encoding="utf-8"))
    reasons = _reasons(json.loads((assembly / f"{stack}.metadata.json").read_text(encoding="utf-8")))
    return [
        _wildcard(holder, resource["Type"], statement, reasons)
        for holder, resource in template["Resources"].items()
        for statement in _statements(resource["Properties"])
        if statement["Effect"] == "Allow" and "*" in "".join(_texts(statement, "Action", "Resource"))
    ]


def _wildcard(
    holder: str, kind: str, statement: Mapping[str, Any], reasons: Mapping[tuple[str, str], str]
) -> Wildcard:
    sid = statement.get("Sid", "")
    reason = reasons.get((holder, sid)) or _RESOURCE_POLICIES.get(kind, "")
    return Wildcard(holder, sid, _texts(statement, "Action"), _texts(statement, "Resource"), reason)


def _statements(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every statement of every policy, however deep it stands."""
    if isinstance(value, list):
        for inner in value:
            yield from _statements(inner)
    elif isinstance(value, dict):
        yield from value.get("Statement", ())
        for inner in value.values():
            yield from _statements(inner)


def _texts(statement: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    found = [statement.get(key, []) for key in keys]
    return tuple(flat(it) for given in found for it in (given if isinstance(given, list) else [given]))


def _reasons(metadata: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the written reasons by logical id and statement."""
    found = {}
    for path, entries in metadata.items():
        for entry in entries:
            if entry["type"] == WILDCARD_METADATA:
                found[_logical_id(metadata, path), entry["data"]["sid"]] = entry["data"]["because"]
    return found


def _logical_id(metadata: Mapping[str, Any], path: str) -> str:
    (found,) = (it["data"] for it in metadata[f"{path}/Resource"] if it["type"] == _LOGICAL_ID)
    return str(found)


def _shown(found: Wildcard) -> str:
    lines = [f"{found.holder} {found.sid}".rstrip(), f"  why   {found.reason or 'NOBODY HAS SAID'}"]
    lines += [f"  may   {', '.join(found.actions)}", *(f"  on    {it}" for it in found.resources)]
    return "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    main()
