"""Our statements in the terms of the Biolink model (4.4): categories of things, predicates, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ivig.export.reading import EXACT_MATCH, Reading
from ivig.export.statement_columns import Column, columns
from ivig.model.schema import Schema
from ivig.namespaces import ALT_LABEL, BASE, SKOS

_PREFIX = "IVIG"

INFORES = "infores:ivig-evidence-graph"

_CATEGORIES = {
    "Condition": "biolink:Disease",
    "Mechanism": "biolink:BiologicalProcess",
    "AdverseEvent": "biolink:PhenotypicFeature",
    "Product": "biolink:Drug",
    "Citation": "biolink:Publication",
    "WebPage": "biolink:Publication",
    "Passage": "biolink:Publication",
}
_PUBLICATION = "Citation"
_PREFERRED = ("MONDO", "HP", "DOID", "MESH", "UMLS", "NCIT", "EFO", "GO", "DRUGBANK")
"""The ontologies under whose identifier a thing goes, if one of them has exactly this thing."""
_SPELLED = {"SCTID": "SNOMEDCT", "OMIMPS": "OMIM.PS"}
"""Biolink's spelling of prefixes where it is not ours."""
_OF_DISEASES = ("MONDO:", "DOID:")
_KNOWN = frozenset((*_PREFERRED, "SNOMEDCT", "OMIM", "OMIM.PS", "OBI", "ECO"))

_ROLES = ("condition", "modelsCondition", "discussesCondition")
_SOME = "biolink:treats_or_applied_or_studied_to_treat"
POLYVALENT = BASE + "product/polyvalent-immunoglobulin"
"""What a verdict is on."""
ANY_PRODUCT = BASE + "product/immunoglobulin"
"""What stands for immunoglobulin where a statement does not name a product."""

_SAID_BY_BIOLINK = frozenset((
    "statement_label", "kind", "condition", "condition_label", "condition_role", "condition_curies", "population",
    "product", "outcome_label", "study_type_label", "level", "mechanism", "mechanism_label", "supports", "event",
    "event_label", "body", "body_label", "citation", "citation_label", "title", "title_as_read", "authors", "journal",
    "volume", "issue", "pages", "pmid", "doi", "pmcid", "source", "passage", "page",
))  # fmt: skip
"""Columns of which an edge or its nodes say the same in other words."""


def as_in_tables(schema: Schema) -> list[Column]:
    """What an edge says as a table of statements does, under the same name."""
    return [column for column in columns(schema) if column.name not in _SAID_BY_BIOLINK]


_BROADER = SKOS + "broader"
_TRIAL = BASE + "study-type/clinical-trial"


class Edge(NamedTuple):
    """An edge as Biolink has it, and the things that it mentions.

    :param mentions: the IRIs of those at its ends, its disease, its publications
    :param properties: of the edge, by name
    """

    mentions: tuple[str, ...]
    properties: dict[str, Any]


def curie(read: Reading, thing: str) -> str:
    """The identifier of a thing: that of the ontology which has exactly it, else our own; of a publication its PMID or
    PMCID, where it has one, since KGX takes no DOI for a node.

    :param read: what is said of the thing
    :param thing: its IRI
    """
    if read.class_of(thing) == _PUBLICATION:
        return next((one for one in _publication(read, thing) if "/" not in one), own_curie(thing))
    found = {exact.partition(":")[0]: exact for exact in sorted(_exact(read, thing), reverse=True)}
    return next((found[prefix] for prefix in _PREFERRED if prefix in found), own_curie(thing))


def own_curie(thing: str) -> str:
    """Our own identifier as a CURIE. KGX takes no slash behind the colon, so what comes before the name is the prefix.

    >>> own_curie("https://w3id.org/ivig/condition/gout"), own_curie("https://w3id.org/ivig/passage/katz2018/06")
    ('IVIG.condition:gout', 'IVIG.passage.katz2018:06')
    """
    path, _, name = thing.removeprefix(BASE).rpartition("/")
    return f"{_PREFIX}.{path.replace('/', '.')}:{name}"


