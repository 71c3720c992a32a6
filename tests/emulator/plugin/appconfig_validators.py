"""AppConfig asks the Lambda validators of a profile; MiniStack only remembers their names.

A version is validated when a deployment starts and on ValidateConfiguration. The function gets the content
in Base64 and says no by raising. It must also allow AppConfig to call it: a stack that forgot the
permission deploys, and every later change of configuration fails.
"""

import base64
import json
from typing import Any

from ministack.core.concurrency import run_reentrant
from ministack.services import appconfig, lambda_svc

from tests.emulator.plugin.patching import Handle, Response, around


def apply() -> None:
    around(appconfig, "handle_request", _handle)


async def _handle(handle: Handle, *request: Any) -> Response:
    method, path, _, body, query = request
    _, _, *parts = path.split("/")
    match method, parts:
        case "POST", [application, "configurationprofiles", profile, "validators"]:
            version = query.get("configuration_version", [""])
            asked = (application, profile, version[0] if isinstance(version, list) else version)
            found: Response | None = await run_reentrant(refusal, *asked)
            return found or (204, {}, b"")
        case "POST", [application, "environments", _, "deployments"]:
            wanted = json.loads(body)
            asked = (application, wanted["ConfigurationProfileId"], wanted["ConfigurationVersion"])
            refused: Response | None = await run_reentrant(refusal, *asked)
            if refused:
                return refused
    return await handle(*request)


def refusal(application: str, profile: str, version: str) -> Response | None:
    """Return what AppConfig answers for a version that a validator refuses; nothing for a good one."""
    record = appconfig._hosted_versions.get(f"{application}/{profile}/{version}")
    validators = (appconfig._config_profiles.get(f"{application}/{profile}") or {}).get("Validators", [])
    if record is None:
        missing: Response = appconfig._error(
            404, "ResourceNotFoundException", f"Configuration version {version} not found"
        )
        return missing
    content = record["Content"]
    event = {
        "applicationId": application,
        "configurationProfileId": profile,
        "configurationVersion": str(version),
        "content": base64.b64encode(content if isinstance(content, bytes) else content.encode()).decode(),
        "uri": "",
    }
    functions = [entry["Content"] for entry in validators if entry["Type"] == "LAMBDA"]
    reasons = [reason for function in functions if (reason := _ask(function, event))]
    return _bad_request(reasons[0]) if reasons else None


def _ask(function: str, event: dict[str, Any]) -> str:
    """Return why a validator says no; nothing if it does not."""
    func, config, name = lambda_svc._get_func_record_for_ref(function)
    if not func:
        return f"Lambda function {name} does not exist."
    if "appconfig.amazonaws.com" not in json.dumps(func.get("policy")):
        return f"AppConfig is not allowed to invoke {name}."
    record = lambda_svc._execution_record_for_config(func, config)
    result = lambda_svc._execute_function_with_config_scope(record, event)
    return str(result["body"].get("errorMessage")) if result.get("error") else ""


def _bad_request(reason: str) -> Response:
    detail = {"Constraint": "", "Location": "", "Reason": reason, "Type": "LAMBDA", "Value": ""}
    message = f"Error validating the configuration: {reason}"
    answer = {
        "__type": "BadRequestException",
        "Message": message,
        "message": message,
        "Reason": "InvalidConfiguration",
        "Details": {"InvalidConfiguration": [detail]},
    }
    headers = {"Content-Type": "application/json", "x-amzn-errortype": "BadRequestException"}
    return 400, headers, json.dumps(answer).encode()
