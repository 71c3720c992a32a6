"""Addresses of vendors, taken apart and put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.addresses import join, parse_address
from reelwright.models.errors import ProviderMisconfigured
from reelwright.storage.addresses import is_public


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/v1",
        "ftp://api.example.com",
        "https://user:pass@api.example.com",
        "https://api.example.com@evil.example",
        "https://api.example.com/#x",
        "https:///v1",
        "https://api.example.com:99999/",
        "https://api.example.com:0/",
        "https://api.example.com/a b",
        "https://api.example.com/a\r\nHost: evil",
        "https://api.example.com\\@evil.example/",
        "https://exämple.com/",
        "https://-evil/",
        "http://127.0.0.1.evil.example/",
        "http://[::2]/",
        "https://[::1",
        "/v1",
        "",
        "https://api.example.com/" + "a" * 9000,
    ],
)
def test_addresses_that_could_lead_elsewhere_are_refused(url: str) -> None:
    with pytest.raises(ProviderMisconfigured):
        parse_address(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "target", "authority"),
    [
        ("https://api.example.com", "api.example.com", 443, "/", "api.example.com"),
        ("https://api.example.com:8443/v1?a=b", "api.example.com", 8443, "/v1?a=b", "api.example.com:8443"),
        ("http://localhost:80/x", "localhost", 80, "/x", "localhost"),
        ("http://[::1]:8080/", "::1", 8080, "/", "[::1]:8080"),
    ],
)
def test_addresses_are_taken_apart(url: str, host: str, port: int, target: str, authority: str) -> None:
    address = parse_address(url)
    assert (address.host, address.port, address.target, address.authority) == (host, port, target, authority)


@given(st.text())
def test_a_segment_stays_one_whatever_is_in_it(segment: str) -> None:
    try:
        url = join("https://api.example.com/base/", "tasks", segment, query={"q": segment})
    except ProviderMisconfigured:
        assert segment in {"", ".", ".."}
        return
    if len(url) < 8000:
        path, _, _ = parse_address(url).target.partition("?")
        assert path.count("/") == 3


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_segments_that_a_path_loses_are_refused(segment: str) -> None:
    with pytest.raises(ProviderMisconfigured):
        join("https://api.example.com", "tasks", segment)


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 (no binding)
        ("224.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:a00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
    ],
)
def test_wrapped_addresses_are_unwrapped(ip: str, *, public: bool) -> None:
    assert is_public(ip) is public
