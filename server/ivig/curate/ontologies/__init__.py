"""Ontologies of others: read from a user's own copy, compared with our links, kept beside the releases."""

from ivig.curate.ontologies.changes import Change, changes
from ivig.curate.ontologies.linked import LinkedOntologies
from ivig.curate.ontologies.ontology import OntologyTerm, OutsideOntology
from ivig.curate.ontologies.read import read_ontology

__all__ = ["Change", "LinkedOntologies", "OntologyTerm", "OutsideOntology", "changes", "read_ontology"]
