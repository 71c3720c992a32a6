"""PromptLibrary: the prompts that travel with the code."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from reelwright.environment.loader import load_environment
from reelwright.environment.prompting import PromptSettings
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.parsing import content_version


def test_the_files_of_a_folder_are_its_prompts(tmp_path: Path) -> None:
    (tmp_path / "write-script.md").write_text("Größe", encoding="utf-8")
    (tmp_path / "write-script.investing.md").write_text("Money", encoding="utf-8")
    (tmp_path / "topics.toml").write_text("", encoding="utf-8")
    library = PromptLibrary(tmp_path)

    assert library.names == ("write-script", "write-script.investing")
    found = library.get("write-script")
    assert found is not None
    assert (found.name, found.text, found.version) == ("write-script", "Größe", content_version("Größe"))
    assert library.get("nothing") is None


def test_a_library_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one", encoding="utf-8")
    library = PromptLibrary(tmp_path)
    assert library.names == ("a",)
    (tmp_path / "b.md").write_text("two", encoding="utf-8")
    assert library.names == ("a",)


@pytest.mark.parametrize(
    ("environment", "label"),
    [("local", "production"), ("dev", "dev"), ("staging", "staging"), ("prod", "production")],
)
def test_the_label_of_each_environment(environment: str, label: str) -> None:
    assert load_environment(environment).settings.prompts.label == label


@pytest.mark.parametrize(
    "settings",
    [
        {"label": "Production"},
        {"label": ""},
        {"ttl_seconds": 0},
        {"ttl_seconds": 3601},
        {"variants": {"write-script.investing": "vivid"}},
        {"variants": {"write-script": "Vivid"}},
        {"other": 1},
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PromptSettings.model_validate(settings)
