"""Between `reelwright cost` and money: ledger, productions and budgets of an environment; amounts, times."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reelwright.cli.configuring import days_hours
from reelwright.cli.modelling import ledger_url
from reelwright.cli.places import ROOT
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from reelwright.cost.ledger import CostLedger
    from reelwright.pipeline.ports import ProductionStore

__all__ = ["dollars", "moment", "open_ledger", "open_productions", "period", "table", "write_page"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_USD = re.compile(r"\$?([0-9]{1,9}(?:\.[0-9]{1,6})?)")
_MICRO = Decimal(1_000_000)


@contextmanager
def open_ledger(name: str) -> "Iterator[CostLedger]":
    """Yield the ledger of an environment, and close it. Where nothing was spent yet, none is made.

    InvalidEnvironment, AwsUnavailable, LedgerUnavailable.
    """
    from reelwright.cost.ledger import CostLedger  # noqa: PLC0415 (heavy)

    url = ledger_url(name)
    is_new = url.startswith("sqlite:") and not (ROOT / "ledger.db").exists()
    ledger = CostLedger.open("memory:" if is_new else url)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def open_productions(name: str) -> "Iterator[ProductionStore]":
    """Yield the productions of an environment with the settings that they pinned, and close them."""
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    if check_environment_name(name) != "local":
        yield _deployed(name)
        return
    from reelwright.pipeline.local import SqliteProductions  # noqa: PLC0415 (heavy)

    store = SqliteProductions(ROOT)
    try:
        yield store
    finally:
        store.close()


def _deployed(name: str) -> "ProductionStore":
    from random import SystemRandom  # noqa: PLC0415 (as the others)

    from reelwright.clock import SystemClock  # noqa: PLC0415 (as the others)
    from reelwright.environment.aws import aws_client, find_deployment  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.aws import DynamoProductions  # noqa: PLC0415 (heavy)
    from reelwright.storage.aws_artifacts import S3Artifacts  # noqa: PLC0415 (heavy)

    deployment, clock = find_deployment(name), SystemClock()
    artifacts = S3Artifacts(
        aws_client("s3"), deployment.artifacts_bucket, ROOT / "remote" / name / "artifacts"
    )
    return DynamoProductions(
        aws_client("dynamodb"), deployment.productions_table, artifacts, clock=clock, rng=SystemRandom()
    )


def dollars(text: str) -> int:
    """Return an amount such as ``1.25`` in micro-dollars; InvalidInput for anything else."""
    if found := _USD.fullmatch(text.strip()):
        return int(Decimal(found[1]) * _MICRO)
    raise InvalidInput(
        f"{text[:40]!r} is not an amount of money.",
        next_step="Write US dollars with at most six decimals and no sign, such as 1.25.",
        context={"value": text[:200]},
    )


def period(
    since: str, until: str | None, *, now: datetime, time_zone: str
) -> tuple[datetime, datetime | None]:
    """Return when a period begins and is over (excluded; None is never), from what people type.

    A time such as ``7d`` is so long ago; a day begins, or as the last one ends, at midnight of the time zone.
    InvalidInput if it is none, begins in the future, or ends before it begins.
    """
    begins = moment(since, now=now, time_zone=time_zone)
    ends = None if until is None else moment(until, now=now, time_zone=time_zone, is_end=True)
    if begins > now:
        raise _no_period(f"{since[:40]!r} is in the future: nothing was spent since then.")
    if ends is not None and ends <= begins:
        raise _no_period(f"The period ends ({until!r}) before it begins ({since!r}).")
    return begins, ends


def moment(text: str, *, now: datetime, time_zone: str, is_end: bool = False) -> datetime:
    """Return the moment that a day or a length of time before now means; InvalidInput if it is neither."""
    try:
        if not _DAY.fullmatch(text):
            return now - (days_hours(text) or timedelta())
        day = date.fromisoformat(text) + timedelta(days=int(is_end))
        return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _no_period(f"{text[:40]!r} is neither a day nor a length of time.") from error


def _no_period(message: str) -> InvalidInput:
    return InvalidInput(message, next_step="Write a day such as 2026-11-25, or how long ago, such as 7d.")


def table(names: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return rows in columns for a terminal: the first ``left`` columns to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    aligned: list[Callable[[str, int], str]] = [
        str.ljust if index < left else str.rjust for index in range(len(names))
    ]
    return "\n".join(
        "  ".join(
            align(cell, width) for align, cell, width in zip(aligned, row, widths, strict=True)
        ).rstrip()
        for row in (names, *rows)
    )


def write_page(file: Path, page: bytes) -> None:
    """Write a page, whole or not at all; InvalidInput where it cannot be written."""
    from reelwright.storage.errors import StorageUnwritable  # noqa: PLC0415 (heavy)
    from reelwright.storage.files import write_whole  # noqa: PLC0415 (heavy)

    try:
        write_whole(file, page)
    except (StorageUnwritable, ValueError) as error:
        raise InvalidInput(
            f"{str(file)[:200]!r} cannot be written.",
            next_step="Name a file in a folder that is there and can be written to.",
            context={"file": str(file)[:200]},
        ) from error
