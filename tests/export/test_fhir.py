"""FHIR: bundles read back with fhir.resources, as a stranger would; each reference in them leads somewhere."""

from __future__ import annotations

import io
import json
import re
import runpy
import subprocess
import sys
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhir.resources.bundle import Bundle

import ivig
from conftest import ROOT, Run
from export.conftest import Written
from ivig.errors import BadInput
from ivig.export import Exporter, Selection
from ivig.namespaces import BASE
from ivig.query import Graph
from scale import EXPLORE
from small import SOURCE, efficacy, folder_with

TEN = Selection() if EXPLORE else Selection(
    condition=(
        "Guillain-Barré syndrome", "CIDP", "multifocal motor neuropathy", "Kawasaki disease", "dermatomyositis",
        "immune thrombocytopenia", "inclusion body myositis", "neonatal sepsis", "stiff person syndrome", "Alzheimer disease",
    )
)  # fmt: skip
HTML = {"Accept": "text/html"}
SCRIPT = ROOT / "docs" / "examples" / "summary_of_findings.py"


@pytest.fixture(scope="module")
def ten(written: Written) -> Bundle:
    """Ten conditions, in a soak the whole graph, read back by the library that is named in the documentation."""
    return Bundle.model_validate_json(written("fhir", TEN))


def _references(of: Any) -> set[str]:
    if isinstance(of, dict):
        return {
            *([of["reference"]] if "reference" in of else []),
            *(one for v in of.values() for one in _references(v)),
        }
    return {one for v in of for one in _references(v)} if isinstance(of, list) else set()


def test_ten_conditions_validate_and_every_reference_leads_to_a_resource(ten: Bundle, exporter: Exporter) -> None:
    addresses = [entry.fullUrl for entry in ten.entry]
    assert len(set(addresses)) == len(addresses)
    assert _references(json.loads(ten.model_dump_json())) <= set(addresses)
    assert all(entry.fullUrl == f"urn:uuid:{entry.resource.id}" for entry in ten.entry)
    subgraph = exporter.subgraph(TEN)
    read = subgraph.reading()
    results = {
        one for one in subgraph.statements if {read.label(k) for k in read.iris(one, "kind")} & {"efficacy", "safety"}
    }
    conditions = {condition for one in subgraph.statements for condition in read.iris(one, "condition")}
    verdicts = {one for one in subgraph.members if conditions & set(read.iris(one, "verdictOn"))}
    assert {e.resource.url for e in ten.entry if e.resource.get_resource_type() == "Evidence"} - {
        None
    } == results | verdicts
    assert ten.meta.versionId == exporter.graph.release.digest


def test_codes_are_those_of_exact_matches(ten: Bundle, graph: Graph) -> None:
    exact = {
        str(row["external_id"]).partition(":")[2]
        for row in graph.query("external-links")
        if row["predicate"] == "skos:exactMatch"
    }
    seen = 0
    for entry in ten.entry:
        if entry.resource.get_resource_type() == "EvidenceVariable":
            for one in entry.resource.characteristic or []:
                for coding in one.definitionCodeableConcept.coding or []:
                    assert coding.code.rpartition(":")[2] in exact
                    seen += 1
    assert seen > 100


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    """What the script of the documentation defines."""
    return runpy.run_path(str(SCRIPT))


@pytest.mark.parametrize(
    "condition",
    ["Guillain-Barré syndrome", "chronic inflammatory demyelinating polyneuropathy", "immune thrombocytopenia"],
)
def test_a_stranger_reads_the_summary_of_findings_of_the_page(
    ten: Bundle, graph: Graph, server: httpx.Client, script: dict[str, Any], condition: str
) -> None:
    """The script knows FHIR and nothing of ours; the page shows the same verdict and the same rows."""
    path = "/" + graph.names.resolve(condition, "Condition").removeprefix(BASE)
    page = server.get(path, headers=HTML).text
    for question in re.findall(r'data-replaces="evidence-([a-z]+)"', page):
        page += server.get(path, params={"question": question}, headers=HTML).text
    shown = _rows_of_the_page(page)
    read = {address: tuple(cells) for address, _, *cells in script["rows"](ten) if address in shown}
    assert read == shown
    assert len(read) > 20
    assert any(row[2] for row in read.values()) and any(row[3] for row in read.values())
    told = {title: said for title, *said in script["verdicts"](ten)}
    answer = _text(page)
    assert all(said in answer for said in told[f"verdict on {condition}, to treat"])


def _rows_of_the_page(page: str) -> dict[str, tuple[str, ...]]:
    """By statement: outcome, direction, effect, arms, design, participants."""
    found = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL):
        cells = dict(re.findall(r'<td data-label="([^"]+)"[^>]*>(.*?)</td>', row, re.DOTALL))
        address = re.search(r'class="finding" href="/(statement/[^"]+)"', cells.get("Finding", ""))
        if not address or "Study" not in cells or "Outcome" not in cells:
            continue
        outcome = _text(cells["Outcome"].partition('<span class="tag')[0])
        told = re.search(r'<p class="small"><strong>(.*?)</strong>(.*?)</p>', cells["Finding"], re.DOTALL)
        effect, arms = (_text(told[1]), _text(told[2]).removeprefix("; ")) if told else ("", "")
        direction = _text(re.search(r"<span class=.word[^>]*>(.*?)</span>", cells["Finding"], re.DOTALL)[1])
        design, _, persons = _text(cells["Study"].partition("<p")[0]).partition(", ")
        persons = persons.removesuffix(" persons").removesuffix(" person").replace(",", "")
        outcome = "" if outcome == "not stated" else outcome
        found[BASE + address[1]] = (outcome, direction, effect, arms, design, persons)
    return found


