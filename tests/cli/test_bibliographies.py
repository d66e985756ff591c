"""Bibliographies at the command line: in from reference managers and PubMed, and out again."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from conftest import Run
from ivig.build.sources import read
from ivig.graph_files import graph_files
from ivig.io.bibliographies import read_publications
from ivig.namespaces import BASE, REPLACED_BY, TERMS
from ivig.query import Graph
from small import SOURCE, folder_with

RIS = "TY  - JOUR\nTI  - On gout\nAU  - Example, Anna\nAU  - Sample, Bert\nT2  - J Gout\nPY  - 2001\nVL  - 3\nDO  - 10.1000/gout\nER  - \n"
BIBTEX = "@article{a, title={On Gout}, author={Example, Anna}, journal={J Gout}, year={2001}, doi={10.1000/GOUT}, pmid={77}}\n"


def _citations(folder: Path) -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = {}
    for triple in read(graph_files(folder)).data:
        subject = str(triple.subject.value)
        if subject.startswith(BASE + "citation/"):
            name = triple.predicate.value.removeprefix(TERMS)
            said.setdefault(subject.removeprefix(BASE), {})[name] = str(triple.object.value)
    return {path: fields for path, fields in said.items() if REPLACED_BY not in fields}


def test_the_same_publication_from_two_files_is_one_citation(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE)
    (tmp_path / "a.ris").write_text(RIS)
    (tmp_path / "b.bib").write_text(BIBTEX)
    first = run("import", "a.ris", "--graph", folder)
    assert (first.returncode, first.stdout) == (0, "1 citations new\ndata/things/citations.ttl written\n"), first.stderr
    second = run("import", "b.bib", "--graph", folder)
    assert second.stderr == "citation/doi-10.1000-gout is now citation/pmid-77\n"
    ((path, citation),) = _citations(folder).items()
    assert (path, citation["pmid"]) == ("citation/pmid-77", "77")
    assert citation["doi"] == "10.1000/gout"
    assert citation["volume"] == "3"
    again = run("import", "a.ris", "b.bib", "--graph", folder)
    assert (again.returncode, again.stdout) == (0, "1 citations unchanged\n")


def test_of_a_library_what_cannot_be_told_is_left_out_and_what_is_wrong_on_request(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE)
    known = {"type": "article-journal", "title": "On gout", "PMID": "77", "DOI": "10.1000/gout"}
    (tmp_path / "known.json").write_text(json.dumps([known]))
    assert run("import", "known.json", "--graph", folder).returncode == 0
    fresh = {"type": "article-journal", "title": "On urate", "PMID": "78"}
    nameless, untold = {"type": "note"}, {"type": "webpage", "title": "A page"}
    (tmp_path / "untold.json").write_text(json.dumps([nameless, untold, fresh]))
    told = run("import", "untold.json", "--graph", folder, "--dry-run")
    assert (told.returncode, told.stdout.splitlines()[0]) == (0, "1 citations would be new"), told.stderr
    assert "left out: untold.json, entry 1: a title, or a PMID, DOI or PMCID" in told.stderr
    assert "left out: untold.json, entry 2: identifier: " in told.stderr
    wrong, against = fresh | {"PMID": "12x"}, known | {"PMID": "99"}
    (tmp_path / "library.json").write_text(json.dumps([wrong, nameless, against, fresh]))
    before = _citations(folder)
    refused = run("import", "library.json", "--graph", folder)
    assert (refused.returncode, refused.stdout, _citations(folder)) == (2, "", before)
    assert "library.json, entry 1: pmid: a PMID" in refused.stderr
    assert "library.json, entry 3: pmid: another is known of this publication: 77 (found: 99)" in refused.stderr
    done = run("import", "library.json", "--graph", folder, "--skip-invalid")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 citations new"), done.stderr
    assert [line[: len("ivig: left out: library.json, entry 1")] for line in done.stderr.splitlines()] == [
        f"ivig: left out: library.json, entry {number}" for number in (1, 2, 3)
    ]
    assert _citations(folder)["citation/pmid-77"] == before["citation/pmid-77"]
    (tmp_path / "against.json").write_text(json.dumps([against]))
    alone = run("import", "against.json", "--graph", folder, "--skip-invalid")
    assert (alone.returncode, alone.stdout) == (2, "")


def test_authors_who_were_left_out_are_added(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE)
    (tmp_path / "a.bib").write_text(
        "@article{a, title={On gout}, author={Example, A. and others}, doi={10.1000/gout}}\n"
    )
    (tmp_path / "b.ris").write_text(RIS)
    authors = []
    for name in ("a.bib", "b.ris", "a.bib"):
        assert run("import", name, "--graph", folder).returncode == 0
        authors += [citation["authors"] for citation in _citations(folder).values()]
    assert authors == ["Example A; et al.", "Example A; Sample B", "Example A; Sample B"]


def test_what_a_curator_found_of_retractions_stays(run: Run, tmp_path: Path) -> None:
    found = '<citation/doi-10.1000-gout> a ivig:Citation ; skos:prefLabel "On gout"@en ; ivig:title "On gout"@en ;'
    found += ' ivig:doi "10.1000/gout" ; ivig:retraction <retraction/none-found> .\n'
    folder = folder_with(tmp_path, SOURCE + found)
    (tmp_path / "a.ris").write_text(RIS)
    done = run("import", "a.ris", "--graph", folder)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 citations changed"), done.stderr
    (citation,) = _citations(folder).values()
    assert (citation["retraction"], citation["volume"]) == (BASE + "retraction/none-found", "3")


def test_every_problem_of_every_file_is_reported(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE)
    (tmp_path / "a.ris").write_text(RIS)
    (tmp_path / "b.bib").write_text("@article{b, title={On something else}, doi={10.1000/gout}}\n")
    (tmp_path / "c.json").write_text("[{]")
    (tmp_path / "d.bib").write_text("@article{d, title={Of no number}}\n")
    done = run("import", "a.ris", "b.bib", "c.json", "d.bib", "--report", "problems.csv", "--graph", folder)
    assert done.returncode == 2
    with (tmp_path / "problems.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["field"], row["value"]) for row in rows] == [
        ("b.bib", "title", "On something else"),
        ("c.json", "", rows[1]["value"]),
    ]
    assert rows[0]["allowed"] == "another is known of this publication: On gout"
    assert _citations(folder) == {}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.bib", "@article{a, title={X}, doi={nonsense}}", "x.bib"),
        (
            "x.xml",
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><PubmedArticleSet>&a;</PubmedArticleSet>",
            "x.xml",
        ),
        ("x.json", "[{]", "x.json"),
    ],
)
def test_a_bad_bibliography_is_named_and_changes_nothing(
    run: Run, tmp_path: Path, name: str, text: str, message: str
) -> None:
    folder = folder_with(tmp_path, SOURCE)
    (tmp_path / name).write_text(text)
    done = run("import", name, "--graph", folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert _citations(folder) == {}


def test_an_entry_without_identifier_is_left_out_and_reported(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE)
    (tmp_path / "library.ris").write_text(RIS + "TY  - JOUR\nTI  - Of no number\nER  - \n")
    done = run("import", "library.ris", "--report", "left-out.csv", "--graph", folder)
    assert (done.returncode, done.stdout) == (0, "1 citations new\ndata/things/citations.ttl written\n")
    assert (
        "ivig: left out: library.ris, entry 2, line 10: identifier: a PMID, DOI or PMCID, or the title" in done.stderr
    )
    (row,) = csv.DictReader((tmp_path / "left-out.csv").read_text(encoding="utf-8").splitlines())
    assert (row["place"], row["field"], row["value"]) == ("entry 2, line 10", "identifier", "Of no number")


def test_who_names_one_author_does_not_say_that_there_are_no_others(run: Run, tmp_path: Path) -> None:
    known = '<citation/doi-10.1000-gout> a ivig:Citation ; skos:prefLabel "On gout"@en ; ivig:title "On gout"@en ;'
    known += ' ivig:doi "10.1000/gout" ; ivig:authors "Example A; et al." ; ivig:retraction <retraction/none-found> .\n'
    folder = folder_with(tmp_path, SOURCE + known)
    (tmp_path / "a.json").write_text('[{"DOI": "10.1000/gout", "author": [{"family": "Example", "given": "A."}]}]')
    assert run("import", "a.json", "--graph", folder).stdout == "1 citations unchanged\n"
    (citation,) = _citations(folder).values()
    assert citation["authors"] == "Example A; et al."


def test_records_and_bibliographies_are_imported_apart(run: Run, tmp_path: Path) -> None:
    done = run("import", "a.ris", "b.jsonl", "--graph", folder_with(tmp_path, SOURCE))
    assert (done.returncode, "imported apart" in done.stderr) == (2, True)


def test_of_another_file_all_formats_are_said(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE)
    (tmp_path / "library.rdf").write_text("<rdf:RDF/>")
    done = run("import", "library.rdf", "--graph", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert all(ending in done.stderr for ending in (".jsonl", ".xlsx", ".ris", ".bib", ".enw", "found: .rdf"))
    (tmp_path / "empty.ris").write_text("")
    assert run("import", "empty.ris", "--graph", folder).stdout == "nothing to import\n"


@pytest.mark.parametrize(("name", "suffix"), [("bibtex", "bib"), ("ris", "ris"), ("csl-json", "json")])
def test_the_publications_come_out_and_can_be_read_again(
    run: Run, graph: Graph, tmp_path: Path, name: str, suffix: str
) -> None:
    done = run("export", "--citations", name, "-o", f"all.{suffix}")
    assert done.returncode == 0, done.stderr
    publications = read_publications(tmp_path / f"all.{suffix}")
    pmids = {row["pmid"] for row in graph.query("citations")} - {None}
    assert {publication.pmid for publication in publications} - {""} == pmids
    authors = [publication.authors for publication in publications]
    assert ("Ohlsson A", "Lacy JB") in authors
    assert ("Dalakas MC", "et al.") in authors
    if name == "csl-json":
        assert len(json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))) == len(publications)


PAGES = "".join(
    f'<citation/{name}> a ivig:Citation ; skos:prefLabel "Notes on gout"@en ; ivig:title "Notes on gout"@en ; '
    f"ivig:retraction <retraction/not-checked> ; ivig:readAt <https://example.org/{name}> .\n"
    for name in ("example.org-0a", "example.org-0b")
)
NAMELESS = '<citation/example.org-0c> a ivig:Citation ; skos:prefLabel "Example A"@en ; ivig:authors "Example A" ; '
NAMELESS += "ivig:retraction <retraction/not-checked> ; ivig:readAt <https://example.org/0c> .\n"


@pytest.mark.parametrize(("name", "suffix"), [("bibtex", "bib"), ("ris", "ris"), ("csl-json", "json")])
def test_what_came_out_goes_in_again_and_changes_nothing(run: Run, tmp_path: Path, name: str, suffix: str) -> None:
    """Two publications of one title are told by their names; or by their pages, where a program gave others."""
    folder = folder_with(tmp_path, SOURCE + PAGES + NAMELESS)
    done = run(
        "export", "--citations", name, "--graph", folder, "-o", f"all.{suffix}", IVIG_RELEASES=str(tmp_path / "made")
    )
    assert done.stderr.endswith("left out, with neither title nor identifier: 1 publication\n")
    text = (tmp_path / f"all.{suffix}").read_text(encoding="utf-8")
    assert text.count("https://example.org/") == 2
    other_names = re.sub(r"([^/])example\.org-0", r"\1mine", text)
    no_pages = text.replace("https://example.org/", "")
    for entries in (text, other_names, no_pages):
        (tmp_path / f"all.{suffix}").write_text(entries, encoding="utf-8")
        done = run("import", f"all.{suffix}", "--graph", folder)
        assert (done.returncode, done.stdout) == (0, "2 citations unchanged\n"), done.stderr
    (tmp_path / f"all.{suffix}").write_text(re.sub("example", "sample", text), encoding="utf-8")
    done = run("import", f"all.{suffix}", "--graph", folder)
    assert (done.returncode, done.stdout) == (0, "nothing to import\n")
    assert done.stderr.count("the title, page or name of a publication that is known") == 2


def test_all_that_the_graph_gives_out_changes_nothing_in_it(run: Run, tmp_path: Path) -> None:
    assert run("export", "--citations", "csl-json", "-o", "e.json").returncode == 0
    done = run("import", "e.json", "--dry-run")
    number = len(json.loads((tmp_path / "e.json").read_text(encoding="utf-8")))
    assert (done.returncode, done.stdout) == (0, f"{number} citations unchanged\n"), done.stderr


def test_a_name_that_somebody_else_gave_is_not_followed(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE + PAGES)
    (tmp_path / "a.bib").write_text("@misc{example.org-0a, title={Of mice and men}, doi={10.1000/mice}}\n")
    assert run("import", "a.bib", "--graph", folder).stdout.startswith("1 citations new\n")
