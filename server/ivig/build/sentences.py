"""The verdict in a sentence, made from the facts that it rests on by one small grammar; none is typed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SMALL = 50
"""Participants below which a study that stands alone is called small."""
_HARDLY = 100
"""Participants below which a question is called hardly tested where another leads."""
_FOR, _AGAINST = 0.75, 0.25
_ENOUGH = 200
"""Participants below which two treatments did no different, rather than one as good as the other."""
_UNCONTROLLED = 4
"""The rank from which on nothing was compared."""
_OTHERS = 2
"""How many comparisons with other treatments a sentence tells of beside the leading one."""
_EXCLUSIVE = (
    {"children", "adults", "newborns", "older people"},
    {"acute or exacerbation", "maintenance"},
    {"relapsing", "progressive"},
    {"first line", "refractory"},
)
"""Groups of patients that answer for each other's opposite."""
_WITHOUT_CONTROLS = {
    "benefit": "improvement reported",
    "no benefit shown": "no improvement reported",
    "harm": "harm reported",
}
"""What a word means where nothing was compared."""
_ONLY = {
    "add-on to IVIG": "treatments added to IVIG",
    "adverse event": "unwanted events",
    "another product": "other products than polyvalent IVIG",
    "combination": "combinations with another treatment",
    "dose, schedule, route or product": "comparisons of doses, routes or products",
    "laboratory value": "laboratory values",
    "machine-written source": "a page that a language model wrote",
    "no study found": "reviews that found no study",
    "no study of its own": "reviews without a method, guidance or sources of no stated design",
    "no direction": "results of no stated direction",
    "no patients": "animals and cells",
    "not of immunoglobulin itself": "comparisons that do not tell of immunoglobulin itself",
    "package": "packages of several treatments",
    "retracted": "retracted publications",
}
"""What was read, by why it does not count."""

Facts = Mapping[str, Any]


def sentence(facts: Facts, assessments: Sequence[Facts] = (), populations: Mapping[str, float] = {}) -> str:
    """One sentence that says what is known of a condition, in the order in which a clinician asks.

    :param facts: a row of `verdict-facts`: word, strength, bodies, licences, and why statements do not count
    :param assessments: the rows of `verdict-assessments` of that verdict, the leading one first
    :param populations: group of patients to the share of the weight for benefit there, from 0 to 1
    :returns: plain English, ending with a full stop

    >>> active = {"versus": "active", "word": "as good", "said": "as good as plasma exchange", "leads": "true"}
    >>> review = {**active, "rank": 1, "lines": 1, "size": 536, "benefit": 0, "trials": 5}
    >>> sentence({"word": "as good as plasma exchange", "strength": "strong", "bodies_for": 7}, [review])
    'As good as plasma exchange in five randomized trials with 536 patients (strong); not tested against nothing; seven
    bodies for, none against.'
    """
    if not assessments:
        clauses = [_nothing_counts(facts)]
    else:
        first, *others = assessments
        clauses = [_lead(facts, first), *_other_questions(first, others), _differing(populations)]
    text = "; ".join(clause for clause in [*clauses, _bodies(facts), _licences(facts)] if clause)
    return text[0].upper() + text[1:] + "."


def _nothing_counts(facts: Facts) -> str:
    """Where no statement counts, what was read all the same."""
    reasons = [reason for reason in str(facts.get("reasons") or "").split("|") if reason]
    if not reasons:
        return "no study was read"
    return f"no study that counts was read, only {_listed([_ONLY.get(reason, reason) for reason in reasons])}"


def _lead(facts: Facts, first: Facts) -> str:
    said = facts["word"]
    if said == "contested":
        mixed = int(first["lines"]) == 1
        said = (
            "mixed results" if mixed else f"contested, {_percent(float(first['benefit']))} of the weight for benefit,"
        )
    elif first["versus"] == "active":
        said = _compared(first)
    elif int(first["rank"]) >= _UNCONTROLLED:
        said = _WITHOUT_CONTROLS.get(said, said)
    prevented = [name for name in str(facts.get("prevented") or "").split("|") if name]
    against = f" in preventing {_listed(prevented)}" if 0 < len(prevented) <= _OTHERS else ""
    alone = int(first["lines"]) == 1 and (int(first["rank"]) != 1 or _trials(first) == 1)
    small = alone and 0 < int(first["size"]) < _SMALL
    basis = f"{', ' if against else ' '}{_basis(first)}"
    return f"{said}{against}{basis} ({facts['strength']}{', one small study alone' if small else ''})"


