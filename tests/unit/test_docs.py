"""Generated pages and schemas follow from code and data: `make docs` writes them."""

import importlib.util
import json
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from jsonschema import Draft202012Validator

from reelwright.config.setting_definitions import setting_definitions
from reelwright.environment.loader import load_environment
from tests.unit.config import drill, precedence

ROOT = Path(__file__).resolve().parents[2]


def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("docs", ROOT / "bin" / "docs.py")
    assert spec
    assert spec.loader
    docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(docs)
    texts: dict[str, str] = docs.generated()
    return texts


def test_what_is_generated_is_up_to_date() -> None:
    texts = generated()
    stale = [path for path, text in texts.items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"


@pytest.mark.parametrize("page", [precedence, drill], ids=["precedence", "outages"])
def test_what_configuration_does_is_what_is_written(page: ModuleType, request: pytest.FixtureRequest) -> None:
    text = (ROOT / "docs" / "reference" / f"{request.node.callspec.id}.md").read_text(encoding="utf-8")
    assert page.as_markdown() in text


def test_no_schema_is_left_over() -> None:
    assert {f"schemas/{file.name}" for file in (ROOT / "schemas").iterdir()} <= generated().keys()


ENVIRONMENT_FILES = sorted((ROOT / "environments").glob("*.toml"))


def problems(document: object) -> list[str]:
    """What an editor says of a file of an environment."""
    schema = json.loads((ROOT / "schemas" / "environment-file.json").read_text(encoding="utf-8"))
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize("file", ENVIRONMENT_FILES, ids=lambda file: file.stem)
def test_editors_find_nothing_wrong_with_the_files_of_environments(file: Path) -> None:
    assert problems(tomllib.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "document",
    [
        {"name": "dev"},
        {"settings": {"vidoe": {}}},
        {"settings": {"video": {"fps": 31}}},
        {"settings": {"budgets": {"per_video_usd": "a lot"}}},
        {"settings": {"providers": {"runway": {"credential": "sk-in-plain-text"}}}},
        {"deploy": {"account": 123456789012}},
    ],
)
def test_editors_find_what_synth_would_refuse(document: object) -> None:
    assert problems(document)


def test_every_setting_says_what_it_is_for() -> None:
    definitions = setting_definitions(load_environment("local").settings)
    assert [key for key, definition in definitions.items() if not definition.get("description")] == []