def _text(html: str) -> str:
    plain = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    return plain.replace("−", "-").replace(" ,", ",").replace(" .", ".")


def test_the_script_prints_a_table(written: Written, tmp_path: Path) -> None:
    (tmp_path / "lems.fhir.json").write_bytes(written("fhir", Selection(condition=("LEMS",))))
    done = subprocess.run(
        [sys.executable, SCRIPT, "lems.fhir.json"], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert "verdict on Lambert-Eaton myasthenic syndrome, to treat" in done.stdout
    assert "| comparison | outcome | direction | effect | arms | design | participants |" in done.stdout


EFFECT = '<effect/{0}> a ivig:Effect ; skos:prefLabel "{0}"@en ; {1} .\n'


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Exporter:
    """A graph of statements that tell less than a result should."""
    folder = tmp_path_factory.mktemp("poor")
    data = (
        SOURCE
        + efficacy("bare", "benefit")
        + efficacy("full", "no-benefit", outcome="pain", more=(
            'ivig:comparator "placebo, or albumin"@en ; ivig:participants 41 ; ivig:effect <effect/full> ; '))
        + EFFECT.format("full", 'ivig:measureTerm <measure/risk-ratio> ; ivig:value 1.20 ; ivig:ciLow 0.9 ; '
            'ivig:p 0.2 ; ivig:pRelation "unclear" ; ivig:events 3 ; ivig:total 20 ; ivig:comparatorEvents 4')
        + '<statement/way> a ivig:Statement ; skos:prefLabel "way"@en ; ivig:kind <kind/mechanism> ; '
        'ivig:discussesCondition <condition/gout> ; ivig:supportsMechanism <mechanism/m> ; ivig:studyType <study-type/in-vitro-study> ; '
        'ivig:passage <passage/example/01> .\n'
        '<mechanism/m> a ivig:Mechanism ; skos:prefLabel "m"@en ; ivig:group <mechanism-group/cellular> .\n'
    )  # fmt: skip
    return Exporter(ivig.open(folder_with(folder, data), folder / "releases"))


def _bundle(exporter: Exporter, **criteria: tuple[str, ...]) -> dict[str, Any]:
    out = io.BytesIO()
    exporter.write(Selection(**criteria), "fhir", out)
    bundle = Bundle.model_validate_json(out.getvalue())
    return {entry.resource.title: entry.resource for entry in bundle.entry}


def test_a_statement_that_tells_little_is_a_document_that_says_less(poor: Exporter) -> None:
    resources = _bundle(poor)
    bare = resources["bare"]
    assert bare.statistic is None
    assert [one.variableRole.coding[0].code for one in bare.variableDefinition] == [
        "population",
        "exposure",
        "referenceExposure",
    ]
    assert resources["gout"].characteristic[0].definitionCodeableConcept.coding is None
    full = resources["full"]
    (statistic,) = full.statistic
    assert str(statistic.quantity.value) == "1.2"
    limits, p = statistic.attributeEstimate
    assert limits.range.low.value and limits.range.high is None
    assert p.quantity.comparator is None and "does not tell" in p.note[0].text
    comparator = resources["placebo, or albumin"]
    assert [one.definitionCodeableConcept.text for one in comparator.characteristic] == ["placebo, or albumin"]
    other = (
        resources["effect of full, other arm"]
        if "effect of full, other arm" in resources
        else resources["full, other arm"]
    )
    assert other.statistic[0].numberAffected == 4 and other.statistic[0].sampleSize is None
    assert other.variableDefinition[1].observed.display == "placebo, or albumin"


def test_several_p_values_are_a_range() -> None:
    from ivig.export.fhir import _p_value

    (estimate,) = _p_value([0.01, 0.04], "=")
    assert (estimate["range"]["low"]["value"], estimate["range"]["high"]["value"]) == (0.01, 0.04)
    assert _p_value([], "") == []


def test_what_is_no_result_is_refused(poor: Exporter, run: Run) -> None:
    with pytest.raises(BadInput, match="FHIR has a place for efficacy and safety alone"):
        _bundle(poor, kind=("mechanism",))
    done = run("export", "--kind", "recommendation", "--condition", "GBS", "--format", "fhir", "--output", "x.json")
    assert (done.returncode, "nothing that was selected is a result" in done.stderr) == (2, True)


def test_an_export_of_what_was_asserted_has_no_verdict(written: Written) -> None:
    kinds = Counter(
        entry["resource"]["url"].split("/")[4]
        for entry in json.loads(written("fhir", Selection(condition=("LEMS",)), inferred=False))["entry"]
        if entry["resource"]["resourceType"] == "Evidence" and "url" in entry["resource"]
    )
    assert set(kinds) == {"statement"}
