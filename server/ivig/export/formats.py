"""The formats of an export."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

from ivig.errors import BadInput, UnknownName


class NotInstalled(BadInput):
    """A library that a format needs is not there."""


class Format(NamedTuple):
    """A format of an export.

    :param name: what users type
    :param media_type: as HTTP names it
    :param suffix: of a file, with the dot
    :param title: what a file is, in a few words
    :param module: the module of this layer that writes it, loaded when it is called for, since some load a library that
        nobody else needs
    :param by_statement: whether it has nothing but statements, so that things without one leave it empty
    """

    name: str
    media_type: str
    suffix: str
    title: str
    module: str
    by_statement: bool = False

    @property
    def is_binary(self) -> bool:
        """Whether it is no text, so that a terminal cannot show it."""
        return self.media_type in (_GZIP, _PARQUET, _XLSX)


_GZIP = "application/gzip"
_PARQUET = "application/vnd.apache.parquet"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    made.name: made
    for made in (
        Format("turtle", "text/turtle", ".ttl", "RDF in Turtle", "rdf"),
        Format("trig", "application/trig", ".trig", "RDF in TriG, with the named graphs", "rdf"),
        Format("ntriples", "application/n-triples", ".nt", "RDF in N-Triples", "rdf"),
        Format("nquads", "application/n-quads", ".nq", "RDF in N-Quads, with the named graphs", "rdf"),
        Format("rdfxml", "application/rdf+xml", ".rdf", "RDF in RDF/XML", "rdf"),
        Format("jsonld", "application/ld+json", ".jsonld", "RDF in JSON-LD", "jsonld"),
        Format("csv", "text/csv", ".csv", "table of the statements in CSV", "tables", True),
        Format("tsv", "text/tab-separated-values", ".tsv", "table of the statements in TSV", "tables", True),
        Format("xlsx", _XLSX, ".xlsx", "table of the statements in XLSX, for spreadsheets", "tables", True),
        Format("parquet", _PARQUET, ".parquet", "table of the statements in Parquet", "tables", True),
        Format("graphml", "application/graphml+xml", ".graphml", "network in GraphML", "network"),
        Format("gexf", "application/gexf+xml", ".gexf", "network in GEXF, for Gephi", "network"),
        Format("cytoscape", "application/json", ".cyjs", "network in the JSON of Cytoscape.js", "network"),
        Format("cx2", "application/json", ".cx2", "network in CX2, for Cytoscape and NDEx", "network"),
        Format("kgx", _GZIP, ".tar.gz", "nodes and edges in KGX, as tables in TSV", "kgx", True),
        Format("kgx-jsonl", _GZIP, ".tar.gz", "nodes and edges in KGX, as JSON Lines", "kgx", True),
        Format(
            "fhir", "application/fhir+json", ".fhir.json", "results and verdicts in FHIR R5, as a Bundle", "fhir", True
        ),
        Format("nanopub", "application/trig", ".trig", "nanopublications in TriG", "nanopublications", True),
    )
}
"""By name. Turtle, N-Triples, RDF/XML and JSON-LD have no graphs here: they hold the triples of all of them."""
BIBLIOGRAPHIES = {
    made.name: made
    for made in (
        Format("bibtex", "application/x-bibtex", ".bib", "publications in BibTeX", "bibliography"),
        Format("ris", "application/x-research-info-systems", ".ris", "publications in RIS", "bibliography"),
        Format("csl-json", "application/vnd.citationstyles.csl+json", ".json", "publications in CSL", "bibliography"),
    )
}
"""What reference managers read: the publications of a subgraph in place of its statements."""


def format_named(name: str) -> Format:
    """The format of a name.

    :raises UnknownName: with all of them
    """
    if name not in FORMATS:
        raise UnknownName("format", name, [], list(FORMATS))
    return FORMATS[name]


def bibliography_named(name: str) -> Format:
    """The format of a bibliography of a name.

    :raises UnknownName: with all of them
    """
    if name not in BIBLIOGRAPHIES:
        raise UnknownName("format of a bibliography", name, [], list(BIBLIOGRAPHIES))
    return BIBLIOGRAPHIES[name]


def format_of(file_name: str) -> Format:
    """The format that the ending of a file stands for; of several with one ending the first, Turtle for no ending.

    :raises BadInput: for an ending that no format has

    >>> format_of("gbs.csv").name, format_of("GBS.TAR.GZ").name, format_of("part").name
    ('csv', 'kgx', 'turtle')
    """
    for made in FORMATS.values():
        if file_name.lower().endswith(made.suffix):
            return made
    if "." in file_name.strip("."):
        endings = ", ".join(dict.fromkeys(made.suffix for made in FORMATS.values()))
        raise BadInput(f"{file_name}: no format has this ending; name one with --format, or use one of {endings}")
    return FORMATS["turtle"]


def needed(module: str, library: str = "", extra: str = "export") -> Any:
    """A module of a library that only some formats need.

    :param library: what it is called, where that is not the first name of the module
    :param extra: of this package, that brings it
    :raises NotInstalled: with the command that installs it
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = library or module.partition(".")[0]
        raise NotInstalled(f"this format needs {name}: pip install 'ivig[{extra}]'") from error
