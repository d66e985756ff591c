"""Pictures as files: the map of the evidence, and the forest plots of a condition."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ivig.errors import NotThere
from ivig.export.plots import evidence_map, forest_plot, forests_of, marks_of, png, svg_text
from ivig.web.addresses import local_path
from ivig.web.served import Here

router = APIRouter(prefix="/pictures", tags=["pictures"])

_SVG = "image/svg+xml"
_PNG = "image/png"


@router.get("/evidence-map.{ending}", summary="The map of the evidence, as SVG or PNG", response_class=Response)
def map_of_the_evidence(here: Here, request: Request, ending: str) -> Response:
    """Fields of medicine against verdicts, a mark a condition. Its links lead to this server."""
    address = here.address(request)
    picture = svg_text(evidence_map(marks_of(here.graph), lambda thing: address + local_path(thing)[1:]))
    return _file(picture, "evidence-map", ending)


@router.get("/forest.{ending}", summary="A forest plot of a condition, as SVG or PNG", response_class=Response)
def forest(here: Here, request: Request, ending: str, condition: str, number: int = 1) -> Response:
    """One of the forest plots of a condition, numbered as on its page: the fullest is 1."""
    address = here.address(request)
    found = forests_of(here.graph, condition)
    if not 1 <= number <= len(found):
        there = f"there are {len(found)}" if found else "no outcome has two effects of the same measure"
        raise NotThere(f"no forest plot {number} for {condition}: {there}")
    picture = forest_plot(found[number - 1], lambda thing: address + local_path(thing)[1:])
    return _file(svg_text(picture), "forest", ending)


def _file(picture: str, name: str, ending: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="ivig-{name}.{ending}"'}
    if ending == "svg":
        return Response(picture, media_type=_SVG, headers=headers)
    if ending == "png":
        return Response(png(picture), media_type=_PNG, headers=headers)
    raise NotThere(f"pictures come as svg and as png, not as {ending}")
