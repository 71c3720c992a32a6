"""What is rendered is taken by a reader of Polly's SSML that was written from the documentation alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.models.speech.markup import Passage, at_rate, markup_of, written
from reelwright.models.speech.ssml import Engine, render
from tests.simulators.polly_ssml import read_ssml

from .samples import passages, texts

engines: st.SearchStrategy[Engine] = st.sampled_from(["standard", "neural", "long-form", "generative"])


@given(passages, engines, st.sampled_from([1.0, 0.9]))
def test_every_engine_takes_what_is_rendered_for_it(passage: Passage, engine: Engine, rate: float) -> None:
    rendered = render(at_rate(passage, rate), engine)
    heard = read_ssml(rendered.text, engine)
    assert heard.characters == rendered.billed_characters


@settings(max_examples=50)
@given(texts, st.dictionaries(texts, texts, max_size=3), engines)
def test_narration_is_heard_as_it_is_written(text: str, said_as: dict[str, str], engine: Engine) -> None:
    passage = markup_of(text, said_as)
    rendered = render(passage, engine)
    data = rendered.text.encode()
    for word in read_ssml(rendered.text, engine).words:
        inside = [span for span in rendered.words if span.start < word.end and word.start < span.end]
        assert inside, data[word.start : word.end]
    words = [word for sentence in passage.sentences for word in written(sentence.parts).split()]
    assert len(rendered.words) == len(words)


@given(texts, st.dictionaries(texts, texts, max_size=3), engines)
def test_no_more_is_billed_than_was_written(text: str, said_as: dict[str, str], engine: Engine) -> None:
    rendered = render(markup_of(text, said_as), engine)
    assert read_ssml(rendered.text, engine).characters <= len(text)
