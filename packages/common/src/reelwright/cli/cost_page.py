"""The page of `reelwright cost report --html`: self-contained, and readable without a script.

It has the dress of a production's report. Names come from vendors, briefs and operators, and are text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reelwright.cli.cost_plots import bars, columns, legend
from reelwright.cost.advice import Advice, Outlook
from reelwright.cost.report.rows import Entry, Grouping, Row, days_of, grouped, summed
from reelwright.cost.schema import format_usd
from reelwright.pipeline.report.markup import Html, counted, element

if TYPE_CHECKING:
    from reelwright.cli.cost_report import Account

__all__ = ["cost_page"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_TITLES: dict[Grouping, str] = {
    "service": "By service",
    "model": "By model",
    "video": "By video",
    "unit": "By unit",
}
_PLOTTED = 12
"""Rows of a plot; all of them stand in the table below it."""
_STATES = (
    ("settled", "settled"),
    ("failed", "in vain"),
    ("unknown", "not known yet"),
    ("reserved", "set aside"),
)
_SERVICES = (("video", "video"), ("audio", "audio"), ("content", "content"))


def cost_page(account: "Account") -> bytes:
    """Return the page as UTF-8."""
    title = f"Costs of {account.environment}"
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", f"{title} · Reelwright"),
            # Both files are ours and hold no values, so they go in as they are.
            element("style", Html(_style())),
        ),
        element("body", _masthead(account, title), element("main", _sections(account))),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n".encode()


def _masthead(account: "Account", title: str) -> Html:
    zone = ZoneInfo(account.time_zone)
    begins, ends = account.begins.astimezone(zone), account.ends.astimezone(zone)
    return element(
        "header",
        element("p", "Cost report", class_="kicker"),
        element("h1", title),
        element(
            "p", f"{begins:%d %B %Y, %H:%M} to {ends:%d %B %Y, %H:%M} ({account.time_zone})", class_="lede"
        ),
        class_="masthead",
    )


def _sections(account: "Account") -> Iterator[Html | None]:
    yield _tiles(account.entries)
    if not account.entries:
        yield element("p", "Nothing was spent, and nothing is set aside.", class_="card")
    else:
        yield _by_day(account.entries)
        yield element(
            "div",
            element("div", _by(account, "video")),
            element("div", _by(account, "service"), _by(account, "model"), _by(account, "unit")),
            class_="columns",
        )
    if account.outlook is not None:
        yield _advice(account.outlook)


def _tiles(entries: Sequence[Entry]) -> Html:
    total, videos = summed(entries), {entry.video for entry in entries}
    each = (total.settled + total.unknown) // max(1, len(videos))
    tiles = (
        _tile("Settled", total.settled, f"{len(total.charges):,} charges"),
        _tile("Not known yet", total.unknown, "may have been spent"),
        _tile("Set aside", total.reserved, "for calls under way"),
        _tile("In vain", total.failed, "settled, for attempts that failed"),
        _tile("A video", each, f"on average of {len(videos):,}"),
    )
    return element(
        "section",
        element("h2", "Facts", id="facts", class_="unseen"),
        element("dl", tiles, class_="tiles"),
        aria_labelledby="facts",
    )


def _tile(label: str, micro_usd: int, note: str) -> Html:
    amount = element("strong", f"${format_usd(micro_usd)}")
    return element("div", element("dt", label), element("dd", amount, element("span", note)))


def _by_day(entries: Sequence[Entry]) -> Html:
    return _card(
        "day",
        "By day",
        columns(days_of(entries)),
        legend(_SERVICES),
        _folded_table(grouped(entries, "day"), "Day", {}),
    )


def _by(account: "Account", by: Grouping) -> Html:
    rows = grouped(account.entries, by)
    names = account.topics if by == "video" else {}
    left = len(rows) - _PLOTTED
    return _card(
        by,
        _TITLES[by],
        bars(rows[:_PLOTTED], names, _TITLES[by]),
        element("p", f"and {left:,} more, in the table", class_="quiet") if left > 0 else None,
        legend([each for each in _STATES if _has(rows, each[0])]),
        _folded_table(rows, by.capitalize(), names),
    )


def _has(rows: Iterable[Row], state: str) -> bool:
    return state == "settled" or any(getattr(row, state) for row in rows)


def _folded_table(rows: Sequence[Row], name: str, names: Mapping[str, str]) -> Html:
    heads = (name, "Settled", "Not known yet", "Set aside")
    return element(
        "details",
        element("summary", "As a table"),
        element(
            "table",
            element("thead", element("tr", (element("th", head, scope="col") for head in heads))),
            element("tbody", (_row(row, heads, names) for row in rows)),
            aria_label=name,
        ),
    )


def _row(row: Row, heads: Sequence[str], names: Mapping[str, str]) -> Html:
    topic = names.get(row.name)
    amounts = zip(heads[1:], (row.settled, row.unknown, row.reserved), strict=True)
    return element(
        "tr",
        element("td", f"{topic} ({row.name})" if topic else row.name, data_label=heads[0], dir="auto"),
        (
            element("td", f"${format_usd(amount)}", data_label=head, class_="number")
            for head, amount in amounts
        ),
    )


def _advice(outlook: Outlook) -> Html:
    paid, now = outlook.paid_micro_usd, outlook.now_micro_usd
    note = "Each by itself: two that change the same calls save less together than the sum of both."
    none = "No single setting would have made these videos cheaper."
    already = f"As the settings are now, ${format_usd(now)} instead of ${format_usd(paid)} would do."
    return _card(
        "advice",
        "Advice",
        element("p", already) if now < paid else None,
        element("p", note if outlook.advices else none, class_="quiet"),
        element("ol", map(_advised, outlook.advices), class_="choices") if outlook.advices else None,
    )


def _advised(each: Advice) -> Html:
    return element(
        "li",
        element(
            "p",
            element("strong", f"${format_usd(each.saved_micro_usd)} less"),
            element("span", f" ({float(each.share):.1%}), {counted(each.calls, 'call')}", class_="quiet"),
        ),
        element("p", f"{each.key}: {each.was} → {each.to}", class_="code", dir="auto"),
        element("p", f"In quality: {each.quality}", class_="reason", dir="auto"),
    )


def _card(name: str, title: str, *children: object) -> Html:
    return element(
        "section", element("h2", title, id=name), *children, class_=f"card {name}", aria_labelledby=name
    )


@cache
def _style() -> str:
    """Return the dress of a production's page, and what plots need besides."""
    own = files("reelwright.cli").joinpath("cost_page.css").read_text(encoding="utf-8")
    return files("reelwright.pipeline.report").joinpath("page.css").read_text(encoding="utf-8") + own
