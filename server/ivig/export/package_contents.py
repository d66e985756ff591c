"""What a package holds: what was asked for, of which release, and what was left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from ivig import __version__
from ivig.export.exporter import Exporter
from ivig.export.package_files import SELECTION
from ivig.export.selection import Selection, resolved
from ivig.namespaces import ANCESTORS_GRAPH, INFERRED_GRAPH

_LEFT_OUT = {
    ANCESTORS_GRAPH: "what was linked of other ontologies",
    INFERRED_GRAPH: "what was inferred",
}


class Contents(NamedTuple):
    """What a package holds: a part of a graph, in which format beside N-Quads, with how many statements."""

    exporter: Exporter
    selection: Selection
    format_name: str
    inferred: bool
    statements: int

    @property
    def digest(self) -> str:
        return self.exporter.graph.release.digest

    @property
    def left_out(self) -> list[str]:
        """The graphs of the release of which nothing is in the package, whatever is picked."""
        graphs = self.exporter.graph.release.manifest["graphs"]
        absent = [ANCESTORS_GRAPH] if self.inferred else [ANCESTORS_GRAPH, INFERRED_GRAPH]
        return [graph for graph in absent if graph in graphs]

    @property
    def asked(self) -> str:
        """What was asked for, in a few words."""
        said = self.selection.described()
        if self.selection.sparql:
            said["sparql"] = "in query.rq"
        words = (f"{name.replace('_', ' ')} {_in_words(value)}" for name, value in said.items())
        return "; ".join(words) or "the whole graph"

    @property
    def without(self) -> str:
        """What was left out, in a few words; empty where nothing was."""
        return " and ".join(_LEFT_OUT[graph] for graph in self.left_out)


def write_selection(folder: Path, contents: Contents) -> None:
    """What was asked for, as it was typed and with the IRIs that it stood for."""
    meant = resolved(contents.exporter.graph, contents.selection)
    asked = {
        "selection": contents.selection.described(),
        "resolved": meant.described(),
        "inferred": contents.inferred,
        "left_out": contents.left_out,
        "statements": contents.statements,
        "release": contents.digest,
        "software": f"ivig {__version__}",
    }
    (folder / SELECTION).write_text(json.dumps(asked, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _in_words(value: object) -> str:
    if isinstance(value, list):
        return " or ".join(map(_in_words, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items())
    return " ".join(str(value).split())
