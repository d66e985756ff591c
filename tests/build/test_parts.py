"""Parts: what a build takes over of the release before, and that its outcome is that of one that takes over nothing."""

from __future__ import annotations

import io
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, serialize

from conftest import ROOT
from ivig.build import parts
from ivig.build.derivation import derive
from ivig.build.lines import Changes, Written, change, lines_of, merge, sorted_lines
from ivig.build.pipeline import build
from ivig.build.reasoning import infer
from ivig.build.release import Release, Releases
from ivig.build.sources import read
from ivig.errors import BadInput, BadTurtle, InvalidGraph, NotThere
from ivig.graph_files import GraphFiles, graph_files
from ivig.io.turtle import read_turtle
from ivig.namespaces import BASE, DATA_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, PREFIXES, RDF_TYPE, TERMS
from reference import subgraph
from scale import EXPLORE, FACTOR
from small import folder_with

FILES = 8


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GraphFiles:
    """A part of the real graph in several files, whose statements are dealt out into many groups."""
    monkeypatch.setattr(parts, "_STATEMENTS", 16)
    folder = folder_with(tmp_path, "")
    (folder / "data" / "ivig.ttl").unlink()
    by_file: dict[int, list[Triple]] = {}
    sources = read(graph_files(ROOT))
    journals = {t.subject for t in sources.data if t.object == NamedNode(TERMS + "Journal")}
    for triple in [*subgraph(sources, every=50).data, *(t for t in sources.data if t.subject in journals)]:
        by_file.setdefault(parts.group_of(str(triple.subject), FILES), []).append(triple)
    for number, triples in by_file.items():
        _write(folder / "data" / f"{number}.ttl", triples)
    return graph_files(folder)


def _write(path: Path, triples: list[Triple]) -> None:
    serialize(triples, output=str(path), format=RdfFormat.TURTLE, prefixes=PREFIXES, base_iri=BASE)


def _outcome(files: GraphFiles, releases: Releases) -> dict[str, object] | str:
    """What a release holds, or what a build complains of."""
    try:
        release = build(files, releases)
    except InvalidGraph as error:
        return str(error)
    store = Store.read_only(str(release.store))
    assert sorted_lines(store) == release.nquads.read_bytes().splitlines(keepends=True)
    with closing(sqlite3.connect(release.search)) as index:
        found = sorted(index.execute("SELECT * FROM text"))
        places = index.execute("SELECT text.* FROM place JOIN text ON rowid = row AND text.iri = place.iri ORDER BY 1")
        assert list(places) == found
        assert {iri for (iri,) in index.execute("SELECT iri FROM place")} == {row[0] for row in found}
        assert {kind for (kind,) in index.execute("SELECT name FROM kind")} >= {row[1] for row in found}
        worth = index.execute("SELECT iri, bm25(text) FROM text WHERE text MATCH 'antibody OR treatment' ORDER BY iri")
        of_words = [(iri, round(score, 6)) for iri, score in worth]
    # The digest of the manifest has what things are called, not what this is found by where it is misspelled.
    with closing(sqlite3.connect(release.names)) as index:
        loose = list(index.execute("SELECT * FROM loose ORDER BY kind, key, thing"))
        loose += index.execute("SELECT * FROM kind ORDER BY thing, kind")
        loose += index.execute(
            "SELECT DISTINCT kind, name FROM spelling JOIN name USING (kind, name) ORDER BY kind, name"
        )
    return {"manifest": release.manifest, "loose": loose, "found": found, "of words": of_words}


def _inodes(release: Release) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in (release.folder / "parts").glob("inferred-*.lines")}


def _changed(files: GraphFiles, random: Random) -> str:
    """Change something in the data; in words, what."""
    path = random.choice(files.data)
    triples = read_turtle(path)
    chosen = random.choice(triples)
    of_it = [triple for triple in triples if triple.subject == chosen.subject]
    others = [triple for triple in triples if triple.subject != chosen.subject]
    literals = [t for t in of_it if isinstance(t.object, Literal) and t.object.language is None]
    match random.choice(("lost", "value", "thing", "copy", "moved", "file", "year")):
        case "lost":
            _write(path, [triple for triple in triples if triple != chosen])
            return f"{chosen} is lost"
        case "value" if literals:
            old = random.choice(literals)
            value = old.object
            assert isinstance(value, Literal)
            _write(path, [t for t in triples if t != old] + [Triple(old.subject, old.predicate, _other(value))])
            return f"{old} has another value"
        case "thing":
            _write(path, others)
            return f"{chosen.subject} is gone"
        case "copy":
            assert isinstance(chosen.subject, NamedNode)
            copy = NamedNode(f"{chosen.subject.value}-again")
            _write(path, [*triples, *(Triple(copy, t.predicate, t.object) for t in of_it)])
            return f"{chosen.subject} is there twice"
        case "moved":
            other = random.choice(files.data)
            if other != path:
                _write(other, [*read_turtle(other), *of_it])
                _write(path, others)
            return f"{chosen.subject} stands in another file"
        case "file":
            path.rename(path.with_name(f"{path.stem}-renamed.ttl"))
            return f"{path.name} has another name"
    years = [t for t in triples if t.predicate.value == TERMS + "year"]
    later = Literal("2030", datatype=NamedNode(PREFIXES["xsd"] + "gYear"))
    _write(path, [Triple(t.subject, t.predicate, later if t in years[:1] else t.object) for t in triples])
    return "one year is the latest"


