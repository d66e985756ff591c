"""Authors: from the parts that a format keeps to "Family G", and back into parts.

Files agree on family name and initials at most, so this is all that is kept of a person. A group keeps its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

ET_AL = "et al."
"""Stands in place of authors who are not named."""
_OTHERS = {"et al", "others", "and others"}
"""How formats write that, without a stop or comma behind."""

_BETWEEN_INITIALS = re.compile(r"[\s.\-\u2010\u2011]+")
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|2nd|3rd|4th)")
_GROUP = re.compile(
    r"\b(?:agency|association|authors|board|centers?|centre|collaborat\w+|college|committee|consortium|council|"
    r"department|foundation|group|institute?|investigators|ministry|network|organi[sz]ation|panel|program(?:me)?|"
    r"registry|society|study|team|trial|university)\b",
    re.IGNORECASE,
)
_LONGEST_GROUP = 4
"""A name with a comma and a word for a group in it may be that of a person, up to this number of words."""
_PARTICLES = re.compile(
    r"(?P<given>.*?\S)\s+(?P<particles>(?:(?:af|al|da|dal|dalla|das|de|del|della|den|der|des|di|do|dos|du|e|el|het|la|las|le|"
    r"los|of|op|tar|te|ten|ter|'t|van|vom|von|y|zu|zum|zur)\s*)+)"
)
_LONGEST_BLOCK = 3
"""Capitals without dots up to this number are initials ("DA"); more are a name in capitals ("DAVID")."""


class Parts(NamedTuple):
    """A person.

    :param family: with its particles ("van der Meché")
    :param initials: with dots ("M. C."), as most formats have them
    :param suffix: empty for most
    """

    family: str
    initials: str
    suffix: str


def is_group(name: str) -> bool:
    """Whether a name is that of a group, by the words in it.

    >>> is_group("Centers for Disease Control, Division of Viral Diseases"), is_group("Board, John")
    (True, False)
    """
    return bool(_GROUP.search(name)) and ("," not in name or len(name.split()) > _LONGEST_GROUP)


def is_et_al(name: str) -> bool:
    """Whether a name only says that there are more authors."""
    return name.strip(" .,;").casefold() in _OTHERS


def name_of(text: str) -> str:
    """A name as reference managers write it, "Family, Given, Suffix", in short.

    >>> name_of("Jones, A. B., Jr."), name_of("The GBS Study Group,")
    ('Jones AB Jr', 'The GBS Study Group')
    """
    # A comma at the end says that the name has no parts; a group may have commas in its name.
    if "," not in text or text.endswith(",") or is_group(text):
        return text.removesuffix(",")
    family, given, *suffix = text.split(",")
    return short_name(family, given, " ".join(suffix))


def short_name(family: str, given: str, suffix: str = "") -> str:
    """A person's name in short, particles before the family name.

    :param given: names or initials in any form; names in a script without capitals stay whole

    >>> short_name("Dalakas", "Marinos C."), short_name("Jones", "A. B.", "Jr."), short_name("王", "小明")
    ('Dalakas MC', 'Jones AB Jr', '王 小明')
    >>> short_name("Berg", "Jan van der")
    'van der Berg J'
    """
    if moved := _PARTICLES.fullmatch(given.strip()):
        family, given = f"{moved['particles']} {family}", moved["given"]
    words = (family, _initials(unicodedata.normalize("NFC", given)), suffix.replace(".", ""))
    return " ".join(" ".join(words).split())


def parts(name: str) -> Parts | None:
    """The parts of a name that `short_name` puts together again; None where it is no such name, as that of a group.

    >>> parts("van der Meché FG")
    Parts(family='van der Meché', initials='F. G.', suffix='')
    >>> parts("Cooperative Group for the Study of Immunoglobulin in Chronic Lymphocytic Leukemia")
    """
    words = name.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    if len(words) < 2 or "," in name or is_group(name):
        return None
    *family, letters = words
    found = Parts(" ".join(family), " ".join(f"{letter}." for letter in letters), suffix)
    return found if letters.isalpha() and letters.isupper() and short_name(*found) == name else None


def authors_of(line: str) -> tuple[str, ...]:
    """The authors in a line that names them, whether semicolons stand between them or, between persons, commas.

    >>> authors_of("Ohlsson A, Lacy JB"), authors_of("Dalakas MC et al."), authors_of("Seo et al.")
    (('Ohlsson A', 'Lacy JB'), ('Dalakas MC', 'et al.'), ('Seo', 'et al.'))
    >>> authors_of("Agency for Health, Quality and Research; Brown A Jr")
    ('Agency for Health, Quality and Research', 'Brown A Jr')
    """
    named = line.removesuffix(ET_AL).rstrip(" ,;")
    persons = named.split(", ")
    names = named.split("; ") if ";" in named or not all(map(parts, persons)) else persons
    more = (ET_AL,) if line.endswith(ET_AL) else ()
    return (*filter(None, (name.strip() for name in names)), *more)


def authors_line(authors: Iterable[str]) -> str:
    """Authors in one line, which `authors_of` takes apart again."""
    return "; ".join(authors)


def _initials(given: str) -> str:
    letters = ""
    for word in _BETWEEN_INITIALS.split(given):
        if word.isalpha() and word.isupper() and len(word) <= _LONGEST_BLOCK:
            letters += word
        elif word[:1].isupper():
            letters += word[0]
    return letters or given
