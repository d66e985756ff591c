"""The shapes: good graphs pass, bad ones break what their heads say, no constraint goes unbroken, and Jena agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from pyoxigraph import Triple
from rdflib import RDF, RDFS, SH, Graph, URIRef
from rdflib.term import Node

import jena
from ivig.build.sources import Sources, read
from ivig.build.validation import violations
from ivig.graph_files import graph_files
from ivig.io.rdflib_graph import rdflib_graph
from ivig.io.turtle import read_turtle
from ivig.namespaces import PREFIXES
from jena import Finding, Opinion

ROOT = Path(__file__).parents[1]
FILES = graph_files(ROOT)
FOLDER = ROOT / "tests" / "shapes"

DATA = "data"
"""The graph's own data: by Jena here, by the default engine at each build, by pyshacl with `make reference`."""
GOOD = {f"{path.parent.name}/{path.stem}": path for path in sorted(FOLDER.glob("*/good.ttl"))}
BAD = {f"{path.parent.name}/{path.stem}": path for path in sorted(FOLDER.glob("*/bad-*.ttl"))}
GRAPHS = {DATA: FILES.data} | {name: [path] for name, path in (GOOD | BAD).items()}
TURTLE = [*FILES.ontology, *FILES.data, *FILES.shapes, *sorted(FOLDER.glob("**/*.ttl"))]

BREAKS = "# breaks: "
COMPONENT = "ConstraintComponent"
NOT_CONSTRAINTS = {
    *(RDF.type, SH.targetClass, SH.path, SH.property, SH.ignoredProperties, SH.message),
    *(SH.name, SH.order, SH.group, SH.description),
}


def test_every_shape_has_a_good_graph_and_bad_ones() -> None:
    names = {path.stem for path in FILES.shapes} - {"groups"}
    assert {path.parent.name for path in GOOD.values()} == names
    assert {path.parent.name for path in BAD.values()} == names
    assert {path for path in FOLDER.glob("*/*") if path.is_file()} == {*GOOD.values(), *BAD.values()}


@pytest.mark.parametrize("name", GOOD)
def test_good_graph_conforms(name: str) -> None:
    assert rules(name) == []


def test_the_data_conforms(jena_opinion: Opinion) -> None:
    assert jena_opinion.findings[DATA] == []


@pytest.mark.parametrize("name", BAD)
def test_bad_graph_breaks_what_its_head_says(name: str) -> None:
    lines = BAD[name].read_text(encoding="utf-8").splitlines()
    said = Counter(line.removeprefix(BREAKS) for line in lines if line.startswith(BREAKS))
    found = Counter(rules(name))
    assert said
    assert found == said, f"broken, not said: {_list(found - said)}; said, not broken: {_list(said - found)}"


@pytest.mark.parametrize("name", BAD)
def test_every_violation_has_the_message_of_its_shape(name: str) -> None:
    assert messages(name) == sorted(str(shapes().value(shape, SH.message)) for shape, _ in broken(name))
    assert [message for message in messages(name) if not message.endswith(".")] == []


@pytest.mark.parametrize("name", [name for name in BAD if name.endswith("/bad-bare")])
def test_build_passes_the_messages_on(name: str) -> None:
    told = [violation.message for violation in violations(triples(name), sources().shapes)]
    assert sorted(told) == messages(name)


def test_every_constraint_is_broken_by_some_bad_graph() -> None:
    met = {constraint for name in BAD for constraint in broken(name)}
    missing = [title for constraint, title in constraints() if constraint not in met]
    assert not missing, "broken by no bad graph: " + "; ".join(missing)


@pytest.mark.parametrize("name", GOOD | BAD)
def test_jena_finds_the_same(name: str, jena_opinion: Opinion) -> None:
    assert set(jena_opinion.findings[name]) == set(findings(name))


@pytest.mark.parametrize("path", TURTLE, ids=FILES.name)
def test_jena_parses_without_a_warning(path: Path, jena_opinion: Opinion) -> None:
    assert jena_opinion.refusals[str(path)] == ""


