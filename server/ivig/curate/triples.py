"""Triples in the making: things with their properties, written in the words of our ontology."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Triple

from ivig.namespaces import BASE, PREF_LABEL, PREFIXES, RDF_TYPE, TERMS

Block = set[Triple]
"""The triples of one thing."""

_XSD = PREFIXES["xsd"]
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

        :param name: of the property: one of ours, or with a prefix, such as `skos:broader`
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

    def text(self, name: str, text: str | None) -> None:
        """Say something in English.

        :param name: of the property, as for `link`
        :param text: nothing is said where it is None or empty
        """
        if text:
            self._add(name, Literal(text, language="en"))

    def code(self, name: str, text: str | None) -> None:
        """Say something that is in no language: an identifier, a name of a person.

        :param name: of the property, as for `link`
        :param text: nothing is said where it is None or empty
        """
        if text:
            self._add(name, Literal(text))

    def number(self, name: str, number: int | None) -> None:
        """Say a whole number.

        :param name: of the property, as for `link`
        :param number: nothing is said where it is None
        """
        if number is not None:
            self._add(name, Literal(str(number), datatype=NamedNode(_XSD + "integer")))

    def decimal(self, name: str, number: float | None) -> None:
        """Say a decimal number, as it was given.

        :param name: of the property, as for `link`
        :param number: nothing is said where it is None
        """
        if number is not None:
            text = f"{Decimal(str(number)):f}"
            self._add(name, Literal(text if "." in text else f"{text}.0", datatype=NamedNode(_XSD + "decimal")))

    def decimals(self, name: str, ends: tuple[float | None, float | None] | None) -> None:
        """Say the lowest and the highest of a range.

        :param name: what the names of the two properties begin with; they end in `Min` and `Max`
        :param ends: lowest and highest; nothing is said of one that is None
        """
        for bound, number in zip(("Min", "Max"), ends or (), strict=False):
            self.decimal(name + bound, number)

    def day(self, name: str, day: date | None) -> None:
        """Say a day.

        :param name: of the property, as for `link`
        :param day: nothing is said where it is None
        """
        if day is not None:
            self._add(name, Literal(day.isoformat(), datatype=NamedNode(_XSD + "date")))

    def yes_or_no(self, name: str, value: bool | None) -> None:
        """Say yes or no.

        :param name: of the property, as for `link`
        :param value: nothing is said where it is None
        """
        if value is not None:
            self._add(name, Literal("true" if value else "false", datatype=NamedNode(_XSD + "boolean")))

    def label(self, text: str) -> None:
        """Give it its preferred label, its name."""
        self.name = text
        self.block.add(Triple(NamedNode(self.iri), NamedNode(PREF_LABEL), Literal(text, language="en")))

    def _add(self, name: str, value: NamedNode | Literal) -> None:
        self.block.add(Triple(NamedNode(self.iri), NamedNode(_expanded(name)), value))


def slug(text: str) -> str:
    """A readable name for an IRI.

    >>> slug("Guillain-Barré syndrome (acute)")
    'guillain-barre-syndrome-acute'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT_OUT))
    ascii_only = plain.encode("ascii", "ignore").decode().lower().replace("%", " percent ")
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def _expanded(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else TERMS + name
