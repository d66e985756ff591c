"""What the graph is, for catalogues and search engines: VoID, DCAT and schema.org."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from pyoxigraph import Literal, NamedNode, QueryTriples, Triple

from ivig.errors import BadInput, BadQuery
from ivig.export.formats import FORMATS
from ivig.io.text import read_text
from ivig.namespaces import BASE, PREFIXES, RDF_TYPE
from ivig.query import Graph
from ivig.query.wording import counted

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


def release_iri(digest: str) -> str:
    """The IRI of a release: that of the dataset, with the digest, so that what was cited stays what it was.

    :param digest: of the release
    """
    return f"{DATASET}/{digest}"


def how_to_cite(graph: Graph) -> str:
    """The release as a reference cites it."""
    digest = graph.release.digest
    year = f" ({published[:4]})" if (published := day_of_publication(graph.files.folder)) else ""
    return f"{CREATOR}{year}. {TITLE} [dataset]. Release sha256:{digest}. {release_iri(digest)}"


def citation_file(folder: Path) -> dict[str, Any]:
    """What the citation file (CFF) of a graph says; nothing without one.

    :param folder: of the files of the graph
    :raises BadInput: where it is no YAML, or no CFF
    """
    path = folder / "CITATION.cff"
    try:
        said = yaml.safe_load(read_text(path)) if path.is_file() else {}
    except yaml.YAMLError as error:
        raise BadInput(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(said, dict):
        raise BadInput(f"{path}: no citation file, whose lines read such as title: …")
    return said


def day_of_publication(folder: Path) -> str | None:
    """The day that the citation file of a graph gives, as YYYY-MM-DD; None without one."""
    return str(citation_file(folder).get("date-released") or "") or None


def datacite(graph: Graph) -> dict[str, Any]:
    """The release in the JSON of DataCite's schema 4.5, as whoever registers a DOI for it sends it.

    :param graph: the one that is described
    """
    release = graph.release.digest
    made: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "knowledge graph"},
        "url": release_iri(release),
        "creators": [{"name": CREATOR, "nameType": "Organizational"}],
        "titles": [{"title": TITLE, "lang": "en"}],
        "publisher": {"name": CREATOR},
        "subjects": [{"subject": keyword, "lang": "en"} for keyword in KEYWORDS],
        "language": "en",
        "version": release,
        "rightsList": [
            {
                "rights": "Creative Commons Attribution 4.0 International",
                "rightsUri": LICENCE,
                "rightsIdentifier": "CC-BY-4.0",
                "rightsIdentifierScheme": "SPDX",
            }
        ],
        "descriptions": [{"description": ABSTRACT, "descriptionType": "Abstract", "lang": "en"}],
        "formats": list(dict.fromkeys(one.media_type for one in FORMATS.values())),
        "relatedIdentifiers": [
            {"relatedIdentifier": DATASET, "relatedIdentifierType": "URL", "relationType": "IsVersionOf"}
        ],
    }
    if published := day_of_publication(graph.files.folder):
        made["publicationYear"] = published[:4]
        made["dates"] = [{"date": published, "dateType": "Issued"}]
    return made


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
    release, version = Literal(graph.release.digest), release_iri(graph.release.digest)
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
        _said(DATASET, _DCAT + "hasCurrentVersion", version),
        _said(DATASET, _DCTERMS + "bibliographicCitation", Literal(how_to_cite(graph))),
        _said(version, _DCAT + "isVersionOf", DATASET),
        _said(version, _DCAT + "version", release),
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
        "sameAs": release_iri(graph.release.digest),
        "creditText": how_to_cite(graph),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "measurementTechnique": "Statements read from publications and web pages; not a systematic search.",
        "size": counted(graph.release.manifest["things"]["Statement"], "statement"),
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
