"""Records into statements: canonical files, links to other ontologies, checks against the source documents."""

from ivig.curate.canonical import canonical_turtle, format_file
from ivig.curate.sources import PassageCheck, check_passages, stated_passages
from ivig.curate.sssom import mapping_triples, mappings

__all__ = [
    "PassageCheck",
    "canonical_turtle",
    "check_passages",
    "format_file",
    "mapping_triples",
    "mappings",
    "stated_passages",
]
