"""`reelwright cost report`: what was spent, as table, JSON and page, and what would have been less."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from reelwright.cli.cost_advice import Adviser, Facts
from reelwright.cli.costing import open_ledger, open_productions, period, table, write_page
from reelwright.cli.modelling import open_settings
from reelwright.cli.output import answer
from reelwright.clock import SystemClock
from reelwright.cost.advice import Advice, Outlook, calls_of
from reelwright.cost.price_book import PriceBook
from reelwright.cost.report.rows import Entry, Grouping, Row, entries_of, grouped, summed
from reelwright.cost.schema import Charge, format_usd
from reelwright.environment.schema import Settings
from reelwright.errors import InvalidInput, Permanent
from reelwright.models.catalogue import load_catalogue
from reelwright.pipeline.report.markup import counted
from reelwright.pipeline.report.planning import Planner, credentials_of
from reelwright.production.schema import Production

__all__ = ["Account", "report"]

_TOPIC_CHARS = 48


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that a report says."""

    environment: str
    begins: datetime
    ends: datetime
    time_zone: str
    entries: tuple[Entry, ...]
    topics: Mapping[str, str] = field(default_factory=dict)
    """What the videos are about, as far as their records are at hand."""
    outlook: Outlook | None = None
    """None if nobody asked for advice."""


def report(
    environment: str,
    *,
    since: str,
    until: str | None,
    by: str,
    html_file: Path | None,
    advice: bool,
) -> None:
    """Print what was spent in a period, and write the page if one is wanted.

    InvalidInput for a period that is none, or a file that cannot be written.
    """
    settings, now = open_settings(environment), SystemClock().now()
    zone = settings.budgets.time_zone
    begins, ends = period(since, until, now=now, time_zone=zone)
    with open_ledger(environment) as ledger:
        charges = ledger.charges(since=begins, until=ends)
    entries = entries_of(charges, now=now, time_zone=zone)
    # Their records are many to read where they are far away: only for what shows or needs them.
    is_of_videos = by == "video" or html_file is not None or advice
    productions = _productions(environment, entries) if is_of_videos else []
    account = Account(
        environment=environment,
        begins=begins,
        ends=min(ends or now, now),
        time_zone=zone,
        entries=entries,
        topics={each.id: each.brief.topic for each, _ in productions},
        outlook=_outlook(environment, settings, charges, productions) if advice else None,
    )
    if html_file is not None:
        from reelwright.cli.cost_page import cost_page  # noqa: PLC0415 (only for those who want one)

        write_page(html_file, cost_page(account))
    answer(_data(account, by, html_file), "\n".join(_lines(account, by, html_file)))


def _productions(environment: str, entries: Iterable[Entry]) -> list[tuple[Production, Settings]]:
    """Return the videos of the entries with the settings that they pinned, as far as they are here.

    What the ledger says counts, whether or not a production's record is still there.
    """
    videos = sorted({entry.video for entry in entries})
    found: list[tuple[Production, Settings]] = []
    if not videos:
        return found
    with open_productions(environment) as store:
        for video in videos:
            with suppress(InvalidInput, Permanent):
                found.append((store.load(video), store.pinned(video).settings))
    return found


def _outlook(
    environment: str,
    settings: Settings,
    charges: Sequence[Charge],
    productions: Iterable[tuple[Production, Settings]],
) -> Outlook:
    book = PriceBook.bundled(on=SystemClock().now().date(), overrides=settings.catalog.prices)
    paid = {charge.subject.get("provider", "") for charge in charges}
    has_key = credentials_of(settings)
    planner = Planner(
        settings,
        load_catalogue(settings.catalog),
        book,
        # Whoever was paid had a key, even if it is not here any more, or not readable from here.
        lambda provider: has_key(provider) or provider in paid,
    )
    facts = {
        production.id: Facts(production.brief.language, production.brief.aspect, pinned.video.resolution)
        for production, pinned in productions
    }
    return Adviser(planner, environment, facts).outlook(calls_of(charges))


