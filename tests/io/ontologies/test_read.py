"""Ontologies of others: three formats say the same, and what is broken or hostile is refused in one message."""

from __future__ import annotations

import itertools
import json
import os
import resource
import time
from pathlib import Path

import pytest
import rdflib
from hypothesis import given, settings, strategies as st
from rdflib import OWL, RDF, RDFS

from ivig.errors import BadInput, IvigError, NotThere
from ivig.io.ontologies import OntologyTerm, read_ontology
from ivig.io.ontologies.read import _circle

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
        ("paper.obo", "%PDF-1.7\n\x00\x01", "paper.obo: no ontology in OBO, OWL (RDF/XML) or obographs JSON"),
        ("mondo.obo", b"\x1f\x8b\x08\x00", "mondo.obo: the file is compressed; unpack it first"),
        ("f.owl", "Prefix(:=<http://x/>)\nOntology(<http://x>)", "f.owl: OWL in another syntax than RDF/XML"),
        ("o.owl", '<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', "XML, but no RDF/XML: it begins with Ontology"),
        ("p.owl", "<!DOCTYPE html><html><body>503</body></html>", "XML, but no RDF/XML: it begins with html"),
        ("t.owl", "<http://x/a> a <http://x/b> .", "t.owl, line 1: "),
        ("x.owl", "<!-- nothing -->", "x.owl, line 1: no element found"),
        ("r.json", '{"terms": [{"id": "X:1"}]}', "r.json: no terms that have a label"),
        ("l.obo", OBO_HEAD + "[Term]\nid: EX:1\n", "l.obo: no terms that have a label"),
        ("cut.json", '{"graphs": [{"nodes": [{"id": "http://x/a", "lbl": "a"}', "cut.json: parse error: premature EOF"),
        ("bad.json", '{"graphs": [{"nodes": [}', "bad.json: "),
        ("cut.owl", RDF_HEAD + '<owl:Class rdf:about="http://x/a"><rdfs:la', "cut.owl"),
        ("cut.obo", OBO_HEAD + '[Term]\nid: EX:1\nname: a\nis_a: EX:2 ! b\nsynonym: "s', 'cut.obo, line 8: expected '),
        ("bad.obo", OBO_HEAD + "[Term]\nid: EX:1\nname gout\n", "bad.obo, line 6: expected "),
        ("latin.obo", OBO_HEAD.encode() + b"[Term]\nid: EX:1\nname: Sj\xf6gren\n", "latin.obo, line 6: not UTF-8"),
        ("latin.json", b'{"graphs": [{"nodes": [{"id": "http://x/a", "lbl": "Sj\xf6gren"}]}]}', "latin.json: "),
        ("self.obo", OBO_HEAD + "[Term]\nid: EX:1\nname: a\nis_a: EX:1\n", "kinds of themselves: a → a"),
        (
            "circle.obo",
            OBO_HEAD + "".join(f"[Term]\nid: EX:{n}\nname: t{n}\nis_a: EX:{n % 3 + 1}\n\n" for n in (1, 2, 3)),
            "circle.obo: terms that are kinds of themselves: t1 → t2 → t3 → t1",
        ),
        ("wide.owl", f"{RDF_HEAD}{CLASS.format(label='a')}".encode("utf-16"), "wide.owl: the file is in UTF-16"),
        ("wide.json", '{"graphs": []}'.encode("utf-16-be"), "wide.json: the file is in UTF-16"),
        ("int.json", f'{{"graphs": [{"1" * 5000}]}}', "int.json: a number that is too long"),
        ("real.json", '{"graphs": [1e999999999999999999999]}', "real.json: a number that is too long"),
        ("break.owl", f'{RDF_HEAD}<owl:Class rdf:about="http://x/\na"/></rdf:RDF>', "break.owl: "),
        ("space.json", '{"graphs": [{"nodes": [{"id": "http://x/a b", "lbl": "a"}]}]}', "'http://x/a b' makes no IRI"),
        (
            "laughs.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "ha">{LAUGHS}]>{RDF_HEAD}{CLASS.format(label="&l11;")}',
            "laughs.owl: the entity l1 is more than an abbreviation of a namespace",
        ),
        (
            "hidden.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "ha"><!ENTITY l1 "&#38;l0;">]>{RDF_HEAD}{CLASS.format(label="&l1;")}',
            "hidden.owl: the entity l1 is more than an abbreviation",
        ),
        (
            "long.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "{"ha" * 900}">]>{RDF_HEAD}{CLASS.format(label="&l0;")}',
            "long.owl: the entity l0 is more than an abbreviation",
        ),
        (
            "twice.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "ha"><!ENTITY l0 "&l0;&l0;">]>{RDF_HEAD}{CLASS.format(label="&l0;")}',
            "twice.owl: an entity that is declared twice or in a comment",
        ),
        (
            "aside.owl",
            f'<!DOCTYPE rdf:RDF [<!-- <!ENTITY l0 "&l0;"> -->]>{RDF_HEAD}{CLASS.format(label="a")}',
            "aside.owl: an entity that is declared twice or in a comment",
        ),
        (
            "outside.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY e SYSTEM "file:///etc/hostname">]>{RDF_HEAD}{CLASS.format(label="&e;")}',
            "outside.owl: the entity e would read another file",
        ),
        (
            "parameter.owl",
            f'<!DOCTYPE rdf:RDF [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>{RDF_HEAD}{CLASS.format(label="")}',
            "parameter.owl: the entity p would read another file",
        ),
        (
            "dtd.owl",
            f'<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/x.dtd">{RDF_HEAD}{CLASS.format(label="a")}',
            "dtd.owl: the document type would read another file",
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


@pytest.mark.parametrize(
    ("name", "begin", "filling"),
    [
        ("line.obo", OBO_HEAD + "[Term]\nid: EX:1\nname: ", b"a"),
        ("text.owl", RDF_HEAD + '<owl:Class rdf:about="http://x/a"><rdfs:label>', b"a"),
        ("comment.owl", "<!--", b"a"),
        ("string.json", '{"graphs": [{"nodes": [{"id": "http://x/a", "lbl": "', b"a"),
    ],
)
def test_a_line_or_text_without_end_does_not_fill_the_memory(
    tmp_path: Path, name: str, begin: str, filling: bytes
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(begin.encode())
        for _ in range(300):
            file.write(filling * 2**20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadInput, match="more than 4 million bytes|XML without an element"):
        read_ontology(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_text_is_not_cut_by_what_looks_like_the_next_element(tmp_path: Path) -> None:
    path = tmp_path / "data.owl"
    path.write_text(RDF_HEAD + CLASS.format(label=f"<![CDATA[{'<' * 5 * 2**20}]]>"))
    with pytest.raises(BadInput, match="more than 4 million bytes"):
        read_ontology(path)


ENTITY = f'<!DOCTYPE rdf:RDF [<!ENTITY e "{"e" * 900}">]>{RDF_HEAD}'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("arrays.json", '{"graphs":' + "[" * 10_000, "nested too deep"),
        ("maps.json", '{"graphs":' + '{"":' * 20_000, "nested too deep"),
        ("key.json", '{"graphs":{"' + "k" * 1_000_000 + '":{' + '"a":1,' * 20_000, "nested too deep"),
        ("text.owl", ENTITY + CLASS.format(label="&e;" * 600_000), "more than 4 million bytes"),
        ("attribute.owl", f'{ENTITY}<owl:Class rdf:about="{"&e;" * 600_000}"/></rdf:RDF>', "many times longer"),
        ("many.owl", ENTITY + '<owl:Class rdf:about="http://x/&e;&e;&e;"/>' * 9000, "many times longer"),
        ("deep.owl", RDF_HEAD + "<owl:Class>" * 50_000, "nested more than 1000 deep"),
    ],
    ids=lambda value: value if len(value) < 15 else "",
)
def test_a_small_file_stays_small(tmp_path: Path, name: str, content: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(BadInput, match=message):
        read_ontology(path)
    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


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


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_a_circle_is_found_where_there_is_one(pairs: list[tuple[int, int]]) -> None:
    terms = {str(n): OntologyTerm(parents=[str(high) for low, high in pairs if low == n]) for n in range(10)}
    reached = {str(n): {str(high) for low, high in pairs if low == n} for n in range(10)}
    for _ in range(10):
        for n in reached:
            reached[n] |= {each for high in reached[n] for each in reached[high]}
    circle = _circle(terms)
    assert bool(circle) == any(n in reached[n] for n in reached)
    if circle:
        assert circle[0] == circle[-1]
        assert all(high in terms[low].parents for low, high in itertools.pairwise(circle))


def test_a_long_chain_is_no_trouble(tmp_path: Path) -> None:
    nodes = [{"id": f"{EX}{n}", "lbl": f"t{n}"} for n in range(20_000)]
    edges = [{"sub": f"{EX}{n}", "pred": "is_a", "obj": f"{EX}{n + 1}"} for n in range(19_999)]
    path = tmp_path / "chain.json"
    path.write_text(json.dumps({"graphs": [{"nodes": nodes, "edges": edges}]}))
    assert len(read_ontology(path).terms) == 20_000
