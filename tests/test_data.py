"""What the real data must hold: both documents whole, and the facts that make the graph worth asking."""

from __future__ import annotations

import re

from ivig.ask import Graph
from ivig.files import GraphFiles


def test_both_documents_are_whole(graph: Graph) -> None:
    counts = {key: len(graph.query("source-statements", source=key)) for key in ("katz2018", "droracle44269")}
    assert counts == {"katz2018": 32, "droracle44269": 38}
    passages = {row["passage_label"] for row in graph.query("source-statements", source="katz2018")}
    assert passages == {f"{number:02}" for number in range(1, 17)}
    passages = {row["passage_label"] for row in graph.query("source-statements", source="droracle44269")}
    assert passages == {f"{number:02}" for number in range(1, 18)}


def test_pericarditis_has_its_four_patients_and_both_phases(graph: Graph) -> None:
    evidence = graph.query("evidence-for-condition", condition="chronic idiopathic pericarditis").rows
    assert [(r["study_type_label"], r["level"], r["participants"], r["count"], r["total"]) for r in evidence] == [
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
    (row,) = graph.query("evidence-for-condition", condition="AOSD")
    assert (row["range_low"], row["range_high"], row["unit"]) == (2, 53, "mo")
    (regimen,) = graph.query("regimens", condition="adult-onset Still's disease")
    assert [str(regimen[name]) for name in ("g_per_kg_per_day_min", "g_per_kg_per_day_max", "days_min", "days_max")] == [
        "0.4", "2", "2", "5",
    ]  # fmt: skip


def test_dilated_cardiomyopathy_has_a_benefit_and_a_contradicted_mechanism(graph: Graph) -> None:
    (evidence,) = graph.query("evidence-for-condition", condition="DCM")
    (mechanism,) = graph.query("mechanisms-for-condition", condition="DCM")
    assert evidence["direction"] == "benefit"
    assert (mechanism["supports"], mechanism["mechanism_label"]) == (
        False, "neutralization of antireceptor autoantibodies",
    )  # fmt: skip


def test_references_are_confirmed_probable_or_unresolved(graph: Graph) -> None:
    confirmed = {row["pmid"] for row in graph.query("citations")}
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
    kawasaki = graph.query("evidence-for-condition", condition="Kawasaki disease")[0]
    assert (kawasaki["citation_status"], kawasaki["pmid"], kawasaki["citation"]) == ("probable", None, None)


def test_the_data_has_no_sentence_of_more_than_a_title_from_elsewhere(files: GraphFiles) -> None:
    """Findings are short sentences of our own; a long one would be a sign of text carried over."""
    text = files.data[0].read_text(encoding="utf-8")
    findings = re.findall(r'ivig:finding "([^"]+)"', text)
    assert len(findings) == 70
    assert max(len(finding.split()) for finding in findings) <= 30
