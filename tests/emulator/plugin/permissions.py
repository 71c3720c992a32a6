"""Functions may do what their roles allow; whoever deploys may do anything.

With AUTH=true MiniStack evaluates policies. It also finds fault with the roles that `cdk bootstrap` makes,
which are not ours to mend, so those pass. Calls come by plain HTTP over loopback and count as TLS, which our
buckets insist on. What a function was denied stands in the log, for a function that copes with a denial
would hide the missing statement.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import appconfig, cloudwatch_logs, lambda_svc, sts

from tests.emulator.agreed import DENIED
from tests.emulator.plugin.patching import around

_READING = {
    "/configurationsessions": "appconfig:StartConfigurationSession",
    "/configuration": "appconfig:GetLatestConfiguration",
}
_GUARDRAIL = "/guardrail/"
"""What the path of ApplyGuardrail begins with; the id of the guardrail follows."""
_LOGGER = logging.getLogger("plugin.permissions")


def apply() -> None:
    around(iam_evaluator, "enforce", _enforce)
    around(iam_actions, "extract_iam_action", _action)
    around(iam_actions, "extract_resource_arn", _resource_arn)
    around(lambda_svc, "_emit_lambda_logs", _log)
    around(app, "pin_request_origin", lambda pin, address, _secure: pin(address, True))  # noqa: FBT003 (theirs)


def _log(emit: Callable[..., None], function: dict[str, Any], *more: Any, **about: Any) -> None:
    """Write no log where the function's own group is gone: MiniStack would make it, our roles may not."""
    group = ((function.get("config") or function).get("LoggingConfig") or {}).get("LogGroup")
    if group is None or group in cloudwatch_logs._log_groups:
        emit(function, *more, **about)


def _action(
    extract: Callable[..., str | None], service: str, method: str, path: str, *more: Any
) -> str | None:
    """Name the calls of readers of AppConfig, which MiniStack lets everybody make."""
    return _READING.get(path) or extract(service, method, path, *more)


def _resource_arn(extract: Callable[..., str], service: str, *request: Any) -> str:
    """Name what is read of AppConfig, the path of GetParametersByPath, and the guardrail that is asked."""
    _, path, headers, body, query, region, account = request
    if path in _READING:
        return _configuration(json.loads(body or b"{}"), query.get("configuration_token", ""))
    if service == "ssm" and headers.get("x-amz-target", "").endswith(".GetParametersByPath"):
        return f"arn:aws:ssm:{region}:{account}:parameter/{json.loads(body)['Path'].strip('/')}"
    if service == "bedrock-runtime" and path.startswith(_GUARDRAIL):
        return f"arn:aws:bedrock:{region}:{account}:guardrail/{path.split('/')[2]}"
    return extract(service, *request)


def _configuration(asked: dict[str, str], token: str | list[str]) -> str:
    """Return the ARN of the configuration that a session is asked for, or was started for."""
    session = appconfig._sessions.get(token[0] if isinstance(token, list) else token) or asked
    application = appconfig._resolve_application_id(session.get("ApplicationIdentifier", ""))
    environment = appconfig._resolve_environment_id(application, session.get("EnvironmentIdentifier", ""))
    wanted = session.get("ConfigurationProfileIdentifier", "")
    profile = appconfig._resolve_configuration_profile_id(application, wanted)
    return f"{appconfig._env_arn(application, environment)}/configuration/{profile}"


def _enforce(enforce: Callable[..., Any], access_key: str, action: str, *where: Any, **about: Any) -> Any:
    denied = enforce(access_key, action, *where, **about)
    if denied is None:
        return None
    principal = str((sts._sessions.get(access_key) or {}).get("Arn", "unknown"))
    if ":assumed-role/cdk-" in principal:
        return None
    _LOGGER.warning("%s %s %s %s", DENIED, principal, action, about.get("resource_arn", "*"))
    return denied
