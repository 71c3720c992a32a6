"""Bad inputs, generated: what people, scripts and attackers get wrong, and machines run out of.

Every case must end in a typed error. A case that turns out to be fine does not belong here but in
``odd.py``.
"""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["CASES", "SENTINEL", "Case"]

SENTINEL = "was-executed"
"""A file that only executed input could make."""

BRIEF = "brief.md"
NOTES = "The Moon pulls on the water. The sea rises twice a day.\n"
UNKNOWN_ID = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"

Prepare = Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """One run of the command line that must be refused."""

    name: str
    words: tuple[str, ...]
    prepare: Prepare = field(default=lambda _: None, repr=False)
    exits: tuple[int, ...] = (2,)
    environ: Mapping[str, str] = field(default_factory=dict)
    as_nobody: bool = False
    """Run without the rights of root."""
    largest_file: int | None = None
    """No file may grow beyond so many bytes, as on a full disk."""
    tiny_disk: bool = False
    """The working folder is a disk of 48 kB."""


def _topics() -> Iterator[Case]:
    texts = {
        "empty": "",
        "a space": " ",
        "tabs and newlines": "\t\n\r\n",
        "controls only": "\x01\x02\x1f\x7f",
        "an escape": "\x1b",
        "C1 controls only": "\x80\x9b\x9f",
        "zero-width spaces only": "\u200b\u200b",
        "direction marks only": "\u202e\u2066\u2069\u200f",
        "a byte order mark": "\ufeff",
        "private use only": "\ue000\uf8ff",
        "unassigned only": "\U000e0fff\ufffe",
        "tag characters only": "\U000e0041\U000e0042",
        "bytes that are not UTF-8": "\udcff\udcfe",
        "201 characters": "x" * 201,
        "a thousand emoji": "🌊" * 1000,
        "100 kB": "word " * 20_000,
        "line separators only": "\u2028\u2029",
    }
    for name, text in texts.items():
        yield Case(f"topic: {name}", ("make", "--", text))


def _options() -> Iterator[Case]:
    bad_values = {
        "--duration": [
            "-1",
            "-60",
            "0",
            "1",
            "5",
            "1201",
            "99999999999999999999",
            "1e2",
            "nan",
            "inf",
            "-inf",
            "",
            " ",
            "60s",
            "0x3c",
            "6.5",
            "1:00",
            "ten",
            "🌊",
            "--",
            "9" * 5000,
        ],
        "--aspect": ["16x9", "4:3", "", "16:9:1", "wide", "../9", "16\u22369"],
        "--resolution": ["8k", "720", "", "-720p", "720P "],
        "--fps": ["0", "-1", "25", "nan", "24.0", "999999", ""],
        "--captions": ["on", "", "true", "Burned\n", "<b>"],
        "--seed": ["-1", "2147483648", "abc", "1e9", "", "99999999999999999999999999"],
        "--jobs": ["0", "-1", "65", "x", "", "1e3"],
        "--audience": ["x" * 101, "y" * 100_000],
        "--style": ["no-such-style", "../../etc/passwd", "<script>", "x" * 41, "\x1b[31m", ""],
    }
    for option, values in bad_values.items():
        for value in values:
            yield Case(f"{option} {value[:20]!r} ({len(value)})", ("make", "Tides", f"{option}={value}"))


