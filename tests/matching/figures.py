"""Whether what is drawn of a sentence is right: values, years and places as a viewer could measure them.

The numbers of a sentence are read here anew, by rules that know nothing of the writer's.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from reelwright.assets import locate
from reelwright.production.schema import ChartVisual
from reelwright.video.pictures.pack import PicturePack
from tests.matching.reading import Pinned, Read, read_off
from tests.matching.showing import ASPECTS, Sentence, Shown, sentences_of, setting_of, show

__all__ = ["EXAMS", "Verdict", "judge", "rows_of", "table_of", "verdicts_of", "with_tables"]

EXAMS = tuple(Path(__file__).with_name(name) for name in ("figures.toml", "figures_more.toml"))
_IN_TYPE = frozenset({"statement", "hero", "stage", "landscape", "list", "title"})
_NUMBER = re.compile(r"(?<![\w.,])(minus )?(\d[\d,]*(?:\.\d+)?)")
_SHARE = re.compile(r"\b(?:half|third|quarter|fifth)s? of\b|\b\w+ out of \w+\b", re.IGNORECASE)
_SHARE_SHOWN = re.compile(r"(?:^| )(?:/| of )\d", re.IGNORECASE)
_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 (a row)
    )
}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}


class Verdict(NamedTuple):
    """What is shown of a sentence, and whether it is right."""

    sentence: Sentence
    layout: str
    drawn: str
    verdict: str
    """``right``, ``fewer`` than there is, or ``wrong``."""
    missing: tuple[str, ...] = ()


def verdicts_of(exam: Path, pack: PicturePack) -> Iterator[Verdict]:
    """Judge every sentence of an exam."""
    for sentence in sentences_of(exam):
        yield judge(show(sentence, pack), pack)


def judge(shown: Shown, pack: PicturePack) -> Verdict:
    """Read what is drawn off the layout at all aspects, and hold it against the sentence."""
    objections: list[str] = []
    drawn: list[Read | Pinned] = []
    for aspect in ASPECTS:
        try:
            drawn = list(read_off(shown, setting_of(shown, aspect, pack)))
        except AssertionError as error:
            objections.append(f"{aspect}: {error}")
            continue
        objections += [f"{aspect}: {told}" for told in _objections(shown.sentence, drawn)]
    if isinstance(shown.visual, ChartVisual):
        years = [datum.value for datum in shown.visual.data if datum.value in shown.sentence.years]
        objections += [f"{year:g} is drawn as an amount" for year in years]
    missing = tuple(_missing(shown, drawn))
    verdict = "wrong" if objections else "fewer" if missing else "right"
    told = "; ".join(objections) or _told(drawn) or _text_of(shown)
    return Verdict(shown.sentence, shown.staged.layout, told, verdict, missing)


def table_of(verdicts: Sequence[Verdict]) -> str:
    """Return the sums and the table of the verdicts in Markdown, one row a sentence."""
    count = Counter(one.verdict for one in verdicts)
    sums = ", ".join(f"{count[verdict]} {verdict}" for verdict in ("right", "fewer", "wrong"))
    head = ["| layout | what is read off it | | sentence |", "|---|---|---|---|"]
    return "\n".join([f"{len(verdicts)} sentences: {sums}.", "", *head, *rows_of(verdicts)])


def with_tables(page: str, tables: Sequence[str]) -> str:
    """Return the page with its tables, between their marks, replaced."""
    for number, table in enumerate(tables, 1):
        begin, end = f"<!-- exam {number} -->\n", f"\n<!-- end of exam {number} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}{table}{end}{rest.partition(end)[2]}"
    return page


def rows_of(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the rows of the table."""
    found = []
    for one in verdicts:
        verdict = f"{one.verdict}: no {', '.join(one.missing)}" if one.missing else one.verdict
        found.append(f"| {one.layout} | {one.drawn.replace('|', '/')} | {verdict} | {one.sentence.text} |")
    return found


