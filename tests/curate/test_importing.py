"""Importing records: what becomes of each, what is refused, and that nothing is half done."""

from __future__ import annotations

import csv
import json
import resource
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from pyoxigraph import Triple

from conftest import Run
from ivig.build.sources import read
from ivig.build.validation import violations
from ivig.cli.import_ import _write_report
from ivig.curate.catalog import Catalog
from ivig.curate.citations import Citations
from ivig.curate.convert import Converter
from ivig.curate.importing import import_records
from ivig.errors import NotThere
from ivig.graph_files import GraphFiles, graph_files
from ivig.io.tables import columns
from ivig.model.problems import BadRecords, Problem
from ivig.model.records import RECORD
from ivig.namespaces import BASE
from record_samples import (
    ALL,
    EVIDENCE,
    MECHANISM,
    MECHANISMS,
    RECOMMENDATION,
    REGULATORY,
    SAFETY,
    USE,
    said_of,
    texts,
    write,
)
from small import SOURCE, efficacy, folder_with


def test_evidence_becomes_a_statement_with_its_numbers(small: GraphFiles, tmp_path: Path) -> None:
    import_records(small, [write(tmp_path / "gouty.jsonl", [EVIDENCE])])
    said = said_of(small, "statement/mine-1")
    wanted = {
        "kind": "kind/efficacy", "condition": "condition/gout", "population": "acute; adults", "intent": "intent/treat",
        "intervention": "IVIG + prednisone", "product": "product/polyvalent-iv", "concomitant": "prednisone",
        "comparator": "placebo", "comparison": "comparison/inert", "outcome": "outcome/pain", "outcomeAsStated": "pain",
        "direction": "direction/unproven", "studyType": "study-type/randomized-controlled-trial", "blinding": "blinding/double-blind",
        "placeboControlled": "true", "crossover": "false", "participants": "84", "testsImmunoglobulin": "true", "followUp": "1 year", "finding": "Pain was rarer.",
        "reporting": "reporting/primary", "citation": "citation/pmid-123", "study": "study/1999-gout", "readDepth": "read-depth/abstract",
        "effect": "effect/mine-1", "regimen": "regimen/mine-1-1",
    }  # fmt: skip
    for name, value in wanted.items():
        assert said[name] == {value}, name
    assert "studies" not in said
    effect = said_of(small, "effect/mine-1")
    assert [effect[name] for name in ("value", "ciLow", "ciHigh", "p", "pRelation")] == [
        {"0.57"},
        {"0.42"},
        {"0.79"},
        {"0.001"},
        {"<"},
    ]
    regimen = said_of(small, "regimen/mine-1-1")
    assert regimen["gPerKgTotalMin"] == regimen["gPerKgTotalMax"] == {"2.0"}
    assert regimen["daysMin"] == {"5"}
    citation = said_of(small, "citation/pmid-123")
    assert (citation["pmid"], citation["doi"], citation["year"]) == ({"123"}, {"10.1000/abc"}, {"1999"})
    assert citation["retraction"] == {"retraction/not-checked"}
    assert (small.folder / "data" / "literature" / "gouty.ttl").is_file()


def test_every_kind_becomes_a_statement_that_keeps_the_shapes(small: GraphFiles, tmp_path: Path) -> None:
    summary = import_records(small, [write(tmp_path / "all.jsonl", ALL)], create=True)
    assert summary.statements == {"new": 6}
    assert summary.created == {"AdverseEvent": ["headache"], "Body": ["Gout Society", "Gout Agency"]}
    sources = read(small)
    assert not violations([*sources.ontology, *sources.data], sources.shapes)
    mechanism = said_of(small, "statement/mine-2")
    assert mechanism["contradictsMechanism"] == {"mechanism/fc"}
    assert mechanism["modelsCondition"] == {"condition/gout"}
    assert "condition" not in mechanism
    assert said_of(small, "statement/mine-3")["frequency"] == {"5.1"}
    assert said_of(small, "statement/mine-4")["recommendation"] == {"recommendation/against"}
    body = said_of(small, "body/gout-society")
    assert (body["http://www.w3.org/2004/02/skos/core#altLabel"], body["country"]) == ({"GS"}, {"Goutland"})
    assert said_of(small, "statement/mine-5")["regulatoryStatus"] == {"regulatory-status/approved"}
    assert said_of(small, "statement/mine-6")["topic"] == {"topic/cost"}


CITATION = {"pmid": "123", "doi": "10.1000/abc", "pmcid": "PMC1", "title": "A trial", "title_status": "partial", "year": 1999,
            "journal": "J Gout", "authors_short": "Example A"}  # fmt: skip
ARMS = {"ivig": {"events": 3, "total": 4, "mean": 1.5, "sd": 0.5, "median": 1.0}, "unit": "d",
        "comparator": {"events": 1, "total": 5, "mean": 2.5, "sd": 0.6, "median": 2.0}}  # fmt: skip
DOSE = [{"arm": "ivig", "phase": "load", "g_per_kg_total": [1, 2], "g_per_kg_per_day": [0.4, None], "g_per_kg_unstated": 1.0, "days": [2, 5],
         "interval_weeks": 4, "interval_months": [None, 1], "courses": 3, "note": "then as needed"}]  # fmt: skip
