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
from pyoxigraph import BlankNode, NamedNode, Store, Triple

import ivig
from conftest import IVIG, ROOT, Run
from ivig.build.lines import canonical
from ivig.build.pipeline import STAGES, build
from ivig.build.release import Release, Releases
from ivig.errors import BadTurtle, InvalidGraph, NotThere
from ivig.graph_files import GraphFiles, graph_files
from ivig.namespaces import GRAPHS
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


def test_the_digest_is_over_the_sorted_nquads_that_the_store_holds_and_the_query_files(graph_release: Release) -> None:
    nquads = graph_release.nquads.read_bytes()
    total = hashlib.sha256(nquads)
    for path in sorted(
        (ROOT / "queries").rglob("*.rq"), key=lambda path: path.relative_to(ROOT / "queries").as_posix()
    ):
        content = path.read_bytes()
        total.update(f"{path.relative_to(ROOT / 'queries').as_posix()}\0{len(content)}\0".encode() + content)
    assert total.hexdigest() == graph_release.digest
    lines = nquads.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    # Names that terms have on their way through an engine stay there.
    assert b"urn:ivig:" not in nquads
    store = Store.read_only(str(graph_release.store))
    assert len(store) == len(lines) == sum(graph_release.manifest["graphs"].values())
    assert set(graph_release.manifest["graphs"]) == set(GRAPHS)


@pytest.fixture
def graph_release(releases: Path) -> Release:
    return _current(Releases(releases))


def test_blank_nodes_are_named_by_what_they_stand_for() -> None:
    p = NamedNode("urn:p")

    def triples(one: str, two: str) -> set[Triple]:
        return set(
            canonical([Triple(BlankNode(one), p, BlankNode(two)), Triple(BlankNode(two), p, NamedNode("urn:x"))])
        )

    assert triples("a", "b") == triples("z", "y")


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


@pytest.mark.parametrize(
    "name", ["internal/derive-14-verdict.rq", "internal/derive-02-evidence-line.rq", "conditions.rq"]
)
def test_a_changed_query_makes_a_release_stale_and_another_digest(tmp_path: Path, name: str) -> None:
    folder = folder_with(tmp_path, SOURCE)
    own = tmp_path / "own"
    shutil.copytree(folder, own, symlinks=False)
    files, releases = graph_files(own), Releases(tmp_path / "releases")
    first = build(files, releases)
    assert not first.stale(files)
    query = own / "queries" / name
    query.write_text(query.read_text() + "# another comment\n")
    assert first.stale(files)
    second = build(files, releases)
    assert second.digest != first.digest
    assert (second.queries / name).read_text().endswith("# another comment\n")
    assert not (first.queries / name).read_text().endswith("# another comment\n")


