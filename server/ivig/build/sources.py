"""The files of a graph, read: triples by named graph, and which file each subject stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from ivig.graph_files import GraphFiles
from ivig.io.sssom import all_mappings, mapping_triples
from ivig.io.turtle import read_turtle

ALIGNMENT = "alignment.ttl"
"""The one ontology file that is published but not reasoned over: a closure over outside terms would merge things."""


@dataclass(frozen=True)
class Sources:
    """What the files say, before anything is derived.

    :param ontology: classes, properties and vocabularies
    :param alignment: links of those to outside terms
    :param data: the statements and what they are about
    :param links: mappings to outside ontologies
    :param shapes: SHACL
    :param stands_in: a subject's IRI to its file
    """

    ontology: list[Triple]
    alignment: list[Triple]
    data: list[Triple]
    links: list[Triple]
    shapes: list[Triple]
    stands_in: Mapping[str, str]


def read(
    files: GraphFiles, more_data: Iterable[Path] = (), *, own_data: bool = True, with_links: bool = True
) -> Sources:
    """Read every file of a graph.

    :param more_data: further Turtle files to read as data
    :param own_data: whether to read the graph's own data and links
    :param with_links: whether to read links at all; what does not need them is spared a second
    :raises BadTurtle: with file and line, where one does not parse
    :raises BadInput: with the file, where one cannot be read
    :raises BadRecords: where a link says what it may not, or is of no thing
    """
    stands_in: dict[str, str] = {}
    data: dict[Triple, None] = {}
    for path in [*(files.data if own_data else ()), *more_data]:
        name = files.name(path)
        for triple in read_turtle(path, name):
            data[triple] = None
            if isinstance(triple.subject, NamedNode):
                stands_in.setdefault(triple.subject.value, name)
    ontology = [path for path in files.ontology if path.name != ALIGNMENT]
    alignment = [path for path in files.ontology if path.name == ALIGNMENT]
    meaning = _triples(files, ontology)
    things = {triple.subject.value for triple in (*meaning, *data) if isinstance(triple.subject, NamedNode)}
    links = mapping_triples(all_mappings(files.links, things) if own_data and with_links else ())
    return Sources(
        ontology=meaning,
        alignment=_triples(files, alignment),
        data=list(data),
        links=list(dict.fromkeys(links)),
        shapes=_triples(files, files.shapes),
        stands_in=stands_in,
    )


def _triples(files: GraphFiles, paths: Iterable[Path]) -> list[Triple]:
    return [triple for path in paths for triple in read_turtle(path, files.name(path))]
