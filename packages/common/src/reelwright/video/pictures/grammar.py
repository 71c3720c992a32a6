"""Closed classes of English words, and the forms that no rule gives."""

from typing import Final

__all__ = [
    "AUXILIARIES",
    "CLAUSE_WORDS",
    "CONTAINERS",
    "CONTENT_ENDINGS",
    "DETERMINERS",
    "FUNCTION_WORDS",
    "IRREGULAR",
    "LIKENESSES",
    "MEASURES",
    "MODALS",
    "NEGATIONS",
    "NOUN_NEGATIONS",
    "NO_DENIAL",
    "OBJECTS",
    "PREPOSITIONS",
    "SHAPES",
    "SUBJECTS",
    "VERB_NEGATIONS",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS: Final = _words(
    "a an the this that these those my your his her its our their no any some every each both either "
    "neither another such many much few several most more all enough one two three four five six seven eight "
    "nine ten hundred thousand million billion first second third whose which what own same other"
)
PREPOSITIONS: Final = _words(
    "of in on at by with from for into onto over under between through during about against around across "
    "behind below above beneath beside near within along toward towards upon among until since inside "
    "outside off without past per via"
)
SUBJECTS: Final = _words("i you we they he she it who people nobody everybody everyone")
MODALS: Final = _words(
    "can could will would may might must should shall do does did don't doesn't didn't can't cannot "
    "couldn't won't wouldn't shouldn't let's not never always often"
)
AUXILIARIES: Final = _words("am is are was were be been being keep keeps kept start started")
OBJECTS: Final = _words(
    "a an the this that these those my your his her its our their it them us him me every each up down out"
)
"""What follows a verb oftener than a noun."""
NEGATIONS: Final = _words("no not never without neither nor instead rather nobody nothing isn't")
VERB_NEGATIONS: Final = _words(
    "not never cannot don't doesn't didn't isn't aren't wasn't weren't can't couldn't won't wouldn't "
    "shouldn't hasn't haven't hadn't mustn't"
)
NOUN_NEGATIONS: Final = _words("no without neither nor unlike")
NO_DENIAL: Final = _words(
    "only just merely simply all every everything everyone always until till yet far long least even much "
    "longer more less matter doubt wonder one sooner before mind unlike later because enough quite"
)
"""Behind a negation they make it something else: ``not only``, ``not every``, ``no longer``."""
CLAUSE_WORDS: Final = _words(
    "but because so when while whereas if although though unless until till that which who whose where than "
    "since as except then whenever without nor"
)
"""They begin another clause, to which a negation before them does not reach."""
MEASURES: Final = _words(
    "grain piece bit lump chunk drop droplet pinch slice sheet flake speck crumb scrap strip layer block "
    "portion handful heap pile mouthful dash trace bead pellet fragment shred sliver blob splash patch "
    "kind sort type form amount ton tonne pound kilogram gram litre"
)
"""Before ``of`` they only say how much there is of something."""
SHAPES: Final = _words("thread wall blanket sea flood shower curtain carpet army veil wave")
"""Before ``of`` and what something consists of they are an image of it: ``threads of glass``."""
CONTAINERS: Final = _words(
    "cup glass mug bottle bag sack box basket jar bowl plate spoon teaspoon tablespoon can tin bucket barrel "
    "pot tank tube cart crate packet pack"
)
"""Before ``of`` they count for less than what is in them."""
LIKENESSES: Final = frozenset(("like", "as", "than", "unlike"))
CONTENT_ENDINGS: Final = ("ous", "ful", "ical", "able", "ible", "ish", "less", "ive", "ary", "est")
"""How adjectives end, and hardly anything else."""
FUNCTION_WORDS: Final = frozenset().union(
    DETERMINERS,
    PREPOSITIONS,
    SUBJECTS,
    MODALS,
    AUXILIARIES,
    OBJECTS,
    NEGATIONS,
    LIKENESSES,
    _words(
        "and or but if because so while when where why how then there here have has had having to too very "
        "just only also even still already again now almost quite well up down out away back than though "
        "although whether once ever get gets got go goes went gone come comes came make makes made "
        "take takes took taken put let say says said become becomes became"
    ),
)

_FORMS = (
    "blow blew blown; break broke broken; build built; buy bought; catch caught; choose chose chosen; "
    "cost costs; cut cuts; deal dealt; dig dug; draw drew drawn; drink drank drunk; drive drove driven; "
    "eat ate eaten; fall fell fallen; feed fed; fight fought; fly flew flown; freeze froze frozen; "
    "grow grew grown; hang hung; hear heard; hide hid hidden; hold held; know knew known; lay laid; "
    "learn learnt; lend lent; light lit; lose lost; pay paid; ride rode ridden; ring rang rung; "
    "rise rose risen; run ran; sell sold; sew sewn; shake shook shaken; shine shone; shoot shot; "
    "shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept; sow sown; "
    "speak spoke spoken; "
    "spend spent; spin spun; spring sprang sprung; steal stole stolen; sting stung; sweep swept; "
    "swim swam swum; "
    "teach taught; tell told; think thought; throw threw thrown; wake woke woken; wear wore worn; "
    "weave wove woven; win won; write wrote written; die dying; lie lying; tie tying; "
    "mouse mice; tooth teeth; foot feet; goose geese; child children; ox oxen; louse lice; man men; "
    "leaf leaves; loaf loaves; wolf wolves; knife knives; calf calves; hoof hooves; shelf shelves; "
    "half halves; "
    "scarf scarves; life lives; wife wives; thief thieves; elf elves; self selves; sheaf sheaves; "
    "bacterium bacteria; fungus fungi; cactus cacti; nucleus nuclei; larva larvae; alga algae; "
    "virus viruses; "
    "bus buses buses; gas gases; lens lenses; octopus octopuses; campus campuses; nova novae; "
    "hypothesis hypotheses; crisis crises; phenomenon phenomena; stimulus stimuli; fossil fossilised; "
    "hippopotamus hippopotamuses; walrus walruses; circus circuses; glass glasses; iris irises"
)


def _irregular() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _FORMS.split("; "):
        base, *forms = group.split()
        for form in forms:
            found[form] = (*found.get(form, ()), base)
    return found


IRREGULAR: Final = _irregular()
"""Base forms by the form that no rule leads from."""
