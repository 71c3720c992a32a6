"""Pictures in the front matter of a brief: where they may lie, and how a mistake is told."""

from pathlib import Path

import pytest

from reelwright.content.brief_file import parse_brief, read_brief
from reelwright.content.errors import BriefInvalid


def written(folder: Path, pictures: str) -> Path:
    path = folder / "brief.md"
    path.write_text(f"---\ntopic: Kettles\n{pictures}\n---\nNotes.\n", encoding="utf-8")
    return path


def test_files_captions_and_words_are_read_from_beside_the_brief(tmp_path: Path) -> None:
    detailed = "  - file: img/kettle.jpg\n    caption: Our kettle\n    words: [pot, big pot]"
    lines = f"pictures:\n  - logo.png\n{detailed}"
    first, second = read_brief(written(tmp_path, lines)).pictures
    assert (first.file, first.caption, first.words) == (str(tmp_path / "logo.png"), "", ())
    assert (second.file, second.caption) == (str(tmp_path / "img/kettle.jpg"), "Our kettle")
    assert second.words == ("pot", "big pot")
    assert [it.name for it in read_brief(written(tmp_path, "pictures: a.png, b.jpg")).pictures] == [
        "a.png",
        "b.jpg",
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("pictures: [/etc/passwd]", "relative to the brief"),
        ('pictures: ["C:\\\\secret.png"]', "relative to the brief"),
        ("pictures: [~/secret.png]", "relative to the brief"),
        ("pictures: [../secret.png]", "leads out of the brief's folder"),
        ("pictures: [a/../../secret.png]", "leads out of the brief's folder"),
        ("pictures: [out.png]", "a link that leads out"),
        ("pictures: [linked/secret.png]", "a link that leads out"),
        ("pictures: [[a]]", "flat list"),
        ("pictures: {a: b}", "text or a list"),
        ("pictures: [{file: a, words: [[b]]}]", "flat list"),
        ("pictures: [{file: a, words: {b: c}}]", "text or a list"),
        ("pictures: [{file: a, file: b}]", "twice"),
        ("pictures: [{file: }]", "no value"),
        ("pictures: [{caption: a}]", "pictures.0.file: is required"),
        ("pictures: [{file: a, titel: b}]", "not a known field"),
        ("pictures: [{file: a, kept: b}]", "pictures.0.kept"),
        ("pictures: [{file: a, look: photograph}]", "file, caption and words"),
        ("pictures: ['']", "must not be empty"),
        ('pictures: ["a\\u0007b"]', "no control characters"),
        (f"pictures: [{', '.join(['x.png'] * 21)}]", "at most 20 entries"),
        (f"pictures: [{{file: a, caption: {'x' * 201}}}]", "at most 200 characters"),
        ("pictures:", "pictures has no value"),
        ("pictures: [&a x.png]", "anchor"),
        ("topics: [x.png]\npictures: [y.png]", "not a key"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, lines: str, told: str) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"")
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "linked").symlink_to(tmp_path)
    with pytest.raises(BriefInvalid) as caught:
        read_brief(written(folder, lines))
    message = str(caught.value)
    assert told in message
    assert "line 3" in message
    assert caught.value.next_step


def test_a_link_inside_the_folder_is_followed_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "IMG_1.png").write_bytes(b"")
    (tmp_path / "kettle.png").symlink_to(tmp_path / "IMG_1.png")
    assert read_brief(written(tmp_path, "pictures: [kettle.png]")).pictures[0].name == "kettle.png"


def test_a_brief_that_is_no_file_has_no_pictures_beside_it() -> None:
    with pytest.raises(BriefInvalid, match="not in a file"):
        parse_brief("---\ntopic: x\npictures: [a.png]\n---\n", source="the request")