DATED = {
    "in_force": False,
    "superseded_by": {"body": "Gout Society", "edition": "third", "year": 2020},
    "proposed": True,
}
READ = {"note": "A remark.", "retraction": "none found", "read_on": "2024-02-03", "second_reading": "corrected"}
FULL = [
    {**record, **READ, **more, "citation": CITATION}
    for record, more in (
        (EVIDENCE, {"outcome": "ache", "intent": "prevent", "prevented": "flares", "n_studies": 2, "direction_was": "benefit", "retracted_or_withdrawn": True,
                    "population_group": ["adults", "refractory"], "outcome_role": "primary", "reviewed_designs": "randomized only", "search_to": 2001, "controlled": True,
                    "effect": {**EVIDENCE["effect"], "measure_term": "odds ratio", "unit": "1", "adjusted": True}, "arms": ARMS, "dose": DOSE, "retraction": "none found (looked up in 2001)"}),
        (MECHANISM, {}),
        (SAFETY, {"condition": "gout", "frequency": {"value": 5.1, "unit": "% of infusions", "note": "one in twenty"}}),
        (RECOMMENDATION, {"condition_qualifiers": ["acute"], "edition": "2nd", "superseded": True, "dose": DOSE, **DATED}),
        (REGULATORY, {"edition": "2nd", **DATED}),
        (USE, {"study_type": "case report", "n_participants": 1}),
    )
]  # fmt: skip
FIELDS = [(record, name) for record in FULL for name in columns(record["kind"])]


@pytest.mark.parametrize(("record", "name"), FIELDS, ids=[f"{record['kind']}-{name}" for record, name in FIELDS])
def test_nothing_that_a_record_says_is_lost(vocabulary: list[Triple], record: dict[str, Any], name: str) -> None:
    less = _without(record, name.split("."))
    try:
        RECORD.validate_python(less)
    except ValidationError:
        return  # It has to be said.
    assert _triples(vocabulary, record) != _triples(vocabulary, less)


def _without(fields: dict[str, Any], path: list[str]) -> dict[str, Any]:
    """The fields without the value of one, which they have to have."""
    name, *rest = path
    given = fields[name]
    assert given not in (None, []), path
    if isinstance(given, list) and rest:
        return {**fields, name: [_without(one, rest) for one in given]}
    return {**fields, name: _without(given, rest) if rest else [] if isinstance(given, list) else None}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> list[Triple]:
    sources = read(graph_files(folder_with(tmp_path_factory.mktemp("small"), SOURCE + MECHANISMS)))
    return [*sources.ontology, *sources.data]


def _triples(vocabulary: list[Triple], fields: dict[str, Any]) -> set[Triple]:
    """All that one record becomes."""
    record = RECORD.validate_python(fields)
    catalog, citations = Catalog(vocabulary, create=True), Citations(vocabulary)
    converter = Converter(catalog)
    retraction = converter.retraction(record)
    citation = citations.take(record.citation, str(record.read_at), retraction=retraction) if record.citation else None
    assert not isinstance(citation, list)
    citations.settle()
    things = [
        *converter.statement(record, citation),
        *citations.changed(),
        *(thing for made in catalog.created.values() for thing in made.values()),
    ]
    return {triple for thing in things for triple in thing.block}


def test_what_a_study_only_discusses_is_taken_for_neither(small: GraphFiles, tmp_path: Path) -> None:
    import_records(small, [write(tmp_path / "m.jsonl", [{**MECHANISM, "supports": None}])])
    said = said_of(small, "statement/mine-2")
    assert said["discussesMechanism"] == {"mechanism/fc"}
    assert not {"supportsMechanism", "contradictsMechanism"} & said.keys()


def test_words_of_a_vocabulary_are_known_in_any_case_and_by_synonym(small: GraphFiles, tmp_path: Path) -> None:
    record = {
        **EVIDENCE,
        "direction": "Benefit",
        "study_type": "rct",
        "comparison": "Placebo",
        "read_depth": "Full Text",
    }
    import_records(small, [write(tmp_path / "a.jsonl", [record])])
    said = said_of(small, "statement/mine-1")
    assert (said["direction"], said["comparison"]) == ({"direction/benefit"}, {"comparison/inert"})
    assert said["studyType"] == {"study-type/randomized-controlled-trial"}


