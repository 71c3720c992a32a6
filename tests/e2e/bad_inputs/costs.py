"""Ways to be wrong about money: periods, amounts, charges, files and productions that are none."""

from collections.abc import Iterator

from tests.e2e.bad_inputs.cases import UNKNOWN_ID, Case
from tests.e2e.bad_inputs.control import NOBODY_ANSWERS

__all__ = ["COSTS"]

ODD_TIMES = {
    "empty": "",
    "a word": "soon",
    "in the future": "2999-01-01",
    "no such day": "2026-02-30",
    "a year that is none": "0000-01-01",
    "a moment": "2026-11-25T12:00:00",
    "negative": "-7d",
    "NaN": "nan",
    "longer than there were years": "9999w " * 12,
    "huge": "9" * 5000,
    "controls": "7d\x1b[31m",
    "bytes that are not UTF-8": "7\udcff",
}
ODD_AMOUNTS = {
    "empty": "",
    "negative": "-1",
    "a word": "much",
    "NaN": "nan",
    "infinite": "inf",
    "scientific": "1e9",
    "too many decimals": "0.0000001",
    "a comma": "1,50",
    "huge": "9" * 5000,
    "digits of another script": "\u0667",
    "bytes that are not UTF-8": "1\udcff",
}
ODD_CHARGES = {
    "empty": "",
    "unknown": f"{UNKNOWN_ID}/shoot/0/abc/runway-gen4-5/1",
    "climbing": "../../etc/passwd",
    "huge": "a" * 10_000,
    "controls": "a\x1b[31mb",
    "bytes that are not UTF-8": "a\udcff",
}


def _reports() -> Iterator[Case]:
    for name, time in ODD_TIMES.items():
        yield Case(f"cost report, since {name}", ("cost", "report", f"--since={time}"))
        yield Case(f"cost unknown, since {name}", ("cost", "unknown", f"--since={time}"))
    yield Case("cost report, until a word", ("cost", "report", "--until=soon"))
    yield Case("cost report, ends before it begins", ("cost", "report", "--until", "2020-01-01"))
    yield Case("cost report, by colour", ("cost", "report", "--by", "colour"))
    for name, file in {"a folder": ".", "below a file": "/proc/version/page.html", "empty": ""}.items():
        yield Case(f"cost report, page in {name}", ("cost", "report", f"--html={file}"))


def _resolutions() -> Iterator[Case]:
    for name, key in ODD_CHARGES.items():
        yield Case(f"cost resolve, key {name}", ("cost", "resolve", "--not-spent", "--", key))
    for name, amount in ODD_AMOUNTS.items():
        yield Case(f"cost resolve, amount {name}", ("cost", "resolve", "key", f"--spent={amount}"))
        yield Case(
            f"cost budget set, amount {name}", ("cost", "budget", "set", "--", "per_video_usd", amount)
        )
    yield Case("cost resolve, neither", ("cost", "resolve", "key"))
    yield Case("cost resolve, both", ("cost", "resolve", "key", "--not-spent", "--spent", "1"))
    yield Case("cost budget set, no limit", ("cost", "budget", "set", "per_week_usd", "1"))
    yield Case("cost budget set, a limit", ("cost", "budget", "set", "per_video_usd", "1"))


def _estimates() -> Iterator[Case]:
    for name, subject in {
        "an empty topic": "",
        "an id that is none": "prod_x",
        "an id that climbs": "prod_../../x",
        "an unknown production": UNKNOWN_ID,
    }.items():
        yield Case(f"cost estimate, {name}", ("cost", "estimate", "--", subject))
    yield Case("cost estimate, nothing", ("cost", "estimate"))
    yield Case("cost estimate, two things", ("cost", "estimate", "Tides", "--brief", "brief.md"))
    yield Case("cost estimate, no file", ("cost", "estimate", "--brief", "none.md"))
    yield Case("cost estimate, no time", ("cost", "estimate", "Tides", "--duration", "0"))
    yield Case(
        "cost estimate, a production and a length", ("cost", "estimate", UNKNOWN_ID, "--duration", "30")
    )
    yield Case("cost estimate, unknown environment", ("cost", "estimate", "Tides", "--env", "nowhere"))


def _away() -> Iterator[Case]:
    for command in (("report",), ("budget",), ("unknown",), ("estimate", "Tides")):
        words = ("cost", *command, "--env", "dev")
        yield Case(f"cost {command[0]} where AWS is away", words, exits=(4,), environ=NOBODY_ANSWERS)


COSTS: tuple[Case, ...] = (*_reports(), *_resolutions(), *_estimates(), *_away())
