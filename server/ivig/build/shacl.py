"""The engines of SHACL: pyrudof in chunks of the data, side by side; pyshacl, the reference, over all of it at once.

Both give a `sh:ValidationReport`, and what is read out of it is the same for both. Three things are made equal, since
the engines differ on them or the standard leaves them open:

- the form of a literal, which either engine looks at for some datatypes only, is looked at by `ill-formed-values.rq`;
- a bound (`sh:minInclusive`, `sh:lessThan` …) is told only where all that it compares is of its datatype: a value of
  another kind has no order, and breaks its datatype, which is what there is to mend;
- what the two do not do alike is refused by `shapes-beyond-the-engine.rq`, and ill-formed shapes by the W3C's shapes
  for shapes graphs, which pyshacl comes with.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from ivig.build.chunks import is_full, remembered, sorted_ntriples
from ivig.build.queries import Term, refuse, rows, short, store_of
from ivig.errors import BadInput
from ivig.io.turtle import read_turtle
from ivig.namespaces import PREFIXES, RDF_TYPE

SH = "http://www.w3.org/ns/shacl#"
_CHUNK = 3000
"""Things in a chunk at most: pyrudof then takes some 500 MB, whatever the size of the graph."""
_WORKER = Path(__file__).with_name("shacl_worker.py")

_SHAPE = "urn:ivig:shape:"
_BOUNDS = {
    f"{SH}{name}ConstraintComponent" for name in ("MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive")
}
_PAIRS = {f"{SH}{name}ConstraintComponent" for name in ("LessThan", "LessThanOrEquals")}
_DATATYPE = NamedNode(SH + "DatatypeConstraintComponent")
_SUB_CLASS_OF = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_TRUTH = {"1": "true", "0": "false"}


class Result(NamedTuple):
    """One result of validation.

    :param thing: the focus node
    :param component: the constraint component, an IRI
    :param path: the property whose value breaks the rule; None where it is several or none
    :param shape: the shape that has the rule
    :param value: None where something is missing, or where all values together break the rule
    :param message: how to mend it, as the shape says
    """

    thing: NamedNode | BlankNode
    component: NamedNode
    path: NamedNode | None
    shape: NamedNode | BlankNode
    value: Term | None
    message: str


Said = dict[str, Any]
"""What a report says of a result, by the name of the property: terms."""


def results(data: Iterable[Triple], shapes: Iterable[Triple], *, reference: bool = False) -> list[Result]:
    """Everything in which the data breaks the shapes, each result once for each time that it is found.

    :param data: what is validated, with the classes of its ontology
    :param reference: validate by pyshacl
    :raises BadInput: where a shape is ill-formed, or says what the engine does not take
    """
    data = list(data)
    if any(isinstance(term, Triple) for triple in data for term in (triple.subject, triple.object)):
        raise BadInput("a triple about a triple: the graph has no use for it")
    known = _known(tuple(dict.fromkeys(shapes)))
    if not data or not known.triples:
        # pyrudof takes nothing for no document.
        _check(_ill_formed(known.document) if known.triples else ())
        return []
    report = _by_pyshacl(data, known) if reference else _by_pyrudof(data, known)
    found = [known.result(said) for said in report]
    told = {(result.thing, result.shape, result.value) for result in found if result.component == _DATATYPE}
    for row in rows(store_of([*known.triples, *data]), "ill-formed-values.rq"):
        said = {"focusNode": row["thing"], "sourceShape": row["shape"], "value": row["value"]}
        ill_formed = known.result({**said, "sourceConstraintComponent": _DATATYPE})
        if (ill_formed.thing, ill_formed.shape, ill_formed.value) not in told:
            found.append(ill_formed)
    return list(known.ordered(found))


class _Shapes:
    """The shapes, checked, with a name for each, so that a report can say which one was broken.

    triples: the shapes with these names; named: such a name to the blank node that it is for.
    """

    def __init__(self, given: Sequence[Triple]) -> None:
        refuse(store_of(given), "shapes-beyond-the-engine.rq", "shapes")
        # The nodes of lists and paths keep theirs: a named path would be a property.
        others: set[Term] = {t.subject for t in given if t.predicate.value == PREFIXES["rdf"] + "first"}
        others |= {t.object for t in given if t.predicate.value == SH + "path"}
        blanks = dict.fromkeys(t.subject for t in given if isinstance(t.subject, BlankNode) and t.subject not in others)
        names: dict[Any, NamedNode] = {blank: NamedNode(f"{_SHAPE}{number}") for number, blank in enumerate(blanks)}
        self.named: dict[Any, Any] = {name: blank for blank, name in names.items()}
        self.triples = [
            Triple(names.get(t.subject, t.subject), t.predicate, names.get(t.object, t.object)) for t in given
        ]
        self.document = sorted_ntriples(self.triples)
        self._said: dict[tuple[object, str], list[Any]] = {}
        for triple in self.triples:
            if triple.predicate.value.startswith(SH):
                local = triple.predicate.value.removeprefix(SH)
                self._said.setdefault((triple.subject, local), []).append(triple.object)

    def result(self, said: Said) -> Result:
        """A result out of what a report says of it."""
        shape: Any = said["sourceShape"]
        component = said["sourceConstraintComponent"]
        path = said.get("resultPath") or next(iter(self._said.get((shape, "path"), ())), None)
        messages = self._said.get((shape, "message"), ())
        value = said.get("value")
        if isinstance(value, Literal) and value.datatype.value == PREFIXES["xsd"] + "boolean":
            # pyrudof gives a truth value back by its name, whatever was written.
            value = Literal(_TRUTH.get(value.value, value.value), datatype=value.datatype)
        return Result(
            thing=said["focusNode"],
            component=component,
            path=path if isinstance(path, NamedNode) else None,
            shape=self.named.get(shape, shape),
            value=value,
            message=messages[0].value if messages else "",
        )

    def ordered(self, found: Sequence[Result]) -> Iterator[Result]:
        """The results without those on the order of what has none."""
        ill_kinded = {(result.thing, result.path) for result in found if result.component == _DATATYPE}
        ill_valued = {(result.thing, result.path, result.value) for result in found if result.component == _DATATYPE}
        names: dict[Any, NamedNode] = {blank: name for name, blank in self.named.items()}
        for result in found:
            if result.component.value in _BOUNDS | _PAIRS and (result.thing, result.path, result.value) in ill_valued:
                continue
            if result.component.value in _PAIRS:
                shape = names.get(result.shape, result.shape)
                compared = [*self._said.get((shape, "lessThan"), ()), *self._said.get((shape, "lessThanOrEquals"), ())]
                if any((result.thing, other) in ill_kinded for other in compared):
                    continue
            yield result


@lru_cache(1)
def _known(shapes: tuple[Triple, ...]) -> _Shapes:
    """The shapes, checked once for all groups that a process validates."""
    return _Shapes(shapes)


@cache
def _ill_formed(document: str) -> tuple[str, ...]:
    """What shapes break of SHACL-SHACL, the W3C's shapes for every shapes graph, which pyshacl comes with."""
    spec = find_spec("pyshacl")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).with_name("assets") / "shacl-shacl.ttl"
    rules = sorted_ntriples(read_turtle(path))
    broken = [
        f"shapes: {short(said['focusNode'])}: sh:{_local(said.get('resultPath'))} is not what SHACL takes"
        + (f": {short(said['value'])}" if "value" in said else "")
        for said in _reported(_run(document, rules))
        if isinstance(said.get("resultPath"), NamedNode)
    ]
    return tuple(dict.fromkeys(broken))


