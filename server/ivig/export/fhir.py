"""FHIR R5: results and verdicts as Evidence, what they are about as EvidenceVariable, publications as Citation.

One Bundle, after HL7's guide on evidence-based medicine, each resource built and checked by fhir.resources. What FHIR
has no place for is left out, and nothing is bent to fit: `docs/fhir.md` says what goes where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

from ivig.errors import BadInput
from ivig.export.biolink import ANY_PRODUCT, POLYVALENT, leading_assessment
from ivig.export.description import CREATOR, DATASET, LICENCE
from ivig.export.formats import needed
from ivig.export.reading import EXACT_MATCH
from ivig.export.statement_columns import columns
from ivig.export.subgraph import Subgraph
from ivig.model.schema import schema
from ivig.namespaces import NOTATION, SKOS
from ivig.query import Graph

Json = dict[str, Any]

_HL7 = "http://terminology.hl7.org/CodeSystem/"
_SYSTEMS = {
    "MONDO": "http://purl.obolibrary.org/obo/mondo.owl",
    "HP": "http://human-phenotype-ontology.org",
    "SCTID": "http://snomed.info/sct",
    "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICD10WHO": "http://hl7.org/fhir/sid/icd-10",
    "MESH": "https://www.nlm.nih.gov/mesh",
    "NCIT": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "UMLS": "http://terminology.hl7.org/CodeSystem/umls",
    "Orphanet": "https://www.orpha.net",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "ATC": "http://www.whocc.no/atc",
}
"""What FHIR calls the ontologies of our links, as read in HL7's own terminology (UTG, a19c263 of 2026-08-04); terms of
others go without."""
_WITH_PREFIX = ("MONDO", "HP")
"""Ontologies whose codes hold their prefix."""
_MEASURES = {
    "hazard-ratio": ("C93150", "Hazard Ratio"),
    "odds-ratio": ("C16932", "Odds Ratio"),
    "risk-ratio": ("C93152", "Relative Risk"),
    "rate-ratio": ("rate-ratio", "Incidence Rate Ratio"),
    "risk-difference": ("0000424", "Risk Difference"),
    "mean-difference": ("0000457", "Mean Difference"),
    "median-difference": ("absolute-MedianDiff", "Absolute Median Difference"),
    "standardized-mean-difference": ("0000100", "Standardized Mean Difference"),
    "mean": ("C53319", "Mean"),
    "median": ("C28007", "Median"),
    "proportion": ("C44256", "Proportion"),
}
"""Our measures in HL7's types of statistic, where the two say the same."""
_COUNT = ("C25463", "Count")
_INTERVAL = ("C53324", "Confidence interval")
_P = ("C44185", "P-value")
_RANGE = ("C38013", "Range")
_DEVIATION = ("C53322", "Standard deviation")
_UCUM = frozenset(("%", "1", "a", "mo", "wk", "d", "h", "kg", "g", "m", "g/L", "g/dL", "mg/L", "mg/dL", "g/d", "mg/d",
    "umol/L", "[IU]/L", "mL/min", "10*9/L", "/uL"))  # fmt: skip
