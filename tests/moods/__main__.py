"""Tell the palette of every topic that was written down: ``python -m tests.moods [--why]``.

One line a topic: ``+`` for the palette expected first, ``~`` for another that fits, ``-`` for neither.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from reelwright.video.pictures.pack import PicturePack
from tests.moods.hits import MORE_TOPICS, TOPICS, mood_of, topics


def told(file: Path, pack: PicturePack | None, *, why: bool) -> Iterator[str]:
    """Yield the lines of a file's topics, and how many fit."""
    marks = []
    for topic in topics(file):
        mood = mood_of(topic, pack)
        marks.append("+" if mood.style == topic.expect[0] else "~" if mood.style in topic.expect else "-")
        yield f"{marks[-1]} {mood.style:9} {topic.title} (expected {', '.join(topic.expect)})"
        if why:
            yield f"    {mood.decision.reason}"
            yield from (f"    {one.name}: {one.reason}" for one in mood.decision.rejected[:2])
    first, also, neither = (marks.count(mark) for mark in "+~-")
    yield f"{len(marks)} topics: {first} as expected first, {also} fit as well, {neither} do not"


installed = PicturePack.installed()
for path in (TOPICS, MORE_TOPICS):
    sys.stdout.writelines(f"{line}\n" for line in told(path, installed, why="--why" in sys.argv[1:]))
if installed is None:
    sys.stdout.write("by words alone: the pack of pictures is not installed\n")
