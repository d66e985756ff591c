"""A new release takes over while requests go on, and none of them fails."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from conftest import Run, serving
from ivig.build.pipeline import build
from ivig.build.release import Release, Releases
from ivig.errors import NotThere
from ivig.graph_files import graph_files
from ivig.web.running import reload
from query.test_sandbox import workers_of
from small import SOURCE, efficacy, folder_with


def _release(folder: Path, releases: Releases, direction: str) -> Release:
    data = folder / "data" / "ivig.ttl"
    text = data.read_text()
    for old in ("benefit", "harm", "mixed"):
        text = text.replace(f"direction/{old}>", f"direction/{direction}>")
    data.write_text(text)
    return build(graph_files(folder), releases)


@pytest.fixture
def small_graph(tmp_path: Path) -> tuple[Path, Releases]:
    folder = folder_with(tmp_path, SOURCE + efficacy("s", "benefit"))
    releases = Releases(tmp_path / "releases")
    build(graph_files(folder), releases)
    return folder, releases


def _make_current(releases: Releases, release: Release) -> None:
    draft = releases.folder / "draft"
    draft.symlink_to(release.folder.name)
    draft.replace(releases.folder / "current")


def test_no_request_fails_while_releases_change(small_graph: tuple[Path, Releases], run: Run) -> None:
    folder, releases = small_graph
    # Built before: beside clients that never rest it would take most of a minute.
    built = {direction: _release(folder, releases, direction) for direction in ("harm", "mixed", "benefit")}
    seen: list[tuple[int, str]] = []
    failures: list[str] = []
    stop = threading.Event()
    with serving("--graph", folder, "--releases", releases.folder) as (process, address):
        port = address.rpartition(":")[2]

        def client(number: int) -> None:
            with httpx.Client(base_url=address, timeout=20) as http:
                while not stop.is_set():
                    path = (
                        "/queries/conditions?format=csv"
                        if number % 2
                        else f"/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%20{number + 1}%23{time.monotonic()}"
                    )
                    try:
                        answer = http.get(path)
                        seen.append((answer.status_code, answer.text))
                    except httpx.HTTPError as error:
                        failures.append(repr(error))

        threads = [threading.Thread(target=client, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        first_workers = workers_of(process.pid)
        for direction in ("harm", "mixed", "benefit", "harm"):
            digest = built[direction].digest
            _make_current(releases, built[direction])
            done = run("reload", "--port", port)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout == f"Serving release {digest[:12]} at port {port}\n"
            assert httpx.get(f"{address}/health").json()["release"] == digest
            rows = httpx.get(f"{address}/queries/conditions").json()["results"]["bindings"]
            assert rows[0]["verdict"]["value"] == {"mixed": "contested"}.get(direction, direction)
        stop.set()
        for thread in threads:
            thread.join()
        assert failures == []
        assert {status for status, _ in seen} == {200}
        # Both were seen: the old release before, the new one after.
        assert len({text for _, text in seen if text.startswith("condition,")}) >= 2
        # The workers of the old releases are gone with them.
        assert len(workers_of(process.pid)) == 4
        assert not first_workers & workers_of(process.pid)


def test_a_release_that_cannot_be_opened_leaves_the_present_one(small_graph: tuple[Path, Releases], run: Run) -> None:
    folder, releases = small_graph
    with serving("--graph", folder, "--releases", releases.folder) as (_, address):
        port = address.rpartition(":")[2]
        before = httpx.get(f"{address}/health").json()["release"]
        link = releases.folder / "current"
        kept = link.readlink()
        broken = releases.folder / "release-broken"
        broken.mkdir()
        (broken / "manifest.json").write_text('{"digest": "x"}')
        link.unlink()
        link.symlink_to(broken.name)
        done = run("reload", "--port", port)
        assert done.returncode == 2
        assert f"the server keeps release {before[:12]}" in done.stderr
        assert "Traceback" not in done.stderr
        assert httpx.get(f"{address}/queries/conditions").status_code == 200
        metrics = httpx.get(f"{address}/metrics").text
        assert 'ivig_reloads_total{outcome="failed"} 1.0' in metrics
        link.unlink()
        link.symlink_to(kept)
        assert run("reload", "--port", port).returncode == 0


def test_a_release_that_is_damaged_while_it_is_served_is_told_without_its_place(
    small_graph: tuple[Path, Releases],
) -> None:
    folder, releases = small_graph
    current = releases.current()
    assert current is not None
    words = ("--graph", folder, "--releases", releases.folder)
    with serving(*words, complaints=("search.sqlite is missing",)) as (_, address):
        assert httpx.get(f"{address}/search?text=gout").status_code == 200
        current.search.unlink()
        answer = httpx.get(f"{address}/search?text=benefit", headers={"Accept": "application/json"})
        assert answer.status_code == 503
        assert "damaged" in answer.json()["detail"]
        page = httpx.get(f"{address}/search?text=patients", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert str(releases.folder) not in answer.text + page.text
        assert httpx.get(f"{address}/queries/conditions").status_code == 200


def test_there_is_nothing_to_reload_where_no_server_runs(run: Run) -> None:
    done = run("reload", "--port", "1")
    assert (done.returncode, done.stderr) == (
        2,
        "ivig: no server of yours runs at port 1: tell it as the user that it runs as, or with SIGHUP\n",
    )


def test_a_dataset_is_read_again(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "d.trig"
    path.write_text("<x:g> { <x:a> <x:b> 1 }")
    with serving("--dataset", path) as (_, address):
        ask = f"{address}/sparql?query=ASK%7BGRAPH%20%3Fg%20%7B%3Fs%20%3Fp%202%7D%7D"
        assert httpx.get(ask).json()["boolean"] is False
        path.write_text("<x:g> { <x:a> <x:b> 2 }")
        assert run("reload", "--port", address.rpartition(":")[2]).returncode == 0
        assert httpx.get(ask).json()["boolean"] is True


def test_of_a_dataset_that_is_read_again_one_copy_is_kept(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, place = tmp_path / "d.trig", tmp_path / "place"
    path.write_text("<x:g> { <x:a> <x:b> 0 }")
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))

    def copies() -> set[Path]:
        return set(place.glob("ivig-dataset-*/*"))

    with serving("--dataset", path) as (_, address):
        port = address.rpartition(":")[2]
        first = copies()
        assert len(first) == 1
        for number in (1, 2, 3):
            path.write_text(f"<x:g> {{ <x:a> <x:b> {number} }}")
            assert run("reload", "--port", port).returncode == 0
        end = time.monotonic() + 20
        while len(copies()) > 1:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert not copies() & first
        path.write_text("nonsense")
        assert run("reload", "--port", port).returncode == 2
        assert len(copies()) == 1
        ask = f"{address}/sparql?query=ASK%7BGRAPH%20%3Fg%20%7B%3Fs%20%3Fp%203%7D%7D"
        assert httpx.get(ask).json()["boolean"] is True
    assert not list(place.glob("ivig-dataset-*"))


def test_requests_in_flight_end_when_the_server_is_told_to_stop(releases: Path) -> None:
    with serving("--releases", releases, "--query-seconds", "60") as (process, address):
        answers: list[httpx.Response] = []
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?b ?q ?c . FILTER(STRLEN(STR(?c)) > 0) }"
        ask = threading.Thread(
            target=lambda: answers.append(httpx.post(f"{address}/sparql", data={"query": slow}, timeout=90))
        )
        ask.start()
        while "ivig_workers_busy 1.0" not in httpx.get(f"{address}/metrics").text:
            assert not answers
        process.send_signal(signal.SIGTERM)
        ask.join()
        process.wait(timeout=20)
        assert answers[0].status_code == 200
        assert int(answers[0].json()["results"]["bindings"][0]["n"]["value"]) > 1000
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/health")
    assert workers_of(process.pid) == set()


def test_query_files_are_read_anew(small_graph: tuple[Path, Releases], run: Run) -> None:
    folder, releases = small_graph
    with serving("--graph", folder, "--releases", releases.folder) as (_, address):
        query = folder / "queries" / "conditions.rq"
        query.write_text(query.read_text().replace("# title: ", "# title: Anew: "))
        (folder / "queries" / "added.rq").write_text(
            "# title: Added\n# column x: One.\nSELECT ?x { VALUES ?x { 1 } }\n"
        )
        build(graph_files(folder), releases)
        assert httpx.get(f"{address}/queries/added").status_code == 404
        assert run("reload", "--port", address.rpartition(":")[2]).returncode == 0
        titles = {each["name"]: each["title"] for each in httpx.get(f"{address}/queries?format=json").json()}
        assert titles["conditions"].startswith("Anew: ")
        assert httpx.get(f"{address}/queries/added?format=csv").text == "x\r\n1\r\n"


def test_a_server_that_died_while_it_wrote_its_note_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVIG_CACHE", str(tmp_path))
    note = tmp_path / "running" / "8000.json"
    note.parent.mkdir()
    note.write_text("[12,")
    file = os.open(note, os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)
    threading.Timer(0.2, os.close, [file]).start()
    with pytest.raises(NotThere, match="no server of yours runs at port 8000"):
        reload(8000, 1)
