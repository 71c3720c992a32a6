"""The validator that AppConfig asks before it deploys a version."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reelwright.config.errors import InvalidConfiguration
from reelwright.config.setting_definitions import settings_document
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.errors import ReelwrightError
from reelwright.flags.checking import check_deployable, kind_of
from reelwright.flags.definitions import PROFILES, FlagProfile, flag_definitions
from services.check_configuration.handler import handler

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_ENV", "dev")
    monkeypatch.setattr("services.check_configuration.handler.configure_logging", lambda *_: None)


def event(document: Any) -> dict[str, str]:
    """What AppConfig sends."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return {
        "applicationId": "abc1234",
        "configurationProfileId": "def5678",
        "configurationVersion": "3",
        "content": base64.b64encode(content).decode(),
        "uri": "hosted",
    }


def settings(**tables: Any) -> dict[str, Any]:
    return {"schema_version": 1, "settings": tables}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_flags_that_code_defines_may_be_deployed(profile: FlagProfile) -> None:
    assert handler(event(flag_definitions(profile).as_json()), None) == {"kind": "flags"}


@pytest.mark.parametrize("environment", ENVIRONMENT_NAMES)
def test_the_settings_that_code_defines_may_be_deployed(environment: str) -> None:
    content = json.dumps(settings_document(load_environment(environment).settings)).encode()

    assert check_deployable(content, environment=environment, now=NOW) == "settings"


def test_an_override_that_fits_into_the_whole_may_be_deployed() -> None:
    assert handler(event(settings(video={"fps": 30}, features={"music": False})), None) == {
        "kind": "settings"
    }


REFUSED: dict[str, tuple[Any, str]] = {
    "not allowed": (settings(video={"fps": 25}), "video.fps"),
    "unknown": (settings(video={"fsp": 30}), "video.fsp"),
    "wrong type": (settings(features={"music": "no"}), "features.music"),
    "schema version": ({"schema_version": 2, "settings": {}}, "schema_version"),
    "no schema version": ({"settings": {}}, "schema_version"),
    "note without reason": (
        {**settings(), "notes": {"video.fps": {"actor": "ann", "set_at": "2026-01-01T00:00:00Z"}}},
        "notes.video.fps.reason",
    ),
    "flag": (
        {"version": "1", "values": {"a": {"enabled": True}}},
        "$.values.a: flags has no definition of it",
    ),
    "neither": ({"hello": 1}, "neither settings nor flags"),
    "no object": ([], "neither settings nor flags"),
    "no json": (b"{", "not JSON"),
    "no text": (b"\xff\xfe", "not JSON"),
    "too deep": (b"[" * 200_000, "not JSON"),
}


@pytest.mark.parametrize(("document", "told"), REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused_with_its_reason(document: Any, told: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        handler(event(document), None)
    assert told in str(caught.value)


def test_a_part_is_checked_over_the_defaults_of_its_environment() -> None:
    content = json.dumps(settings(audio={"voice": "amy"})).encode()

    assert check_deployable(content, environment="dev", now=NOW) == "settings"
    whole = json.dumps(settings(audio="amy")).encode()
    with pytest.raises(InvalidConfiguration, match="audio"):
        check_deployable(whole, environment="dev", now=NOW)


def test_a_secret_in_plain_text_is_refused_and_not_shown() -> None:
    credential = settings(providers={"newcomer": {"credential": "plain-text-canary"}})
    with pytest.raises(InvalidConfiguration, match="newcomer") as caught:
        handler(event(credential), None)
    assert "canary" not in str(caught.value)


def test_what_has_expired_is_not_checked() -> None:
    note = {
        "actor": "ann",
        "reason": "try",
        "set_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-02T00:00:00Z",
    }
    content = json.dumps({**settings(video={"fps": 25}), "notes": {"video.fps": note}}).encode()

    assert check_deployable(content, environment="dev", now=NOW) == "settings"
    with pytest.raises(InvalidConfiguration):
        check_deployable(content, environment="dev", now=datetime(2026, 1, 1, 12, tzinfo=UTC))


def test_an_override_of_a_deprecated_setting_is_let_through() -> None:
    document = {
        **settings(video={"gone": 1}),
        "definitions": {"video.gone": {"type": "integer", "deprecated": True}},
    }

    assert handler(event(document), None) == {"kind": "settings"}


def test_kinds_are_told_by_their_keys() -> None:
    assert kind_of(b'{"version": "1"}') == "flags"
    assert kind_of(b'{"schema_version": 1}') == "settings"


def test_an_event_that_is_none_is_refused_without_its_content() -> None:
    with pytest.raises(ValueError, match="applicationId") as caught:
        handler({"content": "canary"}, None)
    assert "canary" not in str(caught.value)


def test_a_function_that_was_told_no_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REELWRIGHT_ENV")
    with pytest.raises(ReelwrightError, match="REELWRIGHT_ENV"):
        handler(event(settings()), None)
