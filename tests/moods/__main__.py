"""Tell the palette of every topic that was written down: ``python -m tests.moods [--why]``.

One line a topic: ``+`` for the palette expected first, ``~`` for another that fits, ``-`` for neither.
"""

import sys

from reelwright.video.pictures.pack import PicturePack
from tests.moods.hits import mood_of, topics

pack = PicturePack.installed()
marks, lines = [], []
for topic in topics():
    mood = mood_of(topic, pack)
    marks.append("+" if mood.style == topic.expect[0] else "~" if mood.style in topic.expect else "-")
    lines.append(f"{marks[-1]} {mood.style:9} {topic.title} (expected {', '.join(topic.expect)})")
    if "--why" in sys.argv[1:]:
        lines.append(f"    {mood.decision.reason}")
        lines += [f"    {one.name}: {one.reason}" for one in mood.decision.rejected[:2]]
first, also, neither = (marks.count(mark) for mark in "+~-")
lines += [
    f"{len(marks)} topics: {first} as expected first, {also} fit as well, {neither} do not",
    "with the pictures of the pack" if pack else "by words alone: the pack of pictures is not installed",
]
sys.stdout.writelines(f"{line}\n" for line in lines)
