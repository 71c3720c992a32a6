"""Where requests go on the internet: addresses taken apart strictly, and whether they lead inside."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from reelwright.errors import InvalidInput

__all__ = ["Address", "AddressRefused", "is_public", "read_address"]

_MAX_CHARS = 8_192
_VISIBLE = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without blanks and the backslash, which some readers take for a slash."""
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PORTS = {"https": 443, "http": 80}
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER = tuple(map(IPv6Network, ("::/96", "64:ff9b:1::/48", "fec0::/10")))
"""IPv4 in a form nobody uses, NAT64 of one's own network (RFC 8215), and what was once site-local."""


class AddressRefused(InvalidInput):
    """An address is none that is taken. What may be secret in it, path and query, is not told."""

    code = "address_refused"

    def __init__(self, why: str, host: str) -> None:
        super().__init__(
            f"An address cannot be used: {why}.",
            next_step="Give an https address of the public internet, without a user and a password.",
            context={"host": host},
        )
        self.why = why
        self.host = host


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes, and what it asks for there."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query, as they go over the wire."""

    @property
    def is_loopback(self) -> bool:
        """Whether the name is one of this machine."""
        return self.host in _LOOPBACK

    @property
    def authority(self) -> str:
        """Host and port for the Host header; the usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_address(url: str) -> Address:
    """Return the parts of an https address, or of an http one of this machine.

    AddressRefused for anything else, and for addresses with credentials, a fragment, blanks or
    control characters. What may be secret in it, path and query, is in no message.
    """
    if len(url) > _MAX_CHARS or not _VISIBLE.fullmatch(url):
        raise AddressRefused("it is too long, or has characters that no address has", "")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused("it has no valid host or port", "") from error
    if not _HOST.fullmatch(host) or "@" in parts.netloc or parts.fragment or port == 0:
        raise AddressRefused("it needs a host, and may have no credentials and no fragment", "")
    if parts.scheme not in _PORTS or (parts.scheme == "http" and host not in _LOOPBACK):
        raise AddressRefused("it is neither https nor http of this machine", host)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], target)


def is_public(ip: str) -> bool:
    """Return whether an IP address is one of the public internet, also where another is wrapped in it."""
    address = ip_address(ip.partition("%")[0])
    inner = _wrapped(address) if isinstance(address, IPv6Address) else None
    if any(address in network for network in _NEVER):
        return False
    return all(one.is_global and not one.is_multicast for one in (address, inner) if one is not None)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
