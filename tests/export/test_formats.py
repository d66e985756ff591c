"""Every format read back by a tool that we did not write, with the same statements counted."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import networkx
import openpyxl
import pandas
import pyarrow.parquet
import pytest
import rdflib
from hypothesis import given, settings, strategies as st
from nanopub import Nanopub
from nanopub.utils import MalformedNanopubError
from ndex2.cx2 import RawCX2NetworkFactory
from playwright.sync_api import sync_playwright
from pyld import jsonld
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize
from rdflib.compare import to_isomorphic

from conftest import IVIG, ROOT
from ivig.build.release import Release
from ivig.errors import BadInput, UnknownName
from ivig.export import FORMATS, Exporter, Selection, rdf, whole
from ivig.export.context import Context
from ivig.export.statement_columns import columns
from ivig.export.subgraph import triples
from ivig.io.spreadsheet_cells import harmless
from ivig.model.schema import schema
from ivig.namespaces import BASE, DATA_GRAPH, PREF_LABEL, PREFIXES, TERMS
from ivig.query import Graph
from jena import opinion

Written = Callable[..., bytes]

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

GBS = Selection(condition=("GBS",))
STATEMENT = rdflib.URIRef(TERMS + "Statement")
KGX = ROOT / "tests" / "tools" / ".kgx" / "bin" / "python"


@pytest.fixture(scope="module")
def statements(exporter: Exporter) -> set[str]:
    """The statements of the subgraph that the tests write."""
    return set(exporter.subgraph(GBS).statements)


@pytest.fixture(scope="module")
def direction(graph: Graph) -> str:
    """What the graph says of the direction of one statement of the subgraph."""
    query = f"SELECT ?label {{ <{BASE}statement/neurom-009> <{TERMS}direction>/<{PREF_LABEL}> ?label }}"
    return str(graph.sparql(query)[0]["label"])


@pytest.mark.parametrize(
    ("format_name", "parser"),
    [
        ("turtle", "turtle"),
        ("trig", "trig"),
        ("ntriples", "nt"),
        ("nquads", "nquads"),
        ("rdfxml", "xml"),
        ("jsonld", "json-ld"),
    ],
)
def test_rdflib_reads_rdf(
    written: Written, statements: set[str], exporter: Exporter, format_name: str, parser: str
) -> None:
    read = rdflib.Dataset(default_union=True)
    read.parse(io.BytesIO(written(format_name, GBS)), format=parser)
    assert {str(s) for s in read.subjects(rdflib.RDF.type, STATEMENT)} == statements
    expected = {quad.triple for quad in exporter.subgraph(GBS).quads()}
    assert len(set(read.triples((None, None, None)))) == len(expected)
    if format_name in ("trig", "nquads"):
        graphs = {str(graph.identifier): len(graph) for graph in read.graphs() if len(graph)}
        assert graphs == Counter(str(quad.graph_name).strip("<>") for quad in exporter.subgraph(GBS).quads())


def test_jena_reads_rdf(written: Written, tmp_path: Path) -> None:
    """JSON-LD apart, for which Debian's Jena lacks a library."""
    files = []
    for name in ("turtle", "trig", "ntriples", "nquads", "rdfxml"):
        path = tmp_path / f"subgraph{FORMATS[name].suffix}"
        path.write_bytes(written(name, GBS))
        files.append(path)
    assert set(opinion([], [], {}, files, tmp_path).refusals.values()) == {""}


@pytest.mark.parametrize("format_name", ["turtle", "trig", "ntriples", "nquads", "rdfxml"])
@pytest.mark.parametrize("inferred", [True, False])
def test_the_whole_graph_loses_nothing(written: Written, graph: Graph, format_name: str, inferred: bool) -> None:
    formats = {"turtle": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "ntriples": RdfFormat.N_TRIPLES, "nquads": RdfFormat.N_QUADS, "rdfxml": RdfFormat.RDF_XML}  # fmt: skip
    text = written(format_name, inferred=inferred)
    read = list(parse(text, format=formats[format_name]))
    expected = set(whole(graph.release, inferred=inferred))
    named = format_name in ("trig", "nquads")
    assert len(read) == len(expected if named else {quad.triple for quad in expected})
    if format_name == "ntriples":
        assert {quad.triple for quad in read} == {quad.triple for quad in expected}
    if format_name == "nquads" and inferred:
        assert text == graph.release.nquads.read_bytes()


