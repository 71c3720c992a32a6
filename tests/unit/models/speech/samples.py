"""Generated markup for the properties of rendering and splitting."""

from hypothesis import strategies as st

from reelwright.models.speech.markup import (
    Emphasis,
    Part,
    Passage,
    Pause,
    Phoneme,
    Prosody,
    SayAs,
    Sentence,
    Substitution,
    Text,
    Whisper,
)

NASTY = [
    "<speak>",
    "</s>",
    "&amp;",
    "&",
    '"',
    "'",
    "]]>",
    "<!--",
    "<break time='9s'/>",
    "\x00",
    "\ufffe",
    "é",
    "漢",
]

texts = st.text(max_size=30) | st.lists(
    st.sampled_from([*NASTY, "one ", "two, ", "three", " ", "U.S. ", "。", "“", "」"]), max_size=6
).map("".join)
"""Anything that a stranger may have written, markup of somebody else's above all."""

leaves: st.SearchStrategy[Part] = st.one_of(
    texts.map(Text),
    st.builds(Substitution, texts, texts),
    st.builds(SayAs, texts, st.sampled_from(["characters", "cardinal", "telephone"])),
    st.builds(Phoneme, texts, texts),
    st.floats(-1, 99).map(Pause),
)


def _containers(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    inside = st.lists(parts, max_size=3).map(tuple)
    factor = st.none() | st.floats(-5, 500)
    return st.one_of(
        st.builds(Emphasis, inside, st.sampled_from(["reduced", "moderate", "strong"])),
        st.builds(Prosody, inside, rate=factor, pitch=factor, volume=factor),
        inside.map(Whisper),
    )


parts = st.recursive(leaves, _containers, max_leaves=6)
sentences = st.lists(parts, max_size=5).map(tuple).map(Sentence)
passages = st.lists(sentences, max_size=4).map(tuple).map(Passage)
