"""What can be seen of a deployed environment: alarms, the audit trail, function processes."""

import json
from typing import Any

from reelwright.environment.deployment import Deployment
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.manager import SecretsManager
from reelwright.storage.aws import DynamoAuditLog
from reelwright.storage.schema import AuditEntry
from tests.emulator.emulator import Emulator

LISTINGS = (
    ("appconfig", "list_applications", "Items", "Name"),
    ("appconfig", "list_deployment_strategies", "Items", "Name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("events", "list_rules", "Rules", "Name"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", ""),
    ("stepfunctions", "list_state_machines", "stateMachines", "name"),
)
"""Where parts of a stack could stay: service, operation, what it lists, and under which field the name is."""


class Watch:
    """Looks at one environment on one emulator."""

    def __init__(self, emulator: Emulator, names: Deployment) -> None:
        self._emulator = emulator
        self._names = names

    def alarm_history(self, title: str) -> list[str]:
        """Return the states that an alarm on one of our metrics has gone into, the newest first."""
        items = self._emulator.client("cloudwatch").describe_alarm_history(
            AlarmName=f"reelwright-{self._names.environment}-{title}", HistoryItemType="StateUpdate"
        )["AlarmHistoryItems"]
        return [json.loads(item["HistoryData"])["newState"]["stateValue"] for item in items]

    def audit_entries(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """Return the entries of the audit trail, the newest first."""
        return self._audit().entries(subject=subject)

    def broken_audit(self) -> list[str]:
        """Return what is wrong with the audit trail, signatures included."""
        return list(self._audit().verify())

    def function_log(self, slug: str) -> list[str]:
        """Return what a function has written into its log, the oldest first."""
        logs = self._emulator.client("logs")
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/reelwright/{self._names.environment}/{slug}"
        )
        events: list[dict[str, Any]] = pages.build_full_result()["events"]
        return [str(event["message"]) for event in sorted(events, key=lambda event: event["timestamp"])]

    def calls(self, slug: str) -> list[str]:
        """Return the lines that mark the beginning of each call of a function."""
        return [line for line in self.function_log(slug) if line.startswith("START RequestId")]

    def cold_starts(self, slug: str) -> int:
        """Return how many processes of a function have been started."""
        name = f"reelwright-{self._names.environment}-{slug}"
        return self._emulator.log.read_text(encoding="utf-8").count(f"Lambda worker spawned for {name} ")

    def left_behind(self) -> list[str]:
        """Return everything in the account that bears our name, as ``service name``."""
        found = [
            f"{service} {name}"
            for service, operation, listed, field in LISTINGS
            for name in self._names_of(service, operation, listed, field)
            if "reelwright" in name.lower()
        ]
        return sorted(found)

    def _names_of(self, service: str, operation: str, listed: str, field: str) -> list[str]:
        answer = getattr(self._emulator.client(service), operation)()
        return [str(item[field] if field else item) for item in answer.get(listed, [])]

    def _audit(self) -> DynamoAuditLog:
        store = SecretsManagerStore(self._emulator.client("secretsmanager"), self._names.secrets_prefix)
        return DynamoAuditLog(
            self._emulator.client("dynamodb"),
            self._names.control_table,
            signer=SecretsManager(store).signer(),
        )
