"""`ivig link` as a user runs it."""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import time
from pathlib import Path

import pytest

from conftest import IVIG, ROOT, Run
from small import SOURCE, efficacy, folder_with

SAMPLES = ROOT / "tests" / "io" / "ontologies" / "samples"
LINKS = (
    "#curie_map:\n#  IVIG: https://w3id.org/ivig/\n#  EX: http://purl.obolibrary.org/obo/EX_\n"
    "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
    "IVIG:condition/gout\tskos:exactMatch\tEX:4\tgout\tsemapv:ManualMappingCuration\n"
    "IVIG:outcome/pain\tskos:closeMatch\tEX:6\tpseudogout\tsemapv:ManualMappingCuration\n"
)
REAL = sorted(Path(os.environ.get("IVIG_TEST_ONTOLOGIES", os.devnull)).glob("mondo*.obo"))


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """A small graph and a folder for its releases, as settings."""
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"), LINKS)
    return {"IVIG_GRAPH": str(folder), "IVIG_RELEASES": str(tmp_path / "releases")}


@pytest.mark.parametrize("ending", ["obo", "owl", "json"])
def test_link_ask_list_and_remove(run: Run, place: dict[str, str], ending: str) -> None:
    asked = ("query", "evidence-for-condition", "--condition", "joint disease", "--format", "csv")
    assert run("build", **place).returncode == 0
    assert 'unknown condition "joint disease"' in run(*asked, **place).stderr
    done = run("link", "--ontology", SAMPLES / f"small.{ending}", **place)
    assert done.returncode == 0, done.stderr
    assert "ex releases/2026-01-02: 2 linked terms, 4 ancestors above them" in done.stdout
    assert "1 link needs a look" in done.stdout
    assert "EX:7" in done.stdout
    assert ",gout," in run(*asked, **place).stdout
    assert ",gout," in run("export", "--condition", "joint disease", "--format", "csv", **place).stdout
    assert "ex releases/2026-01-02: 2 linked terms" in run("link", **place).stdout
    assert "rdfs:subClassOf" in run("resolve", "EX:2", **place).stdout
    assert "no ontology is linked" in run("link", "--remove", "--name", "ex", **place).stdout
    assert 'unknown condition "joint disease"' in run(*asked, **place).stderr


def test_a_dry_run_only_compares(run: Run, place: dict[str, str], tmp_path: Path) -> None:
    done = run("link", "--ontology", SAMPLES / "small.obo", "--dry-run", "--report", "look.csv", **place)
    assert done.returncode == 0
    assert not (tmp_path / "releases").exists()
    (row,) = csv.DictReader((tmp_path / "look.csv").read_text(encoding="utf-8").splitlines())
    assert (row["term"], row["problem"], row["proposal"], row["because"]) == (
        "EX:6",
        "obsolete",
        "EX:7 calcium pyrophosphate deposition",
        "replaced by",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--ontology", "nowhere.obo"], "ivig: nowhere.obo: No such file"),
        (["--ontology", "broken.owl"], "ivig: broken.owl"),
        (["--ontology", "other.obo"], "ivig: other.obo: none of its 1 terms is linked to a thing of the graph"),
        (["--remove"], "ivig: no ontology is linked"),
        (["--remove", "--ontology", "other.obo"], "ivig: --remove goes with --name alone"),
        (["--dry-run"], "ivig: --dry-run and --report go with --ontology"),
        (["--report", "look.csv"], "ivig: --dry-run and --report go with --ontology"),
        (
            ["--ontology", str(SAMPLES / "small.obo"), "--ontology", "ex.obo", "--dry-run"],
            "ivig: small.obo (http://purl.obolibrary.org/obo/ex.owl) and ex.obo (http://y/b/ex.owl) would both be called ex",
        ),
        (["--name", "ex"], "ivig: --name goes with --remove"),
        (["--ontology", str(SAMPLES / "small.obo"), "--report", "no/such/x.csv"], "ivig: no/such/x.csv: No such file"),
        ([], "ivig: no release yet; run `ivig build`"),
    ],
)
def test_what_cannot_be_done_leaves_nothing_behind(
    run: Run, place: dict[str, str], tmp_path: Path, words: list[str], message: str
) -> None:
    (tmp_path / "broken.owl").write_text("<rdf:RDF")
    (tmp_path / "ex.obo").write_text(
        "format-version: 1.2\nontology: http://y/b/ex.owl\n\n[Term]\nid: EX:4\nname: gout\n"
    )
    (tmp_path / "other.obo").write_text("format-version: 1.2\nontology: o\n\n[Term]\nid: ZZ:1\nname: z\n")
    done = run("link", *words, **place)
    assert message in done.stderr
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not list(tmp_path.glob("releases/**/*"))
    assert not (tmp_path / "look.csv").exists()


def test_a_report_is_there_whole_or_as_it_was(run: Run, place: dict[str, str], tmp_path: Path) -> None:
    words = ("link", "--ontology", SAMPLES / "small.obo", "--dry-run", "--report")
    (tmp_path / "old.csv").write_text("old\n")
    os.link(tmp_path / "old.csv", tmp_path / "kept.csv")
    assert run(*words, "old.csv", **place).returncode == 0
    # A new file took its name: whoever reads the old one is not cut off in the middle.
    assert (tmp_path / "kept.csv").read_text() == "old\n"
    assert (tmp_path / "old.csv").read_text().startswith("thing,")
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"kept.csv", "old.csv"}


if REAL:

    @pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
    def test_all_of_mondo_links_in_a_minute_and_little_memory(path: Path, tmp_path: Path) -> None:
        began = time.perf_counter()
        place = {**os.environ, "IVIG_RELEASES": str(tmp_path / "releases"), "IVIG_GRAPH": str(ROOT)}
        subprocess.run([IVIG, "link", "--ontology", path], env=place, check=True, stdout=-3, stderr=-3)
        assert time.perf_counter() - began < 60
        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1.5 * 2**20
        words = [IVIG, "query", "evidence-for-condition", "--format", "csv", "--condition"]
        for name in ("autoimmune disorder of the nervous system", "MONDO:0002977"):
            found = subprocess.run([*words, name], env=place, check=True, capture_output=True, text=True).stdout
            assert len(found.splitlines()) > 80
            assert "autoimmune encephalitis" in found