def _data(account: Account, by: str, html_file: Path | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "environment": account.environment,
        "since": account.begins.isoformat(),
        "until": account.ends.isoformat(),
        "time_zone": account.time_zone,
        "by": by,
        "rows": [_row(account, row, by) for row in grouped(account.entries, cast("Grouping", by))],
        "total": _amounts(summed(account.entries)),
        "html": None if html_file is None else str(html_file),
    }
    if account.outlook is not None:
        data["advice"] = [_advised(each) for each in account.outlook.advices]
        data["advised_of_usd"] = format_usd(account.outlook.paid_micro_usd)
        data["as_settings_are_now_usd"] = format_usd(account.outlook.now_micro_usd)
    return data


def _row(account: Account, row: Row, by: str) -> dict[str, Any]:
    named = {by: row.name, **_amounts(row)}
    if by == "video":
        named["topic"] = account.topics.get(row.name)
    if by == "unit":
        named["quantity"] = row.quantity
    return named


def _amounts(row: Row) -> dict[str, Any]:
    return {
        "settled_usd": format_usd(row.settled),
        "unknown_usd": format_usd(row.unknown),
        "reserved_usd": format_usd(row.reserved),
        "failed_usd": format_usd(row.failed),
        "charges": len(row.charges),
    }


def _advised(each: Advice) -> dict[str, Any]:
    return {
        "setting": each.key,
        "from": each.was,
        "to": each.to,
        "saved_usd": format_usd(each.saved_micro_usd),
        "total_usd": format_usd(each.total_micro_usd),
        "share": round(float(each.share), 6),
        "calls": each.calls,
        "quality": each.quality,
    }


def _lines(account: Account, by: str, html_file: Path | None) -> Iterator[str]:
    yield (
        f"Spent in {account.environment} from {account.begins:%Y-%m-%d %H:%M} to"
        f" {account.ends:%Y-%m-%d %H:%M} UTC\n"
    )
    if not account.entries:
        yield "Nothing was spent, and nothing is set aside."
    else:
        yield _table(account, by)
    if account.outlook is not None:
        yield from _advice_lines(account.environment, account.outlook)
    if html_file is not None:
        yield f"\nThe page with plots is in {html_file}"


def _table(account: Account, by: str) -> str:
    names = [by, *(["quantity"] if by == "unit" else []), "charges", "settled", "unknown", "reserved"]
    rows = [_cells(account, row, by) for row in grouped(account.entries, cast("Grouping", by))]
    total = summed(account.entries)
    return table(names, [*rows, _cells(account, total, by, is_total=True)]) + _in_vain(total)


def _cells(account: Account, row: Row, by: str, *, is_total: bool = False) -> list[str]:
    quantity = [] if by != "unit" else ["" if is_total else f"{row.quantity:,}"]
    amounts = (f"${format_usd(amount)}" for amount in (row.settled, row.unknown, row.reserved))
    return [_name(account, row.name, by), *quantity, f"{len(row.charges):,}", *amounts]


def _name(account: Account, name: str, by: str) -> str:
    topic = account.topics.get(name, "") if by == "video" else ""
    short = topic if len(topic) <= _TOPIC_CHARS else f"{topic[: _TOPIC_CHARS - 1]}…"
    return f"{name}  {short}".rstrip() if by != "unit" else name.replace("_", " ")


def _in_vain(total: Row) -> str:
    return (
        f"\n${format_usd(total.failed)} of it for attempts that failed and were billed."
        if total.failed
        else ""
    )


def _advice_lines(environment: str, outlook: Outlook) -> Iterator[str]:
    paid, now = outlook.paid_micro_usd, outlook.now_micro_usd
    if now < paid:
        yield f"\nAs the settings are now, ${format_usd(now)} instead of ${format_usd(paid)} would do."
    if not outlook.advices:
        yield "\nNo single setting would have made these videos cheaper."
        return
    where = "" if environment == "local" else f" --env {environment}"
    yield "\nCheaper, each by itself (two together save less than the sum of both):"
    for each in outlook.advices:
        yield (
            f"  ${format_usd(each.saved_micro_usd)} ({float(each.share):.1%}) with {each.key} = {each.to},"
            f" instead of {each.was}"
        )
        yield f"    {counted(each.calls, 'call')}; in quality: {each.quality}"
        yield f"    reelwright config set {each.key} '{each.to}' --reason TEXT{where}"
