"""Ways to be wrong about models: names, sizes, amounts, files, and vendors that are not there."""

from collections.abc import Iterator

from tests.e2e.bad_inputs.cases import Case, Prepare
from tests.e2e.bad_inputs.control import NOBODY_ANSWERS, WHY

__all__ = ["MODELS"]

ODD_NAMES = {
    "empty": "",
    "unknown": "no-such-model",
    "in capitals": "Nova-Reel",
    "a vendor's id": "amazon.nova-reel-v1:1",
    "climbing": "../../etc/passwd",
    "huge": "m" * 100_000,
    "controls": "nova\x1b[31m-reel",
    "bytes that are not UTF-8": "nova-\udcff",
    "markup": "<script>alert(1)</script>",
    "a pattern": "%",
}
ODD_SIZES = {
    "negative": "-1",
    "zero": "0",
    "NaN": "nan",
    "infinite": "inf",
    "a word": "long",
    "huge": "9" * 400,
    "empty": "",
    "with a unit": "5s",
}
ODD_AMOUNTS = {
    "zero": "0",
    "zero with decimals": "0.000000",
    "negative": "-1",
    "NaN": "NaN",
    "infinite": "Infinity",
    "in powers of ten": "1e3",
    "with a currency": "$1",
    "with a comma": "1,50",
    "too fine": "0.0000001",
    "huge": "9" * 5000,
    "empty": "",
    "other digits": "\u0661",
}
ODD_TEXTS = {
    "empty": "",
    "white space": " \t\n",
    "zero-width": "\u200b\u2060",
    "controls": "\x01\x02",
    "bytes that are not UTF-8": "\udcff\udcfe",
    "a megabyte": "x " * 60_000,
}
HELLO = ("models", "call", "content", "Hello")
SHOT = ("models", "call", "video", "Bees", "--seconds", "1", "--resolution", "480p")


def _names() -> Iterator[Case]:
    for name, value in ODD_NAMES.items():
        yield Case(f"models show, {name}", ("models", "show", "--", value))
        yield Case(f"models reset, {name}", ("models", "reset", *WHY, "--", value))
        yield Case(f"models call, model {name}", (*HELLO, f"--model={value}"))
        yield Case(f"models route, service {name}", ("models", "route", "--", value))
        yield Case(f"models call, tier {name}", (*HELLO, f"--tier={value}"))


def _sizes() -> Iterator[Case]:
    for name, value in ODD_SIZES.items():
        yield Case(f"models route, seconds {name}", ("models", "route", "video", f"--seconds={value}"))
        yield Case(f"models route, characters {name}", ("models", "route", "audio", f"--characters={value}"))
        yield Case(f"models route, tokens {name}", ("models", "route", "content", f"--tokens={value}"))
        yield Case(f"models call, seconds {name}", ("models", "call", "video", "Bees", f"--seconds={value}"))
    for name, value in ODD_AMOUNTS.items():
        yield Case(f"models call, a ceiling that is {name}", (*HELLO, f"--max-usd={value}"))


def _texts() -> Iterator[Case]:
    for service in ("content", "audio", "video"):
        for name, value in ODD_TEXTS.items():
            yield Case(
                f"models call {service}, a text that is {name}", ("models", "call", service, "--", value)
            )
    yield Case("models call, nothing piped in", ("models", "call", "content"))
    for name, value in {"climbing": "../en", "a word": "english", "empty": "", "long": "e" * 9999}.items():
        yield Case(f"models call, language {name}", (*HELLO, f"--language={value}"))


def _files() -> Iterator[Case]:
    yield Case("models call, into a folder", (*SHOT, "--out", "taken"), prepare=_folder("taken"))
    yield Case("models call, under a file", (*SHOT, "--out", "file/x.mp4"), prepare=_file("file"))
    yield Case("models call, a long name", (*SHOT, "--out", "x" * 5000))
    yield Case("models call, nowhere", (*SHOT, "--out", "/proc/none/x.mp4"))
    yield Case("models call, no name", (*SHOT, "--out="))


def _folder(name: str) -> Prepare:
    return lambda folder: (folder / name).mkdir()


def _file(name: str) -> Prepare:
    return lambda folder: (folder / name).write_text("x", encoding="utf-8")


def _words() -> Iterator[Case]:
    key = "call_01KAQ4Z7M8V3N5T2X9C6B1D0EF"
    lines: dict[str, tuple[str, ...]] = {
        "no verb": (),
        "an unknown verb": ("destroy",),
        "route without service": ("route",),
        "route with two answers": ("route", "video", "--all"),
        "list of an unknown service": ("list", "--service", "music"),
        "show without a name": ("show",),
        "reset without a reason": ("reset", "nova-reel"),
        "reset with a long reason": ("reset", "nova-reel", "--reason", "x" * 501),
        "call without a service": ("call",),
        "call with an output of text": ("call", "content", "Hello", "--out", "x.txt"),
        "call to a retired model": ("call", "video", "Bees", "--model", "nova-reel"),
        "call to a model of another service": ("call", "audio", "Hello", "--model", "nova-lite"),
        "call without a key": ("call", "content", "Hello", "--model", "claude-haiku-5-5"),
        "resume, unknown": ("call", "--resume", key),
        "resume, empty": ("call", "--resume="),
        "resume, climbing": ("call", "--resume", "../../etc/passwd"),
        "resume, a production": ("call", "--resume", key.replace("call_", "prod_")),
        "resume, huge": ("call", "--resume", "call_" + "0" * 100_000),
        "resume, something else": ("call", "video", "Bees", "--resume", key),
    }
    for name, words in lines.items():
        yield Case(f"models: {name}", ("models", *words))


def _away() -> Iterator[Case]:
    for verb in (("list",), ("route", "--all"), ("check", "--probe"), ("call", "content", "Hello")):
        words = ("models", *verb, "--env", "dev")
        yield Case(f"models {verb[0]} where AWS is away", words, exits=(4,), environ=NOBODY_ANSWERS)
        yield Case(f"models {verb[0]}, unknown environment", ("models", *verb, "--env", "nowhere"))


MODELS: tuple[Case, ...] = (*_names(), *_sizes(), *_texts(), *_files(), *_words(), *_away())
