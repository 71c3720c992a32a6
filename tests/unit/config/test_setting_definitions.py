"""What operators are told of each setting."""

import inspect
import json

import pytest

from reelwright.config.definitions import merge_definitions
from reelwright.config.documents import parse_document, render_document
from reelwright.config.setting_definitions import (
    _descriptions,
    _written_in,
    setting_definitions,
    settings_document,
)
from reelwright.config.tree import leaves, plain
from reelwright.environment.loader import load_environment

SETTINGS = load_environment("dev").settings


def test_every_setting_is_defined_with_its_default() -> None:
    defaults = setting_definitions(SETTINGS)
    values = dict(leaves(plain(SETTINGS)))

    assert {key: definition.get("default") for key, definition in defaults.items()} == values


def test_a_definition_tells_type_meaning_and_what_is_allowed() -> None:
    definitions = setting_definitions(SETTINGS)

    fps = definitions["video.fps"]
    assert (fps["type"], fps["default"]) == ("integer", 24)
    assert str(fps["description"]).endswith("Allowed: 24, 30, 60.")
    assert definitions["audio.words_per_minute"] == {
        "type": "integer",
        "default": 165,
        "description": (
            "The pace that scripts are sized for, measured on the voice. Allowed: at least 100, at most 220."
        ),
    }
    assert (definitions["budgets.per_day_warn_usd"]["type"], SETTINGS.budgets.per_day_warn_usd) == (
        "string",
        1,
    )
    assert definitions["features.music"]["type"] == "boolean"
    assert definitions["providers.runway.credential"]["type"] == "string"


def test_every_setting_says_what_it_is_for_inherited_ones_too() -> None:
    said = {key: str(each.get("description", "")) for key, each in setting_definitions(SETTINGS).items()}
    assert [key for key, text in said.items() if not text or text.startswith("Allowed: ")] == []
    assert [key for key, text in said.items() if "\n" in text] == []
    assert said["video.max_failed_scenes_share"].startswith("The share of scenes that may be drawn")


def test_the_document_of_code_is_one_that_readers_accept_and_people_can_edit() -> None:
    document = settings_document(SETTINGS)
    parsed = parse_document(json.dumps(document).encode())

    assert parsed.settings == {}
    rendered = json.loads(render_document(parsed))
    assert merge_definitions(document, rendered, document) == rendered == document


def test_without_the_source_there_are_no_meanings_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> str:
        raise OSError("could not get source code")

    _forget()
    monkeypatch.setattr(inspect, "getsource", refuse)
    try:
        fps = setting_definitions(SETTINGS)["video.fps"]
        assert (fps["default"], fps["description"]) == (24, "Allowed: 24, 30, 60.")
    finally:
        _forget()


def _forget() -> None:
    _descriptions.cache_clear()
    _written_in.cache_clear()
