"""A picture to begin with, as each vendor wants it: held to the vendors' own types."""

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelwright.models.catalogue import load_catalogue
from reelwright.models.providers import luma, runway
from reelwright.models.providers.bedrock_orders import footage_order
from reelwright.models.schema import Model, ShotRequest
from reelwright.production.schema import Brief
from tests.simulators.luma import LumaSimulator
from tests.simulators.runway import RunwaySimulator

CAMERAS = [
    model for model in load_catalogue() if model.service == "video" and model.provider in {"runway", "luma"}
]
TAKING = [model for model in CAMERAS if model.video is not None and model.video.first_frame]
SIMULATORS: dict[str, Any] = {"runway": RunwaySimulator(), "luma": LumaSimulator()}
RAY2 = next(model for model in load_catalogue() if model.name == "luma-ray2-bedrock")


def a_picture() -> str:
    out = BytesIO()
    Image.new("RGB", (128, 72), "teal").save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


def a_request(**changes: Any) -> ShotRequest:
    told = {"prompt": "The sea", "width": 1280, "height": 720, "fps": 24, "frames": 120, **changes}
    return ShotRequest(
        idempotency_key="p/shoot/0/a", seed=1, graphics=Brief(topic="x"), work_dir=Path("x"), **told
    )


def order(model: Model, request: ShotRequest) -> dict[str, Any]:
    return {"runway": runway, "luma": luma}[model.provider].order_of(model, request)  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", TAKING, ids=str)
def test_a_picture_to_begin_with_is_ordered_as_the_vendor_wants_it(model: Model) -> None:
    picture = a_picture()
    body = order(model, a_request(first_frame=picture))
    assert picture in str(body)
    assert SIMULATORS[model.provider].body_objections(body) == []


@pytest.mark.parametrize("model", CAMERAS, ids=str)
def test_what_a_model_does_not_take_is_not_sent(model: Model) -> None:
    assert model.video is not None
    picture = a_picture()
    body = order(model, a_request(first_frame=picture, negative_prompt="lettering"))
    assert (picture in str(body)) == model.video.first_frame
    assert ("lettering" in str(body)) == model.video.negative_prompt
    plain = order(model, a_request())
    assert not {"promptImage", "negativePrompt"} & plain.keys()
    assert "keyframes" not in str(plain)


def test_ray_2_is_given_its_first_keyframe_through_bedrock() -> None:
    picture = a_picture()
    source = {"type": "base64", "media_type": "image/jpeg", "data": picture}
    found = footage_order(RAY2, a_request(first_frame=picture)).model_input["keyframes"]
    assert found == {"frame0": {"type": "image", "source": source}}
    assert "keyframes" not in footage_order(RAY2, a_request()).model_input


def test_ten_seconds_may_follow_a_picture_at_luma() -> None:
    ray = next(model for model in CAMERAS if model.provider == "luma")
    video = order(ray, a_request(first_frame=a_picture(), frames=240))["video"]
    assert video["duration"] == "10s"
    assert video["keyframe_indexes"] == [0]
    assert "start_frame" not in video