def test_saved_queries_are_those_of_the_release(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    releases = tmp_path / "releases"
    old = ivig.open(files.folder, releases)
    (files.queries / "conditions.rq").write_text("# title: Another\nSELECT ?condition { BIND(1 AS ?condition) }\n")
    assert ivig.open(files.folder, releases).queries["conditions"].title == old.queries["conditions"].title != "Another"
    build(files, Releases(releases))
    assert ivig.open(files.folder, releases).query("conditions").rows == [{"condition": 1}]
    assert old.queries["conditions"].title != "Another"


def test_others_may_read_a_release_whatever_the_umask(tmp_path: Path) -> None:
    files, releases = files_with(tmp_path, SOURCE + efficacy("s", "benefit")), Releases(tmp_path / "releases")
    mask = os.umask(0o077)
    try:
        build(files, releases)
    finally:
        os.umask(mask)
    release = _current(releases)
    for path in (releases.folder, release.folder, *release.folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path
    # One of before that is published again is opened too.
    release.folder.chmod(0o700)
    release.names.chmod(0o600)
    build(files, releases)
    assert (release.folder.stat().st_mode & 0o777, release.names.stat().st_mode & 0o777) == (0o755, 0o644)


def test_what_only_reads_leaves_the_release_of_another_graph(
    small: tuple[GraphFiles, Releases], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --graph the package's graph is meant; the folder of releases holds that of another."""
    files, releases = small
    before = {path.name for path in releases.folder.iterdir()}, _current(releases).digest
    done = run(
        "query", "evidence-for-condition", "--condition", "gout", "--format", "csv", "--releases", releases.folder
    )
    assert done.returncode == 0
    assert f"The release in {releases.folder} is of another graph, {files.folder}, and is asked as it is" in done.stderr
    assert "condition/gout" in done.stdout
    assert ivig.open(releases=releases.folder).release.digest == before[1]
    assert "of another graph" in capsys.readouterr().err
    assert ({path.name for path in releases.folder.iterdir()}, _current(releases).digest) == before


def test_what_only_reads_keeps_the_release_of_a_package_in_a_folder_that_was_named(
    small: tuple[GraphFiles, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed package that brought new files builds anew in the user's cache, and nowhere else."""
    files, _ = small
    packaged = files._replace(packaged=True)
    monkeypatch.setattr("ivig.query.opening.graph_files", lambda folder: packaged)
    monkeypatch.setattr("ivig.build.release.cache_folder", lambda: files.folder.parent / "cache")
    named, cached = files.folder.parent / "named", None
    old = ivig.open(releases=named).release.digest, ivig.open(releases=cached).release.digest
    files.data[0].write_text(files.data[0].read_text().replace('"gout"@en', '"podagra"@en'))
    assert ivig.open(releases=named).release.digest == old[0]
    assert ivig.open(releases=cached).release.digest != old[1]


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
    told: list[tuple[str, float]] = []
    build(files_with(tmp_path, SOURCE), Releases(tmp_path / "releases"), lambda *stage: told.append(stage))
    assert tuple(dict.fromkeys(stage for stage, _ in told)) == STAGES
    assert told == sorted(told, key=lambda stage: (STAGES.index(stage[0]), stage[1]))
    assert ("infer", 1) in told


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


def test_the_manifest_names_tools_and_counts(tmp_path: Path) -> None:
    files = files_with(tmp_path, SOURCE + efficacy("s", "benefit") + efficacy("t", "harm"))
    release = build(files, Releases(tmp_path / "releases"))
    manifest = json.loads((release.folder / "manifest.json").read_text())
    assert manifest["things"]["Statement"] == 2
    assert manifest["things"]["Passage"] == 1
    assert set(manifest["tools"]) == {"ivig", "pyoxigraph", "pyrudof", "reasonable"}


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
    served, asked = ["serve", "--releases", "/proc/nowhere"], ["query", "conditions"]
    for words, environment in ((served, {}), (asked, {"IVIG_CACHE": "/proc/nowhere"})):
        done = run(*words, "--graph", folder, IVIG_RELEASES="", **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("ivig: the releases folder /proc/nowhere"), done.stderr


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _all(release: Release, pattern: str) -> list[Path]:
    return sorted(release.store.glob(pattern))


DAMAGES: dict[str, Callable[[Release], object]] = {
    "no store": lambda release: shutil.rmtree(release.store),
    "half a table": lambda release: _truncated(_all(release, "*.sst")[-1]),
    "no names": lambda release: release.names.unlink(),
    "half of the names": lambda release: _truncated(release.names),
    "other names": lambda release: release.names.write_bytes(b"no database"),
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


@pytest.mark.parametrize("index", ["names", "search"])
def test_a_damaged_page_of_an_index_is_noticed(small: tuple[GraphFiles, Releases], index: str) -> None:
    release = _current(small[1])
    path: Path = getattr(release, index)
    whole = path.read_bytes()
    size = int.from_bytes(whole[16:18], "big")
    for start in range(size, len(whole), size):
        path.write_bytes(whole[:start] + b"\xff" * size + whole[start + size :])
        assert not release.is_sound(), start // size
    path.write_bytes(whole)
    assert release.is_sound()


def test_a_damaged_block_of_the_store_is_noticed_and_the_next_build_mends_it(
    small: tuple[GraphFiles, Releases],
) -> None:
    files, releases = small
    release = _current(releases)
    for path in _all(release, "*.sst"):
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(
            whole[:middle] + bytes(byte ^ 255 for byte in whole[middle : middle + 8]) + whole[middle + 8 :]
        )
        assert not release.is_sound(), path.name
        path.write_bytes(whole)
    assert release.is_sound()
    _all(release, "*.sst")[0].write_bytes(whole + b"?")
    assert build(files, releases).digest == release.digest
    assert _current(releases).is_sound()


def test_a_sound_release_is_not_touched_by_another_build(small: tuple[GraphFiles, Releases]) -> None:
    files, releases = small
    before = _current(releases).store.stat().st_ino
    build(files, releases)
    assert _current(releases).store.stat().st_ino == before
