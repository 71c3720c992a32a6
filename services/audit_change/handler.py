"""Called by EventBridge for each change to configuration and secrets, by whatever means it was made."""

import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.manager import SecretsManager
from reelwright.storage.aws import DynamoAuditLog
from reelwright.storage.changes import record_event
from reelwright.storage.ports import AuditLog

__all__ = ["handler"]


@leaving_typed
def handler(event: Mapping[str, Any], _context: object) -> dict[str, int]:
    """Note the change in the audit trail; whatever raises has EventBridge deliver the event again."""
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    return {"sequence": record_event(event, _audit_log(deployment)).sequence}


@cache
def _audit_log(deployment: Deployment) -> AuditLog:
    secrets = SecretsManager(SecretsManagerStore(aws_client("secretsmanager"), deployment.secrets_prefix))
    return DynamoAuditLog(aws_client("dynamodb"), deployment.control_table, signer=secrets.signer())
