"""Events of AWS services, onto the default bus."""

import json
import time
from typing import Any

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import eventbridge


def send(source: str, detail_type: str, detail: dict[str, Any], resources: list[str]) -> None:
    """Send one event of a service to whatever rules match it."""
    eventbridge._dispatch_event(
        {
            "EventId": new_uuid(),
            "Source": source,
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
            "EventBusName": "default",
            "Time": int(time.time()),
            "Resources": resources,
            "Account": get_account_id(),
            "Region": get_region(),
        }
    )
