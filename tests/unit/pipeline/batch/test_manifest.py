"""From folders and manifests to rows: what is said, and what is wrong, by file, row and column."""

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.pipeline.batch import manifest
from reelwright.pipeline.batch.manifest import Row, rows_of


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def only(path: Path) -> Row:
    (row,) = rows_of(path)
    return row


def told(path: Path) -> str:
    error = only(path).error
    assert error is not None
    return f"{error.code}: {error.message}"


def test_a_folder_is_its_briefs_by_name(tmp_path: Path) -> None:
    for name in ("b.md", "a.MD", "notes.txt"):
        written(tmp_path, name, "x")
    assert [row.file for row in rows_of(tmp_path)] == [tmp_path / "a.MD", tmp_path / "b.md"]


def test_any_other_path_is_a_brief(tmp_path: Path) -> None:
    assert only(tmp_path / "x.txt").file == tmp_path / "x.txt"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_spreadsheets_of_all_countries_write_it(
    tmp_path: Path, mark: str, start: str, end: str
) -> None:
    lines = ("topic|notes|video.fps", 'Tides|"two\nlines, and; a\tmark"|', "", "||", "Moon||24")
    path = written(tmp_path, "x.csv", start + end.join(lines).replace("|", mark))
    tides, moon = rows_of(path)
    assert tides.cells == {"topic": "Tides", "notes": "two\nlines, and; a\tmark"}
    assert (moon.cells, moon.is_text, moon.source) == (
        {"topic": "Moon", "video.fps": "24"},
        True,
        f"{path}, row 5",
    )


def test_notes_of_a_table_may_be_long(tmp_path: Path) -> None:
    path = written(tmp_path, "x.csv", f"topic,notes\nTides,{'x' * 200_000}\n")
    assert len(str(only(path).cells["notes"])) == 200_000


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.csv", "", "manifest_unreadable: .* it is empty"),
        ("x.csv", "topic\n", "there are no rows"),
        ("x.csv", "topic,,x\na,b,c\n", "manifest_invalid: .* column 2 has no name"),
        ("x.csv", "topic,x,topic\na,b,c\n", "manifest_invalid: .* column 3 is called 'topic'"),
        ("x.csv", 'topic,x\n"a,b\n', "is not CSV"),
        ("x.csv", b"topic\n\xff\n", "line 2 is not UTF-8"),
        ("x.csv", "topic,x\na,b,c\n", "row_invalid: .*row 2 has 3 cells, and the header 2"),
        ("x.jsonl", "\n \n", "there are no rows"),
        ("x.jsonl", "[1]", "row_invalid: .*row 1 is not a JSON object"),
        ("x.jsonl", "{", "row 1 is not JSON"),
        ("x.jsonl", '{"topic": NaN}', "NaN is no number"),
        ("x.jsonl", '{"topic": "a", "topic": "b"}', "'topic' is said twice"),
        ("x.jsonl", '{"audio.voice": "\\ud800"}', "row 1 is not JSON"),
        ("x.jsonl", "[" * 100_000, "row 1 is not JSON"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, text: str | bytes, said: str) -> None:
    assert re.search(said, told(written(tmp_path, name, text)), re.DOTALL)


def test_what_is_not_there_or_no_file_is_named(tmp_path: Path) -> None:
    assert "there is no such file" in told(tmp_path / "x.csv")
    os.mkfifo(tmp_path / "x.jsonl")
    assert "not a regular file" in told(tmp_path / "x.jsonl")
    (tmp_path / "empty.csv").mkdir()
    assert "no briefs (*.md)" in told(tmp_path / "empty.csv")
    assert only(Path("x" * 5000)).file is not None
    assert only(Path("a\0b")).file is not None


def test_a_bad_row_does_not_hide_the_others(tmp_path: Path) -> None:
    path = written(tmp_path, "x.jsonl", '{"topic": "a", "seed": null}\nnonsense\n\n{"topic": "b"}\n')
    first, second, third = rows_of(path)
    assert (first.cells, third.cells) == ({"topic": "a"}, {"topic": "b"})
    assert second.error is not None
    assert third.source.endswith("row 4")


def test_rows_and_bytes_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "MAX_ROWS", 3)
    rows = list(rows_of(written(tmp_path, "x.jsonl", '{"topic": "a"}\n' * 4)))
    assert [row.error is None for row in rows] == [True, True, True, False]
    monkeypatch.setattr(manifest, "MAX_MANIFEST_BYTES", 10)
    assert "larger than 10 bytes" in told(tmp_path / "x.jsonl")


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_what_a_spreadsheet_writes_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("topic", "notes"), *pairs])
    path = written(tmp_path_factory.mktemp("x"), "x.csv", text.getvalue())
    assert [(row.cells["topic"], row.cells["notes"]) for row in rows_of(path)] == pairs


@given(st.lists(st.dictionaries(CELL, CELL, min_size=1), min_size=1, max_size=5))
def test_what_json_writes_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    path = written(tmp_path_factory.mktemp("x"), "x.jsonl", "\n".join(map(json.dumps, rows)))
    assert [row.cells for row in rows_of(path)] == rows


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.jsonl"]))
def test_no_bytes_at_all_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    rows = list(rows_of(written(tmp_path_factory.mktemp("x"), name, data)))
    assert rows
    assert all(row.error is not None or row.cells for row in rows)
