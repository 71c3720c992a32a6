"""The simulated Bedrock is as strict as the vendor, and its footage tells what it was made for."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from botocore.exceptions import ClientError

from reelwright.models.catalogue import load_catalogue
from reelwright.models.providers.bedrock import converse_request
from reelwright.models.providers.bedrock_calls import boto_client
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import HOME, clients_to
from tests.simulators.bedrock_offers import OFFERS, profile_of
from tests.simulators.media import make_clip, prompt_hash, read_burned
from tests.unit.models.providers.bedrock_samples import LITE, SONNET, script_request

WEST = "us-west-2"
LUMA_INPUT = {"prompt": "a kettle", "aspect_ratio": "16:9", "duration": "5s", "resolution": "540p"}


@pytest.fixture
def bedrock() -> Iterator[BedrockSimulator]:
    with BedrockSimulator(buckets={"clips": WEST}) as simulator:
        yield simulator


def _client(bedrock: BedrockSimulator, service: str = "bedrock-runtime") -> Any:
    """Return a client that sends whatever it is told to."""
    return clients_to(bedrock.url, parameter_validation=False)(service, WEST, "")


def _order(**changes: Any) -> dict[str, Any]:
    given = {
        "clientRequestToken": "t-1",
        "modelId": "luma.ray-v2:0",
        "modelInput": LUMA_INPUT,
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://clips/x"}},
    }
    return {**given, **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"modelId": "no spaces"}, "does not match"),
        ({"modelId": "x" * 257}, "above 256"),
        ({"clientRequestToken": ""}, "valid min length: 1"),
        ({"clientRequestToken": "ä"}, "does not match"),
        ({"outputDataConfig": {}}, "tagged union"),
        ({"outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "http://x"}}}, "does not match"),
        ({"outputDataConfig": {"s3OutputDataConfig": {}}}, "Missing required parameter"),
        ({"modelInput": {**LUMA_INPUT, "seed": 1}}, "unknown keys"),
        ({"modelInput": {**LUMA_INPUT, "prompt": ""}}, "1 to 5000"),
        ({"modelInput": {**LUMA_INPUT, "prompt": "x" * 5001}}, "1 to 5000"),
        ({"modelInput": {**LUMA_INPUT, "duration": "6s"}}, "neither 5s nor 9s"),
        ({"modelInput": {**LUMA_INPUT, "aspect_ratio": "2:1"}}, "is none"),
        ({"modelInput": {**LUMA_INPUT, "resolution": "1080p"}}, "neither 540p nor 720p"),
        ({"modelInput": {**LUMA_INPUT, "loop": "no"}}, "boolean"),
    ],
)
def test_an_order_that_the_vendor_would_not_take_is_objected_to(
    bedrock: BedrockSimulator, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        _client(bedrock).start_async_invoke(**_order(**changes))
    assert said in " ".join(bedrock.objections)
    assert (bedrock.accepted, bedrock.jobs) == ([], {})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"messages": [{"role": "robot", "content": [{"text": "x"}]}]}, "not one of"),
        ({"messages": [{"role": "user", "content": [{"text": "x", "cachePoint": {}}]}]}, "tagged union"),
        ({"inferenceConfig": {"temperature": 1.5}}, "above 1"),
        ({"inferenceConfig": {"temperature": 0.5}}, "temperature"),
        ({"inferenceConfig": {"maxTokens": 0}}, "valid min value: 1"),
        ({"inferenceConfig": {"maxTokens": "many"}}, "type"),
        ({"requestMetadata": {"a": "<b>"}}, "does not match"),
        ({"system": [{"text": ""}]}, "valid min length: 1"),
        ({"modelId": "luma.ray-v2:0"}, "does not write"),
    ],
)
def test_so_is_a_request_to_write(bedrock: BedrockSimulator, changes: dict[str, Any], said: str) -> None:
    request = {**converse_request(SONNET, script_request()), **changes}
    with pytest.raises(ClientError, match="ValidationException"):
        _client(bedrock).converse(**request)
    assert said in " ".join(bedrock.objections)
    assert bedrock.accepted == []


@pytest.mark.parametrize(
    "schema", [{"type": "string", "maxLength": 3}, {"type": "object", "properties": {}}, {"oneOf": []}]
)
def test_so_is_a_schema_that_structured_output_does_not_take(
    bedrock: BedrockSimulator, schema: dict[str, Any]
) -> None:
    request = converse_request(SONNET, script_request())
    request["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"] = json.dumps(schema)
    with pytest.raises(ClientError, match="ValidationException"):
        _client(bedrock).converse(**request)
    assert "output schema" in bedrock.objections[0]


def test_so_is_structured_output_of_a_model_without_it(bedrock: BedrockSimulator) -> None:
    request = {**converse_request(SONNET, script_request()), "modelId": LITE.vendor_id}
    with pytest.raises(ClientError, match="structured output"):
        _client(bedrock).converse(**request)
    assert bedrock.objections


def test_a_key_that_it_does_not_know_is_refused() -> None:
    with BedrockSimulator(keys=["AKIDOTHER"]) as bedrock:
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            _client(bedrock, "bedrock").list_foundation_models()
        bedrock.keys.add("AKIDSIMULATED")
        assert _client(bedrock, "bedrock").list_foundation_models()["modelSummaries"]


def test_models_that_need_a_profile_say_so(bedrock: BedrockSimulator) -> None:
    request = {**converse_request(SONNET, script_request()), "modelId": "anthropic.claude-sonnet-5-5"}
    with pytest.raises(ClientError, match="inference profile"):
        _client(bedrock).converse(**request)


def test_one_model_is_described_as_in_the_list(bedrock: BedrockSimulator) -> None:
    client = _client(bedrock, "bedrock")
    found = client.get_foundation_model(modelIdentifier="luma.ray-v2:0")["modelDetails"]
    assert found in client.list_foundation_models()["modelSummaries"]


def test_its_store_keeps_lists_and_gives_parts(bedrock: BedrockSimulator) -> None:
    s3 = _client(bedrock, "s3")
    s3.put_object(Bucket="clips", Key="a/b.bin", Body=b"0123456789")
    assert s3.head_object(Bucket="clips", Key="a/b.bin")["ContentLength"] == 10
    assert s3.get_object(Bucket="clips", Key="a/b.bin", Range="bytes=3-5")["Body"].read() == b"345"
    assert s3.get_object(Bucket="clips", Key="a/b.bin")["Body"].read() == b"0123456789"
    assert [one["Key"] for one in s3.list_objects_v2(Bucket="clips", Prefix="a/")["Contents"]] == ["a/b.bin"]
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.get_object(Bucket="other", Key="a/b.bin")


def test_jobs_are_listed_newest_first_and_only_of_the_region(bedrock: BedrockSimulator) -> None:
    client = _client(bedrock)
    made = [
        client.start_async_invoke(**_order(clientRequestToken=f"t-{number}"))["invocationArn"]
        for number in range(3)
    ]
    listed = client.list_async_invokes(sortBy="SubmissionTime", sortOrder="Descending", maxResults=2)
    assert [job["invocationArn"] for job in listed["asyncInvokeSummaries"]] == made[:0:-1]
    assert (
        clients_to(bedrock.url)("bedrock-runtime", "us-east-1", "").list_async_invokes()[
            "asyncInvokeSummaries"
        ]
        == []
    )


def test_clients_of_ours_try_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDSIMULATED")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
    with BedrockSimulator() as bedrock:
        client = boto_client("bedrock", WEST, bedrock.url)
        with bedrock.away(), pytest.raises(Exception, match="Could not connect"):
            client.list_foundation_models()
        assert client.list_foundation_models()["modelSummaries"]
        assert client.meta.config.retries["total_max_attempts"] == 1
        assert client.meta.region_name == WEST


def test_every_model_of_the_catalogue_is_offered_as_the_catalogue_says() -> None:
    for model in load_catalogue():
        if model.provider != "bedrock":
            continue
        prefix, behind = profile_of(model.vendor_id, OFFERS)
        offered = OFFERS[behind]
        assert offered.on_demand or prefix
        assert (model.region or HOME) in offered.regions
        assert model.retired_on == (offered.ends.date() if offered.ends else None)
        if model.content is not None:
            assert model.content.temperature <= offered.temperature
            assert model.content.structured_output <= offered.structured


@pytest.mark.parametrize(("width", "height"), [(960, 540), (720, 1280), (640, 640)])
@pytest.mark.parametrize("scale", [0.35, 1.5])
def test_the_prompt_can_be_read_from_footage_that_was_scaled_and_encoded_again(
    tmp_path: Path, width: int, height: int, scale: float
) -> None:
    made, scaled = tmp_path / "made.mp4", tmp_path / "scaled.mp4"
    make_clip(made, width=width, height=height, fps=24, seconds=0.5, prompt="a kettle")
    _encode_again(made, scaled, round(width * scale / 2) * 2, round(height * scale / 2) * 2)
    assert read_burned(scaled) == read_burned(made) == prompt_hash("a kettle") != prompt_hash("a teapot")
    with av.open(str(made)) as media:
        pictures = [frame.to_ndarray(format="gray") for frame in media.decode(video=0)]
    assert len(pictures) == 12
    assert all((before != after).any() for before, after in itertools.pairwise(pictures))


def test_nothing_is_read_from_footage_that_has_no_mark(tmp_path: Path) -> None:
    made, cropped = tmp_path / "made.mp4", tmp_path / "cropped.mp4"
    make_clip(made, width=640, height=360, fps=24, seconds=0.2, prompt="a kettle")
    _encode_again(made, cropped, 640, 360, top=100)
    assert read_burned(cropped) is None


def _encode_again(source: Path, target: Path, width: int, height: int, top: int = 0) -> None:
    with av.open(str(source)) as media, av.open(str(target), "w") as copy:
        stream = copy.add_stream("libx264", rate=24, options={"crf": "35", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number, frame in enumerate(media.decode(video=0)):
            picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="gray")[top:], format="gray")
            scaled = picture.reformat(width, height, "yuv420p")
            scaled.pts = number
            copy.mux(stream.encode(scaled))
        copy.mux(stream.encode())