@pytest.mark.parametrize("format_name", ["turtle", "ntriples", "nquads"])
@pytest.mark.parametrize("inferred", [True, False])
def test_what_is_put_together_is_what_would_be_written_at_once(
    written: Written, exporter: Exporter, format_name: str, inferred: bool
) -> None:
    formats = {"turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES, "nquads": RdfFormat.N_QUADS}
    short = {"prefixes": PREFIXES, "base_iri": BASE} if format_name == "turtle" else {}
    # The second has verdicts that rest on what the first lacks, so what was kept of the first must not be used for it.
    for selection in (Selection(condition=("GBS",), direction=("no benefit",)), GBS, Selection(group=("complement",))):
        quads = exporter.subgraph(selection, inferred=inferred).quads()
        at_once = serialize(quads if format_name == "nquads" else triples(quads), format=formats[format_name], **short)
        for _ in range(2):
            assert written(format_name, selection, inferred=inferred) == at_once


def _release_of(folder: Path, lines: list[str]) -> Graph:
    """As much of a graph as its N-Quads."""
    (folder / "graph.nq").write_text("".join(sorted(lines)), encoding="utf-8")
    return cast(Graph, SimpleNamespace(release=Release(folder)))


def test_a_triple_of_two_graphs_is_one_triple(tmp_path: Path) -> None:
    line = '<x:s> <x:p> "a{}"{} <https://w3id.org/ivig/graph/{}> .\n'
    lines = [line.format(*of) for of in (("", "", "data"), ("", "@en", "data"), (" <x:o> .", "", "links"))]
    lines += [line.format("", "", "links"), line.format("", "", "inferred")]
    graph, out = _release_of(tmp_path, lines), io.BytesIO()
    rdf.write_whole(graph, "ntriples", out, inferred=True)
    text = out.getvalue().decode()
    assert sorted(text.splitlines()) == ['<x:s> <x:p> "a <x:o> ." .', '<x:s> <x:p> "a" .', '<x:s> <x:p> "a"@en .']
    assert {f"{triple} ." for triple in triples(whole(graph.release))} == set(text.splitlines())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('<x:s> <http://example.com/123> "x" <https://w3id.org/ivig/graph/data> .\n', "no name for the predicate"),
        ('<x:s> <x:p> "a\\u0001" <https://w3id.org/ivig/graph/data> .\n', "control character"),
    ],
)
def test_what_rdf_xml_cannot_hold_is_an_error_before_the_first_byte(tmp_path: Path, line: str, message: str) -> None:
    fine = '<x:a> <x:p> "x" <https://w3id.org/ivig/graph/data> .\n'
    out = io.BytesIO()
    with pytest.raises(BadInput, match=message):
        rdf.write_whole(_release_of(tmp_path, [fine, line]), "rdfxml", out, inferred=True)
    assert out.getvalue() == b""


def test_json_ld_is_compact_and_expands_to_the_same_triples(written: Written, exporter: Exporter) -> None:
    document = json.loads(written("jsonld", Selection(condition=("chronic idiopathic pericarditis",))))
    statement = next(node for node in document["@graph"] if "Statement" in node.get("type", ""))
    assert statement["id"].startswith("statement/")
    assert statement["direction"] == "direction/benefit"
    assert isinstance(statement["participants"], int)
    text = jsonld.to_rdf(document, {"format": "application/n-quads"})
    expected = rdflib.Graph()
    for quad in exporter.subgraph(Selection(condition=("chronic idiopathic pericarditis",))).quads():
        expected.parse(data=f"{quad.triple} .", format="nt")
    assert to_isomorphic(rdflib.Graph().parse(data=text, format="nt")) == to_isomorphic(expected)


@pytest.mark.parametrize("whole_of_a_small_one", [False, True])
def test_json_ld_is_as_compact_as_its_library_makes_it(
    exporter: Exporter, tmp_path: Path, whole_of_a_small_one: bool
) -> None:
    """A subgraph, and a whole graph with its ontology, in which values are not of the sort that their names stand for."""
    import ivig
    from small import SOURCE, efficacy, folder_with

    out = io.BytesIO()
    if whole_of_a_small_one:
        folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
        Exporter(ivig.open(folder, tmp_path / "releases")).write(Selection(), "jsonld", out)
    else:
        exporter.write(GBS, "jsonld", out)
    document = json.loads(out.getvalue())
    compacted = jsonld.compact(jsonld.expand(document), document["@context"])
    ours, its = (sorted(map(_in_order, one["@graph"])) for one in (document, compacted))
    assert len(ours) > 400
    assert ours == its


