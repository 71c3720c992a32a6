"""Bad inputs of flags and kill switches."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.e2e.bad_inputs.cases import Case
from tests.e2e.bad_inputs.control import NOBODY_ANSWERS, WHY

__all__ = ["FLAGS"]

ODD_NAMES = {
    "empty": "",
    "a dot": ".",
    "nearly right": "captoins",
    "climbing": "../../etc/passwd",
    "huge": "a" * 10_000,
    "controls": "captions\x1b[31m",
    "bytes that are not UTF-8": "\udcff",
    "a dunder": "__class__",
    "an option": "--percent",
    "a document's key": "_variants",
}
ODD_RULES = {
    "empty": "",
    "a bracket": "(",
    "nested deeply": "(not " * 5000 + "true" + ")" * 5000,
    "huge": '(eq $topic "' + "a" * 20_000 + '")',
    "an unknown operator": "(ne $topic 1)",
    "no rule": "topic = 1",
    "two rules": "(exists key::$a) (exists key::$b)",
    "a bad pattern": '(matches in::$topic pattern::"(")',
    "bytes that are not UTF-8": '(eq $topic "\udcff")',
    "controls": "\x1b[31m(",
    "a share above all": "(split pct::101 by::$id)",
}
ODD_SHARES = ("", "ten", "-1", "100.1", "nan", "inf", "-inf", "1e400", "10%", "0x10")
ODD_MOMENTS = (
    "",
    "soon",
    "2999-13-01",
    "2999-02-30",
    "2999-01-01T25:00Z",
    "2999-01-01T10:00",
    "99999-01-01",
    "2" * 5000,
    "2999-01-01T00:00:00+99:99",
)
ODD_VALUES = {
    "no file": None,
    "empty": b"",
    "binary": b"\x00\xff\xfe",
    "a list": b"[]",
    "nested deeply": b'{"enabled":' * 5000,
    "nothing said": b"{}",
    "null": b'{"enabled": null}',
    "an unknown attribute": b'{"enabled": true, "nobody": 1}',
    "no default": b'{"_variants": [{"name": "a", "enabled": true, "rule": "(exists key::\\"a\\")"}]}',
    "twins": b'{"_variants": [{"name": "a", "enabled": true, "rule": "x"}, {"name": "a", "enabled": true}]}',
    "33 variants": json.dumps(
        {
            "_variants": [
                {"name": f"v{place}", "enabled": True, "rule": "(exists key::a)"} for place in range(33)
            ]
        }
    ).encode(),
    "a bad rule": (
        b'{"_variants": [{"name": "a", "enabled": true, "rule": "((("}, {"name": "b", "enabled": true}]}'
    ),
    "a whole document": b'{"version": "1", "flags": {}, "values": {}}',
}


def _names() -> Iterator[Case]:
    for name, flag in ODD_NAMES.items():
        yield Case(f"flags set, flag {name}", ("flags", "set", *WHY, "--", flag, "on"))
        yield Case(f"flags eval, flag {name}", ("flags", "eval", "--", flag))
        yield Case(f"flags history, flag {name}", ("flags", "history", "--", flag))
        yield Case(f"flags kill, provider {name}", ("flags", "kill", *WHY, "--", "provider", flag))
        yield Case(f"flags rollback, version {name}", ("flags", "rollback", *WHY, "--", flag))
        yield Case(
            f"flags set, attribute {name}", ("flags", "set", "video-model", *WHY, f"--attribute={flag}=x")
        )
        yield Case(f"flags set, variant {name}", ("flags", "set", "music", "off", *WHY, f"--variant={flag}"))
    yield Case("flags set, no state", ("flags", "set", "captions", *WHY))
    yield Case("flags set, another state", ("flags", "set", "captions", "maybe", *WHY))
    yield Case("flags set, no reason", ("flags", "set", "captions", "off"))
    yield Case("flags set, an empty reason", ("flags", "set", "captions", "off", "--reason", ""))
    yield Case("flags set, a long reason", ("flags", "set", "captions", "off", "--reason", "x" * 501))
    yield Case("flags kill, no reason", ("flags", "kill", "provider", "runway"))
    yield Case("flags kill, a planet", ("flags", "kill", "planet", "earth", *WHY))
    yield Case("flags eval, nothing", ("flags", "eval"))
    yield Case("flags eval, one and all", ("flags", "eval", "captions", "--all"))
    yield Case("flags eval, a context that is none", ("flags", "eval", "captions", "--context", "language"))
    yield Case("flags eval, no such production", ("flags", "eval", "captions", "--production", "prod_none"))
    both = ("--production", "prod_a", "--unit", "prod_b")
    yield Case("flags eval, two units", ("flags", "eval", "captions", *both))


def _targets() -> Iterator[Case]:
    for name, rule in ODD_RULES.items():
        yield Case(f"flags set, rule {name}", ("flags", "set", "music", "off", *WHY, f"--rule={rule}"))
    for share in ODD_SHARES:
        yield Case(
            f"flags set, share {share!r}", ("flags", "set", "music", "off", *WHY, f"--percent={share}")
        )
    for moment in ODD_MOMENTS:
        for option in ("--from", "--until"):
            words = ("flags", "set", "music", "off", *WHY, f"{option}={moment}")
            yield Case(f"flags set, {option} {moment[:20]!r}", words)
    over = ("--until", "2020-01-01")
    yield Case("flags set, over before it began", ("flags", "set", "music", "off", *WHY, *over))
    yield Case("flags set, by without a share", ("flags", "set", "music", "off", *WHY, "--by", "topic"))
    yield Case("flags set, by nothing", ("flags", "set", "music", "off", *WHY, "--percent=1", "--by="))
    seed = "\udcff"
    yield Case(
        "flags set, an odd seed", ("flags", "set", "music", "off", *WHY, "--percent=1", f"--seed={seed}")
    )
    tier = ("--attribute", "tier=" + "x" * 2000)
    yield Case("flags set, a long attribute", ("flags", "set", "video-model", "on", *WHY, *tier))


def _written(content: bytes | None, folder: Path) -> None:
    if content is not None:
        (folder / "value.json").write_bytes(content)


def _values() -> Iterator[Case]:
    for name, content in ODD_VALUES.items():
        yield Case(
            f"flags set, a document: {name}",
            ("flags", "set", "captions", *WHY, "--document", "value.json"),
            prepare=partial(_written, content),
        )
    yield Case("flags set, a document: a folder", ("flags", "set", "captions", *WHY, "--document", "."))


def _away() -> Iterator[Case]:
    words = {
        "list": ("list",),
        "eval": ("eval", "captions"),
        "set": ("set", "captions", "off", *WHY),
        "kill": ("kill", "provider", "runway", *WHY),
        "history": ("history",),
        "rollback": ("rollback", "1", *WHY),
    }
    for name, command in words.items():
        case = ("flags", *command, "--env", "dev")
        yield Case(f"flags {name} where AWS is away", case, exits=(4,), environ=NOBODY_ANSWERS)
    yield Case("flags list, no such environment", ("flags", "list", "--env", "nowhere"))


FLAGS: tuple[Case, ...] = (*_names(), *_targets(), *_values(), *_away())
