"""Addresses of vendors: taken apart strictly, and put together without injection."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from reelwright.models.errors import ProviderMisconfigured
from reelwright.storage.addresses import Address, AddressRefused, read_address

__all__ = ["join", "parse_address"]


def parse_address(url: str) -> Address:
    """Return the parts of an https address, or of an http one of this machine.

    ProviderMisconfigured for anything else, and for addresses with credentials, a fragment, blanks or
    control characters. What may be secret in it, path and query, is in no message.
    """
    try:
        return read_address(url)
    except AddressRefused as error:
        raise _invalid(error.why, error.host) from error


def join(base: str, *segments: str, query: Mapping[str, str | int] | None = None) -> str:
    """Return an address below ``base``; each segment stays one, whatever is in it.

    ProviderMisconfigured for segments that a path does not keep: nothing, ``.`` and ``..``.
    """
    if any(segment in {"", ".", ".."} for segment in segments):
        raise _invalid("a part of its path is empty or made of dots", "")
    path = "".join(f"/{quote(segment, safe='', errors='replace')}" for segment in segments)
    asked = f"?{urlencode(query, errors='replace')}" if query else ""
    return base.rstrip("/") + path + asked


def _invalid(why: str, host: str) -> ProviderMisconfigured:
    return ProviderMisconfigured(
        f"An address of a provider cannot be used: {why}.",
        next_step="Correct providers.<name>.endpoints; plain http is for 127.0.0.1 and localhost only.",
        context={"host": host},
    )
