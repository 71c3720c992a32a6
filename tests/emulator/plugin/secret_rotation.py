"""Secrets that rotate.

MiniStack has no ``AWS::SecretsManager::RotationSchedule``, and its RotateSecret copies the old value without
calling anybody. Here the function is called for its four steps, in the background as on AWS, and
DescribeSecret tells when that last went well.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import spawn_background
from ministack.core.responses import json_response, new_uuid
from ministack.services import lambda_svc
from ministack.services import secretsmanager as service

from tests.emulator.plugin.patching import Response, around, body_of, resource_type

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_DAY_SECONDS = 86_400
_LOGGER = logging.getLogger("plugin.secret_rotation")


def apply() -> None:
    around(service, "_rotate_secret", _rotate_secret)
    around(service, "_describe_secret", _describe_secret)
    around(service, "_get_secret_value", _get_secret_value)
    resource_type("AWS::SecretsManager::RotationSchedule", create=_create_schedule, delete=_delete_schedule)


def _get_secret_value(get: Callable[[Any], Response], data: dict[str, Any]) -> Response:
    """Refuse a version that is announced by a rotation and has no value yet."""
    response = get(data)
    answer = body_of(response)
    if response[0] == 200 and not {"SecretString", "SecretBinary"} & answer.keys():
        error = {"__type": "ResourceNotFoundException", "message": "The version has no value yet."}
        return 400, response[1], json.dumps(error).encode()
    return response


def _describe_secret(describe: Callable[[Any], Response], data: dict[str, Any]) -> Response:
    response = describe(data)
    _, secret = service._resolve(data.get("SecretId"))
    if response[0] != 200 or not secret or not secret.get("RotationEnabled"):
        return response
    answer = body_of(response)
    last = secret.get("LastRotatedDate")
    days = _days(secret.get("RotationRules") or {})
    if last:
        answer["LastRotatedDate"] = last
    if days:
        answer["NextRotationDate"] = (last or secret["CreatedDate"]) + days * _DAY_SECONDS
    described: Response = json_response(answer)
    return described


def _days(rules: dict[str, Any]) -> int:
    """Return the days between rotations, 0 where rules set none; ``cron`` expressions are not read."""
    rate = re.fullmatch(r"rate\((\d+) days?\)", rules.get("ScheduleExpression", ""))
    return int(rate[1] if rate else rules.get("AutomaticallyAfterDays", 0))


def _rotate_secret(rotate: Callable[[Any], Response], data: dict[str, Any]) -> Response:
    _, secret = service._resolve(data.get("SecretId"))
    if not secret or secret.get("DeletedDate"):
        return rotate(data)
    function = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not function:
        error = {"__type": "InvalidRequestException", "message": "No Lambda rotation function is configured."}
        return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(error).encode()
    rules = data.get("RotationRules") or secret.get("RotationRules")
    secret.update(RotationEnabled=True, RotationLambdaARN=function, RotationRules=rules)
    token = data.get("ClientRequestToken") or new_uuid()
    if data.get("RotateImmediately", True):
        _start(secret, token)
    begun: Response = json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})
    return begun


def _start(secret: dict[str, Any], token: str) -> None:
    service._remove_stage_everywhere(secret, "AWSPENDING")
    empty = {"SecretString": None, "SecretBinary": None, "CreatedDate": int(time.time())}
    secret["Versions"][token] = empty | {"Stages": ["AWSPENDING"]}
    spawn_background(_run_steps, secret, token, thread_name="secret-rotation")


def _run_steps(secret: dict[str, Any], token: str) -> None:
    func, config, _ = lambda_svc._get_func_record_for_ref(secret["RotationLambdaARN"])
    record = lambda_svc._execution_record_for_config(func, config)
    for step in STEPS:
        event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": token}
        result = lambda_svc._execute_function_with_config_scope(record, event)
        if result.get("error"):
            _LOGGER.warning("%s of %s failed: %s", step, secret["Name"], result.get("body"))
            return
    service._remove_stage_everywhere(secret, "AWSPENDING", except_version_id=token)
    secret["LastRotatedDate"] = int(time.time())


def _create_schedule(_logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    request = {key: props[key] for key in ("SecretId", "RotationLambdaARN", "RotationRules") if key in props}
    immediately = str(props.get("RotateImmediatelyOnUpdate", True)).lower() == "true"
    answer = service._rotate_secret(request | {"RotateImmediately": immediately})
    if answer[0] >= 400:
        raise ValueError(f"AWS::SecretsManager::RotationSchedule: {body_of(answer).get('message')}")
    return body_of(answer)["ARN"], {}


def _delete_schedule(physical_id: str, _props: dict[str, Any]) -> None:
    _, secret = service._resolve(physical_id)
    if secret:
        secret.update(RotationEnabled=False, RotationLambdaARN=None, RotationRules=None)
