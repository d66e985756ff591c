"""Records of every kind on a small graph of gout, and what an import makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ivig.build.sources import read
from ivig.graph_files import GraphFiles
from ivig.namespaces import BASE, TERMS

EVIDENCE: dict[str, Any] = {
    "kind": "evidence", "id": "mine-1", "condition": "gout", "condition_qualifiers": ["acute", "adults"],
    "intervention": "IVIG + prednisone", "comparator": "placebo", "outcome": "pain", "outcome_kind": "symptom",
    "direction": "inconclusive",
    "effect": {"measure": "odds ratio", "value": 0.57, "ci_low": 0.42, "ci_high": 0.79, "p": 0.001, "p_relation": "<"},
    "study_type": "randomized controlled trial", "blinding": "double-blind", "placebo_controlled": True, "crossover": False,
    "n_participants": 84, "n_studies": None,
    "dose": {"g_per_kg_total": 2.0, "g_per_kg_per_day": 0.4, "days": 5, "interval_weeks": 4, "note": "then as needed"},
    "follow_up": "1 year", "concomitant": ["prednisone"], "finding": "Pain was rarer.", "intent": "treat", "prevented": None,
    "comparison": "inert", "product": "polyvalent IV", "tests_ivig": True, "reporting": "primary",
    "citation": {"pmid": "123", "doi": "10.1000/abc", "title": "A trial in gout", "title_status": "full", "year": 1999},
    "retracted_or_withdrawn": False, "read_at": "https://pubmed.ncbi.nlm.nih.gov/123/", "read_depth": "abstract",
}  # fmt: skip
SHARED = {name: EVIDENCE[name] for name in ("condition", "finding", "citation", "read_at", "read_depth")}
MECHANISM = {**SHARED, "kind": "mechanism", "id": "mine-2", "mechanism": "Fc receptor blockade", "mechanism_group": "Fc-mediated",
             "target": "FCGR3A", "effect": "blocks it", "supports": False, "study_type": "animal study"}  # fmt: skip
SAFETY = {**SHARED, "kind": "safety", "id": "mine-3", "condition": None, "adverse_event": "headache", "severity": "mild",
          "frequency": {"value": 5.1, "unit": "% of infusions", "note": None}, "risk_factors": ["fast infusion"],
          "study_type": "cohort study", "n_participants": 10}  # fmt: skip
RECOMMENDATION = {**SHARED, "kind": "recommendation", "id": "mine-4", "body": "Gout Society", "body_short": "GS", "country": "Goutland", "recommends": "against", "year": 2010,
                  "line": "second line", "strength": "A", "certainty": "low", "grading_system": "GRADE", "citation": None}  # fmt: skip
REGULATORY = {"kind": "regulatory", "id": "mine-5", "authority": "Gout Agency", "product": "Goutglobin", "condition": "gout",
              "population": "adults", "status": "approved", "year": 2001, "finding": "Licensed.",
              "read_at": "https://example.org/a", "read_depth": "full text"}  # fmt: skip
USE = {**SHARED, "kind": "use", "id": "mine-6", "topic": "cost"}
ALL = [EVIDENCE, MECHANISM, SAFETY, RECOMMENDATION, REGULATORY, USE]

MECHANISMS = '<mechanism/fc> a ivig:Mechanism ; skos:prefLabel "Fc receptor blockade"@en ; ivig:group <mechanism-group/fc-mediated> .\n'


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def said_of(small: GraphFiles, thing: str) -> dict[str, set[str]]:
    said: dict[str, set[str]] = {}
    for triple in read(small).data:
        if triple.subject.value == BASE + thing:
            name = triple.predicate.value.removeprefix(TERMS)
            said.setdefault(name, set()).add(str(triple.object.value).removeprefix(BASE))
    return said


def texts(small: GraphFiles) -> dict[str, str]:
    return {str(path): path.read_text(encoding="utf-8") for path in (small.folder / "data").rglob("*.ttl")}
