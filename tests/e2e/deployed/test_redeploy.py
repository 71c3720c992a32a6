"""A second deploy: code brings new definitions, operators keep their values."""

from dataclasses import replace
from pathlib import Path

from tests.e2e.deployed.checkout import copy_checkout
from tests.e2e.deployed.stack import Stack

NEW_FLAG = '\n[flags.sound-effects]\nname = "Sound effects"\ndescription = "Little noises."\nenabled = true\n'
GONE_FLAG = "publish-x = {"
OVERRIDE = {"schema_version": 1, "settings": {"review": {"max_frozen_seconds": 3.5}}}


def test_a_second_deploy_keeps_what_operators_set_and_adds_a_new_flag(stack: Stack, tmp_path: Path) -> None:
    document = stack.flags.current()
    assert document["values"]["captions"]["enabled"] is True
    document["values"]["captions"]["enabled"] = False
    stack.flags.deploy(document)
    stack.runtime.deploy(stack.runtime.current() | OVERRIDE)
    stack.client("ssm").put_parameter(
        Name=f"{stack.names.parameters_path}audio/words_per_minute", Value="150", Type="String"
    )

    deployed = replace(stack.cdk, checkout=with_other_flags(tmp_path / "branch")).deploy()

    stack.seconds["second deploy"] = deployed.seconds
    stack.flags.settled()
    after = stack.flags.current()
    assert after["values"]["captions"]["enabled"] is False
    assert after["values"]["sound-effects"]["enabled"] is True
    assert after["flags"]["sound-effects"]["name"] == "Sound effects"
    assert after["flags"]["publish-x"]["_deprecation"] == {"status": "planned"}
    assert after["values"]["publish-x"] == document["values"]["publish-x"]
    assert stack.runtime.current()["settings"] == OVERRIDE["settings"]
    stack.restart("begin-production")
    settings = stack.pinned()
    assert (settings.audio.words_per_minute, settings.review.max_frozen_seconds) == (150, 3.5)


def with_other_flags(folder: Path) -> Path:
    """Copy the checkout, with one flag more and one less."""
    checkout = copy_checkout(folder)
    flags = checkout / "environments/flags/flags.toml"
    lines = flags.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(GONE_FLAG)]
    assert len(kept) == len(lines) - 1
    flags.write_text("".join(kept) + NEW_FLAG, encoding="utf-8")
    return checkout