def _other(value: Literal) -> Literal:
    return Literal(f"{value.value}1" if value.value.isdecimal() else f"{value.value}!", datatype=value.datatype)


@pytest.mark.parametrize("seed", range(2 * FACTOR))
def test_a_build_after_changes_is_that_of_the_changed_files(graph: GraphFiles, seed: int, tmp_path: Path) -> None:
    random = Random() if EXPLORE else Random(seed)
    releases = Releases(tmp_path / "releases")
    assert isinstance(_outcome(graph, releases), dict)
    changes = []
    for step in range(3):
        before = {path: path.read_bytes() for path in graph.data}
        changes.append(_changed(graph, random))
        found = _outcome(graph, releases)
        assert found == _outcome(graph, Releases(tmp_path / f"anew-{step}")), changes
        if isinstance(found, str):
            # What breaks a rule is taken back, so that the next change is seen by itself.
            for path in set(graph.data) - set(before):
                path.unlink()
            for path, content in before.items():
                path.write_bytes(content)


def test_a_change_makes_the_groups_anew_that_it_touches_and_no_others(graph: GraphFiles, tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases")
    first = _inodes(build(graph, releases))
    path, statement = next(
        (path, triple)
        for path in graph.data
        for triple in read_turtle(path)
        if triple.predicate.value == TERMS + "participants" and isinstance(triple.object, Literal)
    )
    assert isinstance(statement.object, Literal)
    more = Triple(statement.subject, statement.predicate, Literal(int(statement.object.value) + 1))
    _write(path, [more if triple == statement else triple for triple in read_turtle(path)])
    second = _inodes(build(graph, releases))
    assert second.keys() == first.keys()
    assert [name for name in first if first[name] != second[name]] == [f"{_group(graph, statement)}.lines"]


def _group(files: GraphFiles, statement: Triple) -> str:
    said = [triple for path in files.data for triple in read_turtle(path)]
    many = parts.groups_for(len({t.subject for t in said if t.object == NamedNode(TERMS + "Statement")}))
    of_it = {t.predicate.value: t.object for t in said if t.subject == statement.subject}
    condition = of_it.get(TERMS + "condition", statement.subject)
    assert isinstance(condition, NamedNode)
    return parts.group_part(parts.group_of(condition.value, many))


def test_what_another_part_says_too_stays(graph: GraphFiles, tmp_path: Path) -> None:
    one, other = graph.data[:2]
    said = read_turtle(one)
    _write(other, [*read_turtle(other), *said])
    releases = Releases(tmp_path / "releases")
    twice = build(graph, releases)
    _write(one, [triple for triple in said if triple.subject != said[0].subject])
    once = build(graph, releases)
    assert once.nquads.read_bytes() == twice.nquads.read_bytes()
    assert len(Store.read_only(str(once.store))) == len(Store.read_only(str(twice.store)))


def test_what_was_kept_and_is_damaged_is_made_anew(graph: GraphFiles, tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases")
    release = build(graph, releases)
    damaged = list((release.folder / "parts").glob("*.things"))
    for path in damaged:
        path.write_bytes(path.read_bytes()[:-5])
    assert build(graph, releases).digest == release.digest
    for path in damaged:
        zlib.decompress(path.read_bytes())
        path.write_bytes(path.read_bytes()[:-5])
    _changed(graph, Random(4))
    assert _outcome(graph, releases) == _outcome(graph, Releases(tmp_path / "anew"))


@pytest.mark.parametrize("kept", ["data-", "inferred-0", "inferred-rest-"])
def test_what_was_kept_and_is_missing_is_made_anew(graph: GraphFiles, tmp_path: Path, kept: str) -> None:
    releases = Releases(tmp_path / "releases")
    release = build(graph, releases)
    for path in (release.folder / "parts").glob(f"{kept}*.lines"):
        path.unlink()
    assert not release.is_sound()
    assert build(graph, releases).is_sound()
    _changed(graph, Random(4))
    assert _outcome(graph, releases) == _outcome(graph, Releases(tmp_path / "anew"))


def test_builds_after_builds_gather_neither_names_nor_logs(graph: GraphFiles, tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases")
    found = set()
    for note in ("One note", "Another", "And another"):
        (graph.folder / "data" / "x.ttl").write_text(
            "@prefix ivig: <https://w3id.org/ivig/ontology#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
            f'<https://w3id.org/ivig/journal/x> a ivig:Journal ; skos:prefLabel "X"@en ; skos:note "{note}"@en .\n'
        )
        release = build(graph_files(graph.folder), releases)
        with closing(sqlite3.connect(release.names)) as index:
            (spellings,) = index.execute("SELECT count(*) FROM spelling").fetchone()
        found.add((spellings, len(list(release.store.glob("LOG*")))))
    assert len(found) == 1, found


def test_groups_entail_and_derive_what_the_whole_does(graph: GraphFiles, tmp_path: Path) -> None:
    release = build(graph, Releases(tmp_path / "releases"))
    sources = read(graph)
    entailed = infer(sources)
    seen = {ONTOLOGY_GRAPH: sources.ontology, DATA_GRAPH: sources.data, INFERRED_GRAPH: entailed}
    whole = lines_of([*entailed, *derive(seen, graph.queries)], INFERRED_GRAPH)
    ending = f"<{INFERRED_GRAPH}> .\n".encode()
    assert [line for line in release.nquads.read_bytes().splitlines(keepends=True) if line.endswith(ending)] == whole
    assert len(_inodes(release)) > 3


def test_a_broken_file_among_many_is_named(graph: GraphFiles, tmp_path: Path) -> None:
    graph.data[5].write_text("<a> <b> .")
    with pytest.raises(BadTurtle, match=rf"data/{graph.data[5].name}, line 1"):
        build(graph, Releases(tmp_path / "releases"))


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "import time\nprint('?', flush=True)\ntime.sleep(60)"])
def test_a_process_that_ends_or_says_something_else_is_told(
    graph: GraphFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(program)
    monkeypatch.setattr("ivig.build.part_workers._WORKER", worker)
    with pytest.raises(BadInput, match="a process of the build ended with (3|-9)"):
        build(graph, Releases(tmp_path / "releases"))
    assert Releases(tmp_path / "releases").current() is None


def test_a_build_whose_processes_cannot_begin_ends(
    graph: GraphFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("ivig.build.part_workers.sys.executable", str(tmp_path / "no such program"))
    with pytest.raises(FileNotFoundError, match="no such program"):
        build(graph, Releases(tmp_path / "releases"))


def test_a_disk_that_is_full_is_told(graph: GraphFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("ivig.build.publish.write_search_index", full)
    with pytest.raises(NotThere, match=r"draft-.*: database or disk is full"):
        build(graph, Releases(tmp_path / "releases"))


def test_what_many_groups_break_is_told_once_with_its_file(graph: GraphFiles, tmp_path: Path) -> None:
    label = NamedNode(PREFIXES["skos"] + "prefLabel")
    path, condition = next(
        (path, triple.subject)
        for path in graph.data
        for triple in read_turtle(path)
        if triple.predicate.value == RDF_TYPE and triple.object == NamedNode(TERMS + "Condition")
    )
    _write(path, [t for t in read_turtle(path) if t.subject != condition or t.predicate != label])
    with pytest.raises(InvalidGraph) as error:
        build(graph, Releases(tmp_path / "releases"))
    assert str(error.value).splitlines()[0] == "1 rule of the shapes broken:"
    assert f"data/{path.name}: <condition/" in str(error.value)


@pytest.mark.parametrize("seed", range(5 * FACTOR))
def test_lines_are_merged_and_changed_as_sets_are(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivig.build.lines._RUN", 7)
    random = Random() if EXPLORE else Random(seed)
    all_lines = [f'<urn:{number:x}> <urn:p> "{"x" * (number % 7)}" <urn:g> .\n'.encode() for number in range(60)]
    some = [random.sample(all_lines, random.randrange(30)) for _ in range(4)]
    merged = io.BytesIO()
    counted = Written(merged)
    merge(some, counted)
    lines = {line for part in some for line in part}
    assert merged.getvalue().splitlines(keepends=True) == sorted(lines)
    assert counted.graphs["urn:g"] == len(lines)
    path = tmp_path / "old.nq"
    path.write_bytes(merged.getvalue())
    gone, new = (set(random.sample(all_lines, random.randrange(20))) for _ in range(2))
    changed = io.BytesIO()
    counted = Written(changed)
    counted.graphs["urn:g"] = len(lines)
    change(path, Changes(gone - new, new), counted)
    assert changed.getvalue().splitlines(keepends=True) == sorted((lines - gone) | new)
    assert counted.graphs["urn:g"] == len((lines - gone) | new)
