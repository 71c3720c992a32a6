"""Brings what code defines into what operators own, once everything else is there."""

import hashlib
from collections.abc import Sequence

from aws_cdk import CustomResource, Duration, RemovalPolicy, aws_lambda
from constructs import Construct, IDependable

from infra.bundling.recipes import ROOT

__all__ = ["SOURCES", "Definitions", "definitions_hash"]

_TIMEOUT = Duration.minutes(10)
"""CloudFormation would wait an hour for a function that does not answer."""
_PACKAGE = "packages/common/src/reelwright"
SOURCES = (
    "environments/base.toml",
    "environments/{environment}.toml",
    "environments/flags",
    f"{_PACKAGE}/config/definitions.py",
    f"{_PACKAGE}/config/setting_definitions.py",
    f"{_PACKAGE}/environment",
    f"{_PACKAGE}/flags",
    "services/merge_definitions",
)
"""Files and folders that definitions follow from: data, its schema, the code that reads and merges."""
_READ = frozenset({".py", ".toml"})


class Definitions(Construct):
    """A custom resource that merges definitions; it runs again as soon as one of them changes."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        function: aws_lambda.IFunction,
        after: Sequence[IDependable],
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        merged = CustomResource(
            self,
            "Merged",
            resource_type="Custom::Definitions",
            service_token=function.function_arn,
            service_timeout=_TIMEOUT,
            removal_policy=removal_policy,  # the function deletes all versions when the resource is deleted
            properties={"Environment": environment, "DefinitionsHash": definitions_hash(environment)},
        )
        merged.node.add_dependency(*after)


def definitions_hash(environment: str) -> str:
    """Return the SHA-256 of all that an environment's definitions of flags and settings follow from."""
    whole = hashlib.sha256()
    for source in SOURCES:
        path = ROOT / source.format(environment=environment)
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in _READ and file.is_file():
                whole.update(f"{file.relative_to(ROOT).as_posix()}\0".encode())
                whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
