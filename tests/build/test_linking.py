"""Roll-up by a linked ontology: a graph and an index of names of their own, and the laws of a release kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from conftest import ROOT
from ivig.build.linked import LinkedOntologies
from ivig.build.linking import check_reach, link, unlink
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.errors import AmbiguousName, BadInput, BadTurtle, NotThere, UnknownName
from ivig.graph_files import GraphFiles
from ivig.io.ontologies.read import read_ontology
from ivig.io.sssom import mappings
from ivig.namespaces import ANCESTORS_GRAPH, BASE, GRAPHS
from ivig.query import Graph
from ivig.query.resolve import meanings
from small import SOURCE, efficacy, files_with

SMALL = ROOT / "tests" / "io" / "ontologies" / "samples" / "small.obo"
CONDITIONS = "".join(
    f'<condition/{name}> a ivig:Condition ; skos:prefLabel "{name.replace("-", " ")}"@en ; '
    "ivig:group <condition-group/dermatology> .\n"
    for name in ("saturnine-gout", "pseudogout", "arthritis", "tophus", "scurvy")
)
DATA = SOURCE + CONDITIONS + "".join(
    efficacy(name, "benefit").replace("<condition/gout>", f"<condition/{name}>")
    for name in ("gout", "saturnine-gout", "pseudogout", "arthritis", "tophus", "scurvy")
)  # fmt: skip
LINKS = (
    "#curie_map:\n#  IVIG: https://w3id.org/ivig/\n#  EX: http://purl.obolibrary.org/obo/EX_\n"
    "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
    "IVIG:condition/gout\tskos:exactMatch\tEX:4\tgout\tsemapv:ManualMappingCuration\n"
    "IVIG:condition/saturnine-gout\tskos:broadMatch\tEX:4\tgout\tsemapv:ManualMappingCuration\n"
    "IVIG:condition/pseudogout\tskos:closeMatch\tEX:7\t\tsemapv:ManualMappingCuration\n"
    "IVIG:condition/arthritis\tskos:narrowMatch\tEX:3\t\tsemapv:ManualMappingCuration\n"
    "IVIG:condition/tophus\tskos:relatedMatch\tEX:4\tgout\tsemapv:ManualMappingCuration\n"
)
PATH = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?thing {{ ?thing (skos:exactMatch|skos:closeMatch|skos:broadMatch)/rdfs:subClassOf* <{iri}> }}"""


@pytest.fixture
def small(tmp_path: Path) -> tuple[GraphFiles, Releases]:
    """A small graph with links into the small ontology."""
    return files_with(tmp_path, DATA, LINKS), Releases(tmp_path / "releases")


def _linked(small: tuple[GraphFiles, Releases], path: Path = SMALL) -> Graph:
    files, releases = small
    return Graph(files, link(files, releases, [read_ontology(path)], lambda stage, share: None))


def _conditions(graph: Graph, name: str) -> list[str]:
    return sorted(str(row["condition_label"]) for row in graph.query("evidence-for-condition", condition=name))


def test_a_term_that_was_merged_rolls_up_by_the_one_that_it_was_merged_into(tmp_path: Path) -> None:
    files = files_with(tmp_path, DATA, LINKS.replace("EX:7", "EX:8"))
    graph = _linked((files, Releases(tmp_path / "releases")))
    for name in ("EX:8", "EX:7", "calcium pyrophosphate deposition"):
        assert _conditions(graph, name) == ["pseudogout"]
    assert "pseudogout" in _conditions(graph, "crystal arthropathy")
    assert [(one.predicate, one.thing_label) for one in meanings(graph, "EX:7")] == [("rdfs:subClassOf", "pseudogout")]
    rows = graph.sparql(PATH.format(iri="http://purl.obolibrary.org/obo/EX_3"))
    assert BASE + "condition/pseudogout" in {row["thing"] for row in rows}
    assert graph.release.manifest["linked"]["ex"]["linked"] == 2


def test_a_term_of_an_ontology_of_ones_own_is_found_in_every_spelling(
    small: tuple[GraphFiles, Releases], tmp_path: Path
) -> None:
    text = SMALL.read_text().replace("EX:5", "WARD:0000001")
    (tmp_path / "ward.obo").write_text(text)
    graph = _linked(small, tmp_path / "ward.obo")
    for typed in ("WARD:0000001", "WARD_0000001", "ward_0000001", "http://purl.obolibrary.org/obo/WARD_0000001", "https://purl.obolibrary.org/obo/WARD_0000001"):  # fmt: skip
        assert _conditions(graph, typed) == ["gout", "saturnine gout"]
        assert [one.thing_label for one in meanings(graph, typed)] == ["gout", "saturnine gout"]


def test_an_ontology_in_which_all_linked_terms_were_merged_is_in_reach(tmp_path: Path) -> None:
    head = "".join(LINKS.splitlines(keepends=True)[:4])
    link = "IVIG:condition/pseudogout\tskos:exactMatch\tEX:8\t\tsemapv:ManualMappingCuration\n"
    (tmp_path / "links.sssom.tsv").write_text(head + link)
    check_reach(list(mappings(tmp_path / "links.sssom.tsv")), read_ontology(SMALL))


