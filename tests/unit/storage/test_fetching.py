"""Addresses that others name: nothing inside is reached, nothing endless read, nothing but media kept."""

import socket
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reelwright.storage.fetching import FetchBroken, Fetched, Fetching, FetchRefused, fetch
from reelwright.storage.sniffing import media_kind
from tests.simulators.server import Answer, Cut
from tests.unit.models.providers.http_kit import VIDEO, Echo, drip, raw_server, within

FILM = b"\x00\x00\x00\x18ftypisom" + b"film" * 1_000
SECRET = "sig=hunter2"  # noqa: S105 (no secret of anybody)
PUBLIC = "93.184.216.34"
INSIDE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",  # noqa: S104 (no binding)
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "fec0::1",
    "2002:a9fe:a9fe::1",
]


class Names:
    """A resolver that says what it is told, one answer after another, and remembers who asked."""

    def __init__(self, *answers: str | list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[Any]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        places = [answer] if isinstance(answer, str) else answer
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
            for ip in places
        ]


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where connections were tried; none is made."""
    places: list[str] = []

    def connect(_: socket.socket, place: tuple[Any, ...]) -> None:
        places.append(str(place[0]))
        raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return places


def got(url: str, into: Path, *, seconds: float = 5, **rules: Any) -> Fetched:
    given: dict[str, Any] = {"max_bytes": 10_000, "loopback": True, **rules}
    return fetch(url, into / "a.mp4", Fetching(**given), within(seconds))


def refused(url: str, into: Path, **rules: Any) -> str:
    with pytest.raises(FetchRefused) as caught:
        got(url, into, **rules)
    assert list(into.iterdir()) == []
    assert SECRET not in str(caught.value)
    return str(caught.value.why)


def broken(url: str, into: Path, **rules: Any) -> str:
    with pytest.raises(FetchBroken) as caught:
        got(url, into, **rules)
    assert list(into.iterdir()) == []
    return str(caught.value.why)


@pytest.mark.parametrize("ip", INSIDE)
def test_no_name_leads_inside(tmp_path: Path, reached: list[str], ip: str) -> None:
    url = f"https://cdn.example.com/a.mp4?{SECRET}"
    assert refused(url, tmp_path, resolve=Names(ip)) == "not_public"
    assert refused(url, tmp_path, resolve=Names([PUBLIC, ip])) == "not_public"
    assert reached == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://[::1]/a.mp4", "not_public"),
        ("https://localhost/a.mp4", "not_public"),
        ("http://127.0.0.1/a.mp4", "not_public"),
        ("http://cdn.example.com/a.mp4", "address"),
        ("file:///etc/passwd", "address"),
        ("ftp://cdn.example.com/a.mp4", "address"),
        ("gopher://cdn.example.com/a", "address"),
        ("data:video/mp4;base64,AAAA", "address"),
        ("https://user:word@cdn.example.com/a.mp4", "address"),
        ("https://cdn.example.com\\@10.0.0.1/a.mp4", "address"),
        ("https://cdn.example.com/a b.mp4", "address"),
        ("https://cdn.example.com/a\r\nHost: x", "address"),
        ("https://cdn.example.com:22/a.mp4", "port"),
        ("https://cdn.example.com:6379/a.mp4", "port"),
        ("https://" + "a" * 9_000, "address"),
        ("", "address"),
    ],
)
def test_addresses_that_are_none_of_the_public_internet(
    tmp_path: Path, reached: list[str], url: str, why: str
) -> None:
    assert refused(url, tmp_path, loopback=False) == why
    assert reached == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "127.1", "0"])
def test_numbers_that_the_system_takes_for_addresses_do_not_lead_inside(
    tmp_path: Path, reached: list[str], host: str
) -> None:
    assert refused(f"https://{host}/a.mp4", tmp_path, loopback=False) == "not_public"
    assert reached == []


def test_a_name_that_changes_its_mind_is_asked_once(tmp_path: Path, reached: list[str]) -> None:
    names = Names(PUBLIC, "127.0.0.1")
    assert broken("https://cdn.example.com/a.mp4", tmp_path, resolve=names) == "unreachable"
    assert names.asked == ["cdn.example.com"]
    assert reached == [PUBLIC]


def test_a_file_is_fetched_whole(tmp_path: Path) -> None:
    with Echo(Answer(200, FILM, VIDEO)) as server:
        assert got(f"{server.url}/a?{SECRET}", tmp_path) == Fetched("video/mp4", "mp4", len(FILM))
    assert (tmp_path / "a.mp4").read_bytes() == FILM
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_redirects_are_followed_as_far_as_allowed(tmp_path: Path) -> None:
    moved = [Answer(code, b"", {"location": f"/{code}"}) for code in (301, 302, 307)]
    with Echo(*moved, Answer(200, FILM, VIDEO)) as server:
        assert got(f"{server.url}/a", tmp_path).size_bytes == len(FILM)
        assert [each.path for each in server.received] == ["/a", "/301", "/302", "/307"]
    (tmp_path / "a.mp4").unlink()
    with Echo(*(Answer(302, b"", {"location": "/a"}) for _ in range(9))) as server:
        assert refused(f"{server.url}/a", tmp_path) == "redirects"
        assert len(server.received) == 4


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("https://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://10.0.0.8/a.mp4", "not_public"),
        ("//192.168.0.1/a.mp4", "address"),  # of the same scheme, which is http here
        ("http://cdn.example.com/a.mp4", "address"),
        ("file:///etc/passwd", "address"),
        ("https://cdn.example.com:8080/a.mp4", "port"),
        ("https://user@cdn.example.com/", "address"),
        ("https://[", "address"),
    ],
)
def test_a_redirect_is_judged_like_the_first_address(tmp_path: Path, place: str, why: str) -> None:
    with Echo(Answer(302, b"", {"location": place})) as server:
        assert refused(f"{server.url}/a", tmp_path) == why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(200, FILM * 3, VIDEO), "too_large"),
        (Answer(404), "expired"),
        (Answer(500), "status"),
        (Answer(206, FILM, VIDEO), "status"),
        (Answer(304), "status"),
        (Answer(200, FILM, {"content-type": "text/html"}), "content_type"),
        (Answer(200, FILM), "content_type"),
        (Answer(200, b"<html>", VIDEO), "not_media"),
        (Answer(200, b"#EXTM3U\nfile:///etc/passwd", VIDEO), "not_media"),
        (Answer(200, b"ffconcat version 1.0", VIDEO), "not_media"),
        (Answer(200, b"\x7fELF" + bytes(500), VIDEO), "not_media"),
        (Answer(200, b"", VIDEO), "not_media"),
        (Answer(200, zlib.compress(bytes(1 << 20)), {**VIDEO, "content-encoding": "deflate"}), "encoded"),
    ],
)
def test_what_is_no_film_or_no_end_is_not_kept(tmp_path: Path, answer: Answer, why: str) -> None:
    with Echo(answer) as server:
        assert refused(f"{server.url}/a?{SECRET}", tmp_path) == why


def test_half_a_file_is_not_kept(tmp_path: Path) -> None:
    with Echo(Cut(500, Answer(200, FILM, VIDEO))) as server:
        assert broken(f"{server.url}/a", tmp_path) == "lost"


def _endless(head: bytes, piece: bytes) -> Callable[[socket.socket, Any], None]:
    def talk(made: socket.socket, over: Any) -> None:
        made.recv(65_536)
        try:
            made.sendall(head)
            while not over.is_set():
                made.sendall(piece)
        except OSError:
            return

    return talk


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n"


@pytest.mark.parametrize(
    ("head", "piece", "why"),
    [
        (_HEAD + b"\r\n" + FILM, b"x" * 9_000, "too_large"),
        (
            _HEAD + b"Transfer-Encoding: chunked\r\n\r\n14\r\n" + FILM[:20] + b"\r\n",
            b"3\r\nabc\r\n",
            "too_large",
        ),
        (_HEAD + b"Content-Length: 99999999999\r\n\r\n", b"x" * 9_000, "too_large"),
    ],
)
def test_an_endless_body_ends(tmp_path: Path, head: bytes, piece: bytes, why: str) -> None:
    with raw_server(_endless(head, piece)) as url:
        assert refused(f"{url}/a", tmp_path) == why


@pytest.mark.parametrize(
    ("head", "piece"),
    [(b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n"), (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 70_000)],
)
def test_endless_headers_end(tmp_path: Path, head: bytes, piece: bytes) -> None:
    with raw_server(_endless(head, piece)) as url:
        assert broken(f"{url}/a", tmp_path) == "lost"


def test_bytes_that_drip_do_not_add_up(tmp_path: Path) -> None:
    with raw_server(drip(_HEAD + b"\r\n" + FILM)) as url:
        assert broken(f"{url}/a", tmp_path, seconds=0.3) == "late"


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (FILM[:189], "mp4"),
        (b"\x1aE\xdf\xa3", "matroska"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "avi"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", None),
        (b"OggS", "ogg"),
        (b"GIF89a", "gif"),
        (b"G" + bytes(187) + b"G", "mpegts"),
        (b"G" + bytes(188), None),
        (b"G", None),
        (b"", None),
    ],
)
def test_kinds_are_told_by_their_beginning(beginning: bytes, kind: str | None) -> None:
    assert media_kind(beginning) == kind
