"""The ontology as rules: what lets the reasoner conclude what. An axiom of a kind that it does not know is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, NamedNode

from ivig.build.graph import Graph, Term, above, sub_class_of, type_
from ivig.build.literals import KNOWN_DATATYPES, XSD
from ivig.errors import BadInput
from ivig.namespaces import BASE, PREFIXES, RDFS_LABEL

Property = NamedNode
Turned = tuple[Property, bool]
"""A property, and whether it is meant from object to subject."""

_RDF, _RDFS, _OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
_RESERVED = (_RDF, _RDFS, _OWL)
_LABEL = NamedNode(RDFS_LABEL)


def _owl(name: str) -> NamedNode:
    return NamedNode(_OWL + name)


def _rdfs(name: str) -> NamedNode:
    return NamedNode(_RDFS + name)


_AXIOMS = {sub_class_of, _rdfs("subPropertyOf"), _rdfs("domain"), _rdfs("range"),
           *map(_owl, ("inverseOf", "propertyChainAxiom", "propertyDisjointWith", "disjointWith", "members",
                       "onProperty", "hasValue"))}  # fmt: skip
_ANNOTATIONS = {
    *map(_rdfs, ("label", "comment", "seeAlso", "isDefinedBy")),
    *map(_owl, ("versionInfo", "versionIRI", "imports", "deprecated")),
}
_PLUMBING = {NamedNode(_RDF + name) for name in ("type", "first", "rest")}
_KNOWN_PROPERTIES = _AXIOMS | _ANNOTATIONS | _PLUMBING

_KNOWN_CLASSES = {*map(_owl, ("Ontology", "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty",
                              "FunctionalProperty", "SymmetricProperty", "TransitiveProperty", "Restriction",
                              "AllDisjointClasses"))}  # fmt: skip

# What OWL 2 RL knows of datatypes: a whole number is a decimal one, and no value is of two of the others.
_SUB_DATATYPES = [(NamedNode(XSD + "integer"), NamedNode(XSD + "decimal"))]
_DISJOINT_DATATYPES = [NamedNode(XSD + name) for name in ("boolean", "decimal", "double", "float", "string")]


@dataclass
class Rules:
    """What follows from what.

    implied: a property to those that hold wherever it holds, itself included; chains_from: a property to pairs of the
    one that continues it and the one that both together give; chains_to: the same by the continuing property; above: a
    class to those that it is under, itself included; domains, ranges: a property to the classes of its subjects and
    objects; having: a property and a value to the classes of what has it; functional: properties that take one value;
    apart: pairs of properties that never hold together; disjoint: lists of classes of which a thing is in one at most.
    """

    implied: dict[Property, list[Turned]] = field(default_factory=dict)
    chains_from: dict[Property, list[tuple[Property, Property]]] = field(default_factory=dict)
    chains_to: dict[Property, list[tuple[Property, Property]]] = field(default_factory=dict)
    above: dict[Term, frozenset[Term]] = field(default_factory=dict)
    domains: dict[Property, set[Term]] = field(default_factory=dict)
    ranges: dict[Property, set[Term]] = field(default_factory=dict)
    having: dict[Property, dict[Term, set[Term]]] = field(default_factory=dict)
    functional: list[Property] = field(default_factory=list)
    apart: list[tuple[Property, Property]] = field(default_factory=list)
    disjoint: list[list[NamedNode]] = field(default_factory=list)

    def up(self, classes: Iterable[Term]) -> set[Term]:
        """These classes and all that they are under."""
        return {higher for class_ in classes for higher in self.above.get(class_, (class_,))}


def rules(graph: Graph) -> Rules:
    """The rules that the axioms of a graph come to.

    Raises BadInput, naming it, where the graph has an axiom that the reasoner does not implement: what it would be
    silent on must not look like what does not follow.
    """
    _refuse_unknown(graph)
    found = Rules(functional=[_property(p) for p in _all(graph, "FunctionalProperty")])
    _classes(graph, found)
    _properties(graph, found)
    return found


def _refuse_unknown(graph: Graph) -> None:
    for subject, properties in graph.subjects.items():
        for predicate in properties:
            if predicate not in _KNOWN_PROPERTIES and predicate.value.startswith(_RESERVED):
                raise _refusal(predicate, subject)
        for class_ in properties.get(type_, ()):
            if class_ not in _KNOWN_CLASSES and (
                not isinstance(class_, NamedNode) or class_.value.startswith(_RESERVED)
            ):
                raise _refusal(class_, subject)
    for property in _all(graph, "FunctionalProperty"):
        # That two values are one is said of things; of two texts it would be false.
        if _owl("DatatypeProperty") in graph.values(property, type_):
            raise BadInput(f"{name(property)} takes text or numbers: that it takes one is for sh:maxCount 1 in shapes/")


def _refusal(term: Term, subject: Term) -> BadInput:
    return BadInput(
        f"{name(subject)}: {name(term)} is beyond the reasoner; say it otherwise, "
        "or give server/ivig/build/axioms.py and closure.py the rule for it"
    )


def _classes(graph: Graph, found: Rules) -> None:
    having = [
        (restriction, _property(property), value)
        for restriction, value in graph.pairs(_owl("hasValue"))
        for property in graph.values(restriction, _owl("onProperty"))
    ]
    restrictions = {restriction for restriction, _, _ in having}
    below = [(lower, _class(higher)) for lower, higher in graph.pairs(sub_class_of)]
    found.above = above(
        [*_SUB_DATATYPES, *((_class(lower), higher) for lower, higher in below if lower not in restrictions)]
    )
    for restriction, property, value in having:
        classes = found.up(higher for lower, higher in below if lower == restriction)
        found.having.setdefault(property, {}).setdefault(value, set()).update(classes)
    found.disjoint = [
        _DISJOINT_DATATYPES,
        *([_class(one), _class(other)] for one, other in graph.pairs(_owl("disjointWith"))),
        *([_class(class_) for class_ in graph.members(head)] for _, head in graph.pairs(_owl("members"))),
    ]


def _properties(graph: Graph, found: Rules) -> None:
    direct: list[tuple[Turned, Turned]] = []
    for lower, higher in _property_pairs(graph, _rdfs("subPropertyOf")):
        direct += [((lower, turned), (higher, turned)) for turned in (False, True)]
    symmetric = [(_property(p), _property(p)) for p in _all(graph, "SymmetricProperty")]
    for one, other in [*_property_pairs(graph, _owl("inverseOf")), *symmetric]:
        direct += [((one, turned), (other, not turned)) for turned in (False, True)]
        direct += [((other, turned), (one, not turned)) for turned in (False, True)]
    chains = [(_property(p), [_property(p)] * 2) for p in _all(graph, "TransitiveProperty")]
    for result, head in graph.pairs(_owl("propertyChainAxiom")):
        chains.append((_property(result), [_property(p) for p in graph.members(head)]))
    for result, chain in chains:
        if len(chain) != 2:
            raise BadInput(f"{name(result)}: the reasoner follows a chain of two properties, not of {len(chain)}")
        before, after = chain
        found.chains_from.setdefault(before, []).append((after, result))
        found.chains_to.setdefault(after, []).append((before, result))
    for axiom, classes in ((_rdfs("domain"), found.domains), (_rdfs("range"), found.ranges)):
        for property, class_ in graph.pairs(axiom):
            classes.setdefault(_property(property), set()).update(found.up([_class(class_)]))
    found.apart = list(_property_pairs(graph, _owl("propertyDisjointWith")))

    mentioned = {*found.domains, *found.ranges, *found.having, *found.functional, *found.chains_from, *found.chains_to}
    mentioned.update(result for result, _ in chains)
    mentioned.update(property for pair in found.apart for property in pair)
    mentioned.update(property for pair in direct for property, _ in pair)
    implied = above(direct)
    found.implied = {property: list(implied.get((property, False), [(property, False)])) for property in mentioned}


def _all(graph: Graph, class_: str) -> list[Term]:
    return [thing for thing, its_class in graph.pairs(type_) if its_class == _owl(class_)]


def _property_pairs(graph: Graph, axiom: NamedNode) -> Iterable[tuple[Property, Property]]:
    return ((_property(one), _property(other)) for one, other in graph.pairs(axiom))


def _property(term: Term) -> Property:
    if not isinstance(term, NamedNode) or (term != _LABEL and term.value.startswith(_RESERVED)):
        raise BadInput(
            f"the reasoner takes no axiom on {name(term)} as a property, only on properties with a name "
            "that are not RDF's or OWL's own"
        )
    return term


def _class(term: Term) -> NamedNode:
    known_datatype = isinstance(term, NamedNode) and term.value in KNOWN_DATATYPES
    if not isinstance(term, NamedNode) or (not known_datatype and term.value.startswith((*_RESERVED, XSD))):
        raise BadInput(
            f"the reasoner takes no axiom on {name(term)} as a class, only on classes with a name, "
            "and on restrictions to a value where they stand below a class"
        )
    return term


def name(term: Term) -> str:
    """How messages call a term.

    >>> name(NamedNode(BASE + "condition/gout")), name(NamedNode(PREFIXES["ivig"] + "kind"))
    ('condition/gout', 'ivig:kind')
    """
    if isinstance(term, BlankNode):
        return "a blank node"
    if not isinstance(term, NamedNode):
        return str(term)
    for prefix, namespace in PREFIXES.items():
        if term.value.startswith(namespace):
            return f"{prefix}:{term.value.removeprefix(namespace)}"
    return term.value.removeprefix(BASE)
