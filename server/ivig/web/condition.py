"""What the page of a condition shows: the answer, and what it rests on, by question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ivig.export.plots import Forest, Href, asked, forest_plot, forests, timeline
from ivig.query import Graph
from ivig.query.results import Value
from ivig.query.wording import Reference, Row, regimen, sign_of

SHOWN = 8
"""Rows of a question that are there at once; the rest comes when it is opened."""

QUESTIONS = (
    (
        "nothing",
        "Against nothing",
        ("inert", "usual care", "IVIG added", "withdrawal"),
        "Against placebo, no treatment or usual care, or added to what both arms had.",
    ),
    ("treatment", "Against other treatment", ("active",), "As good as, better or worse than another treatment."),
    (
        "alternative",
        "Added to an alternative",
        ("combination",),
        "Beside plasma exchange and the like, which both arms had: it says nothing of immunoglobulin alone.",
    ),
    (
        "uncontrolled",
        "Without a comparison",
        ("uncontrolled",),
        "Case series and reports: what happened, not what would have happened without.",
    ),
    (
        "dose",
        "Dose, schedule, route and product",
        ("dose or schedule", "route or product"),
        "Immunoglobulin in both arms.",
    ),
    (
        "added",
        "What was added to immunoglobulin",
        ("added to IVIG",),
        "It tells of the other treatment, not of immunoglobulin.",
    ),
    (
        "package",
        "In a package of treatments",
        ("package",),
        "Several treatments that only one arm had: the effect may be of any of them.",
    ),
    ("other", "Pooled or not stated", ("pooled", "not stated", ""), "Several comparisons in one, or none told."),
)
"""The questions in the order of the page: id, heading, the comparisons that answer it, what to bear in mind."""

_LONGEST_NOTE = 160
_SEVERITIES = ("serious", "moderate", "mild", "")


class Question(NamedTuple):
    """Evidence that answers one question.

    :param id: of its part of the page
    :param title: the heading of that part
    :param note: what to bear in mind
    :param rows: those that are shown
    :param total: how many there are
    :param counting: how many of these count for the verdict
    """

    id: str
    title: str
    note: str
    rows: list[dict[str, Value]]
    total: int
    counting: int


class Dose(NamedTuple):
    """A regimen as people write it, and who tells of it.

    :param text: the regimen, in a line
    :param notes: up to two, such as an arm that had it
    :param sources: what is told of those who tell of it, recommendations first
    :param population: in whom, where that is narrower; empty else
    """

    text: str
    notes: list[str]
    sources: list[Mapping[str, Value]]
    population: str


class Body(NamedTuple):
    """What a body says of the condition, and whether it is in force.

    :param row: of the query for recommendations
    :param tone: the sort of what it recommends, which tells its colour
    :param year: of the recommendation; empty where none is told
    :param in_force: false where it is told to be out of force or superseded
    """

    row: Mapping[str, Value]
    tone: str
    year: str
    in_force: bool

    @classmethod
    def of(cls, row: Mapping[str, Value]) -> Body:
        """What a row of recommendations says."""
        in_force = row["in_force"] is not False and row["superseded"] is not True
        return cls(row, sign_of(row["recommendation"]).tone, str(row["year"] or ""), in_force)


class Chip(NamedTuple):
    """A body in the strip: what it says, as short as can be.

    :param words: its recommendations, more than one where populations differ
    :param href: the IRI that it leads to
    :param said: what it says in full
    """

    body: str
    name: str
    words: list[str]
    year: str
    tone: str
    href: str
    said: str


class MechanismOf(NamedTuple):
    """A mechanism in a condition, with the rows for, against and about it.

    :param iri: of the mechanism
    :param label: what it is called
    :param supporting: how many rows speak for it
    :param contradicting: how many speak against it
    :param rows: all of them, those against it first
    """

    iri: str
    label: str
    supporting: int
    contradicting: int
    rows: list[dict[str, Value]]


class Plot(NamedTuple):
    """A forest plot of a condition.

    :param forest: what it shows
    :param picture: the root of its SVG
    :param narrow: the same for a phone
    :param number: by which it can be had as a file: the fullest is 1
    """

    forest: Forest
    picture: Element
    narrow: Element
    number: int


def verdicts(graph: Graph, iri: str) -> list[dict[str, Value]]:
    """The verdicts on a condition, that on treatment first."""
    return sorted(graph.query("evidence-summary", condition=iri), key=lambda row: row["intent"] != "treat")


def evidence(graph: Graph, iri: str) -> list[dict[str, Value]]:
    """The evidence on a condition and narrower ones, each row with whether it counts for the verdict, and why not.

    What counts comes first, then what is on the condition itself, then by design and size.

    :param graph: the one that is asked
    :param iri: of the condition
    """
    rows = _once(graph.query("evidence-for-condition", condition=iri), "statement")
    basis = {row["statement"]: row for row in graph.query("verdict-basis", condition=iri)}
    for row in rows:
        judged = basis.get(row["statement"])
        row["weight"] = judged["weight"] if judged else None
        row["why"] = judged["why"] if judged else None
        row["counts"] = judged is not None and judged["weight"] is not None
        row["own"] = row["condition"] == iri
    return sorted(rows, key=lambda row: (not row["counts"], not row["own"]))


def _once(rows: Iterable[dict[str, Value]], key: str) -> list[dict[str, Value]]:
    """The first row of each thing: what has several effects or passages has several."""
    found: dict[Value, dict[str, Value]] = {}
    for row in rows:
        found.setdefault(row[key], dict(row))
    return list(found.values())


def questions(rows: list[dict[str, Value]], shown: int = SHOWN) -> list[Question]:
    """The evidence by question, each with its first rows.

    :param rows: of the evidence, as `evidence` gives them
    :param shown: how many rows of each question are shown at most
    :returns: those that have evidence, in the order of the page
    """
    known = {comparison for _, _, comparisons, _ in QUESTIONS for comparison in comparisons}
    found = []
    for id, title, comparisons, note in QUESTIONS:
        mine = [
            row
            for row in rows
            if (row["comparison"] or "") in comparisons or (id == "other" and (row["comparison"] or "") not in known)
        ]
        if mine:
            counting = sum(1 for row in mine if row["counts"])
            found.append(Question(id, title, note, mine[:shown], len(mine), counting))
    return found


def plots(rows: list[dict[str, Value]], references: dict[str, Reference], href: Href) -> list[Plot]:
    """The forest plots of a condition, the fullest first.

    :param rows: of the evidence, as `evidence` gives them
    :param references: publications by IRI
    :param href: gives the address that a line links to, from the IRI of its statement
    """
    made = forests(rows, references, asked)
    return [
        Plot(forest, forest_plot(forest, href), forest_plot(forest, href, narrow=True), number)
        for number, forest in enumerate(made, 1)
    ]


def bodies(graph: Graph, iri: str) -> list[Body]:
    """What bodies say: on the condition itself first, in force before others, the newest first.

    :param graph: the one that is asked
    :param iri: of the condition
    """
    rows = _once(graph.query("recommendations", condition=iri), "statement")
    return sorted(
        map(Body.of, rows), key=lambda body: (body.row["condition"] != iri, not body.in_force, -int(body.year or 0))
    )


def strip(found: list[Body]) -> list[Chip]:
    """What each body says by its latest edition in force, the newest first: one chip a body."""
    by_body: dict[Value, list[Body]] = {}
    for body in found:
        if body.in_force:
            by_body.setdefault(body.row["body"] or body.row["statement"], []).append(body)
    chips = []
    for mine in by_body.values():
        latest = [body for body in mine if body.year == mine[0].year]
        words = list(dict.fromkeys(str(body.row["recommendation"]) for body in latest))
        tones = {body.tone for body in latest} - {"open"}
        tone = tones.pop() if len(tones) == 1 else ("mixed" if tones else "open")
        row = latest[0].row
        href = str(row["statement"] if len(latest) == 1 or row["body"] is None else row["body"])
        name = str(row["body_label"] or "authors")
        said = "; ".join(str(body.row["finding"] or body.row["statement_label"]) for body in latest[:3])
        chips.append(Chip(str(row["body"] or ""), name, words, latest[0].year, tone, href, said))
    return chips


class Reading(NamedTuple):
    """How the statements on a condition were read.

    :param depths: how deep, each with how many statements, the most first
    :param twice: how many were read by two readers
    :param total: how many there are
    """

    depths: list[tuple[str, int]]
    twice: int
    total: int


def reading(graph: Graph, iri: str) -> Reading:
    """How the statements on a condition were read.

    :param graph: the one that is asked
    :param iri: of the condition
    """
    depths: Counter[str] = Counter()
    twice = 0
    for row in graph.about("reading-of-thing", iri):
        found = int(str(row["statements"]))
        depths[str(row["depth"] or "")] += found
        twice += found if row["second"] in ("agreed", "corrected") else 0
    return Reading(depths.most_common(), twice, depths.total())


def harms(graph: Graph, iri: str) -> dict[str, list[dict[str, Value]]]:
    """The harms that were told of in the condition, by severity, the most frequent first.

    :param graph: the one that is asked
    :param iri: of the condition
    """
    rows = _once(graph.query("adverse-events", condition=iri), "statement")
    rows.sort(key=lambda row: -float(str(row["frequency"] or 0)))
    by_severity: dict[str, list[dict[str, Value]]] = {}
    for severity in _SEVERITIES:
        if mine := [row for row in rows if (row["severity"] or "") == severity]:
            by_severity[severity or "severity not stated"] = mine
    return by_severity


def doses(graph: Graph, iri: str) -> list[Dose]:
    """The regimens of immunoglobulin in the condition: those of guidelines first, then by how many tell of them.

    :param graph: the one that is asked
    :param iri: of the condition
    """
    phases: dict[tuple[Value, Value], list[Row]] = {}
    notes: dict[str, dict[str, None]] = {}
    sources: dict[str, dict[Value, Mapping[str, Value]]] = {}
    populations: dict[str, dict[str, None]] = {}
    rows = graph.query("regimens", condition=iri)
    short = in_short(graph, [str(row["statement"]) for row in rows])
    for row in rows:
        phases.setdefault((row["statement"], row["arm"]), []).append(row)
    for (statement, arm), of_arm in phases.items():
        told = [str(phase["note"]) for phase in of_arm if phase["note"] is not None]
        text = regimen(of_arm) or "; ".join(told)
        if not text:
            continue
        source = short.get(str(statement), {})
        # A publication that tells of it in several statements is named once.
        sources.setdefault(text, {}).setdefault(source.get("citation") or source.get("body") or statement, source)
        narrower = of_arm[0]["condition_label"] if of_arm[0]["condition"] != iri else None
        if whom := ", ".join(str(each) for each in (narrower, of_arm[0]["population"]) if each is not None):
            populations.setdefault(text, {})[whom] = None
        if arm not in (None, "ivig", "IVIG", "experimental"):
            notes.setdefault(text, {})[str(arm) if "arm" in str(arm) else f"{arm} arm"] = None
        for note in told:
            if note != text and len(note) < _LONGEST_NOTE:
                notes.setdefault(text, {})[note] = None
    found = [
        Dose(
            text,
            list(notes.get(text, ()))[:2],
            sorted(
                told.values(), key=lambda one: (one.get("kind") != "recommendation", -int(str(one.get("year") or 0)))
            ),
            "; or ".join(_widest(populations.get(text, ()))[:2]),
        )
        for text, told in sources.items()
    ]
    return sorted(found, key=lambda one: (-_recommending(one), -len(one.sources), one.text))


def _widest(populations: Iterable[str]) -> list[str]:
    """Those that no other one of them includes.

    >>> _widest(["child; severe", "child", "adult; severe"])
    ['child', 'adult; severe']
    """
    parts = {each: set(each.split("; ")) for each in populations}
    return [each for each, mine in parts.items() if not any(other < mine for other in parts.values())]


def _recommending(told: Dose) -> int:
    return sum(1 for source in told.sources if source.get("kind") in ("recommendation", "use"))


def mechanisms(graph: Graph, iri: str) -> list[MechanismOf]:
    """The mechanisms that were looked at in the condition, those with the most statements first.

    :param graph: the one that is asked
    :param iri: of the condition
    """
    grouped: dict[tuple[str, str], list[dict[str, Value]]] = {}
    rows = _once(graph.query("mechanisms-for-condition", condition=iri), "statement")
    short = in_short(graph, [str(row["statement"]) for row in rows])
    for row in rows:
        row["finding"] = short.get(str(row["statement"]), {}).get("finding")
        grouped.setdefault((str(row["mechanism"]), str(row["mechanism_label"])), []).append(row)
    found = [
        MechanismOf(
            *mechanism,
            supporting=sum(1 for row in mine if row["supports"] is True),
            contradicting=sum(1 for row in mine if row["supports"] is False),
            rows=sorted(mine, key=lambda row: (row["supports"] is not False, row["basis"] != "patients")),
        )
        for mechanism, mine in grouped.items()
    ]
    return sorted(found, key=lambda one: (-len(one.rows), one.label.casefold()))


def in_short(graph: Graph, statements: Iterable[str]) -> dict[str, Mapping[str, Value]]:
    """What a page tells of statements, by IRI.

    :param graph: the one that is asked
    :param statements: their IRIs
    """
    found: dict[str, Mapping[str, Value]] = {}
    if wanted := sorted(set(statements)):
        for row in graph.about("statements-in-short", *wanted):
            found.setdefault(str(row["statement"]), row)
    return found


def over_time(graph: Graph, iri: str) -> tuple[Element, Element] | None:
    """How many statements rest on publications of each year, as a picture; None where there are fewer than three.

    :param graph: the one that is asked
    :param iri: of the condition
    :returns: the picture, and the same for a phone
    """
    rows = graph.query("evidence-over-time", condition=iri)
    total = sum(int(str(row["statements"])) for row in rows)
    if total < 3 or len({row["year"] for row in rows}) < 2:
        return None
    return timeline(rows), timeline(rows, narrow=True)
