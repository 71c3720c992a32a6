"""The rule packs, and the findings that we live with on purpose."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from constructs import Construct

__all__ = ["acknowledge", "add_rule_packs", "idle_acknowledgements"]

_METADATA_TYPE = "aws:cdk:acknowledged-rules"


def add_rule_packs(app: App) -> None:
    """Check every resource of the app against the AWS Solutions and Serverless packs at synth."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))


def acknowledge(construct: Construct, finding: str, *, because: str) -> None:
    """Accept one finding on the construct that it concerns.

    ``finding`` is the pack and the finding's own id, such as ``AwsSolutions::AwsSolutions-SMG4``;
    ``because`` names the control that stands in for the rule. Raises ValueError on a whole stack or app,
    where an acknowledgement would also silence what nobody has looked at.
    """
    if "/" not in construct.node.path:
        raise ValueError(f"acknowledge {finding} on the construct that it concerns, not on a whole stack")
    Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=because))


def idle_acknowledgements(assembly: Path) -> list[str]:
    """Return one line for each acknowledgement in a synthesised assembly that silences no finding.

    Such a line is a finding that was put right, or never had this id: both would hide the next real one.
    """
    at_work = set(_silencing(_read(assembly / "validation-report.json")))
    return [f"{path}: {finding}" for path, finding in _declared(assembly) if (path, finding) not in at_work]


def _silencing(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for pack in report["pluginReports"]:
        for violation in pack.get("suppressedViolations", []):
            yield violation["acknowledgedAt"], violation["acknowledgedId"]


def _declared(assembly: Path) -> Iterator[tuple[str, str]]:
    for file in _metadata_files(assembly):
        for path, entries in _read(file).items():
            yield from ((path.lstrip("/"), finding) for finding in _findings(entries))


def _metadata_files(assembly: Path) -> Iterator[Path]:
    # The manifest names them; the folder may hold those of earlier synths too.
    for artifact in _read(assembly / "manifest.json")["artifacts"].values():
        if "additionalMetadataFile" in artifact:
            yield assembly / artifact["additionalMetadataFile"]


def _findings(entries: list[dict[str, Any]]) -> Iterator[str]:
    for entry in entries:
        if entry["type"] == _METADATA_TYPE:
            yield from entry["data"]


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content
