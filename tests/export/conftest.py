"""What the tests of this layer share: one exporter, and files written by it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from ivig.export import Exporter, Selection
from ivig.query import Graph

Written = Callable[..., bytes]


@pytest.fixture(scope="session")
def exporter(graph: Graph) -> Exporter:
    """Writes subgraphs of the real graph."""
    return Exporter(graph)


@pytest.fixture(scope="session")
def written(exporter: Exporter) -> Written:
    """What a selection looks like in a format."""

    def write(format_name: str, selection: Selection = Selection(), *, inferred: bool = True) -> bytes:  # noqa: B008
        out = io.BytesIO()
        exporter.write(selection, format_name, out, inferred=inferred)
        return out.getvalue()

    return write
