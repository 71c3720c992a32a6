"""From folders, brief files and manifests to rows, and what is wrong with those that are none.

A manifest is a CSV file with a header, or JSON Lines. A column is a field of a brief (``topic``, ``notes``),
a setting by its dotted key (``video.fps``), ``brief`` (a file beside the manifest, whose fields the row
changes) or ``seed``. An empty cell, or null, says nothing.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from pydantic import JsonValue

from reelwright.content.brief_file import MAX_FILE_BYTES
from reelwright.errors import ReelwrightError
from reelwright.pipeline.batch.errors import ManifestInvalid, ManifestUnreadable, RowInvalid

__all__ = ["MAX_MANIFEST_BYTES", "MAX_ROWS", "Row", "rows_of"]

MAX_MANIFEST_BYTES: Final = 64_000_000
"""The largest manifest that is read."""
MAX_ROWS: Final = 10_000
"""Of one manifest."""

_SHOWN_CHARS: Final = 200
_DELIMITERS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it was asked for. Exactly one of ``file``, ``cells`` and ``error`` says what it is."""

    source: str
    """As errors name it."""
    folder: Path
    """Where its files are looked for."""
    file: Path | None = None
    """A brief file, named by whoever runs the batch."""
    cells: Mapping[str, JsonValue] = field(default_factory=dict)
    """What is said, by column; nothing that is empty."""
    is_text: bool = False
    """Whether every cell is text, as in a CSV file."""
    error: ReelwrightError | None = None


def rows_of(path: Path) -> Iterator[Row]:
    """Yield what a path asks for: a folder's briefs by name, a manifest's rows, or the one brief that it is.

    Nothing is raised: what cannot be read is a row that says so.
    """
    try:
        if _is_folder(path):
            yield from _briefs_in(path)
        elif path.suffix.lower() == ".csv":
            yield from _csv_rows(path)
        elif path.suffix.lower() in {".jsonl", ".ndjson"}:
            yield from _json_rows(path)
        else:
            yield Row(str(path), path.parent, file=path)
    except ReelwrightError as error:
        yield Row(str(path), path.parent, error=error)
    except OSError as error:
        yield Row(str(path), path.parent, error=_unreadable(path, (error.strerror or "").lower()))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # no name that could be one: whoever reads it as a file says why
        return False


def _briefs_in(folder: Path) -> Iterator[Row]:
    found = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".md")
    if not found:
        raise _unreadable(folder, "there are no briefs (*.md) in this folder")
    yield from (Row(str(file), folder, file=file) for file in found)


def _csv_rows(path: Path) -> Iterator[Row]:
    text = _text_of(path)
    csv.field_size_limit(MAX_FILE_BYTES)  # notes may be longer than the module's own limit
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = _header(path, next(lines, []))
        for number, cells in _numbered(path, lines):
            yield _csv_row(path, number, header, cells)
    except csv.Error as error:
        raise _unreadable(path, f"line {lines.line_num} is not CSV ({error})") from error


def _numbered(path: Path, lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with their number in a spreadsheet, where the header is row 1, but for empty ones."""
    count = 0
    for number, cells in enumerate(lines, start=2):
        if any(cell.strip() for cell in cells):
            count += 1
            _check_count(path, count)
            yield number, cells
    if not count:
        raise _unreadable(path, "there are no rows in it")


def _header(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in names)
    if not any(columns):
        raise _unreadable(path, "it is empty: its first row names the columns")
    for place, name in enumerate(columns, start=1):
        if not name:
            _refuse_header(path, place, "has no name", "Name it, or delete it.")
        if columns.index(name) != place - 1:
            _refuse_header(path, place, f"is called {name[:40]!r}, as another is", "Keep one of them.")
    return columns


def _refuse_header(path: Path, place: int, problem: str, next_step: str) -> NoReturn:
    source = str(path)[:_SHOWN_CHARS]
    raise ManifestInvalid(
        f"{source}: column {place} {problem}.",
        next_step=next_step,
        context={"source": source, "column": place},
    )


def _csv_row(path: Path, number: int, header: tuple[str, ...], cells: list[str]) -> Row:
    source = f"{path}, row {number}"
    if len(cells) != len(header):
        problem = f"has {len(cells)} cells, and the header {len(header)}"
        return Row(source, path.parent, error=_row_error(source, problem, "Quote cells that hold a comma."))
    said = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    return Row(source, path.parent, cells=said, is_text=True)


def _json_rows(path: Path) -> Iterator[Row]:
    count = 0
    for number, line in enumerate(_text_of(path).split("\n"), start=1):
        if line.strip():
            count += 1
            _check_count(path, count)
            yield _json_row(f"{path}, row {number}", path.parent, line)
    if not count:
        raise _unreadable(path, "there are no rows in it")


def _json_row(source: str, folder: Path, line: str) -> Row:
    try:
        said = json.loads(line, object_pairs_hook=_without_doubles, parse_constant=_no_number)
        json.dumps(said, ensure_ascii=False).encode()  # half a character can be written, and nothing else
    except (ValueError, RecursionError) as error:
        problem = f"is not JSON ({str(error)[:_SHOWN_CHARS]})"
        return Row(source, folder, error=_row_error(source, problem, "Write one JSON object on each line."))
    if not isinstance(said, dict):
        problem = "is not a JSON object"
        return Row(source, folder, error=_row_error(source, problem, "Write one JSON object on each line."))
    return Row(source, folder, cells={name: value for name, value in said.items() if value not in (None, "")})


def _without_doubles(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    names = [name for name, _ in pairs]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise ValueError(f"{double[:40]!r} is said twice")
    return dict(pairs)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _check_count(path: Path, count: int) -> None:
    if count > MAX_ROWS:
        raise _unreadable(path, f"it has more than {MAX_ROWS:,} rows", "Split it.")


def _delimiter(text: str) -> str:
    """Return what parts the cells: spreadsheets of some countries write semicolons, others tabs."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise _unreadable(path, "there is no such file" if not path.exists() else "it is not a regular file")
    with path.open("rb") as file:
        data = file.read(MAX_MANIFEST_BYTES + 1)
    if len(data) > MAX_MANIFEST_BYTES:
        raise _unreadable(path, f"it is larger than {MAX_MANIFEST_BYTES:,} bytes", "Split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, f"line {line} is not UTF-8", "Save it as UTF-8.") from error


def _row_error(source: str, problem: str, next_step: str) -> RowInvalid:
    return RowInvalid(f"{source[-_SHOWN_CHARS:]} {problem}.", next_step=next_step, context={"source": source})


def _unreadable(path: Path, problem: str, next_step: str = "") -> ManifestUnreadable:
    source = str(path)[:_SHOWN_CHARS]
    return ManifestUnreadable(
        f"{source} cannot be read as a batch: {problem}.",
        next_step=next_step or "Name a folder of briefs, a .csv or .jsonl manifest, or brief files.",
        context={"source": source},
    )
