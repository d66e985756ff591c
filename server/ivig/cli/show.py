"""`ivig show`."""

from __future__ import annotations

import json
import re
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ivig.cli.options import GraphOption, ReleasesOption
from ivig.errors import AmbiguousName, BadInput, UnknownName
from ivig.namespaces import BASE

if TYPE_CHECKING:
    from ivig.query.graph import Graph

_OWN = (f"{BASE}effect/", f"{BASE}regimen/", f"{BASE}verdict/")
"""What belongs to one thing and is shown with it."""
_SHOWN = 8
"""Values of one property; --format json has all."""
_HIDDEN = ("label", "iri", "type", "spelling")


class ThingFormat(StrEnum):
    """Formats of a thing."""

    text = "text"
    json = "json"
    turtle = "turtle"


def show(
    names: Annotated[
        list[str],
        typer.Argument(help="Things: the id of a record, a name, a PMID, DOI or CURIE, or an IRI.", show_default=False),
    ],
    format: Annotated[ThingFormat, typer.Option("--format", "-f", help="How to write it.")] = ThingFormat.text,
    graph: GraphOption = None,
    releases: ReleasesOption = None,
) -> None:
    """Show all that is said of a thing: a statement, a condition, a publication, anything with an IRI.

    Example: ivig show neurom-001
    """
    from ivig.cli.opened import opened
    from ivig.export.record import thing_record

    source = opened(graph, releases)
    iris = [_meant(source, name) for name in names]
    if format is ThingFormat.turtle:
        from ivig.query.results import write_result

        query = source.internal["describe-thing"].bind_things("thing", iris)
        write_result(source.engine.ask(query), "turtle", sys.stdout.buffer)
        return
    records = [thing_record(source, iri) for iri in iris]
    if format is ThingFormat.json:
        print(json.dumps(records if len(records) > 1 else records[0], ensure_ascii=False, indent=1))
        return
    from ivig.cli.table import print_records

    print_records([_fields(source, record) for record in records])


def _meant(graph: Graph, typed: str) -> str:
    """The IRI of the thing that is meant.

    :raises UnknownName: with the nearest names
    :raises AmbiguousName: where several things bear the name
    """
    name = typed.strip().removeprefix("<").removesuffix(">")
    path = name.removeprefix(BASE)
    for candidate in (path, f"statement/{path}"):
        if _is_there(graph, BASE + candidate):
            return BASE + candidate
    found = graph.names.search(name)
    exact = [iri for iri in found if _bears(graph, iri, name)]
    if len(exact) > 1:
        raise AmbiguousName("name", typed, [iri.removeprefix(BASE) for iri in exact[:10]])
    if not exact:
        raise UnknownName("thing", typed, [graph.names.label(iri) for iri in found[:5]])
    return exact[0]


def _is_there(graph: Graph, iri: str) -> bool:
    try:
        return len(graph.about("about-thing", iri)) > 0
    except (BadInput, ValueError):
        # It makes no IRI, as a name with spaces does not.
        return False


def _bears(graph: Graph, iri: str, name: str) -> bool:
    """Whether a thing bears a name or an identifier, and is not only like it."""
    from ivig.export.record import thing_record

    for kind in thing_record(graph, iri)["type"]:
        try:
            if iri in graph.names.things(name, kind):
                return True
        except BadInput:
            continue
    return False


def _fields(graph: Graph, record: dict[str, Any], within: str = "") -> list[tuple[str, str]]:
    """What a record says, field by field, in words, with what belongs to it."""
    from ivig.export.record import thing_record

    shown = [] if within else [("label", str(record.get("label") or "")), ("iri", record["iri"])]
    for name, value in record.items():
        if name in _HIDDEN or value in (None, []):
            continue
        values = value if isinstance(value, list) else [value]
        own = [one["iri"] for one in values if isinstance(one, dict) and one["iri"].startswith(_OWN)]
        for number, iri in enumerate(own, 1):
            place = f"{_words(name)} {number}" if len(own) > 1 else _words(name)
            shown += _fields(graph, thing_record(graph, iri), f"{within}{place}: ")
        if not own:
            more = f"; and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
            shown.append((within + _words(name), "; ".join(map(_word, values[:_SHOWN])) + more))
    return shown


def _words(name: str) -> str:
    """The name of a field in words.

    >>> _words("study_type"), _words("hasVerdict")
    ('study type', 'has verdict')
    """
    return re.sub("([A-Z])", lambda capital: f" {capital[0].lower()}", name.replace("_", " "))


def _word(value: object) -> str:
    if isinstance(value, dict):
        return str(value["label"] or value["iri"])
    return str(value).lower() if isinstance(value, bool) else str(value)
