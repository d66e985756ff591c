"""The network around one thing, one step far: as a page with picture and table, as SVG, and for Cytoscape."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ivig.errors import NotThere
from ivig.export.plots import Tie, network as network_picture, svg_text
from ivig.namespaces import BASE
from ivig.query import Graph
from ivig.query.results import Value
from ivig.query.wording import sign_of
from ivig.web.addresses import local_path, url
from ivig.web.served import Here

_MOST_NODES = 60
_KINDS = ("mechanism", "outcome", "body", "adverse event", "condition")

router = APIRouter(tags=["network"])


@router.get("/network", include_in_schema=False)
def network(here: Here, request: Request, thing: str = "condition/guillain-barre-syndrome", kind: str = "") -> Response:
    """The page: the picture where scripts run, the same as a table for everybody."""
    iri = _iri(here.graph, thing)
    rows = _neighbours(here.graph, iri)
    kinds = [each for each in _KINDS if any(row["kind"] == each for row in rows)]
    shown = _nearest([row for row in rows if kind in ("", row["kind"])])
    values: dict[str, Any] = {"iri": iri, "label": here.graph.names.label(iri), "kinds": kinds, "kind": kind}
    left_out = len({row["neighbour"] for row in rows if kind in ("", row["kind"])}) - len(
        {row["neighbour"] for row in shown}
    )
    picture = network_picture(values["label"], _ties(shown), lambda each: url(request, local_path(each)))
    return here.pages.page(request, "network.html", rows=shown, left_out=left_out, picture=picture, **values)


@router.get("/network.cyjs", summary="The network around one thing, for Cytoscape", operation_id="network")
def cytoscape(here: Here, request: Request, thing: str, kind: str = "") -> Response:
    """One step from a condition, mechanism, outcome, body or harm, in the JSON of Cytoscape.js.

    An edge says what the statements say and how many evidence lines do.
    """
    iri = _iri(here.graph, thing)
    rows = _nearest([row for row in _neighbours(here.graph, iri) if kind in ("", row["kind"])])
    nodes = {iri: _node(request, iri, here.graph.names.label(iri), iri.removeprefix(BASE).partition("/")[0])}
    for row in rows:
        neighbour = str(row["neighbour"])
        nodes[neighbour] = _node(request, neighbour, str(row["neighbour_label"]), str(row["kind"]))
    edges = [_edge(number, iri, row) for number, row in enumerate(rows)]
    document = {
        "data": {"name": nodes[iri]["data"]["label"]},
        "elements": {"nodes": list(nodes.values()), "edges": edges},
    }
    return JSONResponse(document)


@router.get("/network.svg", summary="The network around one thing, as a picture", response_class=Response)
def picture(here: Here, request: Request, thing: str, kind: str = "") -> Response:
    """One step around a thing, as SVG. Its links lead to this server."""
    iri = _iri(here.graph, thing)
    rows = _nearest([row for row in _neighbours(here.graph, iri) if kind in ("", row["kind"])])
    address, label = here.address(request), here.graph.names.label(iri)
    drawn = network_picture(label, _ties(rows), lambda each: address + local_path(each)[1:])
    headers = {"Content-Disposition": 'inline; filename="ivig-network.svg"'}
    return Response(svg_text(drawn), media_type="image/svg+xml", headers=headers)


def _ties(rows: list[dict[str, Value]]) -> list[Tie]:
    return [
        Tie(str(r["neighbour"]), str(r["neighbour_label"]), str(r["kind"]), str(r["relation"]), int(str(r["lines"])))
        for r in rows
    ]


def _node(request: Request, iri: str, label: str, kind: str) -> dict[str, Any]:
    return {"data": {"id": iri, "label": label, "kind": kind, "href": url(request, local_path(iri))}}


def _edge(number: int, iri: str, row: dict[str, Value]) -> dict[str, Any]:
    sign = sign_of(row["relation"])
    said = {"relation": row["relation"], "lines": row["lines"], "tone": sign.tone, "sign": sign.sign}
    return {"data": {"id": f"e{number}", "source": iri, "target": str(row["neighbour"]), **said}}


def _iri(graph: Graph, thing: str) -> str:
    """The IRI of a thing by its path.

    :raises NotThere: where there is none
    """
    iri = thing if thing.startswith(BASE) else BASE + thing
    if graph.names.label(iri) == iri:
        raise NotThere(f"there is nothing at <{iri}>")
    return iri


def _neighbours(graph: Graph, iri: str) -> list[dict[str, Value]]:
    return graph.about("neighbours-of-thing", iri).rows


def _nearest(rows: list[dict[str, Value]]) -> list[dict[str, Value]]:
    """The rows of the neighbours that most is said of, as many as a picture holds."""
    kept: dict[Value, None] = {}
    for row in rows:
        if len(kept) < _MOST_NODES:
            kept.setdefault(row["neighbour"])
    return [row for row in rows if row["neighbour"] in kept]
