"""Answers over HTTP: SPARQL protocol, saved queries, resources, pages."""

from ivig.web.run import run

__all__ = ["run"]
