"""The rule packs bite, and what is acknowledged is acknowledged exactly."""

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Stack, aws_s3, aws_secretsmanager
from constructs import Construct

from infra.app import build
from infra.functions import FUNCTIONS
from infra.guardrails.nag import acknowledge, add_rule_packs, idle_acknowledgements
from infra.wildcards import wildcards_of
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentSpec
from tests.infra.conftest import Assembly

NewApp = Callable[[], App]
WHY = "A test stands in for the rule."


def secret_in(app: App) -> Construct:
    return aws_secretsmanager.Secret(Construct(Stack(app, "Stack"), "Part"), "Secret")


def synthesised(app: App) -> Path:
    add_rule_packs(app)
    return Path(app.synth().directory)


def test_every_environment_passes_with_these_findings_acknowledged(assembly: Assembly) -> None:
    reports = assembly.read("validation-report.json")["pluginReports"]
    assert [violation for report in reports for violation in report["violations"]] == []
    accepted = Counter(
        re.sub(r"\[.*", "", it["acknowledgedId"].partition("::")[2])
        for report in reports
        for it in report["suppressedViolations"]
    )
    assert accepted == {
        "AwsSolutions-IAM5": len(reasons_for_wildcards(assembly)),
        "AwsSolutions-L1": len(FUNCTIONS),
        "AwsSolutions-SMG4": 8,
        "Serverless-LambdaDLQ": sum(not spec.asynchronous for spec in FUNCTIONS.values()),
        "Serverless-LambdaLatestVersion": len(FUNCTIONS),
        "Serverless-LambdaStarPermissions": len(FUNCTIONS),
        "Serverless-SQSRedrivePolicy": 1,
    }


def reasons_for_wildcards(assembly: Assembly) -> set[tuple[str, str]]:
    """One for every wildcard in an action or a resource of a role, as the rule pack counts them."""
    return {
        (it.holder, text)
        for it in wildcards_of(assembly.folder, assembly.stack)
        if assembly.resources[it.holder]["Type"] == "AWS::IAM::Role"
        for text in (*it.actions, *it.resources)
        if "*" in text
    }


def test_no_acknowledgement_of_ours_is_idle(assembly: Assembly) -> None:
    assert idle_acknowledgements(assembly.folder) == []


def test_an_environment_that_traces_nothing_and_locks_documents_passes_too(
    synthesise: Callable[[EnvironmentSpec], Assembly],
) -> None:
    dev = load_environment("dev")
    other = {"tracing": False, "single_key": False, "object_lock_days": 1, "deletion_protection": True}
    deploy = dev.deploy.model_copy(update=other)
    assembly = synthesise(dev.model_copy(update={"deploy": deploy}))
    assert idle_acknowledgements(assembly.folder) == []
    assert "xray:" not in str(assembly.resources)
    assert {wildcard.sid for wildcard in wildcards_of(assembly.folder, assembly.stack)} >= {"UseArtifacts"}


def test_a_violation_in_an_environment_stops_its_synth(new_app: NewApp) -> None:
    app = new_app()
    stack = build(app, load_environment("dev"))
    aws_s3.Bucket(stack, "Careless")
    with pytest.raises(RuntimeError, match="AwsSolutions-S10"):
        app.synth()


def test_a_template_that_cloudformation_would_refuse_stops_the_synth(new_app: NewApp) -> None:
    app = new_app()
    stack = build(app, load_environment("dev"))
    aws_s3.CfnBucket(stack, "Careless").add_property_override("NoSuchProperty", "here")
    with pytest.raises(RuntimeError, match="NoSuchProperty"):
        app.synth()


def test_an_acknowledged_finding_does_not(new_app: NewApp) -> None:
    app = new_app()
    acknowledge(secret_in(app), "AwsSolutions::AwsSolutions-SMG4", because=WHY)
    assert idle_acknowledgements(synthesised(app)) == []


def test_what_an_earlier_synth_left_in_the_folder_does_not_count(assembly: Assembly, tmp_path: Path) -> None:
    folder = tmp_path / "cdk.out"
    shutil.copytree(assembly.folder, folder)
    left_over = (folder / f"{assembly.stack}.metadata.json").read_text(encoding="utf-8")
    (folder / "Reelwright-old.metadata.json").write_text(left_over.replace(assembly.stack, "Reelwright-old"))
    assert idle_acknowledgements(folder) == []


@pytest.mark.parametrize("finding", ["AwsSolutions::AwsSolutions-S10", "AwsSolutions::AwsSolutions-XYZ1"])
def test_a_stale_or_unknown_acknowledgement_is_found(new_app: NewApp, finding: str) -> None:
    app = new_app()
    secret = secret_in(app)
    acknowledge(secret, "AwsSolutions::AwsSolutions-SMG4", because=WHY)
    acknowledge(secret, finding, because=WHY)
    assert idle_acknowledgements(synthesised(app)) == [f"Stack/Part/Secret: {finding}"]


def test_an_acknowledgement_without_its_pack_is_found(new_app: NewApp) -> None:
    app = new_app()
    acknowledge(secret_in(app), "AwsSolutions-SMG4", because=WHY)
    assert idle_acknowledgements(synthesised(app)) == ["Stack/Part/Secret: Annotation::AwsSolutions-SMG4"]


def test_an_acknowledgement_on_one_part_does_not_cover_another(new_app: NewApp) -> None:
    app = new_app()
    secret = secret_in(app)
    acknowledge(secret, "AwsSolutions::AwsSolutions-SMG4", because=WHY)
    aws_secretsmanager.Secret(Stack.of(secret), "Other")
    with pytest.raises(RuntimeError, match="AwsSolutions-SMG4"):
        synthesised(app)


def test_nothing_is_acknowledged_for_a_whole_stack(new_app: NewApp) -> None:
    with pytest.raises(ValueError, match="on the construct that it concerns"):
        acknowledge(Stack(new_app(), "Stack"), "AwsSolutions::AwsSolutions-SMG4", because=WHY)