_PERSONS = ("", "{patients}", "patients", "{persons}", "{patient}")
_ADJUSTED: dict[Any, str] = {True: "adjusted", False: "not adjusted"}
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_NAME_THE_ARM = ("inert", "usual-care")
"""Comparisons that say what the other arm had where nothing else does."""
_IDENTIFIERS = {
    "pmid": "https://pubmed.ncbi.nlm.nih.gov",
    "doi": "https://doi.org",
    "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/",
}
_RULE = "By the rule of the graph, from the direction of effects: not pooled, not GRADE, no systematic search."


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write the results of a subgraph, and the verdicts that rest on them alone, as a Bundle.

    :param graph: the one that the subgraph is of
    :param subgraph: what to write
    :param format_name: not looked at: there is one format here
    :param out: takes the bytes, in UTF-8
    :raises NotInstalled: without fhir.resources
    :raises BadInput: where the subgraph holds no result
    """
    bundle = needed("fhir.resources.bundle", "fhir.resources", "fhir")
    resources = Resources(graph, subgraph).all()
    if (first := next(resources, None)) is None:
        raise BadInput(
            "nothing that was selected is a result: FHIR has a place for efficacy and safety alone; "
            "select a condition or such statements, or take turtle or jsonld"
        )
    meta = {"versionId": graph.release.digest, "source": DATASET}
    # An entry a line, as they come: the Bundle around them is the library's, opened where entries go.
    out.write(bundle.Bundle(type="collection", meta=meta).model_dump_json().encode().removesuffix(b"}") + b',"entry":[')
    between = b"\n"
    for resource in chain((first,), resources):
        entry = bundle.BundleEntry(fullUrl=f"urn:uuid:{resource.id}", resource=resource)
        out.write(between + entry.model_dump_json().encode())
        between = b",\n"
    out.write(b"\n]}\n")


class Resources:
    """The resources that stand for a subgraph. A variable or a publication that several results share is one."""

    def __init__(self, graph: Graph, subgraph: Subgraph) -> None:
        """
        :param graph: the one that the subgraph is of
        :param subgraph: what they stand for
        """
        self._subgraph = subgraph
        self._read = subgraph.reading()
        self._regimen = next(column for column in columns(schema(graph.files)) if column.name == "regimen")
        self._shared: dict[str, tuple[str, Json]] = {}

    def all(self) -> Iterator[Any]:
        """Results, then verdicts, then what they share; nothing where there is no result."""
        for statement in self._subgraph.statements:
            yield from self._results(statement)
        if self._shared:
            yield from map(self._verdict, self._subgraph.verdicts())
        for key, (kind, said) in self._shared.items():
            yield _made(kind, key, said)

    def _results(self, statement: str) -> Iterator[Any]:
        """A result, and beside it what each arm had, where that is told."""
        read = self._read
        kind = next(iter(read.iris(statement, "kind")), "").rpartition("/")[2]
        if kind not in ("efficacy", "safety"):
            return
        population, exposure = self._population(statement), self._exposure(statement)
        comparator, outcome = self._comparator(statement), self._outcome(statement)
        effects = read.iris(statement, "effect")
        arms = [
            (f"{effect}/{side}", made)
            for effect in effects
            for side, of_arm in (("intervention", exposure), ("comparator", comparator))
            if (made := self._arm(effect, side, [population, of_arm, outcome]))
        ]
        main: Json = {
            "url": statement,
            "title": read.label(statement),
            "description": read.text(statement, "finding"),
            "assertion": self._labels(statement, "direction"),
            "lastReviewDate": max(map(str, read.plain(statement, "readOn")), default=None),
            "publisher": CREATOR,
            "copyright": LICENCE,
            "note": _notes([*self._warnings(statement), *map(str, read.plain(statement, SKOS + "note"))]),
            "relatedArtifact": [*self._sources(statement), *(_related("composed-of", key) for key, _ in arms)],
            "variableDefinition": _some(population, exposure, comparator, outcome),
            "synthesisType": self._synthesis(statement),
            "studyDesign": [
                self._concept(iri) for name in ("studyType", "blinding") for iri in read.iris(statement, name)
            ],
            "statistic": self._statistics(statement, effects),
            "certainty": self._level(statement),
        }
        yield _made("Evidence", statement, main)
        for key, said in arms:
            yield _made("Evidence", key, {**said, "relatedArtifact": [_related("part-of", statement)]})

    def _warnings(self, statement: str) -> Iterator[str]:
        if True in [
            value
            for at in self._read.along(statement, ("passage", "source"))
            for value in self._read.plain(at, "machineWritten")
        ]:
            yield "Written by a language model: no verdict rests on it."

    def _labels(self, thing: str, *path: str) -> str:
        return "; ".join(map(self._read.label, self._read.along(thing, path)))

    def _concept(self, thing: str) -> Json:
        """A thing as a concept: its label, and the codes of exactly this thing."""
        coding = []
        for outside in self._read.iris(thing, EXACT_MATCH):
            for notation in map(str, self._read.plain(outside, NOTATION)):
                prefix, _, local = notation.partition(":")
                # What holds a hyphen is a block of codes, not one.
                if prefix in _SYSTEMS and "-" not in local:
                    code = notation if prefix in _WITH_PREFIX else local
                    label = self._read.label(outside)
                    display = None if label in (notation, outside) else label
                    coding.append({"system": _SYSTEMS[prefix], "code": code, "display": display})
        return {"text": self._read.label(thing), "coding": coding}

    def _variable(
        self, role: str, title: str, things: Iterable[str], words: Iterable[str] = (), *, said: Iterable[str] = (),
        of: Iterable[str] = (), is_observed: bool = True,
    ) -> Json:  # fmt: skip
        """A variable in its role.

        :param role: of HL7's roles of variables
        :param title: what to call it
        :param things: what it is made of, with codes where there are any
        :param words: what it is made of, in the words of the source
        :param said: notes on the variable
        :param of: notes on its role in this result
        :param is_observed: whether it is what was seen, not what was asked about
        """
        things, words, said = list(dict.fromkeys(things)), list(filter(None, words)), list(filter(None, said))
        key = "|".join((role, title, *things, *words, *said))
        concepts = [*map(self._concept, things), *({"text": text} for text in words)]
        self._shared[key] = (
            "EvidenceVariable",
            {
                "title": title,
                "identifier": [{"system": "urn:ietf:rfc:3986", "value": things[0]}]
                if [*things, *words] == things[:1]
                else [],
                "characteristic": [{"definitionCodeableConcept": concept} for concept in concepts],
                "note": _notes(said),
            },
        )
        return {
            "variableRole": _coded("variable-role", role, _ROLES[role]),
            "observed" if is_observed else "intended": {"reference": _address(key), "display": title},
            "note": _notes(of),
        }

    def _population(self, statement: str) -> Json | None:
        conditions = [iri for name in ("condition", "modelsCondition") for iri in self._read.iris(statement, name)]
        groups = self._read.iris(statement, "populationGroup")
        words = self._read.text(statement, "population")
        if not conditions and not groups and not words:
            return None
        title = ": ".join(filter(None, ("; ".join(map(self._read.label, conditions)), words)))
        title = title or "; ".join(map(self._read.label, groups))
        return self._variable("population", title, [*conditions, *groups], [words])

    def _exposure(self, statement: str) -> Json:
        read = self._read
        things = [iri for name in ("product", "treatment", "backgroundTreatment") for iri in read.iris(statement, name)]
        words = read.text(statement, "intervention")
        things = things or [ANY_PRODUCT]
        regimen = self._regimen.cell(read, statement)
        said = [f"Regimen: {regimen}"] if regimen else []
        besides = read.text(statement, "concomitant")
        said += [f"Besides, in every arm: {besides}"] if besides else []
        title = words or read.label(things[0])
        return self._variable("exposure", title, things, [words], said=said)

    def _comparator(self, statement: str) -> Json | None:
        """What the other arm had; several in the words of the source, since no code would be of both."""
        read = self._read
        words = read.text(statement, "comparator")
        kinds = read.iris(statement, "comparison")
        named = [iri for iri in kinds if iri.rpartition("/")[2] in _NAME_THE_ARM]
        if not words and not named:
            return None
        of = [f"Comparison: {read.label(kind)}" for kind in kinds]
        title = words or read.label(named[0])
        return self._variable("referenceExposure", title, read.iris(statement, "backgroundTreatment"), [title], of=of)

    def _outcome(self, statement: str) -> Json | None:
        read = self._read
        things = [iri for name in ("outcome", "adverseEvent") for iri in read.iris(statement, name)]
        words = read.text(statement, "outcomeAsStated")
        if not things and not words:
            return None
        title = read.label(things[0]) if things else words
        timing, role = read.text(statement, "outcomeTiming"), self._labels(statement, "outcomeRole")
        said = [f"In the words of the source: {words}" if things and words else "", f"When: {timing}" if timing else ""]
        of = [f"Role in the study: {role}"] if role else []
        return self._variable("measuredVariable", title, things, [] if things else [words], said=said, of=of)

    def _synthesis(self, statement: str) -> Json | None:
        if any(iri.endswith("/primary") for iri in self._read.iris(statement, "reporting")):
            return _coded("synthesis-type", "NotApplicable", "not applicable")
        design = self._labels(statement, "studyType")
        return {"text": design} if "review" in design else None

    def _level(self, statement: str) -> list[Json]:
        return [
            {"type": {"text": "level by design alone, Oxford CEBM 2011"}, "rating": {"text": str(level)}}
            for level in self._read.plain(statement, "level")
        ]

    def _statistics(self, statement: str, effects: Iterable[str]) -> list[Json]:
        """The figures of a result; where none is told, how many were looked at; else nothing."""
        read = self._read
        size = {
            name: number
            for name, of in (("numberOfParticipants", "participants"), ("numberOfStudies", "studies"))
            if isinstance(number := read.first(statement, of), int)
        }
        made = [{**self._figures(effect), "sampleSize": size} for effect in effects]
        if (frequency := read.first(statement, "frequency")) is not None:
            made.append(
                {
                    "statisticType": {"text": "frequency of the event"},
                    "quantity": {"value": frequency, "unit": read.text(statement, "frequencyUnit")},
                    "description": read.text(statement, "frequencyAsStated"),
                    "sampleSize": size,
                }
            )
        return made or [{"sampleSize": size}]

    def _figures(self, effect: str) -> Json:
        read = self._read
        unit, value = read.text(effect, "unit"), read.first(effect, "value")
        terms, words = read.iris(effect, "measureTerm"), read.text(effect, "measure")
        estimates = []
        if limits := _range(read.first(effect, "ciLow"), read.first(effect, "ciHigh"), unit):
            estimates.append({"type": _estimate(_INTERVAL), "level": Decimal("0.95"), "range": limits})
        if seen := _range(read.first(effect, "rangeLow"), read.first(effect, "rangeHigh"), unit):
            estimates.append({"type": _estimate(_RANGE), "range": seen})
        estimates += _p_value(read.plain(effect, "p"), read.text(effect, "pRelation"))
        adjusted = _ADJUSTED.get(read.first(effect, "adjusted"), "")
        said: Json = {
            "statisticType": self._measure(terms, words),
            "quantity": None if value is None else _quantity(value, unit),
            "attributeEstimate": estimates,
            "note": _notes(map(str, read.plain(effect, SKOS + "note"))),
            "modelCharacteristic": [{"code": {"text": adjusted}}],
        }
        return said if value is not None or estimates or said["note"] else {}

    def _measure(self, terms: list[str], words: str) -> Json | None:
        if not terms:
            return {"text": words} if words else None
        concept = {"text": self._read.label(terms[0])}
        if (known := _MEASURES.get(terms[0].rpartition("/")[2])) is not None:
            concept |= _coded("statistic-type", *known)
        elif terms[0].endswith("/other") and words:
            concept["text"] = words
        return concept

    def _arm(self, effect: str, side: str, variables: list[Json | None]) -> Json | None:
        """What one arm had: how many of how many, a mean, a median; None where nothing is told."""
        read = self._read

        def figure(name: str) -> Any:
            return read.first(effect, name if side == "intervention" else f"comparator{name[0].upper()}{name[1:]}")

        unit, statistics = read.text(effect, "armUnit"), []
        size = {"knownDataCount": total if isinstance(total := figure("total"), int) else None}
        if (events := figure("events")) is not None:
            name = "numberAffected" if unit in _PERSONS else "numberOfEvents"
            count: Json = {"statisticType": _statistic(_COUNT), "quantity": {"value": events}, name: events}
            statistics.append({**count, "sampleSize": size})
        for name in ("mean", "median"):
            if (value := figure(name)) is not None:
                said: Json = {"statisticType": _statistic(_MEASURES[name]), "quantity": _quantity(value, unit)}
                if name == "mean" and (deviation := figure("sd")) is not None:
                    said["attributeEstimate"] = [
                        {"type": _estimate(_DEVIATION), "quantity": _quantity(deviation, unit)}
                    ]
                statistics.append({**said, "sampleSize": size})
        if not statistics:
            return None
        arm = {"intervention": "arm with immunoglobulin", "comparator": "other arm"}[side]
        return {
            "title": f"{read.label(effect)}, {arm}",
            "publisher": CREATOR,
            "copyright": LICENCE,
            "variableDefinition": [_as_exposure(one) for one in _some(*variables)],
            "statistic": statistics,
        }

    def _verdict(self, verdict: str) -> Any:
        """What the results come to, with how sure that is, as the rule of the graph derived it."""
        read = self._read
        conditions, questions = read.iris(verdict, "verdictOn"), read.iris(verdict, "leadingQuestion")
        label = "; ".join(map(read.label, conditions))
        variables = [
            self._variable("population", label, conditions, is_observed=False),
            self._variable("exposure", read.label(POLYVALENT), [POLYVALENT], is_observed=False),
        ]
        if versus := "; ".join(read.label(question).removeprefix("against ") for question in questions):
            variables.append(self._variable("referenceExposure", versus, [], [versus], is_observed=False))
        leading = leading_assessment(read, verdict)
        persons, lines = read.first(leading, "participantsCounted"), read.first(leading, "lines")
        best = "; ".join(map(read.label, read.iris(verdict, "bestStudyType")))
        level = read.text(verdict, "bestLevel")
        facts = [
            f"{lines} evidence line{'' if lines == 1 else 's'}" if lines else "",
            f"{persons} participants" if persons else "",
            f"at best {best}" if best else "",
            f"level {level}" if level else "",
        ]
        certainty = {
            "type": {"text": "strength of the verdict, as derived; not GRADE"},
            "rating": {"text": read.text(verdict, "verdictStrength")},
            "description": ", ".join(filter(None, facts)) or "no evidence that counts",
            "rater": CREATOR,
        }
        said: Json = {
            "url": verdict,
            "title": read.label(verdict),
            "assertion": read.text(verdict, "verdictWord"),
            "description": read.text(verdict, "sentence"),
            "publisher": CREATOR,
            "copyright": LICENCE,
            "note": _notes([_RULE]),
            "relatedArtifact": [_related("derived-from", one) for one in sorted(read.iris(verdict, "restsOn"))],
            "variableDefinition": variables,
            "synthesisType": _coded("synthesis-type", "classification", "classifcation of results"),
            "statistic": [{"sampleSize": {"numberOfParticipants": persons or None}}],
            "certainty": [certainty],
        }
        return _made("Evidence", verdict, said)

    def _sources(self, statement: str) -> list[Json]:
        """Where a result comes from: publications, the pages that were read, passages."""
        read = self._read
        made = []
        for citation in read.iris(statement, "citation"):
            self._shared[citation] = "Citation", self._citation(citation)
            made.append(_related("derived-from", citation, read.label(citation)))
        for name in ("page", "passage"):
            for iri in read.iris(statement, name):
                address = next(iter(read.iris(iri, "readAt")), iri)
                made.append({"type": "derived-from", "display": read.label(iri), "document": {"url": address}})
        return made

    def _citation(self, citation: str) -> Json:
        read = self._read
        text = {
            name: read.text(citation, name)
            for name in ("title", "authors", "journal", "volume", "issue", "pages", "year")
        }
        form = {
            "publishedIn": {"title": text["journal"]},
            "volume": text["volume"],
            "issue": text["issue"],
            "pageString": text["pages"],
            "articleDate": text["year"],
        }
        authors = {
            "type": _coded("contributor-summary-type", "author-string", "Author string"),
            "value": text["authors"],
        }
        title = {"type": [_coded("title-type", "primary", "Primary title")], "text": text["title"]}
        retracted = [iri for iri in read.iris(citation, "retraction") if iri.endswith("/retracted")]
        cited = {
            "identifier": [
                {"system": system, "value": str(value)}
                for name, system in _IDENTIFIERS.items()
                for value in read.plain(citation, name)
            ],
            "title": [title] if text["title"] else [],
            "contributorship": {"summary": [authors]} if text["authors"] else {},
            "publicationForm": [form],
            "webLocation": [{"url": iri} for iri in read.iris(citation, "readAt")],
            "currentState": [_coded("cited-artifact-status-type", "retracted", "Retracted")] if retracted else [],
        }
        return {"url": citation, "title": read.label(citation), "citedArtifact": cited}


_ROLES = {
    "population": "population",
    "exposure": "exposure",
    "referenceExposure": "reference exposure",
    "measuredVariable": "measured variable",
}
_MODULES = {"Evidence": "evidence", "EvidenceVariable": "evidencevariable", "Citation": "citation"}


def _made(kind: str, key: str, said: Json) -> Any:
    """A resource, checked by fhir.resources as it is made."""
    module = needed(f"fhir.resources.{_MODULES[kind]}", "fhir.resources", "fhir")
    return getattr(module, kind)(id=_id(key), status="active", **_without_empty(said))


def _id(key: str) -> str:
    return str(uuid5(NAMESPACE_URL, key))


def _address(key: str) -> str:
    return f"urn:uuid:{_id(key)}"


def _related(type: str, key: str, label: str = "") -> Json:
    """That a resource stands in a relation to another one of the Bundle."""
    return {"type": type, "resourceReference": {"reference": _address(key)}, "display": label}


def _coded(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": _HL7 + system, "code": code, "display": display}]}


def _statistic(of: tuple[str, str]) -> Json:
    return _coded("statistic-type", *of)


def _estimate(of: tuple[str, str]) -> Json:
    return _coded("attribute-estimate-type", *of)


def _quantity(value: Any, unit: str) -> Json:
    """A quantity; its unit with a code where that is one of UCUM for certain."""
    said: Json = {"value": value, "unit": unit}
    if unit in _UCUM or (unit.startswith("{") and unit.endswith("}") and unit.count("{") == 1):
        said |= {"system": "http://unitsofmeasure.org", "code": unit}
    return said


def _range(low: Any, high: Any, unit: str) -> Json:
    limits = {"low": low, "high": high}
    return {name: _quantity(value, unit) for name, value in limits.items() if value is not None}


def _p_value(values: list[Any], relation: str) -> list[Json]:
    """The p value with its relation; of several the range, which says no more than is known."""
    if len(values) > 1:
        return [{"type": _estimate(_P), "range": _range(min(values), max(values), "")}]
    comparator = relation if relation in ("<", ">") else None
    unclear = "The source does not tell whether p equals this figure or is below it."
    notes = _notes([unclear] if relation == "unclear" else [])
    return [
        {"type": _estimate(_P), "quantity": {"value": value, "comparator": comparator}, "note": notes}
        for value in values
    ]


def _as_exposure(variable: Json) -> Json:
    """A variable as the result of one arm has it: what that arm had is its exposure."""
    role = variable["variableRole"]
    if role["coding"][0]["code"] == "referenceExposure":
        role = _coded("variable-role", "exposure", "exposure")
    return {**variable, "variableRole": role}


def _notes(texts: Iterable[str]) -> list[Json]:
    return [{"text": text} for text in texts if text]


def _some(*variables: Json | None) -> list[Json]:
    return [variable for variable in variables if variable is not None]


def _without_empty(said: Any) -> Any:
    """What is said, without what says nothing, however deep it stands."""
    if isinstance(said, list):
        return [told for one in said if (told := _without_empty(one)) not in _EMPTY]
    if isinstance(said, dict):
        return {name: told for name, value in said.items() if (told := _without_empty(value)) not in _EMPTY}
    return said