def _command_lines() -> Iterator[Case]:
    lines = {
        "no command": (),
        "an unknown command": ("mkae", "Tides"),
        "an empty command": ("",),
        "a path as command": ("../../bin/sh",),
        "a newline as command": ("make\n",),
        "an emoji as command": ("🎬",),
        "an escape sequence as command": ("\x1b[2J",),
        "an unknown option": ("make", "Tides", "--nope"),
        "an unknown short option": ("make", "Tides", "-x"),
        "an option with markup": ("make", "Tides", "--<script>alert(1)</script>"),
        "an escape sequence as option": ("make", "Tides", "--\x1b]0;title\x07"),
        "nothing to make": ("make",),
        "only a double dash": ("make", "--"),
        "two topics": ("make", "Tides", "Moon"),
        "a topic and a brief": ("make", "Tides", "--brief", BRIEF),
        "a topic and an id": ("make", "Tides", "--resume", UNKNOWN_ID),
        "a brief and an id": ("make", "--brief", BRIEF, "--resume", UNKNOWN_ID),
        "an id and a duration": ("make", "--resume", UNKNOWN_ID, "--duration", "30"),
        "an id and a seed": ("make", "--resume", UNKNOWN_ID, "--seed", "7"),
        "a missing value": ("make", "Tides", "--duration"),
        "a flag with a value": ("make", "Tides", "--strict-duration=yes"),
        "batch without files": ("batch",),
        "a noun without verb": ("productions",),
        "an unknown verb": ("productions", "destroy"),
        "show without id": ("productions", "show"),
        "two ids": ("productions", "show", UNKNOWN_ID, UNKNOWN_ID),
        "a limit of nothing": ("productions", "list", "--limit", "0"),
        "doctor with words": ("doctor", "please"),
        "env without verb": ("env",),
        "two environments": ("env", "show", "dev", "prod"),
    }
    for name, words in lines.items():
        yield Case(f"command line: {name}", words)


def _environments() -> Iterator[Case]:
    names = {
        "capitalised": "Local",
        "long form": "production",
        "path": "../prod",
        "absolute path": "/etc/passwd",
        "file name": "dev.toml",
        "base": "base",
        "newline": "local\n",
        "space": " local",
        "slash": "local/",
        "emoji": "🌍",
        "markup": "<img src=x onerror=alert(1)>",
        "escape sequence": "\x1b[31mdev",
        "long": "d" * 10_000,
        "empty": "",
    }
    for name, value in names.items():
        yield Case(f"--env, {name}", ("make", "Tides", f"--env={value}"))
        yield Case(f"env show, {name}", ("env", "show", "--", value))
        if value:
            yield Case(f"REELWRIGHT_ENV, {name}", ("make", "Tides"), environ={"REELWRIGHT_ENV": value})


def _ids() -> Iterator[Case]:
    ids = {
        "empty": "",
        "dots": "..",
        "climbing": "../../etc/passwd",
        "absolute": "/etc/passwd",
        "prefix only": "prod_",
        "lower case": UNKNOWN_ID.lower(),
        "one short": UNKNOWN_ID[:-1],
        "one long": UNKNOWN_ID + "0",
        "letters that are not used": "prod_01KAQ4Z7M8V3N5T2X9C6B1D0IL",
        "beyond time": "prod_81KAQ4Z7M8V3N5T2X9C6B1D0EF",
        "trailing newline": UNKNOWN_ID + "\n",
        "trailing slash": UNKNOWN_ID + "/",
        "full-width digits": UNKNOWN_ID.replace("0", "\uff10"),
        "SQL": "prod_'; DROP TABLE productions; --",
        "pattern": "prod_%",
        "null character": UNKNOWN_ID[:-1] + "\x00",
        "escape sequence": "\x1b[31m" + UNKNOWN_ID,
        "markup": "<script>alert(1)</script>",
        "long": "prod_" + "0" * 100_000,
        "unknown": UNKNOWN_ID,
    }
    for name, value in ids.items():
        yield Case(f"show, id {name}", ("productions", "show", "--", value))
        yield Case(f"resume, id {name}", ("productions", "resume", "--", value))
        yield Case(f"make --resume, id {name}", ("make", f"--resume={value}"))


def _front_matter(lines: str, notes: str = NOTES) -> str:
    return f"---\n{lines}\n---\n{notes}"