def node(read: Reading, thing: str) -> dict[str, Any]:
    """A thing as a node.

    :param read: what is said of the thing
    :param thing: its IRI
    :returns: the properties of the node, by their names in KGX
    """
    own = curie(read, thing)
    others = _publication(read, thing) if read.class_of(thing) == _PUBLICATION else _exact(read, thing)
    return {
        "id": own,
        "category": [_category(read, thing, own)],
        "name": read.label(thing),
        "iri": thing,
        "xref": sorted(other for other in others if other != own),
        "synonym": [str(name) for name in read.plain(thing, ALT_LABEL)],
        "provided_by": [INFORES],
    }


def _category(read: Reading, thing: str, curie: str) -> str:
    """By the ontology that has the thing, where it has nothing else; an adverse event may be a disease there."""
    if curie.startswith(_OF_DISEASES):
        return _CATEGORIES["Condition"]
    return _CATEGORIES.get(read.class_of(thing), "biolink:NamedThing")


def edges(read: Reading, statement: str, more: Iterable[Column]) -> Iterator[Edge]:
    """What a statement says, as edges: one, unless it speaks of several mechanisms or events.

    :param more: columns that an edge has as well
    """
    product = next(iter(read.iris(statement, "product")), ANY_PRODUCT)
    conditions = [(iri, role) for role in _ROLES for iri in read.iris(statement, role)]
    disease = [iri for iri, _ in conditions[:1]]
    context = {"disease_context_qualifier": curie(read, disease[0])} if disease else {}
    found: list[tuple[str, str, str, dict[str, Any]]] = []
    for name in ("supportsMechanism", "contradictsMechanism"):
        for mechanism in read.iris(statement, name):
            negated = {"negated": True} if name == "contradictsMechanism" else {}
            found.append((product, "biolink:affects", mechanism, {**negated, **context}))
    for event in read.iris(statement, "adverseEvent"):
        found.append((product, "biolink:has_adverse_event", event, context))
    if not found:
        found = [(product, _predicate(read, statement, role), condition, {}) for condition, role in conditions]
    if not found:
        found = [(source, "biolink:mentions", product, {}) for source in _sources(read, statement)[:1]]
    own = own_curie(statement)
    evidence = _evidence(read, statement) | {column.name: column.cell(read, statement) for column in more}
    evidence = {name: value for name, value in evidence.items() if value not in (None, "", [])}
    for number, (subject, predicate, object, further) in enumerate(found, 1):
        properties = {
            "id": own if number == 1 else f"{own}-{number}",
            "subject": curie(read, subject),
            "predicate": predicate,
            "object": curie(read, object),
            "category": ["biolink:Association"],
            **evidence,
            **further,
        }
        yield Edge((subject, object, *disease, *read.iris(statement, "citation")), properties)


def verdict_edge(read: Reading, verdict: str) -> Edge:
    """A verdict as an edge from immunoglobulin to the condition: its word, its strength, and how much it rests on."""
    (condition,) = read.iris(verdict, "verdictOn")
    own, product = own_curie(verdict), POLYVALENT
    leading = leading_assessment(read, verdict)
    properties = {
        "id": own,
        "subject": curie(read, product),
        "predicate": _SOME,
        "object": curie(read, condition),
        "category": ["biolink:Association"],
        # By rules, from what others stated.
        "knowledge_level": "logical_entailment",
        "agent_type": "automated_agent",
        "primary_knowledge_source": INFORES,
        "statement": verdict,
        "statement_kind": "verdict",
        "direction": read.first(verdict, "verdictDirection"),
        "evidence_level": read.first(verdict, "bestLevel"),
        "study_type": _word(read, verdict, "bestStudyType"),
        "intent": _word(read, verdict, "verdictIntent"),
        "verdict": read.first(verdict, "verdictWord"),
        "verdict_strength": read.first(verdict, "verdictStrength"),
        "verdict_reason": read.first(verdict, "sentence"),
        "supporting_statements": len(read.iris(verdict, "restsOn")),
        "evidence_lines": read.first(leading, "lines"),
        "participants": read.first(leading, "participantsCounted"),
    }
    said = {name: value for name, value in properties.items() if value not in (None, "", [])}
    return Edge((product, condition), said)


