"""The custom resource that merges definitions, against a simulated AppConfig."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from reelwright.clock import VirtualClock
from reelwright.config.aws import AppConfigControl, AppConfigDocuments
from reelwright.config.documents import parse_document
from reelwright.config.errors import InvalidConfiguration
from reelwright.errors import InvalidInput
from reelwright.flags.definitions import FlagProfile, flag_definitions
from reelwright.flags.schema import FlagDocument, parse_flags
from reelwright.storage.local_documents import FolderDocuments
from services.merge_definitions.merging import DefinitionsNotMerged, Merging, definitions_of, forget
from services.merge_definitions.resource import PHYSICAL_ID, Kind, ResourceRequest, Work, answer, send
from tests.simulators.appconfig import AppConfig, serving

ENVIRONMENTS = {"settings": "runtime", "flags": "flags", "kill-switches": "kill-switches"}


class Waiting(VirtualClock):
    """A clock on which something happens whenever somebody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0
        self.meanwhile: Callable[[int], object] = lambda _: None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.waits += 1
        self.meanwhile(self.waits)


@pytest.fixture
def clock() -> Waiting:
    return Waiting()


@pytest.fixture
def appconfig(clock: Waiting) -> AppConfig:
    return AppConfig(clock)


@pytest.fixture
def merging(appconfig: AppConfig, clock: Waiting, tmp_path: Path) -> Iterator[Merging]:
    with serving(appconfig) as url:
        control = AppConfigControl(appconfig.client("appconfig", url), "app1")
        yield Merging(
            environment="dev",
            live=AppConfigDocuments(control, clock, strategy=lambda _: control.strategy("dev-instant")),
            bases=FolderDocuments(tmp_path, clock),
            control=control,
            clock=clock,
            deadline=60.0,
        )


def live(appconfig: AppConfig, profile: str) -> dict[str, Any]:
    newest = next(
        one for one in reversed(appconfig.deployments[ENVIRONMENTS[profile]]) if one["State"] == "COMPLETE"
    )
    content = appconfig.hosted[profile][int(newest["ConfigurationVersion"]) - 1]["content"]
    return dict(json.loads(content))


