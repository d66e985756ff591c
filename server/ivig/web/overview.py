"""What the pages on many conditions show: the answers to the questions of the source documents, lists, the matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ivig.errors import AmbiguousName, BadInput, UnknownName
from ivig.model.labels import normal
from ivig.namespaces import BASE
from ivig.query.names import nearest
from ivig.query.results import Value
from ivig.query.wording import sign_of, strength_rank
from ivig.web.condition import Body, Chip, strip

if TYPE_CHECKING:
    from ivig.web.served import Served

Row = dict[str, Value]

_AUTOIMMUNE = BASE + "condition/autoimmune-disease"
_SURE = 2
"""From this strength on, moderate, a verdict is called sure on the first page."""
_NEWEST = 8
_MOST_BODIES = 14
_MOST_CONDITIONS = 40


class Answers(NamedTuple):
    """The conditions by what the evidence comes to; those that are sure are listed.

    :param helps: rows of those where it is sure that it helps, the surest first
    :param as_good: likewise, where it is as good as another treatment
    :param does_not: likewise, where it does no good, or harm
    :param contested: rows of those where the evidence is split
    :param weak: how many have a benefit that is not sure
    :param total: how many verdicts there are
    """

    helps: list[Row]
    as_good: list[Row]
    does_not: list[Row]
    contested: list[Row]
    weak: int
    total: int


def answers(overview: Iterable[Row]) -> Answers:
    """The answer to "What is the evidence of efficacy of immunoglobulin?", by verdict and strength."""
    rows = sorted(overview, key=lambda row: (-strength_rank(row["strength"]), -int(str(row["participants_max"] or 0))))
    by_tone: dict[str, list[Row]] = {}
    for row in rows:
        by_tone.setdefault(sign_of(row["verdict"]).tone, []).append(row)

    def sure(*tones: str) -> list[Row]:
        found = [row for tone in tones for row in by_tone.get(tone, ()) if strength_rank(row["strength"]) >= _SURE]
        return sorted(found, key=lambda row: -strength_rank(row["strength"]))

    weak = sum(1 for row in by_tone.get("good", ()) if strength_rank(row["strength"]) < _SURE)
    return Answers(sure("good"), sure("equal"), sure("bad", "harm"), by_tone.get("mixed", []), weak, len(rows))


class Share(NamedTuple):
    """How many conditions come to a verdict.

    :param tone: the sort of verdict, which tells its colour
    :param word: what it is called
    :param conditions: how many
    :param examples: rows of up to five of them
    """

    tone: str
    word: str
    conditions: int
    examples: list[Row]


_WORDS = {
    "good": "benefit",
    "equal": "as good as another treatment",
    "mixed": "contested or mixed",
    "open": "not proven, or not controlled",
    "bad": "no benefit shown",
    "harm": "harm, or worse than another treatment",
}


def autoimmune(here: Served) -> list[Share]:
    """The answer to "Does immunoglobulin help all autoimmune conditions?": their verdicts on treatment."""
    within = {str(row["thing"]) for row in here.graph.about("members-of-thing", _AUTOIMMUNE)}
    rows = [row for row in here.overview if row["condition"] in within and row["intent"] == "treat"]
    rows.sort(key=lambda row: (-strength_rank(row["strength"]), -int(str(row["participants_max"] or 0))))
    shares = []
    for tone, word in _WORDS.items():
        mine = [row for row in rows if sign_of(row["verdict"]).tone == tone]
        if mine:
            shares.append(Share(tone, word, len(mine), mine[:5]))
    return shares


def contested(overview: Iterable[Row]) -> list[Row]:
    """The conditions on which the evidence is split, the largest first."""
    rows = [row for row in overview if sign_of(row["verdict"]).tone == "mixed"]
    return sorted(rows, key=lambda row: -int(str(row["participants_max"] or 0)))


def by_condition(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows by the IRI and label of their condition, in their order."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((str(row["condition"]), str(row["condition_label"])), []).append(row)
    return grouped


def newest(here: Served) -> list[Row]:
    """The newest publications that tell of an effect, each with a condition."""
    return here.graph.about("newest-publications").rows[:_NEWEST]


def conditions(here: Served) -> list[Row]:
    """Every condition with its field, and its verdict where there is one: that on treatment, else the first."""
    found = []
    for row in here.graph.query("conditions"):
        judged: Row = here.verdicts.get(row["condition"], [{}])[0]
        found.append(
            {
                "condition": row["condition"],
                "condition_label": row["condition_label"],
                "group_label": row["group_label"],
                "statements": row["statements"],
                "intent": judged.get("intent"),
                "verdict": judged.get("verdict", "not assessed"),
                "strength": judged.get("strength"),
                "best_study_type_label": judged.get("best_study_type_label"),
                "participants_max": judged.get("participants_max"),
                "latest_year": judged.get("latest_year"),
                "others": len(here.verdicts.get(row["condition"], ())) - 1,
            }
        )
    return found


def order(row: Row, by: str) -> tuple[int | str, str]:
    """Where a condition stands in the list.

    :param by: strength, participants, year or field; else by name
    """
    name = str(row["condition_label"]).casefold()
    if by == "field":
        return str(row["group_label"]), name
    largest_first = {
        "strength": strength_rank(row["strength"]),
        "participants": int(str(row["participants_max"] or 0)),
        "year": int(str(row["latest_year"] or 0)),
    }
    return -largest_first.get(by, 0), name


class Matrix(NamedTuple):
    """Bodies across, conditions down, and what each body says of each condition.

    :param fields: of medicine, to choose from, by name
    :param bodies: IRI and name of each, those that speak of most conditions first
    :param conditions: IRI and label of each, those that most bodies speak of first
    :param cells: what is said, by the IRIs of condition and body
    :param left_out: how many conditions are not shown
    """

    fields: list[str]
    bodies: list[tuple[str, str]]
    conditions: list[tuple[str, str]]
    cells: dict[tuple[str, str], Chip]
    left_out: int


def matrix(here: Served, field: str) -> Matrix:
    """What bodies say, as a matrix: those that speak of most conditions, and the conditions that most speak of.

    :param field: a field of medicine; empty for all
    """
    groups = {row["condition"]: str(row["group_label"]) for row in here.graph.query("conditions")}
    by_thing: dict[tuple[str, str], list[Body]] = {}
    for row in here.graph.query("recommendations"):
        if row["condition"] is None or row["body"] is None or field not in ("", groups.get(row["condition"], "")):
            continue
        by_thing.setdefault((str(row["condition"]), str(row["condition_label"])), []).append(Body.of(row))
    cells: dict[tuple[str, str], Chip] = {}
    names: dict[str, str] = {}
    for (iri, _), found in by_thing.items():
        ordered = sorted(found, key=lambda body: -int(body.year or 0))
        for chip in strip(ordered):
            cells[iri, chip.body] = chip
            names[chip.body] = chip.name
    spoken = sorted(names, key=lambda body: (-sum(1 for _, other in cells if other == body), names[body]))[
        :_MOST_BODIES
    ]
    rows = sorted(
        by_thing, key=lambda pair: (-sum(1 for body in spoken if (pair[0], body) in cells), pair[1].casefold())
    )
    rows = [pair for pair in rows if any((pair[0], body) in cells for body in spoken)]
    return Matrix(
        sorted(set(groups.values())),
        [(body, names[body]) for body in spoken],
        rows[:_MOST_CONDITIONS],
        cells,
        max(0, len(rows) - _MOST_CONDITIONS),
    )


class Compared(NamedTuple):
    """A treatment that is compared with others.

    :param iri: of the question that names it, or of the product
    :param name: what it is called
    :param told: each direction with how many statements say so, the most first
    :param rows: the statements by the IRI of their condition, those that count first
    """

    iri: str
    name: str
    told: list[tuple[str, int]]
    rows: dict[str, list[Row]]


def treatment(here: Served, typed: str) -> str:
    """The IRI of the treatment or product that a name means.

    :param typed: what it is called, in the list or elsewhere; a path or an IRI
    :raises UnknownName: with the nearest
    """
    named = {normal(str(row["name"])): str(row["thing"]) for row in here.treatments}
    known = set(named.values())
    iri = named.get(normal(typed)) or next((each for each in known if typed in (each, each.removeprefix(BASE))), None)
    if iri is None:
        try:
            iri = here.graph.names.resolve(typed, "Question")
        except (UnknownName, AmbiguousName, BadInput):
            iri = ""
    if iri not in known:
        raise UnknownName("treatment", typed, nearest(typed, [str(row["name"]) for row in here.treatments])[:5])
    return iri


def compared_treatments(here: Served, iris: Sequence[str]) -> tuple[list[Compared], list[tuple[str, str]]]:
    """Treatments side by side, and the conditions in which one of them was looked at: IRI and label.

    :param iris: of the treatments
    :returns: those that most treatments share come first
    """
    names = {str(row["thing"]): str(row["name"]) for row in here.treatments}
    found: dict[str, dict[str, list[Row]]] = {iri: {} for iri in iris}
    labels: dict[str, str] = {}
    # Asked about nothing, it would tell of everything.
    for row in here.graph.about("statements-against-treatment", *sorted(set(iris))) if iris else ():
        found[str(row["thing"])].setdefault(str(row["condition"]), []).append(row)
        labels[str(row["condition"])] = str(row["condition_label"])
    compared = []
    for iri, rows in found.items():
        told = Counter(str(row["direction"]) for each in rows.values() for row in each)
        compared.append(Compared(iri, names[iri], told.most_common(), rows))
    shared = Counter(condition for each in compared for condition in each.rows)
    size = Counter({condition: sum(len(each.rows.get(condition, ())) for each in compared) for condition in shared})
    ordered = sorted(shared, key=lambda one: (-shared[one], -size[one], labels[one].casefold()))
    return compared, [(condition, labels[condition]) for condition in ordered]
