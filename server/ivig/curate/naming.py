"""What publications and studies are called: their labels, and the readable end of their IRIs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ivig.curate.triples import slug
from ivig.io.bibliographies.names import authors_of, is_et_al, parts
from ivig.model.identifiers import citation_key

_PARTS = 2
"""Of a key, before the word of the title: author and year."""
_SHORTEST = 2
"""Letters of a word that tells nothing."""
_LONGEST = 40
"""Characters of a name in an IRI: those of groups are cut at a word."""
_NOT_TELLING = frozenset(
    re.findall(
        r"\w+",
        "a an the of in on for and or with without by to from at as versus vs after before during using use its is are "
        "does intravenous intravenously immunoglobulin immunoglobulins gammaglobulin gamma globulin globulins immune "
        "ivig igiv human normal high low dose treatment therapy treated treating trial study randomized randomised "
        "controlled double blind placebo clinical case report reports series review systematic meta analysis effect "
        "effects efficacy safety patient patients not title text shown read",
    )
)
"""Words that half of the titles here begin with."""
_REGISTERED = re.compile(r"\b(NCT\d{8}|ISRCTN\d{8}|ACTRN\d{14}|EUCTR\d{4}-\d{6}-\d{2}|DRKS\d{8}|UMIN\d{9})\b")
_ACRONYM = re.compile(
    (
        r"\(({word})\)(?: (?:trial|study)\b| ?:)|\((?:the )?({word}) (?:trial|study)\)"
        r"|[;:]\s*(?:results (?:of|from) )?the (?:[a-z\-]+ ){0,3}({word}) (?:trial|study)\b"
    ).replace("{word}", r"[A-Z][\w\-]*[A-Z][\w\-]*")
)
_SEVERAL = re.compile(r"\b(?:and|for|of)\b")
_ROMAN = re.compile("[IVX]+")
_IDENTIFIERS = (("pmid", "PMID"), ("doi", "DOI"), ("pmcid", "PMCID"))

Fields = Mapping[str, object]
"""What is known of a publication, by the names of our properties."""


def first_author(authors: str) -> str:
    """The family name of the first author, or the name of the group; empty where nobody is named.

    >>> first_author("van der Meché FG, Schmitz PI"), first_author("Grifols (company release)")
    ('van der Meché', 'Grifols')
    """
    named = [name for name in authors_of(authors) if not is_et_al(name)]
    if not named:
        return ""
    person = None if _SEVERAL.search(named[0]) else parts(named[0])
    return person.family if person else re.sub(r"\s*\([^)]*\)", "", named[0])


def author_and_year(fields: Fields) -> str:
    """First author and year, or the one of them that is known; empty where neither is."""
    return " ".join(filter(None, (first_author(str(fields.get("authors", ""))), str(fields.get("year", "")))))


def publication_label(fields: Fields) -> str:
    """Author, year and title; what is not known is left out, and an identifier never stands without its kind.

    >>> publication_label({"authors": "Dodel R et al.", "year": 2013, "title": "Of mice"})
    'Dodel 2013, Of mice'
    >>> publication_label({"titleAsRead": "Of mi…"}), publication_label({"year": 2012, "journal": "Transfusion"})
    ('[Of mi…]', '2012, Transfusion')
    >>> publication_label({"year": 2015, "pmid": "25778751"})
    '2015, PMID 25778751'
    """
    title = str(fields.get("title", ""))
    if not title and (read := str(fields.get("titleAsRead", "")).strip("[]")):
        title = f"[{read}]"
    by = author_and_year(fields)
    if not title and not first_author(str(fields.get("authors", ""))):
        title = str(fields.get("journal", "")) or _identifier(fields)
    return ", ".join(filter(None, (by, title))) or "publication of which nothing is told"


def readable_key(fields: Fields, taken: Collection[str], folder: str = "citation") -> str:
    """The path of an IRI from first author, year and a word of the title, for a publication without identifier; what is
    not known is left out.

    :param taken: the paths that there are; a number behind tells two of one name apart

    >>> readable_key({"authors": "Pöhlau D", "year": 2007, "title": "Immunoglobulin in multiple sclerosis"}, ())
    'citation/pohlau-2007-multiple'
    >>> readable_key({"title": "Severe neutropenia in a newborn"}, ())
    'citation/severe-neutropenia-newborn'
    >>> readable_key({"year": 1998, "journal": "Blood"}, ["citation/1998-blood"])
    'citation/1998-blood-2'
    """
    by = [part for part in (_key(first_author(str(fields.get("authors", "")))), str(fields.get("year", ""))) if part]
    words = _telling_words(str(fields.get("title", "") or fields.get("titleAsRead", "")), by)
    # One word of the title, and one more for each of the others that is not known.
    end = "-".join(words[: 1 + _PARTS - len(by)]) or ("" if len(by) == _PARTS else _key(str(fields.get("journal", ""))))
    key = "-".join(filter(None, (*by, end)))
    identified = citation_key(*(str(fields.get(name, "")) for name, _ in _IDENTIFIERS))
    return numbered(f"{folder}/{key or identified or 'publication'}", taken)


def numbered(path: str, taken: Collection[str]) -> str:
    """The path, with a number behind where it is taken.

    :param path: the one that is wanted
    :param taken: the paths that there are
    :returns: the path itself where it is free, else with the first number from 2 that makes it so

    >>> numbered("study/path", ["study/path", "study/path-2"])
    'study/path-3'
    """
    number, free = 1, path
    while free in taken:
        number += 1
        free = f"{path}-{number}"
    return free


def registration(text: str) -> str:
    """The number under which a trial is registered, where the text tells one and no more; else empty.

    >>> registration("a trial (NCT02728752)"), registration("NCT02728752, and after it NCT02728753")
    ('NCT02728752', '')
    """
    numbers = set(_REGISTERED.findall(text))
    return numbers.pop() if len(numbers) == 1 else ""


def acronym(title: str) -> str:
    """The acronym of a trial, where the title tells it; else empty.

    >>> acronym("Immunoglobulin in childhood encephalitis (IgNiTE): a trial"), acronym("IVIG in ITP")
    ('IgNiTE', '')
    >>> acronym("Second course in GBS: the non-randomised ISID study"), acronym("Results of the phase III trial")
    ('ISID', '')
    """
    found = _ACRONYM.search(title)
    name = next(filter(None, found.groups()), "") if found else ""
    return "" if _ROMAN.fullmatch(name) else name


def study_path(names: Collection[str], fields: Fields, taken: Collection[str]) -> str:
    """The path of a study's IRI: its registration, acronym, or first author and year; else as that of a publication.

    :param names: registration and acronym, those that are known
    :param fields: of the publication that reports it

    >>> study_path(["NCT02728752", "ProDERM"], {}, ()), study_path([], {"authors": "Dodel R", "year": 2013}, ())
    ('study/nct02728752', 'study/dodel-2013')
    """
    author = first_author(str(fields.get("authors", "")))
    by = _key(author_and_year(fields)) if author and "year" in fields else ""
    if key := next(filter(None, map(slug, names)), by):
        return numbered(f"study/{key}", taken)
    return readable_key(fields, taken, "study")


def study_label(names: Collection[str], fields: Fields, condition: str) -> str:
    """The acronym and registration of a study, else first author and year, else its publication's title, and the
    condition.

    :param names: registration and acronym, those that are known
    :param fields: of the publication that reports it
    :param condition: the label of what it is in

    >>> study_label(["NCT02728752", "ProDERM"], {}, "dermatomyositis")
    'ProDERM (NCT02728752), dermatomyositis'
    >>> study_label([], {"authors": "Dodel R et al.", "year": 2013}, "Alzheimer disease")
    'Dodel 2013, Alzheimer disease'
    """
    *behind, name = names or [author_and_year(fields)]
    if not name or name.isdigit():
        return publication_label(fields)
    return f"{name} ({behind[0]}), {condition}" if behind else f"{name}, {condition}"


def _identifier(fields: Fields) -> str:
    return next((f"{kind} {fields[name]}" for name, kind in _IDENTIFIERS if name in fields), "")


def _telling_words(title: str, known: Collection[str]) -> list[str]:
    words = [
        word for word in slug(re.sub("['’]", "", title)).split("-") if len(word) > _SHORTEST and not word.isdigit()
    ]
    return [word for word in dict.fromkeys(words) if word not in _NOT_TELLING and word not in known] or words[:1]


def _key(name: str) -> str:
    key = slug(re.sub("['’]", "", name))
    return key if len(key) <= _LONGEST else key[: _LONGEST + 1].rpartition("-")[0]
