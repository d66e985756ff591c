"""`ivig export`: the format that an ending stands for, what does not go together, and bibliographies of a subgraph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Run
from ivig.namespaces import BASE, TERMS
from ivig.query import Graph


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("lems.csv", b"statement,statement_label,kind"),
        ("lems.TSV", b"statement\tstatement_label\tkind"),
        ("lems.xlsx", b"PK"),
        ("lems.cyjs", b'{"data": '),
        ("lems.tar.gz", b"\x1f\x8b"),
        ("lems.nt", b"<http://"),
        ("lems", b"@base <https://w3id.org/ivig/>"),
    ],
)
def test_the_ending_of_the_file_says_the_format(run: Run, tmp_path: Path, name: str, beginning: bytes) -> None:
    done = run("export", "--condition", "LEMS", "--output", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(beginning)


def test_a_format_that_is_named_goes_before_the_ending(run: Run, tmp_path: Path) -> None:
    assert run("export", "--condition", "LEMS", "-f", "ntriples", "-o", "lems.txt").returncode == 0
    assert (tmp_path / "lems.txt").read_bytes().startswith(b"<http://")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "gbs.docx"), "gbs.docx: no format has this ending; name one with --format"),
        (("--citations", "bibtex", "-f", "csv"), "--citations and --format are different things: give one"),
        (("--describe", "-f", "csv"), "--describe and --format are different things: give one"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Run, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    done = run("export", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


def test_things_without_statements_are_no_empty_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "conditions.rq").write_text(f"SELECT ?c {{ ?c a <{TERMS}Condition> }}")
    done = run("export", "--sparql", "conditions.rq", "-o", "conditions.csv")
    assert done.returncode == 2
    assert "no statement was selected, only things" in done.stderr
    assert not (tmp_path / "conditions.csv").exists()


def test_a_bibliography_is_of_the_subgraph(run: Run, graph: Graph) -> None:
    done = run("export", "--citations", "csl-json", "--condition", "LEMS")
    asked = graph.query("evidence-for-condition", condition="LEMS")
    wanted = {str(row["citation"]).removeprefix(f"{BASE}citation/") for row in asked if row["pmid"]}
    found = {entry["id"] for entry in json.loads(done.stdout)}
    assert wanted and wanted <= found
    assert len(found) < len(graph.query("citations"))
