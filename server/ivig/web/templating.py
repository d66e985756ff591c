"""The templates of the pages, filled, and the cells, tables and hits that they show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from ivig.export.plots import svg_text
from ivig.namespaces import BASE
from ivig.query import Answer, Graph, wording
from ivig.query.results import Value, own_columns
from ivig.query.wording import Reference, reference
from ivig.web.addresses import local_path, url
from ivig.web.assets import asset_path
from ivig.web.negotiation import accepted, chosen_format
from ivig.web.problems import MEDIA_TYPE, NotAcceptable

_HERE = Path(__file__).parent

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{more_style}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load and do, as the header Content-Security-Policy has it."""

_ABBREVIATION = re.compile(r"[A-Z][\w./& -]{1,14}")
_SLUG = re.compile(r"^[\w-]+/([\w-]+)$")


class Cell(NamedTuple):
    """What stands in a cell.

    :param text: what is read
    :param href: where it leads to; empty for nowhere
    :param ours: whether that is a path on this server
    :param number: whether it is a quantity
    """

    text: str
    href: str = ""
    ours: bool = True
    number: bool = False


class Table(NamedTuple):
    """A table ready to be shown.

    :param heads: of the columns
    :param rows: a cell for each column
    """

    heads: list[str]
    rows: list[list[Cell]]


class SearchHit(NamedTuple):
    """A thing that was found.

    :param iri: of the thing
    :param label: what it is called
    :param verdict: of a condition, in short; empty for none
    :param pieces: what it says, in pieces, each with whether it is marked
    :param how: the link that led to it; empty for none
    :param source: of a statement, the publication or the body that says so, and the year; empty for none
    """

    iri: str
    label: str
    verdict: str = ""
    pieces: tuple[tuple[str, bool], ...] = ()
    how: str = ""
    source: str = ""


def cell(value: Value, label: Value = None, column: str = "") -> Cell:
    """A value as a cell. Ours and web addresses become links; anything else is text, whatever it looks like.

    :param value: what an answer has
    :param label: what a thing is called; None for none
    :param column: the name of the column that it stands in, which tells years and identifiers
    """
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if not isinstance(value, str):
        # A year is no quantity.
        return Cell(str(value) if "year" in column else wording.number(value), number=True)
    text = value if label is None else str(label)
    if column == "effect":
        return Cell(wording.typeset(text))
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
    """An answer as a table: the preferred columns, or all, those without a value left out.

    :param answer: what is shown
    :param preferred: the names of columns; without any, all but those that only label another
    """
    wanted = preferred or own_columns(answer.columns)
    shown = [name for name in wanted if any(row[name] is not None for row in answer)]
    return table_of(answer.rows, shown)


def table_of(rows: Sequence[dict[str, Value]], shown: Sequence[str]) -> Table:
    """Rows as a table with these columns.

    :param rows: of an answer
    :param shown: the names of the columns
    """
    return Table(
        [name.replace("_", " ") for name in shown], [[column_cell(row, name) for name in shown] for row in rows]
    )


def column_cell(row: dict[str, Value], name: str) -> Cell:
    """A cell of an answer: what is told leads to its statement, an outside identifier to where it belongs.

    :param row: of an answer
    :param name: of the column
    """
    leads_to = row.get({"finding": "statement", "external_id": "external_iri"}.get(name, ""))
    return cell(leads_to, row[name]) if leads_to is not None else cell(row[name], row.get(f"{name}_label"), name)


def page_of(text: str) -> int:
    """The number of a page that an address gives; the first where it gives none.

    >>> page_of("3"), page_of("0"), page_of("x")
    (3, 1, 1)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else 1


def safe_href(address: Value) -> str:
    """An address of the web, or nothing: what a browser would run is no address."""
    text = str(address or "")
    return text if text.startswith(("https://", "http://")) else ""


_REFERENCES = 10_000
"""Publications that are kept at most, as texts name them."""


class Pages:
    """The templates, filled with what a graph answers."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._references: dict[str, Reference | None] = {}
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
            extent=graph.release.extent,
            cell=cell,
            local_path=local_path,
            url=_url,
            asset=_asset,
            strength_rank=wording.strength_rank,
            reference=self.reference,
            labels=graph.names.label,
            short_name=lambda iri, name: self.short_names.get(str(iri), name),
        )
        self._environment.filters.update(
            sign=wording.sign_of,
            number=wording.number,
            counted=wording.counted,
            effect=lambda row: wording.typeset(wording.effect(row)),
            frequency=wording.frequency,
            arms=wording.arms,
            safe_href=safe_href,
            svg=lambda picture: Markup(svg_text(picture)),
        )

    def references(self, iris: Iterable[Value]) -> dict[str, Reference]:
        """Publications as a text names them, by IRI.

        :param iris: theirs; None, or that of something else, has none
        """
        wanted = {str(iri) for iri in iris if iri is not None}
        kept = self._references
        found = {iri: kept[iri] for iri in wanted if iri in kept}
        if missing := sorted(wanted - found.keys()):
            found |= dict.fromkeys(missing)
            found |= {str(row["citation"]): reference(row) for row in self._graph.about("publications", *missing)}
            # Another thread may read what is kept: it is not changed.
            self._references = {**(kept if len(kept) < _REFERENCES else {}), **found}
        return {iri: cited for iri, cited in found.items() if cited}

    @cached_property
    def short_names(self) -> dict[str, str]:
        """The shortest name of each body that is known by one of a few letters, by IRI."""
        found: dict[str, str] = {}
        for row in self._graph.about("bodies"):
            short = str(row["short"] or "")
            if _ABBREVIATION.fullmatch(short):
                found.setdefault(str(row["body"]), short)
        return found

    def reference(self, iri: Value) -> Reference | None:
        """The publication of an IRI; None for none."""
        return self.references([iri]).get(str(iri))

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from a template, in which `url` gives the address of a path of this server.

        :param request: the one that is answered
        :param template: the name of its file
        :param status: of HTTP
        :param values: what the template shows
        """
        body = self._environment.get_template(template).render(request=request, **values)
        return HTMLResponse(body, status, {"Vary": "Accept"})

    def problem(self, request: Request, made: JSONResponse) -> Response:
        """A problem as a page, where that is what the client likes best; else as it is.

        :param request: the one that went wrong
        :param made: the problem as a document
        """
        made.headers["Vary"] = "Accept"
        try:
            if chosen_format({"problem": MEDIA_TYPE}, accepted(request), None, html=True) != "html":
                return made
        except NotAcceptable:
            return made
        slug = _SLUG.match(request.url.path.removeprefix(request.scope.get("root_path", "")).strip("/"))
        typed = slug[1].replace("-", " ") if slug and made.status_code == 404 else ""
        page = self.page(request, "problem.html", made.status_code, problem=json.loads(bytes(made.body)), typed=typed)
        page.headers.update({name: value for name, value in made.headers.items() if not name.startswith("content-")})
        return page


@pass_context
def _url(context: Context, path: str) -> str:
    return url(context["request"], path)


@pass_context
def _asset(context: Context, name: str) -> str:
    path = asset_path(name)
    return url(context["request"], path) if path else ""
