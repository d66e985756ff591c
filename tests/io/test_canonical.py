"""Canonical Turtle: the same triples, one order, nothing lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from ivig.errors import BadInput
from ivig.graph_files import GraphFiles
from ivig.io.canonical import canonical_turtle, format_file
from ivig.namespaces import BASE, PREFIXES, TERMS
from small import HEAD

_IRIS = st.sampled_from(
    [BASE + "condition/a", BASE + "statement/x-1", BASE, TERMS + "kind", TERMS + "9", PREFIXES["skos"] + "prefLabel",
     "http://example.org/é", BASE + "citation/doi-10.1002-x(1)", "urn:x:y"]
).map(NamedNode)  # fmt: skip
_TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"))
_LITERALS = st.one_of(
    _TEXT.map(Literal),
    _TEXT.map(lambda text: Literal(text, language="en")),
    st.integers().map(Literal),
    st.sampled_from(["0.4", "2.0", "-1.50", "1", ".5", "abc"]).map(
        lambda text: Literal(text, datatype=NamedNode(PREFIXES["xsd"] + "decimal"))
    ),
    st.sampled_from(["true", "1"]).map(lambda text: Literal(text, datatype=NamedNode(PREFIXES["xsd"] + "boolean"))),
)
_TRIPLES = st.builds(Triple, _IRIS, _IRIS, st.one_of(_IRIS, _LITERALS))


@given(st.lists(_TRIPLES, max_size=12))
def test_reads_back_as_the_same_triples(triples: list[Triple]) -> None:
    written = canonical_turtle(triples)
    assert {quad.triple for quad in parse(written, format=RdfFormat.TURTLE)} == set(triples)


@given(st.lists(_TRIPLES, max_size=12), st.randoms())
def test_the_order_of_triples_does_not_matter(triples: list[Triple], random: Random) -> None:
    shuffled = list(triples)
    random.shuffle(shuffled)
    assert canonical_turtle(shuffled) == canonical_turtle(triples)


def test_says_what_it_is_before_where_it_comes_from() -> None:
    text = canonical_turtle(
        [
            Triple(NamedNode(BASE + "statement/a"), NamedNode(TERMS + name), NamedNode(BASE + "x/" + name))
            for name in ("passage", "direction", "kind", "study", "condition")
        ]
    )
    names = [line.strip().split()[0] for line in text.split("<statement/a>")[1].splitlines() if line.strip()]
    assert names == ["ivig:kind", "ivig:condition", "ivig:direction", "ivig:study", "ivig:passage"]


def test_the_data_files_are_in_canonical_order(files: GraphFiles) -> None:
    for path in [*files.data, files.folder / "ontology" / "vocabulary.ttl"]:
        assert not format_file(path, check=True), path


def test_a_file_is_brought_into_order_once_and_keeps_its_head(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("# what this is\n" + HEAD + '<b/2> ivig:kind <c> ; a ivig:Statement .\n<a/1> skos:note "n"@en .\n')
    assert format_file(path, check=True)
    assert "<b/2> ivig:kind" in path.read_text()
    assert format_file(path)
    assert path.read_text().startswith("# what this is\n@prefix")
    assert path.read_text().index("<a/1>") < path.read_text().index("<b/2> a ivig:Statement")
    assert not format_file(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.ttl"]


def test_a_comment_that_would_be_lost_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(HEAD + "\n# in the middle\n<a> ivig:kind <b> .\n")
    with pytest.raises(BadInput, match=r"line 5: a comment here would be lost"):
        format_file(path)


def test_a_blank_node_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(HEAD + "<a> ivig:kind [] .\n")
    with pytest.raises(BadInput, match="blank node"):
        format_file(path)
