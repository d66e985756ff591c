"""KGX: nodes and edges in the terms of Biolink, as two tables or two files of JSON Lines in one archive."""

from __future__ import annotations

import gzip
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from ivig.export.biolink import ANY_PRODUCT, POLYVALENT, Edge, as_in_tables, edges, node, verdict_edge
from ivig.export.reading import Reading
from ivig.export.subgraph import Subgraph
from ivig.model.schema import schema
from ivig.query import Graph

_NODE = ("id", "category", "name", "iri", "xref", "synonym", "provided_by")
_EDGE = (
    "id", "subject", "predicate", "object", "category", "knowledge_level", "agent_type", "primary_knowledge_source",
    "publications", "negated", "disease_context_qualifier", "statement", "statement_kind", "direction", "study_type",
    "evidence_level", "participants", "studied_population", "comparison", "outcome", "intent", "recommendation",
    "recommended_by", "regulatory_status", "read_at", "verdict", "verdict_strength", "verdict_reason",
    "supporting_statements", "evidence_lines",
)  # fmt: skip
"""Of an edge; then those that it has from tables."""

Record = dict[str, Any]
_BAR = re.compile(r" *\| *")


def write(graph: Graph, subgraph: Subgraph, format_name: str, out: BinaryIO) -> None:
    """Write statements and verdicts as edges and what they mention as nodes: `ivig_nodes` and `ivig_edges` in a tar.gz.
    Edges go to disk as they come; nodes are held.

    :param graph: the one that the subgraph is of
    :param subgraph: what to write
    :param format_name: `kgx-jsonl` for JSON Lines, else TSV
    :param out: takes the archive
    """
    as_lines = format_name == "kgx-jsonl"
    suffix = "jsonl" if as_lines else "tsv"
    more = [column for column in as_in_tables(schema(graph.files)) if column.name not in _EDGE]
    nodes: dict[str, Record] = {}
    with TemporaryFile() as edge_file, TemporaryFile() as node_file:
        put = _writer(edge_file, (*_EDGE, *(column.name for column in more)), as_lines)

        def connect(read: Reading, edge: Edge) -> None:
            put(edge.properties)
            for thing in edge.mentions:
                if thing not in nodes:
                    nodes[thing] = node(read, thing)

        for statements, read in subgraph.readings(ANY_PRODUCT):
            for statement in statements:
                for edge in edges(read, statement, more):
                    connect(read, edge)
        verdicts = subgraph.verdicts()
        read = subgraph.reading_of(verdicts, POLYVALENT)
        for verdict in verdicts:
            connect(read, verdict_edge(read, verdict))
        put_node = _writer(node_file, _NODE, as_lines)
        for iri in sorted(nodes):
            put_node(nodes[iri])
        with _archive(out) as archive:
            _add(archive, f"ivig_nodes.{suffix}", node_file)
            _add(archive, f"ivig_edges.{suffix}", edge_file)


def _writer(out: BinaryIO, columns: tuple[str, ...], as_lines: bool) -> Callable[[Record], None]:
    if as_lines:
        return lambda record: _put(out, json.dumps(_without_bars(record), ensure_ascii=False))
    _put(out, "\t".join(columns))
    return lambda record: _put(out, "\t".join(map(_cell, map(_without_bars(record).get, columns))))


def _put(out: BinaryIO, line: str) -> None:
    out.write(line.encode() + b"\n")


def _without_bars(record: Record) -> Record:
    """The same, each text on one line and without the bar at which readers part the values of a list, even where none
    was meant; what is empty is left out."""
    said = {name: [_text(one) for one in of] if isinstance(of, list) else _text(of) for name, of in record.items()}
    return {name: value for name, value in said.items() if value != []}


def _text(value: Any) -> Any:
    return _BAR.sub("; ", " ".join(value.split())) if isinstance(value, str) else value


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "|".join(map(str, value))
    return "" if value is None else str(value)


@contextmanager
def _archive(out: BinaryIO) -> Iterator[tarfile.TarFile]:
    """A tar.gz that is the same, byte by byte, for the same content."""
    with (
        gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        yield tar


def _add(archive: tarfile.TarFile, name: str, content: BinaryIO) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.tell()
    content.seek(0)
    archive.addfile(entry, content)
