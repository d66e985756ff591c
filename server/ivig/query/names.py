"""Name to thing: what a user typed, turned into the IRI that it means."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ivig.build.release import Release
from ivig.errors import AmbiguousName, Replaced, UnknownName
from ivig.io.name_index import NameIndex
from ivig.model.identifiers import Identifier, curie_of, identifier, prefixes, unknown_prefix
from ivig.model.labels import loose_keys, normal, telling_words
from ivig.namespaces import BASE
from ivig.query.near import near_names, words_like

if TYPE_CHECKING:
    from ivig.build.ancestors import AncestorIndex

_KIND_IN_WORDS = {"UseTopic": "topic", "SourceDocument": "source", "BibliographicEntry": "citation"}
_PUBLICATIONS = ("PMID", "DOI", "PMCID")
_IDENTIFYING = ("pmid", "doi", "pmcid")
_BARE = (
    (re.compile(r"[A-Z]\d[\dA-Z](?:\.?[\dA-Z]{1,4})?", re.IGNORECASE), ("ICD10WHO", "ICD10CM")),
    (re.compile(r"[CD]\d{6,9}", re.IGNORECASE), ("MESH",)),
    (re.compile(r"NCT\d{8}", re.IGNORECASE), ("CLINICALTRIALS",)),
    (re.compile(r"ISRCTN\d{8}", re.IGNORECASE), ("ISRCTN",)),
)
"""Codes that are known by their looks, and whose they are."""
_ICD10 = re.compile(r"icd[- _]?10[: _](.+)", re.IGNORECASE)
"""A code of ICD-10 that does not say of which."""
_NOT_NEAR = frozenset({"Citation", "Journal", "Term"})
"""Kinds whose names are not offered where nobody asked for the kind: titles are likened by the search in full text."""


_GROWING = frozenset({"AdverseEvent", "Body", "Citation", "Condition", "Journal", "Mechanism", "Outcome", "Treatment"})
"""Kinds that are no vocabulary: how many there are says nothing."""
_FEW = 30
"""So many words of a vocabulary are all offered where none is near."""


class _Taken(NamedTuple):
    """What was taken for a name that is not exact, and what that is called."""

    things: list[str]
    label: str


class Names:
    """The names of a release."""

    def __init__(self, index: NameIndex, release: Release | None = None) -> None:
        """
        :param index: what its things are called
        :param release: the one that has the outside terms of linked ontologies; without it there are none
        """
        self._index = index
        self._release = release

    @classmethod
    def of(cls, release: Release) -> Names:
        """The names of this release.

        :raises Damaged: where its index is missing or another thing
        """
        return cls(release.name_index(), release)

    @cached_property
    def _ancestors(self) -> AncestorIndex:
        """The outside terms of linked ontologies; read when something else than a name of ours is asked for."""
        if self._release is None or not self._release.ancestors.is_file():
            return {"terms": {}, "names": {}}
        index: AncestorIndex = self._release.index(self._release.ancestors, "terms", "names")
        return index

    @cached_property
    def _terms_by_key(self) -> dict[str, set[str]]:
        """The terms of linked ontologies by the keys of `loose_keys`."""
        found: dict[str, set[str]] = {}
        for name, terms in self._ancestors["names"].items():
            for key in loose_keys(name):
                found.setdefault(key, set()).update(terms)
        return found

    def things(self, name: str, kind: str) -> list[str]:
        """The IRIs of the things of this kind that `name` stands for: one, or all at or below an outside term.

        An outside term of a linked ontology stands for all things of ours that the ontology puts at it or below it.
        Where nothing is called so, the one thing is taken whose name differs in its signs alone (`took` says which).

        :param name: as for `resolve`; where an ontology was linked, also the label of one of its terms
        :raises UnknownName: as `resolve` does
        :raises AmbiguousName: as `resolve` does
        """
        typed = name.strip()
        if self._index.things(kind, normal(typed)) or self._own_iri(typed, kind) is not None:
            return [self.resolve(name, kind)]
        if below := self._of_kind(kind, self.below(typed)):
            same = self._of_kind(kind, (iri for iri, how in self.matches(typed) if how in ("exact", "close")))
            return sorted({*below, *same})
        if (iri := self._exactly(typed, kind)) is not None:
            return [iri]
        taken = self._taken(typed, kind)
        return taken.things if taken else [self.resolve(name, kind)]

    def took(self, name: str, kind: str) -> str | None:
        """What a name was taken for by `things`, where nothing is called exactly so; None where something is.

        :param name: what a user typed
        :param kind: a class of the ontology, such as `Condition`
        :returns: the label of that; None too where a name means several things, or nothing

        >>> import ivig
        >>> ivig.open().names.took("Guillain Barre", "Condition")
        'Guillain-Barré syndrome'
        """
        typed = name.strip()
        try:
            taken = None if self._exactly(typed, kind) else self._taken(typed, kind)
        except AmbiguousName:
            return None
        return taken.label if taken else None

    def below(self, name: str) -> list[str]:
        """The things of any kind at or below a term of a linked ontology, given its identifier, label or synonym.

        Terms of one label count together.

        :returns: their IRIs, none where no linked ontology has such a term
        :raises AmbiguousName: where a synonym belongs to several
        """
        terms = self._ancestors["terms"]
        if not terms:
            return []
        typed = name.strip()
        key = curie_of(typed).lower()
        # The prefix of an ontology of one's own is known to nobody else.
        key = key if key in terms else key.replace("_", ":", 1)
        keys = [key] if key in terms else self._ancestors["names"].get(normal(typed), [])
        return self._below(typed, keys)

    def _below(self, typed: str, keys: list[str]) -> list[str]:
        terms = self._ancestors["terms"]
        if len({normal(terms[key][0]) for key in keys}) > 1:
            raise AmbiguousName("name", typed, [f"{key.upper()} ({terms[key][0]})" for key in keys])
        return sorted({thing for key in keys for thing in terms[key][1]})

    def resolve(self, name: str, kind: str) -> str:
        """The IRI of the thing of this kind that `name` means.

        :param name: an IRI of ours, an outside identifier in any usual spelling (MONDO:0016218, ORPHA:2103, a DOI, an
            address of identifiers.org …), a label or a synonym in any case, with or without accents
        :param kind: a class of the ontology, such as Condition
        :raises UnknownName: with up to five nearest labels, or prefixes; of a vocabulary all words where none is near
        :raises AmbiguousName: where a name has several meanings
        """
        typed = name.strip()
        if (iri := self._exactly(typed, kind)) is not None:
            return iri
        self.check_prefix(typed)
        labels = [] if kind in _GROWING else self.labels(kind)
        near = [] if identifier(typed) else self._nearest(typed, kind)
        raise UnknownName(_in_words(kind), typed, near, labels if len(labels) <= _FEW else None)

    def _exactly(self, typed: str, kind: str) -> str | None:
        """The IRI that a name means; None where nothing is called so.

        :raises AmbiguousName: where a name has several meanings
        """
        things = self._index.things(kind, normal(typed))
        if len(things) == 1:
            return things[0]
        if things:
            raise AmbiguousName(_in_words(kind), typed, [self.label(iri) for iri in things])
        if (iri := self._own_iri(typed, kind)) is not None:
            return iri
        if (iri := self._from_outside(typed, kind)) is not None:
            return iri
        if below := self._of_kind(kind, self.below(typed)):
            if len(below) == 1:
                return below[0]
            raise AmbiguousName(_in_words(kind), typed, _few([self.label(thing) for thing in below]))
        return None

    def matches(self, name: str) -> list[tuple[str, str]]:
        """The things of any kind that an outside identifier leads to, each with how it is linked.

        :returns: pairs of IRI and `exact`, `close`, `broad`, `narrow` or `related`; for a publication `pmid`, `doi` or
            `pmcid`; none where nothing is linked to it
        """
        typed = name.strip()
        if pairs := self._outside(typed):
            return pairs
        known = identifier(typed)
        for asked in (known, *(Identifier(prefix, typed) for prefix in _PUBLICATIONS)):
            if (
                asked
                and asked.prefix in _PUBLICATIONS
                and (found := self._index.things("Citation", normal(asked.curie)))
            ):
                return [(iri, asked.prefix.lower()) for iri in found]
        return []

    def outside_iris(self, things: Iterable[str], prefix: str) -> list[str]:
        """The IRIs that things have in another collection: those of exact matches, for a thing without any of close.

        :param things: IRIs of the graph
        :param prefix: of the identifiers of that collection, such as `MONDO`, in any case
        :returns: each once, in order
        """
        found: dict[str, dict[str, list[str]]] = {}
        for thing in set(things):
            for key, how in self._index.outside_of(thing):
                if key.startswith(f"{prefix.lower()}:") and (known := identifier(key)):
                    found.setdefault(thing, {}).setdefault(how, []).append(known.iri)
        of_things = (by_how.get("exact") or by_how.get("close") or [] for by_how in found.values())
        return sorted({iri for iris in of_things for iri in iris})

    def current(self, iri: str) -> str:
        """The IRI that a thing has now, given it or one that it had before."""
        return self._index.current(iri)

    def check_prefix(self, name: str) -> None:
        """See that a name does not look like a CURIE whose prefix nobody has.

        :raises UnknownName: with the nearest
        """
        prefix = unknown_prefix(name)
        if prefix is None or self._index.has_prefix(prefix.lower()):
            return
        spellings = {spelling: each.prefix for each in prefixes().values() for spelling in each.spellings}
        alike = dict.fromkeys(spellings[spelling] for spelling in nearest(prefix.lower(), spellings))
        raise UnknownName("prefix", prefix, list(alike)[:5])

    def label(self, iri: str) -> str:
        """The preferred label of a thing; the IRI where it has none."""
        return self._index.label(iri) or iri

    def has_kind(self, kind: str) -> bool:
        """Whether anything of a kind has a name."""
        return kind in self._index.kinds()

    def labels(self, kind: str) -> list[str]:
        """The preferred labels of all things of a kind, sorted."""
        return sorted(self._index.labels(kind), key=lambda label: (label.casefold(), label))

    def exact(self, name: str) -> list[str]:
        """The things of any kind that bear a name or an identifier, in any spelling; else those below a term of a
        linked ontology that does."""
        typed = normal(name)
        if not typed:
            return []
        found: dict[str, None] = {}
        kinds = self._index.kinds()
        for kind in kinds:
            if kind not in ("Term", "Journal"):
                found.update(dict.fromkeys(self._index.things(kind, typed)))
        # A journal may be called like the disease that it is on.
        if not found:
            found.update(dict.fromkeys(self._index.things("Journal", typed)))
        found.update(dict.fromkeys(iri for iri, how in self.matches(name) if how in ("exact", *_IDENTIFYING)))
        if found:
            return list(found)
        # A synonym of several terms of an ontology means none of them.
        with suppress(AmbiguousName):
            if below := self.below(name):
                return below
        chosen = [kind for kind in kinds if kind not in _NOT_NEAR]
        return list(dict.fromkeys(iri for kind in chosen for iri in self._loosely(name, kind)))

    def near(self, name: str, kinds: Iterable[str] | None = None) -> list[str]:
        """Up to twenty things with names like this one, the likest first; none where nothing is like it.

        :param kinds: classes of the ontology; all but publications where None
        """
        if identifier(name) or not re.search(r"[^\W\d_]", name):
            return []
        chosen = sorted(set(self._index.kinds()) - _NOT_NEAR if kinds is None else set(kinds))
        near = near_names(name, self._likely(name, chosen))
        found = dict.fromkeys(iri for each in near[:20] for kind in chosen for iri in self._index.things(kind, each))
        return list(found)[:20]

    def search(self, name: str) -> list[str]:
        """The things of any kind that a name means, else up to twenty like it."""
        return self.exact(name) or self.near(name)

    def _of_kind(self, kind: str, things: Iterable[str]) -> list[str]:
        """Those that are of a kind."""
        return [thing for thing in things if kind in self._index.kinds_of(thing)]

    def _likely(self, typed: str, kinds: Iterable[str]) -> set[str]:
        """The names of these kinds that have a word like one that was typed: no others are near."""
        wanted = telling_words(typed)
        if not wanted:
            return set()
        # A long word has the fewest like it.
        alike = words_like(max(wanted, key=len), self._index.words())
        return {name for kind in kinds for word in alike for name in self._index.with_word(kind, word)}

    def _taken(self, typed: str, kind: str) -> _Taken | None:
        """What is taken where nothing is called so: the one thing of ours that `_loosely` fits, else a term of a linked
        ontology.

        :raises AmbiguousName: where several fit
        """
        own = self._loosely(typed, kind)
        if len(own) > 1:
            raise AmbiguousName(_in_words(kind), typed, _few([self.label(iri) for iri in own]))
        if own:
            return _Taken(own, self.label(own[0]))
        if not self._ancestors["names"] or identifier(typed):
            return None
        terms = sorted({term for key in loose_keys(typed) for term in self._terms_by_key.get(key, ())})
        things = self._of_kind(kind, self._below(typed, terms))
        return _Taken(things, self._ancestors["terms"][terms[0]][0]) if things else None

    def _loosely(self, typed: str, kind: str) -> list[str]:
        """The things of a kind whose names differ in signs, plural, spelling or words such as `disease` alone."""
        if identifier(typed):
            return []
        return self._index.loosely(kind, loose_keys(typed))

    def _own_iri(self, typed: str, kind: str) -> str | None:
        path = typed.removeprefix("<").removesuffix(">")
        iri = path if path.startswith(BASE) else BASE + path
        now = self.current(iri)
        if kind not in self._index.kinds_of(now):
            return None
        if now != iri:
            say_replaced(iri, now)
        return now

    def _from_outside(self, typed: str, kind: str) -> str | None:
        """The thing that an outside term maps to: exactly, else the only one that it maps to closely."""
        pairs = [pair for pair in self.matches(typed) if self._of_kind(kind, pair[:1])]
        for match in (*_IDENTIFYING, "exact", "close"):
            things = [iri for iri, how in pairs if how == match]
            if len(things) == 1:
                return things[0]
            if things:
                break
        if pairs:
            raise AmbiguousName(_in_words(kind), typed, [f"{self.label(iri)} ({how} match)" for iri, how in pairs])
        return None

    def identified(self, name: str) -> Identifier | None:
        """What a name is as an identifier of another collection: of those that a code without a prefix may be, the one
        that something is linked to."""
        known = identifier(name)
        asked = ([known] if known else []) + _codes(name.strip())
        return next((each for each in asked if self._index.outside(each.key)), known)

    def _outside(self, typed: str) -> list[tuple[str, str]]:
        """The things that an outside term maps to: as it is typed, else as its collection writes it."""
        pairs = self._index.outside(typed.strip("<>").lower())
        if not pairs and (known := self.identified(typed)):
            return self._index.outside(known.key)
        return pairs

    def _nearest(self, typed: str, kind: str) -> list[str]:
        terms, names = self._ancestors["terms"], self._ancestors["names"]
        labels: list[str] = []
        below = set(self._of_kind(kind, {thing for _, things in terms.values() for thing in things}))
        above = {name for name, keys in names.items() if not below.isdisjoint(terms[keys[0]][1])}
        for name in near_names(typed, self._likely(typed, [kind]) | above):
            if own := self._index.things(kind, name):
                labels += map(self.label, own)
            else:
                labels.append(terms[names[name][0]][0])
        return list(dict.fromkeys(labels))[:5]


def _codes(typed: str) -> list[Identifier]:
    """What a code without a prefix may be, and one of ICD-10 that does not say of which."""
    stated = _ICD10.fullmatch(typed)
    code = (stated[1] if stated else typed).strip().upper()
    owners = [prefix for pattern, prefixes in _BARE if pattern.fullmatch(code) for prefix in prefixes]
    if stated:
        owners = [prefix for prefix in owners if prefix != "MESH"]
    known = [identifier(f"{owner}:{code}") for owner in owners]
    return [each for each in known if each]


def say_replaced(old: str, new: str) -> None:
    """Warn that a thing has another IRI by now than the one that it was asked for by.

    :param old: the IRI that was asked for
    :param new: the one that the thing has
    """
    # The caller of a saved query, as it is shown in Python, is too far away to be told by its line.
    warnings.warn(f"{old.removeprefix(BASE)} is now {new.removeprefix(BASE)}", Replaced, stacklevel=2)


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Up to ten of the names, those most like `name` first.

    :param name: what was typed
    :param names: those that are known
    :returns: none where none is like it
    """
    from rapidfuzz import fuzz, process

    def likeness(typed: str, known: str, **_: object) -> float:
        # A short form such as TEN stands inside of many words: it counts only as a whole.
        return fuzz.ratio(typed, known) if len(known) < len(typed) else fuzz.WRatio(typed, known)

    return [found for found, _, _ in process.extract(name, list(names), scorer=likeness, limit=10, score_cutoff=55)]


def _few(labels: list[str]) -> list[str]:
    return [*labels[:10], f"and {len(labels) - 10} more"] if len(labels) > 10 else labels


def _in_words(kind: str) -> str:
    if kind in _KIND_IN_WORDS:
        return _KIND_IN_WORDS[kind]
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()
