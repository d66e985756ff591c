"""Answers over HTTP: SPARQL protocol, saved queries, resources, pages."""

from ivig.serve.run import run

__all__ = ["run"]
