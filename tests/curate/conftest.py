"""What the tests of curation share."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivig.graph_files import GraphFiles, graph_files
from record_samples import MECHANISMS
from small import SOURCE, folder_with


@pytest.fixture
def small(tmp_path: Path) -> GraphFiles:
    """A small graph that knows gout, pain and one mechanism."""
    return graph_files(folder_with(tmp_path, SOURCE + MECHANISMS))
