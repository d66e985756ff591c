"""What is kept of chunks: a change asks the engines of what it touches alone, and the outcome is that of a whole build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from conftest import ROOT
from ivig.build import chunks, reasoning, shacl
from ivig.build.reasoning import infer
from ivig.build.sources import Sources, read
from ivig.build.validation import violations
from ivig.errors import InvalidGraph
from ivig.graph_files import graph_files
from reference import subgraph
from scale import EXPLORE, FACTOR

SOME = subgraph(read(graph_files(ROOT)), every=150)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The engines that were asked of a chunk, in small chunks and with nothing kept yet."""
    told: list[str] = []

    def noted(name: str, ask: Callable[..., bytes]) -> Callable[..., bytes]:
        def asked_and_noted(*words: object) -> bytes:
            told.append(name)
            return ask(*words)

        return asked_and_noted

    monkeypatch.setenv("IVIG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(shacl, "_asked", noted("pyrudof", shacl._asked))
    monkeypatch.setattr(reasoning, "_reasoned", noted("reasonable", reasoning._reasoned))
    monkeypatch.setattr(shacl, "_CHUNK", 300)
    monkeypatch.setattr(reasoning, "_CHUNK", 1500)
    monkeypatch.setattr(chunks, "_ONE_IN", 16)
    return told


def _outcome(sources: Sources) -> tuple[object, object]:
    """What breaks the shapes, and what follows or contradicts itself."""
    broken = violations([*sources.ontology, *sources.data], sources.shapes)
    try:
        return broken, set(infer(sources))
    except InvalidGraph as error:
        return broken, str(error)


def test_no_engine_is_asked_twice_but_of_what_was_damaged(asked: list[str], tmp_path: Path) -> None:
    first = _outcome(SOME)
    assert {name: asked.count(name) > 3 for name in asked} == {"pyrudof": True, "reasonable": True}
    asked.clear()
    assert _outcome(SOME) == first
    assert asked == []
    path = next((tmp_path / "cache" / "chunks").iterdir())
    path.write_bytes(path.read_bytes()[:-3])
    assert _outcome(SOME) == first
    assert len(asked) == 1


@pytest.mark.parametrize("seed", range(FACTOR))
def test_a_change_asks_of_what_it_touches_and_has_the_outcome_of_a_whole_build(
    asked: list[str], seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _outcome(SOME)
    everything = len(asked)
    asked.clear()
    changed = replace(SOME, data=_changed(SOME.data, Random() if EXPLORE else Random(seed)))
    incremental = _outcome(changed)
    assert 0 < len(asked) <= everything / 2
    monkeypatch.setenv("IVIG_CACHE", str(tmp_path / "another"))
    assert _outcome(changed) == incremental
    assert incremental != _outcome(SOME)


def _changed(data: list[Triple], random: Random) -> list[Triple]:
    """The data with one statement changed: a triple lost, one with another value, one more."""
    statement = random.choice(sorted({t.subject for t in data if "/statement/" in str(t.subject)}, key=str))
    lost, other = random.sample([triple for triple in data if triple.subject == statement], 2)
    more = Triple(statement, NamedNode(f"{other.predicate.value}-of-another-name"), other.object)
    kept = [triple for triple in data if triple not in (lost, other)]
    return [*kept, Triple(statement, other.predicate, Literal("another value")), more]
