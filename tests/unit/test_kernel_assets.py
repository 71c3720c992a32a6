import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reelwright import assets
from reelwright.errors import Permanent

PACKAGE = Path(assets.__file__).parent
ROOT = Path(__file__).resolve().parents[2]


def test_a_checkout_has_the_environments() -> None:
    assert (assets.locate("environments") / "base.toml").is_file()
    assert assets.locate("environments/base.toml").is_file()


def test_briefs_are_examples_in_a_checkout() -> None:
    assert assets.locate("briefs").is_dir()


def test_missing_data_is_named() -> None:
    with pytest.raises(Permanent, match=r"'environments/nowhere\.toml' is missing") as caught:
        assets.locate("environments/nowhere.toml")
    assert caught.value.context == {"asset": "environments/nowhere.toml"}


def test_a_zip_carries_its_own_data(tmp_path: Path) -> None:
    bundle = tmp_path / "function.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        for module in ("__init__.py", "assets.py", "errors.py"):
            archive.write(PACKAGE / module, f"reelwright/{module}")
        archive.writestr("reelwright/_data/environments/base.toml", "from = 'the zip'")
    show = "from reelwright.assets import locate; print(locate('environments/base.toml').read_text())"
    bootstrap = f"import sys; sys.path.insert(0, {str(bundle)!r}); {show}"
    done = subprocess.run([sys.executable, "-S", "-c", bootstrap], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "from = 'the zip'"


def test_a_wheel_carries_the_data_and_nothing_of_the_workshop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    sources = [*(ROOT / "environments").rglob("*.toml"), *(ROOT / "examples" / "briefs").glob("*.md")]
    sources += [file for folder in ("places", "pictures", "prompts") for file in (ROOT / folder).glob("*.*")]
    sources += (ROOT / "environments" / "brands").rglob("*.*")
    assert {Path(name).name for name in names if "/_data/" in name} == {file.name for file in sources}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"reelwright"}
    assert "reelwright/py.typed" in names
