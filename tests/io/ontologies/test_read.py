"""Ontologies of others: three formats say the same, and what is broken or hostile is refused in one message."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings, strategies as st
from rdflib import OWL, RDF, RDFS

from ivig.errors import BadInput, IvigError, NotThere
from ivig.io.ontologies.ontology import OntologyTerm
from ivig.io.ontologies.read import read_ontology

SAMPLES = Path(__file__).parent / "samples"
EX = "http://purl.obolibrary.org/obo/EX_"
REAL = sorted(Path(os.environ.get("IVIG_TEST_ONTOLOGIES", os.devnull)).glob("*.obo"))
"""Real ontologies, where the folder of that name has some: without one there are no such tests."""

RDF_HEAD = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#" '
    'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#">'
)
CLASS = '<owl:Class rdf:about="http://x/a"><rdfs:label>{label}</rdfs:label></owl:Class></rdf:RDF>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
OBO_HEAD = "format-version: 1.2\nontology: ex\n\n"


@pytest.mark.parametrize("ending", ["owl", "json"])
def test_the_formats_say_the_same(ending: str) -> None:
    by_obo, other = read_ontology(SAMPLES / "small.obo"), read_ontology(SAMPLES / f"small.{ending}")
    assert other.terms == by_obo.terms
    assert (other.name, other.iri, other.version) == (by_obo.name, by_obo.iri, by_obo.version)
    assert (other.name, other.version, len(other.terms)) == ("ex", "releases/2026-01-02", 10)


def test_a_term_has_all_that_is_said_of_it() -> None:
    terms = read_ontology(SAMPLES / "small.obo").terms
    assert terms[EX + "4"] == OntologyTerm("gout", [EX + "3", EX + "5"])
    assert terms[EX + "3"].synonyms == ["crystal arthritis"]
    assert terms[EX + "7"].merged == [EX + "8"]
    assert (terms[EX + "6"].obsolete, terms[EX + "6"].replaced_by) == (True, [EX + "7"])
    assert (terms[EX + "9"].obsolete, terms[EX + "9"].consider) == (True, [EX + "4", EX + "7"])
    assert OntologyTerm("Obsolete gout").obsolete


def test_the_hierarchy_is_the_one_that_rdflib_reads() -> None:
    graph = rdflib.Graph().parse(SAMPLES / "small.owl", format="xml")
    named = {
        (str(low), str(high))
        for low, high in graph.subject_objects(RDFS.subClassOf)
        if isinstance(high, rdflib.URIRef) and high != OWL.Thing
    }
    terms = read_ontology(SAMPLES / "small.owl").terms
    assert {(iri, parent) for iri, term in terms.items() for parent in term.parents} == named
    assert set(terms) == {str(each) for each in graph.subjects(RDF.type, OWL.Class) if isinstance(each, rdflib.URIRef)}
    assert len(named) == 7


@pytest.mark.parametrize(
    ("labels", "label"),
    [
        ({"en-US": "hemophilia"}, "hemophilia"),
        ({"en-gb": "haemophilia", "en": "hemophilia"}, "hemophilia"),
        ({"en-GB": "haemophilia", "": "hemophilia"}, "hemophilia"),
        ({"de": "Hämophilie", "en-GB": "haemophilia", "en-US": "hemophilia"}, "haemophilia"),
        ({"de": "Hämophilie", "eng": "x"}, ""),
    ],
)
def test_english_of_any_region_is_english(tmp_path: Path, labels: dict[str, str], label: str) -> None:
    said = "".join(
        "<rdfs:label" + (f' xml:lang="{language}"' if language else "") + f">{text}</rdfs:label>"
        for language, text in labels.items()
    )
    other = '<owl:Class rdf:about="http://x/b"><rdfs:label>b</rdfs:label></owl:Class>'
    (tmp_path / "l.owl").write_text(f'{RDF_HEAD}<owl:Class rdf:about="http://x/a">{said}</owl:Class>{other}</rdf:RDF>')
    assert read_ontology(tmp_path / "l.owl").terms["http://x/a"].label == label


if REAL:

    @pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
    def test_a_real_ontology_is_read_whole(path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()
        terms = read_ontology(path).terms
        assert len(terms) == lines.count("[Term]")
        typedef = lines.index("[Typedef]") if "[Typedef]" in lines else len(lines)
        is_a = sum(line.startswith("is_a: ") for line in lines[:typedef])
        assert sum(len(term.parents) for term in terms.values()) == is_a


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.obo", "", "empty.obo: the file is empty"),
        ("blank.owl", " \n\n", "blank.owl: the file is empty"),
        ("paper.obo", "%PDF-1.7\n\x00\x01", "paper.obo, line 2: byte 0x00 is no text"),
        ("mondo.obo", b"\x1f\x8b\x08\x00", "mondo.obo: the file is compressed; unpack it first"),
        ("f.owl", "Prefix(:=<http://x/>)\nOntology(<http://x>)", "f.owl: OWL in another syntax than RDF/XML"),
        ("o.owl", '<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "XML, but no RDF/XML: it begins with Ontology"),
        ("p.owl", "<!DOCTYPE html><html><body>503</body></html>", "XML, but no RDF/XML: it begins with html"),
        ("t.owl", "<http://x/a> a <http://x/b> .", "t.owl: XML, but no RDF/XML: it begins with http:"),
        ("x.owl", "<!-- nothing -->", "x.owl: no terms that have a label"),
        ("r.json", '{"terms": [{"id": "X:1"}]}', "r.json: no terms that have a label"),
        ("l.obo", OBO_HEAD + "[Term]\nid: EX:1\n", "l.obo: no terms that have a label"),
        ("cut.json", '{"graphs": [{"nodes": [{"id": "http://x/a", "lbl": "a"}', "cut.json, line 1: "),
        ("bad.json", '{"graphs": [{"nodes": [}', "bad.json, line 1: "),
        ("list.json", "[1]", "no ontology in OBO"),
        ("other.json", '{"graphs": [1]}', "other.json: JSON, but no OBO Graphs: "),
        ("deep.json", '{"graphs":' + "[" * 100_000, "deep.json: JSON, but no OBO Graphs: "),
        ("cut.owl", RDF_HEAD + '<owl:Class rdf:about="http://x/a"><rdfs:la', "cut.owl"),
        ("cut.obo", OBO_HEAD + '[Term]\nid: EX:1\nname: a\nis_a: EX:2 ! b\nsynonym: "s', 'cut.obo, line 8: expected '),
        ("bad.obo", OBO_HEAD + "[Term]\nid: EX:1\nname gout\n", "bad.obo, line 6: expected "),
        ("bytes.obo", OBO_HEAD.encode() + b"[Term]\nid: EX:1\nname: Sj\x81gren\n", "bytes.obo, line 6: byte 0x81 is no text"),
        ("self.obo", OBO_HEAD + "[Term]\nid: EX:1\nname: a\nis_a: EX:1\n", "kinds of themselves: a → a"),
        (
            "circle.obo",
            OBO_HEAD + "".join(f"[Term]\nid: EX:{n}\nname: t{n}\nis_a: EX:{n % 3 + 1}\n\n" for n in (1, 2, 3)),
            "circle.obo: terms that are kinds of themselves: t",
        ),
        ("break.owl", f'{RDF_HEAD}<owl:Class rdf:about="http://x/\na"/></rdf:RDF>', "break.owl: "),
        ("space.json", '{"graphs": [{"nodes": [{"id": "http://x/a b", "lbl": "a"}]}]}', "'http://x/a b' makes no IRI"),
        (
            "laughs.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "ha">{LAUGHS}]>{RDF_HEAD}{CLASS.format(label="&l11;")}',
            "laughs.owl: the entity l1 is more than an abbreviation of a namespace",
        ),
        (
            "twice.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "ha"><!ENTITY l0 "&l0;&l0;">]>{RDF_HEAD}{CLASS.format(label="&l0;")}',
            "twice.owl: the entity l0 is more than an abbreviation",
        ),
        (
            "aside.owl",
            f'<!DOCTYPE rdf:RDF [<!-- <!ENTITY l0 "&l0;"> -->]>{RDF_HEAD}{CLASS.format(label="a")}',
            "aside.owl: the entity l0 is more than an abbreviation",
        ),
        (
            "outside.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY e SYSTEM "file:///etc/hostname">]>{RDF_HEAD}{CLASS.format(label="&e;")}',
            "outside.owl: the entity e is more than an abbreviation",
        ),
        (
            "parameter.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>{RDF_HEAD}{CLASS.format(label="")}',
            "parameter.owl: the entity p is more than an abbreviation",
        ),
        (
            "dtd.owl",
            f'<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/x.dtd">{RDF_HEAD}{CLASS.format(label="a")}',
            "dtd.owl: the document type is more than an abbreviation",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[:14] and len(value) < 20 else "",
)  # fmt: skip
def test_what_is_broken_or_hostile_is_refused(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadInput) as raised:
        read_ontology(path)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_lists_of_many_levels_and_namespaces_as_entities_are_read(tmp_path: Path) -> None:
    names = "".join(f'<!ENTITY {name} "http://purl.obolibrary.org/{name * 20}/">' for name in ("obo", "eco"))
    item = "<rdf:Description><rdf:first>a</rdf:first><rdf:rest>"
    classes = "".join(
        f'<owl:Class rdf:about="&obo;{n}"><rdfs:label>&lt;{n}&gt;</rdfs:label>'
        f'<rdfs:subClassOf rdf:resource="&eco;{n}"/></owl:Class>'
        for n in range(25_000)
    )
    path = tmp_path / "real.owl"
    path.write_text(
        f"<!DOCTYPE rdf:RDF [{names}]>{RDF_HEAD}{classes}<owl:DataRange><owl:oneOf>"
        f"{item * 400}{'</rdf:rest></rdf:Description>' * 400}</owl:oneOf></owl:DataRange></rdf:RDF>"
    )
    assert len(read_ontology(path).terms) == 25_000


def test_an_edge_from_or_to_nothing_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "edges.json"
    edges = [{"sub": 1, "pred": "is_a", "obj": None}, {"sub": EX + "1", "pred": "is_a"}, {"pred": "is_a", "obj": ""}]
    edges.append({"sub": EX + "1", "pred": "is_a", "obj": EX + "2"})
    path.write_text(json.dumps({"graphs": [{"nodes": [{"id": EX + "1", "lbl": "a"}], "edges": edges}]}))
    assert read_ontology(path).terms == {EX + "1": OntologyTerm("a", [EX + "2"])}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.obo")
    # Enough is in it for whoever reads all the same, so that the test ends where it fails.
    held = os.open(tmp_path / "pipe.obo", os.O_RDWR)
    try:
        os.write(held, b"%PDF-1.7" * 4096)
        with pytest.raises(BadInput, match="pipe.obo: no regular file"):
            read_ontology(tmp_path / "pipe.obo")
    finally:
        os.close(held)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="nowhere.obo: No such file"):
        read_ontology(tmp_path / "nowhere.obo")
    with pytest.raises(NotThere, match="Is a directory"):
        read_ontology(tmp_path)


@settings(max_examples=200)
@given(st.sampled_from(["obo", "owl", "json"]), st.integers(0, 4000), st.binary(max_size=6))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, ending: str, place: int, damage: bytes
) -> None:
    whole = (SAMPLES / f"small.{ending}").read_bytes()
    path = tmp_path_factory.mktemp("damaged") / f"small.{ending}"
    path.write_bytes(whole[: place % len(whole)] + damage + whole[place % len(whole) + len(damage) :])
    try:
        read_ontology(path)
    except IvigError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    "first", ["format-version: 1.2\r\nontology: ward", "ontology: ward\r\nformat-version: 1.2", ""]
)
def test_a_byte_order_mark_is_no_content(tmp_path: Path, encoding: str, first: str) -> None:
    text = first + "\r\n\r\n" * bool(first) + "[Term]\r\nid: EX:1\r\nname: Sjögren\r\n"
    (tmp_path / "ward.obo").write_bytes(text.encode(encoding))
    read = read_ontology(tmp_path / "ward.obo")
    assert (read.name, read.terms[EX + "1"].label) == ("ward", "Sjögren")


def _obo(tmp_path: Path, clauses: str) -> OntologyTerm:
    (tmp_path / "x.obo").write_text(f"{OBO_HEAD}[Term]\nid: EX:1\n{clauses}\n\n[Term]\nid: EX:2\nname: b\n")
    return read_ontology(tmp_path / "x.obo").terms[EX + "1"]


def test_a_parent_under_a_condition_is_no_parent(tmp_path: Path) -> None:
    clauses = 'name: a\nis_a: EX:3 {gci_filler="EX:9", gci_relation="part_of"} ! c\nis_a: EX:2 {source="X:1"} ! b'
    assert _obo(tmp_path, clauses).parents == [EX + "2"]


def test_a_line_goes_on_after_a_backslash(tmp_path: Path) -> None:
    term = _obo(tmp_path, 'name: Guillain-Barre \\\nsyndrome\ndef: "a \\\nlong \\\ndefinition" []\nis_a: EX:2')
    assert term == OntologyTerm("Guillain-Barre syndrome", [EX + "2"])
    with pytest.raises(BadInput, match="x.obo, line 8: expected "):
        _obo(tmp_path, "name: long \\\nname\nbroken")


def test_synonyms_of_every_form(tmp_path: Path) -> None:
    clauses = 'name: a\nsynonym: "no scope" []\nexact_synonym: "AIDP" []\nsynonym: "weak \\"legs\\"" EXACT OMO:0003000 [PMID:1, "a title, b" ]'
    assert _obo(tmp_path, clauses).synonyms == ["AIDP", 'weak "legs"']


def test_owl_has_two_names_for_what_replaces_a_term(tmp_path: Path) -> None:
    old = '<owl:Class rdf:about="http://x/old"><owl:deprecated>true</owl:deprecated>{by}</owl:Class>'
    in_owl = 'xmlns:o="http://www.geneontology.org/formats/oboInOwl#" xmlns:obo="http://purl.obolibrary.org/obo/"'
    for by in ('<o:replacedBy rdf:resource="http://x/a"/>', '<obo:IAO_0100001 rdf:resource="http://x/a"/>'):
        text = RDF_HEAD.replace("<rdf:RDF", f"<rdf:RDF {in_owl}") + old.format(by=by) + CLASS.format(label="a")
        (tmp_path / "x.owl").write_text(text)
        assert read_ontology(tmp_path / "x.owl").terms["http://x/old"].replaced_by == ["http://x/a"]


@pytest.mark.parametrize("is_a", ["is_a", "subClassOf", "rdfs:subClassOf", str(RDFS.subClassOf)])
@pytest.mark.parametrize("exact", ["", "oboInOwl:", "http://www.geneontology.org/formats/oboInOwl#"])
def test_predicates_of_obo_graphs_in_every_form(tmp_path: Path, is_a: str, exact: str) -> None:
    synonyms = [{"pred": f"{exact}hasExactSynonym", "val": "AIDP"}, {"pred": f"{exact}hasBroadSynonym", "val": "x"}]
    nodes = [{"id": "EX:1", "lbl": "a", "meta": {"synonyms": synonyms}}, {"id": EX + "2", "lbl": "b"}]
    edges = [{"sub": "EX:1", "pred": is_a, "obj": EX + "2"}]
    (tmp_path / "x.json").write_text(json.dumps({"graphs": [{"nodes": nodes, "edges": edges}]}))
    assert read_ontology(tmp_path / "x.json").terms[EX + "1"] == OntologyTerm("a", [EX + "2"], ["AIDP"])


def test_a_long_chain_is_no_trouble(tmp_path: Path) -> None:
    nodes = [{"id": f"{EX}{n}", "lbl": f"t{n}"} for n in range(20_000)]
    edges = [{"sub": f"{EX}{n}", "pred": "is_a", "obj": f"{EX}{n + 1}"} for n in range(19_999)]
    path = tmp_path / "chain.json"
    path.write_text(json.dumps({"graphs": [{"nodes": nodes, "edges": edges}]}))
    assert len(read_ontology(path).terms) == 20_000
