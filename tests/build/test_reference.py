"""The default engines find what the reference engines find: the same triples, inconsistencies, violations and digest.

On the two documents' graph, on subgraphs of the real one, on every graph of tests/shapes, with damage done, and on
random graphs; on the whole graph `make reference` does it, which takes minutes.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings, strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from conftest import ROOT, Run
from ivig.build.pipeline import build
from ivig.build.reasoning import _by_owlrl, infer
from ivig.build.release import Releases
from ivig.build.shacl import SH
from ivig.build.sources import Sources, read
from ivig.build.validation import violations
from ivig.errors import InvalidGraph
from ivig.graph_files import GraphFiles, graph_files
from ivig.io.turtle import read_turtle
from ivig.namespaces import BASE, PREFIXES, TERMS
from reference import mentioned, subgraph
from scale import FACTOR
from small import HEAD, SOURCE, efficacy

TYPES = BASE + "study-type/"
REAL = read(graph_files(ROOT))
# The axioms and the study types are all of the ontology that the small and the random graphs need.
AXIOMS = replace(
    REAL,
    ontology=[
        triple
        for triple in REAL.ontology
        if not str(triple.subject).startswith(f"<{BASE}") or str(triple.subject).startswith((f"<{TERMS}", f"<{TYPES}"))
    ],
)

# What the random graphs are made of: things, and the properties that lead from the ones to the others.
THINGS = {
    kind: [f"<{kind}/{letter}>" for letter in letters]
    for kind, letters in {
        "statement": "abcd", "condition": "abcd", "mechanism": "ab", "outcome": "abc", "reference": "ab",
        "citation": "ab", "candidate": "a", "study": "a", "passage": "a",
    }.items()
}  # fmt: skip
VOCABULARY = {
    kind: [f"<{kind}/{name}>" for name in names]
    for kind, names in {
        "kind": ["efficacy", "mechanism", "safety"],
        "direction": ["benefit", "harm"],
        "study-type": ["randomized-controlled-trial", "case-series", "systematic-review-of-randomized-trials"],
        "resolution": ["confirmed", "unresolved"],
    }.items()
}
VALUES = [*THINGS["condition"], *THINGS["mechanism"], *THINGS["outcome"]]
CLASSES = ["Statement", "Condition", "Mechanism", "Outcome", "Reference", "Citation", "CandidateCitation", "Study"]
LITERALS = [
    '"6"',
    '"six"@en',
    "6",
    "6.5",
    "true",
    '"6.5"^^xsd:integer',
    '"2018-02-30"^^xsd:date',
    '"2018-02-28"^^xsd:date',
]

SUPPORTED, CONTRADICTED = THINGS["mechanism"][:1], THINGS["mechanism"][1:]
ONE_VALUE = [
    (THINGS["statement"], "kind", VOCABULARY["kind"]),
    (THINGS["statement"], "direction", VOCABULARY["direction"]),
    (THINGS["statement"], "studyType", VOCABULARY["study-type"]),
    (THINGS["reference"], "resolution", VOCABULARY["resolution"]),
]
MANY_VALUES = [
    (THINGS["statement"], "ivig:condition", THINGS["condition"]),
    (THINGS["statement"], "ivig:modelsCondition", THINGS["condition"]),
    (THINGS["statement"], "ivig:outcome", THINGS["outcome"]),
    (THINGS["statement"], "ivig:reference", THINGS["reference"]),
    (THINGS["statement"], "ivig:citation", THINGS["citation"]),
    (THINGS["statement"], "ivig:study", THINGS["study"]),
    (THINGS["statement"], "ivig:passage", THINGS["passage"]),
    (THINGS["statement"], "ivig:evidenceLine", THINGS["citation"] + THINGS["study"]),
    (THINGS["statement"], "ivig:supportsMechanism", SUPPORTED),
    (THINGS["statement"], "ivig:contradictsMechanism", CONTRADICTED),
    (SUPPORTED, "ivig:supportedBy", THINGS["statement"]),
    (THINGS["reference"], "ivig:resolvesTo", THINGS["citation"]),
    (THINGS["reference"], "ivig:candidate", THINGS["candidate"]),
    (THINGS["reference"], "ivig:conflictsWith", THINGS["reference"]),
    (THINGS["condition"], "ivig:hasStatement", THINGS["statement"]),
    (THINGS["condition"], "skos:broader", THINGS["condition"]),
    (THINGS["condition"], "skos:narrower", THINGS["condition"]),
    (THINGS["outcome"], "skos:broader", THINGS["outcome"]),
    (THINGS["mechanism"], "skos:narrower", THINGS["mechanism"]),
]

# A case takes owlrl a second or two: a failing one is shown as it was found, and they are the same at every run.
FEW = settings(derandomize=True, phases=[Phase.generate])


def _links() -> st.SearchStrategy[str]:
    return st.sampled_from(MANY_VALUES).flatmap(
        lambda link: st.builds(
            lambda subject, value: f"{subject} {link[1]} {value} .", st.sampled_from(link[0]), st.sampled_from(link[2])
        )
    )


@st.composite
def _single_links(draw: st.DrawFn) -> list[str]:
    lines = []
    for subjects, property, values in ONE_VALUE:
        for subject in subjects:
            value = draw(st.none() | st.sampled_from(values))
            lines += [f"{subject} ivig:{property} {value} ."] * (value is not None)
    return lines


def _amiss() -> st.SearchStrategy[str]:
    """Lines that may contradict the rest, each after its own fashion."""
    return st.one_of(
        st.builds("<statement/a> ivig:direction {} .".format, st.sampled_from(VOCABULARY["direction"])),
        st.builds("<statement/a> ivig:supportsMechanism {} .".format, st.sampled_from(THINGS["mechanism"])),
        st.builds("{} a ivig:{} .".format, st.sampled_from(VALUES + THINGS["citation"]), st.sampled_from(CLASSES)),
        st.builds("<statement/a> ivig:condition {} .".format, st.sampled_from(VALUES)),
        st.builds("<statement/a> ivig:participants {} .".format, st.sampled_from(LITERALS)),
        st.builds("<statement/a> ivig:hedged {} .".format, st.sampled_from(LITERALS)),
        st.builds("<passage/a> ivig:number {} .".format, st.sampled_from(LITERALS)),
    )


def _agree(sources: Sources) -> bool:
    """That both engines entail the same, or that owlrl by itself finds an inconsistency where our queries do."""
    try:
        entailed = set(infer(sources))
    except InvalidGraph:
        store = Store()
        store.bulk_extend(Quad(*triple) for triple in [*sources.ontology, *sources.data])
        assert _by_owlrl(store)
        return False
    assert entailed == set(infer(sources, reference=True))
    return True


def _small(tmp_path: Path, turtle: str) -> Sources:
    path = tmp_path / "small.ttl"
    path.write_text("@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n" + HEAD + turtle, encoding="utf-8")
    return replace(AXIOMS, data=read_turtle(path))


@pytest.fixture(scope="module")
def two_documents(tmp_path_factory: pytest.TempPathFactory) -> GraphFiles:
    """The graph of the two documents, with the things that it speaks of."""
    folder = tmp_path_factory.mktemp("two") / "graph"
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    said: dict[object, list[Triple]] = {}
    for triple in REAL.data:
        said.setdefault(triple.subject, []).append(triple)
    starts = [subject for subject in said if REAL.stands_in[subject.value] == "data/ivig.ttl"]
    (folder / "data").mkdir()
    serialize(mentioned(said, starts), output=str(folder / "data" / "ivig.ttl"), format=RdfFormat.TURTLE)
    return graph_files(folder)


def test_the_same_digest_on_the_graph_of_the_two_documents(two_documents: GraphFiles, tmp_path: Path) -> None:
    default = build(two_documents, Releases(tmp_path / "default"))
    reference = build(two_documents, Releases(tmp_path / "reference"), reference=True)
    assert reference.digest == default.digest
    assert set(reference.manifest["tools"]) == {"ivig", "owlrl", "pyoxigraph", "pyshacl", "rdflib"}
    assert set(default.manifest["tools"]) == {"ivig", "pyoxigraph", "pyrudof", "reasonable"}


def test_the_command_says_the_same_by_either_engine(two_documents: GraphFiles, tmp_path: Path, run: Run) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text(HEAD + SOURCE + efficacy("s", "benefit").replace("ivig:kind", "ivig:knd"), encoding="utf-8")
    words = ("validate", "--alone", broken, "--graph", two_documents.folder)
    default, reference = run(*words), run(*words, "--reference")
    assert default.stdout == reference.stdout
    assert "ivig:knd" in default.stdout
    assert (default.returncode, reference.returncode) == (1, 1)


# On the graphs that stand in tests/shapes, set side by side in one.
def test_the_same_rows_on_every_graph_of_the_shapes() -> None:
    data = list(REAL.ontology)
    for path in sorted((ROOT / "tests" / "shapes").glob("**/*.ttl")):
        data += _set_apart(path)
    found = violations(data, REAL.shapes)
    assert found == violations(data, REAL.shapes, reference=True)
    assert len(found) > 500


def _set_apart(path: Path) -> list[Triple]:
    """The triples of a file, its things renamed after it, so that many files can stand side by side."""
    triples = read_turtle(path)
    its_own = {triple.subject for triple in triples}

    def renamed(term: object) -> object:
        if not isinstance(term, NamedNode) or term not in its_own:
            return term
        return NamedNode(f"{term.value}-{path.parent.name}-{path.stem}")

    return [Triple(renamed(subject), predicate, renamed(object)) for subject, predicate, object in triples]


@pytest.mark.parametrize("seed", range(FACTOR))
def test_the_same_rows_on_a_subgraph_with_damage_done(seed: int) -> None:
    some = subgraph(REAL, every=30)
    data = [*some.ontology, *_damaged(some.data, _compared(), Random(seed))]
    found = violations(data, some.shapes)
    assert found == violations(data, some.shapes, reference=True)
    assert len(found) > 300


def _compared() -> set[object]:
    """The properties that a shape compares with each other. pyshacl ends where a value of these is ill-formed."""
    pairs = [triple for triple in REAL.shapes if triple.predicate.value in (SH + "lessThan", SH + "lessThanOrEquals")]
    shapes_with_pairs = {triple.subject for triple in pairs}
    paths = {t.object for t in REAL.shapes if t.predicate.value == SH + "path" and t.subject in shapes_with_pairs}
    return {triple.object for triple in pairs} | paths


def _damaged(triples: list[Triple], well_formed: set[object], random: Random) -> list[Triple]:
    """The triples, one in five of them lost, doubled, misspelt, or with another value.

    :param well_formed: the properties that are to have no ill-formed values
    """
    predicates = sorted({triple.predicate for triple in triples}, key=str)
    objects = sorted({triple.object for triple in triples}, key=str)
    damaged = []
    for triple in sorted(triples, key=str):
        subject, predicate, object = triple
        if random.random() > 0.2:
            damaged.append(triple)
            continue
        match random.randrange(8):
            case 0:
                continue
            case 1:
                damaged += [triple, Triple(subject, predicate, random.choice(objects))]
            case 2:
                damaged.append(Triple(subject, predicate, random.choice(objects)))
            case 3:
                damaged.append(Triple(subject, random.choice(predicates), object))
            case 4:
                damaged.append(Triple(subject, NamedNode(TERMS + "misspelt"), object))
            case 5:
                damaged.append(Triple(subject, predicate, NamedNode(BASE + "nowhere")))
            case 6:
                damaged.append(Triple(subject, predicate, Literal("1", language=random.choice(["en", "en-gb", "de"]))))
            case 7:
                texts = (
                    ["1"] if predicate in well_formed else ["1", "-1.5", "2018-07-05", "2018-02-30", "true", "1e3", ""]
                )
                kinds = ["string", "int", "integer", "decimal", "double", "boolean"] + ["date"] * (len(texts) > 1)
                datatype = NamedNode(PREFIXES["xsd"] + random.choice(kinds))
                damaged.append(Triple(subject, predicate, Literal(random.choice(texts), datatype=datatype)))
    return damaged


@pytest.mark.parametrize(
    ("turtle", "consistent"),
    [
        (efficacy("s", "benefit", outcome="pain"), True),
        (efficacy("s", "benefit", more="ivig:direction <direction/harm> ; "), False),
        ("<citation/c> a ivig:Citation, ivig:CandidateCitation .", False),
        ("<statement/s> ivig:supportsMechanism <mechanism/m> ; ivig:contradictsMechanism <mechanism/m> .", False),
    ],
)
def test_the_same_on_small_graphs(tmp_path: Path, turtle: str, consistent: bool) -> None:
    assert _agree(_small(tmp_path, SOURCE + turtle)) is consistent


@settings(FEW, max_examples=FACTOR)
@given(links=st.lists(_links(), min_size=30, max_size=80), single=_single_links())
def test_the_same_on_random_graphs(
    tmp_path_factory: pytest.TempPathFactory, links: list[str], single: list[str]
) -> None:
    sources = _small(tmp_path_factory.mktemp("random"), "\n".join(links + single))
    assert _agree(sources)
    data = [*sources.ontology, *sources.data]
    assert violations(data, sources.shapes) == violations(data, sources.shapes, reference=True)


@settings(FEW, max_examples=2 * FACTOR)
@given(
    links=st.lists(_links(), max_size=8),
    single=_single_links(),
    amiss=st.lists(_amiss(), min_size=1, max_size=3),
)
def test_the_same_contradictions(
    tmp_path_factory: pytest.TempPathFactory, links: list[str], single: list[str], amiss: list[str]
) -> None:
    _agree(_small(tmp_path_factory.mktemp("random"), "\n".join(links + single + amiss)))
