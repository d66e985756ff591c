"""What the real data must hold: both documents whole, and the facts that make the graph worth asking."""

from __future__ import annotations

import re
from collections import Counter

from ivig.graph_files import GraphFiles
from ivig.namespaces import BASE, TERMS
from ivig.query import Graph
from ivig.query.results import Value


def _from_document(graph: Graph, query: str, **parameters: str) -> list[dict[str, Value]]:
    """The rows of an answer whose statements stand in one of the two documents."""
    documents = (f"{BASE}statement/katz2018-", f"{BASE}statement/droracle44269-")
    return [row for row in graph.query(query, **parameters) if str(row["statement"]).startswith(documents)]


def test_both_documents_are_whole(graph: Graph) -> None:
    counts = {key: len(graph.query("source-statements", source=key)) for key in ("katz2018", "droracle44269")}
    assert counts == {"katz2018": 32, "droracle44269": 38}
    passages = {row["passage_label"] for row in graph.query("source-statements", source="katz2018")}
    assert passages == {f"{number:02}" for number in range(1, 17)}
    passages = {row["passage_label"] for row in graph.query("source-statements", source="droracle44269")}
    assert passages == {f"{number:02}" for number in range(1, 18)}


def test_pericarditis_has_its_four_patients_and_both_phases(graph: Graph) -> None:
    evidence = _from_document(graph, "evidence-for-condition", condition="chronic idiopathic pericarditis")
    assert [(r["study_type_label"], r["level"], r["participants"], r["events"], r["total"]) for r in evidence] == [
        ("case series", 4, 4, 4, 4),
        ("case series", 4, 4, 3, 4),
    ]
    assert {r["outcome_label"] for r in evidence} == {"clinical response", "corticosteroid discontinuation"}
    first, second = [
        row for row in graph.query("regimens", condition="IRP") if str(row["statement"]).endswith("katz2018-06-4")
    ]
    assert (first["g_per_kg_per_day_min"], first["g_per_kg_per_day_max"], first["days_min"], first["days_max"]) == (
        first["g_per_kg_per_day_max"], first["g_per_kg_per_day_max"], 5, 5,
    )  # fmt: skip
    assert str(first["g_per_kg_per_day_min"]) == "0.4"
    assert (first["courses"], first["interval_months_min"], second["interval_months_min"]) == (5, 1, 2)


def test_still_disease_has_ranges(graph: Graph) -> None:
    (row,) = _from_document(graph, "evidence-for-condition", condition="AOSD")
    assert (row["range_low"], row["range_high"], row["unit"]) == (2, 53, "mo")
    (regimen,) = _from_document(graph, "regimens", condition="adult-onset Still's disease")
    assert [str(regimen[name]) for name in ("g_per_kg_per_day_min", "g_per_kg_per_day_max", "days_min", "days_max")] == [
        "0.4", "2", "2", "5",
    ]  # fmt: skip


def test_dilated_cardiomyopathy_has_a_benefit_and_a_contradicted_mechanism(graph: Graph) -> None:
    (evidence,) = _from_document(graph, "evidence-for-condition", condition="DCM")
    (mechanism,) = _from_document(graph, "mechanisms-for-condition", condition="DCM")
    assert evidence["direction"] == "benefit"
    assert (mechanism["supports"], mechanism["mechanism_label"]) == (
        False, "neutralization of antireceptor autoantibodies",
    )  # fmt: skip


def test_references_are_confirmed_probable_or_unresolved(graph: Graph) -> None:
    confirmed = {row["pmid"] for row in graph.sparql(
        f"SELECT DISTINCT ?pmid {{ ?reference <{TERMS}resolvesTo> ?c OPTIONAL {{ ?c <{TERMS}pmid> ?pmid }} }}"
    )}  # fmt: skip
    assert confirmed == {
        "15674654", "15621576", "15547090", "15477504", "15389193", "2901668", "16127014", "21864262", None,
    }  # fmt: skip
    rows = graph.query("unresolved-references").rows
    still = [row for row in rows if row["reference"] == "1" and row["status"] == "unresolved"]
    kawasaki = [row for row in rows if row["reference"] == "1" and row["status"] == "probable"]
    assert len(still) == 3
    assert "Kawasaki Disease" in str(next(row["candidate_label"] for row in kawasaki if row["candidate"]))
    assert {row["status"] for row in rows} == {"probable", "unresolved"}


