"""The pages that belong to no query and no thing: the first one, lists, comparisons, and the description of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse

from ivig.errors import AmbiguousName, BadInput, UnknownName
from ivig.export.description import schema_org
from ivig.export.plots import evidence_map, marks_of
from ivig.namespaces import BASE
from ivig.query.results import Value
from ivig.query.wording import sign_of
from ivig.web import condition, overview
from ivig.web.addresses import local_path, url
from ivig.web.assets import STATIC
from ivig.web.served import Here, Served
from ivig.web.templating import POLICY, page_of

# The API browser sets style attributes; nothing of a visitor's is shown on its page.
_DOCS_POLICY = POLICY.format(more_style=" 'unsafe-inline'")
_MOST_COMPARED = 4
_ROWS = 100
_KINDS_IN_SITEMAP = (
    "condition",
    "mechanism",
    "body",
    "source",
    "adverse-event",
    "outcome",
    "study-type",
    "citation",
    "journal",
)

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(here: Here, request: Request) -> Response:
    """The two questions of the source documents answered, search, figures, the map of the evidence, and lists."""
    address, marks = here.address(request), marks_of(here.graph)
    return here.pages.page(
        request,
        "home.html",
        dataset=schema_org(here.graph, address),
        address=address,
        autoimmune=overview.autoimmune(here),
        answers=overview.answers(here.overview),
        contested=overview.contested(here.overview),
        gaps=here.graph.query("uncontrolled-only").rows,
        disagreements=overview.by_condition(here.disagreements),
        newest=overview.newest(here),
        news=here.news,
        fields=sorted({mark.row for mark in marks}),
        map=evidence_map(marks, lambda thing: url(request, local_path(thing))),
    )


@router.get("/conditions")
def conditions(
    here: Here,
    request: Request,
    field: str = "",
    verdict: str = "",
    strength: str = "",
    sort: str = "",
    name: str = "",
    page: str = "1",
    view: str = "",
) -> Response:
    """The conditions with their verdicts, filtered, sorted, by field of medicine; as a list or as a map."""
    rows = overview.conditions(here)
    fields = sorted({str(row["group_label"]) for row in rows})
    shown = [
        row
        for row in rows
        if field in ("", row["group_label"])
        and (not verdict or sign_of(row["verdict"]).tone == verdict)
        and strength in ("", row["strength"])
        and name.casefold() in str(row["condition_label"]).casefold()
    ]
    shown.sort(key=lambda row: overview.order(row, sort))
    asked = {"field": field, "verdict": verdict, "strength": strength, "sort": sort, "name": name}
    there = {row["condition"] for row in shown}
    marks = [mark for mark in marks_of(here.graph) if mark.condition in there] if view == "map" else []
    order = sort if sort in ("participants", "name") else "strength"
    picture = evidence_map(marks, lambda thing: url(request, local_path(thing)), order=order) if marks else None
    first = _ROWS * (page_of(page) - 1)
    first = first if first < len(shown) else 0
    values: dict[str, Any] = {
        "picture": picture,
        "view": view,
        "found": len(shown),
        "first": first,
        "total": len(rows),
        "fields": fields,
        "asked": asked,
    }
    return here.pages.page(request, "conditions.html", rows=shown[first : first + _ROWS], **values)


@router.get("/disagreement")
def disagreement(here: Here, request: Request) -> Response:
    """Where bodies disagree, the two sides beside each other."""
    grouped = overview.by_condition(here.disagreements)
    return here.pages.page(request, "disagreement.html", grouped=grouped)


@router.get("/bodies")
def matrix(here: Here, request: Request, field: str = "") -> Response:
    """What each body says of each condition, in a matrix."""
    table = overview.matrix(here, field)
    return here.pages.page(request, "bodies.html", table=table, field=field)


@router.get("/compare")
def compare(here: Here, request: Request) -> Response:
    """Up to four conditions side by side, or up to four treatments."""
    typed = [name.strip() for name in request.query_params.getlist("treatment") if name.strip()]
    things, wrong = _meant(typed[:_MOST_COMPARED], lambda name: overview.treatment(here, name))
    if typed:
        compared, conditions = overview.compared_treatments(here, things)
        values = {"treatments": here.treatments.rows, "shared": conditions, "wrong": wrong}
        status = 400 if wrong and not compared else 200
        return here.pages.page(request, "compare-treatments.html", status, compared=compared, **values)
    names = [name for name in request.query_params.getlist("condition") if name.strip()][:_MOST_COMPARED]
    things, wrong = _meant(names, lambda name: here.graph.names.resolve(name, "Condition"))
    return here.pages.page(
        request,
        "compare.html",
        400 if wrong and not things else 200,
        compared=[_compared(here, iri) for iri in things],
        treatments=here.treatments.rows,
        wrong=wrong,
    )


def _meant(typed: Iterable[str], resolve: Callable[[str], str]) -> tuple[list[str], list[str]]:
    """What names mean, each thing once, and what is wrong with those that mean nothing."""
    found: dict[str, None] = {}
    wrong = []
    for name in typed:
        try:
            found[resolve(name)] = None
        except (UnknownName, AmbiguousName, BadInput) as error:
            wrong.append(str(error))
    return list(found), wrong


def _compared(here: Served, iri: str) -> dict[str, object]:
    rows = condition.evidence(here.graph, iri)
    bodies = condition.bodies(here.graph, iri)
    counting = [row for row in rows if row["counts"]]
    return {
        "iri": iri,
        "label": here.graph.names.label(iri),
        "verdicts": condition.verdicts(here.graph, iri),
        "questions": condition.questions(rows),
        "largest": (counting or [row for row in rows if row["own"]])[:3],
        "strip": condition.strip(bodies),
        "licences": here.graph.query("regulatory-status", condition=iri).rows,
        "doses": condition.doses(here.graph, iri)[:3],
        "harms": condition.harms(here.graph, iri),
        "mechanisms": condition.mechanisms(here.graph, iri)[:5],
    }


@router.get("/favicon.ico")
def icon() -> Response:
    """What a browser asks for beside a document that names no icon."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


@router.get("/docs")
def docs(here: Here, request: Request) -> Response:
    """Calls to copy, before the API browser."""
    return here.pages.page(request, "docs.html", address=here.address(request))


@router.get("/docs/browser")
def api_browser(here: Here, request: Request) -> Response:
    """The API browser."""
    page = here.pages.page(request, "api-browser.html")
    page.headers["Content-Security-Policy"] = _DOCS_POLICY
    return page


@router.get("/robots.txt")
def robots(here: Here, request: Request) -> Response:
    """What crawlers may read: pages, and no exports or queries without end."""
    lines = ("User-agent: *", "Disallow: /export", "Disallow: /sparql?", "Disallow: /find", "Disallow: /suggest", "")
    return PlainTextResponse("\n".join(lines) + f"\nSitemap: {here.address(request)}sitemap.xml\n")


@router.get("/sitemap.xml")
def sitemap(here: Here, request: Request) -> Response:
    """Every page that is worth finding, in the sitemap protocol."""
    from xml.etree.ElementTree import Element, SubElement, tostring

    address = here.address(request)
    root = Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    paths = ["", "conditions", "disagreement", "bodies", "queries", "ontology", "docs"]
    things: list[Value] = [row["thing"] for row in here.graph.about("things")]
    wanted = tuple(f"{BASE}{kind}/" for kind in _KINDS_IN_SITEMAP)
    paths += [local_path(str(iri))[1:] for iri in things if str(iri).startswith(wanted)]
    for path in paths:
        SubElement(SubElement(root, "url"), "loc").text = address + path
    return Response(b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root), media_type="application/xml")
