"""Releases: the same files give the same digest, a failed or killed build leaves the last one, old ones go."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, Store

from conftest import IVIG, Run
from ivig.build import STAGES, build
from ivig.build.pipeline import sorted_nquads
from ivig.build.release import Release, Releases
from ivig.errors import BadTurtle, InvalidGraph, NotThere
from ivig.namespaces import GRAPHS
from ivig.settings import GraphFiles, graph_files
from small import SOURCE, efficacy, files_with, folder_with


@pytest.fixture
def small(tmp_path: Path) -> tuple[GraphFiles, Releases]:
    """A small graph with a release."""
    files = files_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    releases = Releases(tmp_path / "releases")
    build(files, releases)
    return files, releases


def _current(releases: Releases) -> Release:
    release = releases.current()
    assert release is not None
    return release


def test_the_same_files_give_the_same_digest(small: tuple[GraphFiles, Releases], tmp_path: Path) -> None:
    files, releases = small
    first = _current(releases).digest
    elsewhere = tmp_path / "elsewhere"
    files.folder.rename(elsewhere)
    again = build(graph_files(elsewhere), Releases(tmp_path / "others"))
    assert again.digest == first
    assert again.nquads.read_bytes() == _current(releases).nquads.read_bytes()


def test_the_digest_is_over_the_sorted_nquads_that_the_store_holds(graph_release: Release) -> None:
    nquads = graph_release.nquads.read_bytes()
    assert hashlib.sha256(nquads).hexdigest() == graph_release.digest
    lines = nquads.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    store = Store.read_only(str(graph_release.store))
    assert len(store) == len(lines) == sum(graph_release.manifest["graphs"].values())
    assert set(graph_release.manifest["graphs"]) == set(GRAPHS)


@pytest.fixture
def graph_release(releases: Path) -> Release:
    return _current(Releases(releases))


def test_blank_nodes_are_named_by_what_they_stand_for() -> None:
    p, graph = NamedNode("urn:p"), NamedNode("urn:g")

    def quads(one: str, two: str) -> bytes:
        return sorted_nquads(
            [Quad(BlankNode(one), p, BlankNode(two), graph), Quad(BlankNode(two), p, NamedNode("urn:x"), graph)]
        )

    assert quads("a", "b") == quads("z", "y")


def test_a_changed_file_changes_the_digest(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    first = _current(releases)
    (files.data[0]).write_text(files.data[0].read_text().replace('"gout"@en', '"podagra"@en'))
    assert first.stale(files)
    second = build(files, releases)
    assert second.digest != first.digest
    assert _current(releases).digest == second.digest
    assert not second.stale(files)


def test_a_change_of_the_same_length_is_seen(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    files.data[0].write_text(files.data[0].read_text().replace('"gout"@en', '"tuog"@en'))
    assert _current(releases).stale(files)


@pytest.mark.parametrize("name", ["internal/derive-3-verdict.rq", "internal/derive-1-evidence-line.rq"])
def test_a_changed_rule_makes_a_release_stale(tmp_path: Path, name: str) -> None:
    folder = folder_with(tmp_path, SOURCE)
    own = tmp_path / "own"
    shutil.copytree(folder, own, symlinks=False)
    files, releases = graph_files(own), Releases(tmp_path / "releases")
    build(files, releases)
    assert not _current(releases).stale(files)
    rule = own / "queries" / name
    rule.write_text(rule.read_text() + "# another comment\n")
    assert _current(releases).stale(files)


def test_a_touched_file_with_the_same_bytes_is_not_stale(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    os.utime(files.data[0], (0, 0))
    assert not _current(releases).stale(files)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda text: text + "<broken", BadTurtle),
        (lambda text: text.replace("ivig:direction <direction/benefit> ;", ""), InvalidGraph),
        (lambda text: text + "<citation/c> a ivig:CandidateCitation, ivig:Citation .", InvalidGraph),
    ],
)
def test_a_failed_build_leaves_the_last_good_release(
    small: tuple[GraphFiles, Releases], change: Callable[[str], str], error: type[Exception]
) -> None:
    files, releases = small
    good = _current(releases).digest
    files.data[0].write_text(change(files.data[0].read_text()))
    with pytest.raises(error):
        build(files, releases)
    assert _current(releases).digest == good
    assert not list(releases.folder.glob("draft-*"))


def test_stages_are_told_in_order(tmp_path: Path) -> None:
    told: list[str] = []
    build(files_with(tmp_path, SOURCE), Releases(tmp_path / "releases"), told.append)
    assert tuple(told) == STAGES


@pytest.mark.parametrize("stage", STAGES[:-1])
def test_a_build_killed_after_a_stage_leaves_the_last_good_release(tmp_path: Path, stage: str) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    releases = Releases(tmp_path / "releases")
    good = build(graph_files(folder), releases).digest
    data = folder / "data" / "ivig.ttl"
    data.write_text(data.read_text().replace('"gout"@en', '"podagra"@en'))
    command = [IVIG, "build", "--graph", folder, "--releases", releases.folder]
    with subprocess.Popen(command, stdout=-3, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        # Each stage has a line of its own once it is over.
        assert any(line.split()[:1] == [stage] for line in process.stderr)
        os.killpg(process.pid, signal.SIGKILL)
    current = _current(releases)
    assert current.digest == good
    assert len(Store.read_only(str(current.store))) == sum(current.manifest["graphs"].values())
    build(graph_files(folder), releases)
    assert _current(releases).digest != good


def test_what_a_killed_build_left_is_swept_once_it_is_old(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    old, new = releases.folder / "draft-old", releases.folder / "draft-new"
    for draft in (old, new):
        draft.mkdir()
    day_before = time.time() - 25 * 3600
    os.utime(old, (day_before, day_before))
    files.data[0].write_text(files.data[0].read_text().replace('"gout"@en', '"podagra"@en'))
    build(files, releases)
    assert (old.exists(), new.exists()) == (False, True)


def test_only_the_last_releases_are_kept(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    text = files.data[0].read_text()
    for number in range(4):
        files.data[0].write_text(text.replace('"gout"@en', f'"gout {number}"@en'))
        build(files, releases)
    kept = list(releases.folder.glob("release-*"))
    assert len(kept) == 3
    assert _current(releases).folder in kept


def test_the_manifest_names_tools_and_counts(graph_release: Release) -> None:
    manifest = json.loads((graph_release.folder / "manifest.json").read_text())
    statements = 70 + 1594  # of the two documents, and one for each record of the literature
    assert manifest["things"]["Statement"] == statements
    assert manifest["things"]["Passage"] == 33
    assert set(manifest["tools"]) == {"ivig", "pyoxigraph"}


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/proc/nowhere"])
def test_releases_that_cannot_be_kept_are_said_before_the_first_stage(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").touch()
    files = files_with(tmp_path / "graph", SOURCE + efficacy("s", "benefit"))
    stages: list[str] = []
    with pytest.raises(NotThere, match="the releases folder .* cannot be used: ") as raised:
        build(files, Releases(tmp_path / place), stages.append)
    assert str(tmp_path / place) in str(raised.value)
    assert stages == []


def test_a_releases_folder_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("current")
    with pytest.raises(NotThere, match="cannot be used: Symlink loop"):
        Releases(tmp_path).current()


def test_the_command_says_which_place_cannot_be_used(run: Run, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    for words, environment in (("--releases /proc/nowhere", {}), ("", {"IVIG_CACHE": "/proc/nowhere"})):
        done = run("serve", "--graph", folder, *words.split(), IVIG_RELEASES="", **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("ivig: the releases folder /proc/nowhere"), done.stderr


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _all(release: Release, pattern: str) -> list[Path]:
    return sorted(release.store.glob(pattern))


DAMAGES: dict[str, Callable[[Release], object]] = {
    "no store": lambda release: shutil.rmtree(release.store),
    "no table": lambda release: _all(release, "*.sst")[0].unlink(),
    "half a table": lambda release: _truncated(_all(release, "*.sst")[-1]),
    "no list of tables": lambda release: (release.store / "CURRENT").unlink(),
    "no names": lambda release: release.names.unlink(),
    "half of the names": lambda release: _truncated(release.names),
    "other names": lambda release: release.names.write_text('{"labels": {}, "kinds": []}'),
    "a list of names": lambda release: release.names.write_text("[]"),
    "another manifest": lambda release: (release.folder / "manifest.json").write_text('{"digest": 1}'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_release_is_said_and_the_next_build_makes_it_anew(
    small: tuple[GraphFiles, Releases], run: Run, damage: str
) -> None:
    files, releases = small
    release = _current(releases)
    digest = release.digest
    DAMAGES[damage](_current(releases))
    words = ["--graph", files.folder, "--releases", releases.folder]
    asked = ("query", "evidence-for-condition", "--condition", "gout")
    for command in (asked, ("serve", "--port", "0")):
        done = run(*command, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"the release in {release.folder} is damaged: " in done.stderr, done.stderr
        assert "`ivig build`" in done.stderr
        assert "Traceback" not in done.stderr
    assert build(files, releases).digest == digest
    assert _current(releases).is_sound()
    assert run(*asked, *words).returncode in (0, 2)
    assert "damaged" not in run(*asked, *words).stderr


def test_a_sound_release_is_not_touched_by_another_build(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    before = _current(releases).store.stat().st_ino
    build(files, releases)
    assert _current(releases).store.stat().st_ino == before
