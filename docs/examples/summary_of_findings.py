"""A summary of findings from a FHIR Bundle of evidence, read with fhir.resources and nothing else.

usage: python summary_of_findings.py BUNDLE.json
"""

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from fhir.resources.bundle import Bundle

UNITS = {
    "%": "%",
    "d": " days",
    "wk": " weeks",
    "mo": " months",
    "a": " years",
    "h": " hours",
    "{score}": " points",
    "{logit}": " logits",
    "10*9/L": " × 10⁹/L",
    "/uL": "/µL",
}
PERSONS = ("{patients}", "patients", "{persons}", "{patient}")


def number(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{int(text):,}" if "." not in text and abs(int(text)) >= 10_000 else text


def quantity(of: Any) -> str:
    unit = of.unit or ""
    return number(of.value) + ("" if unit in PERSONS else UNITS.get(unit, f" {unit.strip('{}')}" if unit else ""))


def code(concept: Any) -> str:
    return concept.coding[0].code if concept and concept.coding else ""


def variable(evidence: Any, role: str) -> str:
    """The title of the variable that has this role; empty where none has."""
    for one in evidence.variableDefinition:
        if code(one.variableRole) == role:
            return str((one.observed or one.intended).display)
    return ""


def effect(evidence: Any) -> str:
    """The figures of a comparison: what was measured, its interval, its p value."""
    told = []
    for statistic in evidence.statistic or []:
        measure = statistic.statisticType.text if statistic.statisticType else ""
        interval = p = ""
        for estimate in statistic.attributeEstimate or []:
            if code(estimate.type) == "C53324" and estimate.range.low and estimate.range.high:
                interval = f"(95% CI {number(estimate.range.low.value)} to {number(estimate.range.high.value)})"
            elif code(estimate.type) == "C44185" and estimate.quantity:
                relation = "≈" if estimate.note else estimate.quantity.comparator or "="
                p = f"p {relation} {number(estimate.quantity.value)}"
        if statistic.quantity:
            interval = f"{measure} {quantity(statistic.quantity)} {interval}"
        elif interval:
            interval = f"{measure} {interval}"
        told.append(", ".join(filter(None, (interval.strip(), p))))
    return "; ".join(filter(None, told))


def arm(evidence: Any) -> str:
    """What one arm had: how many of how many, or a mean."""
    statistic = evidence.statistic[0]
    total = statistic.sampleSize.knownDataCount if statistic.sampleSize else None
    if code(statistic.statisticType) == "C25463":
        return number(statistic.quantity.value) + (f" of {total}" if total is not None else "")
    spread = [f" (SD {number(one.quantity.value)})" for one in statistic.attributeEstimate or []]
    return " ".join((statistic.statisticType.coding[0].display.lower(), quantity(statistic.quantity))) + "".join(spread)


def arms(evidence: Any, by_address: dict[str, Any]) -> str:
    """Both arms, where the result is composed of them."""
    parts = [
        by_address[one.resourceReference.reference]
        for one in evidence.relatedArtifact or []
        if one.type == "composed-of"
    ]
    ours = next((arm(one) for one in parts if "immunoglobulin" in one.title.rpartition(",")[2]), "")
    theirs = next((arm(one) for one in parts if "other" in one.title.rpartition(",")[2]), "")
    return f"{ours} against {theirs}" if ours and theirs else ours or (f"comparator {theirs}" if theirs else "")


def rows(bundle: Any) -> Iterator[tuple[str, ...]]:
    """A row a result: its address, comparison, outcome, direction, effect, arms, design and number of participants."""
    by_address = {entry.fullUrl: entry.resource for entry in bundle.entry}
    for evidence in by_address.values():
        if evidence.get_resource_type() != "Evidence" or "/statement/" not in (evidence.url or ""):
            continue
        sizes = [one.sampleSize.numberOfParticipants for one in evidence.statistic or [] if one.sampleSize]
        comparator = variable(evidence, "referenceExposure")
        exposure = variable(evidence, "exposure")
        yield (
            evidence.url,
            f"{exposure} against {comparator}" if comparator else exposure,
            variable(evidence, "measuredVariable"),
            evidence.assertion or "",
            effect(evidence),
            arms(evidence, by_address),
            evidence.studyDesign[0].text if evidence.studyDesign else "",
            next((str(size) for size in sizes if size is not None), ""),
        )


def verdicts(bundle: Any) -> Iterator[tuple[str, ...]]:
    """The verdicts: what they are on, the word, how sure that is, the sentence."""
    for entry in bundle.entry:
        evidence = entry.resource
        if evidence.get_resource_type() == "Evidence" and "/verdict/" in (evidence.url or ""):
            yield evidence.title, evidence.assertion, evidence.certainty[0].rating.text, evidence.description


if __name__ == "__main__":
    read = Bundle.model_validate_json(Path(sys.argv[1]).read_bytes())
    for title, word, strength, sentence in verdicts(read):
        print(f"{title}: {word} ({strength}). {sentence}")
    print()
    print("| comparison | outcome | direction | effect | arms | design | participants |")
    print("|---|---|---|---|---|---|---|")
    for _, *cells in rows(read):
        print("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
