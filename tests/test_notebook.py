"""The notebook of the documentation runs, cell by cell, and draws its three pictures."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from conftest import ROOT


def test_the_notebook_runs(releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        # What Jupyter's own parts say of one another.
        warnings.simplefilter("ignore")
        import nbformat
        from nbclient import NotebookClient

        monkeypatch.setenv("IVIG_GRAPH", str(ROOT))
        monkeypatch.setenv("IVIG_RELEASES", str(releases))
        monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
        assert not any(cell.get("outputs") for cell in notebook.cells)
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 3
    assert not [output for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    assert (tmp_path / "pregnancy-loss.ttl").stat().st_size > 10_000
