"""`/resolve/…`: an outside identifier to what it means here, as JSON, or on to the thing itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from ivig.errors import AmbiguousName
from ivig.query.resolve import Meaning, meanings
from ivig.web.addresses import local_path, url
from ivig.web.negotiation import GRAPH_TYPES, accepted, chosen_format
from ivig.web.served import Here
from ivig.web.templating import SearchHit

_TYPES = {"json": "application/json"} | GRAPH_TYPES
_BEST = ("ivig:pmid", "ivig:doi", "ivig:pmcid", "skos:exactMatch", "skos:closeMatch")

router = APIRouter(tags=["identifiers"])


@router.get("/resolve/{curie:path}", summary="What an outside identifier means here", operation_id="resolve")
def resolve(
    here: Here, request: Request, curie: Annotated[str, Path(examples=["MONDO:0016218", "PMID:15674654"])]
) -> Response:
    """The things that are linked to the identifier, each with the predicate and the statements on it.

    A browser, and whoever wants triples, is sent on to the thing where it is clear which is meant.
    """
    named = request.query_params.get("format")
    format_name = chosen_format(_TYPES, accepted(request), named, html=True)
    found = meanings(here.graph, curie)
    headers = {"Vary": "Accept"}
    if format_name == "json":
        return JSONResponse([meaning._asdict() for meaning in found], headers=headers)
    if thing := _meant(found):
        place = url(request, local_path(thing)) + (f"?format={format_name}" if named else "")
        return RedirectResponse(place, status_code=303, headers=headers)
    if format_name != "html":
        raise AmbiguousName("identifier", curie, [f"{each.thing_label} ({each.predicate})" for each in found])
    hits = {"linked": [SearchHit(each.thing, each.thing_label, how=each.predicate) for each in found]}
    return here.pages.page(request, "find.html", name=curie, hits=hits, how=True)


def _meant(found: list[Meaning]) -> str | None:
    """The one thing that an identifier leads to: exactly, else closely. A broader or a related one is not meant."""
    for predicate in _BEST:
        things = [meaning.thing for meaning in found if meaning.predicate == predicate]
        if things:
            return things[0] if len(things) == 1 else None
    return None
