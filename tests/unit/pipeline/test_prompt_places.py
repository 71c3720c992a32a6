"""Where each runtime reads its prompts."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import SystemClock, VirtualClock
from reelwright.config.local import LocalPlace
from reelwright.content.prompting import SCRIPT_PROMPT, script_variables
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.pipeline.prompt_places import cloud_prompts, local_prompts
from reelwright.pipeline.workbench import local_parts
from reelwright.production.schema import Brief
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.schema import RenderedPrompt
from reelwright.prompts.stored import StoredPrompts
from reelwright.storage.aws import S3Documents
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author
from tests.contract.aws_places import BUCKET, TABLE, a_bucket, a_table
from tests.unit.pipeline.cloud import DEPLOYMENT, Cloud, make_resources

DEV = load_environment("dev").settings
THERE = DEPLOYMENT.model_copy(update={"config_bucket": BUCKET, "control_table": TABLE})
ANN = Author(actor="ann", reason="to see")
VARIABLES = script_variables(Brief(topic="Tides"), words_per_minute=165)
BRIEF = {"topic": "Tides", "duration_seconds": 30}


def label(documents: DocumentStore, said: str, name: str = "dev") -> str:
    """Save the code's own prompt with another word, and let a label stand there."""
    found = PromptLibrary().get(SCRIPT_PROMPT)
    assert found is not None
    store = StoredPrompts(documents, clock=SystemClock())
    text = found.text.replace("short narrated videos", said)
    version = store.save(SCRIPT_PROMPT, text, author=ANN, expect=None).version
    position = store.labels().position(SCRIPT_PROMPT, name)
    store.move(SCRIPT_PROMPT, name, version, expect=position.version if position else ABSENT, author=ANN)
    return version


def told(prompts: Any, settings: Settings = DEV) -> RenderedPrompt:
    rendered = prompts(settings).render(SCRIPT_PROMPT, VARIABLES, unit="prod_1")
    assert isinstance(rendered, RenderedPrompt)
    return rendered


@pytest.fixture
def bucket() -> Iterator[Any]:
    with mock_aws():
        yield a_bucket()


def test_on_one_machine_they_are_documents_of_the_environment(tmp_path: Path) -> None:
    clock, rng = VirtualClock(), Random(1)
    prompts, other = (
        local_prompts(tmp_path, "dev", clock, rng),
        local_prompts(tmp_path, "staging", clock, rng),
    )
    assert told(prompts).source == "bundled"
    version = label(LocalPlace("dev", tmp_path, clock).documents(), "short films")
    clock.advance(31.0)
    found = told(prompts)
    assert (found.version, found.label, found.source) == (version, "dev", "store")
    assert told(other).source == "bundled"


def test_what_was_read_on_one_machine_is_remembered_by_the_next_process(tmp_path: Path) -> None:
    clock, rng = VirtualClock(), Random(1)
    documents = LocalPlace("dev", tmp_path, clock).documents()
    version = label(documents, "short films")
    assert told(local_prompts(tmp_path, "dev", clock, rng)).source == "store"
    folder = tmp_path / "config" / "dev" / "documents"
    folder.rename(tmp_path / "away")
    found = told(local_prompts(tmp_path, "dev", clock, rng))
    assert (found.version, found.source) == (version, "remembered")


def test_the_parts_of_one_machine_have_them(tmp_path: Path) -> None:
    version = label(LocalPlace("dev", tmp_path, SystemClock()).documents(), "short films")
    parts = local_parts(tmp_path, 1, "dev")
    assert told(parts.prompts).version == version
    for part in parts.closeables:
        part.close()


def test_settings_say_which_label_is_served_and_for_the_same_ones_it_is_the_same(tmp_path: Path) -> None:
    clock, rng = VirtualClock(), Random(1)
    documents = LocalPlace("dev", tmp_path, clock).documents()
    mine, theirs = label(documents, "films"), label(documents, "clips", "trial")
    prompts = local_prompts(tmp_path, "dev", clock, rng)
    trial = Settings.model_validate({**DEV.model_dump(), "prompts": {"label": "trial"}})
    assert (told(prompts).version, told(prompts, trial).version) == (mine, theirs)
    assert prompts(DEV) is prompts(DEV)
    assert prompts(DEV) is not prompts(trial)


def test_on_aws_they_are_documents_in_the_bucket_of_the_configuration(bucket: Any) -> None:
    a_table()
    clock = VirtualClock()
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    version = label(S3Documents(bucket, BUCKET), "short films")
    found = told(cloud_prompts(THERE, bucket, dynamodb, clock, Random(1)))
    assert (found.version, found.label, found.source) == (version, "dev", "store")
    gone = THERE.model_copy(update={"config_bucket": "somewhere-else"})
    again = told(cloud_prompts(gone, bucket, dynamodb, clock, Random(1)))
    assert (again.version, again.source) == (version, "remembered")


def test_a_process_on_aws_keeps_what_it_read(bucket: Any) -> None:
    a_table()
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    one, other = (cloud_prompts(THERE, bucket, dynamodb, SystemClock(), Random(1)) for _ in range(2))
    assert one is other


def test_a_function_that_is_told_of_no_bucket_says_the_codes_own() -> None:
    found = told(cloud_prompts(DEPLOYMENT, None, None, VirtualClock(), Random(1)))
    assert (found.source, found.label) == ("bundled", "bundled")


def test_an_execution_says_what_it_began_with_and_nothing_after_its_beginning_reads_prompts(
    bucket: Any, tmp_path: Path
) -> None:
    def closed(settings: Settings) -> Any:
        raise AssertionError(f"nobody asks for {settings.prompts.label} any more")

    a_table()
    make_resources()
    documents, cloud = S3Documents(bucket, BUCKET), Cloud(tmp_path)
    version = label(documents, "short films")
    prompts = cloud_prompts(THERE, cloud.clients.s3, cloud.clients.dynamodb, cloud.clock, Random(1))
    cloud.changes = {"prompts": prompts}
    production_id = cloud.begin(brief=BRIEF)
    label(documents, "long films")
    cloud.changes = {"prompts": closed}
    cloud.execute(production_id=production_id)

    production = cloud.parts.store.load(production_id)
    (record,) = production.prompts
    assert (record.version, record.label, record.source) == (version, "dev", "store")
    (decided,) = (it for it in production.step("write_script").decisions if it.subject == "prompt")
    assert decided.chosen == f"write-script {version}, variant {record.variant}"
    assert decided.reason.startswith("dev, as the store says; ")
    package = cloud.package(production_id)
    assert b'id="prompts"' in package["report.html"]
    assert version.encode() in package["report.html"]
