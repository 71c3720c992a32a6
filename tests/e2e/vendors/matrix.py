"""One brief through every combination of vendors: ``python -m tests.e2e.vendors.matrix --jobs 2``.

For each writer, voice and camera, and for both shapes of picture, one video is made by the command line with
nothing but that vendor's model, at simulators. It passes if it is completed without a mock, if its review
passes, if each scene shows the footage that was ordered for it (its burned-in hash), if vendors had nothing
against the requests, and if the bill of the vendors is what the record says. In the end each camera delivers
a wrong clip for the second scene, and passes if that is found. Where Bedrock writes, its guardrail looks on.
"""

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from reelwright.cost.schema import format_usd
from tests.e2e.forking import forking_context
from tests.e2e.vendors.combination import ASPECTS, AUDIO, CONTENT, DRAWN, VIDEO, Combination, Row
from tests.e2e.vendors.combination_made import made

__all__ = ["combinations", "main", "plants", "table"]


def main() -> int:
    """Print one row after another and then all in one table; how many failed is the exit code."""
    options = _options()
    asked = [*list(combinations(options.only))[:: options.every], *plants(options.only)]
    rows = []
    with ProcessPoolExecutor(options.jobs, mp_context=forking_context()) as pool:
        for number, row in enumerate(pool.map(_made, asked), 1):
            rows.append(row)
            sys.stdout.write(f"{number:>3}/{len(asked)} {row}\n")
            sys.stdout.flush()
    failed = sum(bool(row.faults) for row in rows)
    sys.stdout.write(f"\n{table(rows)}\n{len(rows) - failed} of {len(rows)} passed.\n")
    return min(failed, 100)


def combinations(only: Sequence[str] = ()) -> Iterator[Combination]:
    """Yield every combination that has all the words of ``only`` in its names."""
    for values in itertools.product(CONTENT, AUDIO, VIDEO, ASPECTS):
        if all(any(word in value for value in values) for word in only):
            yield Combination(*values)


def plants(only: Sequence[str] = ()) -> Iterator[Combination]:
    """Yield what must be found: for each camera that takes orders, one that mixes two of them up."""
    for each in combinations(only):
        if each.content == CONTENT[0] and each.audio == AUDIO[-1] and each.video != DRAWN:
            yield each.planted()


def table(rows: Sequence[Row]) -> str:
    """Return all rows in one table: writers and voices down, cameras and shapes across."""
    shown = {row.combination: row for row in rows if not row.combination.wrong_scene}
    columns = sorted({(it.video, it.aspect) for it in shown}, key=lambda it: (VIDEO.index(it[0]), it[1]))
    lines = ["| | " + " | ".join(f"{video} {aspect}" for video, aspect in columns) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    for content, audio in dict.fromkeys((it.content, it.audio) for it in shown):
        found = (shown.get(Combination(content, audio, *column)) for column in columns)
        cells = (_cell(row) if row else "" for row in found)
        lines.append(f"| {content}, {audio} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(row: Row) -> str:
    return f"{'FAILED' if row.faults else 'pass'} ${format_usd(row.micro_usd)} {row.seconds:.1f} s"


def _made(combination: Combination) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        return made(Path(folder), combination)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=[], help="words that names must have, such as runway 9:16"
    )
    parser.add_argument("--every", type=int, default=1, help="make every so many of the combinations only")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
