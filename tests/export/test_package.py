"""Packages: complete, checkable by others' tools, and a changed byte is named."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from rocrate.rocrate import ROCrate

from conftest import Run
from ivig.errors import BadInput, NotThere
from ivig.export import Exporter, Selection
from ivig.export.package import write_package
from ivig.export.verify import verify_package
from ivig.namespaces import TERMS

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
    assert files == written - {"SHA256SUMS", "ro-crate-metadata.json"}
    assert {"data/statements.nq", "data/statements.ttl", "README.md", "LICENSE-DATA", "CITATION.cff", "selection.json",
            "dataset.ttl", "shapes/statement.ttl", "ontology/ivig.ttl"} <= files  # fmt: skip
    assert crate.root_dataset["version"] == exporter.graph.release.digest
    assert crate.license.id == "https://creativecommons.org/licenses/by/4.0/"
    assert all(len(crate.get(name)["sha256"]) == 64 for name in files)


def test_others_tools_check_and_read_it(made: Path, exporter: Exporter) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=made, check=True, capture_output=True)
    statements = exporter.part(KAWASAKI).statements
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
    assert exporter.part(again).statements == exporter.part(KAWASAKI).statements


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


def test_the_whole_graph_is_told_by_the_digest_of_the_release(exporter: Exporter, tmp_path: Path) -> None:
    write_package(exporter, Selection(), "nquads", tmp_path / "all")
    found = verify_package(tmp_path / "all")
    assert not found.problems
    assert found.release == exporter.graph.release.digest
    asked = (tmp_path / "all" / "selection.json").read_text().replace(found.release, "0" * 64)
    (tmp_path / "all" / "selection.json").write_text(asked)
    _sum_anew(tmp_path / "all")
    assert any("not the whole graph of the release" in problem for problem in verify_package(tmp_path / "all").problems)


def _sum_anew(package: Path) -> None:
    """As somebody would who wants to hide a change."""
    names = sorted(
        p.relative_to(package).as_posix() for p in package.rglob("*") if p.is_file() and p.name != "SHA256SUMS"
    )
    sums = subprocess.run(["sha256sum", *names], cwd=package, capture_output=True, text=True, check=True).stdout
    (package / "SHA256SUMS").write_text(sums)


def test_a_zip_is_the_same_package(exporter: Exporter, tmp_path: Path) -> None:
    path = tmp_path / "kawasaki.zip"
    write_package(exporter, KAWASAKI, "turtle", path)
    assert [one.name for one in tmp_path.iterdir()] == ["kawasaki.zip"]
    assert not verify_package(path).problems
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("data/statements.nq")
    content[entry.header_offset + 200] ^= 0xFF
    path.write_bytes(content)
    assert verify_package(path).problems == ["data/statements.nq: changed"]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda p: (p / "SHA256SUMS").unlink(), "it has no SHA256SUMS"),
        (lambda p: (p / "SHA256SUMS").write_text("nonsense\n"), "a line that is no checksum"),
        (lambda p: (p / "SHA256SUMS").write_text("0" * 64 + "  ../../etc/passwd\n"), "a line that is no checksum"),
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


def test_a_zip_that_claims_to_be_huge_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivig.export.verify.MOST_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("SHA256SUMS", b"0" * 10_000)
    with pytest.raises(BadInput, match="more than 1000 bytes"):
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
    assert "statements keep the shapes" in checked.stdout
    run("export", "--condition", "LEMS", "--package", "lems")
    (tmp_path / "lems" / "README.md").write_text("changed")
    found = run("verify", "lems")
    assert (found.returncode, found.stdout) == (1, "README.md: changed\n")
