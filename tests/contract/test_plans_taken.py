"""What a plan makes of any text is taken by the platform itself, whose simulator measures in its own way."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.models.http import HttpClient
from reelwright.production.schema import Seo
from reelwright.upload.planning import plan_publication
from reelwright.upload.schema import MediaFiles
from tests.chaos.publishing_venues import VENUES, SharedClock, Venue, opened
from tests.simulators.platform_access import call_to
from tests.unit.upload.test_planning import measured, occasion

WORDS = st.sampled_from(
    ["tide", "the moon", "月の引力", "جزر ومد", "👩‍🚀🌊", "<b>", "@sea", "#moon", "a,b", '"']
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=90).map(" ".join))


@pytest.fixture(scope="module", params=sorted(VENUES))
def venue(request: pytest.FixtureRequest) -> Iterator[Venue]:
    with opened([request.param]) as (one,):
        one.begin(SharedClock(), Random(1), 0.0, 0)
        one.calm()
        yield one


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.one_of(st.text(min_size=1, max_size=100), st.lists(WORDS, min_size=1).map(" ".join)),
    description=TEXTS.map(lambda text: text * 12),
    tags=st.lists(st.one_of(st.text(max_size=60), WORDS), max_size=90),
)
def test_whatever_a_script_says_its_plan_is_taken(
    tmp_path: Path, venue: Venue, title: str, description: str, tags: list[str]
) -> None:
    seo = Seo(title=title[:100].strip() or "Tides", description="", tags=tuple(tags))
    package = measured(tmp_path, seo, description)
    plan = plan_publication(package, occasion(venue.name))
    platform = venue.platform(HttpClient())
    media = MediaFiles(video=package.video, video_bytes=14, video_sha256="0" * 64)
    venue.begin(SharedClock(), Random(1), 0.0, 0)
    venue.calm()
    platform.begin(plan, media, call_to(platform, venue.simulator.url))
    assert not venue.simulator.objections
