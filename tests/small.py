"""Graphs of a few lines, made for one test each, beside the real ontology, shapes and rules."""

from __future__ import annotations

import shutil
from pathlib import Path

from ivig.build.linking import link
from ivig.build.release import Releases
from ivig.graph_files import GraphFiles, graph_files
from ivig.io.ontologies.read import read_ontology
from ivig.namespaces import ANCESTORS_GRAPH
from ivig.query import Graph

ROOT = Path(__file__).parents[1]

HEAD = """@prefix ivig: <https://w3id.org/ivig/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@base <https://w3id.org/ivig/> .
"""

SOURCE = """
<source/example> a ivig:SourceDocument ; skos:prefLabel "example"@en ; ivig:key "example" ;
    <http://purl.org/dc/terms/title> "An example"@en ; ivig:fileName "example.txt" ; ivig:sha256 "{zeros}" .
<passage/example/01> a ivig:Passage ; skos:prefLabel "01"@en ; ivig:source <source/example> ; ivig:number "01" ;
    ivig:start 0 ; ivig:end 9 ; ivig:sha256 "{zeros}" .
<condition/gout> a ivig:Condition ; skos:prefLabel "gout"@en ; ivig:group <condition-group/dermatology> .
<outcome/pain> a ivig:Outcome ; skos:prefLabel "pain"@en ; ivig:outcomeKind <outcome-kind/symptom> .
<outcome/urate> a ivig:Outcome ; skos:prefLabel "urate"@en ; ivig:outcomeKind <outcome-kind/laboratory> .
""".replace("{zeros}", "0" * 64)


def folder_with(tmp_path: Path, data: str, links: str | None = None) -> Path:
    """A folder with the real ontology, shapes and queries, and this data."""
    folder = tmp_path / "graph"
    for part in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "data").mkdir()
    (folder / "data" / "ivig.ttl").write_text(HEAD + data, encoding="utf-8")
    if links is not None:
        (folder / "data" / "links.sssom.tsv").write_text(links, encoding="utf-8")
    return folder


def files_with(tmp_path: Path, data: str, links: str | None = None) -> GraphFiles:
    """The files of such a folder."""
    return graph_files(folder_with(tmp_path, data, links))


def study(name: str) -> str:
    """A study."""
    return f'<study/{name}> a ivig:Study ; skos:prefLabel "{name}"@en .\n'


def efficacy(
    name: str,
    direction: str,
    study_type: str = "randomized-controlled-trial",
    *,
    evidence_line: str | None = None,
    comparison: str = "inert",
    product: str = "polyvalent-iv",
    outcome: str | None = None,
    intent: str = "treat",
    more: str = "",
) -> str:
    """An efficacy statement on gout, with a study of its own unless it speaks with the evidence_line of another."""
    measured = f"ivig:outcome <outcome/{outcome}> ; " if outcome else ""
    prevented = 'ivig:prevented "gout"@en ; ' if intent == "prevent" else ""
    return (
        ("" if evidence_line else study(name))
        + f'<statement/{name}> a ivig:Statement ; skos:prefLabel "{name}"@en ; ivig:kind <kind/efficacy> ; '
        f"ivig:condition <condition/gout> ; ivig:intent <intent/{intent}> ; {prevented}{measured}{more}"
        f"ivig:product <product/{product}> ; ivig:comparison <comparison/{comparison}> ; "
        f"ivig:direction <direction/{direction}> ; ivig:studyType <study-type/{study_type}> ; "
        f"ivig:passage <passage/example/01> ; ivig:study <study/{evidence_line or name}> .\n"
    )


def linked_graph(folder: Path) -> Graph:
    """A small graph whose gout is a term of an ontology that is linked to it."""
    links = (
        "#curie_map:\n#  IVIG: https://w3id.org/ivig/\n#  EX: http://purl.obolibrary.org/obo/EX_\n"
        "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
        "IVIG:condition/gout\tskos:exactMatch\tEX:4\tgout\tsemapv:ManualMappingCuration\n"
    )
    files = files_with(folder, SOURCE + efficacy("gout", "benefit"), links)
    ontology = read_ontology(ROOT / "tests" / "io" / "ontologies" / "samples" / "small.obo")
    release = link(files, Releases(folder / "releases"), [ontology], lambda stage, share: None)
    assert ANCESTORS_GRAPH in release.manifest["graphs"]
    return Graph(files, release)
