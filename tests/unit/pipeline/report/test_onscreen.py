import pytest

from reelwright.pipeline.report.onscreen import on_screen
from tests.unit.video.engine.scenes import VISUALS


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("number", "16metres: the highest tide on Earth"),
        ("bars", "Mean tidal range: Fundy 11.7 metres; Bristol 9.6 metres; Naples 0.3 metres"),
        ("comparison", "Spring tides (rise highest); Neap tides"),
        (
            "timeline",
            "Tides in the books: 330 BC Pytheas sees the tides of Britain; 1687 Newton explains them",
        ),
        ("map", "the Bay of Fundy: The highest tides on Earth"),
        ("flow", "The Moon pulls; The water rises; The shore floods"),
        ("closing", "Look up before you look out; The Moon pulls; Two bulges"),
    ],
)
def test_words_and_values_stand_in_one_line(name: str, told: str) -> None:
    assert on_screen(VISUALS[name]) == told
