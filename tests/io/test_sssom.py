"""Mapping files: SSSOM into triples, and what is wrong with a row."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Run
from ivig.errors import BadInput
from ivig.graph_files import GraphFiles
from ivig.io.sssom import mapping_triples, mappings
from ivig.model.problems import BadRecords
from ivig.namespaces import BASE
from prefixes import resources
from small import SOURCE, folder_with

HEAD = "#mapping_set_id: urn:x\n#curie_map:\n#  IVIG: https://w3id.org/ivig/\n#  MONDO: http://purl.obolibrary.org/obo/MONDO_\n"
COLUMNS = "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
ROW = "IVIG:condition/gout\tskos:exactMatch\tMONDO:0005393\tgout\tsemapv:ManualMappingCuration\n"


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "links.sssom.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_becomes_a_link_with_curie_and_label(tmp_path: Path) -> None:
    assert sorted(map(str, mapping_triples(mappings(_file(tmp_path, HEAD + COLUMNS + ROW))))) == [
        '<http://purl.obolibrary.org/obo/MONDO_0005393> <http://www.w3.org/2000/01/rdf-schema#label> "gout"',
        '<http://purl.obolibrary.org/obo/MONDO_0005393> <http://www.w3.org/2004/02/skos/core#notation> "MONDO:0005393"',
        "<https://w3id.org/ivig/condition/gout> <http://www.w3.org/2004/02/skos/core#exactMatch> "
        "<http://purl.obolibrary.org/obo/MONDO_0005393>",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD + "subject_id\tobject_id\n",
            "links.sssom.tsv: the column predicate_id, mapping_justification is missing",
        ),
        (HEAD + COLUMNS + ROW.replace("exactMatch", "sameAs"), "line 6: predicate_id: one of skos:broadMatch"),
        (HEAD + COLUMNS + ROW.replace("skos:exactMatch", "owl:sameAs"), "line 6: predicate_id: one of skos:broadMatch"),
        (HEAD + COLUMNS + ROW.replace("MONDO:", "DOID:"), "line 6: object_id: a CURIE with a prefix of the curie_map"),
        (HEAD + COLUMNS + ROW.replace("IVIG:condition/gout", "gout"), "line 6: subject_id: a CURIE with a prefix"),
        (
            HEAD + COLUMNS + ROW.replace("semapv:ManualMappingCuration", " "),
            "line 6: mapping_justification: what each row",
        ),
        (HEAD + COLUMNS + ROW + ROW, "line 7: object_id: each link once; line 6 has it too"),
        ("#curie_map: [\n" + COLUMNS + ROW, "links.sssom.tsv: a head in YAML, each line after a number sign"),
    ],
)
def test_a_bad_row_is_named_with_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadInput) as raised:
        mappings(_file(tmp_path, text))
    assert message in str(raised.value)


def test_every_bad_row_is_named_at_once(tmp_path: Path) -> None:
    quoted = ROW.replace("gout\tsemapv", '"gout, a ""disease"" of\n joints"\tsemapv').replace("0005393", "1")
    rows = [ROW, quoted, ROW, ROW.replace("condition/gout", "condition/gouty"), ROW.replace("MONDO:", "")]
    with pytest.raises(BadRecords) as raised:
        mappings(_file(tmp_path, HEAD + COLUMNS + "".join(rows)), {f"{BASE}condition/gout"})
    assert [str(problem).partition(" (")[0] for problem in raised.value.problems] == [
        "links.sssom.tsv, line 9: object_id: each link once; line 6 has it too",
        "links.sssom.tsv, line 10: subject_id: a thing of the graph",
        "links.sssom.tsv, line 11: object_id: a CURIE with a prefix of the curie_map",
    ]


@pytest.mark.parametrize("what", ["validate", "build"])
def test_a_link_of_no_thing_is_an_error_of_the_graph(run: Run, tmp_path: Path, what: str) -> None:
    folder = folder_with(tmp_path, SOURCE, HEAD + COLUMNS + ROW.replace("condition/gout", "condition/gouty"))
    done = run(what, IVIG_GRAPH=str(folder), IVIG_RELEASES=str(tmp_path / "releases"))
    assert done.returncode == 2
    assert "links.sssom.tsv, line 6: subject_id: a thing of the graph (found: IVIG:condition/gouty)" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + COLUMNS + ROW,
        (HEAD + COLUMNS + ROW).replace("\n", "\r\n"),
        (HEAD + COLUMNS).replace("#", "# ") + ROW,
        HEAD.replace("MONDO_", "MONDO_ # obo").replace("https://w3id.org/ivig/", '"https://w3id.org/ivig/"')
        + COLUMNS
        + ROW,
        HEAD.replace("#curie_map", "#mapping_set_description: a text\n#  in two lines\n#curie_map") + COLUMNS + ROW,
        HEAD + COLUMNS + ROW.replace("MONDO:0005393", "MONDO:0005393 "),
        HEAD + COLUMNS + ROW + ROW.replace("IVIG:condition/gout", "sssom:NoTermFound"),
        HEAD + COLUMNS + ROW + ROW.replace("MONDO:0005393", "sssom:NoTermFound"),
    ],
    ids=[
        "mark",
        "CR LF",
        "spaces in the head",
        "comment in the head",
        "folded head",
        "space",
        "no subject",
        "no object",
    ],
)
def test_what_other_tools_write_is_read(tmp_path: Path, text: str) -> None:
    found = mappings(_file(tmp_path, text))
    assert [(mapping.subject, mapping.curie) for mapping in found] == [(f"{BASE}condition/gout", "MONDO:0005393")]


def test_labels_are_quoted_as_in_csv(tmp_path: Path) -> None:
    rows = ROW.replace("\tgout", '\t5" wafer') + ROW.replace("\tgout", '\t"a ""b"" c"').replace("0005393", "1")
    assert [mapping.label for mapping in mappings(_file(tmp_path, HEAD + COLUMNS + rows))] == ['5" wafer', 'a "b" c']


def test_what_is_denied_is_an_error_with_its_line(tmp_path: Path) -> None:
    text = (
        HEAD
        + COLUMNS.replace("predicate_id", "predicate_id\tpredicate_modifier")
        + ROW.replace("exactMatch", "exactMatch\tNot")
    )
    with pytest.raises(BadInput, match=r"line 6: predicate_modifier: a link that holds; .* \(found: Not\)"):
        mappings(_file(tmp_path, text))
    with pytest.raises(BadInput, match="line 6: predicate_modifier: "):
        mappings(_file(tmp_path, text.replace("Not", "Perhaps")))
    assert len(mappings(_file(tmp_path, text.replace("\tNot", "\t")))) == 1


def test_reading_links_loads_no_pandas() -> None:
    code = "import sys; from pathlib import Path; from ivig.io.sssom import mappings; mappings(Path(sys.argv[1])); assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, ROOT / "data" / "links.sssom.tsv"], check=True)


def test_the_real_links_name_where_each_identifier_was_read(files: GraphFiles) -> None:
    for path in files.links:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
        assert rows[0][-1] == "comment"
        assert all(row[-1].startswith("read in ") or "sssom:NoTermFound" in row for row in rows[1:])
        assert sum("sssom:NoTermFound" not in row for row in rows[1:]) == len(mappings(path))


def _said_by_the_sssom_package(path: Path) -> str:
    """What its validator complains of; it ends with 0 whatever it finds."""
    words = [Path(sys.executable).with_name("sssom"), "validate", path]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_a_symptom_or_a_wider_disease_is_no_exact_match(files: GraphFiles) -> None:
    """A condition is not its symptom, nor one that has other causes; where MONDO has the very one, it is linked."""
    exact = [m for path in files.links for m in mappings(path) if m.predicate.endswith("exactMatch")]
    linked = {(m.subject, m.curie) for m in exact}
    narcolepsy = f"{BASE}condition/narcolepsy-type-1"
    block = f"{BASE}condition/autoimmune-congenital-heart-block"
    assert (narcolepsy, "Cataplexy") not in {(m.subject, m.label) for m in exact}
    assert block not in {m.subject for m in exact}
    assert (f"{BASE}condition/pure-red-cell-aplasia", "MONDO:0001705") in linked
    assert (f"{BASE}condition/mog-antibody-associated-disease", "MONDO:1040024") in linked


def test_every_real_link_names_the_ontology_that_it_leads_to(files: GraphFiles) -> None:
    for path in files.links:
        lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#")
        for row in csv.DictReader(lines, delimiter="\t"):
            prefix = row["object_id"].partition(":")[0]
            known = [each.get_obofoundry_prefix() or each.prefix for each in resources(prefix)[:1] if prefix != "sssom"]
            named = row["object_source"].partition(":")[2]
            assert not known or named == known[0].lower(), row


def test_the_real_links_are_valid_by_the_sssom_package(files: GraphFiles, tmp_path: Path) -> None:
    (path,) = files.links
    broken = tmp_path / "broken.sssom.tsv"
    text = path.read_text(encoding="utf-8").replace("semapv:ManualMappingCuration", "by hand", 1)
    broken.write_text(text, encoding="utf-8")
    # It complains of the row that is broken here, and so would of another; each run of it takes long.
    (complaint,) = _said_by_the_sssom_package(broken).strip().splitlines()
    assert "by hand is not a valid" in complaint
