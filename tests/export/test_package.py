"""Packages: complete, checkable by others' tools, and a changed byte is named."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import rdflib
import yaml
from rocrate.rocrate import ROCrate

from conftest import ROOT, Run
from ivig.build.pipeline import build
from ivig.build.release import Releases
from ivig.errors import BadInput, NotThere
from ivig.export import Exporter, Selection
from ivig.export.crate import citation_with, write_package
from ivig.export.verify import verify_package
from ivig.namespaces import ANCESTORS_GRAPH, BASE, INFERRED_GRAPH, TERMS
from ivig.query import Graph
from small import SOURCE, efficacy, files_with, linked_graph

pytestmark = pytest.mark.peers

TOOLS = ROOT / "tests" / "tools"
OTHERS = TOOLS / ".others" / "bin"

KAWASAKI = Selection(condition=("Kawasaki disease",), direction=("benefit",))


@pytest.fixture(scope="module")
def made(exporter: Exporter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package in a folder."""
    path = tmp_path_factory.mktemp("packages") / "kawasaki"
    write_package(exporter, KAWASAKI, "turtle", path)
    return path


@pytest.fixture
def package(made: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(made, tmp_path / "package"))


def test_the_crate_is_read_by_its_library(made: Path, exporter: Exporter) -> None:
    crate = ROCrate(made)
    files = {entity.id for entity in crate.get_by_type("File")}
    written = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert files == written - {"ro-crate-metadata.json"}
    assert {"data/statements.nq", "data/statements.ttl", "README.md", "LICENSE-DATA", "CITATION.cff", "selection.json",
            "dataset.ttl", "shapes/statement.ttl", "ontology/ivig.ttl"} <= files  # fmt: skip
    assert crate.root_dataset["version"] == exporter.graph.release.digest
    assert crate.license.id == "https://creativecommons.org/licenses/by/4.0/"
    assert all(len(crate.get(name)["sha256"]) == 64 for name in files - {"SHA256SUMS"})
    assert (crate.isBasedOn.id, crate.isBasedOn["name"]) == (BASE + "dataset", "IVIG Evidence Graph")


def test_others_tools_check_and_read_it(made: Path, exporter: Exporter) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=made, check=True, capture_output=True)
    statements = exporter.subgraph(KAWASAKI).statements
    for name in ("data/statements.nq", "data/statements.ttl"):
        data = rdflib.Dataset(default_union=True)
        data.parse(made / name)
        found = set(data.subjects(rdflib.RDF.type, rdflib.URIRef(TERMS + "Statement")))
        assert {str(iri) for iri in found} == set(statements)
    asked = json.loads((made / "selection.json").read_text())
    assert asked["selection"] == {"condition": ["Kawasaki disease"], "direction": ["benefit"]}
    assert asked["release"] == exporter.graph.release.digest
    assert asked["release"] in (made / "CITATION.cff").read_text()
    assert asked["release"] in (made / "README.md").read_text()


def test_an_unchanged_package_is_found_unchanged(made: Path) -> None:
    found = verify_package(made)
    assert not found.problems
    assert found.statements > 10


def test_what_was_asked_can_be_asked_again(made: Path, exporter: Exporter) -> None:
    asked = json.loads((made / "selection.json").read_text())["selection"]
    again = Selection(**{name: tuple(values) for name, values in asked.items()})
    assert exporter.subgraph(again).statements == exporter.subgraph(KAWASAKI).statements


def test_a_query_comes_along(exporter: Exporter, tmp_path: Path) -> None:
    write_package(exporter, Selection(query="regimens", parameters={"condition": "GBS"}), "csv", tmp_path / "p")
    assert "condition/guillain-barre-syndrome>" in (tmp_path / "p" / "query.rq").read_text()
    assert (tmp_path / "p" / "data" / "statements.csv").is_file()
    assert not verify_package(tmp_path / "p").problems


