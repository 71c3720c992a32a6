"""`reelwright secrets`, against the secrets of this machine. No value may ever come back."""

import io
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import Outcome, Run

VALUE = "sk-canary-0123456789"


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Any:
    def type_in(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return type_in


def parsed(outcome: Outcome) -> Any:
    return json.loads(outcome.out)


def test_a_secret_is_set_listed_and_found_by_configuration(run: Run, type_in: Any, place: Path) -> None:
    type_in(f"{VALUE}\n")
    outcomes = [
        run("secrets", "set", "providers/runway", "--json"),
        run("secrets", "list", "--json"),
        run("secrets", "list"),
        run("secrets", "check"),
        run("config", "explain", "providers.runway.credential", "--json"),
    ]
    assert [outcome.code for outcome in outcomes] == [0] * 5
    assert parsed(outcomes[1])["secrets"] == [
        {"name": "providers/runway", "kind": "ApiKey", "has_value": True}
    ]
    assert parsed(outcomes[4])["value"] == "secret://providers/runway#api_key"
    assert VALUE not in "".join(outcome.out + outcome.err for outcome in outcomes)
    assert stat.S_IMODE((place / ".reelwright" / "secrets.env").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("providers/runway", ""),
        ("providers/runway", "short"),
        ("platforms/youtube", VALUE),
        ("platforms/youtube", f'{{"client_id": "{VALUE}"}}'),
        ("signing/audit", VALUE),
        ("elsewhere/runway", VALUE),
        ("../runway", VALUE),
        ("providers/runway", VALUE * 10_000),
    ],
)
def test_what_is_no_secret_of_that_name_is_refused_unseen(
    run: Run, type_in: Any, name: str, text: str
) -> None:
    type_in(text)
    outcome = run("secrets", "set", name, "--json")
    assert outcome.code == 2
    assert parsed(outcome)["error"]["next_step"]
    assert VALUE not in outcome.out + outcome.err


def test_a_key_of_our_own_is_renewed_and_others_are_refused(run: Run, type_in: Any) -> None:
    type_in(VALUE)
    run("secrets", "set", "providers/runway")
    assert run("secrets", "rotate", "signing/audit").code == 0
    assert run("secrets", "rotate", "signing/audit").code == 0
    refused = run("secrets", "rotate", "providers/runway", "--json")
    assert refused.code == 2
    assert parsed(refused)["error"]["code"] == "rotation_refused"


def test_what_settings_refer_to_must_be_there(run: Run) -> None:
    assert run("secrets", "check").code == 0
    reference = "secret://providers/runway#api_key"
    run("config", "set", "providers.runway.credential", reference, "--reason", "a test")
    outcome = run("secrets", "check", "--json")
    assert outcome.code == 1
    (health,) = parsed(outcome)["secrets"]
    assert [finding["code"] for finding in health["findings"]] == ["missing"]
    assert "reelwright secrets set" in run("secrets", "check").out


def test_a_file_that_others_can_read_is_refused(run: Run, type_in: Any, place: Path) -> None:
    type_in(VALUE)
    run("secrets", "set", "providers/runway")
    (place / ".reelwright" / "secrets.env").chmod(0o644)
    outcome = run("secrets", "list")
    assert outcome.code == 3
    assert "chmod 600" in outcome.err


def test_nothing_is_listed_where_nothing_is(run: Run) -> None:
    assert run("secrets", "list").out == "There are no secrets here yet.\n"