def _brief_texts() -> Iterator[tuple[str, str | bytes]]:
    texts: dict[str, str | bytes] = {
        "empty": "",
        "white space": " \n\t\n ",
        "only notes": NOTES,
        "only a fence": "---",
        "two fences": "---\n---\n",
        "not closed": "---\ntopic: Tides\n",
        "closed too late": "---\ntopic: Tides\n ---\n" + NOTES,
        "text before the fence": "Hello\n---\ntopic: Tides\n---\n",
        "TOML": "+++\ntopic = 'Tides'\n+++\n",
        "JSON": '{"topic": "Tides"}',
        "HTML": "<!doctype html><script>alert(1)</script>",
        "PNG": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
        "ELF": b"\x7fELF\x02\x01\x01" + bytes(4096),
        "nulls in the notes": _front_matter("topic: Tides", "one\x00two").encode(),
        "a null in the topic": b"---\ntopic: Ti\x00des\n---\n",
        "UTF-16 little end": _front_matter("topic: Tides").encode("utf-16"),
        "UTF-16 big end": b"\xfe\xff" + _front_matter("topic: Tides").encode("utf-16-be"),
        "UTF-32": _front_matter("topic: Tides").encode("utf-32"),
        "Latin-1": "---\ntopic: Café\n---\n".encode("latin-1"),
        "broken UTF-8": b"---\ntopic: \xc3\x28\n---\n",
        "a surrogate in UTF-8": b"---\ntopic: \xed\xa0\x80\n---\n",
        "overlong UTF-8": b"---\ntopic: \xc0\xaf\n---\n",
        "gzip": bytes.fromhex("1f8b0800000000000003") + bytes(100),
        "more than a megabyte": _front_matter("topic: Tides", "words " * 200_000),
        "notes too long": _front_matter("topic: Tides", "word " * 40_001),
        "a topic of a megabyte": _front_matter("topic: " + "x" * 990_000),
        "a front matter of 500 kB": _front_matter("topic: Tides\n# " + "x" * 500_000),
    }
    yield from texts.items()


def _brief_topics() -> Iterator[tuple[str, str]]:
    for name, line in {
        "missing": "audience: sailors",
        "without value": "topic:",
        "null": "topic: null",
        "tilde": "topic: ~",
        "quoted nothing": 'topic: ""',
        "spaces": 'topic: "   "',
        "list": "topic: [Tides, Moon]",
        "block list": "topic:\n  - Tides",
        "mapping": "topic: {name: Tides}",
        "nested": "topic:\n  name: Tides",
        "controls": 'topic: "\\x01\\x02\\x1b"',
        "zero-width": 'topic: "\\u200B\\u202E"',
        "surrogate escape": 'topic: "\\uD800"',
        "201 characters": f"topic: {'x' * 201}",
        "given twice": "topic: Tides\ntopic: Moon",
        "tab instead of space": "topic:\tTides\n\taudience: x",
        "unclosed quote": 'topic: "Tides',
        "unclosed bracket": "topic: [Tides",
        "unknown escape": 'topic: "\\q"',
        "colon inside": "topic: Tides: a story: of water",
        "reserved character": "topic: @tides",
        "backtick": "topic: `tides`",
        "only a comment": "# topic: Tides",
    }.items():
        yield f"topic {name}", line


