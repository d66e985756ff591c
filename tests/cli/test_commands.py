"""The command line as a user runs it: answers, messages, exit codes, no traceback."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
from pathlib import Path

import openpyxl
import pytest
from rdflib import Dataset, Graph as RdfGraph

import ivig
from conftest import IVIG, ROOT, Run
from ivig.cli.app import COMMANDS
from small import HEAD, SOURCE, efficacy, folder_with


def _words(text: str) -> str:
    return " ".join(text.split())


def test_help_lists_the_commands_and_has_examples(run: Run) -> None:
    listed = run("--help").stdout
    for command in COMMANDS:
        assert command in listed
        assert "Example: ivig" in _words(run(command, "--help").stdout), command


def test_the_version_is_that_of_the_package(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"ivig {ivig.__version__}\n")


def test_a_former_iri_is_followed_and_said(run: Run, former: tuple[str, str]) -> None:
    old, new = (iri.removeprefix("https://w3id.org/ivig/") for iri in former)
    asked = ("query", "statements-for-citation", "--format", "csv", "--citation")
    done = run(*asked, old)
    assert (done.returncode, done.stdout) == (0, run(*asked, new).stdout)
    assert f"ivig: {old} is now {new}\n" in done.stderr


def test_a_query_has_its_own_help(run: Run) -> None:
    text = _words(run("query", "evidence-for-condition", "--help").stdout)
    assert "--condition" in text
    assert 'Example: ivig query evidence-for-condition --condition "Kawasaki disease" --format csv' in text


@pytest.mark.parametrize("columns", ["60", "80", "140"])
def test_a_table_fits_the_terminal_and_breaks_no_word(run: Run, columns: str) -> None:
    done = run("query", "evidence-for-condition", "--condition", "autoimmune disease", COLUMNS=columns)
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= int(columns)
    assert "direction" in done.stdout
    assert "syndrome" in done.stdout
    assert "more columns with --format csv" in _words(done.stdout)


def test_a_label_does_not_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE.replace('"gout"@en', '"go\\u001B[31mut"@en') + efficacy("s", "benefit"))
    done = run("query", "conditions", "--graph", folder, "--releases", tmp_path / "r")
    assert "go [31mut" in done.stdout
    assert "\x1b" not in done.stdout


def test_columns_can_be_chosen(run: Run) -> None:
    done = run("query", "conditions", "--group", "dermatology", "--columns", "condition,verdict")
    assert "no benefit shown" in done.stdout
    assert "statements" not in done.stdout.splitlines()[1]


def test_what_is_asked_for_is_shown(run: Run, tmp_path: Path) -> None:
    """Every column that was named, one record below the other where they do not fit side by side; in every format."""
    asked = [
        "query",
        "evidence-for-condition",
        "--condition",
        "GBS",
        "--where",
        "level=1",
        "--where",
        "direction=benefit",
    ]
    names = "condition,statement,comparison,direction,effect,finding,outcome,participants,level,study_type,year,doi"
    done = run(*asked, "--columns", names, "--sort=-participants", COLUMNS="80")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "comparison    active\n" in done.stdout
    assert "study type    systematic review\n" in done.stdout
    narrow = run(*asked, "--columns", "outcome,direction,level", "--limit", "1", COLUMNS="60").stdout
    assert "┃ level ┃" in narrow
    assert run(*asked, "--columns", "level,finding", "--output", "gbs.csv").returncode == 0
    rows = list(csv.reader((tmp_path / "gbs.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["level", "finding"]
    assert {row[0] for row in rows[1:]} == {"1"}


def test_a_default_table_shows_what_was_found(run: Run) -> None:
    done = run("query", "evidence-for-condition", "--condition", "GBS", COLUMNS="80")
    heads = done.stdout.splitlines()[1].split()
    assert heads[1::2] == ["direction", "finding", "comparison", "effect"]
    assert "odds ratio" in done.stdout


def test_the_name_of_a_file_tells_its_format(run: Run, tmp_path: Path) -> None:
    for name in ("c.csv", "c.tsv", "c.json", "c.ndjson", "c.srx", "c.xlsx"):
        assert run("query", "conditions", "--output", name).returncode == 0
    assert (tmp_path / "c.tsv").read_text().startswith("?condition\t")
    assert set(json.loads((tmp_path / "c.json").read_text())[0]) >= {"condition", "condition_label", "statements"}
    assert openpyxl.load_workbook(tmp_path / "c.xlsx").sheetnames == ["answer", "columns", "about"]
    assert run("export", "--condition", "GBS", "--output", "gbs.csv").returncode == 0
    assert (tmp_path / "gbs.csv").read_text().startswith("statement,")
    assert run("export", "--condition", "GBS", "--output", "gbs.ris").returncode == 0
    assert (tmp_path / "gbs.ris").read_text().startswith("TY  - JOUR")
    assert run("sparql", "CONSTRUCT WHERE { ?s a ivig:Passage }", "-o", "p.nt").returncode == 0
    assert "ontology#Passage" in (tmp_path / "p.nt").read_text()


def test_a_table_on_a_terminal_of_another_encoding(run: Run) -> None:
    done = run("query", "conditions", "--where", "condition=GBS", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "| condition " in done.stdout
    assert "Guillain-Barr?" in done.stdout


@pytest.mark.parametrize("words", [("query", "conditions"), ("export",)])
def test_a_spreadsheet_into_a_pipe_that_closes(releases: Path, words: tuple[str, ...]) -> None:
    given = {**os.environ, "IVIG_RELEASES": str(releases)}
    command = [IVIG, *words, "--format", "xlsx"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=False, env=given) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(2) == b"PK"
        process.stdout.close()
        assert process.stderr.read() == b""


def test_show_says_all_of_a_thing(run: Run) -> None:
    shown = run("show", "neurom-001").stdout
    assert "direction" in shown
    assert "no different from active comparator" in shown
    by_identifier = run("show", "15674654").stdout
    assert "pericarditis: report of four cases" in _words(by_identifier)
    record = json.loads(run("show", "GBS", "--format", "json").stdout)
    assert (record["label"], record["type"]) == ("Guillain-Barré syndrome", ["Condition"])
    assert "ivig:Condition" in run("show", "condition/guillain-barre-syndrome", "--format", "turtle").stdout


def test_diff_says_what_came_went_and_changed(run: Run, tmp_path: Path) -> None:
    """Statement by statement, field by field, with the verdicts that changed."""
    here = ["--graph", tmp_path / "graph", "--releases", tmp_path / "r"]
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit", outcome="pain") + efficacy("t", "benefit"))
    assert run("build", *here).returncode == 0
    first = (tmp_path / "r" / "current").resolve()
    text = SOURCE + efficacy("s", "no-benefit", outcome="pain") + efficacy("u", "benefit", comparison="active")
    (folder / "data" / "ivig.ttl").write_text(HEAD + text, encoding="utf-8")
    assert run("build", *here).returncode == 0
    done = run("diff", first, *here)
    assert {"+ u  u", "- t  t", "~ s  s", "    direction: benefit → no benefit"} <= set(done.stdout.splitlines())
    assert "! gout: verdict (treat): " in done.stdout
    rows = list(csv.DictReader(io.StringIO(run("diff", first.name[8:16], "current", "-f", "csv", *here).stdout)))
    changed = {(row["what"], row["field"]) for row in rows if row["thing"].endswith("statement/s")}
    assert changed == {("changed", "direction")}
    assert run("diff", "current", *here).stdout.startswith("0 statements added, 0 gone, 0 changed")
    assert "current" in run("diff", "list", *here).stdout


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "xml", "ndjson"])
def test_formats(run: Run, name: str) -> None:
    done = run("query", "citations", "--format", name)
    assert done.returncode == 0
    assert "15674654" in done.stdout
    assert done.stderr == ""


def test_csv_is_what_a_spreadsheet_reads(run: Run) -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("query", "source-statements", "--source", "katz2018", "--format", "csv").stdout))
    )
    assert len(rows) == 32
    assert rows[0]["condition_label"] == "recurrent pregnancy loss"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["query", "evidence"], 2, 'ivig: unknown query "evidence"; nearest: '),
        (["query", "conditions", "--grup", "x"], 2, "No such option '--grup'. (Did you mean one of: '--graph', '--group'?)"),
        (["query", "conditions", "--group", "skin"], 2, 'ivig: unknown condition group "skin"'),
        (["query", "evidence-for-condition"], 2, "ivig: evidence-for-condition needs condition"),
        (["query", "evidence-for-condition", "--condition", "Gillain"], 2, "nearest: Guillain-Barré syndrome"),
        (["query", "conditions", "--format", "pdf"], 2, "pdf"),
        (["query", "conditions", "--columns", "colour"], 2, 'ivig: unknown column "colour"; it is one of: condition, group'),
        (["query", "recommendations", "--where", "recommendation=positive"], 2, "it is one of: against, conditional against"),
        (["query", "conditions", "--where", "level=1"], 2, 'ivig: unknown column of conditions "level"; it is one of: condition, group'),
        (["query", "conditions", "--where", "statements"], 2, "ivig: a condition on rows reads COLUMN=VALUE"),
        (["query", "conditions", "--where", "statements>many"], 2, "ivig: statements holds numbers: give one"),
        (["query", "conditions", "--where", "limit=1"], 2, "ivig: conditions has no column limit"),
        (["query", "conditions", "--sort", "size"], 2, 'ivig: unknown column "size"'),
        (["query", "conditions", "--output", "x.pdf"], 2, "ivig: x.pdf: no format has this ending; name one with --format"),
        (["query", "conditions", "--output", "x.txt"], 2, "ivig: a table is for the terminal"),
        (["sparql", "ASK {}", "--output", "x.ttl"], 2, 'unknown format of a result "turtle"'),
        (["show", "neurom-999"], 2, 'ivig: unknown thing "neurom-999"'),
        (["show", "gilain barre"], 2, "nearest: Guillain-Barré syndrome"),
        (["diff", "0123"], 2, 'ivig: unknown release "0123"; nearest: '),
        (["exprot"], 2, 'ivig: unknown command "exprot"; nearest: export'),
        (["sparql", "SELECT *"], 2, "ivig: line 1, column 9"),
        (["sparql", "INSERT DATA { <x:a> <x:b> <x:c> }"], 2, "ivig: the graph is read-only"),
        (["sparql", "ASK {}", "--format", "turtle"], 2, 'ivig: unknown format of a result "turtle"; it is one of: table'),
        (["sparql", "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"], 2, 'unknown format of a graph "csv"; it is one of: turtle'),
        (["sparql"], 2, "ivig: give a query, or a file with --file"),
        (["sparql", "--file", "nowhere.rq"], 2, "ivig: nowhere.rq: No such file"),
        (["export", "--condition", "nothing at all"], 2, "ivig: unknown condition"),
        (["export", "--format", "pdf"], 2, "pdf"),
        (["export", "--condition", "GBS", "--direction", "harm", "--source", "katz2018"], 2, "ivig: nothing in the graph fits all of this"),
        (["export", "--query", "regimens", "--parameter", "GBS"], 2, "ivig: a parameter reads NAME=VALUE and is given once, not GBS"),
        (["export", "--sparql", "nowhere.rq"], 2, "ivig: nowhere.rq: No such file"),
        (["export", "--describe", "--condition", "GBS"], 2, "leave the selection out"),
        (["export", "--package", "p", "--output", "o"], 2, "--package and --output are different things: give one"),
        (["export", "--package", "no/such/folder/p.zip"], 2, "No such file"),
        (["verify", "nowhere"], 2, "ivig: nowhere: No such file"),
        (["verify", "."], 2, "is no package: it has no SHA256SUMS"),
        (["export", "--output", "no/such/folder/x.ttl"], 2, "ivig: no/such/folder/x.ttl: No such file"),
        (["build", "--graph", "."], 2, "is no graph: it has no folder ontology, data, shapes, queries"),
        (["validate", "nowhere.ttl"], 2, "nowhere.ttl: No such file"),
        (["validate", "--alone"], 2, "ivig: --alone needs files to check"),
        (["format", "nowhere.ttl"], 2, "nowhere.ttl: No such file"),
        (["verify-sources", "nowhere"], 2, "ivig: nowhere is no folder"),
        (["verify-sources", "."], 2, "droracle44269.txt: No such file"),
        (["serve", "--port", "99999"], 2, "99999"),
        (["serve", "--host", "192.0.2.1", "--port", "0"], 2, "ivig: cannot listen on 192.0.2.1"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_message(
    run: Run, tmp_path: Path, words: list[str], code: int, message: str
) -> None:
    done = run(*words)
    assert message in _words(done.stderr)
    assert done.returncode == code
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == ""
    assert not list(tmp_path.iterdir())


def test_sparql_from_argument_file_and_standard_input(run: Run, tmp_path: Path, releases: Path) -> None:
    query = "SELECT (COUNT(?s) AS ?n) { ?s a <https://w3id.org/ivig/ontology#Passage> }"
    (tmp_path / "q.rq").write_text(query)
    by_argument = run("sparql", query, "--format", "csv").stdout
    assert by_argument.split() == ["n", "33"]
    assert run("sparql", "--file", "q.rq", "--format", "csv").stdout == by_argument
    piped = subprocess.run(
        [IVIG, "sparql", "-", "--format", "csv", "--releases", releases],
        input=query,
        capture_output=True,
        text=True,
        check=True,
    )
    assert piped.stdout == by_argument


@pytest.mark.parametrize(
    ("name", "parsed_as"), [("turtle", "turtle"), ("ntriples", "nt"), ("rdfxml", "xml"), ("jsonld", "json-ld")]
)
def test_constructed_triples_in_every_format(run: Run, name: str, parsed_as: str) -> None:
    query = "CONSTRUCT { ?s a ?t } WHERE { ?s a <https://w3id.org/ivig/ontology#Passage>, ?t }"
    done = run("sparql", query, "--format", name)
    assert len(set(RdfGraph().parse(data=done.stdout, format=parsed_as).subjects())) == 33


def test_ask_says_yes_or_no(run: Run) -> None:
    assert run("sparql", "ASK { ?s ?p ?o }").stdout == "true\n"
    assert run("sparql", "ASK { <x:no> ?p ?o }").stdout == "false\n"


def test_export_writes_a_file_that_stands_alone(run: Run, tmp_path: Path) -> None:
    assert run("export", "--condition", "Churg-Strauss syndrome", "-o", "egpa.ttl").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["egpa.ttl"]
    checked = run("validate", "--alone", "egpa.ttl")
    assert (checked.returncode, checked.stdout) == (0, "")
    whole = Dataset().parse(data=run("export", "--format", "nquads").stdout, format="nquads")
    assert whole is not None


def test_export_says_what_it_cannot_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.rq").write_text("")
    for words, said in (
        (("--sparql", "empty.rq"), "line 1"),
        (("--query", ""), "unknown query"),
        (("--describe", "--citations", "ris"), "--citations and --describe are different things: give one"),
        (("--package", "p", "--describe"), "--package and --describe are different things: give one"),
        (("--output", "."), ". is a folder: name a file"),
        (("--package", "."), ". is there already: name a new folder"),
    ):
        done = run("export", *words)
        assert (done.returncode, done.stdout) == (2, ""), (words, done.stderr)
        assert said in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["empty.rq"]


@pytest.mark.parametrize("words", [("export",), ("resolve", "MONDO:0016218", "--format", "json")])
def test_a_full_disk_behind_standard_output_is_said(releases: Path, words: tuple[str, ...]) -> None:
    given = {**os.environ, "IVIG_RELEASES": str(releases)}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([IVIG, *words], stdout=full, stderr=subprocess.PIPE, text=True, env=given, check=False)
    assert (done.returncode, done.stderr) == (1, "ivig: No space left on device\n")


def test_a_command_that_is_told_to_stop_takes_its_draft_away(releases: Path, tmp_path: Path) -> None:
    given = {**os.environ, "IVIG_RELEASES": str(releases)}
    command = [IVIG, "export", "--format", "nanopub", "--output", tmp_path / "all.trig"]
    with subprocess.Popen(command, env=given, stderr=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.iterdir()):
            assert process.poll() is None
        process.terminate()
        _, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints, list(tmp_path.iterdir())) == (143, "", [])


def test_validate_names_the_thing_the_rule_and_the_mend(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.ttl").write_text(
        HEAD + '<statement/mine-1> a ivig:Statement ; skos:prefLabel "m"@en ; ivig:kind <kind/efficacy> ;\n'
        "    ivig:condition <condition/guillain-barre-syndrome> ; ivig:intent <intent/treat> ;\n"
        "    ivig:comparison <comparison/inert> ; ivig:direction <direction/benefit> ;\n"
        "    ivig:outcome <outcome/nowhere> ; ivig:participants 0 ; ivig:passage <passage/katz2018/01> .\n"
    )
    done = run("validate", "mine.ttl")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert all("mine.ttl: <statement/mine-1> " in line for line in lines)
    assert any(
        "needs an ivig:studyType; where the source gives none, <study-type/not-stated>" in line for line in lines
    )
    assert any("ivig:outcome" in line and "Found: <outcome/nowhere>. [Class on ivig:outcome]" in line for line in lines)
    assert any("ivig:participants" in line and "Found: 0" in line for line in lines)
    assert done.stderr == "3 rules broken\n"


@pytest.mark.parametrize(
    ("said", "found"), [("a ivig:Statment ;", "Found: ivig:Statment."), ("", "checked without one. [")]
)
def test_a_thing_without_a_known_class_is_no_secret(run: Run, tmp_path: Path, said: str, found: str) -> None:
    (tmp_path / "mine.ttl").write_text(f"{HEAD}<statement/mine-1> {said} ivig:kind <kind/nothing> .\n")
    done = run("validate", "mine.ttl")
    assert done.returncode == 1
    assert "<statement/mine-1> Give the thing a class of the ontology; no rule is checked without one." in done.stdout
    assert found in done.stdout


def test_a_broken_graph_fails_the_build_and_the_old_release_answers(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    words = ("--graph", folder, "--releases", tmp_path / "releases")
    assert run("build", *words).returncode == 0
    data = folder / "data" / "ivig.ttl"
    good = data.read_text()
    data.write_text(good + "\n<a> ivig:kind ;;; nonsense\n")
    broken = run("build", *words)
    assert broken.returncode == 2
    assert f"ivig: data/ivig.ttl, line {good.count(chr(10)) + 2}, column " in broken.stderr
    data.write_text(good.replace("ivig:studyType <study-type/randomized-controlled-trial> ;", ""))
    invalid = run("build", *words)
    assert invalid.returncode == 1
    assert "<statement/s> An efficacy statement needs an ivig:studyType" in invalid.stderr
    data.write_text(good + "<citation/c> a ivig:CandidateCitation, ivig:Citation .")
    assert run("build", *words).returncode == 1
    answer = run("query", "conditions", "--format", "csv", *words)
    assert answer.returncode == 0
    assert ",gout," in answer.stdout
    assert "have changed since this release" in answer.stderr
    for done in (broken, invalid, answer):
        assert "Traceback" not in done.stderr


def test_build_shows_its_stages(run: Run, tmp_path: Path) -> None:
    done = run("build", "--graph", folder_with(tmp_path, SOURCE), "--releases", tmp_path / "r")
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["read", "infer", "publish"]
    assert "release " in done.stdout


def test_format_checks_and_mends(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(HEAD + "<b> ivig:kind <c> .\n<a> ivig:kind <c> .\n")
    checked = run("format", "--check", path)
    assert (checked.returncode, checked.stdout) == (1, f"{path}: not in canonical order\n")
    assert run("format", path).returncode == 0
    assert run("format", "--check", path).returncode == 0
    assert run("format", "--check", "--graph", ROOT).returncode == 0


def test_verify_sources_reports_passage_by_passage(run: Run, tmp_path: Path) -> None:
    text = "First line.\nSecond line.\n"
    second = text.splitlines()[1]
    digest = hashlib.sha256(second.encode()).hexdigest()
    zeros = "0" * 64
    data = SOURCE.replace(
        f'ivig:start 0 ; ivig:end 9 ; ivig:sha256 "{zeros}"', f'ivig:start 12 ; ivig:end 24 ; ivig:sha256 "{digest}"'
    )
    folder = folder_with(tmp_path, data)
    (tmp_path / "example.txt").write_text(text)
    good = run("verify-sources", ".", "--graph", folder)
    assert (good.returncode, good.stdout) == (0, "1 of 1 passages stand unchanged\n")
    (tmp_path / "example.txt").write_text(text.replace("Second", "Altered"))
    changed = run("verify-sources", ".", "--graph", folder)
    assert changed.returncode == 1
    assert changed.stdout.splitlines() == [
        "example 01: the text differs from the one that was read",
        "0 of 1 passages stand unchanged",
    ]


def test_a_reader_that_goes_away_is_no_error(releases: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{IVIG} query external-links --format csv --releases {releases} | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_the_graph_can_be_named_by_the_environment(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "harm"))
    done = run("query", "conditions", "--format", "ndjson", IVIG_GRAPH=str(folder), IVIG_RELEASES=str(tmp_path / "r"))
    assert json.loads(done.stdout)["verdict"] == "harm"
