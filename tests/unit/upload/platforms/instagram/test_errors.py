"""What Instagram's answers mean: every row of every table, and answers that have none."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reelwright.models.http import HttpAnswer
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.instagram_errors import (
    CODES,
    RUPLOAD,
    SUBCODES,
    error_of,
    is_missing,
    is_spent,
)
from tests.simulators.instagram import InstagramSimulator
from tests.simulators.instagram_facts import REFUSALS, RUPLOAD_REFUSALS
from tests.simulators.server import Answer

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
KINDS = {
    "busy": PlatformUnavailable,
    "quota": QuotaExceeded,
    "blocked": QuotaExceeded,
    "token": AuthenticationFailed,
    "misconfigured": PlatformMisconfigured,
    "missing": PublicationRefused,
    "spent": PublicationRefused,
    "refused": PublicationRefused,
}
SAID = {
    "token_expired": "token",
    "unauthorised": "token",
    "password_changed": "token",
    "session": "token",
    "method": "misconfigured",
    "permission": "misconfigured",
    "scope": "misconfigured",
    "insights_scope": "misconfigured",
    "few_viewers": "misconfigured",
    "restricted": "misconfigured",
    "policy": "blocked",
    "spam": "blocked",
    "post_limit": "quota",
    "missing": "missing",
    "alias_missing": "missing",
    "media_missing": "missing",
    "no_container": "missing",
    "media_expired": "spent",
    "upload_failed": "spent",
    "fetch": "spent",
    "duplicate_post": "refused",
    "parameter": "refused",
    "bad_cover": "refused",
    "mentions": "refused",
    "format": "refused",
    "too_large": "refused",
    "aspect": "refused",
    "caption": "refused",
}
"""Of the simulator's refusals; all others pass."""


def told(answer: Answer) -> HttpAnswer:
    return HttpAnswer(answer.status, answer.headers, answer.body)


def graph(status: int, code: object, subcode: object = None, *, transient: bool = False) -> HttpAnswer:
    error = {"message": "words", "code": code, "error_subcode": subcode, "is_transient": transient}
    body = json.dumps({"error": error}).encode()
    return HttpAnswer(status, {"content-type": "application/json"}, body)


@pytest.mark.parametrize("reason", sorted(REFUSALS))
def test_every_refusal_has_its_meaning(reason: str) -> None:
    error = error_of(told(InstagramSimulator().refused(reason)), NOW, writes=False)
    assert type(error) is KINDS[SAID.get(reason, "busy")]
    assert error.next_step
    assert isinstance(error, PublicationRefused) is False or is_missing(error) is (SAID[reason] == "missing")


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_its_meaning(code: int) -> None:
    assert type(error_of(graph(400, code), NOW, writes=True)) is KINDS[CODES[code]]


@pytest.mark.parametrize("subcode", sorted(SUBCODES))
def test_every_subcode_counts_before_its_code(subcode: int) -> None:
    for code in (-1, 100, 190):
        assert type(error_of(graph(400, code, subcode), NOW, writes=True)) is KINDS[SUBCODES[subcode]]


@pytest.mark.parametrize("kind", sorted(RUPLOAD))
def test_every_word_of_the_server_of_bytes_has_its_meaning(kind: str) -> None:
    assert sorted(RUPLOAD) == sorted(RUPLOAD_REFUSALS)
    error = error_of(told(InstagramSimulator().refused_bytes(kind)), NOW, writes=True)
    assert type(error) is KINDS[RUPLOAD[kind]]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, PublicationRefused),
        (401, AuthenticationFailed),
        (403, PlatformMisconfigured),
        (404, PublicationRefused),
        (429, PlatformUnavailable),
        (500, PlatformUnavailable),
        (503, PlatformUnavailable),
    ],
)
def test_an_answer_without_a_code_is_judged_by_its_status(status: int, kind: type[Exception]) -> None:
    for answer in (graph(status, None), HttpAnswer(status, {"content-type": "text/html"}, b"<html>")):
        assert type(error_of(answer, NOW, writes=False)) is kind


@pytest.mark.parametrize("code", [200, 294, 299])
def test_permissions_are_ours_to_mend(code: int) -> None:
    assert type(error_of(graph(400, code), NOW, writes=False)) is PlatformMisconfigured


def test_what_passes_by_its_own_word_is_not_refused() -> None:
    assert type(error_of(graph(400, 100, transient=True), NOW, writes=True)) is PlatformUnavailable
    assert type(error_of(graph(400, 190, transient=True), NOW, writes=True)) is AuthenticationFailed


def test_a_server_error_of_a_request_that_changes_something_is_a_lost_answer() -> None:
    assert type(error_of(graph(500, 2), NOW, writes=True)) is PlatformAnswerLost
    assert type(error_of(graph(500, 2), NOW, writes=False)) is PlatformUnavailable


def test_a_container_that_failed_for_the_servers_sake_leaves_room_for_another() -> None:
    assert [is_spent(each) for each in ("2207053", "2207026", "ERROR", "", "1")] == [
        *(True, False, False, False, False)
    ]


@pytest.mark.parametrize("odd", [[], "text", 7, None, {"code": "190"}, {"code": True}])
def test_an_odd_error_is_read_by_its_status(odd: Any) -> None:
    body = json.dumps({"error": odd}).encode()
    answer = HttpAnswer(400, {"content-type": "application/json"}, body)
    assert type(error_of(answer, NOW, writes=True)) is PublicationRefused
