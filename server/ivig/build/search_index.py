"""The full-text index of a release: names, titles, findings and populations, in one file of SQLite's FTS5.

It is written at build: that takes 0.4 s with gathering the 4,200 texts, and would be in the way of each search if it
were made later. Tantivy takes 0.2 s after gathering for the same fields; opened and first asked, both answer in a
millisecond, and a search takes 0.3 ms here and 0.5 ms there. FTS5 comes with Python, tantivy would be 5 MB more.
Source: https://www.sqlite.org/fts5.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from ivig.model.labels import american, words
from ivig.namespaces import ALT_LABEL, HIDDEN_LABEL, PREF_LABEL, PREFIXES, RDF_TYPE, SKOS, TERMS

if TYPE_CHECKING:
    from sqlite3 import Connection

SCHEMA = """
CREATE VIRTUAL TABLE text USING fts5(
    iri UNINDEXED, kind UNINDEXED, label, names, hidden, body, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TABLE place (iri TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID;
CREATE TABLE kind (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE spelling (key TEXT, word TEXT, PRIMARY KEY (key, word)) WITHOUT ROWID;
"""
"""`text` has a row a thing, with the names that nobody is shown apart, and `place` says which: FTS5 finds rows by
their words alone. `kind` has the kinds of things that there are; `spelling` has the words that have another spelling,
each with the key of both."""

_NOT_FOUND = frozenset(
    "Effect Regimen WebPage CandidateCitation Reference Passage Verdict Term".split()  # noqa: SIM905
)
"""Classes of things that lead nowhere by themselves."""
_NAMES = {ALT_LABEL, *(TERMS + name for name in ("pmid", "doi", "pmcid", "key"))}
_BODIES = (
    *(TERMS + "finding", SKOS + "definition", PREFIXES["dcterms"] + "title"),
    *(
        TERMS + name
        for name in (
            "title", "titleAsRead", "authors", "journal", "country", "population", "conditionAsStated",
            "outcomeAsStated", "intervention", "comparator", "concomitant", "prevented", "productName", "bodyAsStated",
            "target", "modelSystem", "riskFactor",
        )
    ),
)  # fmt: skip
"""What is searched beside names, in the order in which it is shown: what was found, in whom, what a publication is."""
_PLACES = {predicate: place for place, predicate in enumerate(_BODIES)}


Row = tuple[str, str, str, str, str, str]
"""What there is of a thing in `text`."""


def search_row(thing: str, said: Iterable[Triple], kinds: Mapping[str, str]) -> Row | None:
    """What a thing is found by; None where it is not found.

    :param thing: its IRI
    :param said: what the data or the vocabularies say of it
    :param kinds: the labels of classes
    """
    labels: set[tuple[bool, str]] = set()
    of_thing: set[str] = set()
    names: dict[str, None] = {}
    hidden: dict[str, None] = {}
    bodies: set[tuple[int, str]] = set()
    for triple in said:
        predicate = triple.predicate.value
        if isinstance(triple.object, NamedNode):
            if predicate == RDF_TYPE and (kind := triple.object.value) in kinds and _is_found(kind):
                of_thing.add(kinds[kind])
        elif isinstance(triple.object, Literal):
            value = triple.object.value
            if predicate == PREF_LABEL:
                # Of several, which are in several languages, the English one, and always the same.
                labels.add((triple.object.language == "en", value))
            elif predicate in _NAMES:
                names[value] = None
            elif predicate == HIDDEN_LABEL:
                hidden[value] = None
            elif (place := _PLACES.get(predicate)) is not None:
                bodies.add((place, value))
    if not labels or not of_thing:
        return None
    label = max(labels)[1]
    # A citation is called by its title: said once.
    body = dict.fromkeys(each for _, each in sorted(bodies) if each != label)
    return (thing, min(of_thing), label, "; ".join(sorted(names)), "; ".join(sorted(hidden)), " · ".join(body))


def write_search_index(path: Path, rows: Iterable[Row]) -> None:
    """Write the index.

    :param path: a file that is not there yet
    """
    import sqlite3

    with closing(sqlite3.connect(path)) as index, index:
        index.executescript(SCHEMA)
        _insert(index, rows)
        index.execute("INSERT INTO text(text) VALUES ('optimize')")


def change_search_index(path: Path, things: Collection[str], rows: Iterable[Row]) -> None:
    """Change an index. Spellings and kinds stay that nothing has any more, which then lead to nothing.

    :param things: those of which something else is said than before
    :param rows: what they are found by now
    """
    import sqlite3

    with closing(sqlite3.connect(path)) as index, index:
        gone = [(thing,) for thing in things]
        index.executemany("DELETE FROM text WHERE rowid = (SELECT row FROM place WHERE iri = ?)", gone)
        index.executemany("DELETE FROM place WHERE iri = ?", gone)
        _insert(index, rows)


def _insert(index: Connection, rows: Iterable[Row]) -> None:
    found: set[str] = set()
    kinds: set[str] = set()

    def read() -> Iterator[Row]:
        for row in rows:
            kinds.add(row[1])
            for text in row[2:]:
                found.update(words(text))
            yield row

    (last,) = index.execute("SELECT coalesce(max(rowid), 0) FROM text").fetchone()
    index.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?, ?)", read())
    index.execute("INSERT INTO place SELECT iri, rowid FROM text WHERE rowid > ?", (last,))
    index.executemany("INSERT OR IGNORE INTO kind VALUES (?)", ((kind,) for kind in sorted(kinds)))
    spellings = sorted((key, word) for word in found if (key := american(word)) != word)
    index.executemany("INSERT OR IGNORE INTO spelling VALUES (?, ?)", spellings)


def _is_found(class_: str) -> bool:
    return class_.startswith(TERMS) and class_.removeprefix(TERMS) not in _NOT_FOUND
