"""Materialization: what the data and the ontology entail by OWL 2 RL.

`reasonable` does what one triple entails; what takes two triples, property chains and transitive properties, is one
query over the whole store. Both in turn until nothing is new, each round over what the last one added. owlrl, the
reference, takes all of it at once.

An axiom beyond that is refused: what an engine is silent on must not look like what does not follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, Store, Triple, serialize

from ivig.build.consistency import inconsistencies
from ivig.build.queries import Term, refuse, store_of, triples
from ivig.build.sources import Sources
from ivig.errors import InvalidGraph
from ivig.io.turtle import in_graph
from ivig.namespaces import INFERRED_GRAPH

_LITERAL = "urn:ivig:literal:"
_ALL, _NEW = DefaultGraph(), NamedNode(INFERRED_GRAPH)


class Contradiction(InvalidGraph):
    """A graph contradicts itself.

    found: the thing and the rule in words, of each contradiction.
    """

    def __init__(self, found: Iterable[tuple[str, str]], stands_in: Mapping[str, str]) -> None:
        self.found = list(found)
        files = (f"{stands_in[thing]}: " if thing in stands_in else "" for thing, _ in self.found)
        # Two things may break one rule in the same words.
        lines = sorted({f"  {file}{told}" for file, (_, told) in zip(files, self.found, strict=True)})
        super().__init__("the graph contradicts itself:\n" + "\n".join(lines))


def infer(sources: Sources, *, reference: bool = False) -> list[Triple]:
    """The new triples about our own things: what `inferred.rq` picks from all that is entailed.

    :param reference: reason by owlrl, the reference engine
    :raises InvalidGraph: with every inconsistency, where the graph contradicts itself
    :raises BadInput: where the ontology has an axiom that the engine does not take
    """
    store = store_of([*sources.ontology, *sources.data])
    refuse(store, "axioms-beyond-the-engine.rq", "ontology")
    errors = _by_owlrl(store) if reference else _by_reasonable(store)
    # What the reference calls an error says less than the queries do, and is told where they are silent.
    if found := inconsistencies(store) or [("", error) for error in errors]:
        raise Contradiction(found, sources.stands_in)
    return triples(store, "inferred.rq")


def _by_reasonable(store: Store) -> list[str]:
    axioms = triples(store, "axioms.rq")
    new = [quad.triple for quad in store]
    while new:
        _add(store, _entailed(axioms, new))
        new = _add(store, triples(store, "entailment-chains.rq"))
    return []


def _add(store: Store, entailed: Sequence[Triple]) -> list[Triple]:
    """Add triples to a store; those that it did not have."""
    new = [triple for triple in entailed if in_graph(triple, _ALL) not in store]
    store.bulk_extend(in_graph(triple, graph) for triple in new for graph in (_ALL, _NEW))
    return new


def _entailed(axioms: Sequence[Triple], said: Sequence[Triple]) -> list[Triple]:
    """What follows from single triples, with subjects that are no literals."""
    from rdflib import URIRef
    from reasonable import PyReasoner

    # rdflib, in whose terms the engine answers, writes numbers anew and complains of ill-formed ones: literals go by
    # names, in the axioms as in the data, and come back as they were.
    names: dict[Literal, str] = {}

    def named(term: Term) -> Term:
        return NamedNode(names.setdefault(term, f"{_LITERAL}{len(names)}")) if isinstance(term, Literal) else term

    given = [Triple(t.subject, t.predicate, named(t.object)) for t in [*axioms, *said]]
    reasoner = PyReasoner()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "said.ttl"
        serialize(given, output=str(path), format=RdfFormat.N_TRIPLES)
        reasoner.load_file(str(path))
    literals = {name: literal for literal, name in names.items()}
    known = {tuple(map(_text, triple)) for triple in given}
    entailed = []
    for terms in reasoner.reason():
        # A blank node, which only an axiom has, is nothing that anybody could ask for.
        if not all(isinstance(term, URIRef) for term in terms):
            continue
        # As plain text: a term of rdflib equals no text of the same characters.
        texts = tuple(map(str, terms))
        subject, predicate, object_ = texts
        if subject not in literals and texts not in known:
            value = literals.get(object_) or NamedNode(object_)
            entailed.append(Triple(NamedNode(subject), NamedNode(predicate), value))
    return entailed


def _text(term: Term) -> str:
    assert not isinstance(term, Triple)
    return term.value


def _by_owlrl(store: Store) -> list[str]:
    # Loading takes most of a second, which only those who ask for the reference wait for.
    import owlrl
    from owlrl.Namespaces import ERRNS
    from rdflib import OWL, RDF, XSD, Literal as RdfLiteral, URIRef

    from ivig.io.rdflib_graph import ox_triples, rdflib_graph

    closure = rdflib_graph(quad.triple for quad in store)
    # owlrl looks at the datatype of a text only where it is written out.
    for subject, predicate, text in list(closure):
        if isinstance(text, RdfLiteral) and text.datatype is None and text.language is None:
            closure.remove((subject, predicate, text))
            closure.add((subject, predicate, RdfLiteral(text, datatype=XSD.string)))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, datatype_axioms=True).expand(closure)
    _add(store, list(ox_triples(closure)))
    errors = closure.subjects(RDF.type, ERRNS.ErrorMessage)
    told = [str(message) for error in errors for message in closure.objects(error, ERRNS.error)]
    # Two values of a functional property are to OWL no error but one thing; no two of ours are.
    same = closure.subject_objects(OWL.sameAs)
    told += [
        f"{one} is {other}"
        for one, other in same
        if isinstance(one, URIRef) and isinstance(other, URIRef) and one < other
    ]
    return sorted(told)