def _brief_attacks() -> Iterator[tuple[str, str]]:
    touch = f"touch {SENTINEL}"
    for name, line in {
        "python/object/apply": f"topic: !!python/object/apply:os.system ['{touch}']",
        "python/object/apply deep": f"platforms: [!!python/object/apply:os.system ['{touch}']]\ntopic: x",
        "python/object/new": f"topic: !!python/object/new:os.system ['{touch}']",
        "python/object": "topic: !!python/object:subprocess.Popen {}",
        "python/name": "topic: !!python/name:os.system",
        "python/module": "topic: !!python/module:os",
        "python/tuple": "topic: !!python/tuple [1, 2]",
        "full tag": f"topic: !<tag:yaml.org,2002:python/object/apply:os.system> ['{touch}']",
        "tag on the document": f"!!python/object/apply:os.system ['{touch}']",
        "tag on a key": f"!!python/object/apply:os.system ['{touch}']: x",
        "own tag": "topic: !include /etc/passwd",
        "binary": "topic: !!binary SGVsbG8=",
        "timestamp tag": "topic: !!timestamp 2026-01-01",
        "string tag": "topic: !!str Tides",
        "set": "!!set {topic}",
        "anchor": "topic: &a Tides",
        "alias": "topic: Tides\naudience: *a",
        "billion laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "\n".join(
            f"{b}: &{b} [{','.join(f'*{a}' for _ in range(9))}]"
            for a, b in zip("abcdefg", "bcdefgh", strict=True)
        ),
        "merge key": "<<: {topic: Tides}",
        "itself": "topic: &t [*t]",
        "deep lists": "topic: " + "[" * 3000 + "]" * 3000,
        "deep mappings": "topic: " + "{a: " * 3000 + "}" * 3000,
        "complex key": "? [topic]\n: Tides",
        "sequence on top": "- topic: Tides",
        "scalar on top": "just words",
        "directive": "%YAML 1.1",
        "tag directive": "%TAG ! tag:example.org,2026:",
        "ten thousand keys": "\n".join(f"key{number}: x" for number in range(10_000)),
        "attribute as key": "__class__: x\ntopic: Tides",
        "path as key": "../topic: Tides",
        "template": "topic: Tides\nnotes: '{{ config }}'",
    }.items():
        yield f"attack, {name}", line


def _brief_fields() -> Iterator[tuple[str, str]]:
    bad = {
        "duration_seconds": [
            "-5",
            "0",
            "5",
            "1201",
            "1e308",
            "nan",
            ".nan",
            ".inf",
            "-.inf",
            "9" * 40,
            "ten",
            "[60]",
            "{s: 60}",
            "6.5",
            "true",
            "null",
            "0x3c",
            "1:00",
            "60 s",
            "''",
            "60 # s\nduration_seconds: 61",
        ],
        "aspect": ["16x9", "4:3", "169", "''", "[16, 9]", "16:9:4", "null", "portrait"],
        "language": ["english", "EN", "e", "en_GB", "en-gb", "../en", "''", "[en]", "🇬🇧", "de"],
        "style": ["no-such-style", "../../etc/passwd", "x" * 41, "[a]", "{a: b}"],
        "audience": ["x" * 101, "[a, b]", "{a: b}", "null"],
        "platforms": [
            "[]",
            "[nowhere]",
            "['../../etc']",
            "FOLDER",
            "[folder, nowhere]",
            "[[folder]]",
            "''",
            "{a: b}",
            "[folder, '']",
            "'folder,,'",
            "null",
        ],
    }
    for key, values in bad.items():
        for value in values:
            yield f"{key} {value[:20]!r} ({len(value)})", f"topic: Tides\n{key}: {value}"
    for key in ("Topic", "duration", "aspect_ratio", "notes", "seed", "🌊", "topic ", "output_dir"):
        yield f"unknown key {key!r}", f"topic: Tides\n{key.strip() + '_' if key.endswith(' ') else key}: x"


def _briefs() -> Iterator[Case]:
    texts = dict(_brief_texts())
    lines = (*_brief_topics(), *_brief_attacks(), *_brief_fields())
    texts |= {name: _front_matter(line) for name, line in lines}
    for name, text in texts.items():
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        yield Case(f"brief: {name}", ("make", "--brief", BRIEF), prepare=_writes(BRIEF, data))


def _writes(name: str, data: bytes) -> Prepare:
    return lambda folder: (folder / name).write_bytes(data)