def edit(appconfig: AppConfig, profile: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the live document as an operator in the console does."""
    document = live(appconfig, profile)
    change(document)
    appconfig.publish(profile, json.dumps(document).encode(), environment=ENVIRONMENTS[profile])


def test_a_first_deploy_brings_every_document(merging: Merging, appconfig: AppConfig) -> None:
    versions = merging.run(definitions_of("dev"))

    assert versions == {"settings": "1", "flags": "1", "kill-switches": "1"}
    assert parse_document(appconfig.hosted["settings"][0]["content"]).definitions["video.fps"].default == 24
    assert parse_flags(live(appconfig, "flags")).values["captions"].enabled
    assert "stop-provider-runway" in live(appconfig, "kill-switches")["flags"]


def test_flags_arrive_with_the_first_values_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, object]] = []
    real = flag_definitions

    def recording(profile: FlagProfile, **more: Any) -> FlagDocument:
        asked.append((profile, more["environment"]))
        return real(profile, **more)

    monkeypatch.setattr("services.merge_definitions.merging.flag_definitions", recording)
    definitions_of("prod")
    assert asked == [("flags", "prod"), ("kill-switches", "prod")]


def test_a_second_deploy_of_the_same_code_changes_nothing(merging: Merging, appconfig: AppConfig) -> None:
    merging.run(definitions_of("dev"))
    before = deepcopy(appconfig.hosted)

    assert merging.run(definitions_of("dev")) == {"settings": "1", "flags": "1", "kill-switches": "1"}
    assert appconfig.hosted == before


def test_operators_values_survive_new_definitions(merging: Merging, appconfig: AppConfig) -> None:
    defined = definitions_of("dev")
    merging.run(defined)
    edit(appconfig, "settings", lambda document: document.update(settings={"video": {"fps": 60}}))
    edit(appconfig, "flags", lambda document: document["values"]["music"].update(enabled=False))
    changed = deepcopy({profile: dict(document) for profile, document in defined.items()})
    changed["flags"]["flags"]["sparkle"] = {"name": "Sparkle"}
    changed["flags"]["values"]["sparkle"] = {"enabled": True}
    changed["settings"]["definitions"]["video.fps"]["default"] = 30

    merging.run(changed)

    flags, settings = live(appconfig, "flags"), live(appconfig, "settings")
    assert flags["values"]["music"] == {"enabled": False}
    assert flags["values"]["sparkle"] == {"enabled": True}
    assert settings["settings"] == {"video": {"fps": 60}}
    assert settings["definitions"]["video.fps"]["default"] == 30


def test_a_removed_flag_is_deprecated_by_one_deploy_and_gone_after_the_next(
    merging: Merging, appconfig: AppConfig
) -> None:
    defined = definitions_of("dev")
    merging.run(defined)
    edit(appconfig, "flags", lambda document: document["flags"].update(mine={"name": "Mine"}))
    without = deepcopy({profile: dict(document) for profile, document in defined.items()})
    for part in ("flags", "values"):
        del without["flags"][part]["music"]

    merging.run(without)
    assert live(appconfig, "flags")["flags"]["music"]["_deprecation"] == {"status": "planned"}
    assert live(appconfig, "flags")["values"]["music"] == {"enabled": True}

    merging.run(without)
    assert "music" not in live(appconfig, "flags")["flags"]
    assert "music" not in live(appconfig, "flags")["values"]
    assert live(appconfig, "flags")["flags"]["mine"] == {"name": "Mine"}


def test_a_deployment_is_waited_for(merging: Merging, appconfig: AppConfig, clock: Waiting) -> None:
    appconfig.instant = False
    environments = iter(ENVIRONMENTS.values())

    def complete_one(wait: int) -> None:
        if wait % 2 == 0:
            appconfig.move(next(environments), "COMPLETE")

    clock.meanwhile = complete_one
    merging.run(definitions_of("dev"))

    assert [made[-1]["State"] for made in appconfig.deployments.values()] == ["COMPLETE"] * 3
    assert clock.waits == 6


def test_an_operators_running_deployment_is_waited_for_and_then_merged_upon(
    merging: Merging, appconfig: AppConfig, clock: Waiting
) -> None:
    theirs = {"version": "1", "flags": {"mine": {}}, "values": {"mine": {"enabled": True}}}
    appconfig.publish("flags", json.dumps(theirs).encode(), state="BAKING")
    clock.meanwhile = lambda wait: appconfig.move("flags", "COMPLETE") if wait == 5 else None

    merging.run(definitions_of("dev"))

    assert clock.waits == 5
    assert live(appconfig, "flags")["values"]["mine"] == {"enabled": True}
    assert "captions" in live(appconfig, "flags")["flags"]


def test_an_operators_deployment_that_was_rolled_back_is_not_merged_upon(
    merging: Merging, appconfig: AppConfig, clock: Waiting
) -> None:
    merging.run(definitions_of("dev"))
    appconfig.publish("flags", b'{"version": "1"}', state="DEPLOYING")
    clock.meanwhile = lambda _: appconfig.move("flags", "ROLLED_BACK", 0.0)
    defined = deepcopy({profile: dict(document) for profile, document in definitions_of("dev").items()})
    defined["flags"]["flags"]["music"]["name"] = "Melody"

    merging.run(defined)

    assert live(appconfig, "flags") == defined["flags"]


def test_an_operators_deployment_that_takes_too_long_is_named(
    merging: Merging, appconfig: AppConfig, clock: Waiting
) -> None:
    appconfig.publish("flags", b'{"version": "1"}', state="DEPLOYING")

    with pytest.raises(DefinitionsNotMerged, match="flags were not merged: A deployment of flags is running"):
        merging.run(definitions_of("dev"))
    assert clock.monotonic() <= 60.0


def test_an_alarm_that_rings_is_waited_for_ever_longer_and_few_versions_are_left_behind(
    merging: Merging, appconfig: AppConfig, clock: Waiting
) -> None:
    appconfig.alarm = True

    def quiet(_: int) -> None:
        appconfig.alarm = clock.monotonic() < 40.0

    clock.meanwhile = quiet
    merging.run(definitions_of("dev"))

    assert live(appconfig, "settings")
    assert len(appconfig.hosted["settings"]) == 4
    assert clock.monotonic() == 6 + 12 + 24


def test_an_alarm_that_does_not_stop_is_told(merging: Merging, appconfig: AppConfig, clock: Waiting) -> None:
    appconfig.alarm = True
    with pytest.raises(DefinitionsNotMerged, match="an alarm of the environment rings"):
        merging.run(definitions_of("dev"))
    assert clock.monotonic() <= 60.0


def test_a_deployment_of_ours_that_is_rolled_back_is_a_failure(
    merging: Merging, appconfig: AppConfig, clock: Waiting
) -> None:
    appconfig.instant = False
    clock.meanwhile = lambda _: appconfig.move("runtime", "ROLLED_BACK", 0.0)

    with pytest.raises(DefinitionsNotMerged, match="taken back"):
        merging.run(definitions_of("dev"))


def test_a_deployment_of_ours_is_watched_to_its_end_also_through_an_outage(
    merging: Merging, appconfig: AppConfig, clock: Waiting
) -> None:
    appconfig.instant = False

    def happen(wait: int) -> None:
        appconfig.fault = "throttle" if wait == 1 else None
        if wait == 3:
            appconfig.move("runtime", "ROLLED_BACK", 0.0)

    clock.meanwhile = happen

    with pytest.raises(DefinitionsNotMerged, match="taken back"):
        merging.run(definitions_of("dev"))
    assert len(appconfig.hosted["settings"]) == 1


def test_somebody_who_comes_between_is_merged_anew(merging: Merging, appconfig: AppConfig) -> None:
    merging.run(definitions_of("dev"))
    defined = deepcopy({profile: dict(document) for profile, document in definitions_of("dev").items()})
    defined["flags"]["flags"]["music"]["name"] = "Melody"

    def turn_off(flags: dict[str, Any]) -> None:
        flags["values"]["captions"]["enabled"] = False

    appconfig.between = lambda: edit(appconfig, "flags", turn_off)

    merging.run(defined)

    assert live(appconfig, "flags")["values"]["captions"] == {"enabled": False}
    assert live(appconfig, "flags")["flags"]["music"]["name"] == "Melody"


def test_an_outage_that_passes_is_waited_for(merging: Merging, appconfig: AppConfig, clock: Waiting) -> None:
    appconfig.fault = "throttle"

    def recover(wait: int) -> None:
        appconfig.fault = None if wait == 3 else appconfig.fault

    clock.meanwhile = recover

    assert merging.run(definitions_of("dev"))["settings"] == "1"


def test_an_outage_that_stays_is_told(merging: Merging, appconfig: AppConfig) -> None:
    appconfig.fault = "throttle"

    with pytest.raises(DefinitionsNotMerged, match="did not answer"):
        merging.run(definitions_of("dev"))


def test_a_merge_that_died_before_it_was_remembered_is_done_again(
    merging: Merging, appconfig: AppConfig, tmp_path: Path
) -> None:
    defined = definitions_of("dev")
    merging.run(defined)
    for path in sorted(tmp_path.glob("flags.json/*")):
        path.unlink()

    assert merging.run(defined)["flags"] == "1"
    assert len(appconfig.hosted["flags"]) == 1


def test_what_may_not_be_deployed_is_refused_before_it_is_hosted(
    merging: Merging, appconfig: AppConfig
) -> None:
    merging.run(definitions_of("dev"))
    edit(appconfig, "flags", lambda document: document["values"]["video-model"].update(tier="premium"))
    defined = deepcopy({profile: dict(document) for profile, document in definitions_of("dev").items()})
    tier = defined["flags"]["flags"]["video-model"]["attributes"]["tier"]
    tier["constraints"]["enum"] = ["economy"]
    hosted = len(appconfig.hosted["flags"])

    with pytest.raises(InvalidConfiguration, match=r"video-model\"\]\.tier: it is none of economy"):
        merging.run(defined)
    assert len(appconfig.hosted["flags"]) == hosted


def test_a_live_document_that_is_none_is_a_failure(merging: Merging, appconfig: AppConfig) -> None:
    appconfig.publish("flags", b"garbage")

    with pytest.raises(DefinitionsNotMerged, match="no JSON object"):
        merging.run(definitions_of("dev"))


# --- CloudFormation's manners ------------------------------------------------------------------------------


def request(
    kind: str = "Create", url: str = "https://answers.invalid/?signature=canary", **more: str
) -> ResourceRequest:
    return ResourceRequest.model_validate(
        {
            "RequestType": kind,
            "ResponseURL": url,
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Merged",
            "ResourceProperties": {"ServiceToken": "arn", "Environment": "dev"},
            **more,
        }
    )


class Mailbox:
    def __init__(self, failures: int = 0) -> None:
        self.sent: list[dict[str, Any]] = []
        self._failures = failures

    def __call__(self, _: str, body: bytes) -> None:
        if self._failures:
            self._failures -= 1
            raise URLError("no route")
        self.sent.append(json.loads(body))


def work(data: Mapping[str, str] | Exception) -> Work:
    def run(_: Kind) -> Mapping[str, str]:
        if isinstance(data, Exception):
            raise data
        return data

    return run


def test_a_success_is_told_with_its_data() -> None:
    mailbox = Mailbox()

    assert answer(request("Update", PhysicalResourceId="kept"), work({"flags": "3"}), mailbox, VirtualClock())
    assert mailbox.sent == [
        {
            "Status": "SUCCESS",
            "PhysicalResourceId": "kept",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Merged",
            "Data": {"flags": "3"},
        }
    ]


def test_a_failure_is_told_with_its_reason() -> None:
    mailbox = Mailbox()
    refused = InvalidInput("values.a is refused.", next_step="Put it right. " * 200)

    assert not answer(request(), work(refused), mailbox, VirtualClock())
    (told,) = mailbox.sent
    assert (told["Status"], told["PhysicalResourceId"]) == ("FAILED", PHYSICAL_ID)
    assert told["Reason"].startswith("values.a is refused. Put it right.")
    assert len(told["Reason"]) <= 1000


def test_of_a_foreign_error_only_its_type_is_told() -> None:
    mailbox = Mailbox()

    assert not answer(request(), work(RuntimeError("canary-secret")), mailbox, VirtualClock())
    assert "RuntimeError" in mailbox.sent[0]["Reason"]
    assert "canary" not in mailbox.sent[0]["Reason"]


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_the_work_is_told_what_is_asked(kind: Kind) -> None:
    asked: list[Kind] = []

    def run(it: Kind) -> Mapping[str, str]:
        asked.append(it)
        return {}

    assert answer(request(kind), run, Mailbox(), VirtualClock())
    assert asked == [kind]


def test_removing_the_resource_leaves_no_version_that_would_keep_a_profile(
    merging: Merging, appconfig: AppConfig
) -> None:
    merging.run(definitions_of("dev"))
    edit(appconfig, "flags", lambda document: document["values"]["captions"].update(enabled=False))
    with serving(appconfig) as url:
        control = AppConfigControl(appconfig.client("appconfig", url), "app1")
        assert forget(control) == {}
        assert forget(control) == {}
    assert {profile: versions for profile, versions in appconfig.hosted.items() if versions} == {}


def test_an_answer_that_is_lost_is_sent_again_and_in_the_end_given_up() -> None:
    mailbox = Mailbox(failures=4)
    assert answer(request(), work({}), mailbox, VirtualClock())
    assert len(mailbox.sent) == 1

    with pytest.raises(URLError):
        answer(request(), work({}), Mailbox(failures=5), VirtualClock())


def test_the_url_is_a_key_and_not_shown() -> None:
    assert "canary" not in repr(request())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x"])
def test_only_http_is_answered_to(url: str) -> None:
    with pytest.raises(ValueError, match="ResponseURL"):
        request(url=url)


def test_the_answer_is_put_without_a_content_type(appconfig: AppConfig) -> None:
    got: list[tuple[str, dict[str, str], bytes]] = []

    def remember(method: str, _: str, headers: dict[str, str], body: bytes) -> Any:
        got.append((method, headers, body))
        return 200, {}, b""

    appconfig.answer = remember  # type: ignore[method-assign] # any HTTP server will do
    with serving(appconfig) as url:
        send(f"{url}/answer", b'{"a": 1}')

    ((method, headers, body),) = got
    assert (method, body) == ("PUT", b'{"a": 1}')
    assert not {name: value for name, value in headers.items() if name.lower() == "content-type" and value}