@pytest.mark.parametrize(
    ("names", "conditions"),
    [
        (["EX:4", "http://purl.obolibrary.org/obo/EX_4", "ex_4"], ["gout", "saturnine gout"]),
        (["EX:5", "metabolic disease", "Metabolic  DISEASE"], ["gout", "saturnine gout"]),
        (["EX:3", "crystal arthropathy", "crystal arthritis"], ["gout", "pseudogout", "saturnine gout"]),
        (["EX:1", "disease", "EX:2", "joint disease"], ["gout", "pseudogout", "saturnine gout"]),
        (["EX:7", "calcium pyrophosphate deposition", "pseudogout"], ["pseudogout"]),
        (["gout"], ["gout"]),
    ],
)
def test_a_query_asks_by_any_ancestor(
    small: tuple[GraphFiles, Releases], names: list[str], conditions: list[str]
) -> None:
    graph = _linked(small)
    for name in names:
        if name != "ex_4":
            assert _conditions(graph, name) == conditions, name


def test_the_graph_says_what_the_queries_do(small: tuple[GraphFiles, Releases]) -> None:
    graph = _linked(small)
    for number in (1, 2, 3, 4, 5, 7):
        found = {row["thing"] for row in graph.sparql(PATH.format(iri=f"http://purl.obolibrary.org/obo/EX_{number}"))}
        assert found == set(graph.names.things(f"EX:{number}", "Condition")), number


