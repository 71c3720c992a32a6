"""Calls that change a secret are told to EventBridge, as CloudTrail does.

Secrets Manager itself tells of versions only; who changed what, and tags, policies and deletions, come from
CloudTrail. MiniStack keeps no such events. Values never appear in them.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core.iam_evaluator import request_caller_arn
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import secretsmanager

from tests.emulator.plugin.events import send
from tests.emulator.plugin.patching import Response, around

_READ_ONLY = ("Get", "List", "Describe", "BatchGet", "Validate")
_HIDDEN = ("SecretString", "SecretBinary")


def apply() -> None:
    around(secretsmanager, "handle_request", _handle)


async def _handle(handle: Callable[..., Awaitable[Response]], *request: Any) -> Response:
    response = await handle(*request)
    _, _, headers, body, query = request
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if response[0] == 200 and not action.startswith(_READ_ONLY):
        caller = request_caller_arn(headers, query)
        asked = {
            name: value for name, value in secretsmanager.json.loads(body).items() if name not in _HIDDEN
        }
        detail = _detail(action, caller, asked, secretsmanager.json.loads(response[2] or b"{}"))
        send("aws.secretsmanager", "AWS API Call via CloudTrail", detail, [])
    return response


def _detail(action: str, caller: str, asked: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "arn": caller, "accountId": get_account_id()},
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": action,
        "awsRegion": get_region(),
        "requestParameters": {f"{name[0].lower()}{name[1:]}": value for name, value in asked.items()},
        "responseElements": {"arn": answered.get("ARN", "")},
        "requestID": new_uuid(),
        "eventID": new_uuid(),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "eventCategory": "Management",
    }
