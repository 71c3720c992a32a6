"""Files from addresses that a vendor names."""

import socket
import traceback
from pathlib import Path
from typing import Any

import pytest

from reelwright.models.http import AnswerLost, DownloadFailed, NotSent
from tests.simulators.access import KEY
from tests.simulators.server import Answer, Cut, Simulator
from tests.unit.models.providers.http_kit import HTTP, VIDEO, Echo, within

# Downloads

FILM = b"\x00\x00\x00\x18ftypisom" + b"film" * 1000


def download(vendor: Simulator, into: Path, **options: Any) -> str:
    given_options = {"max_bytes": 10_000, "endpoints": (vendor.url,), **options}
    return HTTP.download(f"{vendor.url}/out.mp4?sig={KEY}", into, deadline=within(5), **given_options)


def test_a_file_is_downloaded_whole(tmp_path: Path) -> None:
    with Echo(Answer(200, FILM, VIDEO)) as vendor:
        assert download(vendor, tmp_path / "a.mp4") == "video/mp4"
    assert (tmp_path / "a.mp4").read_bytes() == FILM
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(
    ("answer", "why", "status"),
    [
        (Answer(403, b"<Error/>", VIDEO), "expired", 403),
        (Answer(404), "expired", 404),
        (Answer(410), "expired", 410),
        (Answer(500), "refused", 500),
        (Answer(302, b"", {"location": "/x"}), "refused", 302),
        (Answer(200, b"<html>", {"content-type": "text/html"}), "content_type", 200),
        (Answer(200, b"no type"), "content_type", 200),
        (Answer(200, b"#EXTM3U\nfile:///etc/hostname", VIDEO), "content_type", 200),
        (Answer(200, FILM, {**VIDEO, "content-encoding": "gzip"}), "content_type", 200),
        (Answer(200, b"x" * 10_001, VIDEO), "too_large", 200),
    ],
)
def test_what_is_no_film_is_not_kept(tmp_path: Path, answer: Answer, why: str, status: int) -> None:
    with Echo(answer) as vendor, pytest.raises(DownloadFailed) as caught:
        download(vendor, tmp_path / "a.mp4")
    assert (caught.value.why, caught.value.status) == (why, status)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert list(tmp_path.iterdir()) == []


def test_half_a_film_is_not_kept(tmp_path: Path) -> None:
    with Echo(Cut(500, Answer(200, b"x" * 1000, VIDEO))) as vendor, pytest.raises(AnswerLost):
        download(vendor, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_vendor_cannot_send_us_to_this_machine(tmp_path: Path) -> None:
    with Echo(Answer(200, b"film", VIDEO)) as vendor:
        with pytest.raises(NotSent):
            download(vendor, tmp_path / "a.mp4", endpoints=())
        with pytest.raises(NotSent):
            download(vendor, tmp_path / "a.mp4", endpoints=("https://api.example.com",))
        assert vendor.received == []


@pytest.mark.parametrize(
    "ip",
    ["169.254.169.254", "10.0.0.1", "127.0.0.1", "192.168.1.1", "fe80::1", "::1", "::ffff:10.0.0.1"],
)
def test_a_public_name_that_leads_inside_is_not_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ip: str
) -> None:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (ip, 443))]
    )
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was reached"))
    with pytest.raises(NotSent):
        HTTP.download(
            "https://cdn.example.com/a.mp4",
            tmp_path / "a",
            deadline=within(5),
            max_bytes=1,
            endpoints=("http://127.0.0.1:1",),
        )
