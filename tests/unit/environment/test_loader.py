from decimal import Decimal
from pathlib import Path

import pytest

from reelwright import assets
from reelwright.environment.errors import ACCOUNT_HINT, InvalidEnvironment
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.errors import InvalidInput

BASE = assets.locate("environments/base.toml").read_text(encoding="utf-8")
MONEY = 'write money as a plain number in quotes, such as "2.00": a float cannot hold it'
DESCRIBED = 'description = "Where this test plays."\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    (tmp_path / "dev.toml").write_text(DESCRIBED, encoding="utf-8")
    return tmp_path


def refusal(folder: Path, own: str | bytes, *, file: str = "dev.toml") -> str:
    """What is said of this file, put in place of the one in the folder."""
    (folder / file).write_bytes(own.encode() if isinstance(own, str) else own)
    with pytest.raises(InvalidEnvironment) as caught:
        load_environment("dev", folder=folder)
    return caught.value.message


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_every_environment_of_the_house_loads(name: str) -> None:
    spec = load_environment(name)
    assert spec.name == name
    assert spec.description.endswith(".")


def test_there_are_four_environments() -> None:
    assert ENVIRONMENT_NAMES == ("local", "dev", "staging", "prod")


def test_an_environment_is_the_base_with_its_own_file_over_it(folder: Path) -> None:
    own = '[settings.budgets]\nper_video_usd = "2.50"\n[settings.video]\nfps = 60\n'
    (folder / "dev.toml").write_text(DESCRIBED + own, encoding="utf-8")
    settings = load_environment("dev", folder=folder).settings
    assert settings.budgets.per_video_usd == Decimal("2.50")
    assert (settings.video.fps, settings.video.resolution) == (60, "720p")


def test_production_keeps_its_data_and_development_does_not() -> None:
    dev, prod = (load_environment(name).deploy for name in ("dev", "prod"))
    assert (prod.retain_data, prod.deletion_protection, prod.artifact_expiry_days) == (True, True, None)
    assert (dev.retain_data, dev.deletion_protection, dev.artifact_expiry_days) == (False, False, 30)


def test_the_bundled_files_may_start_with_a_byte_order_mark(folder: Path) -> None:
    (folder / "dev.toml").write_bytes(b"\xef\xbb\xbf" + DESCRIBED.encode())
    assert load_environment("dev", folder=folder).description == "Where this test plays."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dve", "Did you mean 'dev'?"),
        ("production", "Environments: local, dev"),
        ("DEV", ""),
        ("", ""),
        ("../dev", ""),
    ],
)
def test_an_unknown_environment_is_refused_with_those_there_are(name: str, hint: str) -> None:
    with pytest.raises(InvalidEnvironment) as caught:
        load_environment(name)
    assert f"There is no environment {name!r}." in str(caught.value)
    assert hint in str(caught.value)
    assert "local, dev, staging, prod" in caught.value.next_step


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("settings.video.fps", "25", "it must be 24, 30 or 60"),
        ("settings.video.fps", "24.5", "it must be 24, 30 or 60"),
        ("settings.audio", '"loud"', "it must be a table"),
        ("settings.features.music", '"yes"', "it must be a valid boolean"),
        ("settings.production.jobs", "true", "it must be a valid integer"),
        ("settings.production.jobs", "65", "it must be less than or equal to 64"),
        ("settings.audio.loudness_lufs", "nan", "it must be less than or equal to -5"),
        ("settings.budgets.per_video_usd", "2.5", MONEY),
        ("settings.budgets.per_video_usd", '"-1"', MONEY),
        ("settings.budgets.per_video_usd", '"1e3"', MONEY),
        ("settings.budgets.per_video_usd", '"²"', MONEY),
        ("deploy.tags.team", "7", "it must be a valid string"),
        ("deploy.region", '"Frankfurt"', 'a region is text, such as "eu-west-1"'),
        ("deploy.account", "123456789012", ACCOUNT_HINT),
        ("deploy.account", '"1234"', ACCOUNT_HINT),
    ],
)
def test_a_refusal_names_file_key_value_and_what_is_allowed(
    folder: Path, key: str, value: str, allowed: str
) -> None:
    shown = value.replace("nan", "NaN")
    said = refusal(folder, f"{DESCRIBED}{key} = {value}")
    assert said == f"environments/dev.toml: {key} = {shown} is refused: {allowed}."


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("settings.video.fsp", "settings.video.fsp is not a key. Did you mean 'fps'?"),
        ("settings.vidoe.fps", "settings.vidoe is not a key. Did you mean 'video'?"),
        ("settings.models.audio.model", "settings.models.audio.model is not a key. Did you mean 'models'?"),
        ("qqq", "qqq is not a key. Known here: description, deploy, settings."),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_ones(folder: Path, key: str, hint: str) -> None:
    assert refusal(folder, f"{DESCRIBED}{key} = 1") == f"environments/dev.toml: {hint}"


def test_a_mistake_in_the_base_is_laid_at_its_door(folder: Path) -> None:
    assert refusal(folder, BASE.replace("fps = 24", "fps = 25"), file="base.toml").startswith(
        "environments/base.toml: settings.video.fps = 25 is refused"
    )


def test_a_missing_key_names_both_files(folder: Path) -> None:
    said = refusal(folder, BASE.replace("fps = 24", ""), file="base.toml")
    assert (
        said == "environments/dev.toml and environments/base.toml: settings.video.fps is missing from both."
    )


def test_every_problem_is_told_at_once(folder: Path) -> None:
    said = refusal(folder, DESCRIBED + "[settings.video]\nfps = 25\nresolution = '4k'\n")
    assert len(said.splitlines()) == 2


@pytest.mark.parametrize("line", ["account = 012345678901", "  account=00000000000001 # ours"])
def test_an_account_id_without_quotes_that_is_no_toml_gets_its_own_hint(folder: Path, line: str) -> None:
    said = refusal(folder, f"{DESCRIBED}[deploy]\n{line}\n")
    assert "(at line 3, column" in said
    assert "an account id is text: twelve digits in quotes" in said


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("fps = \n", "environments/dev.toml is not TOML: Invalid value (at line 1, column 7)."),
        ("[settings\n", "environments/dev.toml is not TOML:"),
        ("", "environments/dev.toml is empty."),
        ("# nothing but words\n", "environments/dev.toml is empty."),
        (b'description = "\xff"', "environments/dev.toml is not UTF-8 text: byte 15 cannot be read."),
        ('name = "prod"', "environments/dev.toml sets name"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(folder: Path, own: str | bytes, said: str) -> None:
    assert refusal(folder, own).startswith(said)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "dev.toml").unlink()
    with pytest.raises(InvalidEnvironment, match=r"environments/dev\.toml is missing"):
        load_environment("dev", folder=folder)


def test_a_long_value_is_shown_in_part(folder: Path) -> None:
    said = refusal(folder, DESCRIBED + f"settings.video.resolution = '{'x' * 5000}'")
    assert len(said) < 250
    assert "xxx… is refused" in said


def test_an_invalid_environment_is_bad_input(folder: Path) -> None:
    (folder / "dev.toml").write_text("x = 1", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_environment("dev", folder=folder)
    assert caught.value.code == "invalid_environment"
    assert caught.value.context == {"environment": "dev"}
