"""The manners of a CloudFormation custom resource: one answer to every request, whatever happens."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.request import Request, urlopen

from pydantic import BaseModel, ConfigDict, Field

from reelwright.clock import Clock
from reelwright.errors import ReelwrightError

__all__ = ["PHYSICAL_ID", "Kind", "ResourceRequest", "Send", "Work", "answer", "send"]

PHYSICAL_ID = "definitions"
"""Never changes, so an update is an update and no replacement."""

_REASON_CHARS = 1000
_ATTEMPTS = 5
_SEND_SECONDS = 10.0
_log = logging.getLogger(__name__)

Send = Callable[[str, bytes], None]
Kind = Literal["Create", "Update", "Delete"]
Work = Callable[[Kind], Mapping[str, str]]


class ResourceRequest(BaseModel):
    """What CloudFormation asks. The URL is a key to answer with: it is neither logged nor shown."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: Kind = Field(alias="RequestType")
    url: str = Field(alias="ResponseURL", repr=False, pattern="^https?://")
    stack: str = Field(alias="StackId")
    request: str = Field(alias="RequestId")
    resource: str = Field(alias="LogicalResourceId")
    physical: str = Field(alias="PhysicalResourceId", default=PHYSICAL_ID)


def answer(request: ResourceRequest, work: Work, send: Send, clock: Clock) -> bool:
    """Do the work and tell CloudFormation; return whether it succeeded.

    A failure is an answer too. Only when the answer itself cannot be sent, several times, does this raise.
    """
    told: dict[str, Any]
    try:
        told = {"Status": "SUCCESS", "Data": dict(work(request.kind))}
    except Exception as error:  # noqa: BLE001 (CloudFormation would wait an hour for an answer)
        _log.exception("The definitions could not be merged.")
        told = {"Status": "FAILED", "Reason": _reason(error)}
    _deliver(request, told, send, clock)
    return "Reason" not in told


def send(url: str, body: bytes) -> None:
    """Put the answer where CloudFormation waits for it."""
    # The URL is signed for a request without a content type, and urllib would add one.
    request = Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310 (http or https, checked)
    with urlopen(request, timeout=_SEND_SECONDS):  # noqa: S310 (as above)
        pass


def _deliver(request: ResourceRequest, told: dict[str, Any], send: Send, clock: Clock) -> None:
    body = json.dumps(
        {
            "PhysicalResourceId": request.physical,
            "StackId": request.stack,
            "RequestId": request.request,
            "LogicalResourceId": request.resource,
            **told,
        }
    ).encode()
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return send(request.url, body)
        except OSError:
            if attempt == _ATTEMPTS:
                raise
            clock.sleep(2.0**attempt)
    return None


def _reason(error: Exception) -> str:
    """Return what CloudFormation shows; of an error that is none of ours only its type."""
    text = (
        str(error)
        if isinstance(error, ReelwrightError)
        else f"{type(error).__name__}: see the function's log."
    )
    return text[:_REASON_CHARS]
