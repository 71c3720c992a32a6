"""Which account of Instagram a client acts for, and how much it may publish there today."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from reelwright.upload.errors import PlatformMisconfigured, QuotaExceeded
from reelwright.upload.platforms.instagram_wire import InstagramWire, unreadable
from reelwright.upload.ports import PlatformCall

__all__ = ["account_of", "check_room"]

_MOST_PAGES: Final = 20
_UNTIL_ASKED_AGAIN: Final = timedelta(hours=1)
"""The limit is of any 24 hours: when there is room again is not told."""


def account_of(wire: InstagramWire, call: PlatformCall) -> str:
    """Return the number of the one professional account that the client may act for.

    PlatformMisconfigured if there is none, or more than one: then nobody can know which is meant.
    """
    found = dict.fromkeys(_accounts(wire, call))
    if len(found) == 1:
        return next(iter(found))
    raise PlatformMisconfigured(
        f"The client may act for {len(found)} professional accounts of Instagram, and it must be one.",
        next_step="Log in again, choose one page with one Instagram account, and store the new client.",
        context={"accounts": ", ".join(found)},
    )


def check_room(wire: InstagramWire, account: str, call: PlatformCall) -> None:
    """Raise QuotaExceeded if Instagram counts as many posts of 24 hours as it allows the account."""
    told = wire.ask(call, "GET", f"{account}/content_publishing_limit", {"fields": "config,quota_usage"}).get(
        "data"
    )
    usage: dict[str, Any] = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else {}
    used, total = usage.get("quota_usage"), (usage.get("config") or {}).get("quota_total")
    if isinstance(used, int) and isinstance(total, int) and used >= total:
        raise QuotaExceeded(
            f"Instagram counts {used} posts of the account in 24 hours, and {total} are allowed.",
            available_at=call.deadline.clock.now() + _UNTIL_ASKED_AGAIN,
            context={"used": used, "limit": total},
        )


def _accounts(wire: InstagramWire, call: PlatformCall) -> Iterator[str]:
    """Yield the accounts of all pages that the client may act for."""
    query = {"fields": "instagram_business_account{id}", "limit": "100"}
    for _ in range(_MOST_PAGES):
        told = wire.ask(call, "GET", "me/accounts", query)
        if not isinstance(told.get("data"), list):
            raise unreadable(writes=False)
        for page in told["data"]:
            account = page.get("instagram_business_account") if isinstance(page, dict) else None
            if isinstance(account, dict) and account.get("id"):
                yield str(account["id"])
        paging = told.get("paging") or {}
        if not paging.get("next"):
            return
        query = {**query, "after": str((paging.get("cursors") or {}).get("after", ""))}