def _brief_paths() -> Iterator[Case]:
    def unreadable(folder: Path) -> None:
        (folder / BRIEF).write_text(_front_matter("topic: Tides"), encoding="utf-8")
        (folder / BRIEF).chmod(0)

    def closed(folder: Path) -> None:
        (folder / "closed").mkdir()
        (folder / "closed" / BRIEF).write_text(_front_matter("topic: Tides"), encoding="utf-8")
        (folder / "closed").chmod(0)

    def bound(folder: Path) -> None:
        here = Path.cwd()
        os.chdir(folder)
        with socket.socket(socket.AF_UNIX) as bound_socket:
            bound_socket.bind(BRIEF)
        os.chdir(here)

    paths: dict[str, tuple[str, Prepare]] = {
        "missing": ("missing.md", lambda _: None),
        "empty": ("", lambda _: None),
        "dash": ("-", lambda _: None),
        "a folder": (BRIEF, lambda folder: (folder / BRIEF).mkdir()),
        "this folder": (".", lambda _: None),
        "root": ("/", lambda _: None),
        "a pipe": (BRIEF, lambda folder: os.mkfifo(folder / BRIEF)),
        "a socket": (BRIEF, bound),
        "endless zeroes": ("/dev/zero", lambda _: None),
        "nothing": ("/dev/null", lambda _: None),
        "own memory": ("/proc/self/mem", lambda _: None),
        "a link to nowhere": (BRIEF, lambda folder: (folder / BRIEF).symlink_to("nowhere")),
        "a link to itself": (BRIEF, lambda folder: (folder / BRIEF).symlink_to(BRIEF)),
        "a long name": ("x" * 5000, lambda _: None),
        "a long path": ("x/" * 5000, lambda _: None),
        "under a file": (f"{BRIEF}/x.md", _writes(BRIEF, b"---\ntopic: x\n---\n")),
        "trailing slash": (f"{BRIEF}/", _writes("other.md", b"x")),
        "controls in the name": ("\x1b[31m\x07.md", lambda _: None),
        "not UTF-8": ("\udcff\udcfe.md", lambda _: None),
        "climbing": ("../../../../../../nowhere/etc/passwd.md", lambda _: None),
    }
    for name, (path, prepare) in paths.items():
        yield Case(f"brief path: {name}", ("make", f"--brief={path}"), prepare=prepare)
        yield Case(f"batch path: {name}", ("batch", "--", path), prepare=prepare, exits=(1,))
    yield Case("brief path: unreadable", ("make", "--brief", BRIEF), prepare=unreadable, as_nobody=True)
    yield Case(
        "brief path: in a closed folder",
        ("make", "--brief", f"closed/{BRIEF}"),
        prepare=closed,
        as_nobody=True,
    )


