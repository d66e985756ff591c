"""What an import changes in the graph's files: checked against the shapes, written all or not at all, summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from ivig.build.validation import violations
from ivig.curate.store import Block, Store, write_files
from ivig.model.problems import BadRecords, Problem
from ivig.namespaces import BASE
from ivig.settings import GraphFiles

NOTHING_IMPORTED = "nothing was imported:"


class Summary(NamedTuple):
    """What an import did or would do.

    statements, citations: how many of those in the files imported are new, changed and unchanged; created: things of
    other kinds that are new, by kind; files: the names of those that change.
    """

    statements: Counter[str]
    citations: Counter[str]
    created: Counter[str]
    files: list[str]


def happened(before: Mapping[str, Block], store: Store, things: set[str]) -> Counter[str]:
    """How many of some things are new, changed and unchanged in a store. before: all blocks as they were."""
    return Counter(
        "unchanged" if before.get(iri) == store.blocks[iri] else "changed" if iri in before else "new" for iri in things
    )


def write_changes(files: GraphFiles, store: Store, *, dry_run: bool) -> list[str]:
    """Check a store that was changed and write its files, unless it is a dry run; the names of those that change.

    Raises BadRecords where the graph would break a shape; nothing is written then.
    """
    store.prune()
    found = violations([*store.ontology, *store.triples()], store.sources.shapes)
    if found:
        problems = [Problem("", "", v.thing.removeprefix(BASE), v.rule, v.value, v.message) for v in found]
        raise BadRecords(problems, NOTHING_IMPORTED)
    changed = store.changed_files()
    if not dry_run:
        write_files(changed)
    return [files.name(path) for path in changed]
