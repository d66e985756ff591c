"""Titles: whether two of them may be of one publication."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

_ALIKE = 90
"""From this likeness on, of 100, two titles differ by a spelling, as alpha and α; below, they are two titles."""

_LEAST = 8
_TELLING = 25
"""How many letters a title must have for another to be the same that begins with it, or that holds it."""


_WORD = re.compile(r"\w{4,}")
_COMMON = 0.5
"""How many of the words of a title that was read in part the full one must have. Small words say nothing."""


def plain_title(title: str) -> str:
    """A title by its letters and digits alone: case, accents, spaces and punctuation make no difference.

    >>> plain_title("[Off-label use, in Guillain-Barré syndrome.]")
    'offlabeluseinguillainbarresyndrome'
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", title).casefold()))


def same_title(one: str, other: str) -> bool:
    """Whether two titles may be one: the same but for a spelling, or one with a part that the other lacks.

    :param one: a full title; case and signs make no difference
    :param other: another, likewise

    >>> same_title("Use of IVIG", "Use of IVIG: a trial"), same_title("Of mice", "Of men")
    (True, False)
    """
    shorter, longer = sorted(map(plain_title, (one, other)), key=len)
    within = longer.startswith(shorter) or (len(shorter) >= _TELLING and shorter in longer)
    return (within and len(shorter) >= _LEAST) or not shorter or fuzz.ratio(shorter, longer) >= _ALIKE


def may_be_part(partial: str, full: str) -> bool:
    """Whether a title that was read in part may be of a publication with this full one: by the words in common.

    :param partial: the title as it was read, whose last word may be cut
    :param full: the whole title of a publication

    >>> full = "Intravenous immunoglobulin expands regulatory T cells via induction of cyclooxygenase-2"
    >>> may_be_part("Intravenous immunoglobulin expands regulat…", full), may_be_part("Cabbage", full)
    (True, False)
    """
    words, known = _words(partial), _words(full)
    # The last word may be cut, and one of them in the plural.
    common = [word for word in words if any(one.startswith(word) or word.startswith(one) for one in known)]
    return len(common) >= _COMMON * len(words)


def _words(title: str) -> set[str]:
    return set(_WORD.findall(unicodedata.normalize("NFKD", title).casefold()))