def test_no_statement_rests_on_a_candidate(graph: Graph) -> None:
    for row in graph.query("unresolved-references"):
        assert row["candidate"] is None or "/candidate/" in str(row["candidate"])
    (kawasaki,) = _from_document(graph, "evidence-for-condition", condition="Kawasaki disease")
    assert (kawasaki["citation_status"], kawasaki["pmid"], kawasaki["citation"]) == ("probable", None, None)


def test_the_data_has_no_sentence_of_more_than_a_title_from_elsewhere(files: GraphFiles) -> None:
    """Findings are short sentences of our own; a long one would be a sign of text carried over."""
    text = files.data[0].read_text(encoding="utf-8")
    findings = re.findall(r'ivig:finding "([^"]+)"', text)
    assert len(findings) == 70
    assert max(len(finding.split()) for finding in findings) <= 30


def test_every_record_of_the_literature_is_a_statement(graph: Graph, files: GraphFiles) -> None:
    """Seven files of records, each with its statements, every one with a page and a depth of reading."""
    names = {path.stem for path in files.data if path.parent.name == "literature"}
    assert names == {
        "cns",
        "general",
        "guidance_safety",
        "haematology",
        "mechanisms",
        "neuromuscular",
        "rheum_derm_eye",
    }
    read = graph.sparql(f"SELECT ?s {{ ?s <{TERMS}page> ?page ; <{TERMS}readDepth> ?depth }}")
    literature = graph.sparql(f"SELECT ?s {{ ?s <{TERMS}page> ?page }}")
    assert len(read) == len(literature) > 1000
    assert len(graph.query("conditions")) >= 200
    assert len(graph.query("citations")) >= 600
    assert sum(row["pmid"] is not None for row in graph.query("citations")) >= 353


def test_a_bound_stays_a_bound(graph: Graph) -> None:
    rows = graph.sparql(f'SELECT ?p {{ ?e <{TERMS}pRelation> "<" ; <{TERMS}p> ?p }}')
    assert len(rows) > 20


def test_one_trial_in_two_publications_is_one_study(graph: Graph) -> None:
    rows = graph.sparql(f"SELECT ?study {{ ?study <{TERMS}publication> ?a, ?b FILTER(STR(?a) < STR(?b)) }}")
    assert f"{BASE}study/aims" in {row["study"] for row in rows}


def test_the_publications_of_a_trial_speak_with_one_voice(graph: Graph) -> None:
    """And the extension of one, which has a protocol of its own, with another."""
    rows = graph.sparql(f"SELECT ?s ?evidence_line {{ ?s <{TERMS}evidenceLine> ?evidence_line }}")
    evidence_lines = {str(row["s"]).removeprefix(f"{BASE}statement/"): row["evidence_line"] for row in rows}
    trials = {
        "ProDERM": [f"neurom-08{number}" for number in range(6)],
        "PATH": ["neurom-038", "neurom-039", "neurom-040", "neurom-150", "neurom-151"],
        "IG02": ["haem-093", "haem-094", "haem-095", "haem-096"],
        "Kile": ["cns-073", "cns-074", "cns-075", "cns-076"],
        "INSTINCT": ["gen-023", "gen-024"],
    }
    for name, statements in trials.items():
        assert len({evidence_lines[statement] for statement in statements}) == 1, name
    assert evidence_lines["neurom-041"] != evidence_lines["neurom-038"]
    assert evidence_lines["rheum-089"] != evidence_lines["rheum-085"], "no source says that these are one"


def test_why_publications_were_joined_is_written_down(graph: Graph) -> None:
    rows = graph.sparql(
        f"SELECT DISTINCT ?study ?note {{ ?study <{TERMS}publication> ?a, ?b FILTER(?a != ?b) "
        "OPTIONAL { ?study <http://www.w3.org/2004/02/skos/core#note> ?note } }"
    )
    assert len(rows) >= 5
    assert all(row["note"] for row in rows)


def test_a_guideline_has_the_edition_that_its_body_names(graph: Graph) -> None:
    rows = graph.query("recommendations").rows
    editions = Counter(str(row["edition"]) for row in rows if row["edition"])
    assert "Second Edition" in editions
