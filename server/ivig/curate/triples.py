"""Triples in the making: things with their properties, written in the words of our ontology."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Triple

from ivig.model.schema import schema
from ivig.namespaces import BASE, PREF_LABEL, PREFIXES, RDF_TYPE, TERMS

Block = set[Triple]
"""The triples of one thing."""

_LANG_STRING, _DECIMAL = PREFIXES["rdf"] + "langString", PREFIXES["xsd"] + "decimal"
_SPELT_OUT = str.maketrans(
    {"γ": "gamma", "β": "beta", "κ": "kappa", "ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ı": "i", "œ": "oe", "Œ": "Oe"}
)
"""Letters that have no plain one inside."""


class Thing:
    """One thing: its IRI and what is said of it. What is None or empty is not said."""

    def __init__(self, path: str, *classes: str) -> None:
        """
        :param path: of its IRI, such as `condition/gout`
        :param classes: that it is of: names of ours, or with a prefix, such as `skos:Concept`
        """
        self.iri = BASE + path
        self.name = path
        self.block: Block = set()
        for name in classes:
            self.block.add(Triple(NamedNode(self.iri), NamedNode(RDF_TYPE), NamedNode(_expanded(name))))

    def says(self, name: str) -> bool:
        """Whether anything is said of it in these words."""
        return any(triple.predicate.value == _expanded(name) for triple in self.block)

    def link(self, name: str, iri: str | None) -> None:
        """Say that it is related to another thing, given by its IRI.

        :param name: of the property: one of ours, or with a prefix, such as `skos:broader`, or its IRI
        :param iri: of the other thing; nothing is said where it is None or empty
        """
        if iri:
            self._add(name, NamedNode(iri))

    def unlink(self, name: str, iri: str) -> None:
        """Say no longer that it is related to another thing, where that was said.

        :param name: of the property, as for `link`
        :param iri: of the other thing
        """
        self.block.discard(Triple(NamedNode(self.iri), NamedNode(_expanded(name)), NamedNode(iri)))

    def say(self, name: str, value: str | float | date | None) -> None:
        """Say what is no link: text, an identifier, a number, a day, yes or no, in the datatype of the property.

        :param name: of the property, as for `link`; its shape tells the datatype
        :param value: nothing is said where it is None or empty
        """
        if value not in (None, ""):
            self._add(name, _literal(value, schema().datatypes[_expanded(name)]))

    def label(self, text: str) -> None:
        """Give it its preferred label, its name."""
        self.name = text
        self.block.add(Triple(NamedNode(self.iri), NamedNode(PREF_LABEL), Literal(text, language="en")))

    def _add(self, name: str, value: NamedNode | Literal) -> None:
        self.block.add(Triple(NamedNode(self.iri), NamedNode(_expanded(name)), value))


def links(block: Block, *names: str) -> set[str]:
    """The IRIs that a block leads to by some properties.

    :param block: the triples of a thing
    :param names: of the properties, as for `Thing.link`
    """
    wanted = set(map(_expanded, names))
    return {t.object.value for t in block if t.predicate.value in wanted and isinstance(t.object, NamedNode)}


def slug(text: str) -> str:
    """A readable name for an IRI.

    >>> slug("Guillain-Barré syndrome (acute)")
    'guillain-barre-syndrome-acute'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT_OUT))
    ascii_only = plain.encode("ascii", "ignore").decode().lower().replace("%", " percent ")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def _literal(value: object, datatype: str) -> Literal:
    """A value as a literal: words in English, a decimal number as it was given."""
    if datatype == _LANG_STRING:
        return Literal(str(value), language="en")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if datatype == _DECIMAL:
        text = f"{Decimal(text):f}"
        text = text if "." in text else f"{text}.0"
    return Literal(text, datatype=NamedNode(datatype))


def _expanded(name: str) -> str:
    if "://" in name:
        return name
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else TERMS + name
