"""The page of a thing: of its kind, with what is said of it and what mentions it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from fastapi import Request, Response

from ivig.export.description import schema_org_of_condition
from ivig.model.labels import normal
from ivig.namespaces import INFERRED_GRAPH, PREF_LABEL, RDF_TYPE, RDFS_LABEL, TERMS, local_name
from ivig.query import Answer
from ivig.query.results import Value
from ivig.web import condition
from ivig.web.addresses import local_path, url
from ivig.web.served import Served
from ivig.web.templating import Cell, Table, cell, page_of

Row = dict[str, Value]

_NOT_SHOWN = {PREF_LABEL, RDFS_LABEL, TERMS + "finding"}
_OUTSIDE_NAMES = {
    "altLabel": "also called",
    "broader": "broader",
    "narrower": "narrower",
    "broaderTransitive": "all broader",
    "narrowerTransitive": "all narrower",
    "exactMatch": "the same elsewhere",
    "closeMatch": "nearly the same elsewhere",
    "broadMatch": "broader elsewhere",
    "narrowMatch": "narrower elsewhere",
    "relatedMatch": "related elsewhere",
    "inScheme": "vocabulary",
    "definition": "definition",
}
_ROWS_A_PAGE = 60
_LISTED = 40
"""Statements that the page of a thing shows; the others are a question away."""
_MENTIONED = 60
_BASES = (
    ("animals", ("animal",)),
    ("ex vivo", ("ex vivo",)),
    ("cells", ("in vitro", "laboratory")),
    ("reviews", ("review", "guideline", "consensus", "guidance", "not stated")),
)
_IN_PATIENTS = "patients"


More = Callable[[Served, str, dict[str, Any]], dict[str, Any]]
"""Gives what the template of a page needs, from the IRI of its thing and what every page shows of one."""


class Fact(NamedTuple):
    """A property of a thing.

    :param name: what it is called, with where that leads to
    :param values: what it says
    :param inferred: whether all of it was derived
    """

    name: Cell
    values: list[Cell]
    inferred: bool


class Listed(NamedTuple):
    """Statements on a thing.

    :param rows: the first of them, in short
    :param query: the saved query that has all, with its parameter; empty where none has
    """

    rows: list[Row]
    total: int
    query: str = ""
    parameter: str = ""


def thing_page(here: Served, request: Request, iri: str, about: Answer) -> Response:
    """The page of a thing.

    :param about: what is said of it
    """
    types = {str(row["value"]).removeprefix(TERMS) for row in about if row["predicate"] == RDF_TYPE}
    values: dict[str, Any] = {
        "iri": iri,
        "label": next((str(row["value"]) for row in about if row["predicate"] == PREF_LABEL), iri),
        "kinds": [
            cell(row["value"], row["value_label"])
            for row in about
            if row["predicate"] == RDF_TYPE and str(row["value"]).startswith(TERMS) and row["value_label"] is not None
        ],
        "facts": facts(about),
        "said": _said(about),
        "address": here.address(request),
    }
    if "Condition" in types:
        return _condition_page(here, request, values)
    for type_, (template, more) in _PAGES.items():
        if type_ in types:
            return here.pages.page(request, template, **values, **more(here, iri, values))
    found = mentions(here.graph.about("mentions-of-thing", iri))
    return here.pages.page(request, "thing.html", listed=None, mentions=found, **values)


def _said(about: Answer) -> dict[str, list[tuple[Value, Value]]]:
    """The values of each property with their labels, by the local name of the property."""
    said: dict[str, list[tuple[Value, Value]]] = {}
    for row in about:
        name = local_name(str(row["predicate"]))
        if (pair := (row["value"], row["value_label"])) not in said.setdefault(name, []):
            said[name].append(pair)
    return said


def _condition_page(here: Served, request: Request, values: dict[str, Any]) -> Response:
    """The page of a condition; with `question`, all evidence on that question alone."""
    graph, iri = here.graph, values["iri"]
    rows = condition.evidence(graph, iri)
    asked = request.query_params.get("question", "")
    by_question = condition.questions(rows, shown=len(rows) if asked else condition.SHOWN)
    said = values["said"]
    values["also"] = list({normal(str(name)): name for name, _ in said.get("altLabel", [])}.values())
    values["questions"] = [each for each in by_question if asked in ("", each.id)]
    if asked:
        page = page_of(request.query_params.get("page", "1"))
        return here.pages.page(request, "evidence.html", asked=asked, page=page, rows_a_page=_ROWS_A_PAGE, **values)
    bodies = condition.bodies(graph, iri)
    licences = sorted(graph.query("regulatory-status", condition=iri), key=lambda row: -int(str(row["year"] or 0)))
    references = here.pages.references(row["citation"] for row in rows)
    plots = condition.plots(rows, references, lambda thing: url(request, local_path(thing)))
    return here.pages.page(
        request,
        "condition.html",
        dataset=schema_org_of_condition(iri, values["label"]),
        verdicts=condition.verdicts(graph, iri),
        verdict_of=here.verdicts_on(str(thing) for name in ("broader", "narrower") for thing, _ in said.get(name, ())),
        plots=plots,
        bodies=bodies,
        strip=condition.strip([body for body in bodies if body.row["condition"] == iri]),
        disagree=_disagree(here, iri),
        # Two statements may tell of one decision: it stands once, with the first.
        licences=list(
            {
                (row["authority"], row["status"], row["product"], row["year"]): row
                for row in reversed(licences)
                if row["condition"] == iri
            }.values()
        )[::-1],
        narrower_licences=sum(1 for row in licences if row["condition"] != iri),
        reading=condition.reading(graph, iri),
        harms=condition.harms(graph, iri),
        doses=condition.doses(graph, iri),
        mechanisms=condition.mechanisms(graph, iri),
        timeline=condition.over_time(graph, iri),
        links=graph.query("external-links", condition=iri).rows,
        **values,
    )


def _disagree(here: Served, iri: str) -> bool | None:
    """Whether bodies disagree on a condition for the same patients; None where none disagree at all."""
    pairs = here.graph.query("bodies-that-disagree", condition=iri)
    return any(row["same_population"] is True for row in pairs) if pairs else None


def _statement(here: Served, iri: str, values: dict[str, Any]) -> dict[str, Any]:
    """A statement: its row of the evidence, and what else its study found."""
    evidence: Row | None = None
    for thing, _ in values["said"].get("condition", []):
        rows = condition.evidence(here.graph, str(thing))
        evidence = next((row for row in rows if row["statement"] == iri), evidence)
    short = condition.in_short(here.graph, [iri]).get(iri, {})
    others = here.graph.about("statements-of-study", iri)
    found = condition.in_short(here.graph, [str(row["statement"]) for row in others])
    effects = [facts(here.graph.about("about-thing", str(effect))) for effect, _ in values["said"].get("effect", [])]
    return {"row": evidence, "short": short, "others": list(found.values()), "effects": effects}


def _mechanism(here: Served, iri: str, values: dict[str, Any]) -> dict[str, Any]:
    """A mechanism: for and against by kind of study, diseases by basis, and the sharpest contradiction."""
    rows = list({row["statement"]: row for row in here.graph.query("conditions-for-mechanism", mechanism=iri)}.values())
    short = condition.in_short(here.graph, [str(row["statement"]) for row in rows])
    matrix: dict[tuple[Value, Value], dict[str, list[Row]]] = {}
    counted: dict[str, dict[str, int]] = {}
    for row in rows:
        row["basis"], row["finding"] = _basis(row), short.get(str(row["statement"]), {}).get("finding")
        side = "open" if row["supports"] is None else "for" if row["supports"] is True else "against"
        counted.setdefault(str(row["basis"]), {"for": 0, "against": 0, "open": 0})[side] += 1
        matrix.setdefault((row["condition"], row["condition_label"]), {}).setdefault(str(row["basis"]), []).append(row)
    rank = {basis: place for place, basis in enumerate((_IN_PATIENTS, *(name for name, _ in _BASES)))}
    ordered = sorted(rows, key=lambda row: rank[str(row["basis"])])
    pair = [next((row for row in ordered if row["supports"] is side), None) for side in (True, False)]
    return {
        "rows": rows,
        "matrix": sorted(matrix.items(), key=lambda item: (item[0][0] is None, str(item[0][1]).casefold())),
        "bases": [basis for basis in rank if basis in counted],
        "counted": counted,
        "pair": pair if None not in pair else None,
        "supporting": sum(1 for row in rows if row["supports"] is True),
        "contradicting": sum(1 for row in rows if row["supports"] is False),
        "diseases": sum(1 for thing, _ in matrix if thing is not None),
    }


def _basis(row: Row) -> str:
    design = str(row["study_type_label"] or "not stated")
    return next((name for name, words in _BASES if any(word in design for word in words)), _IN_PATIENTS)


def _listing(query: str = "", parameter: str = "") -> More:
    """What gives the statements on a thing: those of a saved query, else all that belong to it."""

    def more(here: Served, iri: str, values: dict[str, Any]) -> dict[str, Any]:
        rows: Iterable[Row] = (
            here.graph.query(query, **{parameter: iri}) if query else here.graph.about("statements-of-thing", iri)
        )
        found = list(dict.fromkeys(str(row["statement"]) for row in rows))
        short = condition.in_short(here.graph, found[:_LISTED])
        listed = Listed([dict(short[each]) for each in found[:_LISTED] if each in short], len(found), query, parameter)
        return {"listed": listed, "mentions": None}

    return more


def _pointing(property: str) -> More:
    """What gives the statements that lead to a thing by a property."""

    def more(here: Served, iri: str, values: dict[str, Any]) -> dict[str, Any]:
        rows = [row for row in here.graph.about("mentions-of-thing", iri) if row["predicate"] == TERMS + property]
        short = condition.in_short(here.graph, [str(row["subject"]) for row in rows])
        return {"listed": Listed([dict(row) for row in short.values()][:_LISTED], len(short)), "mentions": None}

    return more


def _citation(here: Served, iri: str, values: dict[str, Any]) -> dict[str, Any]:
    """A publication: what was read in it, how deep, and by how many readers."""
    return {**_listing()(here, iri, values), "readings": here.graph.about("reading-of-thing", iri).rows}


def _body(here: Served, iri: str, values: dict[str, Any]) -> dict[str, Any]:
    """A body: what it recommends, the newest first, and what it licensed."""
    recommendations = [row for row in here.graph.query("recommendations") if row["body"] == iri]
    licences = [row for row in here.graph.query("regulatory-status") if row["authority"] == iri]
    once = {row["statement"]: row for row in reversed(recommendations)}.values()
    ordered = sorted(
        once, key=lambda row: (row["in_force"] is False, -int(str(row["year"] or 0)), str(row["condition_label"]))
    )
    licences.sort(key=lambda row: (row["condition"] is None, str(row["condition_label"]), -int(str(row["year"] or 0))))
    return {"recommendations": ordered, "licences": licences}


def _journal(here: Served, iri: str, values: dict[str, Any]) -> dict[str, Any]:
    """A journal: what the graph has of it."""
    rows = here.graph.about("mentions-of-thing", iri).rows
    publications = [[cell(row["subject"], row["subject_label"])] for row in rows]
    return {"listed": None, "mentions": Table(["publication"], publications), "mentioned": "Publications in it"}


_PAGES: dict[str, tuple[str, More]] = {
    "Statement": ("statement.html", _statement),
    "Mechanism": ("mechanism.html", _mechanism),
    "Citation": ("citation.html", _citation),
    "Body": ("body.html", _body),
    "Outcome": ("thing.html", _listing("evidence-for-outcome", "outcome")),
    "StudyType": ("thing.html", _listing("evidence-by-study-type", "study_type")),
    "AdverseEvent": ("thing.html", _listing("adverse-events", "event")),
    "Direction": ("thing.html", _listing("conditions-by-direction", "direction")),
    "SourceDocument": ("thing.html", _listing("source-statements", "source")),
    "Passage": ("thing.html", _pointing("passage")),
    "Study": ("thing.html", _pointing("study")),
    "WebPage": ("thing.html", _listing()),
    "ConditionGroup": ("thing.html", _listing()),
    "Journal": ("thing.html", _journal),
}
"""Class to the template of its page and what it needs."""


def facts(about: Answer) -> list[Fact]:
    """What is said of a thing, a property at a time; the asserted properties first."""
    grouped: dict[str, tuple[Cell, dict[Cell, None], set[object]]] = {}
    for row in about:
        predicate = str(row["predicate"])
        if predicate in _NOT_SHOWN or predicate == RDF_TYPE:
            continue
        local = local_name(predicate)
        name = cell(predicate, row["predicate_label"] or _OUTSIDE_NAMES.get(local, local))
        group = grouped.setdefault(predicate, (name, {}, set()))
        group[1][cell(row["value"], row["value_label"], local)] = None
        group[2].add(row["graph"])
    found = [Fact(name, list(values), graphs == {INFERRED_GRAPH}) for name, values, graphs in grouped.values()]
    return sorted(found, key=lambda fact: fact.inferred)


def mentions(answer: Answer) -> Table:
    """What points at a thing, the first of it."""
    return Table(
        ["thing", "as its"],
        [
            [
                cell(row["subject"], row["subject_label"]),
                cell(row["predicate"], row["predicate_label"] or _local(str(row["predicate"]))),
            ]
            for row in answer.rows[:_MENTIONED]
        ],
    )


def _local(predicate: str) -> str:
    name = local_name(predicate)
    return _OUTSIDE_NAMES.get(name, name)
