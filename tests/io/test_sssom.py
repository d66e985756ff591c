"""Mapping files: SSSOM into triples, and what is wrong with a row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ivig.errors import BadInput
from ivig.io.sssom import mapping_triples, mappings
from ivig.namespaces import BASE
from ivig.settings import GraphFiles

HEAD = "#mapping_set_id: urn:x\n#curie_map:\n#  IVIG: https://w3id.org/ivig/\n#  MONDO: http://purl.obolibrary.org/obo/MONDO_\n"
COLUMNS = "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
ROW = "IVIG:condition/gout\tskos:exactMatch\tMONDO:0005393\tgout\tsemapv:ManualMappingCuration\n"


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "links.sssom.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_becomes_a_link_with_curie_and_label(tmp_path: Path) -> None:
    assert sorted(map(str, mapping_triples(_file(tmp_path, HEAD + COLUMNS + ROW)))) == [
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
        (HEAD + COLUMNS + ROW.replace("exactMatch", "sameAs"), 'line 6: predicate_id "skos:sameAs" is none of'),
        (HEAD + COLUMNS + ROW.replace("MONDO:", "DOID:"), 'line 6, object_id: "DOID:0005393" has no prefix'),
        (HEAD + COLUMNS + ROW.replace("IVIG:condition/gout", "gout"), 'line 6, subject_id: "gout" has no prefix'),
    ],
)
def test_a_bad_row_is_named_with_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadInput) as raised:
        list(mapping_triples(_file(tmp_path, text)))
    assert message in str(raised.value)


def test_the_real_links_name_where_each_identifier_was_read(files: GraphFiles) -> None:
    for path in files.links:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
        assert rows[0][-1] == "comment"
        assert all(row[-1].startswith("read in ") or "sssom:NoTermFound" in row for row in rows[1:])
        assert sum("sssom:NoTermFound" not in row for row in rows[1:]) == len(list(mappings(path)))


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


def test_the_real_links_are_valid_by_the_sssom_package(files: GraphFiles, tmp_path: Path) -> None:
    (path,) = files.links
    assert _said_by_the_sssom_package(path) == ""
    broken = tmp_path / "broken.sssom.tsv"
    text = path.read_text(encoding="utf-8").replace("semapv:ManualMappingCuration", "by hand", 1)
    broken.write_text(text, encoding="utf-8")
    assert "by hand is not a valid" in _said_by_the_sssom_package(broken)
