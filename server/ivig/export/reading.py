"""A subgraph as tables and networks need it: the labels, texts and numbers of its things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ivig.namespaces import NOTATION, PREF_LABEL, RDF_TYPE, RDFS_LABEL, SKOS, TERMS
from ivig.query.results import Value, plain

if TYPE_CHECKING:
    from ivig.export.subgraph import Description

Term = NamedNode | BlankNode | Literal | Triple
EXACT_MATCH = SKOS + "exactMatch"
_CITATION = TERMS + "citation"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def without_control_characters(text: str) -> str:
    r"""The text with a space for every character that neither XML nor a spreadsheet can hold.

    >>> without_control_characters("a\x01b")
    'a b'
    """
    return _NOT_IN_XML.sub(" ", text)


class Reading:
    """Descriptions, read by property. A property is given by its IRI or, where it is ours, by its name."""

    def __init__(self, described: Mapping[str, Description], *, inferred: bool) -> None:
        """
        :param described: what is said of each thing, by IRI
        :param inferred: whether to read what was derived too
        """
        self._described = described
        self._inferred = inferred
        self._read: dict[str, dict[str, list[Term]]] = {}

    def values(self, thing: str, property: str) -> list[Term]:
        """The values of a property, each once.

        :param thing: its IRI
        :param property: its IRI, or its name where it is ours
        :returns: in the order in which they were read; none where nothing is said
        """
        if property == "citation" or property == _CITATION:
            return self._publications(thing)
        return self.of(thing).get(property if ":" in property else TERMS + property, [])

    def _publications(self, statement: str) -> list[Term]:
        """The publications of a statement: given outright, or through a confirmed reference.

        The second are asserted too, a step further on: so they do not depend on whether what was derived is in.
        """
        found = list(self.of(statement).get(_CITATION, []))
        for reference in self.iris(statement, "reference"):
            found += self.values(reference, "resolvesTo")
        return sorted(dict.fromkeys(found), key=str)

    def of(self, thing: str) -> dict[str, list[Term]]:
        """All values of a thing, by the IRI of the property."""
        read = self._read.get(thing)
        if read is None:
            read = self._read[thing] = {}
            description = self._described.get(thing)
            for quad, inferred, _ in description.said if description else ():
                if self._inferred or not inferred:
                    values = read.setdefault(quad.predicate.value, [])
                    if quad.object not in values:
                        values.append(quad.object)
        return read

    def asserted(self, thing: str) -> Iterator[Triple]:
        """The triples that were asserted of a thing."""
        description = self._described.get(thing)
        return (said.quad.triple for said in description.said if not said.inferred) if description else iter(())

    def along(self, thing: str, path: Iterable[str]) -> list[str]:
        """The IRIs at the end of a path of properties.

        :param thing: the IRI of the one that it begins at
        :param path: the properties in order, each by its IRI, or its name where it is ours
        :returns: each once
        """
        things = [thing]
        for property in path:
            things = [iri for one in things for iri in self.iris(one, property)]
        return list(dict.fromkeys(things))

    def iris(self, thing: str, property: str) -> list[str]:
        """The things that a property leads to.

        :param thing: its IRI
        :param property: its IRI, or its name where it is ours
        """
        return [term.value for term in self.values(thing, property) if isinstance(term, NamedNode)]

    def plain(self, thing: str, property: str) -> list[Value]:
        """The values of a property as plain values.

        :param thing: its IRI
        :param property: its IRI, or its name where it is ours
        """
        return [plain(term) for term in self.values(thing, property)]

    def first(self, thing: str, property: str) -> Value:
        """The first of the values of a property; None without any.

        :param thing: its IRI
        :param property: its IRI, or its name where it is ours
        """
        return next(iter(self.plain(thing, property)), None)

    def text(self, thing: str, property: str) -> str:
        """The values of a property in one text, with "; " between.

        :param thing: its IRI
        :param property: its IRI, or its name where it is ours
        """
        return "; ".join(str(value) for value in self.plain(thing, property))

    def label(self, thing: str) -> str:
        """The preferred label of a thing; its CURIE, or else its IRI, where it has none."""
        for property in (PREF_LABEL, RDFS_LABEL, NOTATION):
            for term in self.values(thing, property):
                if isinstance(term, Literal):
                    return term.value
        return thing

    def class_of(self, thing: str) -> str:
        """The name of the class that a thing was given, else of one that was derived; empty for none of ours."""
        given = [triple.object for triple in self.asserted(thing) if triple.predicate.value == RDF_TYPE]
        classes = [term.value for term in (*given, *self.values(thing, RDF_TYPE)) if isinstance(term, NamedNode)]
        return next((iri.removeprefix(TERMS) for iri in classes if iri.startswith(TERMS)), "")

    def curies(self, thing: str, match: str = EXACT_MATCH) -> Iterator[str]:
        """The CURIEs of the terms of other ontologies that mean the same.

        :param thing: the IRI of one of ours
        :param match: the IRI of the property of SKOS that leads to them, where another relation than an exact match is
            meant
        """
        for outside in self.iris(thing, match):
            yield from (str(notation) for notation in self.plain(outside, NOTATION))