@pytest.fixture(scope="session")
def jena_opinion(tmp_path_factory: pytest.TempPathFactory) -> Opinion:
    ontology = list(FILES.ontology)
    return jena.opinion(ontology, FILES.shapes, GRAPHS, TURTLE, tmp_path_factory.mktemp("jena"))


@cache
def sources() -> Sources:
    return read(FILES)


@cache
def shapes() -> Graph:
    """The shapes. Parsed once, so that a blank node is the same shape in every report."""
    return rdflib_graph(sources().shapes)


def triples(name: str) -> list[Triple]:
    """A graph with what it leads to in the ontology, over any number of steps, and the hierarchy of classes.

    The rest of the ontology is the same for all, and judged with the data.
    """
    own = [triple for path in GRAPHS[name] for triple in read_turtle(path)]
    reached: set[object] = set()
    todo: list[object] = [term for triple in own for term in (triple.subject, triple.object)]
    while todo:
        if (thing := todo.pop()) not in reached:
            reached.add(thing)
            todo += [triple.object for triple in of_ontology().get(thing, ())]
    beside = [t for t in sources().ontology if t.subject in reached or t.predicate.value == str(RDFS.subClassOf)]
    return [*own, *beside]


@cache
def of_ontology() -> dict[object, list[Triple]]:
    """What the ontology says of each of its things."""
    said: dict[object, list[Triple]] = {}
    for triple in sources().ontology:
        said.setdefault(triple.subject, []).append(triple)
    return said


@cache
def report(name: str) -> Graph:
    _, graph, _ = pyshacl.validate(rdflib_graph(triples(name)), shacl_graph=shapes(), inference="none")
    assert isinstance(graph, Graph)
    return graph


def findings(name: str) -> list[Finding]:
    graph = report(name)
    return [
        Finding(
            focus=str(graph.value(result, SH.focusNode)),
            component=str(graph.value(result, SH.sourceConstraintComponent)),
            path=_path(graph.value(result, SH.resultPath)),
        )
        for result in graph.subjects(RDF.type, SH.ValidationResult)
    ]


def rules(name: str) -> list[str]:
    """What the graph breaks, in the words of the heads: one for each violation."""
    return [_title(finding.component, finding.path) for finding in findings(name)]


def messages(name: str) -> list[str]:
    return sorted(str(message) for message in report(name).objects(None, SH.resultMessage))


def broken(name: str) -> list[tuple[Node | None, str]]:
    """Shape and component of every constraint that the graph breaks."""
    graph = report(name)
    return [
        (graph.value(result, SH.sourceShape), str(graph.value(result, SH.sourceConstraintComponent)))
        for result in graph.subjects(RDF.type, SH.ValidationResult)
    ]


def constraints() -> Iterator[tuple[tuple[Node, str], str]]:
    """Shape and component of every constraint, with a title for a reader."""
    for node_shape in sorted(shapes().subjects(RDF.type, SH.NodeShape), key=str):
        for shape in [node_shape, *shapes().objects(node_shape, SH.property)]:
            for parameter in set(shapes().predicates(shape)) - NOT_CONSTRAINTS:
                local = str(parameter).removeprefix(str(SH))
                component = f"{SH}{local[0].upper()}{local[1:]}{COMPONENT}"
                title = _title(component, _path(shapes().value(shape, SH.path)))
                yield (shape, component), f"{title}, in <{node_shape}>"


def _list(rules: Counter[str]) -> str:
    return ", ".join(sorted(rules.elements())) or "nothing"


def _title(component: str, path: str) -> str:
    name = component.removeprefix(str(SH)).removesuffix(COMPONENT)
    return f"{name} on {_short(path)}" if path else name


def _path(path: Node | None) -> str:
    """The property, "a path" where it is more than one, nothing on a node shape: as Finding has it."""
    if path is None:
        return ""
    return str(path) if isinstance(path, URIRef) else "a path"


def _short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
