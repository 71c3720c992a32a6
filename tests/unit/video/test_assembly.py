import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import pytest

from reelwright.production.schema import Chapter
from reelwright.storage.errors import StorageFull, StorageUnwritable
from reelwright.video import assembly
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.captions import parse_srt
from reelwright.video.errors import ClipMismatch, CutUnreadable, SoundtrackUnfit
from reelwright.video.schema import AssembledCut, AssemblyRequest
from tests.unit.video.media import spoken, write_clip, write_sound

FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from reelwright.storage.errors import StorageFull
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.schema import AssemblyRequest

request = AssemblyRequest.model_validate_json(sys.stdin.read())
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    PyAvAssembler().assemble(request)
except StorageFull as error:
    print(error.code)
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips of 1.25 s and 2 s, a third with reordered frames, and sound a little too long."""
    folder = tmp_path_factory.mktemp("shelf")
    write_clip(folder / "one.mp4", 1.25)
    write_clip(folder / "two.mp4", 2)
    write_clip(folder / "reordered.mp4", 1, preset="veryfast")
    write_sound(folder / "sound.m4a", 3.3)
    return folder


def request(shelf: Path, work_dir: Path, **changes: object) -> AssemblyRequest:
    fields: dict[str, object] = {
        "clips": (shelf / "one.mp4", shelf / "two.mp4"),
        "soundtrack": shelf / "sound.m4a",
        "words": spoken(3.2),
        "title": "Tides",
        "description": "Twice a day.\nEvery day.",
        "language": "en-GB",
        "chapters": (Chapter(start_seconds=0, title="Ebb"), Chapter(start_seconds=1.25, title="Flow")),
        "marks": (("made by", "Reelwright"), ("mock", "yes")),
        "work_dir": work_dir,
    }
    return AssemblyRequest.model_validate(fields | changes)


def assembled(shelf: Path, work_dir: Path, **changes: object) -> AssembledCut:
    return PyAvAssembler().assemble(request(shelf, work_dir, **changes))


def packet_data(paths: Sequence[Path], kind: str) -> list[bytes]:
    data = []
    for path in paths:
        with av.open(str(path)) as media:
            stream = next(stream for stream in media.streams if stream.type == kind)
            data += [bytes(packet) for packet in media.demux(stream) if packet.dts is not None]
    return data


def test_the_cut_lasts_exactly_as_long_as_its_frames(shelf: Path, tmp_path: Path) -> None:
    cut = assembled(shelf, tmp_path)

    assert cut.duration_seconds == 78 / 24
    with av.open(str(cut.video)) as media:
        assert media.duration == round(78 / 24 * av.time_base)
        video, audio = media.streams.video[0], media.streams.audio[0]
        assert (video.frames, video.duration * video.time_base) == (78, Fraction(78, 24))
        assert audio.duration * audio.time_base == Fraction(78, 24)


def test_nothing_is_encoded_again(shelf: Path, tmp_path: Path) -> None:
    cut = assembled(shelf, tmp_path)

    assert packet_data([cut.video], "video") == packet_data([shelf / "one.mp4", shelf / "two.mp4"], "video")
    sound = packet_data([shelf / "sound.m4a"], "audio")
    assert packet_data([cut.video], "audio") == sound[: len(packet_data([cut.video], "audio"))]


@pytest.mark.parametrize("names", [["one.mp4", "two.mp4"], ["reordered.mp4"] * 3])
def test_frames_follow_one_another_without_a_gap(shelf: Path, tmp_path: Path, names: list[str]) -> None:
    clips = tuple(shelf / name for name in names)
    seconds = len(packet_data(clips, "video")) / 24
    sound = write_sound(tmp_path / "sound.m4a", seconds)
    cut = assembled(shelf, tmp_path, clips=clips, soundtrack=sound)

    with av.open(str(cut.video)) as media:
        packets = [packet for packet in media.demux(video=0) if packet.dts is not None]
        places = [packet.pts * packet.time_base * 24 for packet in packets]
        decoding = [packet.dts for packet in packets]
    assert sorted(places) == list(range(len(packets)))
    assert decoding == sorted(set(decoding))
    assert "reordered.mp4" in names or decoding[0] == 0


def test_sound_and_picture_start_together(shelf: Path, tmp_path: Path) -> None:
    with av.open(str(assembled(shelf, tmp_path).video)) as media:
        assert [stream.start_time for stream in media.streams] == [0] * len(media.streams)
        first = next(media.decode(audio=0))
    assert first.pts == 0


def test_the_same_parts_make_the_same_bytes(shelf: Path, tmp_path: Path) -> None:
    cuts = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        cuts.append(assembled(shelf, tmp_path / name).video.read_bytes())

    assert cuts[0] == cuts[1]


def test_the_index_comes_first(shelf: Path, tmp_path: Path) -> None:
    data = assembled(shelf, tmp_path).video.read_bytes()

    assert data.index(b"moov") < data.index(b"mdat")


def test_captions_are_in_the_file_off_by_default_and_named_by_language(shelf: Path, tmp_path: Path) -> None:
    cut = assembled(shelf, tmp_path)
    captions = parse_srt(cut.captions_srt.read_bytes().decode())

    with av.open(str(cut.video)) as media:
        (stream,) = media.streams.subtitles
        assert stream.codec_context.name == "mov_text"
        assert stream.language == "eng"
        assert not stream.disposition & av.stream.Disposition.default
        samples = [packet for packet in media.demux(stream) if packet.pts is not None]
        texts = [(packet.pts, bytes(packet)[2:].decode()) for packet in samples if packet.size > 2]
    assert texts == [(round(cue.start_seconds * 1000), "\n".join(cue.lines)) for cue in captions]
    assert cut.captions_vtt.read_text().startswith("WEBVTT\n\n00:00:00.000 --> ")


@pytest.mark.parametrize(("language", "code"), [("de", "deu"), ("pt-BR", "por"), ("xx", "und")])
def test_languages_have_three_letters(shelf: Path, tmp_path: Path, language: str, code: str) -> None:
    with av.open(str(assembled(shelf, tmp_path, language=language).video)) as media:
        assert [stream.language for stream in (*media.streams.audio, *media.streams.subtitles)] == [code] * 2


def test_chapters_tile_the_cut(shelf: Path, tmp_path: Path) -> None:
    chapters = (
        Chapter(start_seconds=1.25, title="Flow"),
        Chapter(start_seconds=0, title="Ebb\x00"),
        Chapter(start_seconds=99, title="never"),
    )
    with av.open(str(assembled(shelf, tmp_path, chapters=chapters).video)) as media:
        found = [
            (
                float(chapter["start"] * chapter["time_base"]),
                float(chapter["end"] * chapter["time_base"]),
                chapter["metadata"]["title"],
            )
            for chapter in media.chapters()
        ]
    assert found == [(0.0, 1.25, "Ebb"), (1.25, 3.25, "Flow")]


def test_without_words_and_chapters_there_is_still_a_subtitle_track(shelf: Path, tmp_path: Path) -> None:
    with av.open(str(assembled(shelf, tmp_path, words=(), chapters=()).video)) as media:
        assert [stream.type for stream in media.streams] == ["video", "audio", "subtitle"]
        assert media.chapters() == []


def test_titles_and_marks_stay_data(shelf: Path, tmp_path: Path) -> None:
    title = "<script>\x00\ud800 ü 潮 \u202e;movflags=+x\nSecond line"
    cut = assembled(shelf, tmp_path, title=title, marks=(("made\nby", "a=b;c"), ("mock", "yes")))

    with av.open(str(cut.video)) as media:
        assert media.metadata["title"] == "<script> ü 潮 ;movflags=+x Second line"
        assert media.metadata["description"] == "Twice a day.\nEvery day."
        assert media.metadata["comment"] == "made by: a=b;c\nmock: yes"
        assert "creation_time" not in media.metadata
        assert "encoder" not in media.metadata


def test_a_clip_of_another_make_is_named_with_what_differs(shelf: Path, tmp_path: Path) -> None:
    odd = {
        "size is 160x90": write_clip(tmp_path / "small.mp4", 0.5, size=(160, 90)),
        "frame rate is 30": write_clip(tmp_path / "fast.mp4", 0.5, fps=30),
        "codec set-up is": write_clip(tmp_path / "other.mp4", 0.5, preset="medium"),
    }
    for reason, clip in odd.items():
        with pytest.raises(ClipMismatch, match=f"Clip 2 .*{reason}"):
            assembled(shelf, tmp_path, clips=(shelf / "one.mp4", clip))


def test_a_clip_without_picture_and_no_clips_at_all_are_refused(shelf: Path, tmp_path: Path) -> None:
    with pytest.raises(ClipMismatch, match=r"Clip 1 .*no picture"):
        assembled(shelf, tmp_path, clips=(shelf / "sound.m4a",))
    with pytest.raises(ClipMismatch, match="no clips"):
        assembled(shelf, tmp_path, clips=())


def test_a_clip_that_is_no_media_is_named(shelf: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("hello")

    with pytest.raises(CutUnreadable, match=r"bad\.mp4"):
        assembled(shelf, tmp_path, clips=(shelf / "one.mp4", bad))


def test_a_playlist_does_not_open_other_files(shelf: Path, tmp_path: Path) -> None:
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"ffconcat version 1.0\nfile '{shelf / 'one.mp4'}'\n")

    with pytest.raises(CutUnreadable, match=r"list\.mp4"):
        assembled(shelf, tmp_path, clips=(playlist,))


def test_unevenly_spaced_frames_are_refused_and_nothing_is_left(shelf: Path, tmp_path: Path) -> None:
    uneven = tmp_path / "uneven.mp4"
    with av.open(str(shelf / "one.mp4")) as media, av.open(str(uneven), "w") as out:
        stream = out.add_stream_from_template(media.streams.video[0])
        for packet in media.demux(video=0):
            if packet.dts is not None:
                late = 1024 if packet.pts >= 512 * 20 else 0
                packet.pts, packet.dts, packet.stream = packet.pts + late, packet.dts + late, stream
                out.mux(packet)

    with pytest.raises(ClipMismatch):
        assembled(shelf, tmp_path, clips=(uneven, shelf / "two.mp4"))
    assert not (tmp_path / "cut.mp4").exists()


def test_a_soundtrack_that_does_not_fit_is_refused(shelf: Path, tmp_path: Path) -> None:
    short = write_sound(tmp_path / "short.m4a", 2)
    with pytest.raises(SoundtrackUnfit, match=r"lasts 2\.0\d\d s, the picture 3\.250 s"):
        assembled(shelf, tmp_path, soundtrack=short)
    with pytest.raises(SoundtrackUnfit, match=r"one AAC track; one\.mp4 has no sound"):
        assembled(shelf, tmp_path, soundtrack=shelf / "one.mp4")


def test_a_full_disk_is_said_to_be_full_and_keeps_nothing(shelf: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK],
        input=request(shelf, tmp_path).model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == "storage_full"
    assert not (tmp_path / "cut.mp4").exists()


def test_a_folder_that_cannot_take_the_cut_is_named(shelf: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    with pytest.raises(StorageUnwritable, match=str(in_the_way)):
        assembled(shelf, in_the_way)


def test_a_failure_while_patching_leaves_no_cut(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(assembly, "switch_off_subtitles", refuse)
    with pytest.raises(StorageFull):
        assembled(shelf, tmp_path)
    assert not (tmp_path / "cut.mp4").exists()


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="an independent demuxer, where there is one")
def test_another_demuxer_agrees(shelf: Path, tmp_path: Path) -> None:
    cut = assembled(shelf, tmp_path)
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(cut.video)]
    facts = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    video, audio, text = facts["streams"][:3]
    assert (video["codec_name"], video["nb_frames"], video["start_time"]) == ("h264", "78", "0.000000")
    assert (audio["codec_name"], audio["start_time"], audio["duration"]) == ("aac", "0.000000", "3.250000")
    assert (text["codec_name"], text["disposition"]["default"]) == ("mov_text", 0)
    assert facts["format"]["duration"] == "3.250000"