def _places() -> Iterator[Case]:
    def in_the_way(name: str) -> Prepare:
        return _writes(name, b"in the way")

    def loop(name: str) -> Prepare:
        return lambda folder: (folder / name).symlink_to(name)

    def state(name: str, data: bytes) -> Prepare:
        def prepare(folder: Path) -> None:
            (folder / ".reelwright").mkdir(mode=0o755)
            (folder / ".reelwright" / name).write_bytes(data)

        return prepare

    def locked(folder: Path) -> None:
        (folder / "locked").mkdir()
        (folder / "locked").chmod(0o555)

    make = ("make", "Tides")
    short = (*make, "--duration", "8", "--resolution", "480p")
    failed = (1,)
    yield Case("place: a file named out", make, prepare=in_the_way("out"), exits=failed)
    yield Case(
        "place: out under a file", (*make, "--out", "file/out"), prepare=in_the_way("file"), exits=failed
    )
    yield Case("place: out links to itself", make, prepare=loop("out"), exits=failed)
    yield Case(
        "place: out links to nowhere",
        make,
        prepare=lambda folder: (folder / "out").symlink_to("gone"),
        exits=failed,
    )
    yield Case("place: out under a device", (*make, "--out", "/dev/null/out"), exits=failed)
    yield Case("place: out is a device", (*make, "--out", "/dev/null"), exits=failed)
    yield Case("place: out has a long name", (*make, "--out", "x" * 300), exits=failed)
    yield Case("place: out has a long path", (*make, "--out", "x/" * 5000), exits=failed)
    yield Case("place: out in /proc", (*make, "--out", "/proc/self/reelwright-out"), exits=failed)
    yield Case("place: a file named .reelwright", make, prepare=in_the_way(".reelwright"), exits=failed)
    yield Case("place: .reelwright links to itself", make, prepare=loop(".reelwright"), exits=failed)
    yield Case(
        "place: the list under a file",
        ("productions", "list"),
        prepare=in_the_way(".reelwright"),
        exits=failed,
    )
    yield Case(
        "place: a damaged database",
        make,
        prepare=state("reelwright.db", b"not a database" * 500),
        exits=failed,
    )
    yield Case(
        "place: the list of a damaged database",
        ("productions", "list"),
        prepare=state("reelwright.db", b"x" * 5000),
        exits=failed,
    )
    yield Case("place: a file where claims go", make, prepare=state("claims", b"x"), exits=failed)
    yield Case("place: a file where artifacts go", make, prepare=state("artifacts", b"x"), exits=failed)
    yield Case("place: a file where work goes", make, prepare=state("work", b"x"), exits=failed)
    yield Case("place: a folder of others", make, exits=failed, as_nobody=True)
    yield Case(
        "place: out of others", (*make, "--out", "locked/out"), prepare=locked, exits=failed, as_nobody=True
    )
    for size in (4096, 20_000, 100_000):
        yield Case(f"place: no file beyond {size} bytes", short, exits=failed, largest_file=size)
    yield Case("place: a disk of 48 kB", make, exits=failed, tiny_disk=True)
    yield Case(
        "place: batch on a disk of 48 kB",
        ("batch", BRIEF),
        prepare=_writes(BRIEF, b"---\ntopic: x\n---\n"),
        exits=failed,
        tiny_disk=True,
    )


def _batches() -> Iterator[Case]:
    for name, text in {
        "binary": b"\x00\xff",
        "empty": b"",
        "bad duration": b"---\ntopic: x\nduration_seconds: -5\n---\n",
    }.items():
        yield Case(f"batch: {name}", ("batch", BRIEF), prepare=_writes(BRIEF, text), exits=(1,))
    for name, (file, content) in {
        "an empty table": ("films.csv", b""),
        "a table of bytes": ("films.csv", b"topic\n\xff\x00\n"),
        "a table with a column twice": ("films.csv", b"topic,topic\na,b\n"),
        "a table with an open quote": ("films.csv", b'topic\n"a\n'),
        "a row of a setting that is none": ("films.csv", b"topic,video.fpss\nTides,24\n"),
        "a row that leads elsewhere": ("films.jsonl", b'{"brief": "../../etc/passwd"}'),
        "a row that is deep": ("films.jsonl", b"[" * 50_000),
        "a row of controls": ("films.jsonl", b'{"topic": "\\u001b[31m", "\\u001b[2J": 1}'),
        "a row with a key": ("films.jsonl", b'{"topic": "x", "providers.openai.credential": "sk-1"}'),
    }.items():
        yield Case(f"batch: {name}", ("batch", file), prepare=_writes(file, content), exits=(1,))
    yield Case("batch: a budget that is none", ("batch", BRIEF, "--budget", "-1"))
    yield Case("batch: an id that climbs", ("batch", "--resume", "../../x"))
    yield Case("batch: an option that is not there", ("batch", BRIEF, "--topic", "x"))
    yield Case("batch: jobs", ("batch", BRIEF, "--jobs", "-3"))


CASES: tuple[Case, ...] = (
    *_topics(),
    *_options(),
    *_command_lines(),
    *_environments(),
    *_ids(),
    *_briefs(),
    *_brief_paths(),
    *_places(),
    *_batches(),
)
