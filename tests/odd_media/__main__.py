"""``python -m tests.odd_media``: what becomes of each odd clip, as a table; exits with 1 if one is wrong."""

import sys
import tempfile
import time
from pathlib import Path

from tests.odd_media.clips import CLIPS
from tests.odd_media.outcome import outcome_of


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Print the table."""
    failed = 0
    say(f"{'clip':30} {'outcome':12} {'as it should':12} {'seconds':>7}  what was found")
    for name, odd in CLIPS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / odd.file
            odd.make(path)
            began = time.perf_counter()
            found = outcome_of(path, odd)
            seconds = time.perf_counter() - began
        failed += bool(found.wrong)
        say(f"{name:30} {found.name:12} {found.wrong or 'yes':12} {seconds:7.2f}  {found.told}")
    say(f"{len(CLIPS)} clips, {failed} not as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
