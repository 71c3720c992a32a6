"""Deployments of configuration that tell EventBridge how they go, at the pace of tests.

Who wants the events associates AWS's own extension with the application, an environment or a profile
(`AWS::AppConfig::ExtensionAssociation`, which MiniStack does not know). A minute lasts as long as scale.py
says, and deployments stand still where a test has them.
"""

import threading
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, new_uuid
from ministack.services import appconfig

from tests.emulator.plugin.events import send
from tests.emulator.plugin.patching import Response, around, newest_first, resource_type
from tests.emulator.plugin.scale import MINUTE_SECONDS, held_at_seconds

NOTIFIER = "AWS.AppConfig.DeploymentNotificationsToEventBridge"
ACTIONS = {
    "DEPLOYMENT_STARTED": ("On Deployment Start", "OnDeploymentStart"),
    "PERCENTAGE_UPDATED": ("On Deployment Step", "OnDeploymentStep"),
    "BAKE_TIME_STARTED": ("On Deployment Baking", "OnDeploymentBaking"),
    "DEPLOYMENT_COMPLETED": ("On Deployment Complete", "OnDeploymentComplete"),
    "ROLLBACK_COMPLETED": ("On Deployment Rolled Back", "OnDeploymentRolledBack"),
}

associations = AccountRegionScopedDict()
_REFRESHING = threading.RLock()


def apply() -> None:
    appconfig._DEPLOYMENT_MINUTE_SECONDS = MINUTE_SECONDS
    around(appconfig, "_add_deployment_event", _add_event)
    around(appconfig, "_refresh_environment", _one_at_a_time)
    around(appconfig, "_advance_deployment", _advance_unless_held)
    around(appconfig, "_list_deployments", _list_newest_first)
    resource_type("AWS::AppConfig::ExtensionAssociation", create=_associate, delete=_dissociate)


def _one_at_a_time(refresh: Callable[..., Any], *args: Any) -> Any:
    """Requests and ticks must not both take the same step of a deployment."""
    with _REFRESHING:
        return refresh(*args)


def _advance_unless_held(advance: Callable[..., None], record: dict[str, Any], now: float) -> None:
    """Standing still is to have started later; alarms of meanwhile are seen either way."""
    if record["State"] in appconfig._IN_PROGRESS_STATES:
        record["_StartedEpoch"] = max(record["_StartedEpoch"], now - held_at_seconds())
    advance(record, now)


def _list_newest_first(
    list_deployments: Callable[..., Response], application: str, environment: str, query: dict[str, Any]
) -> Response:
    """Return a page of deployments; MiniStack has one page only and cuts off those that are under way."""
    return newest_first(list_deployments, application, environment, query, by="DeploymentNumber")


def _add_event(add: Callable[..., None], record: dict[str, Any], kind: str, *more: Any) -> None:
    add(record, kind, *more)
    if kind in ACTIONS:
        for arn, association in list(associations.items()):
            if _concerns(association["ResourceIdentifier"], record):
                send("aws.appconfig", ACTIONS[kind][0], _detail(record, ACTIONS[kind][1]), [arn])


def _concerns(resource: str, record: dict[str, Any]) -> bool:
    application, environment = record["ApplicationId"], record["EnvironmentId"]
    return resource in (
        appconfig._app_arn(application),
        appconfig._env_arn(application, environment),
        appconfig._profile_arn(application, record["ConfigurationProfileId"]),
    )


def _detail(record: dict[str, Any], action: str) -> dict[str, Any]:
    application = record["ApplicationId"]
    environment = appconfig._environments[f"{application}/{record['EnvironmentId']}"]
    profile = appconfig._config_profiles[f"{application}/{record['ConfigurationProfileId']}"]
    holders = {
        "Application": appconfig._applications[application],
        "Environment": environment,
        "ConfigurationProfile": profile,
    }
    return {
        "InvocationId": new_uuid()[:7],
        "Type": action,
        **{kind: {"Id": holder["Id"], "Name": holder["Name"]} for kind, holder in holders.items()},
        "DeploymentNumber": record["DeploymentNumber"],
        "ConfigurationVersion": str(record["ConfigurationVersion"]),
        "Description": record.get("Description", ""),
        "DeploymentState": record["State"],
        "Parameters": {},
    }


def _associate(logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    if NOTIFIER not in props["ExtensionIdentifier"]:
        raise ValueError(f"{logical_id}: only {NOTIFIER} is known, not {props['ExtensionIdentifier']}")
    association = new_uuid()[:7]
    arn = f"{appconfig._app_arn('x').rsplit(':', 1)[0]}:extensionassociation/{association}"
    associations[arn] = {"Id": association, **props}
    return association, {"Arn": arn, "Id": association, "ResourceArn": props["ResourceIdentifier"]}


def _dissociate(physical_id: str, _props: dict[str, Any]) -> None:
    for arn in [arn for arn, association in associations.items() if association["Id"] == physical_id]:
        associations.pop(arn)
