"""Generated pages and schemas follow from code and data: `make docs` writes them."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from jsonschema import Draft202012Validator

import docs
from reelwright.observability.metrics import Metric
from tests.unit.config import drill, precedence

ROOT = Path(__file__).resolve().parents[2]


generated = cache(docs.generated)


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


def test_every_command_and_every_metric_has_its_place() -> None:
    commands, metrics = (generated()[f"docs/reference/{page}.md"] for page in ("commands", "metrics"))
    for command in ("make", "cost budget", "cost budget set", "productions translate", "doctor"):
        assert f"\n## reelwright {command}\n" in commands
    assert all(f"| `{metric.title}` |" in metrics for metric in Metric)


def test_every_code_of_an_error_says_what_it_means() -> None:
    rows = [line for line in generated()["docs/reference/errors.md"].splitlines() if line.startswith("| `")]
    assert len(rows) > 150
    assert [
        row for row in rows if not re.fullmatch(r"\| `[a-z_]+` \| [\d +n]+ \| [A-Z][^|]+[.`] \|", row)
    ] == []


def test_no_page_of_the_reference_is_left_over() -> None:
    pages = {f"docs/reference/{file.name}" for file in (ROOT / "docs/reference").iterdir()}
    by_tests = {"docs/reference/precedence.md", "docs/reference/outages.md"}
    by_hand = {"docs/reference/prompt-files.md"}
    assert pages - by_tests - by_hand == {path for path in generated() if path.startswith("docs/reference/")}
