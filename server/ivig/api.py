"""The public API: a graph that can be asked, searched and exported."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from ivig.query import graph as query_graph
from ivig.query.opening import open_graph


class Graph(query_graph.Graph):
    """A release of the graph with its saved queries: what `ivig.open()` gives."""

    def export(
        self,
        path: str | Path | None = None,
        format: str | None = None,
        *,
        citations: str | None = None,
        inferred: bool = True,
        **criteria: Any,
    ) -> bytes | None:
        """Write the graph, or a subgraph of it, with everything it mentions.

        :param path: the file to write, whole or not at all; None gives the bytes back
        :param format: one of the formats of `ivig export`; by the ending of the file where None, else Turtle
        :param citations: the publications instead, as `bibtex`, `ris` or `csl-json`
        :param inferred: whether to include what was derived
        :param criteria: what to select, as for `ivig export`: `condition="GBS"`, `level=["1", "2"]`, `year="2015-"`;
            one value or several
        :returns: the bytes where no path was given
        :raises UnknownName: for a name, format or criterion that is not known
        :raises BadInput: where nothing is selected, or a value cannot be read

        >>> import ivig
        >>> written = ivig.open().export(format="csv", condition="stiff person syndrome")
        >>> written.decode().startswith("statement,")
        True
        """
        from ivig.export import Exporter
        from ivig.export.formats import bibliography_named, format_of
        from ivig.io.atomic import finished_file

        exporter, selection = Exporter(self), _selection(criteria)
        out = io.BytesIO()
        if citations is not None:
            name = bibliography_named(citations).name
        else:
            name = format or format_of(Path(path).name if path else "").name
        exporter.write(selection, name, out, inferred=inferred)
        if path is None:
            return out.getvalue()
        with finished_file(Path(path)) as draft:
            draft.write_bytes(out.getvalue())
        return None


def _selection(criteria: dict[str, Any]) -> Any:
    from dataclasses import fields

    from ivig.errors import UnknownName
    from ivig.export import Selection
    from ivig.query.names import nearest

    known = [each.name for each in fields(Selection) if each.name != "mentioned"]
    for name in criteria:
        if name not in known:
            raise UnknownName("criterion", name, nearest(name, known)[:5], known)
    single = ("query", "parameters", "sparql", "depth")
    given: dict[str, Any] = {name: value if name in single else _several(value) for name, value in criteria.items()}
    return Selection(**given)


def _several(value: Any) -> tuple[str, ...]:
    return (str(value),) if isinstance(value, str | int) else tuple(map(str, value))


def open_public(graph: str | Path | None = None, releases: str | Path | None = None) -> Graph:
    """The graph, as `ivig.open` has it.

    :param graph: the folder of its files; else what IVIG_GRAPH says, else the package's own
    :param releases: where its releases are; else what IVIG_RELEASES says, else a place in the user's cache
    :raises NotThere: where there is no graph; Damaged, where its release is
    :raises BadInput: where a file of the graph cannot be read
    :raises InvalidGraph: where the graph breaks a shape or contradicts itself
    """
    folder = graph or os.environ.get("IVIG_GRAPH") or None
    home = releases or os.environ.get("IVIG_RELEASES") or None
    opened = open_graph(Path(folder) if folder else None, Path(home) if home else None)
    return Graph(opened.files, opened.release)
