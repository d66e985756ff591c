"""Search: as a page, as JSON, and as suggestions while one types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from ivig.query.search import Hit
from ivig.query.wording import sign_of
from ivig.web import condition
from ivig.web.addresses import local_path, url
from ivig.web.negotiation import accepted, chosen_format
from ivig.web.served import Here, Served
from ivig.web.templating import SearchHit

_LONGEST_NAME = 300
_MOST = 60
_SUGGESTED = 9
_SUGGESTED_KINDS = ("condition", "mechanism", "adverse event", "outcome", "treatment", "study", "body", "citation")
_BESIDE_A_CONDITION = 4
"""How many suggestions of another kind stand below conditions."""

router = APIRouter(tags=["search"])


@router.get("/find", summary="The thing of a name", response_class=HTMLResponse)
def find(here: Here, request: Request, name: str = "") -> Response:
    """Leads to the thing where one is called so, else to what was found."""
    typed = name.strip()[:_LONGEST_NAME]
    exact = here.graph.names.exact(typed)
    if len(exact) == 1:
        return RedirectResponse(url(request, local_path(exact[0])), status_code=303)
    return _page(here, request, typed)


@router.get("/search", summary="What bears a name, or says something of it", response_class=Response)
def search(
    here: Here,
    request: Request,
    text: Annotated[str, Query(description="Words; between quotation marks a phrase.", max_length=_LONGEST_NAME)],
    kind: Annotated[list[str] | None, Query(description="Only things of these kinds, such as condition.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 20,
) -> Response:
    """Names first, conditions before all else; then findings, populations, titles and authors."""
    named = request.query_params.get("format")
    if chosen_format({"json": "application/json"}, accepted(request), named, html=True) == "html":
        return _page(here, request, text, kind)
    hits = [hit.as_dict() for hit in here.graph.search(text, kind, limit)]
    return JSONResponse(hits, headers={"Vary": "Accept"})


@router.get("/suggest", include_in_schema=False)
def suggest(here: Here, request: Request, q: str = "", kind: str = "", of: str = "") -> Response:
    """A few things that what is typed may become: conditions first, with their verdict."""
    typed = q.strip()[:_LONGEST_NAME]
    # Forms of questions name a class, such as AdverseEvent.
    kind = kind or re.sub(r"(?<!^)([A-Z])", r" \1", of).lower()
    wanted = (kind,) if kind else _SUGGESTED_KINDS
    hits = [hit for hit in here.graph.search(typed, limit=_MOST) if hit.kind in wanted] if typed else []
    conditions = [hit for hit in hits if hit.kind == "condition"]
    others = [hit for hit in hits if hit.kind != "condition"]
    left = _SUGGESTED - min(len(others), _BESIDE_A_CONDITION)
    chosen = (conditions[:left] + others)[:_SUGGESTED]
    verdicts = _verdicts(here, chosen)
    return JSONResponse([_suggestion(request, hit, verdicts.get(hit.iri, "")) for hit in chosen])


def _suggestion(request: Request, hit: Hit, verdict: str) -> dict[str, Any]:
    shown = {"label": hit.label, "kind": hit.kind, "href": url(request, local_path(hit.iri))}
    return {**shown, "verdict": verdict, **sign_of(verdict)._asdict()} if verdict else shown


def _verdicts(here: Served, hits: Iterable[Hit]) -> dict[str, str]:
    """The verdicts on the conditions among hits."""
    found = here.verdicts_on(hit.iri for hit in hits if hit.kind == "condition")
    return {str(iri): str(rows[0]["verdict"]) for iri, rows in found.items()}


def _sources(here: Served, hits: Iterable[Hit]) -> dict[str, str]:
    """Where statements among hits stand, for many say the same of one disease: a publication, what a body said in a
    year, a source document, a site of the web."""
    found = condition.in_short(here.graph, (hit.iri for hit in hits if hit.kind == "statement"))
    cited = here.pages.references(row["citation"] for row in found.values())
    return {
        iri: reference.name
        if (reference := cited.get(str(row["citation"])))
        else " ".join(str(row[name]) for name in ("body_label", "year") if row[name])
        or str(row["source_label"] or urlsplit(str(row["page"] or "")).hostname or "")
        for iri, row in found.items()
    }


def _page(here: Served, request: Request, text: str, kinds: Iterable[str] | None = None) -> Response:
    grouped: dict[str, list[SearchHit]] = {}
    hits = here.graph.search(text, kinds, _MOST) if text else []
    verdicts, sources = _verdicts(here, hits), _sources(here, hits)
    for hit in hits:
        told = any(marked for _, marked in hit.pieces) and "".join(piece for piece, _ in hit.pieces) != hit.label
        found = SearchHit(
            hit.iri,
            hit.label,
            verdicts.get(hit.iri, ""),
            pieces=hit.pieces if told else (),
            source=sources.get(hit.iri, ""),
        )
        grouped.setdefault(hit.kind, []).append(found)
    return here.pages.page(request, "find.html", name=text, hits=grouped, how=False)
