"""Answers over HTTP: SPARQL protocol, saved queries, resources, pages."""

from ivig.serve.app import create_app
from ivig.serve.run import run

__all__ = ["create_app", "run"]
