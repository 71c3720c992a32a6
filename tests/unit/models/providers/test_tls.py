"""Certificates."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright.models.http import NotSent
from reelwright.storage import wire
from tests.simulators.access import KEY
from tests.simulators.tls import sealed_server
from tests.unit.models.providers.http_kit import HTTP, within

# TLS


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    with sealed_server(tmp_path) as server:
        yield server
    wire._verifying.cache_clear()


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    tls_server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = tls_server
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    wire._verifying.cache_clear()
    with pytest.raises(NotSent, match="certificate"):
        HTTP.send("GET", url, headers={"Authorization": KEY}, deadline=within(5))


def test_a_certificate_is_for_its_name(tls_server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    url, authority = tls_server
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    wire._verifying.cache_clear()
    assert HTTP.send("GET", url, deadline=within(5)).body == b"sealed"
    with pytest.raises(NotSent):
        HTTP.send("GET", url.replace("localhost", "127.0.0.1"), deadline=within(5))
