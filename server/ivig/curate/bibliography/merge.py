"""The same publication met twice, made one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from ivig.curate.bibliography.names import ET_AL
from ivig.curate.bibliography.problems import BadBibliography, shown
from ivig.curate.bibliography.publication import Publication
from ivig.curate.records.rows import Problem

_SAME_TITLE = 90
"""From this likeness on, of 100, two titles differ by a spelling, as alpha and α; below, they are two titles."""

_Value = Callable[[Publication], str]


class _Met(NamedTuple):
    """A publication and its place among those given, from 1."""

    number: int
    publication: Publication


def merge(publications: Iterable[Publication]) -> list[Publication]:
    """The publications, those that share a PMID, a DOI or a PMCID made one, in the order of the first of each.

    What one shares with a second, and that with a third, makes one of all three. The case of a DOI makes no difference.
    Of each field the fuller value stays: the longer text, more authors, the DOI in its own case; of years the first.
    What one of them calls retracted is retracted.

    Raises BadBibliography with all contradictions, each naming both publications: two PMIDs, DOIs or PMCIDs in what
    would be one publication, or clearly different titles. Case, punctuation and a title cut short make no difference.
    """
    groups = _groups([_Met(number, publication) for number, publication in enumerate(publications, 1)])
    problems = [problem for group in groups for problem in _contradictions(group)]
    if problems:
        raise BadBibliography(problems)
    return [_merged([met.publication for met in group]) for group in groups]


def _groups(all_met: Sequence[_Met]) -> list[list[_Met]]:
    leader = {met.number: met.number for met in all_met}

    def leader_of(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    first_with: dict[tuple[str, str], int] = {}
    for met in all_met:
        for name, identifier in _IDENTIFIERS.items():
            if value := identifier(met.publication):
                other = first_with.setdefault((name, value), met.number)
                first, second = sorted((leader_of(other), leader_of(met.number)))
                leader[second] = first
    groups: dict[int, list[_Met]] = {}
    for met in all_met:
        groups.setdefault(leader_of(met.number), []).append(met)
    return list(groups.values())


def _contradictions(group: Sequence[_Met]) -> Iterator[Problem]:
    for name, identifier in _IDENTIFIERS.items():
        first, *others = _each_once(group, identifier) or group[:1]
        for other in others:
            yield _contradiction(first, other, name)
    # Against the fullest title only: whatever fits that one is a part or a spelling of it.
    titled = _each_once(group, _plain_title)
    fullest = max(titled, key=lambda met: len(_plain_title(met.publication)), default=None)
    for other in titled:
        if fullest and not _same_title(_plain_title(other.publication), _plain_title(fullest.publication)):
            first, second = sorted((fullest, other), key=lambda met: met.number)
            yield _contradiction(first, second, "title")


def _contradiction(first: _Met, second: _Met, field: str) -> Problem:
    found = " and ".join(
        f"{shown(getattr(publication, field))} ({publication.key() if field == 'title' else _called(publication)})"
        for _, publication in (first, second)
    )
    place = f"publications {first.number} and {second.number}"
    return Problem("", place, "", field, found, "one for both, as they share an identifier, directly or by others")


def _called(publication: Publication) -> str:
    return f'"{shown(publication.title)}"' if publication.title else publication.key()


def _each_once(group: Iterable[_Met], value: _Value) -> list[_Met]:
    """The first with each value, leaving out those that have none."""
    found: dict[str, _Met] = {}
    for met in group:
        found.setdefault(value(met.publication), met)
    found.pop("", None)
    return list(found.values())


def _plain_title(publication: Publication) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", publication.title).casefold()))


def _same_title(one: str, fuller: str) -> bool:
    return fuller.startswith(one) or fuzz.ratio(one, fuller) >= _SAME_TITLE


def _merged(group: Sequence[Publication]) -> Publication:
    first = group[0]
    if len(group) == 1:
        return first

    def fullest(field: str, fullness: Callable[[Any], Any] = len) -> Any:
        return max((getattr(publication, field) for publication in group), key=fullness)

    return Publication(
        title=max(group, key=lambda publication: len(_plain_title(publication))).title,
        authors=fullest("authors", _fullness_of_authors),
        journal=fullest("journal"),
        year=next((publication.year for publication in group if publication.year), None),
        volume=fullest("volume"),
        issue=fullest("issue"),
        pages=fullest("pages"),
        pmid=fullest("pmid"),
        doi=fullest("doi", _capitals),
        pmcid=fullest("pmcid"),
        kind=next((publication.kind for publication in group if publication.kind != "other"), "other"),
        retraction=fullest("retraction", "retracted".__eq__),
    )


def _fullness_of_authors(authors: tuple[str, ...]) -> tuple[int, int]:
    return sum(ET_AL not in name for name in authors), sum(map(len, authors))


def _capitals(doi: str) -> tuple[int, int]:
    # Many programs write DOIs in lower case; none invents a capital.
    return len(doi), sum(map(str.isupper, doi))


_IDENTIFIERS: dict[str, _Value] = {
    "pmid": lambda publication: publication.pmid,
    "doi": lambda publication: publication.doi.lower(),
    "pmcid": lambda publication: publication.pmcid,
}
