"""The validator finds what pyshacl finds: on the graphs of tests/shapes, on the real graph, and on it with damage done."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from conftest import ROOT
from ivig.build import read
from ivig.build.constraints import SH
from ivig.build.sources import Sources
from ivig.build.validate import violations
from ivig.io.turtle import read_turtle
from ivig.namespaces import BASE, PREFIXES, TERMS
from ivig.settings import GraphFiles
from reference import part, pyshacl_says

PAIRS = {NamedNode(SH + "lessThan"), NamedNode(SH + "lessThanOrEquals")}
ORDERS = ("MinInclusive", "MaxInclusive", "MinExclusive", "LessThan", "LessThanOrEquals")


@pytest.fixture(scope="module")
def sources(files: GraphFiles) -> Sources:
    return read(files)


def test_the_same_on_the_real_graph_as_it_is(sources: Sources) -> None:
    some = part(sources, every=30)
    data = [*some.ontology, *some.data]
    assert violations(data, sources.shapes) == pyshacl_says(data, sources.shapes) == []


def test_the_same_on_the_graphs_of_the_shapes(sources: Sources) -> None:
    data = list(sources.ontology)
    for path in sorted((ROOT / "tests" / "shapes").glob("**/*.ttl")):
        data += _set_apart(path)
    found = violations(data, sources.shapes)
    assert found == pyshacl_says(data, sources.shapes)
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


@pytest.mark.parametrize("seed", range(3))
def test_the_same_on_the_real_graph_with_damage_done(sources: Sources, seed: int) -> None:
    some = part(sources, every=30)
    data = [*some.ontology, *_damaged(some.data, _compared(sources.shapes), Random(seed))]
    ours, theirs = Counter(violations(data, sources.shapes)), Counter(pyshacl_says(data, sources.shapes))
    assert theirs.total() > 300
    assert theirs - ours == Counter()
    # The standard knows no order between values of two kinds, so such a value breaks the rule; pyshacl then goes by the
    # names of the datatypes. Either way the value is of the wrong datatype, which both report.
    of_wrong_datatype = {violation.thing for violation in theirs if violation.rule.startswith("Datatype")}
    for more in ours - theirs:
        assert more.rule.startswith(ORDERS), more
        assert more.thing in of_wrong_datatype, more


def _compared(shapes: list[Triple]) -> set[object]:
    """The properties that a shape compares with each other. pyshacl fails where a value of these is ill-formed."""
    pairs = [triple for triple in shapes if triple.predicate in PAIRS]
    shapes_with_pairs = {triple.subject for triple in pairs}
    paths = {t.object for t in shapes if t.predicate == NamedNode(SH + "path") and t.subject in shapes_with_pairs}
    return {triple.object for triple in pairs} | paths


def _damaged(triples: list[Triple], well_formed: set[object], random: Random) -> list[Triple]:
    """The triples, one in five of them lost, doubled, misspelt, or with another value.

    well_formed: the properties that are to have no ill-formed values.
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
                texts = ["1"] if predicate in well_formed else ["1", "-1.5", "2018-07-05", "2018-02-30", "true", ""]
                kinds = ["string", "integer", "decimal", "double", "boolean"] + ["date"] * (len(texts) > 1)
                datatype = NamedNode(PREFIXES["xsd"] + random.choice(kinds))
                damaged.append(Triple(subject, predicate, Literal(random.choice(texts), datatype=datatype)))
    return damaged
