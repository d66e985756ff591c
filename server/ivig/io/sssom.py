"""Links to other ontologies: a mapping file in SSSOM (TSV with a YAML head), by sssom-pydantic, into triples.

Source of the format: https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from ivig.errors import BadInput
from ivig.io.text import read_text
from ivig.model.problems import BadRecords, Problem, problems_of, shown
from ivig.namespaces import BASE, NOTATION, RDFS_LABEL

_EXAMPLES = {
    "subject_id": "IVIG:condition/gout",
    "predicate_id": "skos:exactMatch",
    "object_id": "MONDO:0005393",
    "mapping_justification": "semapv:ManualMappingCuration",
}
_REQUIRED = tuple(_EXAMPLES)
_NO_TERM = "sssom:NoTermFound"
"""What a row says whose thing has no counterpart: worth writing down, but no link."""
_NOT = "Not"
_PREDICATES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}


class Mapping(NamedTuple):
    """One link.

    :param subject: our thing
    :param predicate: how it relates
    :param object: the outside term
    :param curie: of the outside term
    :param label: of the outside term, empty where not read
    """

    subject: str
    predicate: str
    object: str
    curie: str
    label: str


def mappings(path: Path, things: Container[str] | None = None) -> list[Mapping]:
    """The links of an SSSOM file, IRIs written out by the file's own `curie_map`.

    What a row found no term for is no link. What it denies could only be read as its opposite: it is an error.

    :param things: the IRIs that a link may be of; any where None
    :raises NotThere: where there is no file
    :raises BadInput: where it is no SSSOM
    :raises BadRecords: with every row that says what it may not, or says again what another says, by line
    """
    reader = _Reader(path, things)
    links = [link for row in reader.rows() if (link := reader.link(*row))]
    if reader.problems:
        raise BadRecords(reader.problems)
    return links


def all_mappings(paths: Iterable[Path], things: Container[str] | None = None) -> list[Mapping]:
    """The links of several files, as `mappings` has them.

    :param paths: SSSOM files
    :param things: the IRIs that a link may be of; any where None
    :returns: those of the first file first
    """
    return [mapping for path in paths for mapping in mappings(path, things)]


def mapping_triples(links: Iterable[Mapping]) -> Iterator[Triple]:
    """The links as triples: our thing, the predicate, the outside IRI; for that, its CURIE and label."""
    for mapping in links:
        target = NamedNode(mapping.object)
        yield Triple(NamedNode(mapping.subject), NamedNode(mapping.predicate), target)
        yield Triple(target, NamedNode(NOTATION), Literal(mapping.curie))
        if mapping.label:
            yield Triple(target, NamedNode(RDFS_LABEL), Literal(mapping.label))


class _Reader:
    """One file: how it writes CURIEs out, what it says of all rows at once, and what is wrong with its rows."""

    def __init__(self, path: Path, things: Container[str] | None) -> None:
        import yaml
        from curies import Converter, chain
        from sssom_pydantic.api import MappingSetRecord
        from sssom_pydantic.constants import BUILTIN_CONVERTER

        self._name, self._things = path.name, things
        self._said: dict[tuple[str, ...], str] = {}
        self.problems: list[Problem] = []
        lines = read_text(path, path.name).split("\n")
        self._head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        self._table = "\n".join(lines[self._head :])
        try:
            head = yaml.safe_load("\n".join(line[1:] for line in lines[: self._head])) or {}
            # What the set is called does not matter here, and many a file leaves it out.
            metadata = MappingSetRecord.model_validate({**head, "mapping_set_id": f"{BASE}links"})
            self._converter = chain([Converter.from_prefix_map(metadata.curie_map or {}), BUILTIN_CONVERTER])
        except (yaml.YAMLError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise BadInput(f"{path.name}: a head in YAML, each line after a number sign: {reason}") from error
        self._common = metadata.get_propagatable()

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The rows without their empty cells, each with the place that it begins at."""
        rows = csv.DictReader(io.StringIO(self._table), delimiter="\t")
        if missing := [column for column in _REQUIRED if column not in (*(rows.fieldnames or ()), *self._common)]:
            raise BadInput(f"{self._name}: the column {', '.join(missing)} is missing")
        line = self._head + rows.line_num + 1
        for row in rows:
            cells = {column: text.strip() for column, text in row.items() if column and text and text.strip()}
            yield f"line {line}", cells
            line = self._head + rows.line_num + 1

    def link(self, place: str, row: dict[str, Any]) -> Mapping | None:
        """What a row links; nothing where it found no term, or has a problem."""
        from pydantic import ValidationError
        from sssom_pydantic.io import row_to_record

        def refuse(column: str, allowed: str) -> Mapping | None:
            self.problems.append(Problem(self._name, place, "", column, shown(row.get(column, "")), allowed))
            return None

        if missing := [column for column in _REQUIRED if column not in row and column not in self._common]:
            return refuse(missing[0], f"what each row has, such as {_EXAMPLES[missing[0]]}")
        try:
            record = row_to_record(row, converter=self._converter, propagatable=self._common)
        except ValidationError as error:
            self.problems += problems_of(error, place, "", file=self._name)
            return None
        if _NO_TERM in (record.subject_id, record.object_id):
            return None
        curies = {column: getattr(record, column) for column in _REQUIRED}
        iris = {column: self._converter.expand(curie) if ":" in curie else None for column, curie in curies.items()}
        if unknown := [column for column, iri in iris.items() if iri is None]:
            return refuse(unknown[0], "a CURIE with a prefix of the curie_map")
        subject, predicate, target = (str(iris[column]) for column in _REQUIRED[:3])
        if self._things is not None and subject not in self._things:
            return refuse("subject_id", "a thing of the graph")
        if record.predicate_id not in _PREDICATES:
            return refuse("predicate_id", f"one of {', '.join(sorted(_PREDICATES))}")
        if record.predicate_modifier == _NOT:
            return refuse("predicate_modifier", "a link that holds; what is denied is no link, so take the row out")
        if (before := self._said.setdefault((subject, predicate, target), place)) != place:
            return refuse("object_id", f"each link once; {before} has it too")
        return Mapping(subject, predicate, target, record.object_id, record.object_label or "")
