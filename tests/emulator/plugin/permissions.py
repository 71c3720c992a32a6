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
from ministack.services import sts

from tests.emulator.agreed import DENIED
from tests.emulator.plugin.patching import around

_LOGGER = logging.getLogger("plugin.permissions")


def apply() -> None:
    around(iam_evaluator, "enforce", _enforce)
    around(iam_actions, "extract_resource_arn", _resource_arn)
    around(app, "pin_request_origin", lambda pin, address, _secure: pin(address, True))  # noqa: FBT003 (theirs)


def _resource_arn(extract: Callable[..., str], service: str, *request: Any) -> str:
    """Name the path of GetParametersByPath, for which MiniStack checks all parameters there are."""
    _, _, headers, body, _, region, account = request
    if service == "ssm" and headers.get("x-amz-target", "").endswith(".GetParametersByPath"):
        path = json.loads(body)["Path"].strip("/")
        return f"arn:aws:ssm:{region}:{account}:parameter/{path}"
    return extract(service, *request)


def _enforce(enforce: Callable[..., Any], access_key: str, action: str, *where: Any, **about: Any) -> Any:
    denied = enforce(access_key, action, *where, **about)
    if denied is None:
        return None
    principal = str((sts._sessions.get(access_key) or {}).get("Arn", "unknown"))
    if ":assumed-role/cdk-" in principal:
        return None
    _LOGGER.warning("%s %s %s %s", DENIED, principal, action, about.get("resource_arn", "*"))
    return denied
