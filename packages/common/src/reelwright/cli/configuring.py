"""Between a command and configuration: opening an environment's, who changes it, what people type."""

import getpass
import os
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.places import ROOT
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from reelwright.config.aws import Pace
    from reelwright.config.manager import ConfigurationManager
    from reelwright.config.schema import Layer
    from reelwright.secrets.manager import SecretsManager
    from reelwright.storage.ports import AuditLog, DocumentStore

__all__ = [
    "ACTOR",
    "AT_ONCE",
    "LAYER",
    "REASON",
    "actor_or_user",
    "days_hours",
    "open_audit",
    "open_configuration",
    "open_documents",
    "open_secrets",
    "read_input",
    "shown",
    "writable",
]

REASON = click.option("--reason", required=True, help="Why, for those who come after.")
ACTOR = click.option("--actor", help="Who. [default: REELWRIGHT_ACTOR, or the user of this machine]")
AT_ONCE = click.option(
    "--at-once", is_flag=True, help="In a deployed environment: for all readers now, instead of gradually."
)
LAYER = click.option(
    "--layer",
    type=click.Choice(["runtime", "s3"]),
    default="runtime",
    show_default=True,
    help="Overrides, or operators' documents below them.",
)

_MAX_BYTES = 1 << 20
_TIME = re.compile(r"(\d{1,4})\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def open_configuration(name: str, *, at_once: bool = False) -> "ConfigurationManager":
    """Return the configuration of an environment: this machine's for local, the deployed one otherwise.

    Overrides of a deployed one spread gradually unless ``at_once``. InvalidEnvironment for a name that does
    not exist or is not deployed.
    """
    from reelwright.config.manager import ConfigurationManager  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    if check_environment_name(name) != "local":
        from reelwright.config.aws import configuration_for  # noqa: PLC0415 (heavy)
        from reelwright.environment.aws import find_deployment  # noqa: PLC0415 (heavy)

        pace: Pace = "instant" if at_once else "gradual"
        return configuration_for(find_deployment(name), audit=open_audit(name), pace=pace)
    return ConfigurationManager.for_environment(
        name, root=ROOT, secrets=_local_secrets(), audit=open_audit(name)
    )


def open_audit(name: str) -> "AuditLog":
    """Return the audit trail of an environment; a deployed one is signed."""
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    if check_environment_name(name) == "local":
        from reelwright.storage.local_audit import FolderAuditLog  # noqa: PLC0415 (heavy)

        return FolderAuditLog(ROOT / "audit")
    from reelwright.environment.aws import aws_client, find_deployment  # noqa: PLC0415 (heavy)
    from reelwright.storage.aws import DynamoAuditLog  # noqa: PLC0415 (heavy)

    table = find_deployment(name).control_table
    return DynamoAuditLog(aws_client("dynamodb"), table, signer=open_secrets(name).signer())


def open_documents(name: str) -> "DocumentStore":
    """Return the store of an environment's operators' documents, as it is: nothing it does is checked."""
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    clock = SystemClock()
    if check_environment_name(name) == "local":
        from reelwright.config.local import LocalPlace  # noqa: PLC0415 (heavy)

        return LocalPlace(name, ROOT, clock).documents()
    from reelwright.environment.aws import aws_client, find_deployment  # noqa: PLC0415 (heavy)
    from reelwright.storage.aws import S3Documents  # noqa: PLC0415 (heavy)

    return S3Documents(aws_client("s3"), find_deployment(name).config_bucket, clock=clock)


def open_secrets(name: str) -> "SecretsManager":
    """Return the secrets of an environment: this machine's for local, the deployed ones otherwise."""
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)
    from reelwright.secrets.manager import SecretsManager  # noqa: PLC0415 (heavy)

    if check_environment_name(name) == "local":
        return SecretsManager(_local_secrets())
    from reelwright.environment.aws import aws_client, find_deployment  # noqa: PLC0415 (heavy)
    from reelwright.secrets.aws import SecretsManagerStore  # noqa: PLC0415 (heavy)

    deployment = find_deployment(name)
    return SecretsManager(SecretsManagerStore(aws_client("secretsmanager"), deployment.secrets_prefix))


def actor_or_user(actor: str | None) -> str:
    """Return who changes something: as said, or as this machine knows them."""
    named = actor or os.environ.get("REELWRIGHT_ACTOR")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return f"uid {os.getuid()}"


def read_input(file: Path) -> bytes:
    """Return the content of a file, or of standard input for ``-``; InvalidInput if it cannot be read."""
    try:
        return sys.stdin.buffer.read(_MAX_BYTES) if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read: {error.strerror}.",
            next_step="Name a file that can.",
            context={"file": file},
        ) from error


def writable(layer: str) -> "Layer":
    """Return the layer that an option names."""
    from reelwright.config.schema import Layer  # noqa: PLC0415 (heavy)

    return Layer(layer)


def days_hours(text: str | None) -> timedelta | None:
    """Return a time such as ``90m``, ``12h`` or ``1d 6h``; InvalidInput for anything else."""
    if text is None:
        return None
    parts = _TIME.findall(text)
    if not parts or _TIME.sub("", text).strip():
        raise InvalidInput(
            f"{text[:40]!r} is not a length of time.",
            next_step="Write numbers with s, m, h, d or w, such as 90m or 1d 6h.",
            context={"value": text},
        )
    return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))


def shown(value: Any) -> str:
    """Return a value of configuration for people: text bare, tables as lines, nothing as a dash."""
    if value is None:
        return "—"
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {shown(each)}" for key, each in sorted(_flat(value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    return str(value)


def _flat(table: Mapping[str, Any], prefix: str = "") -> "list[tuple[str, Any]]":
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        below = _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(f"{prefix}{key}", value)]
        rows += below
    return rows


def _local_secrets() -> Any:
    from reelwright.secrets.local import local_secrets  # noqa: PLC0415 (heavy)

    return local_secrets(ROOT / "secrets.env", os.environ)
