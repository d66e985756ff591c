"""`ivig resolve` as a user runs it."""

from __future__ import annotations

import csv
import io
import json

from conftest import Run


def test_a_table_of_what_identifiers_mean(run: Run) -> None:
    done = run("resolve", "MONDO:0016218", "https://pubmed.ncbi.nlm.nih.gov/15674654/")
    assert done.returncode == 0
    for word in ("MONDO:0016218", "skos:exactMatch", "Guillain-Barré", "PMID:15674654", "ivig:pmid", "citation"):
        assert word in done.stdout


def test_csv_and_json(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("resolve", "orpha:2103", "--format", "csv").stdout)))
    assert [(row["identifier"], row["thing_label"]) for row in rows] == [("Orphanet:2103", "Guillain-Barré syndrome")]
    told = json.loads(run("resolve", "orpha:2103", "--format", "json").stdout)
    assert len(told[0]["statements"]) == int(rows[0]["statements"]) > 30


def test_what_means_something_is_told_beside_what_does_not(run: Run) -> None:
    done = run("resolve", "MONDO:0016218", "MOND:0016218", "MONDO:9999999", "gout")
    assert done.returncode == 2
    assert "Guillain-Barré" in done.stdout
    assert 'ivig: unknown prefix "MOND"; nearest: MONDO' in done.stderr
    assert "ivig: nothing here is linked to MONDO:9999999" in done.stderr
    assert 'ivig: "gout" is no identifier' in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_found_prints_no_table(run: Run) -> None:
    done = run("resolve", "MOND:1")
    assert (done.returncode, done.stdout) == (2, "")
    assert run("resolve", "MOND:1", "--format", "json").stdout == "[]\n"
