"""What an import does not do unasked, and how statements are taken out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from ivig.curate.importing import import_records
from ivig.curate.store import remove_statements
from ivig.errors import BadInput
from ivig.graph_files import GraphFiles
from ivig.model.problems import BadRecords
from record_samples import EVIDENCE, MECHANISM, RECOMMENDATION, USE, said_of, texts, write


def _import(small: GraphFiles, path: Path, *records: dict[str, Any], **how: bool) -> list[str]:
    """What is wrong with records, by field."""
    try:
        import_records(small, [write(path, list(records))], create=True, **how)
    except BadRecords as error:
        return [problem.field for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("name", "change", "fields"),
    [
        ("b", {}, []),
        ("b", {"finding": "Another."}, ["id"]),
        ("a", {"condition": "toe gout"}, ["condition"]),
        ("a", {"citation": {"pmid": "9"}}, ["citation"]),
        ("b", {"condition": "toe gout", "citation": {"pmid": "9"}}, ["id", "condition", "citation"]),
        ("a", {"direction": "benefit", "n_participants": 80}, []),
    ],
)
def test_an_id_keeps_its_file_condition_and_publication_unless_replaced(
    small: GraphFiles, tmp_path: Path, name: str, change: dict[str, Any], fields: list[str]
) -> None:
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE) == []
    before = texts(small)
    assert _import(small, tmp_path / f"{name}.jsonl", EVIDENCE | change) == fields
    if fields:
        assert texts(small) == before
        assert _import(small, tmp_path / f"{name}.jsonl", EVIDENCE | change, replace=True) == []
        assert _import(small, tmp_path / f"{name}.jsonl", EVIDENCE | change) == [], "it is there now"
    home = small.folder / "data" / "literature"
    assert [path.name for path in home.iterdir()] == ["a.ttl"], "a statement stays in its file"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "id"),
        ({"read_at": "https://example.org/copy", "read_on": "2024-01-01"}, "id"),
        ({"finding": "Pain came less often."}, "id"),
        ({"direction": "no benefit", "effect": None}, "direction"),
        ({"direction": "harm", "finding": "Worse."}, "direction"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_what_stands_under_another_id_is_doubtful(
    small: GraphFiles, tmp_path: Path, change: dict[str, Any], field: str, *, together: bool
) -> None:
    first, second = {**EVIDENCE, "direction": "benefit"}, {**EVIDENCE, "direction": "benefit", "id": "mine-9", **change}
    if not together:
        assert _import(small, tmp_path / "a.jsonl", first) == []
    before = texts(small)
    records = [first, second] if together else [second]
    path = tmp_path / ("a.jsonl" if together else "b.jsonl")
    assert _import(small, path, *records) == [field]
    assert texts(small) == before
    assert _import(small, path, *records, accept=True) == []
    assert _import(small, path, *records) == [], "what was let through once is there"


def test_one_publication_may_say_several_things(small: GraphFiles, tmp_path: Path) -> None:
    other = {**EVIDENCE, "id": "mine-9", "direction": "no benefit", "outcome": "urate", "effect": None}
    later = {**EVIDENCE, "id": "mine-8", "direction": "no benefit", "outcome": "Pain", "effect": None}
    benefit = {**EVIDENCE, "direction": "benefit"}
    assert _import(small, tmp_path / "a.jsonl", benefit, other, {**later, "condition_qualifiers": ["children"]}) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"comparison": "uncontrolled"}, "comparison"),
        ({"comparison": "uncontrolled", "placebo_controlled": False}, "comparison"),
        ({"comparison": "uncontrolled", "placebo_controlled": False, "comparator": None, "controlled": True}, "controlled"),
        ({"dose": [{"phase": "load", "days": 2}]}, "dose.phase"),
    ],
)  # fmt: skip
def test_what_hardly_goes_together_is_doubtful(
    small: GraphFiles, tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE | change) == [field]
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE | change, accept=True) == []
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE | change) == [], "what was let through once is there"


@pytest.mark.parametrize("near", ["gouts", "gout disease of the toe"])
def test_a_new_name_near_a_known_one_is_doubtful(small: GraphFiles, tmp_path: Path, near: str) -> None:
    far = near == "gout disease of the toe"
    assert _import(small, tmp_path / "a.jsonl", {**EVIDENCE, "condition": near}) == ([] if far else ["new Condition"])


def test_a_record_that_is_split_stays_beside_its_first(small: GraphFiles, tmp_path: Path) -> None:
    assert _import(small, tmp_path / "a.jsonl", {**EVIDENCE, "effect": None}) == []
    split = {**EVIDENCE, "id": "mine-1b", "outcome": "urate"}
    assert _import(small, tmp_path / "again.jsonl", split) == []
    assert _import(small, tmp_path / "again.jsonl", EVIDENCE, replace=True) == []
    assert [path.name for path in (small.folder / "data" / "literature").iterdir()] == ["a.ttl"]


def test_a_dry_run_shows_field_by_field_what_would_change(run: Run, small: GraphFiles, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [EVIDENCE, USE])
    import_records(small, [path])
    change = {"direction": "benefit", "n_participants": 80, "effect": {**EVIDENCE["effect"], "p": 0.01}, "dose": None}
    write(path, [EVIDENCE | change, USE, {**EVIDENCE, "id": "mine-7", "comparison": "uncontrolled"}])
    before = texts(small)
    done = run("import", path, "--dry-run", "--graph", small.folder)
    assert done.returncode == 0, done.stderr
    shown = {line for line in done.stdout.splitlines() if "→" in line}
    assert {
        "statement/mine-1: direction: unproven → benefit",
        "statement/mine-1: participants: 84 → 80",
        "statement/mine-1: regimen: regimen of mine-1, 1 → nothing",
        "effect/mine-1: p: 0.001 → 0.01",
    } <= shown
    assert not any("mine-7" in line or "mine-6" in line for line in shown)
    assert "comparison: doubtful: inert, where there was a placebo (found: uncontrolled)" in done.stderr
    assert "nothing would be imported: what is doubtful needs --accept" in done.stderr
    assert texts(small) == before


def test_a_statement_goes_with_what_only_it_used(small: GraphFiles, tmp_path: Path) -> None:
    other = {**EVIDENCE, "id": "mine-7", "outcome": "urate", "effect": None, "dose": None}
    alone = {**USE, "id": "mine-8", "citation": {"pmid": "9"}, "read_at": "https://example.org/alone"}
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE, other, alone) == []
    gone, names = remove_statements(small, ["mine-1"], dry_run=True)
    assert said_of(small, "statement/mine-1")
    remove_statements(small, ["mine-1", "statement/mine-8"])
    assert gone == ["effect/mine-1", "regimen/mine-1-1", "statement/mine-1"]
    assert names == ["data/literature/a.ttl"]
    assert not said_of(small, "statement/mine-1") and not said_of(small, "statement/mine-8")
    assert not said_of(small, "citation/pmid-9")
    assert said_of(small, "citation/pmid-123"), "another statement rests on it"
    remove_statements(small, ["mine-7"])
    assert not said_of(small, "citation/pmid-123") and not said_of(small, "study/pmid-123")
    assert said_of(small, "condition/gout") and said_of(small, "outcome/urate")


def test_what_a_cut_by_hand_leaves_is_found(run: Run, small: GraphFiles, tmp_path: Path) -> None:
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE) == []
    assert run("validate", "--graph", small.folder).returncode == 0
    path = small.folder / "data" / "literature" / "a.ttl"
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    path.write_text("\n\n".join(one for one in blocks if not one.startswith("<statement/")) + "\n", encoding="utf-8")
    done = run("validate", "--graph", small.folder)
    assert done.returncode == 1
    assert "data/literature/a.ttl: <effect/mine-1> No statement leads to it" in done.stdout
    assert [line.split("<")[1].split("/")[0] for line in done.stdout.splitlines()] == [
        "effect",
        "page",
        "regimen",
        "study",
    ]


def test_nothing_is_removed_where_one_is_unknown(run: Run, small: GraphFiles, tmp_path: Path) -> None:
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE) == []
    before = texts(small)
    with pytest.raises(BadInput, match="no statement mine-2; nothing was removed"):
        remove_statements(small, ["mine-1", "mine-2"])
    assert texts(small) == before
    done = run("remove", "mine-1", "--dry-run", "--graph", small.folder)
    assert done.returncode == 0, done.stderr
    assert "statement/mine-1 would be removed" in done.stdout
    assert texts(small) == before
    assert run("remove", "mine-1", "--graph", small.folder).returncode == 0
    assert not said_of(small, "statement/mine-1")


@pytest.mark.parametrize("record", [MECHANISM, RECOMMENDATION])
def test_a_correction_changes_that_statement_alone(small: GraphFiles, tmp_path: Path, record: dict[str, Any]) -> None:
    assert _import(small, tmp_path / "a.jsonl", EVIDENCE, record) == []
    before = said_of(small, "statement/mine-1")
    summary = import_records(small, [write(tmp_path / "a.jsonl", [EVIDENCE, {**record, "finding": "Another."}])])
    assert [str(change) for change in summary.changes] == [
        f"statement/{record['id']}: finding: {record['finding']} → Another."
    ]
    assert said_of(small, "statement/mine-1") == before