def leading_assessment(read: Reading, verdict: str) -> str:
    """The IRI of the assessment of the question that leads a verdict; empty where none does.

    :param read: what is said of the verdict and its assessments
    :param verdict: its IRI
    """
    asked = set(read.iris(verdict, "leadingQuestion"))
    assessments = read.iris(verdict, "assessment")
    return next((one for one in assessments if asked & set(read.iris(one, "question"))), "")


def _predicate(read: Reading, statement: str, role: str) -> str:
    """What was done about the condition. Which way it went is said by the direction, not by the predicate."""
    if _word(read, statement, "kind") == "efficacy" and _word(read, statement, "intent") == "treat":
        if role == "modelsCondition":
            return "biolink:in_preclinical_trials_for"
        if role == "condition":
            is_trial = _TRIAL in _with_broader(read, read.iris(statement, "studyType"))
            return "biolink:in_clinical_trials_for" if is_trial else "biolink:studied_to_treat"
    return _SOME


def _with_broader(read: Reading, things: list[str]) -> set[str]:
    found: set[str] = set()
    while things:
        found.update(things)
        things = [b for t in things for b in read.iris(t, _BROADER) if b not in found]
    return found


def _evidence(read: Reading, statement: str) -> dict[str, Any]:
    level = next(iter(read.plain(statement, "level")), None)
    # Biolink calls it an observation where something was seen to happen and nothing was compared.
    observed = level == 4 and _word(read, statement, "reporting") in (None, "primary")
    return {
        "knowledge_level": "observation" if observed else "knowledge_assertion",
        "agent_type": "manual_agent",
        "primary_knowledge_source": INFORES,
        "publications": [one for iri in read.iris(statement, "citation") for one in _publication(read, iri)],
        "statement": statement,
        "statement_kind": _word(read, statement, "kind"),
        "direction": _word(read, statement, "direction"),
        "study_type": _word(read, statement, "studyType"),
        "evidence_level": read.first(statement, "level"),
        "participants": read.first(statement, "participants"),
        "studied_population": read.text(statement, "population"),
        "comparison": _word(read, statement, "comparison"),
        "outcome": _word(read, statement, "outcome"),
        "intent": _word(read, statement, "intent"),
        "recommendation": _word(read, statement, "recommendation"),
        "recommended_by": _word(read, statement, "body"),
        "regulatory_status": _word(read, statement, "regulatoryStatus"),
        "read_at": [iri for page in read.iris(statement, "page") for iri in read.iris(page, "readAt")],
    }


def _word(read: Reading, statement: str, property: str) -> str | None:
    return next((read.label(iri) for iri in read.iris(statement, property)), None)


def _sources(read: Reading, statement: str) -> list[str]:
    return [iri for name in ("citation", "page", "passage") for iri in read.iris(statement, name)]


def _publication(read: Reading, citation: str) -> list[str]:
    """The identifiers of a publication as Biolink writes them; our own where it has none."""
    found = [
        f"{prefix}:{value}"
        for property, prefix in (("pmid", "PMID"), ("doi", "doi"))
        for value in read.plain(citation, property)
    ]
    found += [f"PMC:{str(value).upper().removeprefix('PMC')}" for value in read.plain(citation, "pmcid")]
    return found or [own_curie(citation)]


def _exact(read: Reading, thing: str) -> list[str]:
    """CURIEs of exactly this thing, with the prefixes that Biolink knows."""
    spelled = (one.partition(":") for one in read.curies(thing, EXACT_MATCH))
    curies = ((_SPELLED.get(prefix, prefix), local) for prefix, _, local in spelled)
    return [f"{prefix}:{local}" for prefix, local in curies if prefix in _KNOWN]
