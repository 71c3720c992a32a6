"""Ways to be wrong about configuration, secrets and deployed environments."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.e2e.bad_inputs.cases import Case

NOBODY_ANSWERS = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nobody",
    "AWS_REGION": "eu-west-1",
}
"""AWS as it is on a machine without a network; whoever runs this may have credentials for the real one."""
ODD_KEYS = {
    "empty": "",
    "a dot": ".",
    "a dot at the end": "video.",
    "unknown": "video.fsp",
    "below a leaf": "video.fps.more",
    "climbing": "../../etc/passwd",
    "huge": "a" * 10_000,
    "deep": "a." * 500 + "a",
    "controls": "video\x1b[31m.fps",
    "bytes that are not UTF-8": "video.\udcff",
    "a dunder": "__class__.__init__",
}
ODD_VALUES = {
    "empty": "",
    "another number": "31",
    "a fraction": "24.5",
    "text": "fast",
    "NaN": "nan",
    "a list": "[24]",
    "a table": '{"fps": 24}',
    "huge": "9" * 5000,
    "a date": "2026-01-01",
    "nested deeply": "[" * 2000,
    "controls": "\x1b[31m24",
}
ODD_DOCUMENTS = {
    "empty": b"",
    "binary": b"\x00\xff\xfe",
    "a list": b"[]",
    "nested deeply": b'{"settings":' * 5000,
    "a number without end": b'{"schema_version": 1, "settings": {"video": {"fps": ' + b"9" * 5000 + b"}}}",
    "another version": b'{"schema_version": 2}',
    "twins": b'{"schema_version": 1, "settings": {}, "settings": {}}',
    "NaN": b'{"schema_version": 1, "settings": {"audio": {"duck_db": NaN}}}',
    "an unknown setting": b'{"schema_version": 1, "settings": {"vidoe": {}}}',
    "a secret in plain text": (
        b'{"schema_version": 1, "settings": {"providers": {"runway": {"credential": "sk-0123456789"}}}}'
    ),
}
WHY = ("--reason", "a test")


def _settings() -> Iterator[Case]:
    for name, key in ODD_KEYS.items():
        yield Case(f"config get, key {name}", ("config", "get", key))
        yield Case(f"config set, key {name}", ("config", "set", *WHY, "--", key, "24"))
        yield Case(f"config unset, key {name}", ("config", "unset", *WHY, "--", key))
    for name, value in ODD_VALUES.items():
        yield Case(f"config set, value {name}", ("config", "set", *WHY, "--", "video.fps", value))
    yield Case("config set, no reason", ("config", "set", "video.fps", "30"))
    yield Case("config set, an empty reason", ("config", "set", "video.fps", "30", "--reason", ""))
    yield Case("config set, a long reason", ("config", "set", "video.fps", "30", "--reason", "x" * 501))
    yield Case("config set, a time that is none", ("config", "set", "video.fps", "30", *WHY, "--for", "soon"))
    yield Case(
        "config set, a key in plain text", ("config", "set", "providers.luma.credential", "sk-1234567", *WHY)
    )
    yield Case("config rollback, unknown", ("config", "rollback", "no-such-version", *WHY))
    yield Case("config rollback, climbing", ("config", "rollback", "../../x", *WHY))
    yield Case("config diff, unknown", ("config", "diff", "nowhere"))
    yield Case("config promote, unknown", ("config", "promote", "local", "nowhere", *WHY))
    yield Case("config promote, to itself", ("config", "promote", "local", "local", *WHY))


def _written(name: str, content: bytes, folder: Path) -> None:
    (folder / name).write_bytes(content)


def _documents() -> Iterator[Case]:
    for name, content in ODD_DOCUMENTS.items():
        yield Case(
            f"config validate, {name}",
            ("config", "validate", "document.json"),
            prepare=partial(_written, "document.json", content),
        )
    yield Case("config validate, no file", ("config", "validate", "none.json"))
    yield Case("config validate, a folder", ("config", "validate", "."))
    yield Case("config backup, nowhere", ("config", "backup", "/proc/none/kept.zip"), exits=(1, 2))
    yield Case("config restore, no file", ("config", "restore", "none.zip", *WHY))
    yield Case(
        "config restore, no zip",
        ("config", "restore", "kept.zip", *WHY),
        prepare=lambda folder: (folder / "kept.zip").write_bytes(b"no zip"),
        exits=(1, 2),
    )


def _secrets() -> Iterator[Case]:
    for name in (
        "",
        "runway",
        "../runway",
        "providers/",
        "elsewhere/runway",
        "providers/" + "x" * 999,
        "Providers/R",
    ):
        yield Case(f"secrets set {name[:20]!r}", ("secrets", "set", "--", name))
        yield Case(f"secrets rotate {name[:20]!r}", ("secrets", "rotate", "--", name))
    yield Case("secrets set, nothing typed", ("secrets", "set", "providers/runway"))
    yield Case("secrets rotate, a provider's", ("secrets", "rotate", "providers/runway"))


def _away() -> Iterator[Case]:
    words = {
        "make": ("make", "Tides"),
        "productions": ("productions", "list"),
        "config": ("config", "get", "video.fps"),
        "config set": ("config", "set", "video.fps", "30", *WHY),
        "secrets": ("secrets", "list"),
    }
    for name, command in words.items():
        case = (*command, "--env", "dev")
        yield Case(f"{name} where AWS is away", case, exits=(4,), environ=NOBODY_ANSWERS)


CONTROL: tuple[Case, ...] = (*_settings(), *_documents(), *_secrets(), *_away())
