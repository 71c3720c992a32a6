"""What models are told, in the deployed environment: before and after a rollback, and under an outage."""

from typing import Any

import pytest

from reelwright.production.schema import PromptRecord
from reelwright.prompts.library import PromptLibrary
from tests.e2e.deployed.stack import Stack
from tests.e2e.deployed.terminal import Terminal

NAME = "write-script"
REASON = ("--reason", "to see what it does")


def save(terminal: Terminal, words: str) -> str:
    """Save the code's own prompt with other words, and serve it; return its version."""
    bundled = PromptLibrary().get(NAME)
    assert bundled is not None
    file = terminal.folder / f"{NAME}.md"
    file.write_text(bundled.text.replace("short narrated videos", words), encoding="utf-8")
    done = terminal.answer("prompts", "save", file.name, "--label", "dev", *REASON)
    return str(done["version"])


def said(record: dict[str, Any]) -> PromptRecord:
    """The one prompt of a production's account, which its step and its page name as well."""
    (prompt,) = (PromptRecord.model_validate(it) for it in record["production"]["prompts"])
    (step,) = (it for it in record["production"]["steps"] if it["name"] == "write_script")
    (decision,) = (it for it in step["decisions"] if it["subject"] == "prompt")
    assert decision["chosen"] == prompt.chosen
    return prompt


def told(prompt: PromptRecord) -> str:
    return f"{prompt.chosen}, label {prompt.label}, source {prompt.source}"


@pytest.fixture(scope="module")
def versions(stack: Stack, terminal: Terminal) -> tuple[str, str]:
    """Two versions that an operator saved, the later one served."""
    versions = save(terminal, "short films"), save(terminal, "brief films")
    stack.restart("begin-production")
    return versions


def test_the_record_of_a_production_tells_what_was_said_before_and_after_a_rollback(
    stack: Stack, terminal: Terminal, versions: tuple[str, str]
) -> None:
    first, second = versions
    before = stack.make()
    with stack.timed("prompts: one rolled back"):
        terminal.answer("prompts", "rollback", NAME, "--label", "dev", *REASON)
    stack.restart("begin-production")
    after = stack.make()

    was, now = said(stack.record(before)), said(stack.record(after))
    assert (was.version, was.label, was.source) == (second, "dev", "store")
    assert (now.version, now.label, now.source) == (first, "dev", "store")
    assert second.encode() in stack.fetch(before, "report.html")
    assert stack.productions.load(after).prompts == (now,)
    assert stack.emulator.denials() == []
    stack.facts["prompt before the rollback"] = told(was)
    stack.facts["prompt after the rollback"] = told(now)


def test_a_production_that_has_begun_says_what_it_began_with(
    stack: Stack, terminal: Terminal, versions: tuple[str, str]
) -> None:
    first, second = versions
    begun = stack.begin()
    terminal.answer("prompts", "label", NAME, "dev", second, *REASON)
    made = stack.finished(stack.resume(begun))
    assert made == begun
    assert said(stack.record(made)).version == first


def test_what_was_read_serves_while_the_bucket_is_away(stack: Stack, versions: tuple[str, str]) -> None:
    stack.restart("begin-production")
    stack.begin()
    s3, bucket = stack.client("s3"), stack.names.config_bucket
    listed = s3.list_object_versions(Bucket=bucket, Prefix="documents/prompts/labels")["Versions"]
    s3.delete_object(Bucket=bucket, Key="documents/prompts/labels")
    stack.restart("begin-production")
    (prompt,) = stack.productions.load(stack.begin()).prompts
    assert (prompt.version, prompt.source) == (versions[1], "remembered")
    assert "labels are gone" in prompt.reason
    newest = next(it for it in listed if it["IsLatest"])
    source = {"Bucket": bucket, "Key": newest["Key"], "VersionId": newest["VersionId"]}
    s3.copy_object(Bucket=bucket, Key=newest["Key"], CopySource=source, MetadataDirective="COPY")
    stack.restart("begin-production")
    (prompt,) = stack.productions.load(stack.begin()).prompts
    assert (prompt.version, prompt.source) == (versions[1], "store")


def test_the_labels_are_taken_off_again(stack: Stack, terminal: Terminal) -> None:
    terminal.answer("prompts", "label", NAME, "dev", "none", *REASON)
    stack.restart("begin-production")
    (prompt,) = stack.productions.load(stack.begin()).prompts
    assert (prompt.label, prompt.source) == ("bundled", "bundled")
    assert stack.emulator.denials() == []
