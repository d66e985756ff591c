"""Bibliographies: publications out of the files of reference managers and of PubMed, merged, and into such files."""

from ivig.curate.bibliography.publication import Publication
from ivig.curate.bibliography.read import read_publications
from ivig.curate.bibliography.write import write_publications

__all__ = ["Publication", "read_publications", "write_publications"]
