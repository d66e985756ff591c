"""Pages for people: tables with links, and everything that is known of one thing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from ivig.namespaces import BASE
from ivig.query import Answer, Graph
from ivig.query.results import Value, own_columns
from ivig.web.addresses import local_path, url
from ivig.web.negotiation import accepted, chosen_format
from ivig.web.problems import MEDIA_TYPE, NotAcceptable

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{more_style}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load and do, as the header Content-Security-Policy has it."""


class Cell(NamedTuple):
    """What stands in a cell: text, where it leads to (empty for nowhere), and whether that is a path on this server."""

    text: str
    href: str = ""
    ours: bool = True


class Table(NamedTuple):
    """A table ready to be shown."""

    heads: list[str]
    rows: list[list[Cell]]


def cell(value: Value, label: Value = None, column: str = "") -> Cell:
    """A value as a cell. Ours and web addresses become links; anything else is text, whatever it looks like."""
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    text = str(value) if label is None else str(label)
    if isinstance(value, str):
        if value.startswith(BASE):
            return Cell(text, local_path(value))
        if column == "pmid" and value.isdigit():
            return Cell(text, f"https://pubmed.ncbi.nlm.nih.gov/{value}/", ours=False)
        if column == "doi":
            return Cell(text, f"https://doi.org/{quote(value, safe='/')}", ours=False)
        if column == "pmcid":
            return Cell(text, f"https://pmc.ncbi.nlm.nih.gov/articles/{value}/", ours=False)
        if value.startswith(("https://", "http://")):
            return Cell(text, value, ours=False)
    return Cell(text)


def answer_table(answer: Answer, preferred: Sequence[str] = ()) -> Table:
    """An answer as a table: the preferred columns, or all, those without a value left out."""
    wanted = preferred or own_columns(answer.columns)
    shown = [name for name in wanted if any(row[name] is not None for row in answer)]
    rows = [[_column_cell(row, name) for name in shown] for row in answer]
    return Table([name.replace("_", " ") for name in shown], rows)


def _column_cell(row: dict[str, Value], name: str) -> Cell:
    """A cell of an answer: what is told leads to its statement, an outside identifier to where it belongs."""
    leads_to = row.get({"finding": "statement", "external_id": "external_iri"}.get(name, ""))
    return cell(leads_to, row[name]) if leads_to is not None else cell(row[name], row.get(f"{name}_label"), name)


class Pages:
    """The templates, filled with what a graph answers."""

    def __init__(self, graph: Graph) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            release=graph.release.digest[:12],
            things=graph.release.manifest["things"],
            extent=graph.about("extent")[0],
            cell=cell,
            local_path=local_path,
            url=_url,
        )

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from a template, in which `url` gives the address of a path of this server."""
        body = self._environment.get_template(template).render(request=request, **values)
        return HTMLResponse(body, status, {"Vary": "Accept"})

    def problem(self, request: Request, made: JSONResponse) -> Response:
        """A problem as a page, where that is what the client likes best; else as it is."""
        made.headers["Vary"] = "Accept"
        try:
            if chosen_format({"problem": MEDIA_TYPE}, accepted(request), None, html=True) != "html":
                return made
        except NotAcceptable:
            return made
        page = self.page(request, "problem.html", made.status_code, problem=json.loads(bytes(made.body)))
        page.headers.update({name: value for name, value in made.headers.items() if not name.startswith("content-")})
        return page


@pass_context
def _url(context: Context, path: str) -> str:
    return url(context["request"], path)