@pytest.mark.parametrize(
    ("dose", "wanted"),
    [
        ({"g_per_kg_total": 2.0, "days": 5}, {"gPerKgTotalMin": {"2.0"}, "gPerKgTotalMax": {"2.0"}, "daysMin": {"5"}, "daysMax": {"5"}}),
        ([{"g_per_kg_total": [1, 2]}], {"gPerKgTotalMin": {"1.0"}, "gPerKgTotalMax": {"2.0"}}),
        ([{"g_per_kg_total": [None, 2]}], {"gPerKgTotalMax": {"2.0"}}),
        ([{"g_per_kg_unstated": 0.4, "interval_weeks": 4}], {"gPerKgTotalMin": {"0.4"}, "gPerKgTotalMax": {"0.4"}, "intervalWeeksMin": {"4.0"}, "intervalWeeksMax": {"4.0"}, "regimenPhase": {"phase/maintenance"}}),
        ([{"g_per_kg_unstated": 0.4, "days": 3}], {"gPerKgUnstatedMin": {"0.4"}, "gPerKgUnstatedMax": {"0.4"}, "daysMin": {"3"}, "daysMax": {"3"}}),
    ],
)  # fmt: skip
def test_a_dose_stands_with_its_basis(
    small: GraphFiles, tmp_path: Path, dose: object, wanted: dict[str, set[str]]
) -> None:
    import_records(small, [write(tmp_path / "a.jsonl", [{**EVIDENCE, "dose": dose}])])
    said = said_of(small, "regimen/mine-1-1")
    numbers = {
        name: values for name, values in said.items() if name.startswith(("gPer", "days", "interval", "regimen"))
    }
    assert numbers == wanted


def test_a_regimen_a_phase_and_arm(small: GraphFiles, tmp_path: Path) -> None:
    dose = [
        {"arm": "ivig", "phase": "load", "days": 1},
        {"arm": "ivig"},
        {"arm": "ivig", "phase": "maintenance", "courses": 3},
    ]
    import_records(small, [write(tmp_path / "a.jsonl", [{**EVIDENCE, "dose": dose}])])
    assert said_of(small, "statement/mine-1")["regimen"] == {"regimen/mine-1-1", "regimen/mine-1-2"}
    assert said_of(small, "regimen/mine-1-2")["position"] == {"2"}


@pytest.mark.parametrize(
    ("unit", "code", "note"),
    [("months", "mo", None), ("%", "%", None), ("% of grafts", "%", "The unit is % of grafts."), ("of patients", "1", "The unit is of patients."), ("mg/dL", "mg/dL", None)],
)  # fmt: skip
def test_units_are_codes_of_ucum(small: GraphFiles, tmp_path: Path, unit: str, code: str, note: str | None) -> None:
    effect = {"measure": "proportion", "value": 0.5, "unit": unit}
    import_records(small, [write(tmp_path / "a.jsonl", [{**EVIDENCE, "effect": effect}])])
    said = said_of(small, "effect/mine-1")
    assert said["unit"] == {code}
    assert said.get("http://www.w3.org/2004/02/skos/core#note") == ({note} if note else None)


@pytest.mark.parametrize(
    "record",
    [
        {**RECOMMENDATION, "in_force": True, "superseded_by": "the next"},
        {**RECOMMENDATION, "in_force": True, "superseded": True},
        {**REGULATORY, "in_force": True, "proposed": True},
    ],
)
def test_an_edition_in_force_is_neither_superseded_nor_proposed(record: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="in_force no where"):
        RECORD.validate_python(record)


def test_problems_stand_in_the_order_of_the_rows(small: GraphFiles, tmp_path: Path) -> None:
    names = [{"condition": "gouty"}, {"n_participants": 0}, {"condition": "goutish"}]
    lines = [json.dumps({**EVIDENCE, "id": f"o-{at}", **change}) for at, change in enumerate(names)]
    path = tmp_path / "o.jsonl"
    path.write_text("\n".join([lines[0], "no JSON", *lines[1:]]), encoding="utf-8")
    with pytest.raises(BadRecords) as raised:
        import_records(small, [path])
    assert [problem.place.partition(",")[0] for problem in raised.value.problems] == [f"line {n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("study_type", "link"),
    [("animal study", "modelsCondition"), ("in vitro study", "modelsCondition"), ("narrative review", "discussesCondition"),
     ("ex vivo human study", "condition"), ("cohort study", "condition"), ("not stated", "condition")],
)  # fmt: skip
def test_only_studies_of_people_are_on_patients(small: GraphFiles, tmp_path: Path, study_type: str, link: str) -> None:
    import_records(small, [write(tmp_path / "m.jsonl", [{**MECHANISM, "study_type": study_type}])])
    said = said_of(small, "statement/mine-2")
    assert {name for name in said if "ondition" in name} == {link}