def _objections(sentence: Sentence, drawn: Sequence[Read | Pinned]) -> Iterator[str]:
    """Yield what is drawn and does not stand in the sentence, or not where it should."""
    numbers = _numbers_in(sentence.text)
    reads = [one for one in drawn if isinstance(one, Read)]
    for one in reads:
        near = [number for number in numbers if abs(number - one.value) <= one.within]
        if not near:
            yield f"{one.label!r} reads as {one.value:g}, which is not said"
        elif one.written and not any(number in _numbers_in(one.written) for number in near):
            yield f"{one.label!r} reads as {one.value:g}, and {one.written!r} stands beside it"
    for pin in (one for one in drawn if isinstance(one, Pinned)):
        at = _gazetteer().get(pin.name.casefold())
        turned = at is not None and abs((pin.longitude - at[1] + 180) % 360 - 180) <= pin.within
        if at is None or abs(pin.latitude - at[0]) > pin.within or not turned:
            yield f"{pin.name} is pinned at {pin.latitude:.1f}, {pin.longitude:.1f}, and lies at {at}"
    yield from _mixed_up(sentence, reads)


def _mixed_up(sentence: Sentence, reads: Sequence[Read]) -> Iterator[str]:
    """Yield values that stand at another's label: in a sentence both come in the same order."""
    text, numbers = sentence.text.casefold(), _numbers_in(sentence.text)
    found = sorted((text.find(one.label.casefold()), one) for one in reads if one.label)
    told = [one for at, one in found if at >= 0]
    places = [_nearest(one, numbers) for one in told]
    if len({one.label for one in told}) == len(told) and places != sorted(places):
        yield f"values stand at the wrong labels: {', '.join(one.label for one in told)}"


def _nearest(one: Read, numbers: Sequence[float]) -> int:
    return min(range(len(numbers)), key=lambda place: abs(numbers[place] - one.value))


def _missing(shown: Shown, drawn: Sequence[Read | Pinned]) -> Iterator[str]:
    """Yield what there is to show, and is neither drawn nor written; in type alone nothing is drawn."""
    sentence, told = shown.sentence, _text_of(shown)
    if shown.staged.layout in _IN_TYPE and (sentence.values or sentence.years or sentence.places):
        yield "picture of it"
    said = {number for text in _written_in(shown, drawn) for number in _numbers_in(text)}
    for value in (*sentence.values, *map(float, sentence.years)):
        if value not in said:
            yield f"{value:g}"
    if _SHARE.search(sentence.text) and not _SHARE_SHOWN.search(told):
        yield "share"
    pinned = {one.name.casefold() for one in drawn if isinstance(one, Pinned)}
    for place in sentence.places:
        if place.casefold() not in pinned and place.casefold() not in told.casefold():
            yield place


def _written_in(shown: Shown, drawn: Sequence[Read | Pinned]) -> Iterator[str]:
    """Yield every text of a scene, and every figure that is counted or measured on it."""
    yield _text_of(shown)
    for one in drawn:
        if isinstance(one, Read):
            yield one.written


def _numbers_in(text: str) -> list[float]:
    """Return the numbers that a text says in digits, and small ones and parts of a whole in words."""
    found = [
        (match.start(), (-1 if match[1] else 1) * float(match[2].rstrip(",").replace(",", "")))
        for match in _NUMBER.finditer(text)
    ]
    for match in re.finditer(r"[a-z]+", text.casefold()):
        word = match[0]
        if word in _WORDS:
            found.append((match.start(), float(_WORDS[word])))
        elif word.removesuffix("s") in _PARTS and not text[: match.start()].rstrip().endswith("the"):
            found.append((match.start(), 1.0))
    found += [
        (match.start(), -float(match[1].replace(",", ""))) for match in re.finditer(r"-(\d[\d,.]*)\b", text)
    ]
    return [number for _, number in sorted(found)]


def _told(drawn: Sequence[Read | Pinned]) -> str:
    return ", ".join(_one_told(one) for one in drawn)


def _one_told(one: Read | Pinned) -> str:
    if isinstance(one, Pinned):
        return f"{one.name} {one.latitude:.1f}, {one.longitude:.1f}"
    return f"{one.label} {one.value:.4g}" if one.within else f"“{one.written}” {one.label}"


def _text_of(shown: Shown) -> str:
    """Return all that a scene says in letters."""
    dumped = shown.visual.model_dump(exclude={"kind", "shape", "emphasis"})
    return " / ".join(_strings(dumped))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if value.strip() else []
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


@cache
def _gazetteer() -> dict[str, tuple[float, float]]:
    """Return latitude and longitude by name, as the file says."""
    found: dict[str, tuple[float, float]] = {}
    for line in locate("places").joinpath("gazetteer.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        if line and not line.startswith("#"):
            name, others, _, latitude, longitude, *_ = line.split("\t")
            for each in (name, *others.split("|")):
                found.setdefault(each.casefold().removeprefix("the "), (float(latitude), float(longitude)))
    return found