def test_the_ancestors_are_a_graph_of_their_own(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    before = build(files, releases)
    graph = _linked(small)
    after = graph.release.manifest
    assert {name: after["graphs"][name] for name in GRAPHS} == before.manifest["graphs"]
    assert set(after["graphs"]) == {*GRAPHS, ANCESTORS_GRAPH}
    assert after["linked"]["ex"] | {"sha256": ""} == {
        "iri": "http://purl.obolibrary.org/obo/ex.owl",
        "version": "releases/2026-01-02",
        "sha256": "",
        "linked": 2,
        "ancestors": 4,
    }
    own = f"SELECT ?s ?p ?o FROM <{ANCESTORS_GRAPH}> {{ ?s ?p ?o }}"
    said = {(str(row["s"]), str(row["p"]).rpartition("#")[2], str(row["o"])) for row in graph.sparql(own)}
    ex = "http://purl.obolibrary.org/obo/EX_"
    assert (ex + "4", "subClassOf", ex + "3") in said
    assert (ex + "3", "label", "crystal arthropathy") in said
    assert (ex + "2", "notation", "EX:2") in said
    assert not any(iri in (ex + "6", ex + "11", ex + "9") for iri, _, _ in said)
    # What the links say of a term is not said again, so that an answer has no row twice.
    assert (ex + "4", "label", "gout") not in said
    assert len(graph.query("external-links", condition="gout")) == 1


def test_every_build_takes_it_up_until_it_is_removed(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    plain = build(files, releases).digest
    linked = _linked(small).release.digest
    assert linked != plain
    assert build(files, releases).digest == linked
    assert _linked(small).release.digest == linked
    removed = unlink(files, releases, (), lambda stage, share: None)
    assert removed.digest == plain
    assert not removed.ancestors.exists()
    assert "linked" not in removed.manifest
    assert build(files, releases).digest == plain
    with pytest.raises(NotThere, match="no ontology is linked"):
        unlink(files, releases, (), lambda stage, share: None)


def test_a_store_holds_what_the_manifest_counts(small: tuple[GraphFiles, Releases]) -> None:
    release = _linked(small).release
    assert len(Store.read_only(str(release.store))) == sum(release.manifest["graphs"].values())


def test_several_ontologies_are_kept_apart(small: tuple[GraphFiles, Releases], tmp_path: Path) -> None:
    other = tmp_path / "other.obo"
    other.write_text(
        "format-version: 1.2\nontology: other\n\n[Term]\nid: EX:4\nname: gout\nis_a: ZZ:1\n\n[Term]\nid: ZZ:1\nname: crystals everywhere\n"
    )
    files, releases = small
    _linked(small)
    graph = _linked(small, other)
    assert LinkedOntologies(releases.folder).names() == ["ex", "other"]
    assert _conditions(graph, "crystals everywhere") == _conditions(graph, "ZZ:1") == ["gout", "saturnine gout"]
    assert _conditions(graph, "crystal arthritis") == ["gout", "pseudogout", "saturnine gout"]
    with pytest.raises(UnknownName, match='unknown linked ontology "mondo"; it is one of: ex, other'):
        unlink(files, releases, ["mondo"], lambda stage, share: None)
    left = Graph(files, unlink(files, releases, ["ex"], lambda stage, share: None))
    assert _conditions(left, "crystals everywhere") == ["gout", "saturnine gout"]
    with pytest.raises(UnknownName):
        _conditions(left, "crystal arthritis")


def test_two_of_one_name_are_refused_and_nothing_is_linked(small: tuple[GraphFiles, Releases], tmp_path: Path) -> None:
    files, releases = small
    read = []
    for place in ("http://x/a/foo.owl", "http://y/b/foo.owl"):
        path = tmp_path / "foo.obo"
        path.write_text(f"format-version: 1.2\nontology: {place}\n\n[Term]\nid: EX:4\nname: gout\n")
        read.append(read_ontology(path))
    with pytest.raises(
        BadInput, match=r"^foo.obo \(http://x/a/foo.owl\) and foo.obo \(http://y/b/foo.owl\) would both"
    ):
        link(files, releases, read, lambda stage, share: None)
    assert LinkedOntologies(releases.folder).names() == []
    for each in read:
        link(files, releases, [each], lambda stage, share: None)
    assert [each.iri for each in LinkedOntologies(releases.folder).read()] == ["http://y/b/foo.owl"]


def test_what_two_ontologies_call_the_same_counts_together(small: tuple[GraphFiles, Releases], tmp_path: Path) -> None:
    other = tmp_path / "other.obo"
    other.write_text(
        "format-version: 1.2\nontology: other\n\n[Term]\nid: ZZ:1\nname: Metabolic disease\n\n"
        '[Term]\nid: ZZ:2\nname: second\nsynonym: "shared" EXACT []\nis_a: ZZ:1\n\n'
        '[Term]\nid: ZZ:3\nname: third\nsynonym: "shared" EXACT []\n\n'
        "[Term]\nid: EX:7\nname: calcium pyrophosphate deposition\nis_a: ZZ:2\nis_a: ZZ:3\n"
    )
    _linked(small)
    graph = _linked(small, other)
    assert _conditions(graph, "metabolic disease") == ["gout", "pseudogout", "saturnine gout"]
    assert _conditions(graph, "EX:5") == ["gout", "saturnine gout"]
    with pytest.raises(AmbiguousName, match=r'name "shared" is not exact here; .*: ZZ:2 \(second\), ZZ:3 \(third\)'):
        _conditions(graph, "shared")
    assert graph.names.search("metabolic disease") == graph.names.things("metabolic disease", "Condition")
    assert graph.names.exact("shared") == []


def test_a_failed_build_links_nothing(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    good = build(files, releases).digest
    files.data[0].write_text(files.data[0].read_text() + "<broken")
    with pytest.raises(BadTurtle):
        _linked(small)
    assert LinkedOntologies(releases.folder).names() == []
    current = releases.current()
    assert current is not None
    assert current.digest == good


def test_a_kept_ontology_that_is_damaged_is_named(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    _linked(small)
    (releases.folder / "linked" / "ex.json").write_text("{")
    with pytest.raises(NotThere, match="the linked ontology ex cannot be read; link it again, or `ivig link --remove`"):
        build(files, releases)
    unlink(files, releases, (), lambda stage, share: None)
    assert LinkedOntologies(releases.folder).names() == []


def test_an_ancestor_leads_to_the_things_below_it(small: tuple[GraphFiles, Releases]) -> None:
    graph = _linked(small)
    found = meanings(graph, "EX:5")
    assert [(each.predicate, each.thing_label, len(each.statements)) for each in found] == [
        ("rdfs:subClassOf", "gout", 1),
        ("rdfs:subClassOf", "saturnine gout", 1),
    ]
    assert {each.predicate for each in meanings(graph, "EX:4")} == {
        "skos:exactMatch",
        "skos:broadMatch",
        "skos:relatedMatch",
    }


def test_where_one_thing_is_wanted_an_ancestor_of_several_is_not_exact(small: tuple[GraphFiles, Releases]) -> None:
    names = _linked(small).names
    with pytest.raises(AmbiguousName, match="say which you mean: gout, saturnine gout"):
        names.resolve("metabolic disease", "Condition")
    assert names.resolve("EX:4", "Condition") == BASE + "condition/gout"
    assert names.things("metabolic diseases", "Condition") == names.things("metabolic disease", "Condition")
    assert names.took("Metabolic disorder", "Condition") == "metabolic disease"
    with pytest.raises(UnknownName, match='unknown condition "metabolc disease"; nearest: metabolic disease'):
        names.things("metabolc disease", "Condition")
    with pytest.raises(UnknownName):
        names.things("metabolic disease", "Mechanism")


def test_no_row_comes_twice_where_a_condition_and_its_broader_one_are_both_below(tmp_path: Path) -> None:
    narrower = "<condition/saturnine-gout> skos:broader <condition/gout> .\n"
    small = files_with(tmp_path, DATA + narrower, LINKS), Releases(tmp_path / "releases")
    assert _conditions(_linked(small), "metabolic disease") == ["gout", "saturnine gout"]
