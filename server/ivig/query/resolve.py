"""An outside identifier to what it means here: the things that are linked to it, and the statements on them."""

from __future__ import annotations

from typing import NamedTuple

from ivig.errors import BadInput, NotThere
from ivig.model.identifiers import Identifier, identifier, prefixes
from ivig.namespaces import BASE
from ivig.query.graph import Graph

_PREDICATES = {name: f"ivig:{name}" for name in ("pmid", "doi", "pmcid")}
_BELOW = "below"
_KIN = {"ICD10WHO": "ICD10CM"}
"""Collections that are taken for one another: their codes look the same and mean nearly so."""
_LONGEST_SHOWN = 200
"""Characters of what was typed that a message gives back."""
_ORDER = [*_PREDICATES, "exact", "close", "broad", "narrow", "related", _BELOW]


class Meaning(NamedTuple):
    """One thing that an identifier leads to.

    :param identifier: as a CURIE
    :param predicate: how the thing is linked to it, as a CURIE
    :param thing: its IRI
    :param kind: its class in words
    :param statements: the IRIs of the statements on it or on what is narrower
    """

    identifier: str
    predicate: str
    thing: str
    thing_label: str
    kind: str
    statements: tuple[str, ...]


def meanings(graph: Graph, typed: str) -> list[Meaning]:
    """What an identifier means, the exact first.

    :param typed: a CURIE or an address, in any usual spelling; a bare PMID, DOI or PMCID
    :raises UnknownName: with the nearest, where nobody has the prefix
    :raises NotThere: where nothing is linked to the identifier
    :raises BadInput: where it is none
    """
    typed = typed.strip()
    # A term of a linked ontology that nothing is linked to leads to all that is below it there.
    matches = graph.names.matches(typed) or [(thing, _BELOW) for thing in graph.names.below(typed)]
    if not matches:
        raise _nothing(graph, typed)
    things = {row["thing"]: row for row in graph.about("kinds-of-things", *(thing for thing, _ in matches))}
    statements: dict[str, list[str]] = {thing: [] for thing, _ in matches}
    for row in graph.about("statements-on-things", *statements):
        statements[str(row["thing"])].append(str(row["statement"]))
    return [
        Meaning(
            identifier=_curie(graph, typed, how),
            predicate="rdfs:subClassOf" if how == _BELOW else _PREDICATES.get(how, f"skos:{how}Match"),
            thing=thing,
            thing_label=str(things[thing]["thing_label"]) if thing in things else graph.names.label(thing),
            # A link may be of a class or a property of the ontology, which is of no kind here.
            kind=str(things[thing]["kind"]) if thing in things else "term of the ontology",
            statements=tuple(statements[thing]),
        )
        for thing, how in sorted(matches, key=lambda match: (_ORDER.index(match[1]), match[0]))
    ]


def _curie(graph: Graph, typed: str, how: str) -> str:
    known = graph.names.identified(typed) or (Identifier(how.upper(), typed) if how in _PREDICATES else None)
    return known.curie if known else typed


def _nothing(graph: Graph, typed: str) -> BadInput:
    shown = typed if len(typed) <= _LONGEST_SHOWN else typed[:_LONGEST_SHOWN] + "…"
    if typed.strip().startswith(BASE):
        return BadInput(f"{shown} is an address of this graph itself, no identifier from outside")
    graph.names.check_prefix(typed)
    known = identifier(typed) or (identifier(f"PMID:{typed}") if typed.isdecimal() else None)
    if known is None and "://" not in typed:
        return BadInput(f'"{shown}" is no identifier: give a CURIE such as MONDO:0016218, a PMID, a DOI or an address')
    hint = ""
    if known and (kin := _KIN.get(known.prefix)) and graph.names.matches(f"{kin}:{known.local}"):
        hint = f"; {kin}:{known.local} is"
    elif known and not known.well_formed:
        hint = f"; identifiers of that kind look like {prefixes()[known.prefix].example}"
    return NotThere(f"nothing here is linked to {known.curie if known and shown == typed else shown}{hint}")
