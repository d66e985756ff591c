"""What the graph is, for catalogues and search engines: VoID, DCAT and schema.org."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, QueryTriples, Triple

from ivig.errors import BadQuery
from ivig.export.formats import FORMATS
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE
from ivig.query import Graph

DATASET = BASE + "dataset"
TITLE = "IVIG Evidence Graph"
ABSTRACT = (
    "An open knowledge graph of the evidence on intravenous immunoglobulin: statements with study type, direction, "
    "numbers, passage and publication."
)
CREATOR = "The IVIG Evidence Graph contributors"
KEYWORDS = ("intravenous immunoglobulin", "evidence", "knowledge graph", "RDF")
LICENCE = "https://creativecommons.org/licenses/by/4.0/"

_DCAT = "http://www.w3.org/ns/dcat#"
_DCTERMS = PREFIXES["dcterms"]
_FOAF = "http://xmlns.com/foaf/0.1/"
_VOID = "http://rdfs.org/ns/void#"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_ENGLISH = "http://id.loc.gov/vocabulary/iso639-1/en"
_TAR = "http://publications.europa.eu/resource/authority/file-type/TAR"
"""IANA has no media type for it; DCAT takes this one then."""

DESCRIPTION_PREFIXES = {**PREFIXES, "dcat": _DCAT, "foaf": _FOAF, "void": _VOID}


def void(graph: Graph) -> list[Triple]:
    """The counts of the graph, its partitions and its linksets, in VoID."""
    result = graph.engine.ask(graph.internal["void"].text)
    if not isinstance(result, QueryTriples):
        raise BadQuery("void.rq constructs nothing")
    # The engine gives them in another order at every run.
    return sorted(result, key=str)


def description(graph: Graph, where: str = BASE) -> list[Triple]:
    """The graph as a dataset of a catalogue, in DCAT, with its VoID.

    :param graph: the one that is described
    :param where: the address of the server that the distributions are downloaded from, with a slash at its end
    """
    release = Literal(graph.release.digest)
    said = [
        _said(DATASET, RDF_TYPE, _DCAT + "Dataset"),
        _said(DATASET, _DCTERMS + "title", Literal(TITLE, language="en")),
        _said(DATASET, _DCTERMS + "description", Literal(ABSTRACT, language="en")),
        _said(DATASET, _DCTERMS + "identifier", Literal(DATASET)),
        _said(DATASET, _DCTERMS + "license", LICENCE),
        _said(DATASET, _DCTERMS + "creator", BASE + "dataset#contributors"),
        _said(DATASET, _DCTERMS + "publisher", BASE + "dataset#contributors"),
        _said(DATASET, _DCTERMS + "language", _ENGLISH),
        _said(DATASET, _DCTERMS + "conformsTo", BASE + "ontology"),
        _said(DATASET, _DCAT + "version", release),
        _said(DATASET, _DCAT + "landingPage", where),
        _said(BASE + "dataset#contributors", RDF_TYPE, _FOAF + "Organization"),
        _said(BASE + "dataset#contributors", _FOAF + "name", Literal(CREATOR)),
        _said(DATASET, _VOID + "sparqlEndpoint", where + "sparql"),
        *(_said(DATASET, _DCAT + "keyword", Literal(keyword, language="en")) for keyword in KEYWORDS),
    ]
    for made in FORMATS.values():
        distribution, address = f"{DATASET}#{made.name}", f"{where}export?format={made.name}"
        said += [
            _said(DATASET, _DCAT + "distribution", distribution),
            _said(distribution, RDF_TYPE, _DCAT + "Distribution"),
            _said(distribution, _DCTERMS + "title", Literal(made.title, language="en")),
            _said(distribution, _DCTERMS + "license", LICENCE),
            _said(distribution, _DCAT + "accessURL", address),
            _said(distribution, _DCAT + "downloadURL", address),
            _said(distribution, _DCAT + "mediaType", _MEDIA_TYPES + made.media_type),
        ]
        if made.suffix == ".tar.gz":
            said += [
                _said(distribution, _DCAT + "packageFormat", _TAR),
                _said(distribution, _DCAT + "compressFormat", _MEDIA_TYPES + "application/gzip"),
            ]
    return said + void(graph)


def schema_org(graph: Graph, where: str = BASE) -> dict[str, Any]:
    """The graph as a Dataset of schema.org, as JSON-LD for the head of a page.

    :param graph: the one that is described
    :param where: the address of the server, with a slash at its end
    """
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": DATASET,
        "identifier": DATASET,
        "name": TITLE,
        "description": ABSTRACT,
        "url": where,
        "license": LICENCE,
        "keywords": list(KEYWORDS),
        "creator": {"@type": "Organization", "name": CREATOR, "url": BASE},
        "version": graph.release.digest,
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "measurementTechnique": "Statements read from publications and web pages; not a systematic search.",
        "size": f"{graph.release.manifest['things']['Statement']} statements",
        "variableMeasured": ["direction of effect", "study type", "level of evidence", "participants", "effect size"],
        "distribution": _downloads(f"{where}export?format="),
    }


def schema_org_of_condition(condition: str, label: str, where: str = BASE) -> dict[str, Any]:
    """What the graph has on a condition, as a Dataset within that Dataset, for the head of the condition's page.

    :param condition: its IRI
    :param label: what it is called
    :param where: the address of the server that it is downloaded from, with a slash at its end
    """
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": f"{TITLE}: {label}",
        "description": f"{ABSTRACT} It has the statements on {label} and on what is narrower.",
        "url": condition,
        "license": LICENCE,
        "creator": {"@type": "Organization", "name": CREATOR, "url": BASE},
        "isPartOf": {"@type": "Dataset", "@id": DATASET, "name": TITLE},
        "about": {"@type": "MedicalCondition", "@id": condition, "name": label},
        "isAccessibleForFree": True,
        "distribution": _downloads(f"{where}export?condition={quote(condition, safe='')}&format="),
    }


def _downloads(address: str) -> list[dict[str, str]]:
    return [
        {
            "@type": "DataDownload",
            "name": made.title,
            "encodingFormat": made.media_type,
            "contentUrl": address + made.name,
        }
        for made in FORMATS.values()
    ]


def _said(subject: str, predicate: str, object: str | Literal) -> Triple:
    value = NamedNode(object) if isinstance(object, str) else object
    return Triple(NamedNode(subject), NamedNode(predicate), value)
