"""The IRIs that everything else is built from."""

BASE = "https://w3id.org/ivig/"
TERMS = BASE + "ontology#"

ONTOLOGY_GRAPH = BASE + "graph/ontology"
DATA_GRAPH = BASE + "graph/data"
LINKS_GRAPH = BASE + "graph/links"
INFERRED_GRAPH = BASE + "graph/inferred"
ANCESTORS_GRAPH = BASE + "graph/ancestors"
"""What linked ontologies add; a release has it only where one was linked."""
GRAPHS = (ONTOLOGY_GRAPH, DATA_GRAPH, LINKS_GRAPH, INFERRED_GRAPH)

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PREF_LABEL = SKOS + "prefLabel"
ALT_LABEL = SKOS + "altLabel"
HIDDEN_LABEL = SKOS + "hiddenLabel"
NOTATION = SKOS + "notation"
REPLACED_BY = "http://purl.org/dc/terms/isReplacedBy"

PREFIXES = {
    "ivig": TERMS,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": SKOS,
    "dcterms": "http://purl.org/dc/terms/",
}
"""The prefixes of every file that the project writes."""


def local_name(iri: str) -> str:
    """What stands behind the namespace of an IRI.

    >>> local_name(PREF_LABEL), local_name(REPLACED_BY)
    ('prefLabel', 'isReplacedBy')
    """
    return iri.rpartition("/")[2].rpartition("#")[2]