@pytest.mark.parametrize("name", ["data/statements.nq", "README.md", "ro-crate-metadata.json", "shapes/statement.ttl"])
def test_a_changed_byte_is_named(package: Path, name: str) -> None:
    content = bytearray((package / name).read_bytes())
    content[len(content) // 2] ^= 1
    (package / name).write_bytes(content)
    assert verify_package(package).problems == [f"{name}: changed"]


def test_what_is_missing_or_added_is_named(package: Path) -> None:
    (package / "CITATION.cff").unlink()
    (package / "data" / "more.nq").write_text("")
    assert verify_package(package).problems == ["CITATION.cff: missing", "data/more.nq: not in SHA256SUMS"]


def test_data_that_break_the_rules_are_found_out_though_the_sums_were_made_anew(package: Path) -> None:
    data = package / "data" / "statements.nq"
    lines = [line for line in data.read_text().splitlines(keepends=True) if "ontology#direction>" not in line]
    data.write_text("".join(lines))
    _sum_anew(package)
    problems = verify_package(package).problems
    assert any("needs an ivig:direction" in problem for problem in problems)


def test_the_whole_graph_is_a_package_where_an_ontology_is_linked(tmp_path: Path) -> None:
    # What was linked is in the release and its digest, and stays out of every export.
    graph = linked_graph(tmp_path)
    write_package(Exporter(graph), Selection(), "nquads", tmp_path / "all")
    assert not verify_package(tmp_path / "all").problems
    assert json.loads((tmp_path / "all" / "selection.json").read_text())["left_out"] == [ANCESTORS_GRAPH]
    assert (
        "the whole graph; without what was linked of other ontologies\n" in (tmp_path / "all" / "README.md").read_text()
    )


@pytest.mark.parametrize("name", ["lems.zip", "lems"])
def test_the_same_subgraph_of_the_same_release_is_the_same_package(run: Run, tmp_path: Path, name: str) -> None:
    # Neither the order that a process happens to give an answer in nor its clock may show.
    for number, zone in enumerate(("UTC+11", "UTC-11")):
        (tmp_path / str(number)).mkdir()
        done = run(
            "export", "--condition", "LEMS", "--package", f"{number}/{name}", PYTHONHASHSEED=str(number), TZ=zone
        )
        assert done.returncode == 0, done.stderr
    first, second = (_bytes_of(tmp_path / str(number) / name) for number in (0, 1))
    assert (len(first) == 1) is (name == "lems.zip")
    assert first == second


def _bytes_of(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {file.name if file == path else file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def test_no_time_of_the_export_is_in_a_package(exporter: Exporter, made: Path, tmp_path: Path) -> None:
    # The day is that of the version, wherever and whenever the package is made.
    (released,) = re.findall(r'^date-released: "([0-9-]+)"$', (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert _root(made)["datePublished"] == released
    write_package(exporter, KAWASAKI, "csv", tmp_path / "k.zip")
    with zipfile.ZipFile(tmp_path / "k.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def _root(package: Path) -> dict[str, object]:
    entities = json.loads((package / "ro-crate-metadata.json").read_text())["@graph"]
    return next(entity for entity in entities if entity["@id"] == "./")


def test_two_installs_of_one_release_make_the_same_package(tmp_path: Path) -> None:
    """Built at other times in other folders, of a graph that says when it was released."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        files = files_with(tmp_path / name, SOURCE + efficacy("gout", "benefit"))
        shutil.copyfile(ROOT / "LICENSE-DATA", files.folder / "LICENSE-DATA")
        citation = (ROOT / "CITATION.cff").read_text()
        citation = re.sub(r"^date-released: .*$", "date-released: 2026-02-03", citation, flags=re.MULTILINE)
        (files.folder / "CITATION.cff").write_text(citation)
        release = build(files, Releases(tmp_path / name / "releases"))
        for number, path in enumerate(sorted(release.folder.iterdir())):
            os.utime(path, (number, 1_000_000_000 * len(name)))
        exporter = Exporter(Graph(files, release))
        write_package(exporter, Selection(), "csv", tmp_path / name / "p.zip")
        write_package(exporter, Selection(), "csv", tmp_path / name / "p")
    assert (tmp_path / "one" / "p.zip").read_bytes() == (tmp_path / "other" / "p.zip").read_bytes()
    assert _bytes_of(tmp_path / "one" / "p") == _bytes_of(tmp_path / "other" / "p")
    assert _root(tmp_path / "one" / "p")["datePublished"] == "2026-02-03"


def test_a_package_says_what_was_asked_for_and_what_was_left_out(exporter: Exporter, tmp_path: Path) -> None:
    write_package(exporter, Selection(condition=("gbs",)), "csv", tmp_path / "p", inferred=False)
    asked = json.loads((tmp_path / "p" / "selection.json").read_text())
    assert asked["selection"] == {"condition": ["gbs"]}
    assert asked["resolved"] == {"condition": [BASE + "condition/guillain-barre-syndrome"]}
    assert (asked["inferred"], asked["left_out"]) == (False, [INFERRED_GRAPH])
    crate = ROCrate(tmp_path / "p")
    readme = (tmp_path / "p" / "README.md").read_text()
    number = asked["statements"]
    words = "condition gbs; without what was inferred"
    assert crate.name == f"IVIG Evidence Graph: {words} ({number} statements)"
    assert crate.description == (
        f"{number} statements of the IVIG Evidence Graph, with everything that they mention. Asked for: {words}."
    )
    assert f"- asked for: {words}\n" in readme
    assert crate.get("data/statements.csv")["name"] == "the subgraph as table of the statements in CSV"
    assert "checked by: Effects: numbers that agree" in crate.get("shapes/effect.ttl")["name"]
    assert "`SHA256SUMS`: the SHA-256 of every other file" in readme


def test_what_lies_beside_the_shapes_stays_there(exporter: Exporter, tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE)
    (files.folder / "shapes" / "notes.txt").write_text("mine")
    (files.folder / "shapes" / "old").mkdir()
    beside = SimpleNamespace(graph=_with_files(exporter.graph, files), subgraph=exporter.subgraph, write=exporter.write)
    write_package(cast(Exporter, beside), KAWASAKI, "nquads", tmp_path / "p")
    names = sorted(path.name for path in (tmp_path / "p" / "shapes").iterdir())
    assert names == sorted(path.name for path in files.shapes)


def _with_files(graph: Graph, files: object) -> Graph:
    other = Graph.__new__(Graph)
    other.__dict__.update(graph.__dict__, files=files)
    return other


@pytest.mark.parametrize(
    "said",
    [
        'title: "A"',
        "identifiers:\n  - type: doi\n    value: 10.1/x\ntitle: A",
        "identifiers: [{type: doi, value: 10.1/x}]",
    ],
)
def test_the_digest_goes_to_the_identifiers_that_are_there(said: str) -> None:
    before = yaml.safe_load(said)
    after = yaml.safe_load(citation_with(before, "0" * 64))
    own = {"type": "other", "value": f"sha256:{'0' * 64}", "description": "Digest of the release"}
    assert after == {**before, "identifiers": [*before.get("identifiers", []), own]}


@pytest.mark.parametrize("text", ["title: [", "A graph, to be cited"])
def test_a_citation_file_that_is_none_is_named(exporter: Exporter, tmp_path: Path, text: str) -> None:
    files = files_with(tmp_path, SOURCE)
    (files.folder / "CITATION.cff").write_text(text)
    beside = SimpleNamespace(graph=_with_files(exporter.graph, files), subgraph=exporter.subgraph, write=exporter.write)
    with pytest.raises(BadInput, match="CITATION.cff"):
        write_package(cast(Exporter, beside), KAWASAKI, "nquads", tmp_path / "p")


def _sum_anew(package: Path) -> None:
    """As somebody would who wants to hide a change."""
    names = sorted(
        p.relative_to(package).as_posix() for p in package.rglob("*") if p.is_file() and p.name != "SHA256SUMS"
    )
    sums = subprocess.run(["sha256sum", *names], cwd=package, capture_output=True, text=True, check=True).stdout
    (package / "SHA256SUMS").write_text(sums)


def test_a_zip_is_the_same_package(exporter: Exporter, made: Path, tmp_path: Path) -> None:
    path = tmp_path / "kawasaki.zip"
    write_package(exporter, KAWASAKI, "turtle", path)
    assert [one.name for one in tmp_path.iterdir()] == ["kawasaki.zip"]
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == _bytes_of(made)
    assert verify_package(path) == verify_package(made)


def test_a_zip_that_was_packed_anew_is_the_same_package(made: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "again"), "zip", made)
    assert not verify_package(tmp_path / "again.zip").problems


def test_a_changed_byte_of_a_file_in_a_zip_is_found(exporter: Exporter, tmp_path: Path) -> None:
    path = tmp_path / "lems.zip"
    write_package(exporter, Selection(condition=("LEMS",), direction=("benefit",)), "csv", path)
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        ends = [*[entry.header_offset for entry in archive.infolist()][1:], archive.start_dir]
        starts = [end - entry.compress_size for entry, end in zip(archive.infolist(), ends, strict=True)]
    for start, end in zip(starts, ends, strict=True):
        position = random.Random(start).randrange(start, end - 1)
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        with pytest.raises(BadInput, match="changed, and cannot be unpacked"):
            verify_package(path)


def test_the_crate_validator_accepts_it(made: Path, tmp_path: Path) -> None:
    """All that it requires. It reads the context of RO-Crate from its cache, which is given the copy
    that the RO-Crate library brings."""
    command = [OTHERS / "rocrate-validator", "-y", "validate", made, "--offline"]
    options = ["--cache-path", _cache_with_context(tmp_path), "--output-format", "json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    spoilt = Path(shutil.copytree(made, tmp_path / "spoilt"))
    (spoilt / "README.md").unlink()
    command[3] = spoilt
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "README.md" in done.stdout


def _cache_with_context(folder: Path) -> Path:
    context = str(resources.files("rocrate") / "data" / "ro-crate.jsonld")
    address = "https://w3id.org/ro/crate/1.3/context"
    subprocess.run([OTHERS / "python", TOOLS / "crate_cache.py", address, context, folder / "cache"], check=True)
    return folder / "cache"


@pytest.mark.parametrize("name", ["selection.json", "ro-crate-metadata.json"])
@pytest.mark.parametrize("text", ["[" * 200_000, "{" * 9, "[]", '{"statements": ' + "9" * 5000 + "}"])
def test_what_only_looks_like_json_is_said(package: Path, name: str, text: str) -> None:
    (package / name).write_text(text)
    _sum_anew(package)
    with pytest.raises(BadInput, match=f"{name} cannot be read"):
        verify_package(package)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("data/statements.nq", "<x:a> <x:b> " + "<<( <x:a> <x:b> " * 200_000 + "<x:c>" + " )>>" * 200_000 + " .\n",
         "data/statements.nq: nested too deep to be read"),
        ("shapes/effect.ttl", "<x:a> <x:b> " + "<<(\n<x:a> <x:b> " * 200_000 + "<x:c>" + " )>>" * 200_000 + " .\n",
         "shapes/effect.ttl: nested too deep to be read"),
        ("shapes/effect.ttl", "<x:a> a <http://www.w3.org/ns/shacl#NodeShape> ; "
         + "<http://www.w3.org/ns/shacl#property> [ " * 20_000 + "]" * 20_000 + " .\n", "shapes/effect.ttl: nested too deep to be read"),
        ("shapes/effect.ttl", "nonsense", "shapes/effect.ttl: "),
    ],
    ids=["data", "triples in shapes", "shapes", "no turtle"],
)  # fmt: skip
def test_what_is_made_to_take_the_parser_down_is_said(
    package: Path, run: Run, name: str, text: str, problem: str
) -> None:
    (package / name).write_text(text)
    _sum_anew(package)
    done = run("verify", package)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(problem)


def test_a_package_without_shapes_is_not_said_to_keep_them(package: Path) -> None:
    shutil.rmtree(package / "shapes")
    _sum_anew(package)
    assert verify_package(package).problems == ["shapes: none, so that no rule could be checked"]


@pytest.mark.parametrize(
    ("add", "problem"),
    [
        (lambda p: (p / "evil").symlink_to("/etc"), "evil: a link, a device or a pipe, no file"),
        (lambda p: (p / "evil").symlink_to("README.md"), "evil: a link, a device or a pipe, no file"),
        (lambda p: (p / "data" / "evil").symlink_to("/nowhere"), "data/evil: a link, a device or a pipe, no file"),
        (lambda p: (p / "a\x1b[2J\nb").write_text(""), "a\\x1b[2J\\nb: not in SHA256SUMS"),
        (lambda p: Path(os.fsdecode(bytes(p / "a") + b"\xff")).write_text(""), "a\\udcff: not in SHA256SUMS"),
    ],
)
def test_what_is_added_to_a_folder_is_named_safely(package: Path, add: Callable[[Path], object], problem: str) -> None:
    add(package)
    problems = verify_package(package).problems
    assert problem in problems
    assert all(line.isprintable() for line in problems)


@pytest.mark.parametrize("name", ["SHA256SUMS", "data/statements.nq"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(package: Path, run: Run, name: str) -> None:
    (package / name).unlink()
    os.mkfifo(package / name)
    done = run("verify", package)
    assert done.returncode in (1, 2)
    assert "a link, a device or a pipe, no file" in done.stdout or "it has no SHA256SUMS" in done.stderr


def test_a_pipe_or_device_is_no_package(tmp_path: Path, run: Run) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    for name in ("pipe.zip", "/dev/zero"):
        done = run("verify", name)
        assert (done.returncode, done.stderr) == (2, f"ivig: {name} is no package: neither a folder nor a ZIP\n")


def _entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (_entry("../../evildir/", 0o040755), "../../evildir/ leads out of the package"),
        (_entry("../evil"), "../evil leads out of the package"),
        (_entry("/etc/evil"), "/etc/evil leads out of the package"),
        (_entry("..\\evil"), "..\\evil leads out of the package"),
        (_entry("c:evil"), "c:evil leads out of the package"),
        (_entry("README.md"), "two of its files have one name"),
        (_entry("evil", 0o120777), "evil is a link, a device or a pipe, no file"),
        (_entry("evil\x1b[2J", 0o010644), "evil\\x1b[2J is a link, a device or a pipe, no file"),
    ],
)
def test_a_zip_that_is_not_safe_to_unpack_is_refused(
    exporter: Exporter, tmp_path: Path, entry: zipfile.ZipInfo, message: str
) -> None:
    write_package(exporter, KAWASAKI, "csv", tmp_path / "k.zip")
    with zipfile.ZipFile(tmp_path / "k.zip", "a") as archive:
        archive.writestr(entry, b"")
    with pytest.raises(BadInput, match=re.escape(message)):
        verify_package(tmp_path / "k.zip")


def test_what_is_added_to_a_zip_is_named_safely(exporter: Exporter, tmp_path: Path) -> None:
    write_package(exporter, KAWASAKI, "csv", tmp_path / "k.zip")
    with zipfile.ZipFile(tmp_path / "k.zip", "a") as archive:
        archive.writestr(_entry("a\x1b[2J"), b"")
    assert verify_package(tmp_path / "k.zip").problems == ["a\\x1b[2J: not in SHA256SUMS"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda p: (p / "SHA256SUMS").unlink(), "it has no SHA256SUMS"),
        (lambda p: (p / "SHA256SUMS").write_text("nonsense\n"), "a line that is no checksum"),
        (lambda p: (p / "SHA256SUMS").write_text("0" * 64 + "  ../../etc/passwd\n"), "a line that is no checksum"),
        (lambda p: (p / "data" / "statements.nq").unlink() or _sum_anew(p), "data/statements.nq is missing"),
    ],
)
def test_what_is_no_package_is_said(package: Path, spoil: Callable[[Path], object], message: str) -> None:
    spoil(package)
    with pytest.raises(BadInput, match=message):
        verify_package(package)


def test_a_file_that_is_no_zip_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("hello")
    with pytest.raises(BadInput, match="neither a folder nor a ZIP"):
        verify_package(tmp_path / "x.zip")
    with pytest.raises(NotThere, match="No such file"):
        verify_package(tmp_path / "nowhere")


def test_a_zip_that_claims_to_be_huge_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(11):
            with archive.open(f"{number}", "w") as entry:
                for _ in range(100):
                    entry.write(bytes(1_000_000))
    with pytest.raises(BadInput, match="more than 1000 files or 1000000000 bytes, unpacked"):
        verify_package(tmp_path / "bomb.zip")


def test_a_folder_in_use_is_left_alone(exporter: Exporter, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(BadInput, match="is there already"):
        write_package(exporter, KAWASAKI, "turtle", tmp_path / "mine")
    with pytest.raises(BadInput, match="nothing in the graph fits"):
        write_package(exporter, Selection(condition=("LEMS",), direction=("harm",)), "turtle", tmp_path / "p")
    with pytest.raises(NotThere):
        write_package(exporter, KAWASAKI, "turtle", tmp_path / "no" / "folder.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_the_commands_make_and_check_a_package(run: Run, tmp_path: Path) -> None:
    made = run("export", "--condition", "LEMS", "--package", "lems.zip")
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    checked = run("verify", "lems.zip")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "unchanged, the shapes hold for " in checked.stdout
    run("export", "--condition", "LEMS", "--package", "lems")
    (tmp_path / "lems" / "README.md").write_text("changed")
    found = run("verify", "lems")
    assert (found.returncode, found.stdout) == (1, "README.md: changed\n")