def test_the_same_file_twice_changes_nothing(small: GraphFiles, tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", ALL)
    import_records(small, [path], create=True)
    before = texts(small)
    again = import_records(small, [path])
    assert (again.statements, again.files) == ({"unchanged": 6}, [])
    assert texts(small) == before


def test_a_corrected_record_changes_its_statement_and_no_other(small: GraphFiles, tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", ALL)
    import_records(small, [path], create=True)
    before = {name: said_of(small, name) for name in (f"statement/mine-{n}" for n in range(1, 7))}
    write(path, [{**EVIDENCE, "direction": "benefit", "effect": None, "n_participants": 85}, *ALL[1:]])
    summary = import_records(small, [path])
    assert summary.statements == {"changed": 1, "unchanged": 5}
    after = {name: said_of(small, name) for name in before}
    assert [name for name in before if before[name] != after[name]] == ["statement/mine-1"]
    assert (after["statement/mine-1"]["participants"], after["statement/mine-1"]["direction"]) == (
        {"85"},
        {"direction/benefit"},
    )
    assert not said_of(small, "effect/mine-1"), "an effect that nothing leads to goes"


def test_what_a_curator_added_by_hand_stays(small: GraphFiles, tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", [RECOMMENDATION])
    import_records(small, [path], create=True)
    data = small.folder / "data" / "literature" / "r.ttl"
    data.write_text(
        data.read_text().replace("ivig:recommendation <", "ivig:superseded true ;\n    ivig:recommendation <")
    )
    import_records(small, [path])
    assert said_of(small, "statement/mine-4")["superseded"] == {"true"}


def test_one_citation_however_it_is_seen(small: GraphFiles, tmp_path: Path) -> None:
    def cited(number: int, citation: dict[str, Any]) -> dict[str, Any]:
        return {**USE, "id": f"c-{number}", "citation": citation, "read_at": f"https://example.org/{number}"}

    records = [
        cited(1, {"pmid": "9", "title": "On gout", "title_status": "full"}),
        cited(2, {"doi": "10.1000/G9", "title": "On gout.", "title_status": "full"}),
        cited(3, {"doi": "10.1000/g9", "pmid": "9", "year": 2001}),
        cited(4, {"title": "ON GOUT", "title_status": "full", "journal": "J Gout"}),
        cited(5, {"title": "On gout…", "title_status": "partial"}),
        cited(6, {"title": "Another paper", "title_status": "full"}),
    ]
    records.append(cited(7, {"doi": "https://doi.org/10.1000/g9", "pmid": "PMID: 9"}))
    import_records(small, [write(tmp_path / "c.jsonl", records)], accept=True)
    assert said_of(small, "statement/c-7")["citation"] == {"citation/pmid-9"}
    cites = [said_of(small, f"statement/c-{number}")["citation"] for number in range(1, 7)]
    assert cites[:4] == [{"citation/pmid-9"}] * 4
    assert cites[4] != cites[0]
    assert len({frozenset(cite) for cite in cites}) == 3
    assert said_of(small, "citation/pmid-9")["journal"] == {"J Gout"}


def _cited(number: int, **citation: Any) -> dict[str, Any]:
    return {**USE, "id": f"c-{number}", "citation": citation, "read_at": "https://example.org/table"}


def test_two_publications_seen_on_one_page_are_two_citations(small: GraphFiles, tmp_path: Path) -> None:
    records = [
        _cited(1, title="On gout", title_status="full", year=2000),
        _cited(2, title="On gouty toes", title_status="full", year=2010),
        _cited(3, authors_short="Example A et al."),
        _cited(4, authors_short="Sample B et al."),
        _cited(5, title="on gout.", title_status="full", year=2000),
    ]
    path = write(tmp_path / "c.jsonl", records)
    assert import_records(small, [path], accept=True).citations == {"new": 4}
    cites = [said_of(small, f"statement/c-{number}")["citation"] for number in range(1, 6)]
    assert len({frozenset(cite) for cite in cites[:4]}) == 4
    assert cites[4] == cites[0]
    path = write(tmp_path / "c.jsonl", records[::-1])
    assert import_records(small, [path], accept=True).files == []


@pytest.mark.parametrize(
    ("right", "iri", "field", "value"),
    [
        ({"title": "A wholly other paper"}, "pmid-123", "title", "A wholly other paper"),
        ({"year": 1989}, "pmid-123", "year", "1989"),
        ({"journal": "Gout Weekly"}, "pmid-123", "journal", "Gout Weekly"),
        ({"doi": "10.1000/xyz"}, "pmid-123", "doi", "10.1000/xyz"),
        ({"pmid": "321"}, "pmid-321", "pmid", "321"),
    ],
)
def test_a_corrected_citation_is_put_right(
    small: GraphFiles, tmp_path: Path, right: dict[str, Any], iri: str, field: str, value: str
) -> None:
    citation = {**EVIDENCE["citation"], "journal": "J Gout"}
    import_records(small, [write(tmp_path / "a.jsonl", [{**EVIDENCE, "citation": citation}])])
    import_records(small, [write(tmp_path / "a.jsonl", [{**EVIDENCE, "citation": citation | right}])], replace=True)
    assert said_of(small, f"citation/{iri}")[field] == {value}
    assert said_of(small, "statement/mine-1")["citation"] == {f"citation/{iri}"}
    cited = {triple.subject.value for triple in read(small).data if triple.subject.value.startswith(BASE + "citation/")}
    assert cited == {f"{BASE}citation/{iri}"}


def test_what_another_record_says_of_a_publication_stands(small: GraphFiles, tmp_path: Path) -> None:
    import_records(small, [write(tmp_path / "a.jsonl", [EVIDENCE, {**USE, "id": "mine-8"}])])
    right = {**EVIDENCE, "citation": {**EVIDENCE["citation"], "title": "A wholly other paper"}}
    with pytest.raises(BadRecords, match="another is known of this publication: A trial in gout"):
        import_records(small, [write(tmp_path / "b.jsonl", [right])])


def test_statements_of_the_source_documents_are_not_replaced(small: GraphFiles, tmp_path: Path) -> None:
    data = small.folder / "data" / "ivig.ttl"
    data.write_text(data.read_text() + efficacy("mine-1", "benefit"))
    with pytest.raises(BadRecords, match=r"a new id: this one is of a statement in ivig\.ttl"):
        import_records(graph_files(small.folder), [write(tmp_path / "a.jsonl", [EVIDENCE])])


@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
def test_two_names_that_differ_in_signs_are_not_made_one(small: GraphFiles, tmp_path: Path, *, known: bool) -> None:
    first = {**EVIDENCE, "id": "n-1", "condition": "toe (left)"}
    second = {**EVIDENCE, "id": "n-2", "condition": "toe, left"}
    if known:
        import_records(small, [write(tmp_path / "n.jsonl", [first])], create=True)
    before = texts(small)
    with pytest.raises(BadRecords, match=r'line 2, n-2: condition: a name that differs from "toe \(left\)" by more'):
        import_records(small, [write(tmp_path / "n.jsonl", [first, second])], create=True)
    assert texts(small) == before


@pytest.mark.parametrize("name", ["痛風", "?!", "100"])
def test_a_new_name_has_a_letter_for_its_address(small: GraphFiles, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRecords, match="condition: a new name has a letter from a to z"):
        import_records(small, [write(tmp_path / "n.jsonl", [{**EVIDENCE, "condition": name}])], create=True)


def test_a_new_condition_gets_no_group_that_nobody_chose(small: GraphFiles, tmp_path: Path) -> None:
    records = [
        {**MECHANISM, "id": "g-1", "condition": "mouse gout"},
        {**MECHANISM, "id": "g-2", "condition": "toe gout"},
        {**MECHANISM, "id": "g-3", "condition": "knee gout", "study_type": "narrative review"},
        {**EVIDENCE, "id": "g-4", "condition": "toe gout"},
        {**EVIDENCE, "id": "g-5", "condition": "thumb gout"},
        {**MECHANISM, "id": "g-6", "condition": "thumb gout"},
    ]
    import_records(small, [write(tmp_path / "g.jsonl", records)], create=True)
    groups = {name: said_of(small, f"condition/{name}-gout")["group"] for name in ("mouse", "toe", "knee", "thumb")}
    assert groups == {
        "mouse": {"condition-group/experimental-model"},
        "toe": {"condition-group/not-grouped"},
        "knee": {"condition-group/not-grouped"},
        "thumb": {"condition-group/not-grouped"},
    }


@pytest.mark.parametrize(
    ("body", "edition", "wanted"),
    [
        ("Gout Society", None, set()),
        ("Gout Society - Criteria, Second Edition", None, {"Second Edition"}),
        ("Gout Society - Criteria, version 5.0", None, {"version 5.0"}),
        ("Gout Society - Criteria (toes, proposed revision of Second Edition)", None, {"proposed revision of Second Edition"}),
        ("Gout Society - Criteria, 3rd edition", "revised", {"revised"}),
        ("Second Edition Society", None, set()),
        ("Gout Society (updated consensus)", None, set()),
    ],
)  # fmt: skip
def test_an_edition_that_only_the_body_names_is_kept(
    small: GraphFiles, tmp_path: Path, body: str, edition: str | None, wanted: set[str]
) -> None:
    record = {**RECOMMENDATION, "body": body, "edition": edition}
    import_records(small, [write(tmp_path / "r.jsonl", [record])], create=True)
    assert said_of(small, "statement/mine-4").get("edition", set()) == wanted


def test_a_body_is_called_as_the_source_calls_it(small: GraphFiles, tmp_path: Path) -> None:
    import_records(small, [write(tmp_path / "r.jsonl", [RECOMMENDATION, REGULATORY])], create=True)
    assert "bodyAsStated" not in said_of(small, "statement/mine-4")
    records = [{**RECOMMENDATION, "body": "GOUT society"}, {**REGULATORY, "authority": "gout agency"}]
    import_records(small, [write(tmp_path / "r.jsonl", records)])
    stated = [said_of(small, f"statement/{name}")["bodyAsStated"] for name in ("mine-4", "mine-5")]
    assert stated == [{"GOUT society"}, {"gout agency"}]


def test_publications_of_one_study_vote_once(small: GraphFiles, tmp_path: Path) -> None:
    path = write(tmp_path / "e.jsonl", [EVIDENCE, {**EVIDENCE, "id": "mine-7", "citation": {"pmid": "124"}}])
    import_records(small, [path])
    studies = small.folder / "data" / "things" / "studies.ttl"
    text = studies.read_text().replace(
        "ivig:publication <citation/pmid-123>", "ivig:publication <citation/pmid-123>, <citation/pmid-124>"
    )
    studies.write_text("\n\n".join(block for block in text.split("\n\n") if "<study/pmid-124>" not in block) + "\n")
    import_records(small, [path])
    assert said_of(small, "statement/mine-7")["study"] == {"study/1999-gout"}


@pytest.mark.parametrize(
    ("change", "field", "allowed"),
    [
        ({"condition": "gouty"}, "condition", 'unknown condition "gouty"; nearest: gout'),
        ({"outcome": "agony"}, "outcome", 'unknown outcome "agony"'),
        ({"study_type": "trial of sorts"}, "study_type", "unknown study type"),
        ({"direction": "good"}, "direction", "one of benefit, harm, mixed, no benefit"),
        ({"n_participants": 0}, "n_participants", "1 or more"),
        ({"dose": {"g_per_kg_per_day": -0.4}}, "dose.g_per_kg_per_day", "more than 0"),
        ({"dose": {"days": 900}}, "dose.days", "60 or less"),
        ({"effect": {"measure": "odds ratio", "value": 2.0, "ci_low": 0.4, "ci_high": 0.8}}, "effect", "a value inside its interval: 2.0 is not between 0.4 and 0.8"),
        ({"effect": {"measure": "p", "p": 5}}, "effect.p", "1 or less"),
        ({"citation": {"pmid": "12x"}}, "citation.pmid", "a PMID: one to eight digits"),
        ({"citation": {"doi": "11.1000/x"}}, "citation.doi", "a DOI: 10."),
        ({"citation": {"pmcid": "PMC"}}, "citation.pmcid", "a PMCID: PMC and a number"),
        ({"citation": {"year": 2999}}, "citation.year", "a year up to"),
        ({"read_at": "somewhere"}, "read_at", "the address of a page, such as https://"),
        ({"finding": ""}, "finding", "text that is not empty"),
        ({"intent": "prevent"}, "prevented", "what was prevented, where the intent is to prevent"),
        ({"n_participants": "0,05"}, "n_participants", "a whole number, such as 12"),
        ({"effect": {"measure": "p", "value": "0,05"}}, "effect.value", "a number, such as 0.05: write 0.05"),
        ({"effect": {"measure": "p", "p": "5%"}}, "effect.p", "write 0.05, a part of one"),
        ({"effect": {"measure": "p", "value": "5 %"}}, "effect.value", "write 5, and % as its unit"),
        ({"effect": {"measure": "p", "p": "<0,001"}}, "effect.p", "write 0.001, and < in effect.p_relation"),
        ({"effect": {"measure": "p", "p": 0.1, "p_relation": "~"}}, "effect.p_relation", "one of =, <, > or unclear"),
        ({"effect": {"measure": "Odds ratio", "value": -3}}, "effect", "the odds ratio 0 or more, not -3"),
        ({"effect": {"measure": "OR", "measure_term": "risk ratio", "value": 1, "ci_low": -1}}, "effect", "the risk ratio 0 or more, not -1"),
        ({"arms": {"ivig": {"events": 5, "total": 4}}}, "arms.ivig", "events up to the total of the arm: 5 is more than 4"),
        ({"dose": [{"days": 2}, {"days": [5, 2]}]}, "dose.2.days", "a range from low to high, not from 5 to 2"),
        ({"dose": [{"days": [None, None]}]}, "dose.days", "at least one end of a range"),
        ({"dose": [{"phase": "boost", "days": 1}]}, "dose.phase", "one of course, load, maintenance"),
        ({"comparison": "package | IVIG added"}, "comparison", "one of active, added to IVIG"),
        ({"comparison": "package"}, "tests_ivig", "no, where the comparison is a package"),
        ({"study_type": "systematic review", "outcome_role": "primary"}, "outcome_role", "nothing, in a review"),
        ({"reporting": "pooled", "outcome_role": "Primary"}, "outcome_role", "nothing, in a review"),
        ({"reviewed_designs": "randomized only"}, "reviewed_designs", "nothing, but in a systematic review"),
        ({"population_group": ["adults", "gnomes"]}, "population_group", "one of acute or exacerbation, adults"),
        ({"second_reading": "yes"}, "second_reading", "one of agreed, corrected, page not found"),
        ({"retraction": "perhaps (see there)"}, "retraction", "one of expression of concern"),
        ({"read_on": "2999-01-01"}, "read_on", "a day that is not to come"),
        ({"read_on": "yesterday"}, "read_on", "a day, such as 2026-11-28"),
        ({"direction": None}, "direction", "needed"),
        ({"colour": "red"}, "colour", "no such field in a record of this kind"),
        ({"id": "Mine 1"}, "id", "small letters, digits and hyphens"),
        ({"kind": "rumour"}, "kind", "one of evidence, mechanism"),
        ({"kind": "rumour\x1b[2J"}, "kind", "a kind of record"),
        ({"n_participants": True}, "n_participants", "a number, not yes or no"),
        ({"effect": {"measure": "odds ratio", "value": True}}, "effect.value", "a number, not yes or no"),
        ({"dose": {"days": False}}, "dose.days", "a number, not yes or no"),
        ({"citation": {"year": True}}, "citation.year", "a number, not yes or no"),
        ({"finding": "bold \x1b[1m"}, "finding", "text without control characters"),
        ({"condition_qualifiers": ["adults", "half \ud83d"]}, "condition_qualifiers.1", "halves of characters"),
        ({"citation": {"title": "On gout\x00"}}, "citation.title", "text without control characters"),
        ({"id": "mine\ud800"}, "id", "halves of characters"),
        ({"read_at": "https://example.org/\x07"}, "read_at", "text without control characters"),
        ({"colour\x1b": "red"}, "colour\\x1b", "no such field in a record of this kind"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_written(
    small: GraphFiles, tmp_path: Path, change: dict[str, Any], field: str, allowed: str
) -> None:
    before = texts(small)
    with pytest.raises(BadRecords) as raised:
        import_records(
            small, [write(tmp_path / "bad.jsonl", [RECOMMENDATION | {"body": "Cochrane"}, EVIDENCE | change])]
        )
    (problem,) = [p for p in raised.value.problems if p.place == "line 2"]
    assert (problem.field, problem.place) == (field, "line 2")
    assert allowed in problem.allowed
    assert texts(small) == before


def test_every_wrong_row_is_in_one_report(small: GraphFiles, tmp_path: Path) -> None:
    bad = [{**EVIDENCE, "id": f"b-{number}", "n_participants": -number} for number in range(1, 31)]
    with pytest.raises(BadRecords) as raised:
        import_records(small, [write(tmp_path / "bad.jsonl", bad)])
    assert len(raised.value.problems) == 30
    assert "… and 10 more" in str(raised.value)


@pytest.mark.parametrize(
    ("citation", "field"),
    [
        ({"pmid": "123", "title": "A wholly other paper", "title_status": "full"}, "citation.title"),
        ({"pmid": "124", "doi": "10.1000/ABC"}, "citation.pmid"),
        ({"pmid": "123", "doi": "10.1000/other"}, "citation.doi"),
        ({"pmid": "123", "title": "gout", "title_status": "full"}, "citation.title"),
        ({"pmid": "123", "year": 1984}, "citation.year"),
        ({"pmid": "123", "title": "Cabbage", "title_status": "partial"}, "citation.title"),
    ],
)
def test_what_contradicts_a_known_publication_is_refused(
    small: GraphFiles, tmp_path: Path, citation: dict[str, Any], field: str
) -> None:
    import_records(small, [write(tmp_path / "a.jsonl", [EVIDENCE])])
    before = texts(small)
    with pytest.raises(BadRecords) as raised:
        import_records(small, [write(tmp_path / "b.jsonl", [{**EVIDENCE, "id": "mine-9", "citation": citation}])])
    assert [problem.field for problem in raised.value.problems] == [field]
    assert "another is known of this publication" in raised.value.problems[0].allowed
    assert texts(small) == before


def test_a_title_read_in_part_is_of_a_publication_with_its_words(small: GraphFiles, tmp_path: Path) -> None:
    full = "Immunoglobulin against gouty arthritis of the great toe"

    def cited(number: int, title: str, status: str) -> dict[str, Any]:
        return {**USE, "id": f"t-{number}", "citation": {"pmid": "9", "title": title, "title_status": status}}

    parts = [cited(1, "Immunoglobulins against gouty arth…", "partial"), cited(2, "A letter on toes", "description")]
    for order in ([cited(3, full, "full"), *parts], [*parts, cited(3, full, "full")]):
        import_records(small, [write(tmp_path / "t.jsonl", order)], accept=True)
    assert said_of(small, "citation/pmid-9")["title"] == {full}
    cabbage = cited(1, "Cabbage", "partial")
    for order in ([cited(3, full, "full"), cabbage], [cabbage, cited(3, full, "full")]):
        with pytest.raises(BadRecords, match=r"citation\.title"):
            import_records(small, [write(tmp_path / "t.jsonl", order)])


@pytest.mark.parametrize("record", [RECOMMENDATION, REGULATORY], ids=["recommendation", "regulatory"])
def test_no_record_is_of_a_year_to_come(record: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a year up to"):
        RECORD.validate_python(record | {"year": 2999})


@pytest.mark.parametrize(
    ("value", "unit", "fits"),
    [
        (1.0, "per patient", True),
        (12, "per patient", False),
        (1.5, "fraction of infusions", False),
        (15, "proportion of persons exposed", False),
        (2, "attributable absolute risk over 1 year", False),
        (2, "per high-dose infusion", False),
        (15.6, "per 1000 persons exposed", True),
        (2.5, "per patient-year", True),
        (100, "% of infusions", True),
        (101, "% of infusions", False),
        (140, "percent", False),
        (140, None, True),
    ],
)
def test_no_frequency_is_more_than_all(value: float, unit: str | None, *, fits: bool) -> None:
    record = SAFETY | {"frequency": {"value": value, "unit": unit}}
    if fits:
        RECORD.validate_python(record)
    else:
        with pytest.raises(ValidationError, match="frequency"):
            RECORD.validate_python(record)


def test_an_id_twice_is_refused(small: GraphFiles, tmp_path: Path) -> None:
    with pytest.raises(BadRecords, match=r"stands in d\.jsonl, line 1 already"):
        import_records(small, [write(tmp_path / "d.jsonl", [EVIDENCE, EVIDENCE])])


def test_the_command_reports_and_writes_nothing(run: Run, small: GraphFiles, tmp_path: Path) -> None:
    path = write(
        tmp_path / "bad.jsonl", [{**EVIDENCE, "condition": "gouty"}, {**EVIDENCE, "id": "x", "n_participants": 0}]
    )
    before = texts(small)
    done = run("import", path, "--report", "errors.csv", "--graph", small.folder)
    assert done.returncode == 2
    assert "bad.jsonl, line 1, mine-1: condition: unknown condition" in done.stderr
    assert "Traceback" not in done.stderr
    rows = list(csv.DictReader((tmp_path / "errors.csv").read_text(encoding="utf-8").splitlines()))
    assert {(row["place"], row["field"]) for row in rows} == {("line 1", "condition"), ("line 2", "n_participants")}
    assert texts(small) == before


def test_a_dry_run_says_what_would_happen(run: Run, small: GraphFiles, tmp_path: Path) -> None:
    path = write(tmp_path / "all.jsonl", ALL)
    before = texts(small)
    done = run("import", path, "--create", "--dry-run", "--graph", small.folder)
    assert done.returncode == 0, done.stderr
    assert "6 statements would be new" in done.stdout
    assert "Body would be created: Gout Society" in done.stdout
    assert "data/literature/all.ttl would be written" in done.stdout
    assert texts(small) == before


def test_a_template_is_written(run: Run, tmp_path: Path) -> None:
    done = run("import", "--template", "evidence.xlsx")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "evidence.xlsx").stat().st_size > 5000


def test_a_template_takes_the_place_of_no_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "evidence.xlsx").write_text("a week of work", encoding="utf-8")
    done = run("import", "--template", "evidence.xlsx")
    assert (done.returncode, done.stdout) == (2, "")
    assert "evidence.xlsx is there already" in done.stderr
    assert (tmp_path / "evidence.xlsx").read_text(encoding="utf-8") == "a week of work"


def test_a_template_needs_a_folder(run: Run, tmp_path: Path) -> None:
    done = run("import", "--template", "nowhere/evidence.xlsx")
    assert (done.returncode, done.stderr) == (2, "ivig: nowhere/evidence.xlsx: No such file or directory\n")


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    report = tmp_path / "errors.csv"
    report.write_text("of last time", encoding="utf-8")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9, before[1]))
    try:
        with pytest.raises(NotThere, match="File too large"):
            _write_report(report, [Problem("a.csv", "line 2", "", "id", "", "an id")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["errors.csv"]
    assert report.read_text(encoding="utf-8") == "of last time"


def test_a_report_can_go_to_a_pipe(run: Run, small: GraphFiles, tmp_path: Path) -> None:
    path = write(tmp_path / "bad.jsonl", [{**EVIDENCE, "n_participants": 0}])
    done = run("import", path, "--report", "/dev/stdout", "--graph", small.folder)
    assert done.stdout.splitlines()[1].startswith("bad.jsonl,line 1,mine-1,n_participants")


def test_import_needs_files(run: Run) -> None:
    done = run("import")
    assert (done.returncode, done.stderr) == (2, "ivig: give files of records, or --template for an empty one\n")


def test_wrong_rows_can_be_left_out(small: GraphFiles, tmp_path: Path, run: Run) -> None:
    """The rest is imported as if they had not been there, and each is told of."""
    good = EVIDENCE | {"id": "mine-1"}
    rows = [
        good,
        EVIDENCE | {"id": "mine-2", "n_participants": "many"},
        EVIDENCE | {"id": "mine-3", "direction": "positive"},
        # Doubtful beside the first: the same record under another id.
        EVIDENCE | {"id": "mine-4"},
        SAFETY | {"id": "mine-5", "adverse_event": "Headaches"},
    ]
    known = '<adverse-event/headache> a ivig:AdverseEvent ; skos:prefLabel "headache"@en .\n'
    data = small.folder / "data" / "ivig.ttl"
    data.write_text(data.read_text(encoding="utf-8") + known, encoding="utf-8")
    file = write(tmp_path / "gouty.jsonl", rows)
    with pytest.raises(BadRecords):
        import_records(small, [file], create=True)
    before = texts(small)
    dry = import_records(small, [file], create=True, skip_invalid=True, dry_run=True)
    assert texts(small) == before
    summary = import_records(small, [file], create=True, skip_invalid=True)
    assert summary.left_out == dry.left_out
    assert {problem.record for problem in summary.left_out} == {"mine-2", "mine-3", "mine-4", "mine-5"}
    assert summary.statements["new"] == 1
    assert said_of(small, "statement/mine-1")
    for left_out in ("mine-2", "mine-3", "mine-4", "mine-5"):
        assert not said_of(small, f"statement/{left_out}")
    # Where nothing is left, and where the file itself cannot be read, nothing is imported.
    with pytest.raises(BadRecords):
        import_records(small, [write(tmp_path / "bad.jsonl", rows[1:3])], skip_invalid=True)
    table = tmp_path / "table.csv"
    table.write_text("kind,id,colour\nuse,mine-9,red\n", encoding="utf-8")
    with pytest.raises(BadRecords):
        import_records(small, [table], skip_invalid=True)
