"""A second deploy: code brings new definitions, operators keep their values."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.deployed.checkout import copy_checkout
from tests.e2e.deployed.guardrail import name_it
from tests.e2e.deployed.stack import Stack

NEW_FLAG = '\n[flags.sound-effects]\nname = "Sound effects"\ndescription = "Little noises."\nenabled = true\n'
DESCRIBED = ("A music bed under the voice.", "Music under the voice, as quiet as can be.")
GONE_FLAG = "publish-x = {"
PULLED = "stop-platform-x"
EDITS: dict[str, dict[str, Any]] = {
    "captions": {"enabled": False},
    "content-model": {"enabled": True, "tier": "standard"},
    "music": {
        "_variants": [
            {"name": "a tenth", "rule": '(split by::$id pct::10 seed::"music")', "enabled": False},
            {"name": "in English", "rule": '(eq $language "en")', "enabled": True},
            {"name": "the rest", "enabled": False},
        ]
    },
    "publish-x": {"enabled": True},
}
"""What operators set in the console: on and off, an attribute, rules; also a flag that code is to lose."""
OVERRIDE = {"schema_version": 1, "settings": {"review": {"max_frozen_seconds": 3.5}}}


def test_a_second_deploy_keeps_what_operators_set_and_adds_a_new_flag(stack: Stack, tmp_path: Path) -> None:
    document = edited(stack)
    pulled = stack.switches.current()
    pulled["values"][PULLED] = {"enabled": True}
    stack.switches.deploy(pulled)
    left_over = save_what_is_refused(stack, document)
    stack.runtime.deploy(stack.runtime.current() | OVERRIDE)
    stack.client("ssm").put_parameter(
        Name=f"{stack.names.parameters_path}audio/words_per_minute", Value="150", Type="String"
    )

    deployed = replace(stack.cdk, checkout=with_other_flags(tmp_path / "branch")).deploy()

    stack.seconds["second deploy"] = deployed.seconds
    stack.flags.settled()
    after = stack.flags.current()
    new = {"sound-effects": {"enabled": True}}
    assert after["values"] == document["values"] | new, "every value is as operators left it"
    assert {name: after["values"][name] for name in EDITS} == EDITS
    assert after["flags"]["sound-effects"]["name"] == "Sound effects"
    assert after["flags"]["music"]["description"] == DESCRIBED[1]
    assert after["flags"]["publish-x"]["_deprecation"] == {"status": "planned"}
    assert stack.flags.version(left_over)["values"]["captions"] != after["values"]["captions"]
    assert stack.switches.current()["values"] == pulled["values"]
    kept = [name for name, value in document["values"].items() if after["values"][name] == value]
    stack.facts["operators' values kept"] = f"{len(kept)} of {len(document['values'])}, and 1 new flag"
    assert stack.runtime.current()["settings"] == OVERRIDE["settings"]
    stack.restart("begin-production")
    settings = stack.pinned()
    assert (settings.audio.words_per_minute, settings.review.max_frozen_seconds) == (150, 3.5)


def edited(stack: Stack) -> dict[str, Any]:
    """Deploy what operators change; return the document."""
    document = stack.flags.current()
    assert all(document["values"][name] != value for name, value in EDITS.items())
    document["values"] |= EDITS
    stack.flags.deploy(document)
    return document


def save_what_is_refused(stack: Stack, document: dict[str, Any]) -> int:
    """Save an edit that may not be deployed, as the newest version; return its number."""
    broken = {"captions": {"enabled": True, "no-such-attribute": 1}}
    version = stack.flags.save(document | {"values": document["values"] | broken})
    with pytest.raises(ClientError, match="no-such-attribute"):
        stack.flags.start(version)
    return version


def with_other_flags(folder: Path) -> Path:
    """Copy the checkout, with one flag more, one less, one that is described anew, and a guardrail.

    The guardrail is for the chapter after this one, so that it need not deploy.
    """
    checkout = copy_checkout(folder)
    name_it(checkout)
    flags = checkout / "environments/flags/flags.toml"
    lines = flags.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(GONE_FLAG)]
    assert len(kept) == len(lines) - 1
    flags.write_text("".join(kept).replace(*DESCRIBED) + NEW_FLAG, encoding="utf-8")
    return checkout
