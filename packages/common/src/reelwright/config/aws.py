"""Configuration on AWS: every layer of a deployed environment, its memory, and the way to change it."""

import os
from collections.abc import Mapping
from random import Random
from typing import Any, Literal, Protocol

from reelwright.clock import Clock, SystemClock
from reelwright.config.aws_appconfig import AppConfigControl
from reelwright.config.aws_documents import AppConfigDocuments
from reelwright.config.aws_memory import DynamoLastKnownGood
from reelwright.config.aws_sources import AppConfigSource, ObjectSource, ParametersSource
from reelwright.config.local import EnvironmentVariablesSource, default_sources
from reelwright.config.manager import ConfigurationManager
from reelwright.config.ports import Source
from reelwright.config.secret_references import SecretReferencesSource, secret_references
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.environment.loader import load_environment
from reelwright.observability.metrics import Metrics
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.storage.aws import S3Documents
from reelwright.storage.ports import AuditLog

__all__ = [
    "AppConfigControl",
    "AppConfigDocuments",
    "AppConfigSource",
    "Clients",
    "DynamoLastKnownGood",
    "ObjectSource",
    "Pace",
    "ParametersSource",
    "aws_sources",
    "configuration_for",
    "runtime_documents",
]

_READ_SECONDS = 2.0
_DEPLOY_SECONDS = 30.0
"""Starting a deployment waits for its validator, a function that may have to start first."""

Pace = Literal["gradual", "instant"]
"""How a deployment reaches its readers: by the environment's rollout with its bake, or at once."""


class Clients(Protocol):
    """Makes boto3 clients, as ``aws_client`` does."""

    def __call__(self, service: str, *, read_seconds: float, attempts: int) -> Any:
        """Return a client with short timeouts; our own back-off does the retrying."""
        ...


def aws_sources(
    deployment: Deployment,
    *,
    clock: Clock,
    clients: Clients = aws_client,
    variables: Mapping[str, str] = os.environ,
) -> tuple[Source, ...]:
    """Return all sources of a deployed environment, the lowest layer first."""

    def client(service: str) -> Any:
        return clients(service, read_seconds=_READ_SECONDS, attempts=1)

    defaults = load_environment(deployment.environment).settings
    return (
        *default_sources(deployment.environment),
        EnvironmentVariablesSource(variables),
        ObjectSource(client("s3"), bucket=deployment.config_bucket, key="documents/settings"),
        SecretReferencesSource(
            SecretsManagerStore(client("secretsmanager"), deployment.secrets_prefix),
            secret_references(defaults),
        ),
        ParametersSource(client("ssm"), path=deployment.parameters_path),
        AppConfigSource(
            client("appconfigdata"),
            clock,
            application=deployment.configuration_application,
            environment=deployment.runtime_environment or "runtime",
            profile=deployment.runtime_profile or "settings",
        ),
    )


def configuration_for(
    deployment: Deployment,
    *,
    clock: Clock | None = None,
    rng: Random | None = None,
    metrics: Metrics | None = None,
    audit: AuditLog | None = None,
    clients: Clients = aws_client,
    variables: Mapping[str, str] = os.environ,
    pace: Pace = "gradual",
) -> ConfigurationManager:
    """Return the configuration of a deployed environment. Nothing is asked before its first use.

    Overrides are deployed at the given pace.
    """
    clock = clock or SystemClock()
    table = clients("dynamodb", read_seconds=_READ_SECONDS, attempts=1)
    bucket = clients("s3", read_seconds=_READ_SECONDS, attempts=1)
    return ConfigurationManager.for_environment(
        deployment.environment,
        sources=aws_sources(deployment, clock=clock, clients=clients, variables=variables),
        memory=DynamoLastKnownGood(table, deployment.control_table),
        clock=clock,
        rng=rng,
        metrics=metrics,
        runtime=runtime_documents(deployment, clock=clock, clients=clients, pace=pace),
        documents=S3Documents(bucket, deployment.config_bucket, clock=clock, rng=rng),
        audit=audit,
    )


def runtime_documents(
    deployment: Deployment, *, clock: Clock, clients: Clients = aws_client, pace: Pace = "gradual"
) -> AppConfigDocuments:
    """Return the store of overrides and flags, which deploys at the pace of one of the stack's strategies.

    Kill switches are always deployed at once.
    """
    appconfig = clients("appconfig", read_seconds=_DEPLOY_SECONDS, attempts=1)
    control = AppConfigControl(appconfig, deployment.configuration_application)

    def strategy(name: str) -> str:
        chosen = "instant" if name == "kill-switches" else pace
        return control.strategy(f"reelwright-{deployment.environment}-{chosen}")

    return AppConfigDocuments(control, clock, strategy=strategy)
