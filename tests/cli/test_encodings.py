"""Files with a byte order mark, or in another encoding than UTF-8, as a user gives them to commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Run
from ivig.build.dataset import publish_dataset

QUERY = "SELECT ?s WHERE {\r\n ?s <https://w3id.org/ivig/ontology#condition> <https://w3id.org/ivig/condition/kawasaki-disease> } LIMIT 3\r\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    "words", [("sparql", "--format", "csv", "--file"), ("export", "--format", "turtle", "--sparql")]
)
def test_a_query_in_a_file(run: Run, tmp_path: Path, encoding: str, words: tuple[str, ...]) -> None:
    (tmp_path / "q.rq").write_bytes(QUERY.encode(encoding))
    done = run(*words, "q.rq")
    assert done.returncode == 0, done.stderr
    assert "statement/" in done.stdout


def test_a_dataset_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "mark.nq").write_bytes(b'\xef\xbb\xbf<http://e/s> <http://e/p> "x" <http://e/g> .\n')
    assert publish_dataset(tmp_path / "mark.nq", tmp_path).manifest["graphs"] == {"http://e/g": 1}