def _check(ill_formed: Iterable[str]) -> None:
    if found := "\n".join(ill_formed):
        raise BadInput(found)


def _by_pyrudof(data: Sequence[Triple], shapes: _Shapes) -> Iterator[Said]:
    chunks = list(_chunks(data))
    # Processes, for the engine holds Python's lock while it validates; a thread waits for each.
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        ill_formed = pool.submit(_ill_formed, shapes.document)
        reports = [pool.submit(_run, sorted_ntriples(chunk), shapes.document) for _, chunk in chunks]
        _check(ill_formed.result())
        for (own, _), report in zip(chunks, reports, strict=True):
            yield from (said for said in _reported(report.result()) if own is None or said["focusNode"] in own)


def _run(data: str, shapes: str) -> list[Triple]:
    report = remembered(lambda: _asked(data, shapes), data, shapes, version("pyrudof"))
    return [quad.triple for quad in parse(report, format=RdfFormat.N_TRIPLES)]


def _asked(data: str, shapes: str) -> bytes:
    done = subprocess.run(
        # Not even the folder of the program is searched for modules: some have the names of others.
        [sys.executable, "-P", str(_WORKER)],
        input=json.dumps({"data": data, "shapes": shapes}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.strip().rpartition("\n")[2]
        answer = {"error": f"it ended with {done.returncode}: {last}"}
    if "error" in answer:
        raise BadInput(f"shapes: pyrudof does not take them: {answer['error']}")
    return str(answer["report"]).encode()


def _chunks(data: Sequence[Triple]) -> Iterator[tuple[set[object] | None, list[Triple]]]:
    """The data in chunks, each with the things that it is there to judge; None where it is the only one.

    A chunk has all that its things lead to, over any number of steps, and the hierarchy of classes: nothing else bears
    on a shape whose paths lead from a thing to its values.
    """
    said: dict[object, list[Triple]] = {}
    for triple in data:
        said.setdefault(triple.subject, []).append(triple)
    # The name of a blank node does not come back from the engine.
    if len(said) <= _CHUNK or any(isinstance(subject, BlankNode) and _is_thing(said[subject]) for subject in said):
        yield None, list(data)
        return
    hierarchy = [triple for triple in data if triple.predicate == _SUB_CLASS_OF]
    mentioned = {triple.object for triple in data if triple.predicate != _SUB_CLASS_OF}
    judged: set[object] = set()
    reached: set[object] = set()
    chunk: list[Triple] = []
    # What nothing mentions comes first: all else comes with it.
    for start in sorted(said, key=lambda subject: (subject in mentioned, str(subject))):
        if start in judged or start in reached:
            continue
        todo = [start]
        reached.add(start)
        while todo:
            triples = said[todo.pop()]
            chunk += triples
            new = {t.object for t in triples if t.predicate != _SUB_CLASS_OF and t.object in said} - reached
            reached |= new
            todo += new
        if is_full(len(reached), _CHUNK, str(start)):
            yield reached - judged, [*chunk, *hierarchy]
            judged |= reached
            reached, chunk = set(), []
    if chunk:
        yield reached - judged, [*chunk, *hierarchy]


def _is_thing(triples: Iterable[Triple]) -> bool:
    """Whether a node is of a class of things, not merely a restriction or a list of the ontology."""
    owl = PREFIXES["owl"]
    return any(t.predicate.value == RDF_TYPE and not str(t.object).startswith(f"<{owl}") for t in triples)


def _by_pyshacl(data: Iterable[Triple], shapes: _Shapes) -> Iterator[Said]:
    # Loading takes most of a second, which only those who ask for the reference wait for.
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph

    from ivig.io.rdflib_graph import ox_triples, rdflib_graph

    _check(_ill_formed(shapes.document))
    try:
        _, report, _ = pyshacl.validate(
            rdflib_graph(data), shacl_graph=rdflib_graph(shapes.triples), inference="none", inplace=True
        )
    except (ReportableRuntimeError, re.error) as error:
        raise BadInput(f"shapes: pyshacl does not take them: {error}") from error
    except (TypeError, ValueError) as error:
        raise BadInput(f"pyshacl ends where a value has no order; mend what pyrudof tells: {error}") from error
    assert isinstance(report, Graph)
    return _reported(ox_triples(report))


def _reported(report: Iterable[Triple]) -> Iterator[Said]:
    """What a report says of each of its results, by the name of the property; details of a result are none of it."""
    said: dict[object, Said] = {}
    listed: dict[object, None] = {}
    for triple in report:
        if triple.predicate.value == SH + "result":
            listed[triple.object] = None
        else:
            said.setdefault(triple.subject, {})[_local(triple.predicate)] = triple.object
    return (said[result] for result in listed)


def _local(iri: Term | None) -> str:
    return iri.value.rpartition("#")[2] if isinstance(iri, NamedNode) else ""
