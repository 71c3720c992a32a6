"""Changes of parameters are told to EventBridge, as Systems Manager does; MiniStack says nothing."""

from collections.abc import Callable
from typing import Any

from ministack.services import ssm

from tests.emulator.plugin.events import send
from tests.emulator.plugin.patching import Response, around


def apply() -> None:
    around(ssm, "_put_parameter", _put_parameter)
    around(ssm, "_delete_parameter", _delete_parameter)


def _put_parameter(put: Callable[[Any], Response], data: dict[str, Any]) -> Response:
    existed = data.get("Name") in ssm._parameters
    response = put(data)
    if response[0] == 200:
        _tell("Update" if existed else "Create", ssm._parameters[data["Name"]])
    return response


def _delete_parameter(delete: Callable[[Any], Response], data: dict[str, Any]) -> Response:
    record = ssm._parameters.get(data.get("Name"))
    response = delete(data)
    if response[0] == 200 and record:
        _tell("Delete", record)
    return response


def _tell(operation: str, record: dict[str, Any]) -> None:
    detail = {
        "operation": operation,
        "name": record["Name"],
        "type": record["Type"],
        "description": record.get("Description", ""),
    }
    send("aws.ssm", "Parameter Store Change", detail, [record["ARN"]])
