"""What every function promises: where its code is, what it is told, where its log and its failures go."""

import pytest

from infra.constructs.functions import VARIABLES
from infra.functions import FUNCTIONS, STEP_FUNCTIONS
from reelwright.environment.deployment import OUTPUTS, PREFIX
from reelwright.pipeline.declaration import PIPELINE
from reelwright.pipeline.steps.shoot import look_seconds
from reelwright.production.schema import MAX_SCENES
from reelwright.upload.catalogue import load_platforms
from tests.infra.conftest import Assembly

ASYNCHRONOUS = {
    "AuditChange",
    "CheckModelHealth",
    "CheckSecrets",
    "CheckSpending",
    "CollectOutcomes",
    "RotateSecret",
    "SyncFlags",
}
LOOK_SECONDS = 5.0
"""The shortest time that a vendor of footage has us wait between two looks."""
VOICE = {"REELWRIGHT_VOICE_BUCKET", "REELWRIGHT_VOICE_KEY", "REELWRIGHT_VOICE_CONFIG_KEY"}


def test_there_is_one_function_for_each_of_the_list(assembly: Assembly) -> None:
    assert len(assembly.of_type("AWS::Lambda::Function")) == len(FUNCTIONS)
    assert all(assembly.function(name) for name in FUNCTIONS)


def test_all_run_on_the_machine_and_python_that_was_decided(assembly: Assembly) -> None:
    for function in assembly.of_type("AWS::Lambda::Function").values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["x86_64"]


def test_every_function_has_a_role_and_a_log_of_its_own(assembly: Assembly) -> None:
    functions = assembly.of_type("AWS::Lambda::Function").values()
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions]
    logs = [function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions]
    assert len({*roles}) == len({*logs}) == len(FUNCTIONS)


def test_every_function_may_write_its_own_log_only(assembly: Assembly) -> None:
    for name in FUNCTIONS:
        log = assembly.function(name)["LoggingConfig"]["LogGroup"]["Ref"]
        assert assembly.may(name)["WriteOwnLog"]["Resource"] == {"Fn::GetAtt": [log, "Arn"]}


def test_every_log_is_encrypted_and_kept_as_long_as_the_environment_says(assembly: Assembly) -> None:
    for log in assembly.of_type("AWS::Logs::LogGroup").values():
        assert log["RetentionInDays"] == assembly.environment.deploy.log_retention_days
        assert log["KmsKeyId"]["Fn::GetAtt"][1] == "Arn"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_nobody_waits_for_leaves_dead_letters(name: str, assembly: Assembly) -> None:
    letters = assembly.function(name).get("DeadLetterConfig")
    assert bool(letters) == (name in ASYNCHRONOUS)
    if letters:
        assert assembly.may(name)["LeaveDeadLetters"]["Resource"] == letters["TargetArn"]


def test_traces_are_taken_where_the_environment_says(assembly: Assembly) -> None:
    mode = "Active" if assembly.environment.deploy.tracing else "PassThrough"
    for name in FUNCTIONS:
        assert assembly.function(name).get("TracingConfig", {"Mode": "PassThrough"}) == {"Mode": mode}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_told_what_it_may_use_and_nothing_else(name: str, assembly: Assembly) -> None:
    told = assembly.function(name)["Environment"]["Variables"]
    voice = VOICE if name == "Narrate" else set()
    assert told.keys() - voice == {"REELWRIGHT_ENV", *(PREFIX + variable for variable in VARIABLES[name])}
    assert told["REELWRIGHT_ENV"] == assembly.environment.name


def test_variables_are_those_that_functions_read() -> None:
    known = {field.upper() for field in OUTPUTS}
    assert {variable for told in VARIABLES.values() for variable in told} <= known


def test_a_step_has_the_time_that_it_declares(assembly: Assembly) -> None:
    for step in PIPELINE:
        function = assembly.function(STEP_FUNCTIONS[step.name].name)
        assert function["Timeout"] == step.timeout_seconds <= 900
        assert function["Handler"] == "services.run_step.handler.handler"


@pytest.mark.parametrize(("step", "service"), [("write_script", "content"), ("narrate", "audio")])
def test_a_step_has_time_for_its_call_and_for_what_comes_after(
    step: str, service: str, assembly: Assembly
) -> None:
    """Who is stopped in the middle of a paid call leaves a charge that nobody can settle."""
    call = getattr(assembly.environment.settings.models, service).timeout_seconds
    assert assembly.function(STEP_FUNCTIONS[step].name)["Timeout"] >= call + 45


def test_footage_is_asked_after_within_what_an_execution_may_hold(assembly: Assembly) -> None:
    """An execution has 25,000 events; a look at a task is ten of them, and a video has 240 scenes at most."""
    waited = assembly.environment.settings.models.video.timeout_seconds
    for scenes in (1, 40, 72, MAX_SCENES):
        each = look_seconds(LOOK_SECONDS, scenes=scenes, timeout_seconds=waited)
        assert each >= LOOK_SECONDS
        assert 10 * scenes * (waited / each + 2) < 25_000
    assert look_seconds(LOOK_SECONDS, scenes=6, timeout_seconds=waited) == LOOK_SECONDS


def test_engines_have_memory_and_room(assembly: Assembly) -> None:
    for name in ("Narrate", "Shoot", "Assemble", "Review", "FinishProduction"):
        function = assembly.function(name)
        assert (function["MemorySize"], function["EphemeralStorage"]) == (3008, {"Size": 4096})


def test_the_publisher_holds_the_largest_video_that_a_platform_takes_in_one_request(
    assembly: Assembly,
) -> None:
    whole = [
        each.video.max_bytes for each in load_platforms().values() if each.chunk_bytes >= each.video.max_bytes
    ]
    assert whole
    assert assembly.function("Publish")["MemorySize"] * 2**20 > 2 * max(whole) + 200 * 2**20


def test_functions_that_need_the_same_packages_share_a_zip(assembly: Assembly) -> None:
    keys: dict[str, set[str]] = {}
    for name, spec in FUNCTIONS.items():
        keys.setdefault(spec.bundle, set()).add(str(assembly.function(name)["Code"]))
    assert {bundle: len(found) for bundle, found in keys.items()} == {"core": 1, "render": 1, "speech": 1}


def test_the_voice_is_two_files_that_only_narration_may_read(assembly: Assembly) -> None:
    told = assembly.function("Narrate")["Environment"]["Variables"]
    assert told["REELWRIGHT_VOICE_KEY"].endswith(".onnx")
    assert told["REELWRIGHT_VOICE_CONFIG_KEY"].endswith(".json")
    readable = str(assembly.may("Narrate")["ReadVoice"]["Resource"])
    assert told["REELWRIGHT_VOICE_KEY"] in readable
    assert told["REELWRIGHT_VOICE_CONFIG_KEY"] in readable
    assert [name for name in FUNCTIONS if "ReadVoice" in assembly.may(name)] == ["Narrate"]


def test_the_cli_uploads_every_file_that_the_template_names(assembly: Assembly) -> None:
    uploaded = {
        target["objectKey"]
        for file in assembly.read(f"{assembly.stack}.assets.json")["files"].values()
        for target in file["destinations"].values()
    }
    needed = {it["Code"]["S3Key"] for it in assembly.of_type("AWS::Lambda::Function").values()}
    told = assembly.function("Narrate")["Environment"]["Variables"]
    assert needed | {told["REELWRIGHT_VOICE_KEY"], told["REELWRIGHT_VOICE_CONFIG_KEY"]} <= uploaded
