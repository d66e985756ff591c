"""What a request for an export asks for, read off its parameters, and what the description of the API says of them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import Request

from ivig.errors import BadInput, UnknownName
from ivig.export import FORMATS, Format, Selection
from ivig.export.formats import BIBLIOGRAPHIES, bibliography_named, format_named
from ivig.export.profiles import PROFILES, profile_named
from ivig.export.selection import CRITERIA
from ivig.model.labels import normal
from ivig.namespaces import BASE
from ivig.query.examples import EXAMPLES
from ivig.query.names import nearest
from ivig.web.negotiation import accepted, chosen_format, query_parameter, without_mark

_LONGEST_NAME = 80

_SEVERAL = {**CRITERIA, "parameter": "A parameter of the saved query, as NAME=VALUE."}
_ONE = {
    "query": "What the saved query of this name gives.",
    "sparql": "What this SELECT or CONSTRUCT query gives.",
    "depth": "Steps to go on to what else is said of the same things.",
    "asserted": "true leaves out what was inferred.",
    "profile": "RDF in the terms of another ontology: pico or sepio.",
    "citations": "The publications instead, in the format of a reference manager.",
    "format": "The format, in place of the Accept header; csv;bom for Excel.",
}


class Asked(NamedTuple):
    """What a request for an export asks for.

    :param selection: what the subgraph holds
    :param format: what to write it in
    :param inferred: whether to include what was derived
    :param profile: whose terms it is told in; None for our own
    :param marked: whether a byte order mark stands before it
    """

    selection: Selection
    format: Format
    inferred: bool
    profile: str | None = None
    marked: bool = False

    def file_name(self, published: datetime) -> str:
        """What a download is called: what was asked for, in signs that are harmless in a header and on a disk, and the
        day of the release.

        >>> day, gbs = datetime(2026, 11, 28), Selection(condition=("Guillain-Barré syndrome",), level=("1",))
        >>> Asked(gbs, FORMATS["csv"], True).file_name(day)
        'ivig-guillain-barre-syndrome-1-2026-11-28.csv'
        >>> Asked(Selection(), FORMATS["nanopub"], True).file_name(day)
        'ivig-nanopub-2026-11-28.trig'
        """
        asked = [name.removeprefix(BASE) for criterion in CRITERIA for name in getattr(self.selection, criterion)]
        words = normal(" ".join(["ivig", *asked, self.selection.query or ""]))
        stem = "-".join(filter(None, (re.sub("[^a-z0-9]+", "-", words)[:_LONGEST_NAME].strip("-"), self.profile)))
        suffix = self.format.suffix
        offered = (*FORMATS.values(), *BIBLIOGRAPHIES.values())
        shares_it = next(other for other in offered if other.suffix == suffix) is not self.format
        name = f"{stem}-{self.format.name}" if shares_it else stem
        return f"{name}-{published:%Y-%m-%d}{suffix}"


def asked_by(request: Request) -> Asked:
    """What a request asks for.

    :raises UnknownName: for a parameter or a format
    :raises BadInput: for a value
    :raises NotAcceptable: where no format would do
    """
    values = _values(request)
    is_asserted_alone = _truth(values.get("asserted", ["false"])[0])
    named, marked = without_mark(values.get("format", [None])[0])
    citations, profile = values.get("citations", [None])[0], values.get("profile", [None])[0]
    if citations and named:
        raise BadInput("citations and format are different things: give one")
    format_ = bibliography_named(citations) if citations else _format(request, named)
    if profile is not None:
        profile_named(profile, format_.name)
    return Asked(_selection(values), format_, not is_asserted_alone, profile, marked)


def _values(request: Request) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in _SEVERAL and name not in _ONE:
            known = [*_SEVERAL, *_ONE]
            raise UnknownName("parameter of export", name, nearest(name, known)[:5], known)
        if name in _ONE and name in values:
            raise BadInput(f"{name} is given twice")
        if not value.strip():
            raise BadInput(f"{name} is empty: give a value, or leave it out")
        values.setdefault(name, []).append(value)
    return values


def _selection(values: dict[str, list[str]]) -> Selection:
    named = {name: tuple(values.get(name, ())) for name in CRITERIA}
    pairs = [one.partition("=") for one in values.get("parameter", ())]
    if any(not is_there for _, is_there, _ in pairs):
        raise BadInput("a parameter of the saved query reads NAME=VALUE")
    depth = values.get("depth", ["0"])[0]
    if not depth.isascii() or not depth.isdigit() or len(depth) > 3:
        raise BadInput(f'a depth is 0 to 9, not "{depth}"')
    return Selection(
        **named,
        query=values.get("query", [None])[0],
        parameters={name: value for name, _, value in pairs},
        sparql=values.get("sparql", [None])[0],
        depth=int(depth),
    )


def _format(request: Request, named: str | None) -> Format:
    if named:
        return format_named(named)
    # Of several formats with one media type the first counts.
    types: dict[str, str] = {}
    offered = FORMATS | BIBLIOGRAPHIES
    for made in offered.values():
        if made.media_type not in types.values():
            types[made.name] = made.media_type
    return offered[chosen_format(types, accepted(request), None)]


def _truth(value: str) -> bool:
    if value not in ("true", "false"):
        raise BadInput(f'asserted is true or false, not "{value}"')
    return value == "true"


def parameters() -> list[dict[str, Any]]:
    """The parameters, for the description of the API."""
    examples = {"condition": {"example": EXAMPLES["Condition"]}, "format": {"example": "turtle"}}
    texts = {"type": "array", "items": {"type": "string"}}
    schemas: dict[str, dict[str, Any]] = {
        "depth": {"type": "integer", "minimum": 0, "maximum": 9},
        "asserted": {"type": "boolean"},
        "profile": {"type": "string", "enum": list(PROFILES)},
        "citations": {"type": "string", "enum": [*BIBLIOGRAPHIES]},
        "format": {"type": "string", "enum": [*FORMATS, "csv;bom"]},
    }
    schemas |= dict.fromkeys(_SEVERAL, texts)
    return [
        query_parameter(name, note, schemas.get(name, {"type": "string"}), **examples.get(name, {}))
        for name, note in {**_SEVERAL, **_ONE}.items()
    ]
