"""Search: names first, then what was found, in whom, and in which publication."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ivig.errors import UnknownName
from ivig.io.sqlite_files import opened
from ivig.model.identifiers import identifier
from ivig.model.labels import american, words

if TYPE_CHECKING:
    from ivig.build.release import Release
    from ivig.query.names import Names

FIRST = (
    "condition",
    "mechanism",
    "adverse event",
    "outcome",
    "treatment",
    "study type",
    "body",
    "condition group",
    "mechanism group",
    "source document",
    "study",
    "citation",
    "journal",
    "statement",
)
"""The kinds in the order in which things of one rank are listed; then all others."""

_OPEN, _CLOSE = "\x02", "\x03"
_EXACT, _NAMED, _TOLD, _NEARLY, _ALIKE = range(5)
"""Ranks of hits: of this very name; all words in its names; in its text; all words but one; a name like it."""
_STOP = frozenset(
    "a about an and are as at be by can do does for from have how i in is it its of on or the their to was what when "  # noqa: SIM905
    "which who why with".split()
)
_ABOUT_ALL = frozenset(
    "effect effective evidence globulin good help helps immune immunoglobulin immunoglobulins intravenous ivig "  # noqa: SIM905
    "patient patients should therapy treat treated treatment use used useful work works".split()
)
"""Words that a name is looked for without, where others are left: nearly everything here is of them."""
_PHRASE = re.compile(r'"([^"]*)"')
_LONGEST = 500
_MOST_WORDS = 12
_PREFIX = 4
"""Letters after which the last word may be one that is still being typed."""
_SPARE = 30
"""Names of each kind that are read beyond the limit, before they are put in order by how much of them was typed."""
_SHOWN = 200
"""Characters of a text that are shown where no word of it was looked for."""
_MATCHING = """
SELECT iri, kind, label_found, names_found, body_found, worth FROM (
  SELECT *, row_number() OVER (PARTITION BY kind ORDER BY worth, iri) AS place FROM (
    SELECT iri, kind, bm25(text, 0, 0, 10, 8, 8, 2) AS worth, highlight(text, 2, ?, ?) AS label_found,
      snippet(text, 3, ?, ?, '…', 24) AS names_found, snippet(text, 5, ?, ?, '…', 40) AS body_found
    FROM text WHERE text MATCH ?
  )
) WHERE place <= ?
"""
"""What fits, the best of each kind. A name weighs more than a text."""


@dataclass(frozen=True)
class Hit:
    """One thing that was found.

    :param iri: of the thing
    :param label: what it is called
    :param kind: its class in words, such as `condition`
    :param score: how well it fits, 1 for the very name, comparable within a kind
    :param pieces: what it says, in pieces, each with whether it is a word that was looked for
    """

    iri: str
    label: str
    kind: str
    score: float
    pieces: tuple[tuple[str, bool], ...]

    @property
    def excerpt(self) -> str:
        """What it says, the words that were looked for between `**`."""
        return "".join(f"**{text}**" if marked else text for text, marked in self.pieces)

    def as_dict(self) -> dict[str, str | float]:
        """The hit as plain values."""
        return {"iri": self.iri, "label": self.label, "kind": self.kind, "score": self.score, "excerpt": self.excerpt}


def search(release: Release, names: Names, text: str, kinds: Iterable[str] | None, limit: int) -> list[Hit]:
    """What is found in the index of a release, as `Graph.search` has it.

    :param release: the one whose index is asked
    :param names: those of that release
    :param text: words; between quotation marks a phrase
    :param kinds: only things of these kinds, such as `condition`; of all where None
    :param limit: how many at most
    :raises Damaged: where the release has no index, or a damaged one
    :raises UnknownName: for a kind that is none
    """
    if not release.search.is_file():
        raise release.damaged(f"{release.search.name} is missing")
    try:
        with closing(opened(release.search)) as index:
            return _Search(index, names, kinds, limit).hits(" ".join(text.split())[:_LONGEST])
    except sqlite3.Error as error:
        raise release.damaged(f"{release.search.name}: {error}") from error


class _Search:
    """One search."""

    def __init__(self, index: sqlite3.Connection, names: Names, kinds: Iterable[str] | None, limit: int) -> None:
        self._index, self._names, self._limit = index, names, limit
        found = {str(kind) for (kind,) in index.execute("SELECT name FROM kind")}
        self._kinds = [*(kind for kind in FIRST if kind in found), *sorted(found - set(FIRST))]
        self._wanted = self._chosen(kinds)
        self._found: dict[str, tuple[int, int, float, Hit]] = {}

    def hits(self, text: str) -> list[Hit]:
        """What is found, best first."""
        self._add(_EXACT, self._things(self._names.exact(text), 1.0))
        # An identifier means what is linked to it and nothing else; a bare number may stand in a text too.
        if not identifier(text) and not _STOP.issuperset(words(text)):
            self._add_told(text, unfinished=False)
            if not self._found:
                self._add_told(text, unfinished=True)
            if not self._found:
                self._add(_NEARLY, self._nearly(text))
            if not self._found:
                self._add(_ALIKE, self._things(self._names.near(text), 0.1))
        return [hit for *_, hit in sorted(self._found.values(), key=lambda each: each[:3])][: self._limit]

    def _add(self, rank: int, hits: Iterable[Hit]) -> None:
        for hit in hits:
            if hit.kind in self._wanted:
                self._found.setdefault(hit.iri, (rank, self._kinds.index(hit.kind), -hit.score, hit))

    def _add_told(self, text: str, *, unfinished: bool) -> None:
        """What has all words in its names, then what has them anywhere. unfinished: the last word may go on."""
        if named := self._expression(text, _ABOUT_ALL, unfinished):
            hits = self._matching(f"{{label names hidden}}: {named}")
            self._add(_NAMED, (_by_fit(hit, text, unfinished) for hit in hits))
        if told := self._expression(text, frozenset(), unfinished):
            self._add(_TOLD, self._matching(told))

    def _chosen(self, kinds: Iterable[str] | None) -> set[str]:
        if kinds is None:
            return set(self._kinds)
        wanted = {kinds} if isinstance(kinds, str) else set(kinds)
        for kind in sorted(wanted.difference(self._kinds)):
            raise UnknownName("kind of thing", kind, [], self._kinds[:12])
        return wanted

    def _things(self, iris: Sequence[str], score: float) -> list[Hit]:
        marks = ", ".join("?" * len(iris))
        there = f"SELECT row FROM place WHERE iri IN ({marks})"
        rows = self._index.execute(f"SELECT iri, kind, label, body FROM text WHERE rowid IN ({there})", list(iris))
        order = {iri: place for place, iri in enumerate(iris)}
        hits = [
            Hit(
                iri,
                label,
                kind,
                round(score - order[iri] * 1e-4, 4),
                ((_begin(body), False),) if body else ((label, True),),
            )
            for iri, kind, label, body in rows
        ]
        return sorted(hits, key=lambda hit: -hit.score)

    def _nearly(self, text: str) -> list[Hit]:
        """What has all words but one, of three or more."""
        typed = [word for word in words(text) if word not in _STOP][:_MOST_WORDS]
        if len(typed) < 3:
            return []
        terms = [self._term(word) for word in typed]
        each = (" AND ".join(terms[:out] + terms[out + 1 :]) for out in range(len(terms)))
        return self._matching(" OR ".join(f"({rest})" for rest in each))

    def _matching(self, expression: str) -> list[Hit]:
        # Of each kind the best, so that two thousand statements do not stand before the one condition.
        rows = self._index.execute(_MATCHING, (*(_OPEN, _CLOSE) * 3, expression, self._limit + _SPARE))
        return [
            Hit(iri, _bare(label), kind, round(-worth / (10 - worth), 4), _pieces(_shown(label, names, body)))
            for iri, kind, label, names, body, worth in rows
        ]

    def _expression(self, text: str, left_out: frozenset[str], unfinished: bool) -> str:
        """What FTS5 is asked: each phrase between quotation marks and each other word, in all its spellings."""
        terms = []
        for phrase in _PHRASE.findall(text):
            if inside := words(phrase):
                terms.append('"' + " ".join(inside) + '"')
        typed = [word for word in words(_PHRASE.sub(" ", text)) if word not in _STOP][:_MOST_WORDS]
        kept = [word for word in typed if word not in left_out] or typed
        terms += [self._term(word, goes_on=unfinished and word is kept[-1]) for word in kept]
        return f"({' AND '.join(terms)})" if terms else ""

    def _term(self, word: str, *, goes_on: bool = False) -> str:
        key = american(word)
        rows = self._index.execute("SELECT word FROM spelling WHERE key = ?", (key,))
        spellings = dict.fromkeys([word, key, *(other for (other,) in rows)])
        terms = [f'"{each}"' for each in spellings]
        if goes_on and len(word) >= _PREFIX:
            terms += [f"{term} *" for term in terms]
        return f"({' OR '.join(terms)})"


def _by_fit(hit: Hit, text: str, unfinished: bool) -> Hit:
    """The hit with a score that says also how much of its label was typed: what has little beside comes first."""
    typed = [american(word) for word in words(text)]
    label = [american(word) for word in words(hit.label)]
    share = sum(word in typed or (unfinished and word.startswith(typed[-1])) for word in label) / max(len(label), 1)
    return replace(hit, score=round((hit.score + 3 * share) / 4, 4))


def _shown(label: str, names: str, body: str) -> str:
    """What says most of what was found: its text, else its label, else its other names, where the words are there."""
    return next((each for each in (body, label, names) if _OPEN in each), body or label)


def _bare(marked: str) -> str:
    return marked.replace(_OPEN, "").replace(_CLOSE, "")


def _begin(body: str) -> str:
    return body if len(body) <= _SHOWN else body[:_SHOWN].rsplit(" ", 1)[0] + " …"


def _pieces(excerpt: str) -> tuple[tuple[str, bool], ...]:
    """An excerpt in pieces, each with whether it is marked.

    >>> _pieces("no \\x02benefit\\x03 in gout")
    (('no ', False), ('benefit', True), (' in gout', False))
    """
    parts = re.split(f"{_OPEN}(.*?){_CLOSE}", excerpt)
    return tuple((part, place % 2 == 1) for place, part in enumerate(parts) if part)
