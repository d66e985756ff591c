"""Names as people type them, brought to one form, so that a label can be found however it is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "μ": "mu",
}  # fmt: skip
_AMERICAN = [
    (re.compile(british), american)
    for british, american in (
        (r"ae|oe", "e"),
        (r"(?<=[a-z]{3})our(?!t|ce|se)", "or"),
        (r"(?<=[a-z]{2})is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)", "iz"),
        (r"(?<=[a-z]{3})ys(?=(?:e|ed|es|er|ers|ing)$)", "yz"),
        (r"sulph", "sulf"),
        (r"(?<=[a-z])tre(?=s?$)", "ter"),
        (r"ll(?=(?:ed|ing|er)$)", "l"),
    )
]
"""Endings and diphthongs in which British spelling differs. It makes keys, not words: `tumor`, and `exercize` too."""
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=[^\W\d_])'s?(?!\w)")
_WEAK = frozenset("a an and disease disorder of or syndrome the".split())  # noqa: SIM905
"""Words that a name is known without."""
_SAYING_LITTLE = _WEAK | {"in", "for"}
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")
_ABBREVIATION = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[\w-]{2,10}", re.ASCII)


def normal(name: str) -> str:
    """The form under which a name is kept and looked up.

    >>> normal("  Guillain\u2013Barré   Syndrome ")
    'guillain-barre syndrome'
    """
    if name.isascii():
        # Nearly all are: what follows changes nothing else in them.
        return " ".join(name.lower().split())
    # Compatibility forms first, since some turn into capitals, and again after, since some small letters come apart.
    text = unicodedata.normalize("NFKD", name).translate(_APOSTROPHES).casefold()
    text = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in text if not unicodedata.combining(char)).casefold().split())


def words(name: str) -> list[str]:
    """The words of a name in normal form, without punctuation and the s of a genitive.

    >>> words("Kawasaki's disease, refractory (IVIG-resistant)")
    ['kawasaki', 'disease', 'refractory', 'ivig', 'resistant']
    """
    return _WORD.findall(_POSSESSIVE.sub("", normal(name)))


@lru_cache(20_000)
def american(word: str) -> str:
    """The key under which all spellings of a word in normal form meet.

    >>> american("haemolysis"), american("tumours"), american("randomised"), american("β"), american("hour")
    ('hemolysis', 'tumors', 'randomized', 'beta', 'hour')
    """
    for letter, name in _GREEK.items():
        word = word.replace(letter, name)
    for british, its_american in _AMERICAN:
        word = british.sub(its_american, word)
    return word


def loose_keys(name: str) -> set[str]:
    """The keys under which a name is looked up where nothing is called exactly so.

    Punctuation, order, plural, British spelling and words such as `disease` make no difference; what stands in brackets
    may be left out, and an abbreviation that stands there is a name too.

    >>> bool(loose_keys("Guillain-Barré syndrome") & loose_keys("guillain barre's"))
    True
    >>> bool(loose_keys("Neuropathy, Multifocal Motor") & loose_keys("multifocal motor neuropathies"))
    True
    >>> "fcrn" in loose_keys("saturation of the neonatal Fc receptor (FcRn)")
    True
    """
    forms = [name]
    if brackets := _BRACKETS.findall(name):
        forms.append(_BRACKETS.sub(" ", name))
        forms += [inside for inside in brackets if _ABBREVIATION.fullmatch(inside)]
    keys = set()
    for form in forms:
        kept = [_singular(american(word)) for word in words(form) if word.removesuffix("s") not in _WEAK]
        # Put together as well, for MIS-C and COVID-19.
        keys |= {" ".join(sorted(kept)), "".join(kept)}
    return keys - {""}


def telling_words(name: str) -> list[str]:
    """The words of a name that tell it from others, in American spelling; all where it has no others.

    >>> telling_words("Diseases of the oesophagus"), telling_words("the syndrome")
    (['diseases', 'esophagus'], ['the', 'syndrome'])
    """
    of_name = [american(word) for word in words(name)]
    return [word for word in of_name if word not in _SAYING_LITTLE] or of_name


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 4 and word.endswith("s") and word[-2] not in "siu" else word
