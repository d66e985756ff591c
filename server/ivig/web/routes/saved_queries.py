"""Saved queries over HTTP: the list, the answer to each in every format, and each as SPARQL, parameters bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from ivig.errors import BadInput, IvigError, NotThere, Refused, UnknownName
from ivig.export.answers import answer_bytes
from ivig.export.plots import Bar, bars, evidence_map, marks_of, timeline
from ivig.query import Answer, SavedQueries, SavedQuery
from ivig.query.examples import EXAMPLES, example_of
from ivig.query.names import nearest
from ivig.query.view import View, shown
from ivig.web.addresses import local_path, url
from ivig.web.negotiation import (
    BYTE_ORDER_MARK,
    RECORD_TYPES,
    RESULT_TYPES,
    accepted,
    chosen_format,
    content_type,
    disposition,
    query_parameter,
    without_mark,
)
from ivig.web.problems import detail_of, problem
from ivig.web.served import Here, Served
from ivig.web.shown import shown_part

_VARY = {"Vary": "Accept"}
_GROUPS = (
    "About a condition",
    "Where it disagrees",
    "About everything else",
    "With another server, from the command line",
)
_OF_DISAGREEMENT = {"contested", "disagree", "disagreement", "against"}
_TOLD = ("verdict", "direction", "recommendation", "supports")
"""Columns whose words are counted in a picture, the first that an answer has."""
_MOST_BARS = 12
_TYPES = {**RESULT_TYPES, **RECORD_TYPES}
_BY_ENDING = {"json": "records", "csv": "csv", "tsv": "tsv", "xlsx": "xlsx", "xml": "xml", "ndjson": "ndjson"}
"""The formats that stand for themselves at the end of an address."""


_COUNT = {"type": "integer", "minimum": 0}
_VIEW_PARAMETERS = [
    query_parameter("limit", "How many rows at most.", _COUNT),
    query_parameter("offset", "How many rows to leave out at the beginning.", _COUNT),
    query_parameter(
        "sort", "Columns to sort by, with commas between; -year for the largest first.", {"type": "string"}
    ),
    query_parameter("columns", "The columns wanted, with commas between.", {"type": "string"}),
]
_ENDING_PARAMETER = {
    "name": "ending",
    "in": "path",
    "required": True,
    "description": "The format: json is an array of objects, each with every column.",
    "schema": {"type": "string", "enum": list(_BY_ENDING)},
}
_FORMAT_PARAMETER = query_parameter(
    "format",
    "The format of the answer, in place of the Accept header; csv;bom for Excel.",
    {"type": "string", "enum": [*_TYPES, "csv;bom", "html"]},
)


def router(queries: SavedQueries) -> APIRouter:
    """The routes of `/queries`: one for each saved query, so that each is described with its parameters."""
    routes = APIRouter(prefix="/queries", tags=["saved queries"])

    @routes.get("", summary="The saved queries", operation_id="queries")
    def listing(here: Here, request: Request) -> Response:
        """Every saved query with its title, parameters and columns."""
        named = request.query_params.get("format")
        format_name = chosen_format({"json": "application/json"}, accepted(request), named, html=True)
        if format_name == "html":
            return here.pages.page(request, "queries.html", groups=_grouped(queries), examples=EXAMPLES)
        return JSONResponse([_described(query, request) for query in queries.values()], headers=_VARY)

    for name, query in queries.items():
        routes.add_api_route(
            f"/{name}.rq",
            _text_route(query),
            methods=["GET"],
            summary=f"{query.title}, as SPARQL",
            operation_id=f"{name}.rq",
            response_class=PlainTextResponse,
            openapi_extra={"parameters": _parameters(query, required=False)},
        )
        routes.add_api_route(
            f"/{name}",
            _answer_route(query),
            methods=["GET"],
            summary=query.title,
            description=query.description,
            operation_id=name,
            response_class=Response,
            responses={200: {"content": {media: {} for media in (*_TYPES.values(), "text/html")}}},
            openapi_extra={"parameters": [*_described_parameters(query), _FORMAT_PARAMETER]},
        )
        routes.add_api_route(
            f"/{name}.{{ending}}",
            _answer_route(query),
            methods=["GET"],
            summary=f"{query.title}, as a file",
            operation_id=f"{name}.ending",
            response_class=Response,
            responses={200: {"content": {_TYPES[format_name]: {} for format_name in _BY_ENDING.values()}}},
            openapi_extra={"parameters": [_ENDING_PARAMETER, *_described_parameters(query)]},
        )

    @routes.get("/{name}", include_in_schema=False)
    def unknown(name: str) -> Response:
        asked = name.partition(".")[0]
        raise UnknownName("query", asked, nearest(asked, queries)[:5])

    return routes


def _grouped(queries: SavedQueries) -> list[tuple[str, list[SavedQuery]]]:
    """The questions as the list has them: on one condition, on disagreement, on other things, on everything."""
    groups: dict[str, list[SavedQuery]] = {title: [] for title in _GROUPS}
    for query in queries.values():
        about = [parameter.name for parameter in query.parameters]
        words = {*query.name.split("-"), *query.keywords}
        place = 3 if query.service else 1 if words & _OF_DISAGREEMENT else 0 if "condition" in about else 2
        groups[_GROUPS[place]].append(query)
    return [(title, found) for title, found in groups.items() if found]


def _text_route(query: SavedQuery) -> Callable[..., Response]:
    # Without its parameters a query is still worth reading: only what is given is bound.
    optional = query._replace(parameters=tuple(p._replace(required=False) for p in query.parameters))

    def text(here: Here, request: Request) -> Response:
        values, _ = View.of(query, _given(request))
        return Response(optional.bind(values, here.graph.names), media_type="application/sparql-query")

    return text


def _answer_route(query: SavedQuery) -> Callable[..., Response]:
    def answer(here: Here, request: Request) -> Response:
        values, view = View.of(query, _given(request))
        format_name, marked = _format(request)
        if format_name == "html":
            return _page(here, request, query, values, view)
        if how_to_run := _how_to_run(query):
            raise Refused(how_to_run)
        body = answer_bytes(here.graph, query, shown(here.graph, query.name, values, view), format_name)
        stem = " ".join([query.name, *filter(None, values.values())])
        return Response(
            (BYTE_ORDER_MARK if marked else b"") + body,
            media_type=content_type(_TYPES[format_name]),
            headers={**_VARY, "Content-Disposition": disposition(stem, format_name, here.graph.release.published)},
        )

    return answer


def _format(request: Request) -> tuple[str, bool]:
    """The format that a request asks for, and whether it is to begin with a byte order mark.

    :raises NotThere: for an ending that no format has
    """
    named, marked = without_mark(request.query_params.get("format"))
    if (ending := request.path_params.get("ending")) is not None:
        if ending not in _BY_ENDING:
            raise NotThere(
                f"answers come as {', '.join(f'.{known}' for known in [*_BY_ENDING, 'rq'])}, not as .{ending}"
            )
        if named not in (None, ending, _BY_ENDING[ending]):
            raise BadInput(f"the address ends in .{ending} and format says {named}: give one")
        return _BY_ENDING[ending], marked
    return chosen_format(_TYPES, accepted(request), named, html=True), marked


def _how_to_run(query: SavedQuery) -> str | None:
    """What to do with a query that calls another server, which this one does not; None for any other."""
    if not query.service:
        return None
    words = "".join(f' --{p.name} "{example_of(p.kind)}"' for p in query.parameters if p.required)
    return (
        f"{query.name} calls {query.service}, and this server calls no other: "
        f"run `ivig query {query.name}{words}`, or take its text at /queries/{query.name}.rq"
    )


def _page(here: Served, request: Request, query: SavedQuery, values: dict[str, str], view: View) -> Response:
    """The page of a query: its form, and its answer, a page at a time, once it has what it needs."""
    shown_table, answer, error, status = None, Answer([], []), _how_to_run(query), 200
    try:
        if not error and all(values.get(parameter.name) for parameter in query.parameters if parameter.required):
            whole = view._replace(offset=0, limit=None, columns=())
            answer = Answer.of(shown(here.graph, query.name, values, whole))
            everything = answer if not view.filters else Answer.of(shown(here.graph, query.name, values, View()))
            view.check(answer.columns)
            shown_table = shown_part(answer, everything, view, query.table, values)
    except IvigError as found:
        error, status = detail_of(found), problem(found).status_code
    picture, pictured = _picture(here, request, query, values, answer) if shown_table else (None, "")
    return here.pages.page(
        request,
        "query.html",
        status=status,
        query=query,
        values=values,
        view=view,
        shown=shown_table,
        error=error,
        picture=picture,
        pictured=pictured,
        statements=len({row.get("statement") for row in answer} - {None}),
        examples=EXAMPLES,
        given=_given(request),
        address=f"{here.address(request)}queries/{query.name}",
        endings=[ending for ending in _BY_ENDING if ending != "ndjson"],
    )


def _picture(
    here: Served, request: Request, query: SavedQuery, values: dict[str, str], answer: Answer
) -> tuple[Element | None, str]:
    """A picture of an answer and what it shows; None where none fits it."""
    if query.name == "evidence-over-time":
        found = here.graph.query(query.name, **values)
        return (timeline(found), "Efficacy statements by year of their publication.") if len(found) > 1 else (None, "")
    if query.name == "evidence-summary" and not any(values.values()):
        picture = evidence_map(marks_of(here.graph), lambda thing: url(request, local_path(thing)))
        return picture, "A mark a condition; larger with more participants, paler where it is weak."
    column = next((name for name in _TOLD if name in answer.columns), None)
    if column is None or column in values:
        return None, ""
    counted: Counter[str] = Counter()
    # What has several effects or passages has several rows.
    for told in dict.fromkeys((row.get("statement", row.get("condition")), row[column]) for row in answer):
        if told[1] is not None:
            counted[("against", "for")[told[1]] if isinstance(told[1], bool) else str(told[1])] += 1
    if len(counted) < 2 or len(counted) > _MOST_BARS:
        return None, ""
    asked = [(name, value) for name, value in _given(request) if name not in (column, "offset") and value]

    def href(word: str) -> str:
        typed = {"for": "yes", "against": "no"}.get(word, word) if column == "supports" else word
        return f"{url(request, f'/queries/{query.name}')}?{urlencode([*asked, (column, typed)])}"

    title = f"{'Statements' if 'statement' in answer.columns else 'Conditions'} by {column.replace('_', ' ')}."
    return bars([Bar(word, count, href(word)) for word, count in counted.most_common()], title), title


def _given(request: Request) -> list[tuple[str, str]]:
    """What a request gives beside the format.

    :raises BadInput: where the format is given twice
    """
    given = request.query_params.multi_items()
    if sum(name == "format" for name, _ in given) > 1:
        raise BadInput("format is given twice")
    return [(name, value) for name, value in given if name != "format"]


def _described(query: SavedQuery, request: Request) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "description": query.description,
        "keywords": list(query.keywords),
        "parameters": [parameter._asdict() for parameter in query.parameters],
        "columns": [{"name": name, "meaning": meaning} for name, meaning in query.columns.items()],
        "href": url(request, f"/queries/{query.name}"),
    }


def _described_parameters(query: SavedQuery) -> list[dict[str, Any]]:
    """The parameters of a query, the columns that its answer can be filtered by, and what else may be asked."""
    own = [parameter.name for parameter in query.parameters]
    filters = [
        query_parameter(name, f"Only rows with this value. {meaning}", {"type": "array", "items": {"type": "string"}})
        for name, meaning in query.columns.items()
        if name not in own
    ]
    return [*_parameters(query, required=True), *filters, *_VIEW_PARAMETERS]


def _parameters(query: SavedQuery, *, required: bool) -> list[dict[str, Any]]:
    return [
        query_parameter(
            parameter.name,
            parameter.note,
            {"type": "string"},
            required=required and parameter.required,
            example=example_of(parameter.kind) if parameter.required else None,
        )
        for parameter in query.parameters
    ]
