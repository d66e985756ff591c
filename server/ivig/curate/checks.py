"""What in a record contradicts itself, and what is doubtful in it or beside what the graph says already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from ivig.curate.triples import Block, links
from ivig.model.records import EvidenceRecord, Record
from ivig.namespaces import BASE, PREF_LABEL, PREFIXES, TERMS

_REVIEW = BASE + "study-type/systematic-review"
_REVIEWS = {_REVIEW, f"{_REVIEW}-with-meta-analysis", f"{_REVIEW}-of-randomized-trials"}
_PLACEBO = re.compile(r"\bplacebo\b", re.IGNORECASE)
_XSD = PREFIXES["xsd"]
_FOR, _AGAINST = {"benefit"}, {"no-benefit", "harm", "worse-than-active-comparator"}
_ASKED = ("citation", "condition", "outcome", "outcomeAsStated", "population")
"""What is the same of two statements that answer one question of one publication."""
_FOUND = ("citation", "condition", "outcome", "direction", "comparison", "participants")
"""What is the same, with the figures of the effect, of two statements that tell one result."""
_NOT_COMPARED = {PREF_LABEL, *(TERMS + name for name in ("readOn", "secondReading", "page", "readDepth"))}


class Remark(NamedTuple):
    """What is wrong with a field of a record, or doubtful.

    :param field: dotted, as columns and records call it
    :param value: what stands there
    :param allowed: what may
    """

    field: str
    value: str
    allowed: str


def contradictions(record: Record, statement: Block) -> Iterator[Remark]:
    """What cannot all be true of one record.

    :param statement: what it became, so that every word is the vocabulary's own
    """
    if not isinstance(record, EvidenceRecord):
        return
    if _says(statement, "intent", "intent/prevent") and not record.prevented:
        yield Remark("prevented", "", "what was prevented, where the intent is to prevent")
    if _says(statement, "comparison", "comparison/package") and record.tests_ivig:
        yield Remark("tests_ivig", "yes", "no, where the comparison is a package: it shows nothing of IVIG itself")
    review = bool(links(statement, "studyType") & _REVIEWS) or _says(statement, "reporting", "reporting/pooled")
    if review and links(statement, "outcomeRole") - {BASE + "outcome-role/not-stated"}:
        yield Remark(
            "outcome_role", str(record.outcome_role), "nothing, in a review: it is for the outcomes of a study"
        )
    designs = links(statement, "reviewedDesigns") - {BASE + "reviewed-designs/not-stated"}
    if designs and not links(statement, "studyType") & _REVIEWS:
        yield Remark("reviewed_designs", str(record.reviewed_designs), "nothing, but in a systematic review")


def doubts(record: Record, statement: Block) -> Iterator[Remark]:
    """What is likely to be a slip in one record.

    :param record: the one that is looked at
    :param statement: what it became, so that every word is the vocabulary's own
    """
    doses = getattr(record, "dose", [])
    phases = {dose.phase.lower() for dose in doses if dose.phase}
    if phases == {"load"}:
        yield Remark("dose.phase", "load", "a course or maintenance that the load is for")
    if not isinstance(record, EvidenceRecord):
        return
    if _says(statement, "comparison", "comparison/uncontrolled"):
        if record.placebo_controlled or _PLACEBO.search(record.comparator or ""):
            yield Remark("comparison", record.comparison, "inert, where there was a placebo")
        elif record.controlled:
            yield Remark("controlled", "yes", "no, where the comparison is uncontrolled")


def doubts_beside(blocks: Mapping[str, Block], looked_at: Iterable[str]) -> Iterator[tuple[str, Remark]]:
    """What is likely to be a slip in a statement, as others stand beside it: its IRI, and what.

    :param blocks: everything in the graph, by IRI
    :param looked_at: the IRIs of the statements that are new or changed
    """
    wanted = set(looked_at)
    same: dict[frozenset[object], str] = {}
    found: dict[frozenset[object], str] = {}
    asked: dict[frozenset[object], list[tuple[str, str]]] = {}
    statements = [iri for iri in blocks if iri.startswith(f"{BASE}statement/")]
    for iri in sorted(statements, key=lambda each: (each in wanted, each)):
        block = blocks[iri]
        first = same.setdefault(_content(iri, block, blocks), iri)
        if iri in wanted and first != iri:
            yield iri, Remark("id", _id(iri), f"one id for what is the same in all fields; it is {_id(first)} already")
            continue
        figures = _figures(block, blocks)
        result = _said(block, _FOUND) | figures
        if figures and links(block, "citation") and (first := found.setdefault(result, iri)) != iri and iri in wanted:
            yield iri, Remark("id", _id(iri), f"one id for one result; {_id(first)} has the same figures and direction")
            continue
        direction = next((value.rpartition("/")[2] for value in links(block, "direction")), "")
        if direction not in _FOR | _AGAINST or not links(block, "outcome") or not links(block, "citation"):
            continue
        others = asked.setdefault(_said(block, _ASKED), [])
        opposite = [other for other, way in others if (way in _FOR) != (direction in _FOR)]
        if iri in wanted and opposite:
            allowed = f"the direction of {_id(opposite[0])}, which is on the same outcome of the same publication"
            yield iri, Remark("direction", direction.replace("-", " "), f"{allowed}, or what sets the two apart")
        others.append((iri, direction))


def _content(iri: str, block: Block, blocks: Mapping[str, Block]) -> frozenset[object]:
    """All that a statement says, with its effects and regimens, whatever its id is."""
    found: set[object] = set()
    for triple in block:
        value = triple.object
        if triple.predicate.value in _NOT_COMPARED:
            continue
        if isinstance(value, NamedNode) and _of_one(value.value):
            inner = blocks.get(value.value, set())
            found.add(frozenset((t.predicate.value, str(t.object)) for t in inner if t.predicate.value != PREF_LABEL))
        else:
            found.add((triple.predicate.value, str(value)))
    return frozenset(found)


def _of_one(iri: str) -> bool:
    return iri.startswith((f"{BASE}effect/", f"{BASE}regimen/"))


def _figures(block: Block, blocks: Mapping[str, Block]) -> frozenset[object]:
    """The numbers of the effects of a statement."""
    effects = (blocks.get(iri, set()) for iri in links(block, "effect"))
    numbers = (triple for effect in effects for triple in effect if _is_number(triple.object))
    return frozenset((triple.predicate.value, str(triple.object)) for triple in numbers)


def _is_number(value: object) -> bool:
    return isinstance(value, Literal) and value.datatype.value in (_XSD + "decimal", _XSD + "integer")


def _said(block: Iterable[Triple], names: Iterable[str]) -> frozenset[object]:
    wanted = {TERMS + name for name in names}
    return frozenset((t.predicate.value, str(t.object)) for t in block if t.predicate.value in wanted)


def _says(block: Block, name: str, path: str) -> bool:
    return BASE + path in links(block, name)


def _id(iri: str) -> str:
    return iri.removeprefix(f"{BASE}statement/")