def _compared(assessment: Facts) -> str:
    """How it stands to another treatment: few participants show no difference rather than that one is as good."""
    said = str(assessment.get("said") or assessment["word"])
    return said if int(assessment["size"]) >= _ENOUGH else said.replace("as good as ", "no different from ", 1)


def _basis(assessment: Facts) -> str:
    """By what kind of study, how many of them, with how many patients."""
    rank, lines, size = int(assessment["rank"]), int(assessment["lines"]), int(assessment["size"])
    if rank == 1:
        trials = _trials(assessment)
        said = f"in {_count(trials, 'randomized trial')}" if trials else "in a review of randomized trials"
        if lines > 1:
            said += f" and {_count(lines - 1, 'further one' if trials else 'further trial')}"
    elif rank == 2:
        said = f"in {_count(lines, 'randomized trial')}"
    elif rank == 3:
        said = f"in {_count(lines, 'controlled study')} without randomization"
    elif rank == 4:
        said = f"in {_count(lines, 'study')} without controls"
    else:
        said = f"in {_count(lines, 'source')} of no stated design"
    return f"{said} with {_count(size, 'patient')}" if size else said


def _trials(assessment: Facts) -> int:
    return int(assessment.get("trials") or 0)


def _other_questions(first: Facts, others: Sequence[Facts]) -> Iterator[str]:
    nothing = next((other for other in others if other["versus"] == "nothing"), None)
    if first["versus"] == "active":
        if nothing is None:
            yield "not tested against nothing"
        elif int(nothing["size"]) < _HARDLY:
            yield "hardly tested against nothing"
        else:
            yield f"{nothing['word']} against nothing {_basis(nothing)}"
    active = [other for other in others if other["versus"] == "active" and int(other["rank"]) < _UNCONTROLLED]
    yield from (f"{_compared(other)} {_basis(other)}" for other in active[:_OTHERS])


def _differing(populations: Mapping[str, float]) -> str:
    """Where groups that exclude each other answer differently, each with its answer."""
    for opposed in _EXCLUSIVE:
        helped = sorted(name for name in opposed if populations.get(name, 0.5) >= _FOR)
        not_helped = sorted(name for name in opposed if populations.get(name, 0.5) <= _AGAINST)
        if helped and not_helped:
            return f"benefit in {_listed(helped)}, none shown in {_listed(not_helped)}"
    return ""


def _bodies(facts: Facts) -> str:
    if facts.get("bodies_for") is None:
        return ""
    pro, contra = int(facts["bodies_for"]), int(facts.get("bodies_against") or 0)
    if not pro and not contra:
        return "no body for or against"
    if not pro:
        return f"{_count(contra, 'body')} against, none for"
    return f"{_count(pro, 'body')} for, {_word(contra) if contra else 'none'} against"


def _licences(facts: Facts) -> str:
    places = [place for place in str(facts.get("licensed") or "").split(", ") if place]
    return f"licensed in {_listed([_place(place) for place in places])}" if places else ""


def _place(name: str) -> str:
    return f"the {name}" if name in ("European Union", "United States", "United Kingdom") else name


def _count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> _count(1, "body"), _count(3, "study"), _count(21, "randomized trial")
    ('one body', 'three studies', '21 randomized trials')
    """
    plural = noun if number == 1 else noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{_word(number)} {plural}"


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def _percent(share: float) -> str:
    return f"{round(100 * share)}%"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def by_verdict(rows: Sequence[Facts]) -> dict[str, list[Facts]]:
    """The rows of a query by their verdict, in its order."""
    found: dict[str, list[Facts]] = defaultdict(list)
    for row in rows:
        found[row["verdict"]].append(row)
    return found
