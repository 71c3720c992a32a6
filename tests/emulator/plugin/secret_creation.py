"""Secrets made by CloudFormation: Ref is their ARN, and without a value they have none.

MiniStack gives the name for Ref, which no IAM statement matches, and an empty value to a secret that is to
be filled by an operator.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import secretsmanager as service
from ministack.services.cloudformation import provisioners

Made = tuple[str, dict[str, Any]]
VALUES = {"SecretString", "GenerateSecretString"}


def apply() -> None:
    handler = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    handler |= {
        "create": _creating(handler["create"]),
        "update": _updating(handler["update"]),
        "delete": _deleting(handler["delete"]),
    }


def _creating(create: Callable[..., Made]) -> Callable[..., Made]:
    def create_secret(logical_id: str, props: dict[str, Any], stack: str) -> Made:
        name, attributes = create(logical_id, props, stack)
        if not VALUES & props.keys():
            service._secrets[name]["Versions"].clear()
        return attributes["Arn"], attributes

    return create_secret


def _updating(update: Callable[..., Made]) -> Callable[..., Made]:
    def update_secret(physical_id: str, *more: Any) -> Made:
        _, attributes = update(_name(physical_id), *more)
        return attributes["Arn"], attributes

    return update_secret


def _deleting(delete: Callable[..., None]) -> Callable[..., None]:
    def delete_secret(physical_id: str, props: dict[str, Any]) -> None:
        delete(_name(physical_id), props)

    return delete_secret


def _name(arn: str) -> str:
    name, _ = service._resolve(arn)
    return str(name or arn)
