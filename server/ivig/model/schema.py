"""The schema, read once from `ontology/` and `shapes/`: what a thing of a class may say, and in which order.

Columns, record fields, the spreadsheet template, the canonical order of data files, forms and documents are made from
it, so that a property is described in one place: its meaning in the ontology (`skos:definition`, `skos:example`), its
name, place, type and how to fill it in the shape of its class (`sh:name`, `sh:order`, `sh:group`, `sh:description`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, parse

from ivig.graph_files import GraphFiles, graph_files
from ivig.namespaces import PREF_LABEL, PREFIXES, RDF_TYPE, RDFS_LABEL, SKOS, TERMS

_SH = "http://www.w3.org/ns/shacl#"
_Term = NamedNode | BlankNode


@dataclass(frozen=True)
class Property:
    """What a thing of a class may say by one property.

    :param iri: of the property
    :param name: in columns, records and forms (snake case)
    :param order: its place among the properties of the class
    :param group: the heading that it stands under, empty for none
    :param class_: the class of its values, empty for text and numbers
    :param datatype: the IRI of the datatype of its values, empty for links
    :param required: whether a thing has to have a value of it
    :param repeatable: whether it takes several values
    :param definition: what it means, by the ontology
    :param example: of a value, by the ontology
    :param note: how to fill it, by the shape
    """

    iri: str
    name: str
    order: int
    group: str
    class_: str
    datatype: str
    required: bool
    repeatable: bool
    definition: str
    example: str
    note: str

    @property
    def description(self) -> str:
        """What it means and how to fill it, in one line."""
        return " ".join(text for text in (self.definition, self.note) if text)


class Schema:
    """The properties of every class, and the terms of every vocabulary."""

    def __init__(self, files: GraphFiles) -> None:
        """
        :param files: the graph whose ontology and shapes to read
        :raises SyntaxError: where one of them does not parse
        """
        self._store = Store()
        for path in [*files.ontology, *files.shapes]:
            self._store.extend(parse(path=str(path), format=RdfFormat.TURTLE))
        self._properties: dict[str, list[Property]] = {}
        for shape in self._subjects(f"{_SH}targetClass"):
            class_ = self._value(shape, f"{_SH}targetClass")
            for node in self._objects(shape, f"{_SH}property"):
                if isinstance(node, _Term) and (found := self._property(node)):
                    self._properties.setdefault(class_, []).append(found)
        for properties in self._properties.values():
            properties.sort(key=lambda each: each.order)

    @property
    def classes(self) -> list[str]:
        """The classes that a shape is for, by their names in the ontology."""
        return [class_.removeprefix(TERMS) for class_ in self._properties]

    def properties(self, class_: str) -> list[Property]:
        """What a thing of a class may say, in order.

        :param class_: the class, by its name in the ontology
        :returns: its properties; none where no shape is for the class

        >>> [each.name for each in schema().properties("Body")][:2]
        ['label', 'synonym']
        """
        return self._properties.get(TERMS + class_, [])

    def property(self, class_: str, name: str) -> Property:
        """One property of a class, by its name in columns and records.

        :param class_: the name of a class of the ontology, such as `Effect`
        :param name: in snake case, as columns and records have it
        :raises KeyError: where the class has none of that name

        >>> schema().property("Effect", "ci_low").definition
        'Lower limit of the 95% confidence interval.'
        """
        return next(each for each in self.properties(class_) if each.name == name)

    def named(self, name: str) -> list[Property]:
        """The properties of this name, of whatever class.

        :param name: in snake case, as columns and records have it

        >>> {each.class_.removeprefix(TERMS) for each in schema().named("line")}
        {'TherapyLine'}
        """
        return [each for properties in self._properties.values() for each in properties if each.name == name]

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of every property that a shape names, by its IRI: the order of canonical files."""
        return {each.iri: each.order for properties in self._properties.values() for each in properties}

    @cached_property
    def names(self) -> dict[str, str]:
        """What every property that a shape names is called, by its IRI."""
        return {each.iri: each.name for properties in self._properties.values() for each in properties}

    @cached_property
    def datatypes(self) -> dict[str, str]:
        """The datatype of the values of every property that a shape names, by its IRI; empty for links."""
        return {each.iri: each.datatype for properties in self._properties.values() for each in properties}

    @cached_property
    def vocabularies(self) -> frozenset[str]:
        """The classes whose members are terms of a vocabulary, by their names in the ontology.

        >>> "Direction" in schema().vocabularies, "Condition" in schema().vocabularies
        (True, False)
        """
        classes = self._subjects(f"{PREFIXES['rdfs']}subClassOf", f"{TERMS}Term")
        return frozenset(each.value.removeprefix(TERMS) for each in classes)

    def terms(self, class_: str) -> list[str]:
        """The preferred labels of a vocabulary, in the order of their IRIs.

        >>> schema().terms("Intent")
        ['prevent', 'replace', 'treat']
        """
        things = sorted(thing.value for thing in self._subjects(RDF_TYPE, TERMS + class_))
        return [self._value(NamedNode(thing), PREF_LABEL) for thing in things]

    def label(self, iri: str) -> str:
        """What a class, property or group is called; empty where it has no label."""
        return self._value(NamedNode(iri), RDFS_LABEL)

    def _property(self, node: _Term) -> Property | None:
        path = self._value(node, f"{_SH}path")
        if not (name := self._value(node, f"{_SH}name")):
            return None
        group = self._value(node, f"{_SH}group")
        datatype = self._value(node, f"{_SH}datatype")
        return Property(
            iri=path,
            name=name,
            order=int(self._value(node, f"{_SH}order")),
            group=self.label(group) if group else "",
            class_=self._value(node, f"{_SH}class"),
            datatype=datatype or ("" if self._value(node, f"{_SH}nodeKind") else self._default_datatype(node)),
            required=bool(self._value(node, f"{_SH}minCount")),
            repeatable=self._value(node, f"{_SH}maxCount") != "1",
            definition=self._value(NamedNode(path), f"{SKOS}definition"),
            example=self._value(NamedNode(path), f"{SKOS}example"),
            note=self._value(node, f"{_SH}description"),
        )

    def _default_datatype(self, node: _Term) -> str:
        if self._value(node, f"{_SH}class"):
            return ""
        return PREFIXES["rdf"] + "langString" if self._value(node, f"{_SH}languageIn") else PREFIXES["xsd"] + "string"

    def _subjects(self, predicate: str, object: str | None = None) -> list[_Term]:
        target = NamedNode(object) if object else None
        quads = self._store.quads_for_pattern(None, NamedNode(predicate), target, None)
        return list(dict.fromkeys(quad.subject for quad in quads if isinstance(quad.subject, _Term)))

    def _objects(self, subject: _Term, predicate: str) -> Iterable[object]:
        for quad in self._store.quads_for_pattern(subject, NamedNode(predicate), None, None):
            yield quad.object

    def _value(self, subject: _Term, predicate: str) -> str:
        values = self._objects(subject, predicate)
        return next((value.value for value in values if isinstance(value, NamedNode | Literal)), "")


@cache
def schema(files: GraphFiles | None = None) -> Schema:
    """The schema of a graph; where none is given, of the one that this package came with."""
    return Schema(files or graph_files())
