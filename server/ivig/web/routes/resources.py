"""Every IRI of the graph under this server's host: as Turtle, as JSON-LD, and as a page."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pyoxigraph import NamedNode

from ivig.errors import NotThere
from ivig.export.description import schema_org_of_condition
from ivig.export.ontology import ontology_document
from ivig.namespaces import BASE, INFERRED_GRAPH, ONTOLOGY_GRAPH, PREF_LABEL, RDF_TYPE, RDFS_LABEL, TERMS
from ivig.query import Answer, Dataset, Graph
from ivig.query.results import result_bytes
from ivig.web.addresses import local_path, url
from ivig.web.negotiation import GRAPH_TYPES, accepted, chosen_format, content_type
from ivig.web.pages import Cell, Table, answer_table, cell
from ivig.web.served import Here, Served

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


router = APIRouter()


@router.get("/ontology.owl", include_in_schema=False)
def ontology_for_editors(here: Here) -> Response:
    """The ontology with its vocabularies in RDF/XML, as ontology editors open it."""
    return Response(ontology_document(here.graph.files, "xml"), media_type="application/rdf+xml")


@router.get("/{path:path}", include_in_schema=False)
def resource(here: Here, request: Request, path: str) -> Response:
    """A thing, a graph, or the ontology."""
    iri, suffix = _iri(path)
    if (now := here.graph.names.current(iri)) != iri:
        ending = path.removeprefix(iri.removeprefix(BASE))
        asked = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(url(request, local_path(now)) + ending + asked, status_code=301)
    named = suffix or request.query_params.get("format")
    format_name = chosen_format(GRAPH_TYPES, accepted(request), named, html=True)
    if iri == BASE + "ontology":
        iri = ONTOLOGY_GRAPH
    is_graph = iri in here.graph.release.manifest["graphs"]
    if format_name == "html" and iri == ONTOLOGY_GRAPH:
        terms = here.graph.about("ontology-terms").rows
        return here.pages.page(request, "ontology.html", terms=terms, prefix=TERMS)
    if format_name == "html" and not is_graph:
        return _thing_page(here, request, iri)
    # A graph has no page of its own but the ontology's: what is large comes as data.
    format_name = "turtle" if format_name == "html" else format_name
    body = (_graph_document if is_graph else _thing_document)(here.graph, iri, format_name)
    return Response(body, media_type=content_type(GRAPH_TYPES[format_name]), headers={"Vary": "Accept"})


def _graph_document(graph: Graph, iri: str, format_name: str) -> bytes:
    return result_bytes(graph.engine.ask(graph.internal["graph"].text, Dataset(default=(iri,))), format_name)


def _thing_document(graph: Graph, iri: str, format_name: str) -> bytes:
    _about(graph, iri)
    return result_bytes(graph.engine.ask(graph.internal["describe-thing"].bind_things("thing", [iri])), format_name)


def _about(graph: Graph, iri: str) -> Answer:
    about = graph.about("about-thing", iri)
    if not len(about):
        raise NotThere(f"there is nothing at <{iri}>")
    return about


def _thing_page(here: Served, request: Request, iri: str) -> Response:
    graph, about = here.graph, _about(here.graph, iri)
    types = [row for row in about if row["predicate"] == RDF_TYPE]
    is_condition = any(row["value"] == TERMS + "Condition" for row in types)
    label = next((row["value"] for row in about if row["predicate"] == PREF_LABEL), iri)
    return here.pages.page(
        request,
        "thing.html",
        iri=iri,
        label=label,
        dataset=schema_org_of_condition(iri, str(label)) if is_condition else None,
        kinds=[
            cell(row["value"], row["value_label"])
            for row in types
            if str(row["value"]).startswith(TERMS) and row["value_label"] is not None
        ],
        finding=next((row["value"] for row in about if row["predicate"] == TERMS + "finding"), None),
        facts=facts(about),
        mentions=mentions(graph.about("mentions-of-thing", iri)),
        facets=_facets(graph, iri) if is_condition else [],
        verdicts=graph.about("verdicts-of-thing", iri).rows if is_condition else None,
    )


def _facets(graph: Graph, iri: str) -> list[Facet]:
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
        group[1][cell(row["value"], row["value_label"], local_name)] = None
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
