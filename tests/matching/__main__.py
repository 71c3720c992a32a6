"""Tell what the matcher shows for every sentence that was written down before it was made.

``python -m tests.matching`` prints one line a sentence: the picture or ``-``, its score, and the sentence;
``python -m tests.matching --figures`` prints the tables of docs/explanation/figures.md instead, and with
``--write`` puts them there.
"""

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from reelwright.environment.schema import PictureSettings
from reelwright.production.schema import Scene, Script, Seo, StatementVisual
from reelwright.video.pictures.choosing import choose_pictures
from reelwright.video.pictures.pack import PicturePack
from tests.matching.figures import EXAMS, table_of, verdicts_of, with_tables

__all__ = ["main"]

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "figures.md"
UNSEEN = Path(__file__).with_name("unseen.toml")


def main(arguments: Sequence[str] = ()) -> None:
    """Print the pictures of all topics, or what is read off the layouts of sentences with figures."""
    pack = PicturePack.installed()
    if "--figures" in arguments:
        _tell_figures(pack, write="--write" in arguments)
    else:
        _tell_pictures(pack)


def _tell_figures(pack: PicturePack | None, *, write: bool) -> None:
    if pack is None:
        sys.exit("the pack of pictures is not installed: python3 bin/setup.py pictures")
    tables = [table_of(list(verdicts_of(exam, pack))) for exam in EXAMS]
    if write:
        PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    sys.stdout.write("\n\n".join([*tables, ""]))


def _tell_pictures(pack: PicturePack | None) -> None:
    """Choose for each topic as for one script with a scene a sentence."""
    settings = PictureSettings(enabled=True, threshold=0.65)
    for topic in tomllib.loads(UNSEEN.read_text(encoding="utf-8"))["topics"]:
        sys.stdout.write(f"\n{topic['title']}\n")
        script = script_of(topic["title"], topic["sentences"])
        for sentence, uses in zip(topic["sentences"], choose_pictures(script, settings, pack), strict=True):
            hero = next((use for use in uses if use.role == "hero"), None)
            shown = f"{hero.name:<28} {hero.score:.2f}" if hero else f"{'-':<28}     "
            sys.stdout.write(f"  {shown}  {sentence}\n")


def script_of(title: str, sentences: list[str]) -> Script:
    """Return a script that says these sentences, a scene each."""
    scenes = tuple(
        Scene(narration=sentence, visual_prompt="", visual=StatementVisual(text=sentence))
        for sentence in sentences
    )
    seo = Seo(title=title, description="", tags=())
    return Script(title=title, hook=sentences[0], scenes=scenes, call_to_action="", seo=seo)


if __name__ == "__main__":
    main(sys.argv[1:])
