"""Statements back into the spreadsheet of their records, corrected there, and imported again."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from conftest import Run
from ivig.curate.extraction import record_rows
from ivig.curate.importing import import_records
from ivig.curate.store import Store
from ivig.curate.template import write_template
from ivig.graph_files import GraphFiles
from record_samples import ALL, EVIDENCE, MECHANISM, said_of, texts, write

MORE = [
    EVIDENCE | {
        "id": "mine-7", "outcome": "Urate", "direction_was": "benefit", "note": "Read twice.", "reporting": "secondary",
        "retraction": "not checked (page names a correction)", "population_group": ["children"],
        "effect": {"measure": "proportion", "value": 40, "unit": "% of patients"},
        "arms": {"ivig": {"events": 4, "total": 10}, "comparator": {"mean": -0.5, "sd": 1.25}, "unit": "days"},
        "dose": [{"phase": "load", "arm": "ivig", "g_per_kg_total": [1, 2]}, {"phase": "maintenance", "days": [None, 5], "interval_weeks": 3}],
        "citation": {"title": "A trial in go", "title_status": "partial", "year": 1999, "authors_short": "Gouty A"},
    },
    MECHANISM | {"id": "mine-8", "supports": None, "study_type": "narrative review"},
]  # fmt: skip


def test_a_record_comes_back_as_it_was(small: GraphFiles, tmp_path: Path) -> None:
    """Written into a spreadsheet and imported again, nothing changes; what is corrected there does."""
    import_records(small, [write(tmp_path / "gouty.jsonl", [*ALL, *MORE])], create=True, accept=True)
    before = texts(small)
    store = Store(small)
    rows, by_hand = record_rows(store, [iri for iri in store.blocks if "/statement/" in iri])
    assert sorted(str(row["id"]) for of in rows.values() for row in of) == [f"mine-{number}" for number in range(1, 9)]
    assert by_hand == []
    sheet = tmp_path / "gouty.xlsx"
    write_template(sheet, {}, rows)
    summary = import_records(small, [sheet])
    assert (summary.statements["unchanged"], texts(small)) == (8, before)

    book = load_workbook(sheet)
    heads = [cell.value for cell in book["evidence"][1]]
    book["evidence"].cell(2, heads.index("n_participants") + 1).value = 48
    book.save(sheet)
    summary = import_records(small, [sheet])
    assert (summary.statements["changed"], summary.statements["unchanged"]) == (1, 7)
    assert said_of(small, "statement/mine-1")["participants"] == {"48"}


def test_the_records_of_a_condition_in_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    done = run("export", "--condition", "dermatomyositis", "--template", "dm.xlsx")
    assert done.returncode == 0, done.stderr
    rows = list(load_workbook(tmp_path / "dm.xlsx")["evidence"].values)
    assert rows[0][:2] == ("id", "condition")
    assert {row[1] for row in rows[1:]} >= {"dermatomyositis"}
    again = run("export", "--condition", "dermatomyositis", "--template", "dm.xlsx")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    refused = run("export", "--kind", "background", "--template", "none.xlsx")
    assert "none of these statements was made from a record" in refused.stderr
