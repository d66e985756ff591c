"""Publishing: the parts of a build become a release, with its indexes, its saved queries and a manifest."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from importlib.metadata import version
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from ivig.build.ancestors import Ancestors
from ivig.build.lines import Changes, Written, change, merge
from ivig.build.parts import PARTS, Parts
from ivig.build.queries import texts
from ivig.build.release import (
    ANCESTORS,
    MANIFEST,
    STORE_SUM,
    Release,
    Releases,
    Stamp,
    digest_of,
    digest_of_store,
)
from ivig.build.search_index import Row, change_search_index, search_row, write_search_index
from ivig.errors import NotThere
from ivig.io.name_index import NameIndex, naming
from ivig.namespaces import BASE, DATA_GRAPH, INFERRED_GRAPH, LINKS_GRAPH, ONTOLOGY_GRAPH, RDFS_LABEL, REPLACED_BY

_ASSERTED = frozenset({ONTOLOGY_GRAPH, DATA_GRAPH})
_SUBJECT = attrgetter("subject")


class Changed(NamedTuple):
    """What is changed to become a release.

    :param release: the one before
    :param lines: those that go and come
    :param things: the IRIs of which the data says something else
    """

    release: Release
    lines: Changes
    things: Collection[str]


def publish(
    draft: Release,
    stamp: Stamp,
    releases: Releases,
    higher: Ancestors | None,
    tools: Iterable[str],
    changed: Changed | None,
) -> Release:
    """Make a draft the current release.

    :param draft: with its parts and its store
    :param stamp: the files that it was made from
    :param higher: what linked ontologies add, where there are any
    :param tools: the distributions whose versions the manifest names
    :param changed: what it differs in from a release before; None where it is made of its parts alone
    :raises NotThere: where an index cannot be written
    """
    lines = _write_lines(draft, changed)
    try:
        _write_indexes(draft, changed)
    except sqlite3.Error as error:
        raise NotThere(f"{draft.folder}: {error}") from error
    graphs = {ONTOLOGY_GRAPH: 0, DATA_GRAPH: 0, LINKS_GRAPH: 0, INFERRED_GRAPH: 0} | +lines.graphs
    # Every page says it, and to count takes as long as the graph is large.
    (extent,) = texts(Store.read_only(str(draft.store)), "extent.rq")
    manifest: dict[str, Any] = {
        "sources": stamp.digest,
        "graphs": dict(sorted(graphs.items())),
        "extent": {name: int(told) if told.isdecimal() else told for name, told in extent.items()},
        "names": draft.name_index().digest(),
        "things": dict(sorted((+lines.things).items())),
        "tools": {tool: version(tool) for tool in tools},
    }
    if higher:
        manifest["linked"] = higher.described
        above = json.dumps(higher.names, ensure_ascii=False, sort_keys=True)
        (draft.folder / ANCESTORS).write_text(above, encoding="utf-8")
    stamp.write(draft.folder)
    for name, content in stamp.queries.items():
        path = draft.queries / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (draft.folder / STORE_SUM).write_text(digest_of_store(draft.store), encoding="ascii")
    digest = digest_of(draft.nquads, stamp.queries)
    (draft.folder / MANIFEST).write_text(json.dumps({"digest": digest, **manifest}, indent=2) + "\n", encoding="utf-8")
    return releases.publish(draft.folder, digest)


def _write_lines(draft: Release, changed: Changed | None) -> Written:
    """Write the quads, sorted."""
    with draft.nquads.open("wb") as file:
        lines = Written(file)
        if changed:
            lines.graphs.update(changed.release.manifest["graphs"])
            lines.things.update(changed.release.manifest["things"])
            change(changed.release.nquads, changed.lines, lines)
        else:
            parts = Parts(draft.folder / PARTS)
            merge(map(parts.lines, sorted(parts.names())), lines)
        return lines


def _write_indexes(draft: Release, changed: Changed | None) -> None:
    """Write the index of names and that of the search."""
    store = Store.read_only(str(draft.store))
    links = _with(store, None, LINKS_GRAPH)
    replacing = _with(store, NamedNode(REPLACED_BY), DATA_GRAPH)
    kinds = {
        triple.subject.value: triple.object.value
        for triple in _with(store, NamedNode(RDFS_LABEL), ONTOLOGY_GRAPH)
        if isinstance(triple.subject, NamedNode) and not isinstance(triple.object, Triple)
    }
    if changed is None:
        with closing(NameIndex(draft.names, new=True)) as names:
            write_search_index(draft.search, _found(draft, kinds, names))
            names.finish(replacing, links)
        return
    before = Store.read_only(str(changed.release.store))
    ours = sorted(thing for thing in changed.things if thing.startswith(BASE))
    now = {thing: _asserted(store, thing) for thing in ours}
    shutil.copyfile(changed.release.names, draft.names)
    with closing(NameIndex(draft.names, new=True)) as names:
        for thing in ours:
            if (called := naming(_asserted(before, thing))) != (is_called := naming(now[thing])):
                names.remove(thing, called)
                names.add(thing, is_called)
        names.finish(replacing, links)
    shutil.copyfile(changed.release.search, draft.search)
    rows = (search_row(thing, now[thing], kinds) for thing in ours)
    change_search_index(draft.search, frozenset(ours), filter(None, rows))


def _found(draft: Release, kinds: Mapping[str, str], names: NameIndex) -> Iterator[Row]:
    """What things of ours are found by, in the order of the lines, which has those of a thing together.

    :param kinds: the labels of classes
    :param names: takes on the way what each is called
    """
    quads = parse(path=str(draft.nquads), format=RdfFormat.N_QUADS)
    for subject, of_it in groupby(quads, _SUBJECT):
        if isinstance(subject, NamedNode) and subject.value.startswith(BASE):
            said = [quad.triple for quad in of_it if getattr(quad.graph_name, "value", "") in _ASSERTED]
            names.add(subject.value, naming(said))
            if row := search_row(subject.value, said, kinds):
                yield row


def _asserted(store: Store, thing: str) -> list[Triple]:
    return [
        quad.triple
        for graph in sorted(_ASSERTED)
        for quad in store.quads_for_pattern(NamedNode(thing), None, None, NamedNode(graph))
    ]


def _with(store: Store, predicate: NamedNode | None, graph: str) -> list[Triple]:
    """The triples of a graph, those with a predicate where one is given."""
    return [quad.triple for quad in store.quads_for_pattern(None, predicate, None, NamedNode(graph))]
