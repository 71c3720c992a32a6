from collections import Counter

import pytest

from reelwright.video.engine.styles import STYLES
from reelwright.video.pictures.pack import PicturePack
from tests.moods.hits import MORE_TOPICS, Topic, mood_of, topics

TOPICS = (*topics(), *topics(MORE_TOPICS))


def test_every_palette_is_expected_by_some_topics() -> None:
    count = Counter(topic.expect[0] for topic in TOPICS)
    assert set(count) == set(STYLES[1:])
    assert all(count[name] >= 3 for name in count)
    assert len(TOPICS) >= 40


@pytest.mark.parametrize("pictured", [False, True], ids=["by words alone", "with pictures"])
def test_topics_get_a_palette_that_fits(*, pictured: bool) -> None:
    pack = PicturePack.installed() if pictured else None
    if pictured and pack is None:
        pytest.skip("the pack of pictures is not installed")
    fitting = [topic for topic in TOPICS if mood_of(topic, pack).style in topic.expect]
    assert len(fitting) / len(TOPICS) >= 0.9


@pytest.mark.parametrize("topic", TOPICS[::7], ids=lambda topic: topic.title)
def test_what_is_plain_is_not_left_to_the_seed(topic: Topic) -> None:
    assert len({mood_of(topic, None, seed).style for seed in range(12)}) == 1
