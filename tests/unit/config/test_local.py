"""One machine, with nothing given but a folder."""

import json
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from pydantic import SecretStr

from reelwright import assets
from reelwright.clock import VirtualClock
from reelwright.config.local import DefaultsSource, LocalPlace, default_sources
from reelwright.config.manager import ConfigurationManager
from reelwright.config.schema import Layer
from reelwright.environment.errors import InvalidEnvironment
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.secrets.memory import MemorySecrets
from reelwright.storage.schema import Author

ANN = {"actor": "ann", "reason": "to see it move"}
BY_HAND = Author(actor="somebody", reason="by hand")


def local(
    root: Path, name: str = "local", clock: VirtualClock | None = None, **variables: str
) -> ConfigurationManager:
    return ConfigurationManager.for_environment(
        name, root=root, clock=clock or VirtualClock(), variables=variables
    )


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_without_anything_else_settings_are_those_of_the_bundled_files(name: str, tmp_path: Path) -> None:
    manager = local(tmp_path, name)
    assert manager.snapshot.settings == load_environment(name).settings
    assert manager.snapshot.environment == name
    assert dict(manager.snapshot.origins) == {}


def test_each_layer_of_one_machine_speaks_in_its_turn(tmp_path: Path) -> None:
    place = LocalPlace("local", tmp_path, VirtualClock())
    content = {"schema_version": 1, "settings": {"video": {"fps": 60}, "production": {"jobs": 3}}}
    place.documents().put("settings", json.dumps(content).encode(), expect=None, author=BY_HAND)
    manager = local(tmp_path, REELWRIGHT__VIDEO__FPS="30", REELWRIGHT__FEATURES__MUSIC="false")
    manager.set_runtime_override("production.jobs", 2, **ANN)
    said = {key: (manager.get(key), manager.explain(key).layer) for key in manager.snapshot.origins}
    assert said == {
        "video.fps": (60, Layer.DOCUMENTS),
        "production.jobs": (2, Layer.RUNTIME),
        "features.music": (False, Layer.ENVIRONMENT),
    }
    assert manager.explain("video.resolution").reason == "said by environments/base.toml"


def test_an_override_outlives_its_process_and_stays_in_its_environment(tmp_path: Path) -> None:
    local(tmp_path).set_runtime_override("video.fps", 60, **ANN)
    assert local(tmp_path).get("video.fps") == 60
    assert local(tmp_path, "dev").get("video.fps") == 24


def test_environments_of_one_machine_are_compared_by_name(tmp_path: Path) -> None:
    dev, staging = local(tmp_path, "dev"), local(tmp_path, "staging")
    staging.set_runtime_override("video.fps", 60, **ANN)
    found = {change.key: (change.old, change.new) for change in dev.diff("staging")}
    assert found["video.fps"] == (24, 60)
    assert found["models.content.tier"] == ("economy", "standard")


def test_the_secrets_that_this_machine_keeps_are_referred_to(tmp_path: Path) -> None:
    secrets = MemorySecrets(VirtualClock(), Random(1))
    secrets.put("providers/luma", SecretStr('{"api_key": "sk-live-canary"}'))
    manager = ConfigurationManager.for_environment(
        "local", root=tmp_path, clock=VirtualClock(), variables={}, secrets=secrets
    )
    assert str(manager.get("providers.luma.credential")) == "secret://providers/luma#api_key"
    assert manager.explain("providers.luma.credential").layer is Layer.SECRETS
    assert manager.get("providers.runway.credential") is None


def test_what_the_folder_last_said_survives_its_loss(tmp_path: Path) -> None:
    clock = VirtualClock()
    local(tmp_path, clock=clock).set_runtime_override("video.fps", 60, **ANN)
    (folder,) = (tmp_path / "config" / "local" / "runtime").iterdir()
    for content in folder.glob("*.content"):
        content.chmod(0o600)
        content.write_bytes(b"garbage")
    clock.advance(3600)
    manager = local(tmp_path, clock=clock)
    assert manager.get("video.fps") == 60
    explained = manager.explain("video.fps")
    assert explained.age_seconds == 3600
    assert "it could not be read" in explained.reason


def test_an_end_outlives_its_process(tmp_path: Path) -> None:
    clock = VirtualClock()
    local(tmp_path, clock=clock).set_runtime_override("video.fps", 60, **ANN, expires_in=timedelta(days=1))
    clock.advance(23 * 3600)
    assert local(tmp_path, clock=clock).get("video.fps") == 60
    clock.advance(3600)
    assert local(tmp_path, clock=clock).get("video.fps") == 24


def test_reading_writes_nothing_but_what_is_to_be_remembered(tmp_path: Path) -> None:
    local(tmp_path).get("video.fps")
    files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["last-known-good.json", "last-known-good.lock"]


def test_a_bundled_file_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("fps = \n", encoding="utf-8")
    with pytest.raises(InvalidEnvironment, match=r"environments/base\.toml is not TOML"):
        default_sources("dev", tmp_path)


def test_a_table_at_the_wrong_place_is_not_passed_over(tmp_path: Path) -> None:
    base = assets.locate("environments/base.toml").read_text(encoding="utf-8")
    (tmp_path / "base.toml").write_text(base, encoding="utf-8")
    (tmp_path / "dev.toml").write_text('description = "Ours."\n[video]\nfps = 60\n', encoding="utf-8")
    with pytest.raises(InvalidEnvironment, match=r"environments/dev\.toml: video is not a key"):
        default_sources("dev", tmp_path)


def test_defaults_are_versioned_by_what_they_say(tmp_path: Path) -> None:
    versions = []
    for text in ("[settings.video]\nfps = 24\n", "# the same\n[settings]\nvideo.fps = 24\n", "[settings]\n"):
        (tmp_path / "base.toml").write_text(text, encoding="utf-8")
        source = DefaultsSource("base", tmp_path)
        said = source.fetch(None)
        assert said is not None
        assert source.fetch(said.version) is None
        versions.append(said.version)
    assert versions[0] == versions[1] != versions[2]
