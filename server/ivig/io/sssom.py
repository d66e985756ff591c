"""Links to other ontologies: a mapping file in SSSOM (TSV with a YAML head) into triples.

Source of the format: https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from ivig.errors import BadInput
from ivig.namespaces import NOTATION, RDFS_LABEL, SKOS

_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_BUILT_IN = {"skos": SKOS, "semapv": "https://w3id.org/semapv/vocab/"}
"""Prefixes that SSSOM knows without a `curie_map`."""
_NO_TERM = "sssom:NoTermFound"
"""What a row says whose thing has no counterpart: worth writing down, but no link."""
_PREDICATES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}


class Mapping(NamedTuple):
    """One link: our thing, how it relates, and the outside term with its CURIE and label (empty where not read)."""

    subject: str
    predicate: str
    object: str
    curie: str
    label: str


def mappings(path: Path) -> Iterator[Mapping]:
    """The links of an SSSOM file, IRIs written out by the file's own `curie_map`.

    Raises BadInput with file, line and column name where a row cannot be read.
    """
    with path.open(encoding="utf-8", newline="") as file:
        head = []
        position = file.tell()
        while (line := file.readline()).startswith("#"):
            head.append(line[1:].rstrip("\n"))
            position = file.tell()
        prefixes = _curie_map(head)
        file.seek(position)
        rows = csv.DictReader(file, delimiter="\t")
        missing = [name for name in _REQUIRED if name not in (rows.fieldnames or ())]
        if missing:
            raise BadInput(f"{path.name}: the column {', '.join(missing)} is missing")
        for number, row in enumerate(rows, len(head) + 2):
            if row["object_id"] == _NO_TERM:
                continue
            if row["predicate_id"] not in _PREDICATES:
                allowed = ", ".join(sorted(_PREDICATES))
                raise BadInput(f'{path.name}, line {number}: predicate_id "{row["predicate_id"]}" is none of {allowed}')
            subject, predicate, target = (
                _expand(row[name] or "", prefixes, f"{path.name}, line {number}, {name}") for name in _REQUIRED[:3]
            )
            yield Mapping(subject, predicate, target, row["object_id"], row.get("object_label") or "")


def all_mappings(paths: Iterable[Path]) -> list[Mapping]:
    """The links of several files."""
    return [mapping for path in paths for mapping in mappings(path)]


def mapping_triples(path: Path) -> Iterator[Triple]:
    """The links as triples: our thing, the predicate, the outside IRI; for that, its CURIE and label."""
    for mapping in mappings(path):
        target = NamedNode(mapping.object)
        yield Triple(NamedNode(mapping.subject), NamedNode(mapping.predicate), target)
        yield Triple(target, NamedNode(NOTATION), Literal(mapping.curie))
        if mapping.label:
            yield Triple(target, NamedNode(RDFS_LABEL), Literal(mapping.label))


def _curie_map(head: list[str]) -> dict[str, str]:
    # The head is YAML; of that the build needs this one flat table, which no YAML library has to be loaded for.
    prefixes = dict(_BUILT_IN)
    inside = False
    for line in head:
        if inside and line.startswith("  "):
            name, _, namespace = line.strip().partition(": ")
            prefixes[name] = namespace.strip("\"' ")
        else:
            inside = line.rstrip() == "curie_map:"
    return prefixes


def _expand(curie: str, prefixes: dict[str, str], place: str) -> str:
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in prefixes:
        raise BadInput(f'{place}: "{curie}" has no prefix of the curie_map')
    return prefixes[prefix] + local
