"""What the reference libraries say, in our own words: owlrl of what follows, pyshacl of what breaks the shapes.

And a part of the real graph that they get through in seconds: on all of it each takes a quarter of a minute or more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import owlrl
import pyshacl
from owlrl.Namespaces import ERRNS
from pyoxigraph import NamedNode, Triple
from rdflib import OWL, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, URIRef

from ivig.build.reason import about_our_things
from ivig.build.sources import Sources
from ivig.build.validate import Violation
from ivig.io.rdflib_graph import ox_triple, rdflib_graph
from ivig.namespaces import BASE, RDF_TYPE, TERMS

ANNOTATIONS = (SKOS.definition, SKOS.example, SKOS.altLabel, SKOS.inScheme, RDFS.label, RDFS.isDefinedBy)
"""Nothing follows from these, and owlrl goes over each again and again."""


def part(sources: Sources, every: int) -> Sources:
    """The real graph with one statement out of so many, and all that these lead to."""
    said: dict[object, list[Triple]] = {}
    for triple in sources.data:
        said.setdefault(triple.subject, []).append(triple)
    statement = NamedNode(TERMS + "Statement")
    statements = sorted(str(t.subject) for t in sources.data if t.predicate.value == RDF_TYPE and t.object == statement)
    todo: list[object] = [NamedNode(name.strip("<>")) for name in statements[::every]]
    kept: dict[Triple, None] = {}
    while todo:
        triples = said.pop(todo.pop(), [])
        kept.update(dict.fromkeys(triples))
        todo += [triple.object for triple in triples]
    return replace(sources, data=list(kept))


def owlrl_says(sources: Sources) -> tuple[set[Triple], list[str]]:
    """What follows about things of ours that were not said, and the contradictions, by owlrl."""
    closure = rdflib_graph([*sources.ontology, *sources.data])
    # It looks at the datatype of a text only where that is written out.
    for subject, predicate, text in list(closure):
        if isinstance(text, Literal) and text.datatype is None and text.language is None:
            closure.remove((subject, predicate, text))
            closure.add((subject, predicate, Literal(text, datatype=XSD.string)))
    asserted = {ox_triple(*triple) for triple in closure}
    for annotation in ANNOTATIONS:
        closure.remove((None, annotation, None))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, datatype_axioms=True).expand(closure)
    triples = {ox_triple(*triple) for triple in closure} - asserted
    return {triple for triple in triples if triple and about_our_things(triple)}, _contradictions(closure)


def _contradictions(closure: Graph) -> list[str]:
    """What owlrl calls an error, and every two things that it takes for one."""
    errors = [str(message) for error in closure.subjects(RDF.type, ERRNS.ErrorMessage)
              for message in closure.objects(error, ERRNS.error)]  # fmt: skip
    return errors + [
        f"{one} is {other}"
        for one, other in closure.subject_objects(OWL.sameAs)
        if isinstance(one, URIRef) and isinstance(other, URIRef) and one < other
    ]


def pyshacl_says(data: Iterable[Triple], shapes: Iterable[Triple]) -> list[Violation]:
    """Every violation of the shapes by the data, by pyshacl, sorted by thing."""
    _, report, _ = pyshacl.validate(rdflib_graph(data), shacl_graph=rdflib_graph(shapes), inference="none")
    assert isinstance(report, Graph)
    return sorted(_violation(report, result) for result in report.subjects(SH.focusNode, None))


def _violation(report: Graph, result: object) -> Violation:
    def said(property: URIRef) -> object:
        return report.value(result, property)

    path, value, thing = said(SH.resultPath), said(SH.value), str(said(SH.focusNode))
    component = str(said(SH.sourceConstraintComponent)).removeprefix(str(SH)).removesuffix("ConstraintComponent")
    return Violation(
        thing=thing,
        rule=f"{component} on {_short(path)}" if isinstance(path, URIRef) else component,
        message=str(said(SH.resultMessage)),
        value="" if value is None or str(value) == thing else _short(value),
        file="",
    )


def _short(term: object) -> str:
    if not isinstance(term, URIRef):
        return f'"{term}"@{term.language}' if isinstance(term, Literal) and term.language else str(term)
    iri = str(term)
    return f"ivig:{iri.removeprefix(TERMS)}" if iri.startswith(TERMS) else f"<{iri.removeprefix(BASE)}>"
