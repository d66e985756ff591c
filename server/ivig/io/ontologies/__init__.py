"""Ontologies of others, read from a user's own copy."""

from ivig.io.ontologies.ontology import OntologyTerm, OutsideOntology
from ivig.io.ontologies.read import read_ontology

__all__ = ["OntologyTerm", "OutsideOntology", "read_ontology"]
