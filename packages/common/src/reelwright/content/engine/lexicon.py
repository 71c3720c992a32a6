"""The closed word classes of English, and the words that link sentences."""

__all__ = [
    "ABBREVIATIONS",
    "AUXILIARIES",
    "CONDITIONS",
    "CONJUNCTIONS",
    "CUT_PREPOSITIONS",
    "DETERMINERS",
    "HARD_LINKS",
    "LIST_ABBREVIATIONS",
    "NEGATIONS",
    "NUMBER_WORDS",
    "PREPOSITIONS",
    "PRONOUNS",
    "SHELL_NOUNS",
    "SOFT_LINKS",
    "STOP_WORDS",
    "SUBORDINATORS",
    "UNRESOLVED_PRONOUNS",
    "word_set",
]


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that is nothing but a list of them."""
    return frozenset(text.split())


ABBREVIATIONS = word_set(
    "dr mr mrs ms mx prof st sr jr gen sen rep gov capt lt col sgt maj rev hon mt ft fig figs vs cf ca "
    "approx dept est no nos vol vols pp ed eds e.g i.e viz resp incl jan feb mar apr jun jul aug sep sept "
    "oct nov dec mon tue wed thu fri sat sun min max avg op art ch sec al ph.d"
)
"""Words whose full stop does not end a sentence, without that stop."""

LIST_ABBREVIATIONS = word_set("u.s u.k u.s.a u.n e.u a.m p.m etc inc ltd co corp bros b.c a.d b.c.e c.e d.c")
"""Abbreviations that may also end a sentence: what follows decides."""

PRONOUNS = word_set(
    "i you he she it we they me him her us them this that these those who whom which what one ones nobody "
    "somebody everybody anybody nothing something everything anything someone everyone anyone none each "
    "both another others himself herself itself themselves yourself ourselves myself all many most some "
    "few neither mine yours his hers ours theirs there here"
)
UNRESOLVED_PRONOUNS = word_set(
    "he she it they him them his her hers its their theirs this that these those himself itself "
    "themselves herself"
)
"""Words that point back to something said before."""

DETERMINERS = word_set(
    "a an the this that these those my your his her its our their some any no every each all most many "
    "much few several both either neither another such more less enough"
)
PREPOSITIONS = word_set(
    "of in on at by for with from to into onto about over under above below between among through during "
    "before after without within against across along around behind beyond near toward towards until till "
    "since upon off out up down like as than per via despite beside besides inside outside past except "
    "throughout amid"
)
CUT_PREPOSITIONS = word_set(
    "in on at by for with from into onto during through across along around until since before after "
    "within over under beneath behind beyond among towards toward throughout despite near inside outside "
    "via"
)
"""Prepositions before which a clause may stop and still be true and whole."""

CONJUNCTIONS = word_set("and but or so yet nor")
SUBORDINATORS = word_set(
    "because when while which who whom whose that where if although though until since unless whereas "
    "whenever wherever whether as than once why how"
)
CONDITIONS = word_set(
    "if unless when whenever until before after once while although though whether since as"
)
"""Openers of a clause on which the truth of the main clause may rest."""

AUXILIARIES = word_set(
    "is are was were am be been being has have had do does did can could will would may might must shall "
    "should isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't can't couldn't won't "
    "wouldn't mustn't shouldn't cannot it's that's there's"
)
NEGATIONS = word_set(
    "not never no nobody nothing none neither nor without hardly barely only isn't aren't wasn't weren't "
    "don't doesn't didn't can't cannot couldn't won't wouldn't shouldn't"
)

NUMBER_WORDS = word_set(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred "
    "thousand million billion trillion half dozen"
)

SOFT_LINKS = (
    "however",
    "but",
    "and",
    "so",
    "yet",
    "still",
    "also",
    "therefore",
    "thus",
    "hence",
    "indeed",
    "in fact",
    "of course",
    "moreover",
    "furthermore",
    "in addition",
    "besides",
    "nevertheless",
    "nonetheless",
    "even so",
    "after all",
    "in short",
    "to sum up",
)
"""Openers that can be dropped when the sentence before is not spoken; what is left is unchanged."""

HARD_LINKS = (
    "for example",
    "for instance",
    "as a result",
    "instead",
    "otherwise",
    "then",
    "after that",
    "after this",
    "before that",
    "in contrast",
    "by contrast",
    "in comparison",
    "similarly",
    "likewise",
    "meanwhile",
    "again",
    "that is why",
    "this is why",
    "in other words",
    "in exchange",
    "in return",
    "of these",
    "of those",
    "in the same time",
    "at the same time",
    "at that moment",
    "at that time",
    "by then",
    "since then",
    "from then on",
    "from this",
    "even then",
    "next",
    "finally",
    "later",
    "soon",
    "afterwards",
    "the same",
    "the other",
    "the others",
    "the former",
    "the latter",
    "the rest",
    "the second",
    "the third",
    "the fourth",
    "the two",
    "the three",
    "another",
    "such",
    "both",
    "neither",
    "either",
    "half",
    "not only that",
)
"""Openers that make no sense unless the sentence before is spoken too."""

SHELL_NOUNS = word_set(
    "reason result answer idea effect difference problem solution trick job goal cause consequence aim "
    "purpose outcome contract method process case"
)
"""Nouns that, after "the" and first in a sentence, name something said just before."""


STOP_WORDS = (
    PRONOUNS
    | DETERMINERS
    | PREPOSITIONS
    | CONJUNCTIONS
    | SUBORDINATORS
    | AUXILIARIES
    | NEGATIONS
    | word_set(
        "just very too also even still ever often again once now then almost about nearly well far away "
        "back own other same such rather quite really already always perhaps however therefore thus yet "
        "soon later while i'm i've you're we're they're let's get gets got make makes made go goes went "
        "come comes came take takes took thing things way ways lot little bit first second last next "
        "new good"
    )
)
"""Words that say little about what a text is about."""
