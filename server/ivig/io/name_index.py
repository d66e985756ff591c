"""The index of names that a release carries: what people may type, and the things it means."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from ivig.errors import Damaged, damaged_release
from ivig.io.sqlite_files import opened
from ivig.model.identifiers import identifier
from ivig.model.labels import loose_keys, normal, telling_words
from ivig.namespaces import ALT_LABEL, BASE, HIDDEN_LABEL, NOTATION, PREF_LABEL, RDF_TYPE, REPLACED_BY, SKOS, TERMS

_COLUMNS = {
    "name": ("kind", "name", "thing"),
    "loose": ("kind", "key", "thing"),
    "kind": ("thing", "kind"),
    "label": ("thing", "label"),
    "outside": ("key", "thing", "match"),
    "former": ("iri", "thing"),
}
"""Of each table; all of them are its key, and it stands in their order."""
_UNJOURNALED = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;\n"
"""A release under way is seen by nobody: what a crash leaves of it is swept up. 200 MB of pages are kept at most."""
SCHEMA = (
    "".join(
        f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(f'{column} TEXT' for column in columns)},"
        f" PRIMARY KEY ({', '.join(columns)})) WITHOUT ROWID;\n"
        for table, columns in _COLUMNS.items()
    )
    + "CREATE VIRTUAL TABLE IF NOT EXISTS spelling USING fts5"
    + " (kind UNINDEXED, name UNINDEXED, words, tokenize = 'unicode61 remove_diacritics 0');\n"
    + "CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5vocab(spelling, row);\n"
    + "CREATE INDEX IF NOT EXISTS terms_of ON outside (thing);\n"
)
"""`name` has what a thing is called, `loose` the keys that this is found by where it is written otherwise, `spelling`
and `word` the words that it is found by where one is misspelled, `kind` the classes of what has a name, `outside` the
terms of others that are linked to a thing, `former` the IRIs that it had."""
_NOT_ASKED_FOR = frozenset(
    "Statement Effect Regimen WebPage Study CandidateCitation Reference Passage Verdict".split()  # noqa: SIM905
)
"""Classes of things that nobody asks for by name: without them the index is a quarter as large."""
_IDENTIFIERS = {TERMS + "pmid": "pmid:", TERMS + "doi": "doi:", TERMS + "pmcid": "pmcid:"}
_NAMING = {ALT_LABEL, HIDDEN_LABEL, TERMS + "title"}
_MATCHES = {f"{SKOS}{kind}Match": kind for kind in ("exact", "close", "broad", "narrow", "related")}


class Naming(NamedTuple):
    """What one thing is called.

    :param label: its preferred label; None where it has none
    :param kinds: its classes of our ontology
    :param names: the normal forms of its labels, synonyms and titles
    :param identifiers: and of its identifiers
    """

    label: str | None
    kinds: frozenset[str]
    names: frozenset[str]
    identifiers: frozenset[str] = frozenset()


_UNNAMED = Naming(None, frozenset(), frozenset())


def naming(said: Iterable[Triple]) -> Naming:
    """What a thing of ours is called.

    :param said: triples of one subject
    """
    labels: set[tuple[bool, str]] = set()
    kinds: set[str] = set()
    names: set[str] = set()
    identifiers: set[str] = set()
    for triple in said:
        if isinstance(triple.object, Triple):
            continue
        predicate, value = triple.predicate.value, triple.object.value
        if predicate == RDF_TYPE and value.startswith(TERMS):
            kinds.add(value.removeprefix(TERMS))
        elif predicate == PREF_LABEL:
            # Of several, which are in several languages, the English one, and always the same.
            labels.add((getattr(triple.object, "language", None) == "en", value))
            names.add(normal(value))
        elif predicate in _NAMING:
            names.add(normal(value))
        elif predicate in _IDENTIFIERS:
            identifiers.update((normal(value), normal(_IDENTIFIERS[predicate] + value)))
    if kinds and kinds <= _NOT_ASKED_FOR:
        return _UNNAMED
    label = max(labels)[1] if labels else None
    return Naming(label, frozenset(kinds), frozenset(names), frozenset(identifiers))


class NameIndex:
    """What the things of a graph are called, in a file of SQLite or in memory.

    Any thread may ask. Names are in their normal form, kinds are classes of our ontology, things are IRIs.

    close: ends it, which it does by itself once nobody has it any more.
    """

    def __init__(self, place: Path | None = None, *, new: bool = False) -> None:
        """
        :param place: the file; None for an index in memory
        :param new: whether the file is to be made or changed; one that is there is only read
        :raises Damaged: where the file is missing, or another thing
        """
        self._place, self._lock = place, Lock()
        if place is None or new:
            self._tables = sqlite3.connect(place or ":memory:", check_same_thread=False)
            self._tables.executescript(_UNJOURNALED + SCHEMA)
        else:
            try:
                self._tables = opened(place)
            except sqlite3.Error as error:
                raise self._damaged(error) from error
        self.close = weakref.finalize(self, self._tables.close)
        if place and not new:
            self._rows(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {table})' for table in _COLUMNS)}")

    @classmethod
    def of(cls, asserted: Iterable[Triple], links: Iterable[Triple] = ()) -> NameIndex:
        """An index in memory: every label, synonym and identifier in the data and the vocabularies, every mapped term
        in the links, every former IRI.

        :param asserted: the triples of the data and the vocabularies; only what is said of IRIs of ours is read
        :param links: the triples of the mappings to terms of other collections
        """
        said: dict[str, list[Triple]] = {}
        for triple in asserted:
            if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(BASE):
                said.setdefault(triple.subject.value, []).append(triple)
        index = cls()
        for thing, triples in said.items():
            index.add(thing, naming(triples))
        index.finish((triple for triples in said.values() for triple in triples), links)
        return index

    def add(self, thing: str, named: Naming) -> None:
        """Let a thing be called something.

        :param thing: its IRI, of which the index has no name yet
        :param named: what it is called
        """
        if named.label is not None:
            self._tables.execute("INSERT INTO label VALUES (?, ?)", (thing, named.label))
        for table, rows in _entries(thing, named).items():
            marks = ", ".join("?" * len(_COLUMNS[table]))
            self._tables.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
        words = ((kind, name, " ".join(telling_words(name))) for kind in named.kinds for name in named.names)
        self._tables.executemany("INSERT INTO spelling VALUES (?, ?, ?)", words)

    def remove(self, thing: str, named: Naming) -> None:
        """Let a thing be called so no more. Spellings stay, and lead to nothing once nothing has their name.

        :param thing: its IRI
        :param named: what it was called
        """
        self._tables.execute("DELETE FROM label WHERE thing = ?", (thing,))
        for table, rows in _entries(thing, named).items():
            same = " AND ".join(f"{column} = ?" for column in _COLUMNS[table])
            self._tables.executemany(f"DELETE FROM {table} WHERE {same}", rows)

    def finish(self, replacing: Iterable[Triple], links: Iterable[Triple]) -> None:
        """Have the former IRIs and the terms of others, all anew, and keep everything.

        :param replacing: triples by which a thing is replaced, among any others
        :param links: the triples of the mappings to terms of other collections
        """
        for table, rows in (("former", _replaced(replacing).items()), ("outside", _outside(links))):
            self._tables.execute(f"DELETE FROM {table}")
            marks = ", ".join("?" * len(_COLUMNS[table]))
            self._tables.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", sorted(rows))
        self._tables.commit()

    def digest(self) -> str:
        """SHA-256 over all that was told; two files of the same content may differ in their bytes.

        :raises Damaged: where the file is damaged
        """
        total = sha256()
        for table in ("name", "label", "outside", "former"):
            # That order is its key's: nothing is sorted.
            try:
                for row in self._tables.execute(f"SELECT * FROM {table} ORDER BY {', '.join(_COLUMNS[table])}"):
                    total.update("\0".join(map(str, row)).encode() + b"\n")
            except sqlite3.Error as error:
                raise self._damaged(error) from error
        return total.hexdigest()

    def kinds(self) -> list[str]:
        """The kinds that have a thing with a name, sorted."""
        # A plain DISTINCT would look at every name.
        return self._column(
            "WITH RECURSIVE found(kind) AS (SELECT min(kind) FROM name UNION ALL"
            " SELECT (SELECT min(kind) FROM name WHERE kind > found.kind) FROM found WHERE kind IS NOT NULL)"
            " SELECT kind FROM found WHERE kind IS NOT NULL"
        )

    def kinds_of(self, thing: str) -> list[str]:
        """The kinds that a thing is of, where it has a name."""
        return self._column("SELECT kind FROM kind WHERE thing = ? ORDER BY kind", thing)

    def things(self, kind: str, name: str) -> list[str]:
        """What is called so."""
        return self._column("SELECT thing FROM name WHERE kind = ? AND name = ? ORDER BY thing", kind, name)

    def labels(self, kind: str) -> list[str]:
        """What the things of a kind are called; the IRI of one without a label."""
        return self._column(
            "SELECT coalesce(label, each.thing) FROM (SELECT DISTINCT thing FROM name WHERE kind = ?) AS each"
            " LEFT JOIN label ON label.thing = each.thing",
            kind,
        )

    def label(self, thing: str) -> str | None:
        """The preferred label of a thing; None where it has none."""
        return next(iter(self._column("SELECT label FROM label WHERE thing = ?", thing)), None)

    def loosely(self, kind: str, keys: Iterable[str]) -> list[str]:
        """The things of a kind that have a name with one of these keys.

        :param keys: as `loose_keys` makes them
        """
        found = (self._column("SELECT thing FROM loose WHERE kind = ? AND key = ?", kind, key) for key in keys)
        return sorted({thing for things in found for thing in things})

    def words(self) -> list[str]:
        """The words that names have, as `telling_words` makes them."""
        return self._column("SELECT term FROM word")

    def with_word(self, kind: str, word: str) -> list[str]:
        """The names of a kind that have a word."""
        return self._column(
            "SELECT DISTINCT spelling.name FROM spelling"
            " JOIN name ON name.kind = spelling.kind AND name.name = spelling.name"
            " WHERE spelling.kind = ? AND spelling MATCH ?",
            kind,
            f'"{word}"',
        )

    def outside(self, key: str) -> list[tuple[str, str]]:
        """What a term of another collection is linked to, each with how: `exact`, `close` …

        :param key: a CURIE or an IRI, in small letters
        """
        return self._rows("SELECT thing, match FROM outside WHERE key = ? ORDER BY thing, match", key)

    def outside_of(self, thing: str) -> list[tuple[str, str]]:
        """The keys of the terms of others that a thing is linked to, each with how."""
        return self._rows("SELECT key, match FROM outside WHERE thing = ? ORDER BY key, match", thing)

    def has_prefix(self, prefix: str) -> bool:
        """Whether something is linked to a term whose CURIE has this prefix, in small letters."""
        # What comes after a colon is a semicolon.
        return bool(self._rows("SELECT 1 FROM outside WHERE key >= ? AND key < ? LIMIT 1", f"{prefix}:", f"{prefix};"))

    def current(self, iri: str) -> str:
        """The IRI that a thing has now, given it or a former one."""
        return next(iter(self._column("SELECT thing FROM former WHERE iri = ?", iri)), iri)

    def _column(self, query: str, *values: str) -> list[str]:
        return [value for (value,) in self._rows(query, *values)]

    def _rows(self, query: str, *values: str) -> list[Any]:
        try:
            # A statement that SQLite keeps for the next time takes the values of one thread.
            with self._lock:
                return self._tables.execute(query, values).fetchall()
        except UnicodeEncodeError:
            # Half a character, which a command line can have: nothing is called so.
            return []
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> Damaged:
        assert self._place is not None
        return damaged_release(self._place.parent, f"{self._place.name}: {error}")


def _entries(thing: str, named: Naming) -> dict[str, set[tuple[str, ...]]]:
    """What stands in the tables for what a thing is called."""
    forms = [*named.names, *([named.label] if named.label else ())]
    # An abbreviation in brackets is told by its capitals, which no normal form has.
    keys = {key for form in forms for key in loose_keys(form)}
    return {
        "name": {(kind, name, thing) for kind in named.kinds for name in named.names | named.identifiers},
        "loose": {(kind, key, thing) for kind in named.kinds for key in keys},
        "kind": {(thing, kind) for kind in named.kinds if named.names | named.identifiers},
    }


def _replaced(triples: Iterable[Triple]) -> dict[str, str]:
    """Each former IRI of a thing, and the one that it has."""
    return _followed(
        {
            triple.subject.value: triple.object.value
            for triple in triples
            if triple.predicate.value == REPLACED_BY
            and isinstance(triple.subject, NamedNode)
            and isinstance(triple.object, NamedNode)
            and not triple.subject.value.startswith(TERMS)
        }
    )


def _followed(replaced: dict[str, str]) -> dict[str, str]:
    """Each old IRI with the end of its chain; what goes in a circle, which no valid graph has, leads nowhere."""
    ends = {}
    for old in replaced:
        end, passed = old, set[str]()
        while end in replaced and end not in passed:
            passed.add(end)
            end = replaced[end]
        if end not in passed:
            ends[old] = end
    return ends


def _outside(links: Iterable[Triple]) -> Iterator[tuple[str, str, str]]:
    """What terms of others are linked to: key, thing and kind of match."""
    matches: dict[str, list[tuple[str, str]]] = {}
    curies: dict[str, str] = {}
    for triple in links:
        if isinstance(triple.object, Literal):
            if triple.predicate.value == NOTATION and isinstance(triple.subject, NamedNode):
                curies[triple.subject.value] = triple.object.value
        elif (match := _MATCHES.get(triple.predicate.value)) and isinstance(triple.subject, NamedNode):
            matches.setdefault(_iri(triple.object), []).append((triple.subject.value, match))
    for iri, pairs in matches.items():
        curie = curies.get(iri, iri)
        # Under the spelling of the links, and under ours where that is another.
        known = identifier(curie)
        for key in {iri.lower(), curie.lower(), known.key if known else curie.lower()}:
            yield from ((key, thing, match) for thing, match in pairs)


def _iri(term: object) -> str:
    if not isinstance(term, NamedNode):
        raise TypeError(f"{term} is no IRI")
    return term.value
