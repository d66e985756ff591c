"""Ontologies of others, read from a user's own copy."""
