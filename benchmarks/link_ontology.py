"""How long an ontology as large as MONDO takes to be read, in time and memory, against the bare parser of its format.

The ontology is made up: 23,000 terms in ten layers, with definitions, synonyms, cross-references and annotated axioms
in the amounts that MONDO has, about 35 MB as OBO and 130 MB as OWL. The peer reads every piece of the same file and
keeps nothing: fastobo, pyoxigraph and json; the claim is that reading takes less than four times as long, less than a
minute and less than 1.5 GB. usage: python benchmarks/link_ontology.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

TERMS = 23_000
OBO = "http://purl.obolibrary.org/obo/"
IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
DEFINITION = "A disease that is characterized by " + "signs and symptoms of various organs, " * 6
RATIO, SECONDS, MEGABYTES = 4.0, 60.0, 1536.0

MEASURE = """
import resource, sys, time
from pathlib import Path
began = time.perf_counter()
{work}
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
READ = (
    "from ivig.io.ontologies.read import read_ontology\nassert len(read_ontology(Path(sys.argv[1])).terms) == {terms}"
)
PEERS = {
    "obo": "import fastobo\nfor frame in fastobo.iter(sys.argv[1]):\n    for clause in frame: pass",
    "owl": "import pyoxigraph\nfor triple in pyoxigraph.parse(path=sys.argv[1]): pass",
    "json": "import json\nwith open(sys.argv[1], 'rb') as file:\n    json.load(file)",
}


def parents(number: int) -> list[int]:
    """One or two terms nearer to the root."""
    return [] if not number else sorted({number // 3, max(0, number // 3 - number % 7)})


def obo() -> Iterator[str]:
    """The ontology as OBO."""
    yield "format-version: 1.2\ndata-version: releases/2026-01-01\nontology: mondo\n"
    for number in range(TERMS):
        yield f'\n[Term]\nid: MONDO:{number:07}\nname: disease {number}\ndef: "{DEFINITION}" [DOID:{number}, OMIM:1]\n'
        for other in range(6):
            yield f'synonym: "disease {number} by another name, {other}" EXACT [DOID:{other}, OMIM:1]\n'
            yield f'xref: UMLS:C{number * 6 + other:07} {{source="MONDO:equivalentTo"}}\n'
            yield f"property_value: exactMatch http://linkedlifedata.com/resource/umls/id/C{number * 6 + other:07}\n"
        yield from (f'is_a: MONDO:{parent:07} {{source="DOID:1"}} ! disease {parent}\n' for parent in parents(number))


def owl() -> Iterator[str]:
    """The ontology as OWL in RDF/XML."""
    yield (
        '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#" '
        f'xmlns:obo="{OBO}" xmlns:oboInOwl="{IN_OWL}">\n'
        f'<owl:Ontology rdf:about="{OBO}mondo.owl"/>\n'
    )
    for number in range(TERMS):
        yield f'    <owl:Class rdf:about="{OBO}MONDO_{number:07}">\n'
        for parent in parents(number):
            yield f'        <rdfs:subClassOf rdf:resource="{OBO}MONDO_{parent:07}"/>\n'
        for other in range(3):
            yield (
                f"        <rdfs:subClassOf>\n            <owl:Restriction>\n                <owl:onProperty "
                f'rdf:resource="{OBO}RO_000400{other}"/>\n                <owl:someValuesFrom '
                f'rdf:resource="{OBO}UBERON_000{other}"/>\n            </owl:Restriction>\n        </rdfs:subClassOf>\n'
            )
        yield f"        <obo:IAO_0000115>{DEFINITION}</obo:IAO_0000115>\n"
        yield f"        <rdfs:label>disease {number}</rdfs:label>\n"
        for other in range(6):
            name = f"disease {number} by another name, {other}"
            yield f"        <oboInOwl:hasExactSynonym>{name}</oboInOwl:hasExactSynonym>\n"
            yield f"        <oboInOwl:hasDbXref>UMLS:C{number * 6 + other:07}</oboInOwl:hasDbXref>\n"
        yield "    </owl:Class>\n"
        for other in range(9):
            yield (
                f'    <owl:Axiom>\n        <owl:annotatedSource rdf:resource="{OBO}MONDO_{number:07}"/>\n'
                f'        <owl:annotatedProperty rdf:resource="{IN_OWL}hasExactSynonym"/>\n'
                f"        <owl:annotatedTarget>disease {number} by another name, {other}</owl:annotatedTarget>\n"
                f"        <oboInOwl:hasDbXref>DOID:{other}</oboInOwl:hasDbXref>\n    </owl:Axiom>\n"
            )
    yield "</rdf:RDF>\n"


def obographs() -> Iterator[str]:
    """The ontology as OBO Graphs JSON."""
    yield f'{{"graphs": [{{"id": "{OBO}mondo.owl", "nodes": [\n'
    for number in range(TERMS):
        meta = {
            "definition": {"val": DEFINITION, "xrefs": [f"DOID:{number}"]},
            "synonyms": [
                {"pred": "hasExactSynonym", "val": f"disease {number} by another name, {other}", "xrefs": ["DOID:1"]}
                for other in range(6)
            ],
            "xrefs": [{"val": f"UMLS:C{number * 6 + other:07}"} for other in range(6)],
        }
        node = {"id": f"{OBO}MONDO_{number:07}", "lbl": f"disease {number}", "type": "CLASS", "meta": meta}
        yield ",\n" * bool(number) + json.dumps(node, indent=2)
    yield '\n], "edges": [\n'
    pairs = [(number, parent) for number in range(TERMS) for parent in parents(number)]
    for place, (number, parent) in enumerate(pairs):
        edge = {"sub": f"{OBO}MONDO_{number:07}", "pred": "is_a", "obj": f"{OBO}MONDO_{parent:07}"}
        yield ",\n" * bool(place) + json.dumps(edge, indent=2)
    yield "\n]}]}\n"


def measured(work: str, path: Path) -> tuple[float, float]:
    """Seconds and megabytes that the work on a file takes in a process of its own."""
    code = MEASURE.format(work=work)
    done = subprocess.run([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def main() -> int:
    """Print a row for each format; the exit code says whether all keep the limits."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for ending, write in {"obo": obo, "owl": owl, "json": obographs}.items():
            path = Path(folder) / f"mondo.{'rdf' if ending == 'owl' else ending}"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(write())
            peer, _ = measured(PEERS[ending], path)
            seconds, megabytes = measured(READ.format(terms=TERMS), path)
            size = f"{path.stat().st_size / 2**20:7.1f} MB"
            print(f"{ending:6}{size}{seconds:8.1f} s{megabytes:8.0f} MB{seconds / peer:7.2f} times the bare parser")
            failed |= seconds > min(SECONDS, RATIO * peer) or megabytes > MEGABYTES
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
