"""Every IRI of the graph under this server's host: as Turtle, as JSON-LD, and as a page."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pyoxigraph import NamedNode

from ivig.errors import NotThere
from ivig.export.description import schema_org_of_condition
from ivig.namespaces import BASE, INFERRED_GRAPH, ONTOLOGY_GRAPH, PREF_LABEL, RDF_TYPE, RDFS_LABEL, TERMS
from ivig.query import Answer, Dataset, Graph
from ivig.query.results import result_bytes
from ivig.web.negotiation import GRAPH_TYPES, chosen_format, content_type
from ivig.web.pages import Cell, Pages, Table, answer_table, cell

_SUFFIXES = {".ttl": "turtle", ".nt": "ntriples", ".rdf": "rdfxml", ".jsonld": "jsonld", ".html": "html"}
_FACETS = (
    ("Evidence", "evidence-for-condition"),
    ("Mechanisms", "mechanisms-for-condition"),
    ("Recommendations", "recommendations"),
    ("Licences", "regulatory-status"),
    ("Doses and schedules", "regimens"),
    ("Links to other ontologies", "external-links"),
)
_NOT_SHOWN = {PREF_LABEL, RDFS_LABEL, TERMS + "finding"}
_OUTSIDE_NAMES = {
    "altLabel": "also called",
    "broaderTransitive": "all broader",
    "narrowerTransitive": "all narrower",
    "exactMatch": "the same elsewhere",
    "closeMatch": "nearly the same elsewhere",
    "broadMatch": "broader elsewhere",
    "narrowMatch": "narrower elsewhere",
    "relatedMatch": "related elsewhere",
    "inScheme": "vocabulary",
}


class Fact(NamedTuple):
    """A property of a thing with its values, and whether all of it was inferred."""

    name: Cell
    values: list[Cell]
    inferred: bool


class Facet(NamedTuple):
    """A saved query asked of one condition."""

    title: str
    query: str
    table: Table


def resource_routes(graph: Graph, pages: Pages) -> APIRouter:
    """The routes of resources. They come last: whatever is nothing else is a thing of the graph, or not there."""
    router = APIRouter()

    def graph_document(iri: str, format_name: str) -> bytes:
        return result_bytes(graph.engine.ask(graph.internal["graph"].text, Dataset(default=(iri,))), format_name)

    def thing_document(iri: str, format_name: str) -> bytes:
        if not len(graph.about("about-thing", iri)):
            raise NotThere(f"there is nothing at <{iri}>")
        described = graph.internal["describe-thing"].bind_things("thing", [iri])
        return result_bytes(graph.engine.ask(described), format_name)

    def thing_page(iri: str) -> Response:
        about = graph.about("about-thing", iri)
        if not len(about):
            raise NotThere(f"there is nothing at <{iri}>")
        kinds = [kind(row["value"], row["value_label"]) for row in about if row["predicate"] == RDF_TYPE]
        is_condition = any(row["value"] == TERMS + "Condition" for row in about if row["predicate"] == RDF_TYPE)
        label = next((row["value"] for row in about if row["predicate"] == PREF_LABEL), iri)
        return pages.page(
            "thing.html",
            iri=iri,
            label=label,
            dataset=schema_org_of_condition(iri, str(label)) if is_condition else None,
            kinds=[cell for cell in kinds if cell is not None],
            finding=next((row["value"] for row in about if row["predicate"] == TERMS + "finding"), None),
            facts=facts(about),
            mentions=mentions(graph.about("mentions-of-thing", iri)),
            facets=facets(iri) if is_condition else [],
            verdicts=graph.about("verdicts-of-thing", iri).rows if is_condition else None,
        )

    def kind(value: object, label: object) -> Cell | None:
        return (
            cell(value, label)
            if isinstance(value, str) and value.startswith(TERMS) and isinstance(label, str)
            else None
        )

    def facets(iri: str) -> list[Facet]:
        found = []
        for title, name in _FACETS:
            rows_of = graph.query(name, condition=iri)
            # What is the same in every row is this page's own subject.
            only_this = all(row.get("condition", iri) == iri for row in rows_of)
            wanted = [c for c in graph.queries[name].table if c != "thing" and not (c == "condition" and only_this)]
            table = answer_table(rows_of, wanted)
            if table.rows:
                found.append(Facet(title, name, table))
        return found

    def ontology_page() -> Response:
        return pages.page("ontology.html", terms=graph.about("ontology-terms").rows, prefix=TERMS)

    @router.get("/{path:path}", include_in_schema=False)
    async def resource(request: Request, path: str) -> Response:
        iri, suffix = _iri(path)
        named = suffix or request.query_params.get("format")
        format_name = chosen_format(GRAPH_TYPES, request.headers.get("accept"), named, html=True)
        headers = {"Vary": "Accept"}
        if iri == BASE + "ontology":
            iri = ONTOLOGY_GRAPH
        if iri in graph.release.manifest["graphs"] and (format_name != "html" or iri != ONTOLOGY_GRAPH):
            # A graph has no page of its own but the ontology's: what is large is taken away as data.
            format_name = "turtle" if format_name == "html" else format_name
            body = await run_in_threadpool(graph_document, iri, format_name)
            return Response(body, media_type=content_type(GRAPH_TYPES[format_name]), headers=headers)
        if format_name == "html":
            page = await run_in_threadpool(ontology_page if iri == ONTOLOGY_GRAPH else lambda: thing_page(iri))
            page.headers.update(headers)
            return page
        body = await run_in_threadpool(thing_document, iri, format_name)
        return Response(body, media_type=content_type(GRAPH_TYPES[format_name]), headers=headers)

    return router


def facts(about: Answer) -> list[Fact]:
    """What is said of a thing, a property at a time; the asserted properties first."""
    grouped: dict[str, tuple[Cell, dict[Cell, None], set[object]]] = {}
    for row in about:
        predicate = str(row["predicate"])
        if predicate in _NOT_SHOWN or predicate == RDF_TYPE:
            continue
        local_name = predicate.rpartition("/")[2].rpartition("#")[2]
        name = cell(predicate, row["predicate_label"] or _OUTSIDE_NAMES.get(local_name, local_name))
        group = grouped.setdefault(predicate, (name, {}, set()))
        group[1][cell(row["value"], row["value_label"])] = None
        group[2].add(row["graph"])
    found = [Fact(name, list(values), graphs == {INFERRED_GRAPH}) for name, values, graphs in grouped.values()]
    return sorted(found, key=lambda fact: fact.inferred)


def mentions(answer: Answer) -> Table:
    """What points at a thing."""
    return Table(
        ["thing", "as its"],
        [
            [cell(row["subject"], row["subject_label"]), cell(row["predicate"], row["predicate_label"])]
            for row in answer
        ],
    )


def _iri(path: str) -> tuple[str, str | None]:
    """The IRI of ours that a path stands for, and the format that its ending names."""
    suffix = next((suffix for suffix in _SUFFIXES if path.endswith(suffix)), "")
    try:
        iri = NamedNode(BASE + path.removesuffix(suffix)).value
    except ValueError as error:
        raise NotThere("there is nothing at this address: it makes no IRI") from error
    return iri, _SUFFIXES.get(suffix)