def _in_order(node: dict[str, Any]) -> str:
    """As text, with the values of each property in an order of their own."""
    many = {key: sorted(of, key=str) if isinstance(of, list) else of for key, of in node.items()}
    return json.dumps(many, sort_keys=True)


def test_the_published_context_is_that_of_the_files(graph: Graph) -> None:
    published = (ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8")
    assert json.loads(published) == Context(graph).document()


@pytest.mark.parametrize("format_name", ["csv", "tsv", "xlsx", "parquet"])
def test_pandas_reads_tables(written: Written, statements: set[str], direction: str, format_name: str) -> None:
    content = io.BytesIO(written(format_name, GBS))
    table = {
        "csv": lambda: pandas.read_csv(content),
        "tsv": lambda: pandas.read_csv(content, sep="\t", quoting=csv.QUOTE_NONE),
        "xlsx": lambda: pandas.read_excel(content),
        "parquet": lambda: pandas.read_parquet(content),
    }[format_name]()
    assert set(table["statement"]) == statements
    assert len(table) == len(statements)
    row = table.set_index("statement").loc["https://w3id.org/ivig/statement/neurom-009"]
    assert (row["participants"], row["level"], row["direction"]) == (21, 2, direction)
    assert (str(row["pmid"]).removesuffix(".0"), row["year"]) == ("15995024", 2005)
    assert "MONDO:0016218" in row["condition_curies"]


def test_a_table_says_what_the_saved_query_says(written: Written, graph: Graph) -> None:
    rows = {row["statement"]: row for row in csv.DictReader(io.StringIO(written("csv", GBS).decode()))}
    compared = ("population", "intent", "comparator", "direction", "measure", "measure_as_stated", "p_relation", "citation_status", "finding", "outcome_kind")  # fmt: skip
    asked = graph.query("evidence-for-condition", condition="GBS")
    assert len(asked) > 20
    for row in asked:
        mine = rows[str(row["statement"])]
        assert {name: str(row[name] or "") for name in compared} == {name: mine[name] for name in compared}
        for name in ("value", "ci_low", "ci_high", "p", "level", "participants", "year"):
            assert float(mine[name] or "nan") == pytest.approx(float(str(row[name] or "nan")), nan_ok=True), name


def test_openpyxl_and_pyarrow_see_sheets_and_types(written: Written, statements: set[str], graph: Graph) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", GBS)), read_only=True)
    assert book.sheetnames == ["statements", "columns", "about"]
    assert sum(1 for _ in book["statements"].iter_rows()) == len(statements) + 1
    assert dict(row for row in book["about"].values)["release"] == graph.release.digest
    read = openpyxl.load_workbook(io.BytesIO(written("xlsx", GBS)))["statements"]
    assert read["A1"].font.bold
    assert read.auto_filter.ref == read.dimensions
    parquet = pyarrow.parquet.ParquetFile(io.BytesIO(written("parquet", GBS)))
    assert parquet.metadata.num_rows == len(statements)
    types = {field.name: str(field.type) for field in parquet.schema_arrow}
    assert (types["participants"], types["p"], types["supports"], types["finding"]) == (
        "int64",
        "double",
        "bool",
        "string",
    )
    assert parquet.schema_arrow.metadata[b"release"].decode() == graph.release.digest


def test_a_table_has_a_column_for_all_that_is_said_of_a_statement_and_its_effects(graph: Graph) -> None:
    query = f"SELECT DISTINCT ?p {{ GRAPH <{DATA_GRAPH}> {{ ?s ?p ?o }} FILTER REGEX(STR(?s), '^{BASE}(statement|effect)/') }}"
    said = {str(row["p"]) for row in graph.sparql(query)}
    ours = schema(graph.files)
    names = {one.name for name in ("Statement", "Effect") for one in ours.properties(name) if one.iri in said}
    without = names - {column.name for column in columns(ours)}
    # The first has its own column; the others share one, or are columns of what they lead to.
    assert without <= {
        "label", "models_condition", "discusses_condition", "supported_mechanism", "contradicted_mechanism", "discussed_mechanism",
        "reference", "effect", "measure_term",
    }  # fmt: skip


_MORE_WORDS = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ivig: <https://w3id.org/ivig/ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/ivig/> .
ivig:Cohort a owl:Class ; rdfs:subClassOf ivig:Term ; rdfs:label "cohort"@en ; skos:definition "A cohort."@en ; rdfs:isDefinedBy <ontology> .
ivig:cohort a owl:ObjectProperty ; rdfs:label "of cohort"@en ; skos:definition "Whose result it is."@en ; rdfs:isDefinedBy <ontology> .
ivig:centres a owl:DatatypeProperty ; rdfs:label "centres"@en ; skos:definition "How many centres."@en ; rdfs:isDefinedBy <ontology> .
ivig:precededBy a owl:ObjectProperty ; rdfs:label "preceded by"@en ; skos:definition "An earlier condition."@en ; rdfs:isDefinedBy <ontology> .
<cohort/first> a ivig:Cohort, skos:Concept ; skos:inScheme <scheme/intent> ; skos:prefLabel "first"@en ; skos:definition "With it."@en .
"""
_MORE_SHAPES = {
    "statement": """
<shape/statement> sh:property
    [ sh:path ivig:centres ; sh:name "centres" ; sh:order 625 ; sh:datatype xsd:integer ; sh:maxCount 1 ; sh:message "A number."@en ] ,
    [ sh:path ivig:precededBy ; sh:name "preceded_by" ; sh:order 155 ; sh:class ivig:Condition ; sh:message "A condition."@en ] .
""",
    "effect": '<shape/effect> sh:property [ sh:path ivig:cohort ; sh:name "cohort" ; sh:order 865 ; sh:class ivig:Cohort ; sh:message "A cohort."@en ] .\n',
}


def test_what_a_shape_adds_is_a_column_by_itself(tmp_path: Path) -> None:
    """A number, a term of a vocabulary on the effect, and a thing: in tables, networks, KGX and the JSON-LD context."""
    import ivig
    from small import SOURCE, efficacy, folder_with

    more = "ivig:centres 3 ; ivig:precededBy <condition/gout> ; ivig:effect <effect/1> ; "
    effect = (
        '<effect/1> a ivig:Effect ; skos:prefLabel "1"@en ; ivig:measure "odds ratio"@en ; ivig:value 2.0 ; '
        "ivig:cohort <cohort/first> .\n"
    )
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit", more=more) + effect)
    with (folder / "ontology" / "vocabulary.ttl").open("a") as file:
        file.write(_MORE_WORDS)
    for name, text in _MORE_SHAPES.items():
        with (folder / "shapes" / f"{name}.ttl").open("a") as file:
            file.write(text)
    exporter = Exporter(ivig.open(folder, tmp_path / "releases"))

    def written(format_name: str) -> bytes:
        out = io.BytesIO()
        exporter.write(Selection(), format_name, out)
        return out.getvalue()

    (row,) = csv.DictReader(io.StringIO(written("csv").decode()))
    expected = {
        "centres": "3",
        "preceded_by": f"{BASE}condition/gout",
        "preceded_by_label": "gout",
        "cohort": "first",
    }
    assert {name: row[name] for name in expected} == expected
    names = list(row)
    assert names.index("condition_curies") < names.index("preceded_by") < names.index("population")
    assert names.index("cohort") < names.index("measure") < names.index("value")
    meaning = {column.name: column.meaning for column in columns(schema(exporter.graph.files))}
    assert meaning["centres"] == "How many centres."
    network = networkx.read_graphml(io.BytesIO(written("graphml")))
    assert network.nodes[f"{BASE}statement/s"]["centres"] == 3
    assert network.nodes[f"{BASE}effect/1"]["cohort"] == "first"
    (edge,) = _edges(written("kgx-jsonl"))
    assert (edge["centres"], edge["cohort"]) == (3, "first")
    context = Context(exporter.graph).document()["@context"]
    assert context["centres"] == {"@id": "ivig:centres", "@type": "xsd:integer"}


@settings(max_examples=50)
@given(st.text(st.sampled_from("=+-@\t\r\n ab1"), min_size=1, max_size=4))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = harmless(text)
    assert len(cell) == 1 or cell[0] not in "=+-@" or float(cell) is not None
    assert cell[0] not in "\t\r"


def test_formulas_stay_text_in_a_spreadsheet(written: Written, graph: Graph, tmp_path: Path) -> None:
    """A graph whose texts a spreadsheet would run."""
    import ivig
    from small import SOURCE, efficacy, folder_with

    data = SOURCE + efficacy("s", "benefit", more='ivig:population "=1+1\\tx"@en ; ')
    hostile = ivig.open(folder_with(tmp_path, data), tmp_path / "releases")
    for name in ("csv", "tsv", "xlsx"):
        out = io.BytesIO()
        Exporter(hostile).write(Selection(), name, out)
        if name == "xlsx":
            head, row = openpyxl.load_workbook(out)["statements"].iter_rows()
            cell = row[[one.value for one in head].index("population")]
            assert (cell.value, cell.data_type) == ("'=1+1\tx", "s")
        else:
            assert "'=1+1" in out.getvalue().decode()
            assert len(out.getvalue().decode().splitlines()) == 2


def _network_is_that_of_the_subgraph(
    network: networkx.MultiDiGraph, statements: set[str], exporter: Exporter, direction: str
) -> None:
    assert {iri for iri, node in network.nodes(data=True) if node.get("type") == "Statement"} == statements
    assert set(network) == exporter.subgraph(GBS).members
    assert Counter(network.edges()) == _ends(exporter)
    node = network.nodes["https://w3id.org/ivig/statement/neurom-009"]
    assert (node["participants"], node["direction"], node["kind"]) == (21, direction, "efficacy")
    outside = [node["label"] for _, node in network.nodes(data=True) if node["type"] == "outside term"]
    assert outside and not [label for label in outside if "://" in label]


def _ends(exporter: Exporter) -> Counter[tuple[str, str]]:
    """Both ends of every link between things of the subgraph."""
    subgraph = exporter.subgraph(GBS)
    links = (quad for quad in subgraph.quads() if _is_link(quad, subgraph.members))
    return Counter((str(quad.subject).strip("<>"), str(quad.object).strip("<>")) for quad in links)


def _is_link(quad: Quad, nodes: set[str]) -> bool:
    return (
        str(quad.object).startswith("<")
        and str(quad.object).strip("<>") in nodes
        and str(quad.subject).strip("<>") in nodes
    )


def test_networkx_reads_graphml(written: Written, statements: set[str], exporter: Exporter, direction: str) -> None:
    network = networkx.read_graphml(io.BytesIO(written("graphml", GBS)), force_multigraph=True)
    _network_is_that_of_the_subgraph(network, statements, exporter, direction)
    link = network.get_edge_data(
        "https://w3id.org/ivig/statement/neurom-009", f"{BASE}direction/{direction.replace(' ', '-')}"
    )
    assert [(edge["link"], edge["inferred"]) for edge in link.values()] == [("direction", False)]


def test_networkx_reads_gexf(written: Written, statements: set[str], exporter: Exporter, direction: str) -> None:
    network = networkx.MultiDiGraph(networkx.read_gexf(io.BytesIO(written("gexf", GBS))))
    _network_is_that_of_the_subgraph(network, statements, exporter, direction)
    assert (
        network.nodes["https://w3id.org/ivig/condition/guillain-barre-syndrome"]["label"] == "Guillain-Barré syndrome"
    )


def test_cytoscape_js_draws_the_network(
    written: Written, statements: set[str], exporter: Exporter, direction: str
) -> None:
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: run tests/tools/install"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_content("<div id=drawing style='width: 600px; height: 400px'></div>")
        page.add_script_tag(path=ROOT / "server" / "ui" / "node_modules" / "cytoscape" / "dist" / "cytoscape.min.js")
        drawn = page.evaluate(
            """file => {
                const drawing = cytoscape({container: document.getElementById("drawing"), ...file, layout: {name: "grid"}})
                return {
                    statements: drawing.nodes("[type = 'Statement']").map(node => node.id()),
                    nodes: drawing.nodes().length,
                    edges: drawing.edges().length,
                    reached: drawing.getElementById("https://w3id.org/ivig/statement/neurom-009").outgoers("node").map(n => n.data("label")),
                }
            }""",
            json.loads(written("cytoscape", GBS)),
        )
        browser.close()
    members = exporter.subgraph(GBS).members
    assert set(drawn["statements"]) == statements
    assert drawn["nodes"] == len(members)
    assert drawn["edges"] == sum(_is_link(quad, members) for quad in exporter.subgraph(GBS).quads())
    assert {direction, "Guillain-Barré syndrome", "randomized controlled trial"} <= set(drawn["reached"])


def test_ndex_reads_cx2(written: Written, statements: set[str], exporter: Exporter) -> None:
    network = RawCX2NetworkFactory().get_cx2network(json.loads(written("cx2", GBS)))
    nodes = network.get_nodes()
    assert {node["v"]["iri"] for node in nodes.values() if node["v"]["type"] == "Statement"} == statements
    members = exporter.subgraph(GBS).members
    assert len(nodes) == len(members)
    ends = Counter((nodes[e["s"]]["v"]["iri"], nodes[e["t"]]["v"]["iri"]) for e in network.get_edges().values())
    assert ends == _ends(exporter)
    statement = next(node["v"] for node in nodes.values() if node["v"]["iri"].endswith("/neurom-009"))
    assert (statement["participants"], statement["placeboControlled"]) == (21, False)


def test_the_validator_of_kgx_accepts_all_statements(written: Written, exporter: Exporter, tmp_path: Path) -> None:
    assert KGX.exists(), "KGX is missing: run tests/tools/install"
    for format_name, its_name, selection in (("kgx", "tsv", Selection()), ("kgx-jsonl", "jsonl", GBS)):
        subgraph = exporter.subgraph(selection)
        total = len(subgraph.statements) + len(subgraph.verdicts())
        assert subgraph.verdicts()
        path = tmp_path / f"{its_name}.tar.gz"
        path.write_bytes(written(format_name, selection))
        command = [KGX, ROOT / "tests" / "tools" / "kgx_check.py", its_name, path]
        said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
        assert (said["statements"], said["edges"], said["errors"]) == (total, total, {})


def _lines(packed: bytes, name: str) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        file = archive.extractfile(name)
        assert file is not None
        return file.read().decode().splitlines()


def _edges(packed: bytes, *, of_verdicts: bool = False) -> list[dict[str, Any]]:
    edges = [json.loads(line) for line in _lines(packed, "ivig_edges.jsonl")]
    return [edge for edge in edges if (edge.get("statement_kind") == "verdict") == of_verdicts]


def test_a_kgx_edge_from_immunoglobulin_to_a_condition_carries_the_verdict(written: Written, graph: Graph) -> None:
    packed = written("kgx-jsonl", GBS)
    (edge,) = [one for one in _edges(packed, of_verdicts=True) if one["object"] == "MONDO:0016218"]
    (said,) = [row for row in graph.query("evidence-summary") if row["condition_label"] == "Guillain-Barré syndrome"]
    assert (edge["verdict"], edge["verdict_strength"]) == (said["verdict"], said["strength"])
    assert edge["verdict_reason"] == said["reason"]
    assert edge["supporting_statements"] >= edge["evidence_lines"] >= 1 and edge["participants"] > 0
    assert (edge["knowledge_level"], edge["agent_type"]) == ("logical_entailment", "automated_agent")
    nodes = {node["id"] for node in map(json.loads, _lines(packed, "ivig_nodes.jsonl"))}
    assert {edge["subject"], edge["object"]} <= nodes


def test_every_thing_that_a_kgx_edge_mentions_is_a_node(written: Written) -> None:
    packed = written("kgx-jsonl")
    nodes = {node["id"]: node for node in map(json.loads, _lines(packed, "ivig_nodes.jsonl"))}
    assert len(nodes) == len(_lines(packed, "ivig_nodes.jsonl"))
    names = {one for node in nodes.values() for one in (node["id"], *node.get("xref", ()))}
    contexts = set()
    for edge in _edges(packed):
        contexts.add(edge.get("disease_context_qualifier"))
        mentioned = {edge[name] for name in ("subject", "object", "disease_context_qualifier") if name in edge}
        assert mentioned <= set(nodes)
        assert set(edge.get("publications", ())) <= names
    assert len(contexts) > 10
    for node in nodes.values():
        assert node["name"] and node["category"][0].startswith("biolink:") and node["iri"].startswith(BASE)
    assert {nodes[one]["category"][0] for one in contexts if one} == {"biolink:Disease"}
    assert nodes["PMID:15995024"]["category"] == ["biolink:Publication"]


def test_kgx_has_no_bar_in_a_text_and_the_same_texts_as_tsv_and_as_lines(tmp_path: Path) -> None:
    """A reader of TSV parts any value at a bar, whether it means a list or not."""
    import ivig
    from small import SOURCE, efficacy, folder_with

    data = SOURCE + efficacy(
        "s", "benefit", more='ivig:population "a | b|c\\td"@en ; ivig:regimen <regimen/1>, <regimen/2> ; '
    ) + (
        '<regimen/1> a ivig:Regimen ; skos:prefLabel "1"@en ; ivig:gPerKgTotalMin 2.0 ; ivig:gPerKgTotalMax 2.0 ; '
        "ivig:daysMin 5 ; ivig:daysMax 5 ; ivig:position 1 .\n"
        '<regimen/2> a ivig:Regimen ; skos:prefLabel "2"@en ; ivig:courses 3 ; ivig:position 2 .\n'
    )  # fmt: skip
    exporter = Exporter(ivig.open(folder_with(tmp_path, data), tmp_path / "releases"))
    texts = {}
    for name in ("kgx", "kgx-jsonl"):
        out = io.BytesIO()
        exporter.write(Selection(), name, out)
        texts[name] = out.getvalue()
    (line,) = _edges(texts["kgx-jsonl"])
    assert line["studied_population"] == "a; b; c d"
    assert line["regimen"] == "2 g/kg in total, 5 days; 3 courses"
    row, verdict = csv.DictReader(_lines(texts["kgx"], "ivig_edges.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE)
    assert {name: str(value) for name, value in line.items() if isinstance(value, str)}.items() <= row.items()
    assert (verdict["verdict"], verdict["supporting_statements"]) == ("benefit", "1")


def test_what_is_asserted_is_the_same_without_what_was_derived(written: Written) -> None:
    """But the level, which is derived. Publications that a confirmed reference leads to are asserted, if a step on."""
    full, asserted = (csv.DictReader(io.StringIO(written("csv", inferred=of).decode())) for of in (True, False))
    for row, same in zip(full, asserted, strict=True):
        assert {**row, "level": ""} == same
    full_edges, asserted_edges = (_edges(written("kgx-jsonl", inferred=of)) for of in (True, False))
    # How well something is known is told by the level.
    for edge in (*full_edges, *asserted_edges):
        edge.pop("evidence_level", None)
        edge.pop("knowledge_level", None)
    for edge, same in zip(full_edges, asserted_edges, strict=True):
        assert edge == same
    document = Selection(source=("katz2018",))
    assert written("nanopub", document) == written("nanopub", document, inferred=False)
    rows = csv.DictReader(io.StringIO(written("csv", inferred=False).decode()))
    pmids = {row["statement"].removeprefix(BASE): (row["pmid"], row["citation_status"]) for row in rows}
    assert pmids["statement/katz2018-05-1"] == ("2901668", "confirmed")


def test_the_subject_is_what_a_statement_is_said_to_be_on_and_no_more(written: Written, graph: Graph) -> None:
    asserted = graph.sparql(
        f"SELECT ?s ?label {{ GRAPH <{DATA_GRAPH}> {{ ?s <{TERMS}subject> ?o }} ?o <{PREF_LABEL}> ?label }}"
    )
    expected = {str(row["s"]): str(row["label"]) for row in asserted}
    assert expected
    rows = csv.DictReader(io.StringIO(written("csv").decode()))
    assert {row["statement"]: row["subject"] for row in rows if row["subject"]} == expected


def test_kgx_edges_say_how_the_statement_is_known(written: Written, direction: str) -> None:
    packed = written("kgx-jsonl", GBS)
    assert written("kgx-jsonl", GBS) == packed
    edges = _edges(packed)
    edge = next(edge for edge in edges if edge["id"] == "IVIG.statement:neurom-009")
    assert (edge["subject"], edge["predicate"], edge["object"]) == ("MESH:D016756", "biolink:in_clinical_trials_for", "MONDO:0016218")  # fmt: skip
    assert (edge["knowledge_level"], edge["agent_type"]) == ("knowledge_assertion", "manual_agent")
    assert (edge["publications"], edge["study_type"], edge["direction"]) == (["PMID:15995024"], "randomized controlled trial", direction)  # fmt: skip
    # What is licensed is not said to be treated: a licence may be one to prevent or to replace.
    licences = _edges(written("kgx-jsonl", Selection(kind=("regulatory",))))
    licensed = [edge for edge in licences if edge.get("regulatory_status") == "approved"]
    # An approval of a product as such names no condition.
    assert {edge["predicate"] for edge in licensed} == {
        "biolink:treats_or_applied_or_studied_to_treat",
        "biolink:mentions",
    }
    assert any(edge.get("regimen") for edge in edges)
    assert any("p" in edge and "measure" in edge for edge in edges)
    negated = [edge for edge in edges if edge.get("negated")]
    assert all(edge["predicate"] == "biolink:affects" for edge in negated)
    assert gzip.decompress(packed)


def test_the_nanopub_library_finds_its_rules_kept(written: Written, exporter: Exporter) -> None:
    """Of every kind of statement some, since the library takes its time."""
    some = Selection(condition=("GBS", "none"), year=("2012-2016",))
    store = Store()
    store.load(written("nanopub", some), RdfFormat.TRIG)
    found: set[str] = set()
    for head in store.quads_for_pattern(None, NamedNode("http://www.nanopub.org/nschema#hasAssertion"), None):
        parts = [quad.object for quad in store.quads_for_pattern(head.subject, None, None, head.graph_name)]
        quads = [q for graph in (head.graph_name, *parts) for q in store.quads_for_pattern(None, None, None, graph)]
        nanopub = _nanopub(serialize(quads, format=RdfFormat.N_QUADS), "nquads")
        assert nanopub.is_valid
        assert nanopub.has_valid_trusty
        assert nanopub.pubinfo.value(rdflib.URIRef(nanopub.source_uri), rdflib.DCTERMS.license)
        assert set(nanopub.provenance.objects(nanopub.metadata.assertion, rdflib.PROV.wasDerivedFrom))
        found |= {str(s) for s in nanopub.assertion.subjects(rdflib.RDF.type, STATEMENT)}
    assert found == set(exporter.subgraph(some).statements)
    assert len(found) > 20


def test_a_changed_nanopublication_is_found_out(written: Written) -> None:
    one = Selection(sparql="SELECT ?s { BIND(<https://w3id.org/ivig/statement/neurom-009> AS ?s) }")
    text = written("nanopub", one)
    assert _nanopub(text, "trig").has_valid_trusty
    with pytest.raises(MalformedNanopubError, match="not valid"):
        assert _nanopub(text.replace(b"participants 21", b"participants 22"), "trig").has_valid_trusty


def _nanopub(text: bytes, format_name: str) -> Nanopub:
    graph = rdflib.ConjunctiveGraph()
    graph.parse(data=text, format=format_name)
    return Nanopub(rdf=graph)


@pytest.mark.parametrize("format_name", [made.name for made in FORMATS.values() if not made.is_binary])
def test_a_reader_that_goes_away_ends_an_export_quietly(releases: Path, format_name: str) -> None:
    command = [IVIG, "export", "--format", format_name, "--releases", releases]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) in (0, 1)


@pytest.mark.parametrize(
    ("format_name", "library"),
    [("parquet", "pyarrow"), ("jsonld", "pyld"), ("gexf", "networkx"), ("cx2", "ndex2"), ("nanopub", "nanopub")],
)
def test_without_its_library_a_format_names_the_extra(
    written: Written, monkeypatch: pytest.MonkeyPatch, format_name: str, library: str
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BadInput, match=rf"this format needs {library}: pip install 'ivig\[export\]'"):
        written(format_name, GBS)


def test_without_its_library_fhir_names_its_own_extra(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.bundle", None)
    with pytest.raises(BadInput, match=r"this format needs fhir\.resources: pip install 'ivig\[fhir\]'"):
        written("fhir", GBS)


@pytest.mark.parametrize("format_name", ["csv", "xlsx", "kgx", "fhir", "nanopub"])
def test_things_without_a_statement_are_no_empty_table(written: Written, format_name: str) -> None:
    things = Selection(sparql=f"SELECT ?c {{ ?c a <{TERMS}Condition> }}")
    with pytest.raises(BadInput, match="no statement was selected, only things"):
        written(format_name, things)
    assert b"<condition/guillain-barre-syndrome>" in written("turtle", things)


def test_an_unknown_format_gets_the_list(written: Written) -> None:
    with pytest.raises(UnknownName, match="it is one of: turtle, trig, .*nanopub"):
        written("pdf")


def test_every_statement_is_a_row_and_a_nanopublication(written: Written, graph: Graph) -> None:
    """The whole graph."""
    total = len(
        {row["s"] for row in graph.sparql(f"SELECT ?s {{ GRAPH <{DATA_GRAPH}> {{ ?s a <{TERMS}Statement> }} }}")}
    )
    assert len(pandas.read_csv(io.BytesIO(written("csv")), low_memory=False)) == total
    assert written("nanopub").count(b"np:hasAssertion") == total
