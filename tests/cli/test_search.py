"""`ivig search` as a user runs it."""

from __future__ import annotations

import csv
import io
import json

from conftest import Run


def test_a_table_with_the_words_marked(run: Run) -> None:
    done = run("search", "stiffness", "rebounded")
    assert done.returncode == 0
    assert "**rebounded**" in done.stdout
    assert "stiff person syndrome" in done.stdout


def test_csv_json_and_kinds(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("search", "kawasaki", "--kind", "citation", "--format", "csv").stdout)))
    assert {row["kind"] for row in rows} == {"citation"}
    told = json.loads(run("search", "kawasaki", "--limit", "3", "--format", "json").stdout)
    assert [told[0]["label"], len(told)] == ["Kawasaki disease", 3]


def test_nothing_and_nonsense_are_said(run: Run) -> None:
    done = run("search", "asdfqwer")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'ivig: nothing here is called "asdfqwer" or tells of it\n'
    assert run("search", "asdfqwer", "--format", "json").stdout == "[]\n"
    assert "unknown kind of thing" in run("search", "gout", "--kind", "disease").stderr
    assert "give a word" in run("search", " ").stderr
